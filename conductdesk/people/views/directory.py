"""The administrator's list of people, invitations, and trouble with the mail."""

from __future__ import annotations

from uuid import UUID

from flask import Response, url_for

from conductdesk.people import actions
from conductdesk.people.above import above
from conductdesk.people.faces import everybody
from conductdesk.people.forms import InvitationForm, PersonForm
from conductdesk.people.views.blueprint import bp
from conductdesk.policy import Permission
from conductdesk.refusal import Refused
from conductdesk.schemes.queries import packs_in_force
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import page, see_other, what_was_done
from conductdesk.web.state import db, keystore

DONE = {
    "mail": "The e-mail is sent again.",
    "custodian": "The custodian is added. Mail reaches them; they never sign in.",
}


@bp.get("/people")
@gate(Permission.ADMINISTER)
def directory() -> Response:
    return _directory_page(done=what_was_done(DONE))


@bp.get("/people/invitation")
@gate(Permission.ADMINISTER)
def invitation() -> Response:
    return _invitation_page(InvitationForm(formdata=None))


@bp.post("/people")
@gate(Permission.ADMINISTER)
def invite() -> Response:
    """Make an account, and mail its activation link."""
    form = InvitationForm()
    if not form.validate():
        return _invitation_page(form, status=422)
    queue_mail = above().queue_mail_for(keystore())
    try:
        invited = actions.invite(db(), form.person, actor=viewer().pseudonym, queue_mail=queue_mail)
    except Refused as error:
        return _invitation_page(form, refusal=str(error), status=422)
    account_id = invited.account.id
    db().commit()
    return see_other("people.person", account_id=account_id, done="invited")


@bp.get("/people/custodian")
@gate(Permission.ADMINISTER)
def custodian() -> Response:
    return _custodian_page(PersonForm(formdata=None))


@bp.post("/people/custodians")
@gate(Permission.ADMINISTER)
def add_custodian() -> Response:
    form = PersonForm()
    if not form.validate():
        return _custodian_page(form, status=422)
    try:
        actions.add_custodian(db(), form.person, actor=viewer().pseudonym)
    except Refused as error:
        return _custodian_page(form, refusal=str(error), status=422)
    db().commit()
    return see_other("people.directory", done="custodian")


@bp.post("/people/mail/<uuid:row_id>/again")
@gate(Permission.ADMINISTER)
def send_mail_again(row_id: UUID) -> Response:
    try:
        above().send_again(db(), row_id)
    except Refused as error:
        db().rollback()
        return _directory_page(refusal=str(error), status=422)
    db().commit()
    return see_other("people.directory", done="mail")


def _directory_page(*, done: str = "", refusal: str = "", status: int = 200) -> Response:
    people = everybody(db(), packs_in_force(db()))
    return page(
        "people/directory.html",
        people=people,
        names={person.id: person.name for person in people},
        mail=above().mail_trouble(db()),
        done=done,
        refusal=refusal,
        status=status,
    )


def _invitation_page(form: InvitationForm, *, refusal: str = "", status: int = 200) -> Response:
    back = url_for("people.directory")
    return page("people/invite.html", form=form, refusal=refusal, back_url=back, status=status)


def _custodian_page(form: PersonForm, *, refusal: str = "", status: int = 200) -> Response:
    back = url_for("people.directory")
    return page("people/custodian.html", form=form, refusal=refusal, back_url=back, status=status)
