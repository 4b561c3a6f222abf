"""Saying that somebody treats the reporter badly: at a check-in, and at any other time."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, url_for

from conductdesk.cases.actions.following_up import due_check_ins
from conductdesk.cases.actions.linking import (
    BadTreatment,
    answer_no,
    answer_yes,
    report_bad_treatment,
)
from conductdesk.cases.concern import Mode
from conductdesk.cases.models import Case
from conductdesk.intake.forms.mailbox import MessageForm
from conductdesk.intake.forms.treatment import (
    CheckInForm,
    TreatedBadlyForm,
    TreatmentForm,
    treatment_form,
)
from conductdesk.intake.queries import person_named
from conductdesk.intake.views.blueprint import bp, pack_or_404
from conductdesk.intake.views.draft import keep_sent, new_turn, use_turn, was_used
from conductdesk.intake.views.mailbox import mailbox_page, my_case
from conductdesk.policy import Permission
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.receipts import Receipt
from conductdesk.web import sessions
from conductdesk.web.gate import gate
from conductdesk.web.giving_back import typed_words
from conductdesk.web.page import page, see_other
from conductdesk.web.state import db, keystore

Act = Callable[..., Case]
ANSWERED = (
    "You answered this before, from another page. What you wrote now was not sent: "
    "it stands below, for you to send it as a message."
)


@bp.get("/<scheme>/messages/treated-badly")
@gate(Permission.CORRESPOND)
def treated_badly(scheme: str) -> Response:
    my_case(scheme)
    pack = pack_or_404(scheme)
    return _treated_badly_page(pack, treatment_form(TreatedBadlyForm, pack)(None, turn=new_turn()))


@bp.post("/<scheme>/messages/treated-badly")
@gate(Permission.CORRESPOND)
def tell_treated_badly(scheme: str) -> Response:
    pack = pack_or_404(scheme)
    form = treatment_form(TreatedBadlyForm, pack)()
    case, keys = my_case(scheme)
    if _was_sent(form):
        return see_other("intake.receipt", scheme=scheme)
    if not form.validate():
        return _treated_badly_page(pack, form, status=422)
    return _linked(report_bad_treatment, pack, case, keys, form)


@bp.post("/<scheme>/messages/check-in")
@gate(Permission.CORRESPOND)
def check_in(scheme: str) -> Response:
    pack = pack_or_404(scheme)
    form = treatment_form(CheckInForm, pack)()
    case, keys = my_case(scheme)
    if _was_sent(form):
        return see_other("intake.receipt", scheme=scheme)
    if not due_check_ins(db(), case):
        return _answered_before(pack)
    if not form.validate():
        return mailbox_page(pack, MessageForm(formdata=None), check_in_form=form, status=422)
    if form.says_yes:
        return _linked(answer_yes, pack, case, keys, form)
    answer_no(db(), case, keys)
    db().commit()
    return see_other("intake.messages", scheme=scheme)


def _was_sent(form: TreatmentForm) -> bool:
    """Answer whether a receipt was given for this very page.

    The second of two clicks waited for the row of the case, and reads its session again.
    """
    sessions.refresh(db())
    return was_used(form.turn.data or "")


def _answered_before(pack: Pack) -> Response:
    """Lead back to the mailbox; what was typed stands there, ready to be sent as a message."""
    typed = "\n".join(typed_words())
    if not typed:
        return see_other("intake.messages", scheme=pack.key)
    form = MessageForm(formdata=None, data={"message": typed})
    return mailbox_page(pack, form, refusal=ANSWERED, status=422)


def _linked(
    act: Act, pack: Pack, case: Case, keys: CaseKeys, form: TreatedBadlyForm | CheckInForm
) -> Response:
    """Open the linked case by *act*, and show its receipt."""
    by = (person_named(db(), pack, form.who),) if form.who else ()
    treatment = BadTreatment(Receipt.mint(), form.account.data, by)
    linked = act(db(), keystore(), pack, case, keys, treatment=treatment)
    keep_sent(pack.key, treatment.receipt, Mode(linked.reporter_mode))
    use_turn(form.turn.data or "")
    db().commit()
    return see_other("intake.receipt", scheme=pack.key)


def _treated_badly_page(pack: Pack, form: TreatmentForm, status: int = 200) -> Response:
    back = url_for("intake.messages", scheme=pack.key)
    return page("intake/treated_badly.html", status=status, pack=pack, form=form, back_url=back)
