"""The walk through a closed case, chapter by chapter; each line was checked as it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.closing_acts import Section
from conductdesk.cases.days import in_words
from conductdesk.cases.models import (
    Allegation,
    Appointment,
    AuditCopy,
    Case,
    CaseClock,
    Finding,
    InterimMeasure,
    Outcome,
    Override,
    Referral,
    RespondentPaper,
)
from conductdesk.cases.words import CAPACITIES, FINDINGS, QUIET, READS, STANDARDS, state_words
from conductdesk.people.models import Account
from conductdesk.review.faces.evidence import Evidence, WalkLine, evidence_of, owners_of
from conductdesk.review.faces.record import clock_kept, facts_shown, opened_copy, parties_shown
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys

SHOWN = 200
"""Lines of one chapter; the history has every entry."""

CONFLICTS = (
    "no_conflict.attested",
    "officer.recused",
    "auditor.recused",
    "auditor.left",
    "conflict.found",
    "officer.left",
    "lift.proposed",
    "barrier.lifted",
)
SEEN = READS | {"identity.revealed", "originals.read"}
KEYS = ("grant.made", "grant.ended", "request.closed")
TOLD = ("sides.told", "feedback.given", "feedback.withheld", "request.told", "message.sent")


@dataclass(frozen=True)
class Chapter:
    """One part of the walk, with what the masked copy says about it."""

    title: str
    slug: str
    lines: tuple[WalkLine, ...]
    copied: tuple[Section, ...] = ()
    more: int = 0
    """How many lines were left out."""

    @property
    def wrong(self) -> int:
        """How many of its lines did not verify."""
        return sum(line.problem is not None for line in self.lines)


@dataclass(frozen=True)
class Walk:
    """A closed case from its beginning to its end."""

    facts: tuple[tuple[str, str], ...]
    parties: tuple[tuple[str, str], ...]
    chapters: tuple[Chapter, ...]
    checked: int
    """How many entries and rows were checked for this page."""
    wrong: int
    """How many of them did not verify."""


Lines = Callable[[Evidence], Iterable[WalkLine]]


def walk_through(db: Session, case: Case, keys: CaseKeys, pack: Pack) -> Walk:
    """Return the walk through a closed case; its texts are those of the masked copy."""
    evidence = evidence_of(db, case, keys, pack)
    copied = opened_copy(db, case, keys)[0] or ()
    chapters = tuple(
        _chapter(title, lines(evidence), [one for one in copied if one.title in about])
        for title, lines, about in CHAPTERS
    )
    wrong = sum(line.problem is not None for line in evidence.lines.values())
    wrong += sum(vouched.problem is not None for vouched in evidence.rows.values())
    return Walk(
        facts=facts_shown(case, pack),
        parties=parties_shown(db, case),
        chapters=tuple(one for one in chapters if one.lines or one.copied),
        checked=len(evidence.lines) + len(evidence.rows),
        wrong=wrong,
    )


def _chapter(title: str, lines: Iterable[WalkLine], copied: Sequence[Section]) -> Chapter:
    all_of_them = tuple(lines)
    slug = title.lower().replace(" ", "-").replace(",", "")
    more = max(0, len(all_of_them) - SHOWN)
    return Chapter(title, slug, all_of_them[:SHOWN], tuple(copied), more)


def _disagreeing(evidence: Evidence) -> Iterator[WalkLine]:
    for (table, row_id), vouched in sorted(evidence.rows.items(), key=str):
        if vouched.problem:
            yield evidence.row_line(table, row_id, f"A row of the table {table}")


def _course(evidence: Evidence) -> Iterator[WalkLine]:
    yield evidence.row_line("cases", evidence.case.id, "The case as it stands in the database")
    for entry in evidence.entries:
        if "from" in entry.pub and "to" in entry.pub:
            yield evidence.entry_line(entry, state_words(str(entry.pub["to"])))


def _clocks(evidence: Evidence) -> Iterator[WalkLine]:
    for one in evidence.all_of(CaseClock, CaseClock.due_at):
        kept = clock_kept(one)
        why = evidence.said_last("case_clock", one.id) if kept.missed else ""
        said = f"{kept.result}. {why or 'No reason is on record.'}" if kept.missed else kept.result
        what = f"{kept.name}: due {in_words(kept.due_at)}"
        yield evidence.row_line("case_clock", one.id, what, text=said, alert=kept.missed)


def _seats(evidence: Evidence) -> Iterator[WalkLine]:
    offices = {office.key: office.name for office in evidence.pack.offices}
    seats = evidence.all_of(Appointment, Appointment.since)
    ids = {seat.account_id for seat in seats}
    names = {one.id: one.name for one in evidence.db.query(Account).filter(Account.id.in_(ids))}
    for seat in seats:
        until = f"until {in_words(seat.until)}" if seat.until else "still"
        sworn = f"said on {in_words(seat.attested_at)}" if seat.attested_at else "never said"
        what = f"{names[seat.account_id]}: {CAPACITIES[seat.capacity]}"
        office = offices.get(seat.office, seat.office)
        said = f"{office}. From {in_words(seat.since)}, {until}. No conflict: {sworn}."
        line = evidence.row_line("appointment", seat.id, what, text=said)
        yield replace(line, alert=seat.attested_at is None)


def _acts(evidence: Evidence) -> Iterator[WalkLine]:
    beside = SEEN | QUIET | {*KEYS, *CONFLICTS}
    parts = _parts_of(evidence)
    for entry in evidence.entries:
        if entry.type not in beside:
            line = evidence.entry_line(entry)
            served = [
                words
                for since, until, words in parts.get(entry.actor, ())
                if _within(entry.time, since, until)
            ]
            yield replace(line, by=", ".join((line.by, *dict.fromkeys(served))))


def _parts_of(evidence: Evidence) -> dict[str, list[tuple[datetime, datetime | None, str]]]:
    """Return from when to when each actor of the log was what on the case."""
    seats = (
        select(Account.pseudonym, Appointment)
        .join(Account, Account.id == Appointment.account_id)
        .where(Appointment.case_id == evidence.case.id)
        .order_by(Appointment.since)
    )
    found: dict[str, list[tuple[datetime, datetime | None, str]]] = {}
    for pseudonym, seat in evidence.db.execute(seats):
        words = CAPACITIES[seat.capacity].lower()
        found.setdefault(pseudonym, []).append((seat.since, seat.until, words))
    return found


def _within(moment: datetime, since: datetime, until: datetime | None) -> bool:
    """Answer whether an entry, whose time is cut to its second, lies in somebody's time."""
    return since.replace(microsecond=0) <= moment and (until is None or moment <= until)


