"""Requests at the desk: a short triage, an obligation, and no page about an inquiry."""

from __future__ import annotations

import re

import pytest

from conductdesk.cases.models import Party
from conductdesk.schemes.kinds import KINDS, is_request
from tests.actions.request_steps import asked_for, requested
from tests.cast import Cast
from tests.changed_packs import every_kind, put_in_force
from tests.conftest import Faces
from tests.web.case_pages import SignIn, at, fresh, send
from tests.web.desk_visitor import AtTheDesk, words_of

RISK = {
    "danger": "no",
    "danger_reason": "Nothing points to it.",
    "at_risk": "no",
    "at_risk_reason": "Nothing points to it.",
}


@pytest.fixture
def sign_in(faces: Faces, cast: Cast) -> SignIn:
    put_in_force(cast, every_kind)
    return lambda who: AtTheDesk(faces.desk, cast, who)


@pytest.mark.parametrize("kind", sorted(kind for kind in KINDS if is_request(kind)))
def test_the_triage_of_a_request_asks_about_risk_and_about_nobodys_fault(
    cast: Cast, sign_in: SignIn, kind: str
) -> None:
    officer = sign_in("liaison")
    case = cast.acknowledged(asked_for(kind))
    shown = officer.get(at(case.id, "triage")).text
    assert {"danger", "at_risk"} <= set(re.findall(r'name="(\w+)"', shown))
    assert not {"crime", "severity", "evidence", "scope"} & set(re.findall(r'name="(\w+)"', shown))
    assert "Formal investigation" not in shown


def test_a_request_is_triaged_on_the_page_and_becomes_an_obligation(
    cast: Cast, sign_in: SignIn
) -> None:
    officer = sign_in("liaison")
    case = cast.acknowledged(asked_for("repairing"))
    page = words_of(officer.get(at(case.id, "triage")))
    assert "the clock began when it was received" in page
    assert "Find another pairing." in page
    assert send(officer, at(case.id, "triage"), {**RISK, "what": ""}).status_code == 422
    typed = {**RISK, "what": "Find another pairing.", "owner": "The liaison officer"}
    assert send(officer, at(case.id, "triage"), typed).status_code == 303
    assert fresh(cast, case).route == "request"
    shown = words_of(officer.get(at(case.id, "outcomes")))
    assert "What was asked for" in shown
    assert "Find another pairing." in shown


def test_notes_are_asked_of_somebody_who_takes_part(cast: Cast, sign_in: SignIn) -> None:
    officer = sign_in("liaison")
    case = cast.acknowledged(asked_for("notes"))
    typed = {**RISK, "what": "Hand the notes over.", "owner_id": ""}
    refused = send(officer, at(case.id, "triage"), typed)
    assert refused.status_code == 422
    assert "Choose who must do it" in refused.text
    typed["owner_id"] = str(cast.db.query(Party).filter_by(case_id=case.id).one().id)
    assert send(officer, at(case.id, "triage"), typed).status_code == 303


def test_a_route_that_the_kind_lacks_is_refused_also_where_the_page_is_tampered_with(
    cast: Cast, sign_in: SignIn
) -> None:
    officer = sign_in("liaison")
    case = cast.acknowledged(asked_for("records"))
    typed = {**RISK, "route": "formal", "route_reason": "It is."}
    assert send(officer, at(case.id, "triage"), typed).status_code == 422


def test_out_of_scope_needs_no_obligation(cast: Cast, sign_in: SignIn) -> None:
    officer = sign_in("liaison")
    case = cast.acknowledged(asked_for("records"))
    typed = {**RISK, "route": "out_of_scope", "route_reason": "Another body holds it.", "what": ""}
    assert send(officer, at(case.id, "triage"), typed).status_code == 303


def test_no_page_about_an_inquiry_is_offered_for_a_request(cast: Cast, sign_in: SignIn) -> None:
    officer = sign_in("liaison")
    case = cast.acknowledged(asked_for("repairing"))
    bar = words_of(officer.get(f"/cases/{case.id}"))
    assert "Notes" in bar
    assert "Inquiry" not in bar
    notes = words_of(officer.get(at(case.id, "inquiry")))
    assert "Terms of reference" not in notes
    assert "Add the note" in notes
    people = words_of(officer.get(at(case.id, "people")))
    for words in ("Investigator", "Decision maker", "Appeal body", "Person the concern is about"):
        assert words not in people
    assert "Second person" in people


def test_a_party_without_fault_is_added_on_the_page(cast: Cast, sign_in: SignIn) -> None:
    officer = sign_in("liaison")
    case = cast.acknowledged(asked_for("ending"))
    officer.get(at(case.id, "people"))
    added = {"name": "Octavia Larkspur", "part": "partner"}
    assert officer.post(at(case.id, "parties"), added).status_code == 303
    officer.get(at(case.id, "people"))
    worse = {"name": "Octavia Larkspur", "part": "respondent"}
    assert officer.post(at(case.id, "parties"), worse).status_code == 422


def test_whoever_asks_for_advice_names_nobody_at_the_desk_either(
    cast: Cast, sign_in: SignIn
) -> None:
    officer = sign_in("liaison")
    case = cast.acknowledged(asked_for("advice"))
    assert "nobody is stored" in words_of(officer.get(at(case.id, "people")))
    assert "Barnaby" not in officer.get(at(case.id, "concern")).text


def test_the_clock_of_the_kind_stands_on_every_page_of_the_request(
    cast: Cast, sign_in: SignIn
) -> None:
    officer = sign_in("liaison")
    case = requested(cast, "repairing")
    assert "New pairing" in words_of(officer.get(f"/cases/{case.id}"))
    assert "New pairing" in words_of(officer.get("/cases"))
