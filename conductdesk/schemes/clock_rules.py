"""The clocks of the procedure: what each is for, and how far a pack may set it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from conductdesk.schemes.calendar import day_in_words, last_day
from conductdesk.schemes.kinds import KINDS, IntakeKind
from conductdesk.schemes.pack import NATIONS, Pack, Span, Unit

FIRST_TRIED = date(2026, 1, 1)
DAYS_TRIED = 5 * 365
"""How many days on end a clock is begun on, to see whether it can outlast its bound."""


@dataclass(frozen=True)
class ClockRule:
    """What one clock is for, and its bounds."""

    says: str
    longest: Span | None = None
    shortest: Span | None = None
    """For clocks that protect the respondent."""
    required: bool = True


RULES: Mapping[str, ClockRule] = {
    "acknowledge": ClockRule("A person writes to the reporter.", Span(7, Unit.DAYS)),
    "triage": ClockRule("The handler chooses the route.", Span(3, Unit.WORKING_DAYS)),
    "safeguarding_triage": ClockRule("The same, where there is a risk.", Span(1, Unit.DAYS)),
    "referral": ClockRule("Child protection hears of it.", Span(1, Unit.WORKING_DAYS)),
    "reply": ClockRule(
        "The respondent answers.",
        longest=Span(3, Unit.MONTHS),
        shortest=Span(10, Unit.WORKING_DAYS),
    ),
    "letters": ClockRule("Both sides are told of the decision.", Span(7, Unit.DAYS)),
    "feedback": ClockRule("The reporter hears what came of it.", Span(3, Unit.MONTHS)),
    "interim_review": ClockRule("An interim measure is looked at again.", Span(14, Unit.DAYS)),
    "report": ClockRule("The investigator reports.", Span(1, Unit.YEARS), required=False),
    "comments": ClockRule(
        "Comments on a draft report.", shortest=Span(10, Unit.DAYS), required=False
    ),
    "papers": ClockRule(
        "Papers before a panel meets.", shortest=Span(10, Unit.WORKING_DAYS), required=False
    ),
    "repairing": ClockRule("A new pairing is found.", Span(3, Unit.MONTHS), required=False),
    "pause": ClockRule("Everybody is told of a pause.", Span(1, Unit.MONTHS), required=False),
    "ending": ClockRule("Everybody is told of an ending.", Span(1, Unit.MONTHS), required=False),
    "records": ClockRule("A records request is answered.", Span(1, Unit.MONTHS), required=False),
    "records_extension": ClockRule(
        "How much longer that may take.", Span(2, Unit.MONTHS), required=False
    ),
    "notes": ClockRule("The mentor hands over the notes.", Span(1, Unit.MONTHS), required=False),
    "data_protection": ClockRule(
        "A complaint about personal data is acknowledged.", Span(30, Unit.DAYS), required=False
    ),
    "check_in": ClockRule("A check-in is filled in.", Span(1, Unit.MONTHS), required=False),
}

APPEAL_RULES: Mapping[str, ClockRule] = {
    "lodge": ClockRule(
        "Somebody appeals.", longest=Span(3, Unit.MONTHS), shortest=Span(10, Unit.WORKING_DAYS)
    ),
    "decide": ClockRule("The appeal is decided.", Span(20, Unit.WORKING_DAYS)),
}
"""The two spans of time under [appeal]."""

CLOCKS: Mapping[str, str] = {name: rule.says for name, rule in RULES.items()}
"""What each clock says, for the parser and the documentation."""


def check_clocks(pack: Pack) -> Iterator[str]:
    """Yield a sentence for each clock that is missing, unknown, too long or too short."""
    for name, rule in RULES.items():
        span = pack.clocks.get(name)
        if span is not None:
            yield from _bounds(f"clocks.{name}", span, rule, pack.nation)
        elif rule.required:
            yield f'clocks.{name}: is missing. Add {name} = "{rule.shortest or rule.longest}".'
    for name in sorted(set(pack.clocks) - set(RULES)):
        yield f"clocks.{name}: is not a clock that the procedure has. Remove it."
    yield from _of_kinds(pack)


def check_appeal(pack: Pack) -> Iterator[str]:
    """Yield a sentence for each time of an appeal that is too long or too short."""
    given = {"lodge": pack.appeal.lodge, "decide": pack.appeal.decide}
    for name, span in given.items():
        yield from _bounds(f"appeal.{name}", span, APPEAL_RULES[name], pack.nation)


def _bounds(at: str, span: Span, rule: ClockRule, nation: str) -> Iterator[str]:
    if rule.shortest and (day := outlasts(rule.shortest, span, nation)):
        yield f"{at}: {span} is too short{_as_on(day)}. Write {rule.shortest} or more."
    if rule.longest and (day := outlasts(span, rule.longest, nation)):
        yield f"{at}: {span} is too long{_as_on(day)}. Write {rule.longest} or less."


@lru_cache(maxsize=256)
def outlasts(one: Span, other: Span, nation: str) -> date | None:
    """Return a day on which *one* can begin so that it ends after *other*; None: there is none.

    `date.min` stands for every day. Days, working days and months are compared as the calendar
    counts them: 30 days outlast a month that begins in February.
    """
    if one.unit is other.unit:
        return date.min if one.amount > other.amount else None
    if nation not in NATIONS:  # a mistake of its own, and no calendar to count in
        return None
    for days in range(DAYS_TRIED):
        begun = FIRST_TRIED + timedelta(days=days)
        if last_day(begun, one, nation) > last_day(begun, other, nation):
            return begun
    return None


def _as_on(day: date) -> str:
    return "" if day == date.min else f" when it begins on {day_in_words(day)}"


def _of_kinds(pack: Pack) -> Iterator[str]:
    for kind in pack.kinds:
        if kind.key in set(IntakeKind):
            for clock in KINDS[IntakeKind(kind.key)].clocks:
                if clock not in pack.clocks:
                    yield (
                        f"clocks.{clock}: is missing, and the form offers “{kind.key}”. "
                        f'Add {clock} = "10 working days", or leave the kind out.'
                    )