def _allegations(evidence: Evidence) -> Iterator[WalkLine]:
    letters = {}
    for one in evidence.all_of(Allegation, Allegation.letter):
        letters[one.id] = one.letter
        about = evidence.aliases.get(one.party_id, "somebody")
        what = f"Allegation {one.letter}: {about}, clause {one.clause}"
        yield evidence.row_line("allegation", one.id, what)
    for found in evidence.all_of(Finding, Finding.found_at):
        result = FINDINGS.get(found.result, found.result)
        what = f"Finding on allegation {letters.get(found.allegation_id, '')}: {result}"
        said = f"{STANDARDS.get(found.standard, found.standard)}, {in_words(found.found_at)}."
        later = " A later finding took its place." if found.superseded_at else ""
        yield evidence.row_line("finding", found.id, what, text=f"{said}{later}")


def _outcomes(evidence: Evidence) -> Iterator[WalkLine]:
    for one in evidence.all_of(Outcome, Outcome.due_at):
        about = evidence.aliases.get(one.party_id) if one.party_id else None
        what = evidence.pack.outcome(one.kind).name + (f": {about}" if about else "")
        state = one.state.replace("_", " ")
        ended = f" on {in_words(one.ended_at)}" if one.ended_at else ""
        proof = " A proof is kept." if one.proof else ""
        late = one.ended_at is not None and one.ended_at > one.due_at
        said = f"Due {in_words(one.due_at)}: {state}{ended}.{proof}"
        yield evidence.row_line("outcome", one.id, what, text=said, alert=late)


