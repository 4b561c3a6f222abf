"""Which questions are asked, in which order, and what a reporter's answers amount to; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from conductdesk.cases.concern import Answer, Concern, Identity, Mode, Part, PersonNamed
from conductdesk.intake.answers import NO_POST, POST_UNKNOWN, Answers, PersonTyped
from conductdesk.schemes.pack import Pack

LONGEST_ACCOUNT = 20_000
"""In characters; more can follow as messages."""
LONGEST_NOTE = 2_000
"""The most that a shorter answer may hold, in characters."""
LONGEST_LINE = 200
MOST_PEOPLE = 10

CALL_ME = "call_me"


class Ask(StrEnum):
    """One question of the public form."""

    KIND = "kind"
    DANGER = "danger"
    AT_RISK = "at_risk"
    ACCOUNT = "account"
    WHEN = "when"
    PEOPLE = "people"
    MATCH = "match"
    KNOWN = "known"
    CONTACT = "contact"
    SHARING = "sharing"
    WISH = "wish"
    OUTSIDE = "outside"


FULL = (
    Ask.KIND,
    Ask.DANGER,
    Ask.AT_RISK,
    Ask.ACCOUNT,
    Ask.WHEN,
    Ask.PEOPLE,
    Ask.MATCH,
    Ask.KNOWN,
    Ask.CONTACT,
    Ask.SHARING,
    Ask.WISH,
    Ask.OUTSIDE,
)
PATHS: Mapping[str, tuple[Ask, ...]] = {
    CALL_ME: (Ask.KIND, Ask.DANGER, Ask.AT_RISK, Ask.CONTACT, Ask.PEOPLE, Ask.MATCH),
}
"""The kinds of intake that do not take the full path."""


@dataclass(frozen=True)
class Question:
    """One page of the form; *match* says which of the resembling names it asks about."""

    ask: Ask
    match: int | None = None


def questions(kind: str | None, answers: Answers) -> tuple[Question, ...]:
    """Return the questions of this *kind* of intake, given the answers so far."""
    path: list[Question] = []
    for ask in PATHS.get(kind or "", FULL):
        if ask is Ask.MATCH:
            path += [Question(ask, index) for index in range(len(answers.matches))]
        elif ask is not Ask.CONTACT or _has_contact(kind, answers):
            path.append(Question(ask))
    return tuple(path)


def is_answered(question: Question, answers: Answers) -> bool:
    """Answer whether the reporter may pass *question*; a match left out counts as yes."""
    return _ANSWERED[question.ask](answers)


def first_unanswered(path: tuple[Question, ...], answers: Answers) -> int | None:
    """Return the number (from 1) of the first question that still needs an answer."""
    for number, question in enumerate(path, start=1):
        if not is_answered(question, answers):
            return number
    return None


def number_of(path: tuple[Question, ...], ask: Ask, match: int | None = None) -> int | None:
    """Return the number (from 1) under which *ask* stands in *path*."""
    wanted = Question(ask, match)
    return path.index(wanted) + 1 if wanted in path else None


def next_number(
    path: tuple[Question, ...], answers: Answers, number: int, *, checked: bool
) -> int | None:
    """Return the question that follows *number*; None is the check page.

    Whoever came back from the check page only sees what their change has opened.
    """
    if not checked:
        return number + 1 if number < len(path) else None
    for later, question in enumerate(path, start=1):
        if not is_answered(question, answers) or _is_open_match(question, answers):
            return later
    return None


def concern_of(pack: Pack, answers: Answers) -> Concern:
    """Return the concern that these complete *answers* make; unasked questions leave nothing."""
    asked = {question.ask for question in questions(answers.kind, answers)}
    mode = (answers.mode if Ask.KNOWN in asked else Mode.CONFIDENTIAL) or Mode.ANONYMOUS
    identity = answers.identity if Ask.CONTACT in asked else None
    return Concern(
        kind=answers.kind or "",
        mode=mode,
        account=_said(asked, Ask.ACCOUNT, answers.account),
        happened=_said(asked, Ask.WHEN, answers.happened),
        danger_now=answers.danger or Answer.NOT_SURE,
        at_risk=answers.at_risk or Answer.NOT_SURE,
        people=tuple(_named(pack, person, answers) for person in answers.people or ()),
        sharing=_said(asked, Ask.SHARING, answers.sharing),
        wish=_said(asked, Ask.WISH, answers.wish),
        wants_outside=Ask.OUTSIDE in asked and answers.outside is Answer.YES,
        identity=identity or Identity(),
    )


def _has_contact(kind: str | None, answers: Answers) -> bool:
    return kind == CALL_ME or answers.mode is not Mode.ANONYMOUS


def _is_open_match(question: Question, answers: Answers) -> bool:
    return question.match is not None and answers.matches[question.match].answer is None


def _contact_given(answers: Answers) -> bool:
    if answers.identity is None:
        return False
    return bool(answers.identity.contact if answers.kind == CALL_ME else answers.identity.name)


def _said(asked: set[Ask], ask: Ask, text: str | None) -> str:
    return (text or "") if ask in asked else ""


def _named(pack: Pack, person: PersonTyped, answers: Answers) -> PersonNamed:
    offices = [person.holds] if person.holds not in (NO_POST, POST_UNKNOWN) else []
    offices += [
        match.office for match in answers.matches if match.name == person.name and match.holds
    ]
    name = person.name or (pack.office(offices[0]).name if offices else "Somebody not named")
    return PersonNamed(name, Part(person.part), tuple(dict.fromkeys(offices)))


_ANSWERED: Mapping[Ask, Callable[[Answers], bool]] = {
    Ask.KIND: lambda answers: answers.kind is not None,
    Ask.DANGER: lambda answers: answers.danger is not None,
    Ask.AT_RISK: lambda answers: answers.at_risk is not None,
    Ask.ACCOUNT: lambda answers: bool(answers.account),
    Ask.WHEN: lambda answers: answers.happened is not None,
    Ask.PEOPLE: lambda answers: answers.people is not None,
    Ask.MATCH: lambda _answers: True,
    Ask.KNOWN: lambda answers: answers.mode is not None,
    Ask.CONTACT: _contact_given,
    Ask.SHARING: lambda answers: answers.sharing is not None,
    Ask.WISH: lambda answers: answers.wish is not None,
    Ask.OUTSIDE: lambda answers: answers.outside is not None,
}
