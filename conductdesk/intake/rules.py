"""Which questions are asked, in which order, and what a reporter's answers amount to; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from conductdesk.cases.concern import Answer, Concern, Identity, Mode, Part, PersonNamed
from conductdesk.intake.answers import NO_POST, POST_UNKNOWN, Answers, PersonTyped
from conductdesk.intake.paths import CALL_ME, FULL, NEED_A_NAME, PATHS, Ask
from conductdesk.schemes.kinds import IntakeKind, is_request
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.parts import Question as PackQuestion
from conductdesk.schemes.parts import fits

LONGEST_ACCOUNT = 20_000
"""In characters; more can follow as messages."""
LONGEST_NOTE = 2_000
"""The most that a shorter answer may hold, in characters."""
LONGEST_LINE = 200
MOST_PEOPLE = 10
NOT_NAMED = "Somebody not named"


@dataclass(frozen=True)
class Question:
    """One page of the form.

    *match* says which of the resembling names it asks about, *own* which question of the pack.
    """

    ask: Ask
    match: int | None = None
    own: PackQuestion | None = None


def questions(pack: Pack, answers: Answers) -> tuple[Question, ...]:
    """Return the questions of the chosen kind of intake, given the answers so far."""
    path: list[Question] = []
    for ask in PATHS.get(answers.kind or "", FULL):
        if ask is Ask.MATCH:
            path += [Question(ask, index) for index in range(len(answers.matches))]
        elif ask is Ask.OWN:
            path += _own(pack, answers, about_sharing=False)
        elif ask is Ask.SHARING:
            path += [Question(ask), *_own(pack, answers, about_sharing=True)]
        elif _is_asked(ask, pack, answers):
            path.append(Question(ask))
    return tuple(path)


def _own(pack: Pack, answers: Answers, *, about_sharing: bool) -> list[Question]:
    """Return the pack's own; how something is shared is asked once something may be."""
    if about_sharing and not answers.sharing:
        return []
    opened = own_questions(pack, answers)
    return [Question(Ask.OWN, own=one) for one in opened if one.about_sharing == about_sharing]


def own_questions(pack: Pack, answers: Answers) -> list[PackQuestion]:
    """Return the pack's own questions that these answers open, in their order."""
    said, opened = dict(answers.own), []
    for question in pack.questions_for(answers.kind or ""):
        if all(fits(said.get(key), answer) for key, answer in question.when.items()):
            opened.append(question)
        else:
            said.pop(question.key, None)  # what it opened in turn is closed with it
    return opened


def _is_asked(ask: Ask, pack: Pack, answers: Answers) -> bool:
    if ask is Ask.CONTACT:
        return _has_contact(answers)
    return ask is not Ask.ORGANISATION or pack.asks_organisation


def is_answered(question: Question, answers: Answers) -> bool:
    """Answer whether the reporter may pass *question*; a match left out counts as yes."""
    if question.own is not None:
        return question.own.key in answers.own_answers
    return _ANSWERED[question.ask](answers)


def first_unanswered(pack: Pack, answers: Answers) -> int | None:
    """Return the number (from 1) of the first question that still needs an answer."""
    for number, question in enumerate(questions(pack, answers), start=1):
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
    path = questions(pack, answers)
    asked = {question.ask for question in path}
    identity = answers.identity if Ask.CONTACT in asked else None
    return Concern(
        kind=answers.kind or "",
        mode=_mode_of(asked, answers),
        account=_said(asked, Ask.ACCOUNT, answers.account),
        happened=_said(asked, Ask.WHEN, answers.happened),
        danger_now=_risk(asked, Ask.DANGER, answers.danger),
        at_risk=_at_risk(asked, path, answers),
        people=_people_named(asked, pack, answers),
        sharing=_said(asked, Ask.SHARING, answers.sharing),
        wish=_said(asked, Ask.WISH, answers.wish),
        wants_outside=Ask.OUTSIDE in asked and answers.outside is Answer.YES,
        identity=identity or Identity(),
        organisation=_said(asked, Ask.ORGANISATION, answers.organisation),
        answers=tuple(
            (question.own.key, answers.own_answers.get(question.own.key, ""))
            for question in path
            if question.own
        ),
    )


