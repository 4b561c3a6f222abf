"""The clocks of the procedure: what each is for, and how far a pack may set it (`DOMAIN.md`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conductdesk.schemes.kinds import KINDS, IntakeKind
from conductdesk.schemes.pack import Pack, Span, Unit

DAYS_IN = {Unit.DAYS: 1.0, Unit.WORKING_DAYS: 1.4, Unit.MONTHS: 30.0, Unit.YEARS: 365.0}


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
    "reply": ClockRule("The respondent answers.", shortest=Span(10, Unit.WORKING_DAYS)),
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
    "check_in": ClockRule("A check-in is filled in.", Span(1, Unit.MONTHS), required=False),
}

CLOCKS: Mapping[str, str] = {name: rule.says for name, rule in RULES.items()}
"""What each clock says, for the parser and the documentation."""


def check_clocks(pack: Pack) -> Iterator[str]:
    """Yield a sentence for each clock that is missing, unknown, too long or too short."""
    for name, rule in RULES.items():
        span = pack.clocks.get(name)
        if span is not None:
            yield from _bounds(name, span, rule)
        elif rule.required:
            yield f'clocks.{name}: is missing. Add {name} = "{rule.longest or rule.shortest}".'
    for name in sorted(set(pack.clocks) - set(RULES)):
        yield f"clocks.{name}: is not a clock that the procedure has. Remove it."
    yield from _of_kinds(pack)


def _bounds(name: str, span: Span, rule: ClockRule) -> Iterator[str]:
    if rule.shortest and _days(span) < _days(rule.shortest):
        yield f"clocks.{name}: {span} is too short. Write {rule.shortest} or more."
    if rule.longest and _days(span) > _days(rule.longest):
        yield f"clocks.{name}: {span} is too long. Write {rule.longest} or less."


def _of_kinds(pack: Pack) -> Iterator[str]:
    for kind in pack.kinds:
        if kind.key in set(IntakeKind):
            clock = KINDS[IntakeKind(kind.key)].clock
            if clock and clock not in pack.clocks:
                yield (
                    f"clocks.{clock}: is missing, and the form offers “{kind.key}”. "
                    f'Add {clock} = "10 working days", or leave the kind out.'
                )


def _days(span: Span) -> float:
    return span.amount * DAYS_IN[span.unit]
