"""One person, for the administrator: offices, audits, a new link, the end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypedDict
from uuid import UUID

from flask import Response, abort, url_for

from conductdesk.people import actions
from conductdesk.people.above import above
from conductdesk.people.actions.entries import Blockers, Departed
from conductdesk.people.faces import account_shown
from conductdesk.people.forms import ChoiceForm
from conductdesk.people.models import Account
from conductdesk.people.queries import account_by_id, appointment_by_id, holding_by_id
from conductdesk.people.views.blueprint import bp
from conductdesk.policy import Permission
from conductdesk.refusal import Refused
from conductdesk.schemes.queries import packs_in_force
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import page, see_other, what_was_done
from conductdesk.web.state import db, keystore

DONE = {
    "invited": "A link is on its way by e-mail. It works once, for 72 hours.",
    "office": "The office is given.",
    "office-ended": "The office is ended.",
    "auditor": "They audit this scheme from now on.",
    "auditor-ended": "They do not audit this scheme any more.",
    "reset": "A new link is on its way by e-mail. Until it is used they cannot sign in.",
    "ended": "The account is ended.",
}


@bp.get("/people/<uuid:account_id>")
@gate(Permission.ADMINISTER)
def person(account_id: UUID) -> Response:
    return _person_page(_account(account_id))


@bp.post("/people/<uuid:account_id>/offices")
@gate(Permission.ADMINISTER)
def give_office(account_id: UUID) -> Response:
    account, form = _account(account_id), _office_form()
    if not form.validate():
        return _person_page(account, office_form=form, status=422)
    scheme, _, post = form.chosen.data.partition("/")
    give = partial(_give, account, scheme, post)
    return _done(account, give, "office", office_form=form)


@bp.post("/people/<uuid:account_id>/offices/<uuid:holding_id>/end")
@gate(Permission.ADMINISTER)
def end_office(account_id: UUID, holding_id: UUID) -> Response:
    account = _account(account_id)
    held = holding_by_id(db(), account, holding_id) or abort(404)
    end = partial(actions.end_office, db(), held, actor=viewer().pseudonym, **_cases())
    return _done(account, end, "office-ended")


@bp.post("/people/<uuid:account_id>/audits")
@gate(Permission.ADMINISTER)
def appoint_auditor(account_id: UUID) -> Response:
    account, form = _account(account_id), _audit_form()
    if not form.validate():
        return _person_page(account, audit_form=form, status=422)
    appoint = partial(
        actions.appoint_auditor,
        db(),
        account,
        scheme=form.chosen.data,
        actor=viewer().pseudonym,
    )
    return _done(account, appoint, "auditor", audit_form=form)


@bp.post("/people/<uuid:account_id>/audits/<uuid:appointment_id>/end")
@gate(Permission.ADMINISTER)
def end_auditor(account_id: UUID, appointment_id: UUID) -> Response:
    account = _account(account_id)
    appointed = appointment_by_id(db(), account, appointment_id) or abort(404)
    end = partial(actions.end_auditor, db(), appointed, actor=viewer().pseudonym)
    return _done(account, end, "auditor-ended")


@bp.get("/people/<uuid:account_id>/reset")
@gate(Permission.ADMINISTER)
def reset(account_id: UUID) -> Response:
    return _sure_page("people/reset.html", _account(account_id))


@bp.post("/people/<uuid:account_id>/reset")
@gate(Permission.ADMINISTER)
def send_reset(account_id: UUID) -> Response:
    """Send a new activation link; the password and the authenticator end now."""
    account = _account(account_id)
    queue_mail = above().queue_mail_for(keystore())
    renew = partial(actions.reset, db(), account, actor=viewer().pseudonym, queue_mail=queue_mail)
    return _done(account, renew, "reset")


@bp.get("/people/<uuid:account_id>/end")
@gate(Permission.ADMINISTER)
def end(account_id: UUID) -> Response:
    return _sure_page("people/end.html", _account(account_id))


@bp.post("/people/<uuid:account_id>/end")
@gate(Permission.ADMINISTER)
def end_account(account_id: UUID) -> Response:
    account = _account(account_id)
    leave = partial(actions.end_account, db(), account, actor=viewer().pseudonym, **_cases())
    return _done(account, leave, "ended")


class _Cases(TypedDict):
    blockers: Blockers
    departed: Departed


def _cases() -> _Cases:
    """Return what the cases say to somebody's leaving."""
    return {
        "blockers": partial(above().blockers, db()),
        "departed": partial(above().departed, db(), keystore(), viewer()),
    }


def _done(account: Account, act: Callable[[], object], word: str, **forms: ChoiceForm) -> Response:
    """Do it and say so, or show the page again with the sentence that refused it."""
    account_id = account.id
    try:
        act()
    except Refused as error:
        db().rollback()
        return _person_page(_account(account_id), refusal=str(error), status=422, **forms)
    db().commit()
    return see_other("people.person", account_id=account_id, done=word)


def _person_page(
    account: Account,
    *,
    office_form: ChoiceForm | None = None,
    audit_form: ChoiceForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> Response:
    offices, audits = office_form or _office_form(), audit_form or _audit_form()
    return page(
        "people/person.html",
        person=account_shown(db(), account, packs_in_force(db())),
        office_form=offices,
        audit_form=audits,
        form=audits if audits.errors else offices,
        done=what_was_done(DONE) if status == 200 else "",
        refusal=refusal,
        back_url=url_for("people.directory"),
        status=status,
    )


def _sure_page(template: str, account: Account) -> Response:
    back = url_for("people.person", account_id=account.id)
    return page(template, name=account.name, account_id=account.id, back_url=back)


def _account(account_id: UUID) -> Account:
    return account_by_id(db(), account_id) or abort(404)


def _office_form() -> ChoiceForm:
    offices = {
        f"{pack.key}/{post}": f"{words}, {pack.name}"
        for pack in packs_in_force(db())
        for post, words in pack.posts.items()
    }
    return ChoiceForm.among("Office", "office", offices, "Choose an office")


def _give(account: Account, scheme: str, post: str) -> None:
    office, _, organisation = post.partition("/")
    actions.give_office(
        db(),
        account,
        scheme=scheme,
        office=office,
        organisation=organisation,
        actor=viewer().pseudonym,
        queue_mail=above().queue_mail_for(keystore()),
    )


def _audit_form() -> ChoiceForm:
    schemes = {pack.key: pack.name for pack in packs_in_force(db())}
    return ChoiceForm.among("Scheme to audit", "audit", schemes, "Choose a scheme")
