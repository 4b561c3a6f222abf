"""What a second person agrees to, and what comes after a case is closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import Response, abort

from conductdesk.cases.actions.closing import agree_closure
from conductdesk.cases.actions.destroying import agree_destruction, propose_destruction
from conductdesk.cases.actions.following_up import ask_check_in, end_aftercare, start_aftercare
from conductdesk.cases.actions.proposing import refuse_proposal
from conductdesk.cases.actions.reopening import reopen_case
from conductdesk.cases.faces.closing import copy_of, proposal_of
from conductdesk.cases.faces.proposals import ProposalFace
from conductdesk.cases.forms.closing import ReasonedForm
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.forms.holding import SecondForm
from conductdesk.cases.models import Case, ProposalKind
from conductdesk.cases.queries import pack_of
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.asking import Ask, ask_page, found_or_404
from conductdesk.cases.views.blueprint import bp
from conductdesk.cases.views.closing import closing
from conductdesk.cases.workflow import State
from conductdesk.policy import Permission
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db

Act = Callable[..., None]

PROPOSALS: Mapping[str, tuple[Act, str]] = {
    ProposalKind.CLOSE: (agree_closure, "Close this case?"),
    ProposalKind.DESTROY: (agree_destruction, "Destroy this case?"),
}
"""What two people agree on: the act, and the question to the second person."""


@bp.get("/cases/<uuid:case_id>/closing/proposals/<kind>")
@gate(Permission.SECOND)
def proposal(
    case_id: UUID, kind: str, refusal: str = "", form: VersionedForm | None = None
) -> Response:
    """Ask the second person, or let the first one take it back."""
    case, (_act, question) = case_or_404(case_id), _proposals(kind)
    face = found_or_404(_waiting(case, kind), refusal)
    rows = (("Proposed by", face.proposer), ("Reason", face.reason))
    mine = _is_mine(face)
    heading, button = ("Take it back", "Take it back") if mine else (question, "Record your answer")
    ask = Ask(heading, button, "cases.closing", facts=rows)
    shown = {"copy": copy_of(db(), case, keys_of(case)) if kind == ProposalKind.CLOSE else ()}
    form = form or (ReasonedForm() if mine else SecondForm())
    return ask_page(case, ask, form, refusal, "cases/closing_proposal.html", shown)


@bp.post("/cases/<uuid:case_id>/closing/proposals/<kind>")
@gate(Permission.SECOND)
@or_show(proposal)
def proposal_answered(case_id: UUID, kind: str) -> Response:
    """Agree to what was proposed, or do not; whoever proposed it takes it back."""
    case, (act, _question) = case_or_404(case_id), _proposals(kind)
    face = found_or_404(_waiting(case, kind), NOTHING_PROPOSED)
    form = accepted(ReasonedForm() if _is_mine(face) else SecondForm())
    if isinstance(form, SecondForm) and form.is_yes:
        keys, pack, seen = keys_of(case), pack_of(db(), case), form.seen_version
        act(db(), case, keys, pack=pack, actor=viewer(), seen_version=seen)
    else:
        _refuse(case, face, form)
    destroyed = case.state == State.DESTROYED
    db().commit()
    return see_other("cases.caseload_page") if destroyed else _to_closing(case_id)


@bp.post("/cases/<uuid:case_id>/closing/aftercare")
@gate(Permission.HANDLE)
@or_show(closing)
def aftercare_begun(case_id: UUID) -> Response:
    """Plan the check-ins with the reporter."""
    case, seen = case_or_404(case_id), accepted(VersionedForm()).seen_version
    pack, keys = pack_of(db(), case), keys_of(case)
    start_aftercare(db(), case, keys, pack=pack, actor=viewer(), seen_version=seen)
    db().commit()
    return _to_closing(case_id)


@bp.post("/cases/<uuid:case_id>/closing/check-ins/<uuid:check_in_id>")
@gate(Permission.HANDLE)
@or_show(lambda case_id, check_in_id, **shown: closing(case_id, **shown))
def check_in_asked(case_id: UUID, check_in_id: UUID) -> Response:
    """Ask the reporter now."""
    case = case_or_404(case_id)
    ask_check_in(db(), case, keys_of(case), actor=viewer(), check_in_id=check_in_id)
    db().commit()
    return _to_closing(case_id)


@bp.get("/cases/<uuid:case_id>/closing/aftercare/end")
@gate(Permission.HANDLE)
def aftercare_end(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Ask why aftercare ends."""
    case = case_or_404(case_id)
    words = ("Check-ins that are still to come are not sent any more.",)
    ask = Ask("End aftercare", "End aftercare", "cases.closing", words)
    return ask_page(case, ask, form or ReasonedForm(), refusal)


