"""The programme's own form, by a link from a mail; it can turn into a concern."""

from __future__ import annotations

from flask import Response, session, url_for

from conductdesk.cases.concern import Identity, Part
from conductdesk.checkins.actions import fill_in
from conductdesk.checkins.models import CheckInLink
from conductdesk.checkins.queries import open_link
from conductdesk.checkins.rules import FORM_WORDS, WORRIES, About, Filled, Form, open_about
from conductdesk.intake.answers import Answers, PersonTyped
from conductdesk.intake.forms.weekly import FORMS, FeedbackForm
from conductdesk.intake.queries import resembling_offices
from conductdesk.intake.views.blueprint import bp, pack_or_404
from conductdesk.intake.views.draft import Draft, draft_of, keep_draft
from conductdesk.participants.models import Register
from conductdesk.participants.queries import keys_of_register, register_of
from conductdesk.policy import Permission
from conductdesk.schemes.pack import Pack
from conductdesk.vault.receipts import Receipt
from conductdesk.web import sessions
from conductdesk.web.gate import gate, without_token
from conductdesk.web.giving_back import typed_words
from conductdesk.web.page import page, see_other
from conductdesk.web.state import db, keystore


@bp.get("/<scheme>/weekly/<token>")
@gate(Permission.TELL)
def weekly_door(scheme: str, token: str) -> Response:
    """Show a button: a mail scanner that follows the link uses nothing up."""
    return page("intake/weekly_door.html", pack=pack_or_404(scheme), token=token)


@bp.post("/<scheme>/weekly/<token>")
@without_token
@gate(Permission.TELL)
def open_weekly(scheme: str, token: str) -> Response:
    """Exchange the link for the cookie, so that it stands in no address any more."""
    pack = pack_or_404(scheme)
    if _link(scheme, token) is None:
        return page("intake/weekly_over.html", status=422, pack=pack)
    sessions.refresh(db())
    session["weekly"] = {"scheme": scheme, "token": token}
    db().commit()
    return see_other("intake.weekly", scheme=scheme)


@bp.get("/<scheme>/weekly")
@gate(Permission.TELL)
def weekly(scheme: str) -> Response:
    pack, link = pack_or_404(scheme), _link(scheme, _token(scheme))
    if link is None:
        return page("intake/weekly_over.html", pack=pack)
    return _weekly_page(pack, link, FORMS[Form(link.form)](formdata=None))


@bp.post("/<scheme>/weekly")
@gate(Permission.TELL)
def fill_in_weekly(scheme: str) -> Response:
    pack, token = pack_or_404(scheme), _token(scheme)
    sessions.refresh(db())
    register, link = _register(scheme), _link(scheme, token)
    if register is None or link is None:
        return page("intake/weekly_over.html", status=422, pack=pack, words=typed_words())
    form = FORMS[Form(link.form)]()
    if not form.validate():
        return _weekly_page(pack, link, form, status=422)
    keys = keys_of_register(db(), keystore(), register, None)
    fill_in(db(), register, keys, link, form.filled())
    return _go_on(pack, link, open_about(token, link.about), form.filled())


@bp.get("/<scheme>/weekly/done")
@gate(Permission.TELL)
def weekly_done(scheme: str) -> Response:
    return page("intake/weekly_done.html", pack=pack_or_404(scheme))


def _go_on(pack: Pack, link: CheckInLink, about: About, filled: Filled) -> Response:
    """Commit; whoever wants to tell something goes on with a form that knows what they said."""
    session.pop("weekly", None)
    kind = WORRIES[filled.worry]
    if kind is not None:
        offered = {one.key for one in pack.kinds_on_form}
        answers = _answers(pack, kind if kind in offered else "concern", link, about, filled)
        keep_draft(Draft(pack.key, Receipt.mint(), answers, checked=True))
    db().commit()
    if kind is None:
        return see_other("intake.weekly_done", scheme=pack.key)
    return see_other("intake.check", scheme=pack.key)


def _answers(pack: Pack, kind: str, link: CheckInLink, about: About, filled: Filled) -> Answers:
    people = tuple(PersonTyped(name, Part.RESPONDENT.value) for name in about.partners)
    answers = Answers(
        kind=kind,
        account=filled.in_words() or None,
        happened=f"{FORM_WORDS[Form(link.form)]}, week {link.week}",
        people=people or None,
        identity=Identity(name=about.name, contact=about.email),
    )
    return answers.with_matches(resembling_offices(db(), pack, people))


def _token(scheme: str) -> str:
    kept = session.get("weekly") or {}
    return str(kept["token"]) if kept.get("scheme") == scheme else ""


def _register(scheme: str) -> Register | None:
    return register_of(db(), scheme)


def _link(scheme: str, token: str) -> CheckInLink | None:
    return open_link(db(), _register(scheme), token)


def _weekly_page(pack: Pack, link: CheckInLink, form: FeedbackForm, status: int = 200) -> Response:
    about = open_about(_token(pack.key), link.about)
    return page(
        "intake/weekly.html",
        status=status,
        pack=pack,
        form=form,
        title=FORM_WORDS[Form(link.form)],
        week=link.week,
        partners=about.partners,
        begun=draft_of(pack.key) is not None,
        action=url_for("intake.fill_in_weekly", scheme=pack.key),
    )
