"""What makes a pack unusable although each of its values is well written."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conductdesk.schemes.pack import Pack, Span, Unit

LEGAL_CLOCKS: dict[str, Span] = {
    "acknowledge": Span(7, Unit.DAYS),
    "triage": Span(3, Unit.WORKING_DAYS),
    "safeguarding_triage": Span(1, Unit.DAYS),
    "referral": Span(1, Unit.WORKING_DAYS),
    "reply": Span(10, Unit.WORKING_DAYS),
    "letters": Span(7, Unit.DAYS),
    "feedback": Span(3, Unit.MONTHS),
    "interim_review": Span(14, Unit.DAYS),
}
"""The clocks that every pack must set, and the longest that each may run (`DOMAIN.md`)."""

FIXED_CLOCKS = frozenset({"reply"})
"""Clocks that protect the respondent: they may be longer, never shorter."""

NATIONS = frozenset({"ENG", "WLS", "SCT", "NIR"})

DAYS_IN = {Unit.DAYS: 1.0, Unit.WORKING_DAYS: 1.4, Unit.MONTHS: 30.0, Unit.YEARS: 365.0}


def check(pack: Pack) -> list[str]:
    """Return one sentence for each mistake, with its key and its remedy."""
    return [problem for rule in CHECKS for problem in rule(pack)]


def _clocks(pack: Pack) -> Iterator[str]:
    for name, longest in LEGAL_CLOCKS.items():
        span = pack.clocks.get(name)
        if span is None:
            yield f'clocks.{name}: is missing. Add {name} = "{longest}".'
        elif name in FIXED_CLOCKS:
            if _days(span) < _days(longest):
                yield f"clocks.{name}: {span} is too short. Write {longest} or more."
        elif _days(span) > _days(longest):
            yield f"clocks.{name}: {span} is too long. Write {longest} or less."
    for name in sorted(set(pack.clocks) - set(LEGAL_CLOCKS)):
        yield f"clocks.{name}: is not a clock that the procedure has. Remove it."


def _days(span: Span) -> float:
    return span.amount * DAYS_IN[span.unit]


def _offices(pack: Pack) -> Iterator[str]:
    known = {office.key for office in pack.offices}
    for field, offices in (("chain", pack.chain), ("safeguarding", pack.safeguarding)):
        for key in offices:
            if key not in known:
                yield (
                    f"routing.{field}: names the office “{key}”, which is not in the pack. "
                    f"Add it under [[offices]], or name one of: {', '.join(sorted(known))}."
                )
        if len(set(offices)) < 2:
            yield (
                f"routing.{field}: leaves nobody when all who hold one office are named. "
                "Give two different offices."
            )
        if not any(office.outside for office in pack.offices if office.key in offices):
            yield f"routing.{field}: has no contact outside the organisation. Add one at its end."


def _repeats(pack: Pack) -> Iterator[str]:
    for field, keys in (
        ("offices", [office.key for office in pack.offices]),
        ("kinds", [kind.key for kind in pack.kinds]),
        ("outcomes", [outcome.key for outcome in pack.outcomes]),
        ("retention", [kept.key for kept in pack.retention]),
    ):
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            yield f"{field}: “{key}” stands there more than once. Keep one of them."
        if not keys:
            yield f"{field}: is empty. Add at least one."


def _clauses(pack: Pack) -> Iterator[str]:
    for place, clause in enumerate(pack.clauses):
        for later in pack.clauses[place + 1 :]:
            if clause.number == later.number and clause.in_force_on(later.in_force_from):
                yield (
                    f"clauses: two clauses {clause.number} are in force on the same day. "
                    "Give the older one a date in `to`."
                )
    if pack.wording.limit_clause not in {clause.number for clause in pack.clauses}:
        yield (
            f"wording.limit_clause: there is no clause {pack.wording.limit_clause}. "
            "Name the clause that limits confidentiality."
        )


def _nation(pack: Pack) -> Iterator[str]:
    if pack.nation not in NATIONS:
        yield f"nation: “{pack.nation}” is not known. Write one of: {', '.join(sorted(NATIONS))}."


CHECKS: tuple[Callable[[Pack], Iterator[str]], ...] = (
    _nation,
    _offices,
    _clocks,
    _repeats,
    _clauses,
)
