"""Triage: each question answered with a reason, and a route chosen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Event
from conductdesk.cases.actions.asking import keep_document, need_text, require
from conductdesk.cases.actions.moving import move, refuse_stale
from conductdesk.cases.actions.requesting import make_obligation
from conductdesk.cases.actions.rerouting import fill_empty_seats
from conductdesk.cases.actions.small_matters import SmallMatter, keep_small_matter
from conductdesk.cases.clocks import meet_clock, start_clock
from conductdesk.cases.concern import Answer
from conductdesk.cases.models import Case, DocumentKind
from conductdesk.cases.needs import Route
from conductdesk.cases.packs import routes_offered
from conductdesk.cases.pattern import earlier_records
from conductdesk.cases.request_acts import Obligation
from conductdesk.cases.standing import move_facts
from conductdesk.cases.workflow import Move, State, check
from conductdesk.policy import Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.kinds import is_request, path_of
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

OF_A_REQUEST = ("danger", "at_risk")
"""What is asked where something is asked for, and nobody is said to have done wrong."""

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
    """Empty for a request."""
    severity_reason: str
    route: Route
    route_reason: str
    """Empty where the kind has one route alone."""
    as_a_whole: str = ""
    """What it shows together with the low-level records about the same person, if there are any."""
    small: SmallMatter | None = None
    """Who handles it, where it is kept as a low-level record."""

    def answers_all_of(self, kind: str) -> bool:
        """Hold where everything that triage asks of *kind* is answered, with reasons."""
        reasons = [given.reason for given in self.answers.values()]
        if not is_request(kind):
            reasons += [self.severity, self.severity_reason]
        if len(path_of(kind).routes) > 1:
            reasons.append(self.route_reason)
        asked = set(questions_of(kind))
        return set(self.answers) == asked and all(reason.strip() for reason in reasons)

    def to_json(self) -> str:
        """Return what is kept of it; what records show as a whole is a document of its own."""
        said = asdict(self)
        del said["as_a_whole"], said["small"]
        return json.dumps(said)

    @property
    def mentions_risk(self) -> bool:
        """Hold where safeguarding must be told; "not sure" counts as yes."""
        return any(self.answers[key].answer is not Answer.NO for key in ("danger", "at_risk"))


def questions_of(kind: str) -> Mapping[str, str]:
    """Return what triage asks of *kind*; a request is asked about risk alone."""
    asked = OF_A_REQUEST if is_request(kind) else QUESTIONS
    return {key: QUESTIONS[key] for key in asked}


def triage(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    seen_version: int,
    given: Triage,
    obligation: Obligation | None = None,
) -> None:
    """Record the triage and the route; a risk seats the safeguarding office in parallel.

    *obligation* is what a request becomes, where the route is to do what was asked.
    """
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE)
    if not given.answers_all_of(case.kind):
        raise Refused("Answer every triage question, each with a reason.")
    _keep_triage(db, case, keys, actor, given)
    _keep_assessment(db, case, keys, actor, given)
    case.route = given.route
    facts = replace(move_facts(db, case), triage_answered=True)
    check(Move.TRIAGE, State(case.state), facts, pack.left_out)
    if given.route not in routes_offered(pack, case.kind):
        raise Refused("This scheme does not have that route. Choose another one.")
    grants = _bring_in_safeguarding(db, case, keys, pack, actor, given)
    for name in ("triage", "safeguarding_triage"):
        meet_clock(db, case, name)
    if given.mentions_risk:
        start_clock(db, case, pack, "referral", at=clock.now())
    acted_first = keep_small_matter(
        db, case, keys, actor=actor, route=given.route, small=given.small
    )
    if given.route is Route.REQUEST:
        make_obligation(db, case, keys, pack=pack, actor=actor, obligation=obligation)
    move(
        db,
        case,
        keys,
        Move.TRIAGE,
        pack=pack,
        facts=facts,
        actor=actor,
        event="case.triaged",
        pub={"route": given.route.value, "at_risk": case.at_risk, **acted_first},
        detail={"said": f"Route: {given.route.value.replace('_', ' ')}."},
        grants=grants,
    )


def _keep_triage(db: Session, case: Case, keys: CaseKeys, actor: Viewer, given: Triage) -> None:
    keep_document(db, case, keys, DocumentKind.TRIAGE, actor=actor, body=given.to_json())


def _keep_assessment(db: Session, case: Case, keys: CaseKeys, actor: Viewer, given: Triage) -> None:
    """Keep what a new record shows together with the earlier ones; none is assessed alone."""
    earlier = earlier_records(db, case, keys, actor)
    if not earlier:
        return
    whole = need_text(
        given.as_a_whole,
        "There are low-level records about the same person. Say what they show together.",
    )
    text = f"Together with {', '.join(one.name for one in earlier)}: {whole}"
    keep_document(db, case, keys, DocumentKind.LOW_LEVEL, actor=actor, body=text)


def _bring_in_safeguarding(
    db: Session, case: Case, keys: CaseKeys, pack: Pack, actor: Viewer, given: Triage
) -> list[Event]:
    if not given.mentions_risk:
        return []
    case.at_risk = True
    return fill_empty_seats(db, case, keys, pack=pack, actor=actor)
