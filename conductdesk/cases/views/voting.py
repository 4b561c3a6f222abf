"""A panel's page: what is proposed, the votes, and the decision that they make."""

from __future__ import annotations

from uuid import UUID

from flask import Response, url_for

from conductdesk.cases.actions.deciding import decide_together
from conductdesk.cases.actions.voting import vote
from conductdesk.cases.faces.decision import decision_of
from conductdesk.cases.faces.panel import panel_of
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.forms.voting import VoteForm
from conductdesk.cases.models import Case
from conductdesk.cases.queries import pack_of
from conductdesk.cases.views.access import case_or_404, keys_of, need_inquiry_keys
from conductdesk.cases.views.blueprint import bp
from conductdesk.cases.views.frame import case_page
from conductdesk.policy import Permission
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db

PROPOSAL = "/cases/<uuid:case_id>/decision/proposals/<uuid:proposed_id>"


def panel_page(case: Case, refusal: str, form: VoteForm | None = None) -> Response:
    """Show what is proposed to the panel, and ask the member for a vote."""
    keys, pack = need_inquiry_keys(case), pack_of(db(), case)
    panel, decided = panel_of(db(), case, keys, pack, viewer()), decision_of(db(), case, keys, pack)
    if panel is None:
        return case_page(case, "cases/decision.html", decision=decided, refusal=refusal)
    return case_page(
        case,
        "cases/decision_panel.html",
        panel=panel,
        form=form or VoteForm(version=str(case.version)),
        refusal=refusal,
        back_url=url_for("cases.inquiry", case_id=case.id),
    )


def voted_on(
    case_id: UUID, proposed_id: UUID, refusal: str = "", form: VoteForm | None = None
) -> Response:
    """Show the page again on which somebody could not vote, or not decide yet."""
    del proposed_id  # what is proposed now is shown, also where it is another
    return panel_page(case_or_404(case_id), refusal, form)


@bp.post(f"{PROPOSAL}/votes")
@gate(Permission.DECIDE)
@or_show(voted_on)
def vote_cast(case_id: UUID, proposed_id: UUID) -> Response:
    """Record a member's vote."""
    case, form = case_or_404(case_id), accepted(VoteForm())
    ballot, seen = form.to_ballot(proposed_id), form.seen_version
    vote(db(), case, keys_of(case), actor=viewer(), seen_version=seen, ballot=ballot)
    db().commit()
    return see_other("cases.decision", case_id=case_id)


@bp.post(f"{PROPOSAL}/conclusion")
@gate(Permission.DECIDE)
@or_show(voted_on)
def decided_together(case_id: UUID, proposed_id: UUID) -> Response:
    """Make what enough members agree to the decision."""
    case, seen = case_or_404(case_id), accepted(VersionedForm()).seen_version
    pack, keys, about = pack_of(db(), case), keys_of(case), proposed_id
    decide_together(
        db(), case, keys, pack=pack, actor=viewer(), seen_version=seen, proposed_id=about
    )
    db().commit()
    return see_other("cases.decision", case_id=case_id)
