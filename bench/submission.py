"""The final submission with its receipt, against the bare view, at four clients."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from typing import TYPE_CHECKING

from bench.client import Browser, UnexpectedAnswerError
from bench.house import WORKERS, House, Served, bare, conductdesk
from bench.table import Row, at_least, at_most

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

CLIENTS = 4
SUBMISSIONS = 30
"""For each client; each is prepared through the whole form first."""
COMMITS = 300
"""Requests of each client to the bare view."""

PATIENCE = 180
"""Seconds after which a client that does not answer has failed, and the run with it."""

ANSWERS: tuple[dict[str, str], ...] = (
    {"kind": "concern"},
    {"danger": "no"},
    {"at_risk": "no"},
    {"account": "He passed on what I had told him in private. " * 12},
    {"happened": "Since the summer"},
    {
        "rows": "1",
        "name_0": "Thaddeus Wetherby",
        "part_0": "respondent",
        "holds_0": "none",
        "act": "continue",
    },
    {"mode": "confidential"},
    {"name": "Jemima Cloverdale", "contact": "01632 960001", "safe_times": "After six"},
    {"sharing": "You may ask him about it."},
    {"wish": "Another mentor"},
    {"outside": "no"},
)

Client = Callable[[int, Barrier, "Queue[tuple[float, float]]"], None]


@dataclass(frozen=True)
class Load:
    """What four clients got out of a server."""

    a_second: float
    cpu_ms: float
    """Of the server and its workers, for each piece of work."""


def measured(built: House) -> Iterator[Row]:
    """Yield the throughput and the processor time of both."""
    with bare(built) as server:
        beside = _load(server, _commit_rows, COMMITS)
    with conductdesk(built) as server:
        ours = _load(server, _submit, SUBMISSIONS)
    yield Row("bare view, one row: a second", f"{beside.a_second:,.0f}")
    yield Row("bare view, one row: CPU", f"{beside.cpu_ms:.2f} ms")
    yield Row("submission with receipt: a second", f"{ours.a_second:,.0f}")
    share = ours.a_second / beside.a_second
    yield at_least("submission with receipt: of the bare throughput", share, 0.25, "×")
    yield at_most("submission with receipt: CPU", ours.cpu_ms, 8, "ms")


def ready(port: int) -> Browser:
    """Return a browser that has answered everything, and looks at its answers."""
    browser = Browser(port)
    browser.get("/wcc/start")
    browser.expect(browser.post("/wcc/start"), 303)
    place = "/wcc/question/1"
    for values in ANSWERS:
        browser.expect(browser.get(place), 200)
        place = browser.expect(browser.post(place, values), 303).location.partition("#")[0]
    if place != "/wcc/check":
        raise UnexpectedAnswerError(f"the questions end at {place}")
    browser.expect(browser.get(place), 200)
    browser.hang_up()
    return browser


def _submit(port: int, start: Barrier, done: Queue[tuple[float, float]]) -> None:
    for _worker in range(WORKERS * 2):
        _send(ready(port))  # as the bare view: what a worker does once is done
    browsers = [ready(port) for _one in range(SUBMISSIONS)]
    start.wait(PATIENCE)  # everybody is ready: the processor time is read
    start.wait(PATIENCE)
    began = time.monotonic()
    for browser in browsers:
        _send(browser)
    done.put((began, time.monotonic()))


def _send(browser: Browser) -> None:
    browser.expect(browser.post("/wcc/concern"), 303)
    browser.expect(browser.get("/wcc/receipt"), 200)
    browser.hang_up()


def _commit_rows(port: int, start: Barrier, done: Queue[tuple[float, float]]) -> None:
    browser = Browser(port)
    browser.expect(browser.post("/note"), 204)
    browser.hang_up()  # the server closes what is idle while the others get ready
    start.wait(PATIENCE)
    start.wait(PATIENCE)
    began = time.monotonic()
    for _one in range(COMMITS):
        browser.expect(browser.post("/note"), 204)
    done.put((began, time.monotonic()))


def _load(server: Served, client: Client, times: int) -> Load:
    """Let four processes work at once; only what happens between the two barriers counts."""
    processes = multiprocessing.get_context("fork")
    start, done = processes.Barrier(CLIENTS + 1), processes.Queue()
    clients = [
        processes.Process(target=client, args=(server.port, start, done), daemon=True)
        for _one in range(CLIENTS)
    ]
    for one in clients:
        one.start()
    start.wait(PATIENCE)
    before = server.cpu
    start.wait(PATIENCE)
    spans = [done.get(timeout=PATIENCE) for _one in clients]
    spent = server.cpu - before
    for one in clients:
        one.join()
    taken = max(end for _begin, end in spans) - min(begin for begin, _end in spans)
    return Load(CLIENTS * times / taken, spent * 1000 / (CLIENTS * times))
