"""Findings and outcomes as rows: what a decision and a varied appeal have in common."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import need_text, need_word
from conductdesk.cases.actions.proposing import let_drop
from conductdesk.cases.acts import FindingGiven, OutcomeOrdered
from conductdesk.cases.clocks import (
    find_next_due,
    let_run_on,
    running_about,
    start_clock_until,
)
from conductdesk.cases.days import end_of, refuse_past
from conductdesk.cases.inquiry import (
    allegations_of,
    findings_of,
    open_outcomes,
    respondent_of,
    row_of,
    waiting_waiver,
)
from conductdesk.cases.models import Allegation, Case, Finding, Outcome, OutcomeState
from conductdesk.cases.queries import pack_of
from conductdesk.cases.rules import UPHELD
from conductdesk.cases.words import FINDINGS, STANDARDS
from conductdesk.policy import Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.calendar import due
from conductdesk.schemes.pack import OutcomeKind, Pack
from conductdesk.vault.keys import CaseKeys

NO_ACTION = "no_action"
"""The outcome that asks nothing of anybody, so that it is done when it is given."""

MOST_HOURS = 1000


def give_findings(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, findings: Sequence[FindingGiven]
) -> None:
    """Add findings; those that stood on the same allegations are superseded."""
    check_findings(db, case, findings)
    supersede(db, case, {given.allegation_id for given in findings})
    db.add_all([_finding(case, keys, actor, given) for given in findings])
    db.flush()


def check_findings(db: Session, case: Case, findings: Sequence[FindingGiven]) -> None:
    """Refuse findings that are not one for an allegation each, with standard and reasons."""
    if len({given.allegation_id for given in findings}) < len(findings):
        raise Refused("Give one finding for each allegation.")
    for given in findings:
        row_of(db, case, Allegation, given.allegation_id)
        need_word(given.result, FINDINGS, "Choose a finding for every allegation.")
        need_word(given.standard, STANDARDS, "Choose the standard of proof for every finding.")
        need_text(given.reasons, "Give reasons for every finding.")


def supersede(db: Session, case: Case, allegation_ids: Iterable[UUID]) -> None:
    """Let the findings on *allegation_ids* stand no longer; they stay on record."""
    concerned = set(allegation_ids)
    for finding in findings_of(db, case):
        if finding.allegation_id in concerned:
            finding.superseded_at = clock.now()


def order_outcomes(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    ordered: Sequence[OutcomeOrdered],
) -> list[Outcome]:
    """Add outcomes as dated obligations, each with a clock; findings must stand before them."""
    check_outcomes(db, case, pack, ordered, upheld_against(db, case))
    rows = [_outcome(case, keys, pack, given, actor) for given in ordered]
    db.add_all(rows)
    for row in rows:
        if row.state == OutcomeState.OPEN:
            begins = clock.now()
            start_clock_until(db, case, "outcome", at=begins, until=row.due_at, about=row.id)
    db.flush()
    return rows


def check_outcomes(
    db: Session,
    case: Case,
    pack: Pack,
    ordered: Sequence[OutcomeOrdered],
    upheld: Collection[UUID],
) -> None:
    """Refuse outcomes that the scheme does not offer, or that weigh on anybody not *upheld*."""
    for given in ordered:
        _check_outcome(db, case, pack, given, upheld)


def offered(pack: Pack) -> tuple[OutcomeKind, ...]:
    """Return what a decision may order; what a request comes to is not among it."""
    return tuple(kind for kind in pack.outcomes if kind.offered)


def results_by_letter(db: Session, case: Case) -> list[str]:
    """Return `A:upheld` and so on, for the public facts of an entry."""
    results = {finding.allegation_id: finding.result for finding in findings_of(db, case)}
    return [f"{one.letter}:{results[one.id]}" for one in allegations_of(db, case)]


def upheld_against(db: Session, case: Case) -> frozenset[UUID]:
    """Return the respondents against whom something was found, even in part."""
    return upheld_in(db, case, findings_of(db, case))


def upheld_in(
    db: Session, case: Case, findings: Iterable[Finding | FindingGiven]
) -> frozenset[UUID]:
    """Return the respondents against whom *findings* uphold something, even in part."""
    upheld = {one.allegation_id for one in findings if one.result in UPHELD}
    return frozenset(one.party_id for one in allegations_of(db, case) if one.id in upheld)


def end_outcome(
    db: Session, case: Case, outcome: Outcome, state: OutcomeState, *, by: Viewer
) -> None:
    """Close an obligation as *state*, and stop its own clock alone.

    A proposal to give it up, which nobody has answered, has nothing left to be about.
    """
    outcome.state, outcome.ended_at, outcome.ended_by = state, clock.now(), by.account_id
    unanswered = waiting_waiver(db, case, outcome)
    if unanswered is not None:
        let_drop(unanswered, actor=by)
    own = running_about(db, case, outcome.id)
    if own is not None:
        stopped = "met_at" if state == OutcomeState.DONE else "dropped_at"
        setattr(own, stopped, clock.now())
    find_next_due(db, case)


def put_off(db: Session, case: Case, outcome: Outcome, until: datetime) -> None:
    """Let *outcome* take effect from *until*, and be due no sooner.

    One that lasts for a length of time lasts as long, and begins later.
    """
    own = running_about(db, case, outcome.id)
    pack = pack_of(db, case)
    length = pack.outcome(outcome.kind).length
    outcome.due_at = due(until, length, pack.nation) if length else max(outcome.due_at, until)
    outcome.effective_from = until
    if own is not None:
        own.due_at = outcome.due_at
    find_next_due(db, case)


def let_wait(db: Session, case: Case, outcome: Outcome, *, since: datetime) -> None:
    """Stop the clock of *outcome* from a moment on; one that a hold stopped before stays so."""
    own = running_about(db, case, outcome.id)
    if own is not None and own.paused_at is None:
        own.paused_at = max(own.starts_at, since)
    find_next_due(db, case)


def let_go_on(db: Session, case: Case, outcome: Outcome) -> None:
    """Let the clock of *outcome* run on, and be due later by as long as it stood still."""
    own = running_about(db, case, outcome.id)
    if own is not None:
        outcome.due_at += let_run_on(own)
    find_next_due(db, case)


def waiting_for_appeal(db: Session, case: Case, pack: Pack) -> Sequence[Outcome]:
    """Return the open outcomes of a kind that has no effect before an appeal has ended."""
    every = open_outcomes(db, case)
    return [outcome for outcome in every if pack.outcome(outcome.kind).waits_for_appeal]


def _finding(case: Case, keys: CaseKeys, actor: Viewer, given: FindingGiven) -> Finding:
    row_id = uuid4()
    return Finding(
        id=row_id,
        case_id=case.id,
        allegation_id=given.allegation_id,
        result=given.result,
        standard=given.standard,
        account_id=actor.account_id,
        found_at=clock.now(),
        reasons=keys.seal(Finding.reasons, row_id, given.reasons.strip()),
    )


def _check_outcome(
    db: Session, case: Case, pack: Pack, given: OutcomeOrdered, upheld: Collection[UUID]
) -> None:
    need_word(given.kind, [one.key for one in offered(pack)], "Choose an outcome from the list.")
    need_text(given.what, "Say for each outcome what must be done.")
    need_text(given.owner, "Say for each outcome who must do it.")
    kind = pack.outcome(given.kind)
    if kind.length is None:
        refuse_past(given.due_on)
    _check_hours(kind, given)
    if given.party_id is not None:
        respondent_of(db, case, given.party_id)
    if kind.adverse and given.party_id not in upheld:
        raise Refused(
            f"“{kind.name}” weighs on a respondent, so something must be upheld against them. "
            "Choose that respondent, or another outcome."
        )


def _check_hours(kind: OutcomeKind, given: OutcomeOrdered) -> None:
    if kind.hours and not 1 <= (given.hours or 0) <= MOST_HOURS:
        raise Refused(f"Say how many hours of “{kind.name}” there must be.")
    if not kind.hours and given.hours is not None:
        raise Refused(f"“{kind.name}” is not counted in hours. Leave them empty.")
    if kind.of_hours and (given.hours or 0) > kind.of_hours:
        raise Refused(
            f"The code asks for {kind.of_hours} hours a year, and “{kind.name}” is a part of them. "
            f"Give {kind.of_hours} hours or less."
        )


def _outcome(
    case: Case, keys: CaseKeys, pack: Pack, given: OutcomeOrdered, actor: Viewer
) -> Outcome:
    """Return the row; what lasts for a length of time is due when that is over."""
    length = pack.outcome(given.kind).length
    row_id, over = uuid4(), given.kind == NO_ACTION
    return Outcome(
        id=row_id,
        case_id=case.id,
        kind=given.kind,
        party_id=given.party_id,
        hours=given.hours,
        due_at=due(clock.now(), length, pack.nation) if length else end_of(given.due_on),
        state=OutcomeState.DONE if over else OutcomeState.OPEN,
        ended_at=clock.now() if over else None,
        ended_by=actor.account_id if over else None,
        what=keys.seal(Outcome.what, row_id, given.what.strip()),
        owner=keys.seal(Outcome.owner, row_id, given.owner.strip()),
    )
