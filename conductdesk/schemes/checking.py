"""What makes a pack unusable although each of its values is well written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import permutations

from conductdesk.schemes.checking_questions import check_questions, check_rules
from conductdesk.schemes.clock_rules import CLOCKS, check_clocks
from conductdesk.schemes.kinds import IntakeKind
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.parts import DecidedBy

__all__ = ["CLOCKS", "check"]

NATIONS = frozenset({"ENG", "WLS", "SCT", "NIR"})
ROLES = ("investigate", "decide", "appeal")
TAKES = frozenset({*ROLES, "second"})
PROVERS = frozenset({"owner", "handler", "second"})
PROMISES = ("completely confidential", "absolutely confidential", "always confidential", "100%")
"""Words with which a page would promise what nobody can keep."""

SMALLEST_PANEL = 3


def check(pack: Pack) -> list[str]:
    """Return one sentence for each mistake, with its key and its remedy."""
    return [problem for rule in CHECKS for problem in rule(pack)]


def _nation(pack: Pack) -> Iterator[str]:
    if pack.nation not in NATIONS:
        yield f"nation: “{pack.nation}” is not known. Write one of: {', '.join(sorted(NATIONS))}."
    if pack.child_age < 18:
        yield "child_age: is below 18. The law calls everybody under 18 a child: write 18 or more."


def _offices(pack: Pack) -> Iterator[str]:
    for office in pack.offices:
        at = f"offices.{office.key}"
        for role in sorted(office.takes - TAKES):
            yield f"{at}.takes: “{role}” is no role. Write some of: {', '.join(sorted(TAKES))}."
        if office.reports_to:
            yield from _known(pack, f"{at}.reports_to", [office.reports_to])
        if office.per_organisation and not pack.organisations:
            yield f"{at}.per: there are no organisations. Add them under [[organisations]]."
    yield from _separate_roles(pack)


def _separate_roles(pack: Pack) -> Iterator[str]:
    """The kernel keeps investigator, decision maker and appeal body apart."""
    roles = ROLES[:2] if "appeal" in pack.left_out else ROLES
    able = [[office.key for office in pack.offices if role in office.takes] for role in roles]
    for role, offices in zip(roles, able, strict=True):
        if not offices:
            yield f'offices: no office can {role}. Add "{role}" to the `takes` of one.'
    chosen = permutations([office.key for office in pack.offices], len(roles))
    apart = any(all(one in able[place] for place, one in enumerate(some)) for some in chosen)
    if all(able) and not apart:
        yield (
            "offices: one office would have to investigate and decide on the same case. "
            f"Let different offices {', '.join(roles[:-1])} and {roles[-1]}."
        )


def _chains(pack: Pack) -> Iterator[str]:
    chains = [("routing.chain", pack.chain), ("routing.safeguarding", pack.safeguarding)]
    chains += [(f"routing.rules.{rule.key}.chain", rule.chain) for rule in pack.rules]
    outside = {office.key for office in pack.offices if office.outside}
    for at, offices in chains:
        yield from _known(pack, at, offices)
        if len(set(offices)) < 2:
            yield f"{at}: leaves nobody when all who hold one office are named. Give two offices."
        if not outside & set(offices):
            yield f"{at}: has no contact outside the organisation. Add one at its end."
        yield from _below(pack, at, offices)


def _below(pack: Pack, at: str, offices: Iterable[str]) -> Iterator[str]:
    """Somebody must be left when the one to whom the others report is named."""
    above = {office.key: office.reports_to for office in pack.offices}
    for named in sorted({above.get(key, "") for key in offices} - {""}):
        if all(key == named or above.get(key) == named for key in offices):
            yield (
                f"{at}: leaves nobody when {named} is named, because all the others report to it. "
                "Add an office that does not."
            )


def _known(pack: Pack, at: str, offices: Iterable[str]) -> Iterator[str]:
    known = {office.key for office in pack.offices}
    for key in offices:
        if key not in known:
            yield (
                f"{at}: names the office “{key}”, which is not in the pack. "
                f"Add it under [[offices]], or name one of: {', '.join(sorted(known))}."
            )


def _repeats(pack: Pack) -> Iterator[str]:
    for field, keys, needed in (
        ("offices", [office.key for office in pack.offices], True),
        ("kinds", [kind.key for kind in pack.kinds], True),
        ("outcomes", [outcome.key for outcome in pack.outcomes], True),
        ("retention", [kept.key for kept in pack.retention], True),
        ("organisations", [one.key for one in pack.organisations], False),
        ("questions", [question.key for question in pack.questions], False),
        ("routing.rules", [rule.key for rule in pack.rules], False),
    ):
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            yield f"{field}: “{key}” stands there more than once. Keep one of them."
        if needed and not keys:
            yield f"{field}: is empty. Add at least one."


def _kinds(pack: Pack) -> Iterator[str]:
    for kind in pack.kinds:
        if kind.key not in set(IntakeKind):
            yield (
                f"kinds.{kind.key}: is not a kind of intake that ConductDesk knows. "
                f"Write one of: {', '.join(IntakeKind)}."
            )


def _clauses(pack: Pack) -> Iterator[str]:
    for place, one in enumerate(pack.clauses):
        for other in pack.clauses[place + 1 :]:
            both = one.in_force_on(other.in_force_from) or other.in_force_on(one.in_force_from)
            if one.number == other.number and both:
                yield (
                    f"clauses: two clauses {one.number} are in force on the same day. "
                    "Give the older one a date in `to`."
                )
    yield from _known_clause(pack, "wording.limit_clause", pack.wording.limit_clause)


def _known_clause(pack: Pack, at: str, number: str) -> Iterator[str]:
    if number not in {clause.number for clause in pack.clauses}:
        yield f"{at}: there is no clause {number}. Name one of your code that says it."


def _confidentiality(pack: Pack) -> Iterator[str]:
    for rule in pack.confidentiality:
        at = f"confidentiality.{rule.key}"
        yield from _known_clause(pack, f"{at}.clause", rule.clause)
        yield from _known(pack, f"{at}.decides", rule.decides)


def _outcomes(pack: Pack) -> Iterator[str]:
    for outcome in pack.outcomes:
        at = f"outcomes.{outcome.key}"
        if outcome.proof_by not in PROVERS:
            yield f"{at}.proof_by: “{outcome.proof_by}” is not known. Write one of: owner, handler, second."
        if outcome.of_hours and not outcome.hours:
            yield f"{at}.of_hours: has no hours to count. Add hours = true."


def _decision(pack: Pack) -> Iterator[str]:
    body = pack.decision
    if body.by is DecidedBy.PANEL and body.members < SMALLEST_PANEL:
        yield f"decision.members: {body.members} cannot vote. Write {SMALLEST_PANEL} or more."
    if body.by is DecidedBy.OFFICER and body.members > 1:
        yield 'decision.by: one officer has no members. Write by = "panel".'


def _wording(pack: Pack) -> Iterator[str]:
    words = pack.wording
    for at, text in (
        ("intro", words.intro),
        ("limit", words.limit),
        ("rights", " ".join(words.rights)),
    ):
        for promise in PROMISES:
            if promise in text.lower():
                yield f"wording.{at}: promises “{promise}”, and nobody can. Say where the limit is."


CHECKS: tuple[Callable[[Pack], Iterator[str]], ...] = (
    _nation,
    _offices,
    _chains,
    check_clocks,
    _repeats,
    _kinds,
    check_questions,
    check_rules,
    _clauses,
    _confidentiality,
    _outcomes,
    _decision,
    _wording,
)
