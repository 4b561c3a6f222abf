"""The pages on which an obligation is seen through: hours, who was told, more time, refusal."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from conductdesk import clock
from conductdesk.cases.actions.carrying_out import begin_carrying_out
from conductdesk.cases.acts import Decision, OutcomeOrdered
from conductdesk.cases.days import today
from conductdesk.cases.inquiry import outcomes_of
from conductdesk.cases.models import Case, Party
from conductdesk.schemes.calendar import local_day
from tests.actions import inquiry_steps as steps
from tests.actions.closing_steps import clock_of
from tests.actions.request_steps import requested
from tests.cast import Cast
from tests.changed_packs import every_kind, outcome, put_in_force
from tests.conftest import Faces
from tests.web.case_pages import SignIn, at, boxes, fresh, send
from tests.web.desk_visitor import AtTheDesk, words_of


@pytest.fixture
def sign_in(faces: Faces, cast: Cast) -> SignIn:
    put_in_force(
        cast,
        every_kind,
        outcome("cpd", hours=True, of_hours=40, proof_by="owner"),
        outcome("supervision", length="6 months"),
        outcome("witnessed", proof_by="second"),
    )
    return lambda who: AtTheDesk(faces.desk, cast, who)


def carried(cast: Cast, kind: str, hours: int | None = None) -> Case:
    """Return a case in which one outcome of *kind* is carried out."""
    case = steps.reported(cast)
    about, due_on = steps.party(cast.db, case), today() + timedelta(days=30)
    ordered = OutcomeOrdered(kind, "As the letter says.", "Barnaby", due_on, about, hours)
    steps.give(cast, case, Decision(steps.findings(cast.db, case), (ordered,)))
    steps.tell(cast, case)
    cast.let("liaison", case, begin_carrying_out)
    return case


def page(cast: Cast, case: Case, act: str) -> str:
    return at(case.id, f"outcomes/{outcomes_of(cast.db, case)[0].id}/{act}")


def shown(officer: AtTheDesk, case: Case) -> str:
    return words_of(officer.get(at(case.id, "outcomes")))


def test_hours_are_recorded_and_summed_and_the_rest_is_said(cast: Cast, sign_in: SignIn) -> None:
    officer = sign_in("liaison")
    case = carried(cast, "cpd", hours=12)
    assert "Outcome cpd, 12 of the 40 hours a year" in shown(officer, case)
    typed = {"hours": "7,5", "what": "A course.", **boxes("done_on", today())}
    assert send(officer, page(cast, case, "hours"), typed).status_code == 303
    said = shown(officer, case)
    assert "7.5 of 12 hours proven" in said
    assert "7.5 hours" in said
    assert "A course." in said
    proof = {"proof": "Certificates.", **boxes("shown_on", today())}
    early = send(officer, page(cast, case, "proof"), proof)
    assert early.status_code == 422
    assert "7.5 of 12 hours are proven" in early.text


@pytest.mark.parametrize("hours", ["", "many", "1.234", "-1", "1e3"])
def test_hours_are_a_number(cast: Cast, sign_in: SignIn, hours: str) -> None:
    officer = sign_in("liaison")
    case = carried(cast, "cpd", hours=12)
    typed = {"hours": hours, "what": "A course.", **boxes("done_on", today())}
    assert send(officer, page(cast, case, "hours"), typed).status_code == 422


def test_what_the_owner_shows_is_asked_for_with_its_day(cast: Cast, sign_in: SignIn) -> None:
    officer = sign_in("liaison")
    case = carried(cast, "cpd", hours=1)
    typed = {"hours": "1", "what": "A course.", **boxes("done_on", today())}
    send(officer, page(cast, case, "hours"), typed)
    assert "Whoever must do it shows it to you." in shown(officer, case)
    refused = send(officer, page(cast, case, "proof"), {"proof": "A certificate."})
    assert "Give the day on which they showed you" in refused.text
    proof = {"proof": "A certificate.", **boxes("shown_on", today())}
    assert send(officer, page(cast, case, "proof"), proof).status_code == 303
    assert "Shown by whoever must do it" in shown(officer, case)


def test_a_second_person_records_what_the_scheme_asks_a_second_person_to(
    cast: Cast, sign_in: SignIn
) -> None:
    handler, second = sign_in("liaison"), sign_in("chair")
    case = carried(cast, "witnessed")
    assert send(handler, page(cast, case, "proof"), {"proof": "I saw it."}).status_code == 422
    assert "Prove it done" in shown(second, case)
    assert send(second, page(cast, case, "proof"), {"proof": "I saw it."}).status_code == 303
    assert outcomes_of(cast.db, fresh(cast, case))[0].state == "done"


def test_what_ends_by_itself_is_not_proven(cast: Cast, sign_in: SignIn) -> None:
    officer = sign_in("liaison")
    case = carried(cast, "supervision")
    said = shown(officer, case)
    assert "and ends by itself" in said
    assert "Prove it done" not in said


def test_what_is_overdue_says_so_on_the_outcomes_and_in_the_caseload(
    cast: Cast, sign_in: SignIn
) -> None:
    case = carried(cast, "cpd", hours=12)
    with clock.at(outcomes_of(cast.db, case)[0].due_at + timedelta(days=3)):
        officer = sign_in("liaison")
        assert "3 days overdue" in shown(officer, case)
        caseload = words_of(officer.get("/cases"))
        assert "Outcome" in caseload
        assert "overdue" in caseload


def test_everybody_in_an_ending_is_told_on_the_page(cast: Cast, sign_in: SignIn) -> None:
    officer = sign_in("liaison")
    case = requested(cast, "ending", "Barnaby Thistlewood", "Octavia Larkspur")
    assert "Not told yet: Barnaby Thistlewood, Octavia Larkspur" in shown(officer, case)
    assert "Mentoring Liaison Officer" in shown(officer, case)
    for party in cast.db.query(Party).filter_by(case_id=case.id).order_by(Party.alias):
        told: dict[str, Any] = {"party_id": str(party.id), "how": "By telephone."}
        path = page(cast, case, "telling")
        assert send(officer, path, {**told, **boxes("told_on", today())}).status_code == 303
    said = shown(officer, case)
    assert "Not told yet" not in said
    assert "Record who was told" not in said
    assert officer.get(page(cast, case, "telling")).status_code == 404
    assert send(officer, page(cast, case, "proof"), {"proof": "All know."}).status_code == 303


def longer(until: date) -> dict[str, Any]:
    return {"reason": "Nine boxes.", "message": "We need until then.", **boxes("until", until)}


def test_a_records_request_takes_longer_on_its_page_once(cast: Cast, sign_in: SignIn) -> None:
    officer = sign_in("liaison")
    case = requested(cast, "records")
    month = local_day(clock_of(cast, case, "records").due_at)
    path = page(cast, case, "extension")
    assert send(officer, path, longer(month + timedelta(days=99))).status_code == 422
    assert send(officer, path, longer(month + timedelta(days=30))).status_code == 303
    assert "Take longer" not in shown(officer, case)
    assert officer.get(path).status_code == 404
    assert "We need until then." in words_of(officer.get(at(case.id, "messages")))


def test_a_records_request_is_refused_in_part_and_then_in_whole(
    cast: Cast, sign_in: SignIn
) -> None:
    officer = sign_in("liaison")
    case = requested(cast, "records")
    path = page(cast, case, "refusal")
    typed = {"whole": "no", "what": "", "reasons": "It names others.", "message": "Sorry."}
    asked = send(officer, path, typed)
    assert asked.status_code == 422
    assert "Say which part you refuse" in asked.text
    assert send(officer, path, {**typed, "what": "What others said."}).status_code == 303
    assert outcomes_of(cast.db, fresh(cast, case))[0].state == "open"
    assert send(officer, path, {**typed, "whole": "yes"}).status_code == 303
    assert "Refused" in shown(officer, case)


def test_what_cannot_be_refused_offers_no_refusal(cast: Cast, sign_in: SignIn) -> None:
    officer = sign_in("liaison")
    case = requested(cast, "repairing")
    assert "Refuse it" not in shown(officer, case)
    assert officer.get(page(cast, case, "refusal")).status_code == 404


def test_what_a_request_comes_to_is_not_offered_in_a_decision(cast: Cast, sign_in: SignIn) -> None:
    officer = sign_in("decision_maker")
    case = steps.reported(cast)
    page_of_decision = officer.get(at(case.id, "decision"))
    assert page_of_decision.status_code == 200
    send(officer, at(case.id, "decision"), {"rows": "0", "act": "add"})
    asked = officer.post(at(case.id, "decision"), {"rows": "0", "act": "add"}).text
    assert "Outcome supervision (for 6 months)" in asked
    assert "Outcome cpd (of 40 hours a year)" in asked
    assert 'value="request"' not in asked
