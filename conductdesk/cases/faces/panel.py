"""What a panel has before it: a proposed decision, who has voted, and whether it is enough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.cases.actions.voting import VoteCast, current_proposal, votes_on
from conductdesk.cases.acts import Decision, FindingGiven, OutcomeOrdered
from conductdesk.cases.faces.inquiry import letters_of, name_of_account, names_of
from conductdesk.cases.models import Case, ProposedDecision
from conductdesk.cases.queries import members_of
from conductdesk.cases.words import FINDINGS, STANDARDS
from conductdesk.policy import Viewer
from conductdesk.schemes.calendar import day_in_words
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys


@dataclass(frozen=True)
class FindingProposed:
    """A finding that the panel votes on."""

    letter: str
    result: str
    standard: str
    reasons: str


@dataclass(frozen=True)
class OutcomeProposed:
    """An outcome that the panel votes on."""

    name: str
    whom: str
    what: str
    owner: str
    when: str


@dataclass(frozen=True)
class VoteFace:
    """What one member said, for the other members alone."""

    who: str
    agrees: bool
    reason: str


@dataclass(frozen=True)
class PanelFace:
    """Everything that a member needs to vote."""

    id: UUID
    by: str
    at: datetime
    findings: tuple[FindingProposed, ...]
    outcomes: tuple[OutcomeProposed, ...]
    votes: tuple[VoteFace, ...]
    waiting: tuple[str, ...]
    """Members who have not voted."""
    agreed: int
    wanted: int
    members: int
    voted: bool
    """Whether the viewer has voted."""

    @property
    def enough(self) -> bool:
        """Whether it can be made the decision."""
        return self.agreed >= self.wanted


def panel_of(
    db: Session, case: Case, keys: CaseKeys, pack: Pack, viewer: Viewer
) -> PanelFace | None:
    """Return what the panel votes on; None while nobody has proposed anything."""
    proposed = current_proposal(db, case)
    if proposed is None:
        return None
    decision = decision_in(keys, proposed)
    letters = {row_id: letter for letter, row_id in letters_of(db, case).items()}
    names, votes = names_of(db, case, keys), votes_on(db, case, keys, proposed)
    voted = {one.account_id for one in votes}
    left = [one.account_id for one in members_of(db, case) if one.account_id not in voted]
    return PanelFace(
        id=proposed.id,
        by=name_of_account(db, proposed.account_id),
        at=proposed.proposed_at,
        findings=tuple(_finding(one, letters) for one in decision.findings),
        outcomes=tuple(_outcome(one, pack, names) for one in decision.outcomes),
        votes=tuple(_vote(db, one) for one in votes),
        waiting=tuple(name_of_account(db, one) for one in left),
        agreed=sum(one.agrees for one in votes),
        wanted=pack.decision.voices,
        members=pack.decision.members,
        voted=viewer.account_id in voted,
    )


def decision_in(keys: CaseKeys, proposed: ProposedDecision) -> Decision:
    """Return the decision that was proposed."""
    return Decision.from_json(keys.open(ProposedDecision.body, proposed))


def _finding(one: FindingGiven, letters: dict[UUID, str]) -> FindingProposed:
    return FindingProposed(
        letters[one.allegation_id], FINDINGS[one.result], STANDARDS[one.standard], one.reasons
    )


def _outcome(one: OutcomeOrdered, pack: Pack, names: dict[UUID, str]) -> OutcomeProposed:
    kind = pack.outcome(one.kind)
    name = f"{kind.name}, {one.hours} hours" if one.hours else kind.name
    whom = names.get(one.party_id, "") if one.party_id else ""
    when = f"For {kind.length}" if kind.length else day_in_words(one.due_on)
    return OutcomeProposed(name, whom, one.what, one.owner, when)


def _vote(db: Session, one: VoteCast) -> VoteFace:
    return VoteFace(name_of_account(db, one.account_id), one.agrees, one.reason)
