"""Close a case: what is left to do, done one thing at a time, and a second person who agrees."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from conductdesk.cases.actions.closing import (
    choose_retention,
    give_feedback,
    note_learning,
    propose_closure,
    withhold_feedback,
)
from conductdesk.cases.actions.copying import draft_audit_copy, keep_audit_copy
from conductdesk.cases.actions.reopening import was_involved
from conductdesk.cases.faces.closing import (
    closing_of,
    copy_is_current,
    copy_of,
    kept_for,
    named_in,
)
from conductdesk.cases.forms.closing import (
    CopyForm,
    FeedbackForm,
    LearningForm,
    NoFeedbackForm,
    ReasonedForm,
    RetentionForm,
    copy_form,
)
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.models import Case
from conductdesk.cases.queries import pack_of
from conductdesk.cases.rules import AFTERCARE_DAYS
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.asking import Ask, ask_page
from conductdesk.cases.views.blueprint import bp
from conductdesk.cases.views.frame import case_page, powers_on
from conductdesk.cases.views.naming import noting_names
from conductdesk.policy import Permission
from conductdesk.refusal import Refused
from conductdesk.vault.models import Compartment
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db


@bp.get("/cases/<uuid:case_id>/closing")
@gate(Permission.READ)
def closing(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Show what is left to do before the case closes, or what comes after."""
    case = case_or_404(case_id)
    return case_page(
        case,
        "cases/closing.html",
        face=closing_of(db(), case, keys_of(case)),
        asked_after=AFTERCARE_DAYS,
        powers=powers_on(case),
        me=viewer().account_id,
        involved=was_involved(db(), case, viewer().account_id),
        form=form or VersionedForm(formdata=None, version=str(case.version)),
        refusal=refusal,
    )


