"""The demo's processes: started together, and ended together."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from conductdesk.refusal import Refused

GLANCE = 0.3
"""Seconds between two looks at the processes."""
PATIENCE = 30
"""Seconds that the web server may take to answer for the first time."""
GRACE = 12
"""Seconds that a process may take to end."""


@dataclass(frozen=True)
class Process:
    """One that this demo started; no other is ever touched."""

    name: str
    child: subprocess.Popen[bytes]
    log: Path

    @property
    def ended(self) -> bool:
        """Whether it runs no more."""
        return self.child.poll() is not None

    def refuse_ended(self) -> None:
        """Say where to look when it ended by itself."""
        if self.ended:
            raise Refused(f"The {self.name} stopped by itself. Its last words are in {self.log}")


@contextmanager
def running(
    name: str, command: tuple[str, ...], environ: Mapping[str, str], logs: Path
) -> Iterator[Process]:
    """Run one of our own commands while the block runs; it is stopped at the end, whatever ends it."""
    log = logs / f"{name.replace(' ', '-')}.log"
    with log.open("ab") as kept:
        child = subprocess.Popen(  # noqa: S603 - our own program, with our own words
            [sys.executable, "-m", "conductdesk", *command],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=kept,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches us alone, and we end them in order
        )
    try:
        yield Process(name, child, log)
    finally:
        _stop(child)


def wait_for_answer(web: Process, address: str) -> None:
    """Wait until the web server answers, or refuse."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        web.refuse_ended()
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(GLANCE)
    raise Refused(f"The web server does not answer. Its last words are in {web.log}")


def watch(*processes: Process) -> None:
    """Wait for Ctrl-C, or until a process ends by itself."""
    while True:
        for process in processes:
            process.refuse_ended()
        time.sleep(GLANCE)


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let whoever stops us have the same effect as Ctrl-C: everything is tidied up."""
    before = {number: signal.signal(number, _interrupt) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""SIGINT is named too: a shell lets it be ignored by what it starts in the background."""


def _interrupt(*_signal: object) -> None:
    raise KeyboardInterrupt


def _stop(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(GRACE)
        except subprocess.TimeoutExpired:
            child.kill()
    child.wait()
