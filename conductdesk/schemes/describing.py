"""Say in plain words what a pack says, part by part; whatever a pack can say stands here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from conductdesk.schemes.calendar import day_in_words
from conductdesk.schemes.clock_rules import APPEAL_RULES, RULES, ClockRule
from conductdesk.schemes.describing_rules import confidences, kinds, questions, routing, stricter
from conductdesk.schemes.pack import Clause, Office, OutcomeKind, Pack, Span
from conductdesk.schemes.parts import DecidedBy
from conductdesk.schemes.plain import Item, Section, item, listed, where

NATION_NAMES: Mapping[str, str] = {
    "ENG": "England",
    "WLS": "Wales",
    "SCT": "Scotland",
    "NIR": "Northern Ireland",
}
ROLE_NAMES: Mapping[str, str] = {
    "investigate": "find the facts",
    "decide": "decide on them",
    "appeal": "hear an appeal",
    "second": "agree as a second person",
}
PROVER_NAMES: Mapping[str, str] = {
    "owner": "whoever has to do it",
    "handler": "the handler",
    "second": "a second person",
}


UNLISTED = "not named: whoever has its address finds it"


def sections(pack: Pack) -> tuple[Section, ...]:
    """Return everything that *pack* says."""
    return tuple(Section(title, tuple(describe(pack))) for title, describe in PARTS.items())


def _scheme(pack: Pack) -> list[Item]:
    nation = NATION_NAMES.get(pack.nation, pack.nation)
    return [
        item("name", "Name", ("", pack.name)),
        item("organisation", "Run by", ("", pack.organisation)),
        item("nation", "Public holidays of", ("", nation)),
        item("child_age", "A child is", ("", f"anybody under {pack.child_age}")),
        item("participants", "Who takes part", ("", listed(pack.participants))),
        *([item("unlisted", "On the first page", ("", UNLISTED))] if pack.unlisted else []),
    ]


def _offices(pack: Pack) -> list[Item]:
    return [_office(pack, office) for office in pack.offices]


def _office(pack: Pack, office: Office) -> Item:
    above = pack.office(office.reports_to).name if office.reports_to else ""
    roles = (words for role, words in ROLE_NAMES.items() if role in office.takes)
    return item(
        office.key,
        office.name,
        ("Public pages say", office.plain),
        ("May be appointed to", listed(roles)),
        ("Reports to", above),
        ("Stands outside", where(office.outside, "the contact outside the organisation")),
        ("Held", where(office.per_organisation, "in each organisation by people of its own")),
        ("Added", where(office.ours, "by this pack: the code names no such post")),
    )


def _organisations(pack: Pack) -> list[Item]:
    return [item(one.key, one.name, ("", "takes part")) for one in pack.organisations]


def _clocks(pack: Pack) -> list[Item]:
    return [
        item(
            name,
            RULES[name].says.removesuffix("."),
            ("", str(span)),
            ("Allowed", bounds_in_words(RULES[name])),
        )
        for name, span in pack.clocks.items()
    ]


def bounds_in_words(rule: ClockRule) -> str:
    """Return how far a clock can be set: “10 days or more, 3 months or less”."""
    least = where(rule.shortest, f"{rule.shortest} or more")
    most = where(rule.longest, f"{rule.longest} or less")
    return listed(words for words in (least, most) if words)


def _deciding(pack: Pack) -> list[Item]:
    body = pack.decision
    by_panel = body.by is DecidedBy.PANEL
    panel = f"a panel of {body.members}, of whom {body.voices} must agree"
    words = panel if by_panel else "one officer, who did not investigate"
    return [item("by", "Who decides", ("", words)), *stricter(pack)]


def _outcomes(pack: Pack) -> list[Item]:
    return [_outcome(one) for one in pack.outcomes if one.offered]


def _outcome(one: OutcomeKind) -> Item:
    of_hours = where(one.of_hours, f", of the {one.of_hours} that the code asks for each year")
    return item(
        one.key,
        one.name,
        ("Hours", where(one.hours, f"a number of hours{of_hours}")),
        ("Lasts", where(one.length, str(one.length))),
        ("Shown to be done by", PROVER_NAMES.get(one.proof_by, one.proof_by)),
        ("Needs", where(one.adverse, "an upheld finding, because it weighs on the respondent")),
        ("Waits", where(one.waits_for_appeal, "until the time for an appeal has ended")),
        ("Holds", where(one.everywhere, "in every organisation: each is told, and confirms it")),
    )


def _appeal(pack: Pack) -> list[Item]:
    if "appeal" in pack.left_out:
        return []
    times: tuple[tuple[str, str, Span], ...] = (
        ("lodge", "Time to appeal", pack.appeal.lodge),
        ("decide", "Time to decide on it", pack.appeal.decide),
    )
    return [
        item("grounds", "Grounds", ("", listed(pack.appeal.grounds))),
        *(
            item(key, name, ("", str(span)), ("Allowed", bounds_in_words(APPEAL_RULES[key])))
            for key, name, span in times
        ),
    ]


def _retention(pack: Pack) -> list[Item]:
    return [item(one.key, one.name, ("Kept for", str(one.keep))) for one in pack.retention]


def _checklist(pack: Pack) -> list[Item]:
    return [item(one.key, one.question, ("Clause", one.clause)) for one in pack.checklist]


def _clauses(pack: Pack) -> list[Item]:
    return [
        item(
            f"{one.number} {one.in_force_from}",
            f"{one.number}: {one.title}",
            ("", one.text),
            ("In force", _in_force(one)),
        )
        for one in pack.clauses
    ]


def _in_force(clause: Clause) -> str:
    begin = "" if clause.in_force_from == date.min else f"from {day_in_words(clause.in_force_from)}"
    end = f"to {day_in_words(clause.in_force_to)}" if clause.in_force_to else ""
    return " ".join(words for words in (begin, end) if words)


def _wording(pack: Pack) -> list[Item]:
    words = pack.wording
    return [
        item("intro", "First lines", ("", words.intro)),
        item("limit", "The one limit", ("", words.limit), ("Clause", words.limit_clause)),
        item("outside_route", "The way outside", ("", words.outside_route)),
        item("no_anonymous", "Without a name", ("", words.no_anonymous or "a concern is taken")),
        *(item(f"right {right}", "A right", ("", right)) for right in words.rights),
        *(
            item(
                f"line {line.who} {line.number}",
                line.who,
                ("Number", line.number),
                ("", line.words),
            )
            for line in words.help_lines
        ),
    ]


PARTS: Mapping[str, Callable[[Pack], list[Item]]] = {
    "The scheme": _scheme,
    "Who receives": routing,
    "Offices": _offices,
    "Organisations": _organisations,
    "What the form offers": kinds,
    "Questions, and why they are asked": questions,
    "Clocks": _clocks,
    "When a confidence may be broken": confidences,
    "Who decides, and what needs more": _deciding,
    "Outcomes": _outcomes,
    "Appeal": _appeal,
    "How long cases are kept": _retention,
    "What auditors check": _checklist,
    "The code": _clauses,
    "Public pages": _wording,
}
