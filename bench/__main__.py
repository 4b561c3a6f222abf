"""`python -m bench`: measure everything in one run, and print a table. Takes about two minutes."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from collections.abc import Iterable

from bench import appending, memory, pages, submission
from bench.house import conductdesk, house, signed_in
from bench.table import Row, shown

OFFICER = "liaison@wcc.example"
WARM_UP = 4


def main() -> None:
    """Print each row when it is known, then all of them as a table."""
    rows: list[Row] = []
    with house() as built:
        _take(rows, "the final submission", submission.measured(built))
        with conductdesk(built) as server:
            browser = signed_in(server.port, OFFICER)
            _take(rows, "a case", pages.case_pages(built, browser))
            _take(rows, "the log", appending.measured(built))
            _take(rows, "the caseload", pages.caseloads(built, browser))
            _warm_up(server.port)
            _take(rows, "memory", memory.measured(server))
    print(f"\n{_machine()}\n\n{shown(rows)}")
    if any(row.ok is False for row in rows):
        sys.exit(1)


def _take(rows: list[Row], what: str, measured: Iterable[Row]) -> None:
    print(f"Measuring {what} …", flush=True)
    rows.extend(measured)


def _warm_up(port: int) -> None:
    """Ask each worker for what a day brings, on both faces."""
    for _one in range(WARM_UP):
        browser = submission.ready(port)
        browser.expect(browser.post("/wcc/concern"), 303)
        browser.expect(browser.get("/wcc/receipt"), 200)
        browser.hang_up()


def _machine() -> str:
    load = os.getloadavg()[0]
    return (
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{os.cpu_count()} processors, load {load:.1f} at the end"
    )


if __name__ == "__main__":
    main()
