"""Choose another route: a low-level record becomes an inquiry, or an agreement did not hold."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from conductdesk.cases.actions.asking import keep_document, need_text, require
from conductdesk.cases.actions.moving import move, refuse_stale
from conductdesk.cases.actions.requesting import make_obligation
from conductdesk.cases.actions.small_matters import SmallMatter, keep_small_matter
from conductdesk.cases.clocks import AGREED, running_clocks
from conductdesk.cases.models import Case, DocumentKind
from conductdesk.cases.needs import Route
from conductdesk.cases.packs import routes_offered
from conductdesk.cases.request_acts import Obligation
from conductdesk.cases.standing import move_facts
from conductdesk.cases.words import ROUTES
from conductdesk.cases.workflow import Move, State, check
from conductdesk.policy import Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys


@dataclass(frozen=True)
class AnotherRoute:
    """The route that is chosen in the place of the first, and why."""

    route: Route
    reason: str
    small: SmallMatter | None = None
    """Who handles it, where it is kept as a low-level record."""
    obligation: Obligation | None = None
    """What a request becomes, where what was asked is done after all."""


def other_routes(case: Case, pack: Pack) -> frozenset[Route]:
    """Return the routes that could be chosen in the place of the one that the case goes."""
    return frozenset(one for one in routes_offered(pack, case.kind) if one != case.route)


def triage_again(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    seen_version: int,
    chosen: AnotherRoute,
) -> None:
    """Choose another route, with a reason; the case stands where triage left it."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE)
    reason = need_text(chosen.reason, "Say why you choose another route.")
    if chosen.route not in other_routes(case, pack):
        raise Refused("Choose another route than the one that the case goes, from the list.")
    if any(one.name == AGREED for one in running_clocks(db, case)):
        raise Refused("Record first what became of what was agreed.")
    before, case.route = case.route or "", chosen.route
    facts = replace(move_facts(db, case), reason_given=True)
    check(Move.TRIAGE_AGAIN, State(case.state), facts, pack.left_out)
    words = f"{ROUTES.get(before, before)} → {ROUTES[chosen.route]}"
    text = f"Another route: {words}\n\nWhy: {reason}"
    keep_document(db, case, keys, DocumentKind.EVENT, actor=actor, body=text)
    small = chosen.small
    acted = keep_small_matter(db, case, keys, actor=actor, route=chosen.route, small=small)
    if chosen.route is Route.REQUEST:
        owed = chosen.obligation
        make_obligation(db, case, keys, pack=pack, actor=actor, obligation=owed)
    move(
        db,
        case,
        keys,
        Move.TRIAGE_AGAIN,
        pack=pack,
        facts=facts,
        actor=actor,
        event="case.triaged_again",
        pub={"before": before, "route": chosen.route.value, **acted},
        detail={"said": f"Another route: {words}."},
    )
