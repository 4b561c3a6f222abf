"""What a mentor shows their mentee: rights, steps, who receives and how long it takes; pure.

All of it follows from the pack; what holds in every scheme is the kernel's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conductdesk.schemes.describing_rules import condition_in_words
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.parts import DecidedBy
from conductdesk.schemes.plain import capital

TIMES: Mapping[str, str] = {
    "acknowledge": "A person writes to you",
    "triage": "We choose what to do",
    "safeguarding_triage": "The same, if someone may be at risk",
    "feedback": "We tell you what came of it",
    "reply": "Somebody who is complained about has this long to answer, or longer",
    "letters": "Both sides hear what was decided",
    "repairing": "You get another pairing",
    "pause": "Everybody in it hears of a pause",
    "ending": "Everybody in it hears of an ending",
    "notes": "Your mentor gives you the notes of your sessions",
    "records": "You see what we hold about you",
    "data_protection": "We say that we have your complaint about personal data",
    "records_extension": "If that is a lot of work, it can take this much longer",
}
"""The clocks that people outside care about, in their words."""

REQUESTS: Mapping[str, str] = {
    "repairing": "You may ask for another pairing, and need not say why.",
    "pause": "You may ask for a pause, and need not say why.",
    "ending": "You may end the mentoring, and need not say why.",
    "notes": "You may ask for the notes of your sessions. They are yours.",
    "records": "You may ask to see what we hold about you.",
    "data_protection": "You may complain to us about how we use what we know about you.",
}
"""What a request that the form offers gives a right to, where the pack itself says nothing."""


@dataclass(frozen=True)
class Rights:
    """The public page about rights and the procedure."""

    own: tuple[str, ...]
    """What the scheme says."""
    always: tuple[str, ...]
    steps: tuple[str, ...]
    elsewhere: tuple[tuple[str, str], ...]
    """When something goes another way, and who receives it then."""
    times: tuple[tuple[str, str], ...]


def rights_of(pack: Pack) -> Rights:
    """Return what the page of *pack* says."""
    return Rights(
        own=pack.wording.rights,
        always=tuple(_always(pack)),
        steps=tuple(_steps(pack)),
        elsewhere=tuple(_elsewhere(pack)),
        times=tuple((TIMES[name], str(span)) for name, span in _times(pack)),
    )


def _always(pack: Pack) -> Iterator[str]:
    yield "You may tell us about anything that worries you. You do not need proof."
    if pack.takes_anonymous:
        yield "You do not have to give your name."
    yield "If you name an officer, or somebody close to one, that officer is kept out of it."
    yield "Nobody may treat you badly because you told us. If they do, that breaks the rules too."
    if not pack.wording.rights:
        offered = {kind.key for kind in pack.kinds}
        yield from (words for kind, words in REQUESTS.items() if kind in offered)
    yield (
        "If someone complains about you, you hear what it is about. "
        f"You get at least {pack.clocks['reply']} to answer, before anybody decides."
    )


def _steps(pack: Pack) -> Iterator[str]:
    yield "You tell us, and get a receipt. With it you can come back, read and write."
    yield (
        f"A person, not a computer, writes to you within {pack.clocks['acknowledge']}. "
        "First they make sure that they have no part in it."
    )
    yield (
        f"They choose what to do within {pack.clocks['triage']}. If someone may be at risk, "
        f"they do it within {pack.clocks['safeguarding_triage']}."
    )
    if "settle_informally" not in pack.left_out:
        yield "Sometimes it can be settled by talking. Nobody has to take part in that."
    yield (
        "If we look into it fully, one person finds out what happened. They hear both sides. "
        f"Then {_deciders(pack)} decides."
    )
    yield f"Both sides hear the decision on the same day, within {pack.clocks['letters']}."
    if "appeal" not in pack.left_out:
        yield (
            f"Who thinks that it went wrong has {pack.appeal.lodge} to say so. "
            f"Other people look again, within {pack.appeal.decide}."
        )
    yield "We make sure that what was decided is really done."
    yield f"You hear what came of it within {pack.clocks['feedback']} of our first message."
    if "follow_up" not in pack.left_out:
        yield "Later we ask you if anyone treats you badly for telling us."


def _deciders(pack: Pack) -> str:
    if pack.decision.by is DecidedBy.PANEL:
        return f"a panel of {pack.decision.members} others"
    return "a different person"


def _elsewhere(pack: Pack) -> Iterator[tuple[str, str]]:
    for rule in pack.rules:
        offices = ", then ".join(pack.office(key).plain for key in rule.chain)
        yield f"If {condition_in_words(pack, rule.when)}", capital(offices)


def _times(pack: Pack) -> Iterator[tuple[str, object]]:
    return ((name, pack.clocks[name]) for name in TIMES if name in pack.clocks)