@bp.post("/cases/<uuid:case_id>/closing/aftercare/end")
@gate(Permission.HANDLE)
@or_show(aftercare_end)
def aftercare_ended(case_id: UUID) -> Response:
    """End aftercare."""
    case, form = case_or_404(case_id), accepted(ReasonedForm())
    reason, seen, pack = form.to_reason(), form.seen_version, pack_of(db(), case)
    keys, here = keys_of(case), viewer()
    end_aftercare(db(), case, keys, pack=pack, actor=here, reason=reason, seen_version=seen)
    db().commit()
    return _to_closing(case_id)


@bp.get("/cases/<uuid:case_id>/closing/reopening")
@gate(Permission.SECOND)
def reopening(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Ask why the case is reopened."""
    case = case_or_404(case_id)
    words = (
        "Only somebody who had no part in the case can reopen it.",
        "It goes back to where its route was chosen. Auditors no longer read it.",
    )
    ask = Ask("Reopen the case", "Reopen the case", "cases.closing", words)
    return ask_page(case, ask, form or ReasonedForm(), refusal)


@bp.post("/cases/<uuid:case_id>/closing/reopening")
@gate(Permission.SECOND)
@or_show(reopening)
def reopened(case_id: UUID) -> Response:
    """Reopen the case."""
    case, form = case_or_404(case_id), accepted(ReasonedForm())
    reason, seen, pack = form.to_reason(), form.seen_version, pack_of(db(), case)
    keys, here = keys_of(case), viewer()
    reopen_case(db(), case, keys, pack=pack, actor=here, reason=reason, seen_version=seen)
    db().commit()
    return see_other("cases.overview", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/closing/destruction")
@gate(Permission.SECOND)
def destruction(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Ask why the case can be destroyed."""
    case = case_or_404(case_id)
    words = (
        "Its keys are destroyed, here and in every backup. Nobody can read it ever again.",
        "A second person must agree. The log keeps that the case was there, and that it is gone.",
    )
    ask = Ask("Propose to destroy", "Ask a second person", "cases.closing", words)
    return ask_page(case, ask, form or ReasonedForm(), refusal)


@bp.post("/cases/<uuid:case_id>/closing/destruction")
@gate(Permission.SECOND)
@or_show(destruction)
def destruction_proposed(case_id: UUID) -> Response:
    """Propose to destroy the case."""
    case, form = case_or_404(case_id), accepted(ReasonedForm())
    reason, seen, pack = form.to_reason(), form.seen_version, pack_of(db(), case)
    keys, here = keys_of(case), viewer()
    propose_destruction(db(), case, keys, pack=pack, actor=here, reason=reason, seen_version=seen)
    db().commit()
    return _to_closing(case_id)


NOTHING_PROPOSED = "Nobody has proposed that, or somebody has answered it already."


def _proposals(kind: str) -> tuple[Act, str]:
    if kind not in PROPOSALS:
        abort(404)
    return PROPOSALS[kind]


def _waiting(case: Case, kind: str) -> list[ProposalFace]:
    face = proposal_of(db(), case, keys_of(case), ProposalKind(kind))
    return [face] if face else []


def _is_mine(face: ProposalFace) -> bool:
    return face.proposed_by == viewer().account_id


def _refuse(case: Case, face: ProposalFace, form: SecondForm | ReasonedForm) -> None:
    refuse_proposal(
        db(),
        case,
        keys_of(case),
        actor=viewer(),
        proposal_id=face.id,
        reason=form.to_reason(),
        seen_version=form.seen_version,
    )


def _to_closing(case_id: UUID) -> Response:
    return see_other("cases.closing", case_id=case_id)