@bp.get("/cases/<uuid:case_id>/closing/feedback")
@gate(Permission.HANDLE)
def feedback(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Ask what the reporter is told at the end."""
    case = case_or_404(case_id)
    beside = (
        "Say how it went, and what changes for them.",
        "Do not say what somebody else must do, or what was said about them.",
        "Say that they can write at any time, above all if they are treated badly.",
    )
    ask = Ask("Feedback to the reporter", "Send the feedback", "cases.closing", beside=beside)
    return ask_page(case, ask, form or FeedbackForm(), refusal, "cases/letter.html")


@bp.post("/cases/<uuid:case_id>/closing/feedback")
@gate(Permission.HANDLE)
@or_show(feedback)
def feedback_given(case_id: UUID) -> Response:
    """Put the feedback into the mailbox."""
    case, form = case_or_404(case_id), accepted(FeedbackForm())
    text, seen = form.text.data, form.seen_version
    give_feedback(db(), case, keys_of(case), actor=viewer(), text=text, seen_version=seen)
    db().commit()
    return see_other("cases.closing", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/closing/no-feedback")
@gate(Permission.HANDLE)
def no_feedback(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Ask why the reporter gets no feedback."""
    case = case_or_404(case_id)
    ask = Ask("No feedback", "Record the reason", "cases.closing")
    return ask_page(case, ask, form or NoFeedbackForm(), refusal)


@bp.post("/cases/<uuid:case_id>/closing/no-feedback")
@gate(Permission.HANDLE)
@or_show(no_feedback)
def feedback_withheld(case_id: UUID) -> Response:
    """Record why the reporter gets no feedback."""
    case, form = case_or_404(case_id), accepted(NoFeedbackForm())
    reason, seen = form.to_reason(), form.seen_version
    withhold_feedback(db(), case, keys_of(case), actor=viewer(), reason=reason, seen_version=seen)
    db().commit()
    return see_other("cases.closing", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/closing/learning")
@gate(Permission.HANDLE)
def learning(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Ask what there is to learn."""
    case = case_or_404(case_id)
    ask = Ask("Learning", "Note it", "cases.closing")
    return ask_page(case, ask, form or LearningForm(), refusal)


@bp.post("/cases/<uuid:case_id>/closing/learning")
@gate(Permission.HANDLE)
@or_show(learning)
def learned(case_id: UUID) -> Response:
    """Note what there is to learn."""
    case, form = case_or_404(case_id), accepted(LearningForm())
    text, seen = form.text.data, form.seen_version
    note_learning(db(), case, keys_of(case), actor=viewer(), text=text, seen_version=seen)
    db().commit()
    return see_other("cases.closing", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/closing/retention")
@gate(Permission.HANDLE)
def retention(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Ask how long the case is kept."""
    case = case_or_404(case_id)
    ask = Ask("Retention", "Choose it", "cases.closing")
    return ask_page(case, ask, form or _retention_form(case), refusal)


@bp.post("/cases/<uuid:case_id>/closing/retention")
@gate(Permission.HANDLE)
@or_show(retention)
def retention_chosen(case_id: UUID) -> Response:
    """Choose how long the case is kept."""
    case = case_or_404(case_id)
    form = accepted(_retention_form(case))
    key, seen, pack = form.chosen.data, form.seen_version, pack_of(db(), case)
    keys, here = keys_of(case), viewer()
    choose_retention(db(), case, keys, pack=pack, actor=here, chosen=key, seen_version=seen)
    db().commit()
    return see_other("cases.closing", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/closing/copy")
@gate(Permission.HANDLE)
def audit_copy(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Show the masked draft of what the auditors will read, for the handler to check."""
    case = case_or_404(case_id)
    shown = form if isinstance(form, CopyForm) else _copy_form(case)
    named = named_in(db(), case, keys_of(case), shown.typed())
    words = (
        "This is all that an auditor reads. Names are masked already, but no rule knows a "
        "nickname, a job or a street. Read every line, and change what gives somebody away.",
    )
    ask = Ask("Copy for the auditors", "I have checked it: keep this copy", "cases.closing", words)
    more = {"named": named, "kept": copy_of(db(), case, keys_of(case))}
    return ask_page(case, ask, shown, refusal, "cases/closing_copy.html", more)


@bp.post("/cases/<uuid:case_id>/closing/copy")
@gate(Permission.HANDLE)
@or_show(audit_copy)
@noting_names
def audit_copy_kept(case_id: UUID) -> Response:
    """Keep the copy that the handler has checked."""
    case, form = case_or_404(case_id), accepted(CopyForm())
    copy, seen = form.to_copy(), form.seen_version
    keep_audit_copy(db(), case, keys_of(case), actor=viewer(), copy=copy, seen_version=seen)
    db().commit()
    return see_other("cases.closing", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/closing/proposal")
@gate(Permission.HANDLE)
def closure(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Ask why the case can be closed."""
    case = case_or_404(case_id)
    words = ("A second person is asked, and the case closes when they agree.",)
    ask = Ask("Propose to close", "Ask a second person", "cases.closing", words)
    return ask_page(case, ask, form or ReasonedForm(), refusal)


@bp.post("/cases/<uuid:case_id>/closing/proposal")
@gate(Permission.HANDLE)
@or_show(closure)
def closure_proposed(case_id: UUID) -> Response:
    """Propose to close the case."""
    case, form = case_or_404(case_id), accepted(ReasonedForm())
    reason, seen, pack = form.to_reason(), form.seen_version, pack_of(db(), case)
    keys, here = keys_of(case), viewer()
    propose_closure(db(), case, keys, pack=pack, actor=here, reason=reason, seen_version=seen)
    db().commit()
    return see_other("cases.closing", case_id=case_id)


def _retention_form(case: Case) -> RetentionForm:
    form = RetentionForm(chosen=case.retention_class)
    form.offer(kept_for(pack_of(db(), case)))
    return form


def _copy_form(case: Case) -> CopyForm:
    keys = keys_of(case)
    if not all(keys.holds(part) for part in Compartment):
        raise Refused(
            "You lack keys to a part of this case. Somebody who holds them all checks it."
        )
    kept = copy_of(db(), case, keys) if copy_is_current(db(), case) else ()
    return copy_form(kept or draft_audit_copy(db(), case, keys))
