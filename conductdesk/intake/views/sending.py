"""Check your answers, and send."""

from __future__ import annotations

from flask import Response, url_for

from conductdesk.cases.actions.receiving import DrawnUp, draw_up, take_in
from conductdesk.cases.concern import Answer, Mode, Part
from conductdesk.cases.words import ANSWERS
from conductdesk.intake.answers import NO_POST, POST_UNKNOWN, Answers, PersonTyped
from conductdesk.intake.paths import CALL_ME, Ask
from conductdesk.intake.queries import who_will_read
from conductdesk.intake.rules import concern_of, first_unanswered, number_of, questions
from conductdesk.intake.views.blueprint import bp, pack_or_404
from conductdesk.intake.views.draft import (
    Draft,
    draft_of,
    keep_sent,
    sent_to,
)
from conductdesk.policy import Permission
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.parts import Question as PackQuestion
from conductdesk.web import sessions
from conductdesk.web.gate import gate
from conductdesk.web.page import page, see_other
from conductdesk.web.state import db, keystore, looking

MODES = {
    Mode.NAMED: "By your name",
    Mode.CONFIDENTIAL: "In confidence",
    Mode.ANONYMOUS: "Without a name",
}
"""How the reporter asked to be known, as they chose it; the desk says what follows from it."""
PARTS = {
    Part.RESPONDENT: "you are worried about what they did",
    Part.AFFECTED: "it happened to them",
    Part.WITNESS: "they saw or heard it",
    Part.SUPPORTER: "they are helping",
    Part.PARTNER: "they are in the mentoring with you",
}
"""What the reporter said of somebody, said back to them after the name."""

Row = tuple[str, object, str, str]
"""A key, a value, the address where it can be changed, and hidden words of that link."""


@bp.get("/<scheme>/check")
@gate(Permission.TELL)
def check(scheme: str) -> Response:
    pack, draft = pack_or_404(scheme), draft_of(scheme)
    if draft is None:
        return _without_draft(scheme)
    missing = first_unanswered(pack, draft.answers)
    if missing is not None:
        return see_other("intake.question", scheme=scheme, number=missing)
    return page(
        "intake/check.html",
        pack=pack,
        groups=_groups(pack, draft),
        people=who_will_read(db(), pack, concern_of(pack, draft.answers)),
        calls=draft.answers.kind == CALL_ME,
        back_url=_address(draft, len(questions(pack, draft.answers))),
    )


@bp.post("/<scheme>/concern")
@gate(Permission.TELL)
def concern(scheme: str) -> Response:
    pack, draft = pack_or_404(scheme), draft_of(scheme)
    if draft is None:
        return _without_draft(scheme)
    if first_unanswered(pack, draft.answers):
        return see_other("intake.check", scheme=scheme)
    drawn = _drawn_up(pack, draft)
    sessions.refresh(db())  # the second of two clicks waits here, and then finds the receipt
    if draft_of(scheme) != draft:
        return _overtaken(scheme)
    take_in(db(), keystore(), drawn)
    keep_sent(scheme, draft.receipt, drawn.concern.mode)
    db().commit()  # the case and the wiped draft are one step
    return see_other("intake.receipt", scheme=scheme)


def _drawn_up(pack: Pack, draft: Draft) -> DrawnUp:
    """Seal everything before the write lock is asked for, so that senders wait for less."""
    return draw_up(looking(), keystore(), pack, concern_of(pack, draft.answers), draft.receipt)


def _overtaken(scheme: str) -> Response:
    """Answer whoever sent it, or changed an answer, in another tab meanwhile."""
    if draft_of(scheme) is None:
        return _without_draft(scheme)
    return see_other("intake.check", scheme=scheme)


def _without_draft(scheme: str) -> Response:
    if sent_to(scheme) is not None:
        return see_other("intake.receipt", scheme=scheme)
    return see_other("intake.start", scheme=scheme)


