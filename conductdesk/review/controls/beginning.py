"""Whether a case began as it should: in time, with officers who are clear; pure."""

from __future__ import annotations

from conductdesk.cases.models import Barrier, CaseClock
from conductdesk.review.controls.control import Control, Fault, Verdict
from conductdesk.review.controls.material import Material, days_late, in_days

SIGHTS = ("case.read", "parties.shown")
"""The entries of somebody who looked at a case as an officer."""


def acknowledged_in_time(material: Material) -> Verdict:
    """Pass where somebody wrote to the reporter before the clock ran out."""
    clocks = [one for one in material.of(CaseClock) if one.name == "acknowledge"]
    if not clocks or all(one.met_at is None and one.dropped_at is not None for one in clocks):
        return None
    faults = []
    for one in clocks:
        late = days_late(one.due_at, one.met_at) if one.met_at else 0
        if one.met_at is None and one.dropped_at is None:
            faults.append(Fault("Nobody wrote to the reporter."))
        elif late > 0:
            faults.append(Fault(f"The reporter was written to {in_days(late)} late."))
    return faults


def attested_first(material: Material) -> Verdict:
    """Pass where everybody who read the case said before that they have no conflict."""
    attested: set[str] = set()
    faults: dict[str, Fault] = {}
    reads = 0
    for entry in material.logged("case.read", "no_conflict.attested"):
        if entry.type == "no_conflict.attested":
            attested.add(entry.actor)
            continue
        reads += 1
        if entry.actor not in attested:
            reason = "Read the case before attesting that there is no conflict of interest."
            faults.setdefault(entry.actor, Fault(reason, entry.actor, entry.idx))
    return list(faults.values()) if reads else None


def kept_away(material: Material) -> Verdict:
    """Pass where nobody who is named, tied or recused ever read the case."""
    sights = material.logged(*SIGHTS)
    if not sights:
        return None
    since = {material.people.pseudonym(one.account_id): one.since for one in material.of(Barrier)}
    faults: dict[tuple[str, bool], Fault] = {}
    for entry in sights:
        if entry.actor not in since:
            continue
        after = entry.at > since[entry.actor]
        if not after and entry.type != "case.read":
            continue  # the names of the parties are shown so that somebody can step away
        reason = "Looked at the case while kept away from it."
        if not after:
            reason = "Read the case before a conflict of interest was known."
        faults.setdefault((entry.actor, after), Fault(reason, entry.actor, entry.idx))
    return list(faults.values())


BEGINNING = (
    Control(
        key="acknowledged",
        title="Acknowledged in time",
        criterion="Somebody wrote to the reporter before the scheme’s clock ran out.",
        reference="Procedure: acknowledged; the clock “acknowledge” of the scheme",
        rows=frozenset({CaseClock}),
        of_case=acknowledged_in_time,
    ),
    Control(
        key="attested",
        title="No conflict attested before the first read",
        criterion="Whoever read the case had said before that they have no conflict of interest.",
        reference="Procedure: acknowledged",
        entries=frozenset({"case.read", "no_conflict.attested"}),
        of_case=attested_first,
    ),
    Control(
        key="kept-away",
        title="No read by somebody named or tied",
        criterion="Nobody who is named, tied to somebody named, or recused read the case.",
        reference="Procedure: what no scheme can relax",
        rows=frozenset({Barrier}),
        entries=frozenset(SIGHTS),
        of_case=kept_away,
    ),
)
