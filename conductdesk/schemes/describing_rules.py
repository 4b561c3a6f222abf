"""Say in plain words what a pack asks, and where what comes in goes."""

from __future__ import annotations

from collections.abc import Mapping

from conductdesk.schemes.checking_questions import USUAL
from conductdesk.schemes.kinds import KINDS, IntakeKind
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.parts import NOT_SURE, AnswerKind, Question, Told, UsedFor
from conductdesk.schemes.plain import Item, item, listed, where

ANSWER_NAMES: Mapping[str, str] = {
    "yes": "yes, or not sure",
    "no": "no",
    NOT_SURE: "not sure",
}
USUAL_NAMES: Mapping[str, Mapping[str, str]] = {
    "danger": {"yes": "somebody is in danger now", "no": "nobody is in danger now"},
    "risk": {
        "yes": "there is a child, an adult at risk or a risk of harm",
        "no": "no child, adult at risk or risk of harm was mentioned",
    },
}
TOLD_NAMES: Mapping[Told, str] = {
    Told.BEFOREHAND: "beforehand, always",
    Told.UNLESS_UNSAFE: "beforehand, unless that puts somebody in danger",
    Told.AFTERWARDS: "afterwards",
}
USE_NAMES: Mapping[UsedFor | None, str] = {
    UsedFor.ROUTING: "choosing who receives it",
    UsedFor.HANDLING: "the handler reads it",
    UsedFor.SHARED_AS: "the consent: as whom something may be shared",
    UsedFor.SHARED_WITH: "the consent: with whom something may be shared",
    UsedFor.SHARED_HOW: "the consent: how something may be shared",
    UsedFor.SHARED_WHEN: "the consent: when something may be shared",
    None: "",
}


def routing(pack: Pack) -> list[Item]:
    """Describe each chain of offices."""
    return [
        *(
            item(
                f"rule {rule.key}",
                f"When {condition_in_words(pack, rule.when)}",
                ("In this order", offices_in_words(pack, rule.chain)),
                ("Because", rule.words),
            )
            for rule in pack.rules
        ),
        item(
            "chain",
            "Everything else" if pack.rules else "Everything",
            ("In this order", offices_in_words(pack, pack.chain)),
        ),
        item(
            "safeguarding",
            "As well, when there is a child, an adult at risk or a risk of harm",
            ("In this order", offices_in_words(pack, pack.safeguarding)),
        ),
    ]


def offices_in_words(pack: Pack, offices: tuple[str, ...]) -> str:
    """Return the names of some offices."""
    return listed(pack.office(key).name for key in offices)


def condition_in_words(pack: Pack, when: Mapping[str, str]) -> str:
    """Return what must be true for a routing rule, or for a question to be asked."""
    return " and ".join(_condition(pack, key, answer) for key, answer in when.items())


def _condition(pack: Pack, key: str, answer: str) -> str:
    if key == "kind":
        return f"somebody chose “{pack.kind(answer).name}”"
    if key in USUAL:
        return USUAL_NAMES[key][answer]
    asked = next(one for one in pack.questions if one.key == key)
    return f"“{asked.text}” is answered “{_answer(asked, answer)}”"


def _answer(asked: Question, answer: str) -> str:
    if asked.answer is AnswerKind.YES_NO:
        return ANSWER_NAMES[answer]
    return next(choice.name for choice in asked.choices if choice.key == answer)


def kinds(pack: Pack) -> list[Item]:
    """Describe what can be sent, and what becomes of it."""
    return [
        item(
            one.key,
            one.name,
            ("The form adds", one.hint),
            ("Its own clock", listed(str(pack.clocks[clock]) for clock in path.clocks)),
            ("Refusing it", where(not path.may_refuse, "there is no ground to")),
            ("Where", where(not path.on_form, "on a page of its own, not on the form")),
        )
        for one in pack.kinds
        for path in [KINDS[IntakeKind(one.key)]]
    ]


def questions(pack: Pack) -> list[Item]:
    """Describe what the form asks beside the usual."""
    return [_question(pack, one) for one in pack.questions]


def _question(pack: Pack, one: Question) -> Item:
    answers = {
        AnswerKind.TEXT: "in words; it may be left empty",
        AnswerKind.YES_NO: "yes, no or not sure",
        AnswerKind.CHOICE: listed(choice.name for choice in one.choices),
    }
    return item(
        one.key,
        one.text,
        ("Why", one.why),
        ("Answered", answers[one.answer]),
        ("Asked for", listed(pack.kind(kind).name for kind in one.kinds)),
        ("Only when", condition_in_words(pack, one.when)),
        ("Used for", USE_NAMES[one.used_for]),
        ("A yes means", where(one.means_risk, "that somebody may be harmed")),
    )


def confidences(pack: Pack) -> list[Item]:
    """Describe on which grounds a confidence may be broken."""
    return [
        item(
            one.key,
            one.ground,
            ("Clause", one.clause),
            ("Decided by", offices_in_words(pack, one.decides)),
            ("The person is told", TOLD_NAMES[one.told]),
            ("Added", where(one.ours, "by this pack: the code does not say so, or not as much")),
        )
        for one in pack.confidentiality
    ]


def stricter(pack: Pack) -> list[Item]:
    """Describe the moves that are left out, and those that need more than anywhere."""
    left_out = [
        item(f"left out {move}", _move(move), ("", "not part of this procedure"))
        for move in sorted(pack.left_out)
    ]
    return left_out + [
        item(
            f"stricter {move}",
            _move(move),
            ("Needs", where(rule.reason or rule.second, "a written reason")),
            ("And", where(rule.second, "a second person who agrees")),
            ("Made by", pack.office(rule.office).name if rule.office else ""),
        )
        for move, rule in pack.stricter.items()
    ]


def _move(move: str) -> str:
    return move.replace("_", " ").capitalize()
