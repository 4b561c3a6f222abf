"""Another route, and small matters, on their pages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conductdesk.cases.days import today
from conductdesk.cases.needs import Route
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.case_pages import SignIn, at, boxes, fresh, send
from tests.web.desk_visitor import AtTheDesk, words_of

NO_RISK = {
    name: said
    for key in ("scope", "danger", "at_risk", "crime", "evidence")
    for name, said in ((key, "no"), (f"{key}_reason", "Nothing points to it."))
}
LOW = {
    **NO_RISK,
    "severity": "low",
    "severity_reason": "Ten minutes.",
    "route": "low_level",
    "route_reason": "It is small.",
}


@pytest.fixture
def sign_in(faces: Faces, cast: Cast) -> SignIn:
    return lambda who: AtTheDesk(faces.desk, cast, who)


def test_the_triage_asks_who_handles_a_small_matter_and_warns_of_acting_first(
    cast: Cast, sign_in: SignIn
) -> None:
    case, officer = cast.acknowledged(), sign_in("liaison")
    page = at(case.id, "triage")
    assert "If you keep it as a low-level record" in words_of(officer.get(page))
    refused = send(officer, page, {**LOW, "handled_by": ""})
    assert refused.status_code == 422
    assert "Say who handles it" in refused.text
    before = boxes("acted_on", today() - timedelta(days=2))
    assert send(officer, page, {**LOW, "handled_by": "Her mentor", **before}).status_code == 303
    shown = words_of(officer.get(f"/cases/{case.id}"))
    assert "Handled by: Her mentor" in shown
    assert "Warning: that was before it was brought to attention." in shown


def test_another_route_needs_no_answer_about_small_matters(cast: Cast, sign_in: SignIn) -> None:
    case, officer = cast.acknowledged(), sign_in("liaison")
    formal = {**LOW, "route": "formal", "handled_by": ""}
    assert send(officer, at(case.id, "triage"), formal).status_code == 303


def test_a_small_matter_is_acted_on_and_raised_under_other_steps(
    cast: Cast, sign_in: SignIn
) -> None:
    case, officer = cast.triaged(Route.LOW_LEVEL), sign_in("liaison")
    steps = words_of(officer.get(at(case.id, "steps")))
    assert "Record when a small matter was acted on" in steps
    assert "Choose another route" in steps
    acted = {"what": "They spoke about being on time.", **boxes("acted_on", today())}
    assert send(officer, at(case.id, "steps/acting"), acted).status_code == 303
    assert "They spoke about being on time." in words_of(officer.get(f"/cases/{case.id}"))
    page = at(case.id, "steps/route")
    asked = officer.get(page).text
    assert 'value="formal"' in asked
    assert 'value="low_level"' not in asked
    assert send(officer, page, {"route": "formal", "route_reason": ""}).status_code == 422
    chosen = {"route": "formal", "route_reason": "It was the third time."}
    assert send(officer, page, chosen).status_code == 303
    assert fresh(cast, case).route == "formal"
    assert "Set the terms" in words_of(officer.get(f"/cases/{case.id}"))


def test_a_case_that_goes_no_other_way_is_offered_none(cast: Cast, sign_in: SignIn) -> None:
    case, officer = cast.acknowledged(), sign_in("liaison")
    assert "Choose another route" not in words_of(officer.get(at(case.id, "steps")))
