"""Triage: each question answered with a reason, and a route chosen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from uuid import uuid4

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Event
from conductdesk.cases.actions.asking import require
from conductdesk.cases.actions.moving import move, refuse_stale
from conductdesk.cases.actions.rerouting import fill_empty_seats
from conductdesk.cases.clocks import meet_clock, start_clock
from conductdesk.cases.concern import Answer
from conductdesk.cases.models import Case, Document, DocumentKind
from conductdesk.cases.needs import Route
from conductdesk.cases.standing import move_facts
from conductdesk.cases.workflow import Move
from conductdesk.policy import Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys

QUESTIONS: Mapping[str, str] = {
    "scope": "Is this within the scheme’s code?",
    "danger": "Is anybody in immediate danger?",
    "at_risk": "Is a child, or an adult at risk, involved?",
    "crime": "May a law have been broken?",
    "evidence": "May evidence be lost?",
}
"""What triage asks with yes, no or not sure; each answer needs a reason (`WB-23`)."""

SEVERITIES: Mapping[str, str] = {
    "low": "Low",
    "medium": "Medium",
    "high": "High",
}


@dataclass(frozen=True)
class TriageAnswer:
    """One answer and its reason."""

    answer: Answer
    reason: str


@dataclass(frozen=True)
class Triage:
    """A whole triage."""

    answers: Mapping[str, TriageAnswer]
    severity: str
    severity_reason: str
    route: Route
    route_reason: str

    @property
    def complete(self) -> bool:
        """Hold where everything is answered, with reasons."""
        reasons = [given.reason for given in self.answers.values()]
        reasons += [self.severity_reason, self.route_reason]
        return set(self.answers) == set(QUESTIONS) and all(reason.strip() for reason in reasons)

    @property
    def mentions_risk(self) -> bool:
        """Hold where safeguarding must be told; "not sure" counts as yes."""
        return any(self.answers[key].answer is not Answer.NO for key in ("danger", "at_risk"))


def triage(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    seen_version: int,
    given: Triage,
) -> None:
    """Record the triage and the route; a risk seats the safeguarding office in parallel."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE)
    if not given.complete:
        raise Refused("Answer every triage question, each with a reason.")
    _keep_triage(db, case, keys, actor, given)
    case.route = given.route
    grants = _bring_in_safeguarding(db, case, keys, pack, actor, given)
    for name in ("triage", "safeguarding_triage"):
        meet_clock(db, case, name)
    if given.mentions_risk:
        start_clock(db, case, pack, "referral", at=clock.now())
    move(
        db,
        case,
        keys,
        Move.TRIAGE,
        pack=pack,
        facts=replace(move_facts(db, case), triage_answered=True),
        actor=actor,
        event="case.triaged",
        pub={"route": given.route.value, "at_risk": case.at_risk},
        detail={"said": f"Route: {given.route.value.replace('_', ' ')}."},
        grants=grants,
    )


def _keep_triage(db: Session, case: Case, keys: CaseKeys, actor: Viewer, given: Triage) -> None:
    row_id = uuid4()
    db.add(
        Document(
            id=row_id,
            case_id=case.id,
            kind=DocumentKind.TRIAGE,
            account_id=actor.account_id,
            made_at=clock.now(),
            body=keys.seal(Document.body, row_id, json.dumps(asdict(given))),
        )
    )
    db.flush()


def _bring_in_safeguarding(
    db: Session, case: Case, keys: CaseKeys, pack: Pack, actor: Viewer, given: Triage
) -> list[Event]:
    if not given.mentions_risk:
        return []
    case.at_risk = True
    return fill_empty_seats(db, case, keys, pack=pack, actor=actor)
