"""Reasons for steps at the desk: written, agreed to, and found from the step that lacks one."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from flask import Response

from conductdesk.cases.actions.rerouting import find_conflict
from conductdesk.cases.models import Case, Proposal
from conductdesk.cases.needs import Route
from conductdesk.refusal import Refused
from conductdesk.web.refusing import mended_at, or_show
from tests.cast import Cast
from tests.changed_packs import put_in_force, stricter
from tests.conftest import Faces
from tests.web.case_pages import SignIn, at, fill_in, fresh, send
from tests.web.desk_visitor import SITE, AtTheDesk, words_of

REASON = {"step": "carry_out", "reason": "It is advice, and nobody is at risk."}


@pytest.fixture
def sign_in(faces: Faces, cast: Cast) -> SignIn:
    return lambda who: AtTheDesk(faces.desk, cast, who)


def begin(officer: AtTheDesk, case: Case) -> int:
    page = at(case.id, "outcomes")
    return fill_in(officer, page, f"{page}/beginning").status_code


def test_the_step_that_lacks_a_reason_leads_to_its_page(cast: Cast, sign_in: SignIn) -> None:
    put_in_force(cast, stricter("carry_out", reason=True))
    case, officer = cast.triaged(Route.ADVICE), sign_in("liaison")
    page = at(case.id, "outcomes")
    refused = fill_in(officer, page, f"{page}/beginning")
    assert refused.status_code == 422
    there = at(case.id, "steps/reasons")
    found = re.search(rf'<a href="(?:/desk)?{re.escape(there)}">([^<]+)</a>', refused.text)
    assert found is not None
    assert "asks for a written reason" in found[1]
    assert "Write down the reason for a step" in words_of(officer.get(at(case.id, "steps")))
    assert send(officer, there, {**REASON, "reason": ""}).status_code == 422
    assert send(officer, there, REASON).status_code == 303
    assert "Written down" in words_of(officer.get(there))
    assert begin(officer, case) == 303
    assert "The step was made" in words_of(officer.get(there))


def test_a_second_person_agrees_on_the_same_page(cast: Cast, sign_in: SignIn) -> None:
    put_in_force(cast, stricter("carry_out", second=True))
    case = cast.triaged(Route.ADVICE)
    officer, second = sign_in("liaison"), sign_in("chair")
    there = at(case.id, "steps/reasons")
    assert send(officer, there, REASON).status_code == 303
    mine = words_of(officer.get(there))
    assert "Waits for a second person" in mine
    assert "Do you agree?" not in mine
    assert "Agree to a step: begin to carry it out" in words_of(second.get(at(case.id, "steps")))
    written = cast.db.query(Proposal).filter_by(case_id=case.id).one()
    answer, prefix = f"{there}/{written.id}", f"step-{written.id.hex}"
    typed = {f"{prefix}-version": str(case.version)}
    empty = fill_in(second, there, answer, typed)
    assert empty.status_code == 422
    assert "Say whether you agree" in empty.text
    no = fill_in(second, there, answer, {**typed, f"{prefix}-agrees": "no"})
    assert no.status_code == 422
    assert "Give a reason" in no.text
    assert fill_in(second, there, answer, {**typed, f"{prefix}-agrees": "yes"}).status_code == 303
    assert begin(officer, case) == 303
    assert fresh(cast, case).state == "carrying_out"


def test_the_contact_outside_is_asked_for_where_everybody_in_an_office_is_kept_away(
    cast: Cast, sign_in: SignIn
) -> None:
    put_in_force(cast, stricter("decide", office="chair"))
    case, officer = cast.triaged(), sign_in("liaison")
    steps, seats = at(case.id, "steps"), at(case.id, "appointments/decision_maker")
    assert "stands in" not in words_of(officer.get(steps))
    cast.let("liaison", case, find_conflict, leaving=cast["chair"].account)
    assert "Decide: Outside contact stands in" in words_of(officer.get(steps))
    assert "Leopold Featherstone, Outside contact" in words_of(officer.get(seats))


def test_a_scheme_without_stricter_moves_offers_no_reasons(cast: Cast, sign_in: SignIn) -> None:
    case, officer = cast.triaged(Route.ADVICE), sign_in("liaison")
    assert "reason for a step" not in words_of(officer.get(at(case.id, "steps")))
    assert "No reason is wanted now" in words_of(officer.get(at(case.id, "steps/reasons")))
    assert send(officer, at(case.id, "steps/reasons"), REASON).status_code == 422


def test_a_refusal_leads_to_a_page_about_the_same_case_and_from_elsewhere_to_none(
    faces: Faces,
) -> None:
    class ElsewhereError(Refused):
        page = "cases.reasons"

    def refuse() -> Response:
        raise ElsewhereError("Say why first.")

    def show(refusal: str, form: None) -> Response:
        return Response(f"{refusal} {mended_at()}")

    case = f"/cases/{uuid4()}"
    for path, there in ((f"{case}/outcomes", f"{case}/steps/reasons"), ("/cases", "")):
        with faces.desk.test_request_context(path, base_url=SITE):
            answer = or_show(show)(refuse)()
            assert answer.get_data(as_text=True) == f"Say why first. {there}"
