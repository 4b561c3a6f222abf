"""The caseload: which lists a case is on, that both ways to read them agree, and what it costs."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import ColumnElement, event, insert
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.rerouting import recuse
from conductdesk.cases.faces.caseload import PAGE_SIZE
from conductdesk.cases.faces.listing import COUNTED, FEW, SHOWS, Filter, Lists, lists_of, mark
from conductdesk.cases.models import NEVER, Appointment, Case
from conductdesk.cases.models.case import CLOSED, OPEN
from conductdesk.cases.queries import IS_CLOSED
from conductdesk.cases.workflow import State
from conductdesk.policy import Capacity, Viewer
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.case_pages import SignIn
from tests.web.desk_visitor import words_of

MOMENT = clock.now()
ROW = 'role="rowheader"'
OLDER = re.compile(r'href="([^"]+after=[^"]+)"')


def add_cases(cast: Cast, count: int, who: str = "liaison") -> list[UUID]:
    """Add rows of cases that no log vouches for: open and closed, taken or not, some never due."""
    cases = [_case(number) for number in range(count)]
    seats = [_seat(cast[who].id, case_id, n) for n, case_id in enumerate(_ids(cases))]
    cast.db.execute(insert(Case.__table__), cases)  # type: ignore[arg-type]  # a mapped table
    if seats:
        cast.db.execute(insert(Appointment.__table__), seats)  # type: ignore[arg-type]  # likewise
    cast.db.commit()
    return _ids(cases)


def _ids(cases: list[dict[str, object]]) -> list[UUID]:
    return [case["id"] for case in cases if isinstance(case["id"], UUID)]


def _case(number: int) -> dict[str, object]:
    states = (State.RECEIVED, State.INVESTIGATING, State.CLOSED, State.AFTERCARE)
    return {
        "id": uuid4(),
        "row_salt": secrets.token_bytes(32),
        "scheme": "wcc",
        "pack_version": 1,
        "code_name": f"Quiet Meadow {secrets.token_hex(8)}",
        "pseudonym": secrets.token_hex(16),
        "kind": "concern",
        "channel": "public_form",
        "reporter_mode": "named",
        "state": states[number % 4].value,
        "version": 0,
        "urgent": False,
        "at_risk": False,
        "received_at": MOMENT,
        "taken": number % 4 == 1,
        "next_due_at": NEVER if number % 3 == 0 else MOMENT + timedelta(hours=number % 7),
        "last_activity_at": MOMENT,
        "last_activity": "concern.received",
    }


def _seat(account_id: UUID, case_id: UUID, number: int) -> dict[str, object]:
    capacity = Capacity.ALTERNATE if number % 5 == 0 else Capacity.HANDLER
    return {
        "id": uuid4(),
        "row_salt": secrets.token_bytes(32),
        "case_id": case_id,
        "account_id": account_id,
        "capacity": capacity.value,
        "office": "liaison",
        "since": MOMENT,
        "attested_at": MOMENT if number % 4 else None,
    }


@contextmanager
def statements(faces: Faces) -> Iterator[list[str]]:
    """Gather the statements that the desk sends meanwhile."""
    engine = faces.desk.extensions["services"].database.engine
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def on_lists(db: Session, viewer: Viewer, case: Case) -> set[str]:
    """Return the lists on which *case* stands."""
    lists = lists_of(db, viewer)
    return {show for show in SHOWS if case in lists.begin(Filter(show=show), FEW)}


def test_fifty_rows_need_no_more_queries_than_one(
    cast: Cast, faces: Faces, sign_in: SignIn
) -> None:
    officer = sign_in("liaison")
    needed = []
    for more, wanted in ((1, 1), (2 * PAGE_SIZE, PAGE_SIZE)):
        add_cases(cast, more)
        officer.get("/cases")
        with statements(faces) as seen:
            assert officer.get("/cases").text.count(ROW) == wanted
        needed.append(len(seen))
    assert needed[0] == needed[1] <= 12


def test_a_page_of_fifty_weighs_at_most_60_kb(cast: Cast, sign_in: SignIn) -> None:
    add_cases(cast, 2 * PAGE_SIZE)
    shown = sign_in("liaison").get("/cases")
    assert shown.text.count(ROW) == PAGE_SIZE
    assert len(shown.data) <= 60_000


def test_the_pages_show_every_case_once(cast: Cast, sign_in: SignIn) -> None:
    add_cases(cast, 4 * PAGE_SIZE + 20)
    officer, path, names = sign_in("liaison"), "/cases", []
    while path:
        shown = officer.get(path).text
        names += re.findall(r"Quiet Meadow \w+", shown)
        older = OLDER.search(shown)
        path = older[1].replace("&amp;", "&").removeprefix("/desk") if older else ""
    assert len(names) == len(set(names)) == 2 * PAGE_SIZE + 10


def test_more_than_a_hundred_are_not_counted(cast: Cast, sign_in: SignIn) -> None:
    add_cases(cast, 2 * COUNTED)
    shown = words_of(sign_in("liaison").get("/cases"))
    assert "Open (99+)" in shown
    assert "Not taken yet (50)" in shown


def test_a_case_is_not_taken_until_somebody_attests_and_again_when_they_left(cast: Cast) -> None:
    case = cast.received()
    assert on_lists(cast.db, cast.viewer("liaison"), case) == {"open", "mine", "new"}
    cast.let_attest(case, "liaison")
    assert on_lists(cast.db, cast.viewer("chair"), case) == {"open"}
    recuse(
        cast.db,
        case,
        cast.keys(case, "liaison"),
        pack=cast.pack,
        actor=cast.viewer("liaison"),
    )
    assert on_lists(cast.db, cast.viewer("chair"), case) == {"open", "mine", "new"}
    assert on_lists(cast.db, cast.viewer("liaison"), case) == set()


@pytest.mark.both_backends
def test_lists_read_from_the_seats_and_in_order_are_the_same(cast: Cast) -> None:
    add_cases(cast, 60)
    add_cases(cast, 20, who="chair")
    viewer = cast.viewer("liaison")
    by_seats = Lists(cast.db, viewer, frozenset(SHOWS))
    for other in (frozenset({"mine"}), frozenset[str]()):
        in_order = Lists(cast.db, viewer, other)
        assert in_order.counts() == by_seats.counts()
        for show in SHOWS:
            wanted = Filter(show=show, scheme="wcc")
            found = by_seats.begin(wanted, FEW)
            assert [case.id for case in in_order.begin(wanted, FEW)] == [case.id for case in found]
            assert len(found) == by_seats.counts()[show]
            rest = in_order.begin(replace(wanted, after=mark(found[3])), FEW)
            assert [case.id for case in rest] == [case.id for case in found[4:]]


def test_whoever_has_many_seats_reads_the_cases_in_order(cast: Cast) -> None:
    add_cases(cast, FEW + 1)
    assert lists_of(cast.db, cast.viewer("liaison")).by_seats == {"mine"}
    assert lists_of(cast.db, cast.viewer("chair")).by_seats == set(SHOWS)
    add_cases(cast, FEW + 1)
    assert lists_of(cast.db, cast.viewer("liaison")).by_seats == frozenset()


@pytest.mark.parametrize(("condition", "index"), [(IS_CLOSED, CLOSED), (~IS_CLOSED, OPEN)])
def test_a_list_asks_in_the_words_of_its_index(condition: ColumnElement[bool], index: str) -> None:
    words = str(condition.compile(compile_kwargs={"render_postcompile": True}))
    assert words.strip("()").replace("cases.", "") == index.rstrip(")")
