"""What makes a pack unusable although each of its values is well written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations

from conductdesk.schemes.checking_keys import check_keys
from conductdesk.schemes.checking_questions import check_questions, check_rules
from conductdesk.schemes.clock_rules import check_appeal, check_clocks
from conductdesk.schemes.kinds import KINDS, IntakeKind
from conductdesk.schemes.pack import NATIONS, OutcomeKind, Pack
from conductdesk.schemes.parts import DecidedBy

ROLES = ("investigate", "decide", "appeal")
TAKES = frozenset({*ROLES, "second"})
PROVERS = frozenset({"owner", "handler", "second"})
PROMISE = re.compile(
    r"(completely|absolutely|totally|fully|always|strictly) (confidential|secret|private)|100 ?%|"
    r"un-?traceable|(nobody|no one|no-one) (else )?will (ever )?(know|learn|hear|find out)",
    re.IGNORECASE,
)
"""Words with which a page would promise what nobody can keep."""

REMOVAL = "removal"
"""The key of the outcome that ends somebody's part in the scheme."""
SMALLEST_PANEL = 3
ON_FORM = frozenset(kind.value for kind, path in KINDS.items() if path.on_form)


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
        if office.key in pack.above(office.key):
            yield f"{at}.reports_to: leads back to {office.key}. Leave it out for the highest one."
        if office.per_organisation and not pack.organisations:
            yield f"{at}.per: there are no organisations. Add them under [[organisations]]."
        if office.outside and office.per_organisation:
            yield f"{at}.per: a contact outside is nobody's own. Remove per, or outside = true."
    yield from _separate_roles(pack)


def _separate_roles(pack: Pack) -> Iterator[str]:
    """The kernel keeps investigator, decision maker and appeal body apart."""
    roles = ROLES[:2] if "appeal" in pack.left_out else ROLES
    able = {role: _takers(pack, role) for role in (*roles, "second")}
    for role, offices in able.items():
        if not offices:
            yield f'offices: no office can {role}. Add "{role}" to the `takes` of one.'
    if not all(able.values()):
        return
    for count in range(2, len(roles) + 1):
        for some in combinations(roles, count):
            offices = set().union(*(able[role] for role in some))
            if len(offices) < count:
                yield (
                    f"offices: {', '.join(sorted(offices))} alone would have to {_and(some)} "
                    "on the same case. Let different offices do it."
                )
                return


def _takers(pack: Pack, role: str) -> set[str]:
    return {office.key for office in pack.offices if role in office.takes}


def _chains(pack: Pack) -> Iterator[str]:
    chains = [("routing.chain", pack.chain), ("routing.safeguarding", pack.safeguarding)]
    chains += [(f"routing.rules.{rule.key}.chain", rule.chain) for rule in pack.rules]
    outside = {office.key for office in pack.offices if office.outside}
    for at, offices in chains:
        yield from _known(pack, at, offices)
        for key in sorted({key for key in offices if offices.count(key) > 1}):
            yield f"{at}: names {key} twice. Keep the first."
        if offices and not outside & set(offices):
            yield f"{at}: has no contact outside the organisation. Add one at its end."
        yield from _left_without(pack, at, offices)


def _left_without(pack: Pack, at: str, chain: Sequence[str]) -> Iterator[str]:
    """Name one office whose holders, once they are all named, leave nobody to receive."""
    per = {office.key for office in pack.offices if office.per_organisation}
    for named in sorted({*chain, *(above for key in chain for above in pack.above(key))}):
        left = [key for key in chain if key != named and named not in pack.above(key)]
        if not left:
            yield (
                f"{at}: leaves nobody when all who hold {named} are named. "
                "Add an office that does not report to it."
            )
            return
        if per.issuperset(left):
            yield (
                f"{at}: leaves nobody when all who hold {named} are named and nobody knows the "
                "organisation. Add an office that all organisations share."
            )
            return


def _known(pack: Pack, at: str, offices: Iterable[str]) -> Iterator[str]:
    known = {office.key for office in pack.offices}
    for key in dict.fromkeys(offices):
        if key and key not in known:
            yield (
                f"{at}: names the office “{key}”, which is not in the pack. "
                f"Add it under [[offices]], or name one of: {', '.join(sorted(known))}."
            )


def _kinds(pack: Pack) -> Iterator[str]:
    for kind in pack.kinds:
        if kind.key not in set(IntakeKind):
            yield (
                f"kinds.{kind.key}: is not a kind of intake that ConductDesk knows. "
                f"Write one of: {', '.join(IntakeKind)}."
            )
    if pack.kinds and IntakeKind.CONCERN not in {kind.key for kind in pack.kinds}:
        yield "kinds: has no “concern”. Every scheme takes concerns: add it."
    on_form = [kind for kind in pack.kinds if kind.key in ON_FORM]
    if pack.kinds and not on_form:
        yield f"kinds: the form has nothing to choose. Add one of: {', '.join(sorted(ON_FORM))}."


