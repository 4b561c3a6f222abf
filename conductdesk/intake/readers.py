"""Who will read a concern, in words for the reporter: from offices and answers alone; pure."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from conductdesk.cases.concern import Concern, Mode, Part
from conductdesk.policy import Capacity
from conductdesk.routing.rules import Routing
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.plain import capital, told_apart


@dataclass(frozen=True)
class Reader:
    """One line of “who will read this”; *reads* is `all`, `part` or `none`."""

    who: str
    reads: str
    says: str


SEATED = {
    Capacity.HANDLER: "Reads all of it. This person is in charge.",
    Capacity.ALTERNATE: "Reads all of it. This person stands in when the first is away.",
    Capacity.OUTSIDE: "Reads all of it. You asked for them.",
}
STEPS_IN = "Reads it too and can step in, or a second person from the post above does."
"""Which of them is known only to who holds which post, of which this page says nothing."""
NOBODY_CLEAR = Reader(
    "Somebody with no part in it",
    "all",
    "Nobody who normally takes concerns can take this one. "
    "The keepers of the spare key find a person who can. They do not read it themselves.",
)


def readers_of(pack: Pack, routing: Routing, concern: Concern) -> tuple[Reader, ...]:
    """Return who reads *concern*, who reads part of it, and who does not."""
    return (
        *_seated(pack, routing, concern),
        *(() if routing.has_handler else (NOBODY_CLEAR,)),
        *_perhaps_among_them(concern),
        *_respondents(concern),
        *_kept_away(pack, concern),
    )


def readers_in_general(pack: Pack) -> tuple[Reader, ...]:
    """Return who reads a concern when nobody in office is named: what the first page says."""
    first = Reader(
        capital(pack.office(pack.chain[0]).plain),
        "all",
        "Reads all of it. This is the person in charge of concerns.",
    )
    deputies = (Reader(capital(pack.office(key).plain), "all", STEPS_IN) for key in pack.chain[1:2])
    safeguarding = Reader(
        capital(pack.office(pack.safeguarding[0]).plain),
        "all",
        f"Reads all of it, if someone may be at risk of harm or under {pack.child_age}.",
    )
    return (first, *deputies, safeguarding, _RESPONDENT, _ANYONE_CLOSE)


_RESPONDENT = Reader(
    "The person you are worried about",
    "part",
    "Reads part of it, only if we need to ask them about it. We tell you first.",
)
_ANYONE_CLOSE = Reader(
    "Anyone close to that person",
    "none",
    "Does not read it. If an officer knows them, we keep that officer out.",
)
PERHAPS_AMONG_THEM = (
    "May be one of these people: you were not sure if they hold a post here. "
    "We can only keep them out if you say which post it may be."
)
_NAME_KEPT = {
    Mode.NAMED: "We ask you before we give them your name.",
    Mode.CONFIDENTIAL: "We leave your name out, but they may guess.",
    Mode.ANONYMOUS: "We do not know your name, but they may guess.",
}


def _seated(pack: Pack, routing: Routing, concern: Concern) -> list[Reader]:
    """Return a line for each post that reads, and one more for each other person in it."""
    found: dict[tuple[str, UUID], str] = {}
    for seat in routing.seats:
        who = capital(pack.office(seat.office).plain)
        says = SEATED.get(seat.capacity) or _why_safeguarding(concern)
        found.setdefault((who, seat.account_id), says)
    names = told_apart([who for who, _account_id in found])
    return [Reader(who, "all", says) for who, says in zip(names, found.values(), strict=True)]


def _why_safeguarding(concern: Concern) -> str:
    if concern.kind == "safeguarding":
        return "Reads all of it, because you said that someone may be at risk."
    return "Reads all of it, because of what you said about danger or risk."


def _respondents(concern: Concern) -> tuple[Reader, ...]:
    if not any(person.part is Part.RESPONDENT for person in concern.people):
        return ()
    says = f"{_RESPONDENT.says} {_NAME_KEPT[concern.mode]}"
    return (Reader(_RESPONDENT.who, "part", says),)


def _perhaps_among_them(concern: Concern) -> list[Reader]:
    """Return those of whom the reporter was not sure whether they hold an office."""
    return [
        Reader(person.name, "part", PERHAPS_AMONG_THEM)
        for person in concern.people
        if person.perhaps_in_office
    ]


def _kept_away(pack: Pack, concern: Concern) -> list[Reader]:
    named = concern.facts().offices_named
    return [
        Reader(capital(office.plain), "none", "Does not read it. You named them.")
        for office in pack.offices
        if office.key in named
    ]
