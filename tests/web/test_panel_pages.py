"""A panel at the desk: one member proposes, each votes on the page, and enough votes decide."""

from __future__ import annotations

import re

import pytest

from conductdesk.cases.days import today
from conductdesk.cases.models import Case, ProposedDecision
from tests.actions import inquiry_steps as steps
from tests.actions.closing_steps import bring_in
from tests.actions.panel_steps import PANEL, panel_reported
from tests.cast import Cast
from tests.changed_packs import a_panel, put_in_force
from tests.conftest import Faces
from tests.web.case_pages import SignIn, at, boxes, fill_in, fresh, send
from tests.web.desk_visitor import AtTheDesk, words_of

TODAY = boxes("due_0", today())
FINDING = {
    "result_A": "upheld",
    "standard_A": "balance",
    "reasons_A": "Two people say so.",
    "rows": "1",
    "kind_0": "apology",
    "what_0": "Writes to her.",
    "owner_0": "Barnaby",
    **TODAY,
}


@pytest.fixture
def sign_in(faces: Faces, cast: Cast) -> SignIn:
    put_in_force(cast, a_panel(3, "2/3"))
    return lambda who: AtTheDesk(faces.desk, cast, who)


def proposed_on(cast: Cast, case: Case) -> str:
    """Return the address of the newest proposal."""
    newest = cast.db.query(ProposedDecision).order_by(ProposedDecision.proposed_at).all()[-1]
    return at(case.id, f"decision/proposals/{newest.id}")


def vote(cast: Cast, officer: AtTheDesk, case: Case, agrees: str) -> int:
    page, typed = at(case.id, "decision"), {"agrees": agrees, "reason": "Two people say so."}
    return fill_in(officer, page, f"{proposed_on(cast, case)}/votes", typed).status_code


def test_a_member_proposes_and_each_is_asked_to_vote(cast: Cast, sign_in: SignIn) -> None:
    case = panel_reported(cast, *PANEL)
    first, second = sign_in("decision_maker"), sign_in("outside")
    page = at(case.id, "decision")
    asked = words_of(first.get(page))
    assert "Propose a decision" in asked
    assert "2 of 3 must agree" in asked
    assert send(first, page, FINDING).status_code == 303
    assert fresh(cast, case).state == "reported"
    shown = words_of(second.get(page))
    assert "What is proposed to the panel" in shown
    assert "Two people say so." in shown
    assert "0 of 3 agree." in shown
    empty = fill_in(second, page, f"{proposed_on(cast, case)}/votes", {})
    assert empty.status_code == 422
    assert "Say whether you agree" in empty.text


def test_a_panel_votes_and_decides_on_its_page(cast: Cast, sign_in: SignIn) -> None:
    case = panel_reported(cast, *PANEL)
    first, second, third = (sign_in(who) for who in PANEL)
    page = at(case.id, "decision")
    send(first, page, FINDING)
    assert vote(cast, first, case, "yes") == 303
    early = fill_in(first, page, f"{proposed_on(cast, case)}/conclusion")
    assert early.status_code == 422
    assert "Not enough members of the panel agree" in early.text
    assert vote(cast, second, case, "no") == 303
    assert "does not agree" in words_of(third.get(page))
    assert vote(cast, third, case, "yes") == 303
    assert "Make it the decision" in words_of(third.get(page))
    assert fill_in(third, page, f"{proposed_on(cast, case)}/conclusion").status_code == 303
    assert fresh(cast, case).state == "decided"
    letters = words_of(sign_in("liaison").get(at(case.id, "outcomes/letters")))
    assert "A panel of 3 decided, and 2 of them agreed." in letters


def test_another_proposal_begins_from_the_first_and_clears_its_votes(
    cast: Cast, sign_in: SignIn
) -> None:
    case = panel_reported(cast, *PANEL)
    first, second = sign_in("decision_maker"), sign_in("outside")
    page = at(case.id, "decision")
    send(first, page, FINDING)
    vote(cast, first, case, "yes")
    old = proposed_on(cast, case)
    form = second.get(at(case.id, "decision/proposal")).text
    assert "Two people say so." in form
    assert re.search(r'value="apology"[^>]*selected', form)
    changed = {**FINDING, "reasons_A": "Three people say so."}
    assert fill_in(second, at(case.id, "decision/proposal"), page, changed).status_code == 303
    shown = words_of(first.get(page))
    assert "Three people say so." in shown
    assert "0 of 3 agree." in shown
    late = fill_in(first, page, f"{old}/votes", {"agrees": "yes", "reason": "Yes."})
    assert late.status_code == 422
    assert "Another decision has been proposed since" in late.text


def test_whoever_is_not_on_the_panel_sees_no_vote(cast: Cast, sign_in: SignIn) -> None:
    case = panel_reported(cast, *PANEL)
    first = sign_in("decision_maker")
    send(first, at(case.id, "decision"), FINDING)
    vote(cast, first, case, "yes")
    handler = sign_in("liaison")
    shown = words_of(handler.get(at(case.id, "decision")))
    assert "Nothing is decided yet" in shown
    assert "agree" not in shown
    assert handler.get(at(case.id, "decision/proposal")).status_code == 404
    assert handler.post(f"{proposed_on(cast, case)}/votes").status_code == 404


def test_the_inquiry_says_how_many_members_are_appointed(cast: Cast, sign_in: SignIn) -> None:
    officer = sign_in("liaison")
    case = steps.with_terms(cast)
    bring_in(cast, case, "outside", steps.SEATS["decision_maker"])
    assert "1 of 3 members appointed" in words_of(officer.get(at(case.id, "inquiry")))
