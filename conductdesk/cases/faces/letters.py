"""The first draft of the letters about a decision, which the handler then makes their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.days import in_words
from conductdesk.cases.faces.parties import parties_of
from conductdesk.cases.inquiry import accused_of, allegations_of, findings_of, open_outcomes
from conductdesk.cases.masking import Known, mask
from conductdesk.cases.models import Allegation, Case, Finding, Outcome, Party, ProposedDecision
from conductdesk.cases.naming import THE_REPORTER, known_on
from conductdesk.cases.queries import pack_of
from conductdesk.cases.words import FINDINGS, STANDARDS
from conductdesk.cases.workflow import Move
from conductdesk.schemes.calendar import due
from conductdesk.schemes.pack import OutcomeKind, Pack
from conductdesk.vault.keys import CaseKeys

FEEDBACK = """We have looked into what you told us, and it has been decided. {who}

We cannot tell you what follows for somebody else. What we can tell you is this:

You can still write to us here. If anybody treats you badly because you told us, tell us at once.

You can keep a proof of this. {proof} Save it here, under “Proofs you can keep”. {check}"""

WITH_A_LETTER = """How to check that this letter is on our record

A proof comes with it. {proof} If you did not get it, ask us for it. {check}"""

PROOF = (
    "It is a small signed file. It shows that we wrote down that we told you, and does not say "
    "what it is about."
)
CHECK = (
    "You can check it as often as you want at {page}. That page also says how to check it offline, "
    "on a computer of your own, without us."
)


ONE_DECIDED = "The person who decided is not the person who looked into it."


@dataclass(frozen=True)
class Draft:
    """A letter to one respondent."""

    party_id: UUID
    to: str
    text: str


def letters_of(
    db: Session, case: Case, keys: CaseKeys, pack: Pack, proof_page: str
) -> tuple[Draft, ...]:
    """Return a draft to each respondent: decision, what follows, how to appeal and how to check it.

    *proof_page* is the address at which anybody can check a proof. The reporter's name is masked, wherever somebody wrote it into a reason.
    """
    names = {party.id: party.name for party in parties_of(db, case, keys)}
    reporter = tuple(one for one in known_on(db, case, keys) if one.alias == THE_REPORTER)
    checking = WITH_A_LETTER.format(proof=PROOF, check=CHECK.format(page=proof_page))
    return tuple(
        Draft(
            party.id,
            names[party.id],
            f"{_letter(db, case, keys, pack, party, reporter)}\n\n{checking}",
        )
        for party in accused_of(db, case)
    )


def feedback_of(db: Session, case: Case, proof_page: str) -> str:
    """Return a draft of what the reporter reads: who decided, how to check it, nothing of others."""
    together = _decided_together(db, case)
    apart = "None of them looked into it."
    return FEEDBACK.format(
        who=f"{together} {apart}" if together else ONE_DECIDED,
        proof=PROOF,
        check=CHECK.format(page=proof_page),
    )


def _decided_together(db: Session, case: Case) -> str:
    """Say how many of a panel agreed, and never who; nothing where one person decided."""
    members = pack_of(db, case).decision.members
    decided = select(ProposedDecision.agreed).where(
        ProposedDecision.case_id == case.id, ProposedDecision.decided_at.is_not(None)
    )
    agreed = db.scalars(decided.order_by(ProposedDecision.decided_at.desc()).limit(1)).first()
    if agreed is None:
        return ""
    return f"A panel of {members} decided, and {agreed} of them agreed."


def _letter(
    db: Session,
    case: Case,
    keys: CaseKeys,
    pack: Pack,
    party: Party,
    reporter: tuple[Known, ...],
) -> str:
    decided = "\n\n".join(_findings(db, case, keys, pack, party))
    parts = [
        f"We have looked into a concern about your part in {pack.name}, and it has been decided. "
        f"{_decided_together(db, case)}".strip(),
        mask(decided, reporter),
        mask(_what_follows(db, case, keys, pack, party), reporter),
        how_to_appeal(pack),
    ]
    return "\n\n".join(part for part in parts if part)


def how_to_appeal(pack: Pack) -> str:
    """Say, for a letter of today, by when and on what grounds one can appeal."""
    if Move.APPEAL in pack.left_out:
        return ""
    until = in_words(_last_day(pack))
    grounds = "\n".join(f"- {ground}" for ground in pack.appeal.grounds)
    return (
        f"You can appeal. Write to us by {until}, and say on which of these grounds, and why:\n"
        f"{grounds}\n"
        f"People who had no part in this will answer within {pack.appeal.decide}."
    )


def _findings(db: Session, case: Case, keys: CaseKeys, pack: Pack, party: Party) -> list[str]:
    found = {finding.allegation_id: finding for finding in findings_of(db, case)}
    return [
        _finding(keys, pack, allegation, found[allegation.id])
        for allegation in allegations_of(db, case)
        if allegation.party_id == party.id and allegation.id in found
    ]


def _finding(keys: CaseKeys, pack: Pack, allegation: Allegation, finding: Finding) -> str:
    clause = pack.clause(allegation.clause)
    return (
        f"{keys.open(Allegation.account, allegation)} "
        f"(clause {clause.number}, {clause.title})\n"
        f"{FINDINGS[finding.result]}. {STANDARDS[finding.standard]}.\n"
        f"{keys.open(Finding.reasons, finding)}"
    )


def _what_follows(db: Session, case: Case, keys: CaseKeys, pack: Pack, party: Party) -> str:
    lines = [
        _outcome(keys, pack, outcome)
        for outcome in open_outcomes(db, case)
        if outcome.party_id == party.id
    ]
    return "\n".join(["What follows:", *lines]) if lines else ""


def _outcome(keys: CaseKeys, pack: Pack, outcome: Outcome) -> str:
    kind = pack.outcome(outcome.kind)
    what, when = keys.open(Outcome.what, outcome), _when(pack, kind, outcome)
    waits = " This takes no effect until the time to appeal has ended."
    return f"- {kind.name}: {what} {when}.{waits if kind.waits_for_appeal else ''}"


def _when(pack: Pack, kind: OutcomeKind, outcome: Outcome) -> str:
    """Say by when it is done, or until when it lasts, if nobody appeals."""
    if kind.length is None:
        by = max(outcome.due_at, _last_day(pack)) if kind.waits_for_appeal else outcome.due_at
        return f"By {in_words(by)}"
    begun = due(_last_day(pack), kind.length, pack.nation)
    return f"Until {in_words(begun if kind.waits_for_appeal else outcome.due_at)}"


def _last_day(pack: Pack) -> datetime:
    return due(clock.now(), pack.appeal.lodge, pack.nation)