def _mode_of(asked: set[Ask], answers: Answers) -> Mode:
    if Ask.KNOWN in asked:
        return answers.mode or Mode.ANONYMOUS
    return Mode.NAMED if answers.kind in NEED_A_NAME else Mode.CONFIDENTIAL


def _risk(asked: set[Ask], ask: Ask, answer: Answer | None) -> Answer:
    """Return the answer; what was asked and left open is not sure, what was not asked is no."""
    return (answer or Answer.NOT_SURE) if ask in asked else Answer.NO


def _at_risk(asked: set[Ask], path: tuple[Question, ...], answers: Answers) -> Answer:
    """Return what was answered, or yes where one of the pack's own questions says so."""
    said = answers.own_answers
    for question in path:
        if question.own and question.own.means_risk and said.get(question.own.key) != Answer.NO:
            return Answer.YES
    return _risk(asked, Ask.AT_RISK, answers.at_risk)


def _people_named(asked: set[Ask], pack: Pack, answers: Answers) -> tuple[PersonNamed, ...]:
    people = answers.people or () if Ask.PEOPLE in asked else ()
    return tuple(named(pack, person, _meant_by(person, answers)) for person in people)


def _meant_by(person: PersonTyped, answers: Answers) -> list[str]:
    return [match.office for match in answers.matches if match.name == person.name and match.holds]


def parts_of(kind: str) -> tuple[Part, ...]:
    """Return what a person can be in this *kind*: most requests are against nobody."""
    if kind == IntakeKind.DATA_PROTECTION:
        return (Part.RESPONDENT,)
    if kind in NEED_A_NAME and is_request(kind):
        return (Part.PARTNER,)
    return (Part.RESPONDENT, Part.AFFECTED, Part.WITNESS, Part.SUPPORTER)


def _people_answered(answers: Answers) -> bool:
    """Hold unless a person has a part that the kind, chosen anew, does not know."""
    people, parts = answers.people, parts_of(answers.kind or "")
    return people is not None and all(Part(person.part) in parts for person in people)


def _has_contact(answers: Answers) -> bool:
    return Ask.KNOWN not in PATHS.get(answers.kind or "", FULL) or (
        answers.mode is not Mode.ANONYMOUS
    )


def _is_open_match(question: Question, answers: Answers) -> bool:
    return question.match is not None and answers.matches[question.match].answer is None


def _contact_given(answers: Answers) -> bool:
    if answers.identity is None:
        return False
    return bool(answers.identity.contact if answers.kind == CALL_ME else answers.identity.name)


def _said(asked: set[Ask], ask: Ask, text: str | None) -> str:
    return (text or "") if ask in asked else ""


def named(pack: Pack, person: PersonTyped, meant: Iterable[str]) -> PersonNamed:
    """Return whom *person* stands for: whoever holds the office chosen, or one that is *meant*."""
    chosen = [person.holds] if person.holds not in (NO_POST, POST_UNKNOWN) else []
    offices = tuple(dict.fromkeys((*chosen, *meant)))
    name = person.name or (pack.office(offices[0]).name if offices else NOT_NAMED)
    perhaps = person.holds == POST_UNKNOWN and not offices
    return PersonNamed(name, Part(person.part), offices, perhaps_in_office=perhaps)


_ANSWERED: Mapping[Ask, Callable[[Answers], bool]] = {
    Ask.KIND: lambda answers: answers.kind is not None,
    Ask.DANGER: lambda answers: answers.danger is not None,
    Ask.AT_RISK: lambda answers: answers.at_risk is not None,
    Ask.ACCOUNT: lambda answers: bool(answers.account),
    Ask.WHEN: lambda answers: answers.happened is not None,
    Ask.PEOPLE: _people_answered,
    Ask.MATCH: lambda _answers: True,
    Ask.KNOWN: lambda answers: answers.mode is not None,
    Ask.CONTACT: _contact_given,
    Ask.SHARING: lambda answers: answers.sharing is not None,
    Ask.WISH: lambda answers: answers.wish is not None,
    Ask.OUTSIDE: lambda answers: answers.outside is not None,
    Ask.ORGANISATION: lambda answers: answers.organisation is not None,
}
