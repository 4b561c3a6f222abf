"""Whether the questions of a pack fit each other, and the routing rules that use them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from conductdesk.schemes.kinds import IntakeKind
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.parts import NOT_SURE, AnswerKind, Question, RoutingRule, UsedFor

YES_NO = frozenset({"yes", "no", NOT_SURE})
USUAL: Mapping[str, frozenset[str]] = {
    "kind": frozenset(IntakeKind),
    "danger": frozenset({"yes", "no"}),
    "risk": frozenset({"yes", "no"}),
}
"""What every form asks, with the answers that a routing rule can look for.

“Not sure” is “yes” here: routing takes the safe way.
"""


def answers_to(question: Question) -> frozenset[str]:
    """Return what can be answered, where it can be listed; a text has no such answers."""
    if question.answer is AnswerKind.YES_NO:
        return YES_NO
    return frozenset(choice.key for choice in question.choices)


def check_questions(pack: Pack) -> Iterator[str]:
    """Yield a sentence for each question that cannot be asked, or is asked for nothing."""
    earlier: dict[str, Question] = {}
    for question in pack.questions:
        at = f"questions.{question.key}"
        yield from _kinds(pack, question, at)
        yield from _choices(question, at)
        yield from _risk(question, at)
        yield from _condition(question, earlier, at)
        yield from _use(pack, question, at)
        yield from _sharing(question, earlier, at)
        earlier[question.key] = question


def check_rules(pack: Pack) -> Iterator[str]:
    """Yield a sentence for each routing rule that can never fit."""
    known = {**USUAL, **{question.key: answers_to(question) for question in pack.questions}}
    for place, rule in enumerate(pack.rules):
        at = f"routing.rules.{rule.key}.when"
        if not rule.when:
            yield f"{at}: is missing, so the usual chain would never count. Say when the rule fits."
        for key, answer in rule.when.items():
            if key not in known:
                yield f"{at}: asks “{key}”, which no question is called. Write one of: {', '.join(known)}."
            elif answer not in known[key]:
                answers = ", ".join(sorted(known[key])) or "a question with answers to choose"
                yield f"{at}: “{answer}” is no answer to {key}. Write one of: {answers}."
        yield from _offered(pack, rule, at)
        yield from _shadowed(rule, pack.rules[:place], at)


def _offered(pack: Pack, rule: RoutingRule, at: str) -> Iterator[str]:
    kind = rule.when.get("kind", "")
    if kind in set(IntakeKind) and kind not in {one.key for one in pack.kinds}:
        yield f"{at}: nobody can send “{kind}” here. Add it under [[kinds]], or remove the rule."


def _shadowed(rule: RoutingRule, before: Sequence[RoutingRule], at: str) -> Iterator[str]:
    for earlier in before:
        if earlier.when and earlier.when.items() <= rule.when.items():
            yield f"{at}: {earlier.key} fits first, so this never counts. Put it before {earlier.key}."
            return


def _kinds(pack: Pack, question: Question, at: str) -> Iterator[str]:
    offered = {kind.key for kind in pack.kinds}
    for kind in question.kinds:
        if kind not in offered:
            yield f"{at}.kinds: the form does not offer “{kind}”. Add it under [[kinds]], or remove it."


def _choices(question: Question, at: str) -> Iterator[str]:
    if question.answer is AnswerKind.CHOICE and len(question.choices) < 2:
        yield f"{at}.choices: there is nothing to choose. Add at least two."
    if question.answer is not AnswerKind.CHOICE and question.choices:
        yield f'{at}.choices: are not shown. Write answer = "choice", or remove them.'


def _risk(question: Question, at: str) -> Iterator[str]:
    if question.means_risk and question.answer is not AnswerKind.YES_NO:
        yield f'{at}.means_risk: there is no “yes” to this question. Write answer = "yes_no".'


def _condition(question: Question, earlier: Mapping[str, Question], at: str) -> Iterator[str]:
    for key, answer in question.when.items():
        if key not in earlier:
            yield f"{at}.when: “{key}” is not asked before. Put that question first."
        elif answer not in answers_to(earlier[key]):
            yield f"{at}.when: “{answer}” is no answer to {key}. Write one that can be chosen."
        else:
            yield from _asked_before(question, earlier[key], at)


def _asked_before(question: Question, earlier: Question, at: str) -> Iterator[str]:
    for kind in question.kinds:
        if kind not in earlier.kinds:
            yield (
                f"{at}.when: “{earlier.key}” is not asked for “{kind}”, so this never is either. "
                f"Add {kind} to the kinds of {earlier.key}, or remove it here."
            )


def _sharing(question: Question, earlier: Mapping[str, Question], at: str) -> Iterator[str]:
    if not question.about_sharing:
        return
    if question.answer is AnswerKind.YES_NO:
        yield f'{at}.answer: does not say what may be shared. Write answer = "text" or "choice".'
    for other in earlier.values():
        if other.used_for is question.used_for and set(other.kinds) & set(question.kinds):
            yield f"{at}.used_for: {other.key} asks for that already. Remove one of the two."


def _use(pack: Pack, question: Question, at: str) -> Iterator[str]:
    if question.used_for is None:
        yield (
            f"{at}.used_for: collects what is not used. "
            'Write used_for = "routing", "handling" or a part of the consent, such as '
            '"sharing how", or remove the question.'
        )
    if question.used_for is UsedFor.ROUTING and not any(
        question.key in rule.when for rule in pack.rules
    ):
        yield f"{at}.used_for: no routing rule looks at it. Add a rule, or remove the question."
