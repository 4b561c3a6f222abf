"""A case stays on the version of the pack under which it began, whatever the next one says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conductdesk.audit.verify import Status
from conductdesk.cases.actions.recovering import open_recovery
from conductdesk.cases.actions.rerouting import find_conflict
from conductdesk.cases.actions.settling import record_agreement
from conductdesk.cases.actions.triaging import triage
from conductdesk.cases.closing_acts import Agreement
from conductdesk.cases.days import end_of, today
from conductdesk.cases.needs import Route
from conductdesk.cases.packs import kernel_problems
from conductdesk.cases.queries import pack_of, seats_of
from conductdesk.people.actions.offices import give_office
from conductdesk.refusal import Refused
from conductdesk.schemes.actions import load_scheme
from conductdesk.vault.recovery import combine
from tests.actions.closing_steps import clock_of, verified
from tests.cast import HOST, Cast, a_triage
from tests.conftest import Faces
from tests.unit.packs import changed, with_key
from tests.web.desk_visitor import AtTheDesk
from tests.web.robot import links_on

NEWCOMER = """[[offices]]
key = "ombud"
name = "Ombudsperson"
plain = "the ombudsperson"
takes = ["appeal", "second"]

[[kinds]]"""
COMMITTEE = """[[offices]]
key = "committee"
name = "Committee member"
plain = "a member of the committee"
ours = true
takes = ["investigate", "decide", "appeal", "second"]
"""
SECOND_VERSION = changed(
    with_key('left_out = ["settle_informally"]'),
    ("\nversion = 1\n", "\nversion = 2\n"),
    ('acknowledge = "7 days"', 'acknowledge = "3 days"'),
    (COMMITTEE, ""),
    ("[[kinds]]", NEWCOMER),
    ('chain = ["liaison", "chair", "outside"]', 'chain = ["liaison", "ombud", "outside"]'),
)
AGREED = Agreement("A new pairing.", "The handler", today() + timedelta(days=7), "Both wrote so.")


def to_version_2(cast: Cast) -> None:
    """Put the next version in force, and fill its new office."""
    cast.pack = load_scheme(
        cast.db,
        SECOND_VERSION,
        file_name="wcc.toml",
        actor="system",
        host=HOST,
        kernel=kernel_problems,
    )
    ombud = cast["outsider"].account
    give_office(cast.db, ombud, scheme="wcc", office="ombud", actor="system")
    cast.db.commit()


def test_a_clock_runs_as_it_did_when_the_case_began(cast: Cast) -> None:
    before = cast.received()
    to_version_2(cast)
    after = cast.received()
    assert clock_of(cast, before, "acknowledge").due_at == end_of(today() + timedelta(days=7))
    assert clock_of(cast, after, "acknowledge").due_at == end_of(today() + timedelta(days=3))


def test_a_move_that_the_next_version_leaves_out_is_still_there_for_an_older_case(
    cast: Cast,
) -> None:
    before = cast.triaged(Route.INFORMAL)
    to_version_2(cast)
    older = pack_of(cast.db, before)
    assert (older.version, cast.pack.version) == (1, 2)
    cast.let("liaison", before, record_agreement, agreement=AGREED, pack=older)
    assert before.state == "informal"
    after = cast.acknowledged()
    with pytest.raises(Refused, match="does not have that route"):
        cast.let("liaison", after, triage, given=a_triage(Route.INFORMAL))
    cast.db.rollback()
    assert verified(cast).status is not Status.FAILED


def test_a_route_that_would_lead_nowhere_is_not_offered(cast: Cast, faces: Faces) -> None:
    before = cast.acknowledged().id
    to_version_2(cast)
    after = cast.acknowledged().id
    handler = AtTheDesk(faces.desk, cast, "liaison")
    offered = {one: handler.get(f"/cases/{one}/triage").text for one in (before, after)}
    assert 'value="informal"' in offered[before]
    assert 'value="informal"' not in offered[after]
    assert 'value="formal"' in offered[after]


def test_an_office_of_the_next_version_receives_new_cases_and_no_older_one(cast: Cast) -> None:
    before = cast.attested()
    to_version_2(cast)
    after = cast.received()
    assert cast["outsider"].id in {seat.account_id for seat in seats_of(cast.db, after)}
    chair = cast["chair"].account
    cast.let("liaison", before, find_conflict, leaving=chair, pack=pack_of(cast.db, before))
    offices = {seat.office for seat in seats_of(cast.db, before)}
    assert offices == {"liaison", "outside"}


def test_recovery_gives_an_older_case_to_no_office_that_it_does_not_know(cast: Cast) -> None:
    before = cast.received()
    to_version_2(cast)
    with pytest.raises(Refused, match="holds no office of the case’s scheme"):
        open_recovery(
            cast.db,
            cast.keystore,
            case_name=before.code_name,
            email=cast["outsider"].account.email,
            private_key=combine(cast.recovery.parts[0], cast.recovery.parts[1]),
            parts=(1, 2),
            custodians=("custodian1@cast.example", "custodian2@cast.example"),
        )
    cast.db.rollback()


def test_every_page_of_an_older_case_opens_as_before(cast: Cast, faces: Faces) -> None:
    case = cast.triaged(Route.FORMAL)
    to_version_2(cast)
    handler = AtTheDesk(faces.desk, cast, "liaison")
    under = f"/cases/{case.id}"
    waiting, seen = [under], set[str]()
    while waiting:
        place = waiting.pop().partition("#")[0]
        if place in seen or not place.startswith(under):
            continue
        seen.add(place)
        page = handler.get(place)
        assert page.status_code == 200, place
        waiting += links_on(page.text) if page.mimetype == "text/html" else []
    assert len(seen) > 8
    assert "a member of the committee" not in handler.get(f"{under}/people").text