def _letters(evidence: Evidence) -> Iterator[WalkLine]:
    for one in evidence.all_of(RespondentPaper, RespondentPaper.dated):
        about = evidence.aliases.get(one.party_id, "somebody")
        what = f"{one.kind.replace('_', ' ').capitalize()}: {about}"
        said = f"Dated {in_words(one.dated)}."
        yield evidence.row_line("respondent_paper", one.id, what, text=said)
    yield from (evidence.entry_line(one) for one in evidence.of_types(TOLD))


def _overrides(evidence: Evidence) -> Iterator[WalkLine]:
    for one in evidence.all_of(Override, Override.made_at):
        told = "before" if one.told_beforehand else "not before"
        said = f"{in_words(one.made_at)}. The person was told: {told}."
        yield evidence.row_line("override", one.id, "Confidence overridden", text=said)
    for sent in evidence.all_of(Referral, Referral.made_at):
        what = "Referred to another body" if sent.referred else "Decided not to refer"
        answer = f" Answered on {in_words(sent.answered_at)}." if sent.answered_at else ""
        said = f"{in_words(sent.made_at)}.{answer}"
        yield evidence.row_line("referral", sent.id, what, text=said)
    for step in evidence.all_of(InterimMeasure, InterimMeasure.imposed_at):
        ended = f"ended on {in_words(step.ended_at)}" if step.ended_at else "not ended"
        said = f"From {in_words(step.imposed_at)}, {ended}."
        yield evidence.row_line("interim_measure", step.id, "Interim measure", text=said)


def _conflicts(evidence: Evidence) -> Iterator[WalkLine]:
    return (evidence.entry_line(one) for one in evidence.of_types(CONFLICTS))


def _keys(evidence: Evidence) -> Iterator[WalkLine]:
    found = evidence.of_types(KEYS)
    owners = owners_of(evidence.db, [one.pub.get("fingerprint") for one in found])
    for entry in found:
        whose = owners.get(entry.pub.get("fingerprint"), "a key that was replaced")
        epoch = f", epoch {entry.pub['epoch']}" if "epoch" in entry.pub else ""
        reason = str(entry.pub.get("reason", "")).replace("-", " ")
        said = f"{entry.pub.get('compartment')}{epoch}, to {whose}. Reason: {reason}."
        yield evidence.entry_line(entry, text=said)


def _reads(evidence: Evidence) -> Iterator[WalkLine]:
    return (evidence.entry_line(one) for one in evidence.of_types(SEEN))


def _copy(evidence: Evidence) -> Iterator[WalkLine]:
    for one in evidence.all_of(AuditCopy, AuditCopy.made_at):
        yield evidence.row_line("audit_copy", one.id, f"Checked on {in_words(one.made_at)}")


CHAPTERS: tuple[tuple[str, Lines, frozenset[str]], ...] = (
    ("What does not agree", _disagreeing, frozenset()),
    ("How the case went on", _course, frozenset({"Triage"})),
    ("Clocks kept and missed", _clocks, frozenset()),
    ("Who was on the case", _seats, frozenset()),
    ("Conflicts declared", _conflicts, frozenset()),
    (
        "Allegations, findings and reasons",
        _allegations,
        frozenset({"Allegations", "Findings", "Appeals"}),
    ),
    ("Outcomes and their proofs", _outcomes, frozenset({"Outcomes"})),
    ("Letters", _letters, frozenset({"Notice and reply", "Feedback to the reporter"})),
    (
        "Overrides, referrals and measures",
        _overrides,
        frozenset({"Overrides of confidentiality", "Referrals", "Holds", "Interim measures"}),
    ),
    ("Who did what", _acts, frozenset()),
    ("Who read it", _reads, frozenset()),
    ("Keys given and taken back", _keys, frozenset()),
    ("Masked copy", _copy, frozenset()),
)
"""The chapters in their order, each with its lines and the sections of the copy that belong there."""
