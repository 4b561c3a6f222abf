"""Saying what happened: the page before the first question, and one question a page."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, abort, request, url_for

from conductdesk.cases.concern import Answer, Mode, Part
from conductdesk.intake.answers import PersonTyped
from conductdesk.intake.forms.own import own_form
from conductdesk.intake.forms.people import (
    PeopleForm,
    how_many_rows,
    people_form,
    rows_changed,
)
from conductdesk.intake.forms.questions import (
    ACCOUNT_LABELS,
    FORMS,
    WHAT_HAPPENED,
    WHAT_TO_SHARE,
    AccountForm,
    CallForm,
    KindForm,
    KnownForm,
    MatchForm,
    OrganisationForm,
    OutsideForm,
    QuestionForm,
    SharingForm,
)
from conductdesk.intake.paths import CALL_ME, Ask
from conductdesk.intake.queries import resembling_offices
from conductdesk.intake.rules import (
    MOST_PEOPLE,
    Question,
    first_unanswered,
    next_number,
    number_of,
    parts_of,
    questions,
)
from conductdesk.intake.views.blueprint import bp, pack_or_404
from conductdesk.intake.views.draft import Draft, begin_draft, draft_of, keep_draft
from conductdesk.intake.views.unsaved import form_ended
from conductdesk.policy import Permission
from conductdesk.schemes.nations import emergency_lines
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.parts import UsedFor
from conductdesk.schemes.plain import capital
from conductdesk.web import sessions
from conductdesk.web.gate import gate, without_token
from conductdesk.web.giving_back import typed_words
from conductdesk.web.page import go_to, page, see_other
from conductdesk.web.state import SAFE_METHODS, db, release_db

PAGES = {
    Ask.KIND: "intake/ask/kind.html",
    Ask.DANGER: "intake/ask/danger.html",
    Ask.AT_RISK: "intake/ask/at_risk.html",
    Ask.ACCOUNT: "intake/ask/account.html",
    Ask.WHEN: "intake/ask/when.html",
    Ask.PEOPLE: "intake/ask/people.html",
    Ask.MATCH: "intake/ask/match.html",
    Ask.KNOWN: "intake/ask/known.html",
    Ask.CONTACT: "intake/ask/contact.html",
    Ask.SHARING: "intake/ask/sharing.html",
    Ask.WISH: "intake/ask/wish.html",
    Ask.OUTSIDE: "intake/ask/outside.html",
    Ask.ORGANISATION: "intake/ask/organisation.html",
    Ask.OWN: "intake/ask/own.html",
}


@bp.get("/<scheme>/start")
@gate(Permission.TELL)
def start(scheme: str) -> Response:
    pack = pack_or_404(scheme)
    back = url_for("intake.landing", scheme=scheme)
    return page("intake/start.html", pack=pack, ongoing=draft_of(scheme), back_url=back)


@bp.post("/<scheme>/start")
@without_token
@gate(Permission.TELL)
def begin(scheme: str) -> Response:
    pack_or_404(scheme)
    sessions.refresh(db())
    if draft_of(scheme) is None or "anew" in request.form:
        begin_draft(scheme)
    db().commit()
    return see_other("intake.question", scheme=scheme, number=1)


@bp.get("/<scheme>/question/<int:number>")
@gate(Permission.TELL)
def question(scheme: str, number: int) -> Response:
    pack, draft = pack_or_404(scheme), _draft_or_start(scheme)
    asked = _asked(pack, draft, number)
    form = _blank_form(pack, draft, asked)
    return _shown(pack, draft, asked, number, form)


@bp.post("/<scheme>/question/<int:number>")
@gate(Permission.TELL)
def answer(scheme: str, number: int) -> Response:
    pack = pack_or_404(scheme)
    sessions.refresh(db())  # what another page of this browser sends now counts first
    draft = _draft_or_start(scheme)
    asked = _asked(pack, draft, number)
    if asked.ask is Ask.PEOPLE:
        return _answer_people(pack, draft, asked, number)
    form = _posted_form(pack, draft, asked)
    if not form.validate():
        return _asked_again(pack, draft, asked, number, form)
    return _go_on(pack, draft.with_answers(form.answered(draft.answers)), asked, number)


@bp.get("/<scheme>/help-now")
@gate(Permission.TELL)
def help_now(scheme: str) -> Response:
    pack, draft = pack_or_404(scheme), _draft_or_start(scheme)
    path = questions(pack, draft.answers)
    number = number_of(path, Ask.DANGER) or 1
    return page(
        "intake/help_now.html",
        pack=pack,
        emergency=emergency_lines(pack.nation),
        safeguarding=capital(pack.office(pack.safeguarding[0]).plain),
        onward=_address(scheme, next_number(path, draft.answers, number, checked=draft.checked)),
        back_url=_address(scheme, number),
    )


def _draft_or_start(scheme: str) -> Draft:
    """Return the draft for *scheme*; without one, lead to the page before the first question.

    An answer that has no draft any more is given back.
    """
    draft = draft_of(scheme)
    if draft is None and request.method not in SAFE_METHODS:
        abort(form_ended(pack_or_404(scheme)))
    return draft or abort(see_other("intake.start", scheme=scheme))


def _asked(pack: Pack, draft: Draft, number: int) -> Question:
    """Return the question with this number, or lead to the one that must be answered before."""
    path = questions(pack, draft.answers)
    missing = first_unanswered(pack, draft.answers)
    if missing is not None and number > missing:
        if typed_words():
            abort(form_ended(pack))
        abort(see_other("intake.question", scheme=draft.scheme, number=missing))
    if not 1 <= number <= len(path):
        abort(404)
    return path[number - 1]


def _form_class(draft: Draft, asked: Question) -> type[QuestionForm]:
    if asked.own is not None:
        return own_form(asked.own)
    calls = asked.ask is Ask.CONTACT and draft.answers.kind == CALL_ME
    return CallForm if calls else FORMS[asked.ask]


def _posted_form(pack: Pack, draft: Draft, asked: Question) -> QuestionForm:
    return _fitted(_form_class(draft, asked)(), pack, draft, asked)


def _blank_form(pack: Pack, draft: Draft, asked: Question) -> QuestionForm | PeopleForm:
    if asked.ask is Ask.PEOPLE:
        return _people_shown(pack, draft, draft.rows or draft.answers.people or ())
    form = _fitted(_form_class(draft, asked)(formdata=None), pack, draft, asked)
    form.show(draft.answers)
    return form


def _fitted(form: QuestionForm, pack: Pack, draft: Draft, asked: Question) -> QuestionForm:
    if isinstance(form, KindForm):
        form.kind.choices = _offered(pack)
    if isinstance(form, AccountForm):
        form.account.label.text = ACCOUNT_LABELS.get(draft.answers.kind or "", WHAT_HAPPENED)
    if isinstance(form, KnownForm):
        form.mode.choices = _modes(form, pack)
    if isinstance(form, OrganisationForm):
        form.organisation.choices = _organisations(pack)
    if isinstance(form, SharingForm) and _asks_with_whom(pack, draft):
        form.sharing.label.text = WHAT_TO_SHARE
    if isinstance(form, MatchForm):
        form.fit(asked.match or 0, draft.answers)
    if isinstance(form, OutsideForm):
        form.outside.label.text = f"Should someone outside {pack.organisation} take part?"
    return form


def _offered(pack: Pack) -> dict[str, str]:
    return {kind.key: kind.name for kind in pack.kinds_on_form}


def _modes(form: KnownForm, pack: Pack) -> dict[str, str]:
    refused = () if pack.takes_anonymous else (Mode.ANONYMOUS,)
    return {mode: name for mode, name in form.mode.choices.items() if mode not in refused}


def _organisations(pack: Pack) -> dict[str, str]:
    return {**{one.key: one.name for one in pack.organisations}, "": "I am not sure"}


def _asks_with_whom(pack: Pack, draft: Draft) -> bool:
    """Answer whether the pack has a question of its own on with whom something is shared."""
    asked = pack.questions_for(draft.answers.kind or "")
    return any(one.used_for is UsedFor.SHARED_WITH for one in asked)


def _shown(
    pack: Pack,
    draft: Draft,
    asked: Question,
    number: int,
    form: QuestionForm | PeopleForm,
    status: int = 200,
) -> Response:
    path = questions(pack, draft.answers)
    match = None if asked.match is None else draft.answers.matches[asked.match]
    return page(
        PAGES[asked.ask],
        status=status,
        pack=pack,
        form=form,
        number=number,
        total=len(path),
        action=_address(draft.scheme, number),
        back_url=_address(draft.scheme, number - 1),
        kind=draft.answers.kind,
        may_be_nameless=pack.takes_anonymous and Question(Ask.KNOWN) in path,
        match=match,
        own=asked.own,
        most_people=MOST_PEOPLE,
    )


def _asked_again(
    pack: Pack, draft: Draft, asked: Question, number: int, form: QuestionForm | PeopleForm
) -> Response:
    release_db()  # nothing is stored: others may write while the page is made
    return _shown(pack, draft, asked, number, form, status=422)


def _keep(draft: Draft) -> None:
    keep_draft(draft)
    db().commit()


def _go_on(pack: Pack, draft: Draft, asked: Question, number: int) -> Response:
    path = questions(pack, draft.answers)
    following = next_number(path, draft.answers, number, checked=draft.checked)
    _keep(replace(draft, checked=draft.checked or following is None))
    if asked.ask is Ask.DANGER and draft.answers.danger is not Answer.NO:
        return see_other("intake.help_now", scheme=draft.scheme)
    return go_to(_address(draft.scheme, following))


def _address(scheme: str, number: int | None) -> str:
    if number is None:
        return url_for("intake.check", scheme=scheme)
    if number < 1:
        return url_for("intake.start", scheme=scheme)
    return url_for("intake.question", scheme=scheme, number=number)


def _people_shown(pack: Pack, draft: Draft, people: tuple[PersonTyped, ...]) -> PeopleForm:
    rows = people or (PersonTyped(),)
    values: dict[str, str] = {}
    for row, person in enumerate(rows):
        values[f"name_{row}"] = person.name
        values[f"part_{row}"] = person.part
        values[f"holds_{row}"] = person.holds
    return people_form(pack, _parts(draft), len(rows))(formdata=None, data=values)


def _answer_people(pack: Pack, draft: Draft, asked: Question, number: int) -> Response:
    form = people_form(pack, _parts(draft), how_many_rows(request.form.get("rows")))()
    changed = rows_changed(form.people(), request.form.get("act", ""))
    if changed is not None:
        _keep(replace(draft, rows=changed))
        # Below the last field of the one before: the exit button covers what stands at the top.
        anchor = f"holds_{max(len(changed) - 2, 0)}"
        return see_other("intake.question", scheme=draft.scheme, number=number, _anchor=anchor)
    if not form.validate():
        return _asked_again(pack, draft, asked, number, form)
    people = form.named()
    answers = replace(draft.answers, people=people)
    answers = answers.with_matches(resembling_offices(db(), pack, people))
    return _go_on(pack, draft.with_answers(answers), asked, number)


def _parts(draft: Draft) -> tuple[Part, ...]:
    return parts_of(draft.answers.kind or "")
