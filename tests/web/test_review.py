"""The auditor's desk: nothing before closure, never an identity, and every entry proven."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest

from conductdesk.audit.models import INSTALLATION
from conductdesk.audit.queries import entries_of_case
from conductdesk.audit.record import read_head
from conductdesk.cases.actions.identifying import reveal_identity
from conductdesk.cases.concern import Concern
from conductdesk.cases.models import Case
from conductdesk.people.actions.offices import appoint_auditor
from conductdesk.review.views import reading
from tests.actions.closing_steps import carrying_out, close, closed, proposed
from tests.cast import Cast, a_concern, note_looked
from tests.conftest import Faces
from tests.log_reading import entry_at
from tests.web.desk_visitor import AtTheDesk, words_of

REPORTER = ("Marigold", "Ashdown", "marigold@reporter.example")
PARTIES = ("Barnaby", "Thistlewood")
ACCOUNT = "zinnwaldite"
"""A word that stands in no other text."""
AUDITED = ("/review", "/review/verification", "/review/checkpoints/wcc")


def telling() -> Concern:
    said = f"Barnaby shouted {ACCOUNT}. I, Marigold Ashdown (marigold@reporter.example), left."
    return a_concern(account=said)


def entries(cast: Cast, case: Case, kind: str) -> int:
    cast.db.commit()
    found = entries_of_case(cast.db, case.scheme, case.pseudonym, limit=500)
    cast.db.commit()
    return sum(entry.type == kind for entry in found)


def last_refusals(cast: Cast, count: int) -> list[tuple[str, str | None, object]]:
    size = read_head(cast.db, INSTALLATION).size
    found = [entry_at(cast.db, INSTALLATION, idx) for idx in range(size - count, size)]
    cast.db.commit()
    return [(one.type, one.case, one.pub) for one in found if one is not None]


def marks_of(case: Case) -> tuple[str, ...]:
    hints = (case.code_name, case.pseudonym, case.id.hex, str(case.id))
    return (*hints, *REPORTER, *PARTIES, ACCOUNT)


@pytest.mark.parametrize("stage", [Cast.received, Cast.triaged, carrying_out, proposed])
def test_before_closure_nothing_tells_that_a_case_exists(
    cast: Cast, faces: Faces, stage: object
) -> None:
    case: Case = stage(cast, concern=telling())  # type: ignore[operator]  # each makes a case
    marks, case_id = marks_of(case), case.id
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    auditor.get("/review")
    auditor.post("/review/verification", {"scheme": "wcc"})
    for address in (*AUDITED, f"/review/cases/{case_id}", f"/review/cases/{case_id}/history"):
        shown = auditor.get(address).text
        assert [mark for mark in marks if mark in shown] == []
    assert "0 cases" in words_of(auditor.get("/review"))


def test_an_open_case_and_an_invented_one_are_refused_alike(cast: Cast, faces: Faces) -> None:
    case_id = cast.triaged(concern=telling()).id
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    for page in ("", "/history"):
        refused = [auditor.get(f"/review/cases/{one}{page}") for one in (case_id, uuid4())]
        assert [answer.status_code for answer in refused] == [404, 404]
        assert len({words_of(answer) for answer in refused}) == 1
        assert len({len(answer.text) for answer in refused}) == 1
    auditor.get("/review")
    posted = [auditor.post(f"/review/cases/{one}/grant-requests") for one in (case_id, uuid4())]
    assert [answer.status_code for answer in posted] == [404, 404]
    assert last_refusals(cast, 6) == [("access.refused", None, {})] * 6


def test_a_closed_case_is_listed_and_opens(cast: Cast, faces: Faces) -> None:
    case = closed(cast, telling())
    name, case_id = case.code_name, case.id
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    population = auditor.get("/review")
    assert name in population.text
    assert "1 case." in words_of(population)
    record = auditor.get(f"/review/cases/{case_id}")
    assert record.status_code == 200
    assert "Respondent A" in record.text
    assert f"Respondent A shouted {ACCOUNT}." in words_of(record)


def test_no_page_of_a_closed_case_names_the_reporter_or_a_party(cast: Cast, faces: Faces) -> None:
    case = cast.triaged(concern=telling())
    keys = cast.keys(case, "liaison")
    reason = "To ring Marigold Ashdown back"
    reveal_identity(cast.db, case, keys, actor=cast.viewer("liaison"), reason=reason)
    cast.db.commit()
    case = closed(cast, telling())
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    for page in ("", "/history"):
        shown = auditor.get(f"/review/cases/{case.id}{page}").text
        assert [mark for mark in (*REPORTER, *PARTIES) if mark in shown] == []


def test_words_typed_about_the_reporter_stay_closed_in_the_history(
    cast: Cast, faces: Faces
) -> None:
    case = carrying_out(cast)
    cast.let("liaison", case, reveal_identity, reason="To ring Marigold back")
    close(cast, case)
    case_id = case.id
    history = AtTheDesk(faces.desk, cast, "auditor").get(f"/review/cases/{case_id}/history")
    assert "Reporter’s name shown" in words_of(history)
    assert "their words stay closed" in words_of(history)
    assert "Marigold" not in history.text


def test_each_sign_in_leaves_one_entry_for_a_case_it_opens(cast: Cast, faces: Faces) -> None:
    case = closed(cast)
    case_id = case.id
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    assert entries(cast, case, "case.reviewed") == 0
    for page in ("", "/history", ""):
        auditor.get(f"/review/cases/{case_id}{page}")
    assert entries(cast, case, "case.reviewed") == 1
    auditor.sign_in()
    auditor.get(f"/review/cases/{case_id}/history")
    assert entries(cast, case, "case.reviewed") == 2


def test_every_entry_is_proven_as_the_history_is_shown(cast: Cast, faces: Faces) -> None:
    case = closed(cast)
    count = len(entries_of_case(cast.db, case.scheme, case.pseudonym, limit=500))
    case_id = case.id
    history = AtTheDesk(faces.desk, cast, "auditor").get(f"/review/cases/{case_id}/history")
    shown = history.text.count('data-label="Check"><span>Verified')
    assert shown == count + 1  # the entry of this very read is there too
    assert "Not verified" not in history.text


def test_a_long_history_has_pages(
    cast: Cast, faces: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAGE_SIZE", 5)
    case_id = closed(cast).id
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    first = auditor.get(f"/review/cases/{case_id}/history")
    older = re.search(r'href="(/review/cases/[^"]+before=\d+)"', first.text)
    assert older is not None
    shown = re.compile(r'data-label="Entry"><span>(\d+)<')
    newest, next_ones = shown.findall(first.text), shown.findall(auditor.get(older[1]).text)
    assert len(newest) == len(next_ones) == 5
    assert int(next_ones[0]) < int(newest[-1])


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("", True),
        ("?scheme=wcc", True),
        ("?scheme=bes", False),
        ("?closed_from=2020-01-01&closed_to=2099-12-31", True),
        ("?closed_from=1/1/2020&closed_to=31/12/2099", True),
        ("?closed_to=31.12.2019", False),
        ("?closed_from=2099-12-31", False),
        ("?after=00000000-0000-0000-0000-000000000000", True),
        ("?after=nonsense", True),
    ],
)
def test_the_list_is_narrowed_by_scheme_and_day(
    cast: Cast, faces: Faces, query: str, listed: bool
) -> None:
    name = closed(cast).code_name
    answer = AtTheDesk(faces.desk, cast, "auditor").get(f"/review{query}")
    assert answer.status_code == 200
    assert (name in answer.text) == listed
    assert ("1 case" in words_of(answer)) == listed


@pytest.mark.parametrize(
    "query",
    [
        "?closed_from=yesterday",
        "?closed_to=2026-02-30",
        "?closed_to=30/2/2026",
        "?closed_from=2026-02-02&closed_to=2026-02-01",
        "?closed_from=%00%F0%9F%92%A5",
        "?closed_to=9999-12-31",
        "?closed_from=0001-01-01",
    ],
)
def test_a_day_that_is_none_is_said_in_place(cast: Cast, faces: Faces, query: str) -> None:
    answer = AtTheDesk(faces.desk, cast, "auditor").get(f"/review{query}")
    assert answer.status_code == 422
    assert "There is a problem" in answer.text


def test_an_auditor_appointed_later_asks_for_a_key_and_gets_it_from_a_holder(
    cast: Cast, faces: Faces
) -> None:
    case = closed(cast, telling())
    case_id = case.id
    appoint_auditor(cast.db, cast["outsider"].account, scheme="wcc", actor="system")
    later = AtTheDesk(faces.desk, cast, "outsider")
    assert later.get(f"/review/cases/{case_id}").status_code == 404
    assert case.code_name not in later.get("/review").text
    note_looked(cast.db, case)
    cast.db.commit()
    record = later.get(f"/review/cases/{case_id}")
    assert "You have no key to this record yet" in words_of(record)
    assert ACCOUNT not in record.text
    assert "you have no key to them" in later.get(f"/review/cases/{case_id}/history").text
    for _ in range(2):
        sent = later.post(f"/review/cases/{case_id}/grant-requests")
        assert sent.status_code == 303
    assert entries(cast, case, "grant.requested") == 1
    assert "You asked for a key" in words_of(later.get(f"/review/cases/{case_id}"))
    AtTheDesk(faces.desk, cast, "liaison")  # a holder signs in
    opened = later.get(f"/review/cases/{case_id}")
    assert f"Respondent A shouted {ACCOUNT}" in words_of(opened)


@pytest.mark.parametrize("who", ["administrator", "liaison", "chair", "outsider"])
def test_the_auditors_desk_is_for_auditors(cast: Cast, faces: Faces, who: str) -> None:
    case_id = closed(cast).id
    somebody = AtTheDesk(faces.desk, cast, who)
    for address in (*AUDITED, f"/review/cases/{case_id}", f"/review/cases/{case_id}/history"):
        assert somebody.get(address).status_code == 404


def test_forged_addresses_are_not_found(cast: Cast, faces: Faces) -> None:
    closed(cast)
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    for address in ("x", str(UUID(int=0)), "../..", "%00", "💥"):
        assert auditor.get(f"/review/cases/{address}").status_code == 404


@pytest.mark.parametrize("before", ["-1", "x", "9" * 40, "0", "", "٣"])
def test_a_history_begins_anywhere_without_harm(cast: Cast, faces: Faces, before: str) -> None:
    case_id = closed(cast).id
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    assert auditor.get(f"/review/cases/{case_id}/history?before={before}").status_code == 200
