"""The caseload and a case, as the desk shows them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import event

from bench.client import Browser, UnexpectedAnswerError, p50_of
from bench.filling import fill_up
from bench.house import House
from bench.table import Row, at_most
from conductdesk import create_app
from conductdesk.cases.actions.investigating import add_note
from conductdesk.cases.concern import Concern, Identity, Mode, Part, PersonNamed
from conductdesk.demo.course import taken_up
from conductdesk.demo.life import Life
from conductdesk.demo.schedule import Story
from conductdesk.demo.world import World

SIZES = (1_000, 10_000, 100_000)
TIMES = 40
CASELOAD = "/desk/cases"
EVENTS = 200
KB = 1000


def caseloads(built: House, browser: Browser) -> Iterator[Row]:
    """Yield what a page of fifty costs when there are few, many and very many cases."""
    p50 = {}
    for total in SIZES:
        fill_up(built.world, total)
        p50[total], answer = p50_of(browser, CASELOAD, TIMES)
        if total != SIZES[1]:
            yield Row(f"caseload of 50 from {total:,}: p50", f"{p50[total]:.1f} ms")
            continue
        yield at_most(f"caseload of 50 from {total:,}: p50", p50[total], 30, "ms")
        yield at_most("caseload of 50: page", len(answer.body) / KB, 60, "KB")
        yield at_most("caseload of 50: queries", _queries(built, browser, CASELOAD), 12, "")
    few, many, most = (p50[total] for total in SIZES)
    yield at_most("caseload: from 10,000 against 1,000", many / few, 1.2, "×")
    yield at_most("caseload: from 100,000 against 10,000", most / many, 1.2, "×")


def case_pages(built: House, browser: Browser) -> Iterator[Row]:
    """Yield what the pages of a case with two hundred events cost."""
    life = Life(built.world, 30)
    built.live(lambda world: _long_case(world, life))
    for what, end in (("overview", ""), ("history", "/history")):
        path = f"/desk/cases/{_id_of(life)}{end}"
        p50, _answer = p50_of(browser, path, TIMES)
        yield at_most(f"a case with {EVENTS} events, {what}: p50", p50, 40, "ms")
        queries = _queries(built, browser, path)
        yield Row(f"a case with {EVENTS} events, {what}: queries", f"{queries}")


def _long_case(_world: World, life: Life) -> Story:
    concern = Concern(
        kind="concern",
        mode=Mode.NAMED,
        account="He passed on what I had told him in private.",
        people=(PersonNamed("Thaddeus Wetherby", Part.RESPONDENT),),
        identity=Identity("Jemima Cloverdale", "jemima@reporters.example"),
    )
    yield from taken_up(life, concern, "Thank you. I have read all of it.")
    for number in range(EVENTS):
        yield _moment(life, number)
        life.do("liaison", add_note, text=f"Spoke with both on the telephone, {number + 1}.")


def _moment(life: Life, number: int) -> datetime:
    return life.on(3 + number // 10, f"{8 + number % 10:02}:00")


def _id_of(life: Life) -> UUID:
    if life.case_id is None:
        raise UnexpectedAnswerError("the case never began")
    return life.case_id


def _queries(built: House, browser: Browser, path: str) -> int:
    """Return how many statements a page needs: counted in an application of this process."""
    app = create_app("desk", built.settings)
    engine = app.extensions["services"].database.engine
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    client = app.test_client(use_cookies=False)
    answer = client.get(
        path.removeprefix("/desk"),
        base_url="https://localhost/desk",
        headers={"Cookie": cookies},
    )
    event.remove(engine, "before_cursor_execute", note)
    if answer.status_code != 200:
        raise UnexpectedAnswerError(f"{path}: {answer.status}")
    return len(seen)