def _clauses(pack: Pack) -> Iterator[str]:
    for place, one in enumerate(pack.clauses):
        for other in pack.clauses[place + 1 :]:
            both = one.in_force_on(other.in_force_from) or other.in_force_on(one.in_force_from)
            if one.number == other.number and both:
                yield (
                    f"clauses: two clauses {one.number} are in force on the same day. "
                    "Give the older one a date in `to`."
                )
        if one.in_force_to is not None and one.in_force_to < one.in_force_from:
            yield (
                f"clauses: clause {one.number} ends before it begins. "
                "Mend its date in `from` or in `to`."
            )
    at, limit = "wording.limit_clause", pack.wording.limit_clause
    yield from _known_clause(pack, at, limit)
    of_that_number = [one for one in pack.clauses if one.number == limit]
    if of_that_number and all(one.in_force_to for one in of_that_number):
        yield f"{at}: clause {limit} has ended. Name the one that holds today, or give it no `to`."


def _known_clause(pack: Pack, at: str, number: str) -> Iterator[str]:
    if number and number not in {clause.number for clause in pack.clauses}:
        yield f"{at}: there is no clause {number}. Name one of your code that says it."


def _confidentiality(pack: Pack) -> Iterator[str]:
    for rule in pack.confidentiality:
        at = f"confidentiality.{rule.key}"
        yield from _known_clause(pack, f"{at}.clause", rule.clause)
        yield from _known(pack, f"{at}.decides", rule.decides)
        if len(set(rule.decides)) == 1:
            yield f"{at}.decides: names one office, whose holders may be named. Add another one."


def _checklist(pack: Pack) -> Iterator[str]:
    for line in pack.audit_checklist:
        yield from _known_clause(pack, f"audit_checklist.{line.key}.clause", line.clause)


def _outcomes(pack: Pack) -> Iterator[str]:
    for outcome in pack.outcomes:
        at = f"outcomes.{outcome.key}"
        if outcome.proof_by not in PROVERS:
            yield f"{at}.proof_by: “{outcome.proof_by}” is not known. Write one of: owner, handler, second."
        if outcome.key == REMOVAL and not (outcome.adverse and outcome.waits_for_appeal):
            yield (
                f"{at}: is a removal, which weighs on somebody and is subject to appeal. "
                "Add adverse = true and waits_for_appeal = true."
            )
        if outcome.of_hours and not outcome.hours:
            yield f"{at}.of_hours: has no hours to count. Add hours = true."
        if outcome.everywhere:
            yield from _everywhere(pack, outcome)


def _everywhere(pack: Pack, outcome: OutcomeKind) -> Iterator[str]:
    """What holds in every organisation needs some, a person, and no appeal that still runs."""
    at = f"outcomes.{outcome.key}.everywhere"
    if not pack.asks_organisation:
        yield f'{at}: no office is held per organisation. Give one per = "organisation", or remove it.'
    if not outcome.adverse:
        yield f"{at}: is about nobody. Add adverse = true, or remove it."
    if not outcome.waits_for_appeal:
        yield f"{at}: would be told before an appeal ends. Add waits_for_appeal = true."


def _decision(pack: Pack) -> Iterator[str]:
    body = pack.decision
    if body.by is DecidedBy.PANEL and body.members < SMALLEST_PANEL:
        said = f"{body.members} cannot vote" if body.members > 1 else "is missing, or only 1"
        yield (
            f"decision.members: {said}. Write how many sit on the panel, {SMALLEST_PANEL} or more."
        )
    if body.by is DecidedBy.OFFICER and body.members > 1:
        yield 'decision.by: one officer has no members. Write by = "panel".'


def _wording(pack: Pack) -> Iterator[str]:
    for at, text in _public_words(pack):
        if promise := PROMISE.search(text):
            yield f"{at}: promises “{promise[0]}”, and nobody can. Say where the limit is."


def _public_words(pack: Pack) -> Iterator[tuple[str, str]]:
    words = pack.wording
    yield "wording.intro", words.intro
    yield "wording.limit", words.limit
    yield "wording.outside_route", words.outside_route
    yield "wording.no_anonymous", words.no_anonymous
    yield "wording.rights", " ".join(words.rights)
    yield from ((f"kinds.{kind.key}", f"{kind.name} {kind.hint}") for kind in pack.kinds)
    yield from ((f"questions.{one.key}", f"{one.text} {one.why}") for one in pack.questions)
    yield from ((f"clauses.{one.number}", f"{one.title} {one.text}") for one in pack.clauses)


def _and(words: Sequence[str]) -> str:
    return " and ".join(words)


CHECKS: tuple[Callable[[Pack], Iterator[str]], ...] = (
    _nation,
    check_keys,
    _offices,
    _kinds,
    _chains,
    check_clocks,
    check_appeal,
    check_questions,
    check_rules,
    _clauses,
    _confidentiality,
    _checklist,
    _outcomes,
    _decision,
    _wording,
)