def _groups(pack: Pack, draft: Draft) -> list[tuple[str, list[Row]]]:
    answers = draft.answers
    identity = answers.identity
    values: dict[Ask, tuple[str, str, object, str]] = {
        Ask.KIND: ("What happened", "What it is about", _kind(pack, answers), "what it is about"),
        Ask.ORGANISATION: (
            "What happened",
            "Organisation",
            _organisation(pack, answers),
            "the organisation",
        ),
        Ask.ACCOUNT: ("What happened", "In your words", answers.account, "what happened"),
        Ask.WHEN: ("What happened", "When", answers.happened, "when it happened"),
        Ask.DANGER: (
            "What happened",
            "Anyone in danger now",
            _said(answers.danger),
            "if anyone is in danger now",
        ),
        Ask.AT_RISK: (
            "The people",
            f"Anyone under {pack.child_age} or at risk",
            _said(answers.at_risk),
            f"if anyone is under {pack.child_age} or at risk",
        ),
        Ask.PEOPLE: ("The people", "Who was involved", _people(pack, answers), "who was involved"),
        Ask.KNOWN: ("You", "How you are known", _mode(answers), "how you are known"),
        Ask.CONTACT: (
            "You",
            "Your name, and how to reach you",
            "\n".join(filter(None, (identity.name, identity.contact, identity.safe_times)))
            if identity
            else "",
            "your name and how to reach you",
        ),
        Ask.SHARING: ("You", "What we may share", answers.sharing, "what we may share"),
        Ask.WISH: ("You", "What you would like", answers.wish, "what you would like"),
        Ask.OUTSIDE: (
            "You",
            f"Someone outside {pack.organisation}",
            _said(answers.outside),
            "if someone outside takes part",
        ),
    }
    return _in_groups(pack, draft, values, _matches(pack, draft))


def _in_groups(
    pack: Pack, draft: Draft, values: dict[Ask, tuple[str, str, object, str]], matches: list[Row]
) -> list[tuple[str, list[Row]]]:
    path = questions(pack, draft.answers)
    groups: dict[str, list[Row]] = {}
    for ask, (group, key, value, hidden) in values.items():
        number = number_of(path, ask)
        if number is not None:
            groups.setdefault(group, []).append((key, value, _address(draft, number), hidden))
        if ask is Ask.PEOPLE and number is not None:
            groups[group] += matches
    own = [_own(draft, number, asked.own) for number, asked in enumerate(path, 1) if asked.own]
    if own:
        groups["What else we asked"] = own
    return list(groups.items())


def _own(draft: Draft, number: int, asked: PackQuestion) -> Row:
    said = draft.answers.own_answers.get(asked.key, "")
    names = {**ANSWERS, **{choice.key: choice.name for choice in asked.choices}}
    return asked.text, names.get(said, said), _address(draft, number), f"“{asked.text}”"


def _matches(pack: Pack, draft: Draft) -> list[Row]:
    path = questions(pack, draft.answers)
    return [
        (
            "Is it an officer?",
            f"{match.name}, {pack.office(match.office).plain}: "
            + (ANSWERS[match.answer] if match.answer else "counts as yes, because you did not say"),
            _address(draft, number_of(path, Ask.MATCH, index) or 1),
            f"if {match.name} is {pack.office(match.office).plain}",
        )
        for index, match in enumerate(draft.answers.matches)
    ]


def _address(draft: Draft, number: int) -> str:
    return url_for("intake.question", scheme=draft.scheme, number=number)


def _kind(pack: Pack, answers: Answers) -> str:
    return pack.kind(answers.kind).name if answers.kind else ""


def _organisation(pack: Pack, answers: Answers) -> str:
    key = answers.organisation
    return pack.organisation_named(key).name if key else "Not sure"


def _said(answer: Answer | None) -> str:
    return ANSWERS[answer] if answer else ""


def _mode(answers: Answers) -> str:
    return MODES[answers.mode] if answers.mode else ""


def _people(pack: Pack, answers: Answers) -> str:
    return "\n".join(_person(pack, person) for person in answers.people or ())


def _person(pack: Pack, person: PersonTyped) -> str:
    posts = {NO_POST: "", POST_UNKNOWN: " (you are not sure if they hold a post)"}
    post = posts.get(person.holds)
    if post is None:
        post = f" ({pack.office(person.holds).plain})"
    return f"{person.name or 'No name given'}{post}: {PARTS[Part(person.part)]}"
