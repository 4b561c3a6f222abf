"""Low-level records: who handles a small matter, and that it was told before it was acted on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from conductdesk.cases.actions.asking import keep_document, need_text, refuse_unless_in, require
from conductdesk.cases.actions.moving import refuse_stale
from conductdesk.cases.actions.recording import record
from conductdesk.cases.days import in_words, refuse_future
from conductdesk.cases.models import Case, DocumentKind
from conductdesk.cases.needs import Route
from conductdesk.cases.workflow import State
from conductdesk.policy import Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.calendar import day_in_words, local_day
from conductdesk.vault.keys import CaseKeys

TOO_EARLY = "Warning: that was before it was brought to attention."


@dataclass(frozen=True)
class SmallMatter:
    """Who handles a low-level matter, and when they acted, if they have."""

    handled_by: str
    acted_on: date | None = None


def keep_small_matter(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    actor: Viewer,
    route: Route,
    small: SmallMatter | None,
) -> dict[str, bool]:
    """Keep who handles a low-level matter; return what the caller's entry says of it."""
    if route is not Route.LOW_LEVEL:
        return {}
    who = need_text(small.handled_by if small else "", "Say who handles it.")
    acted_on = small.acted_on if small else None
    told = in_words(case.received_at)
    acted = _acted(case, acted_on) if acted_on else "Not acted on yet."
    text = f"Handled by: {who}\nBrought to attention on {told}. {acted}"
    keep_document(db, case, keys, DocumentKind.LOW_LEVEL, actor=actor, body=text)
    return {"acted_first": _came_first(case, acted_on)}


def record_acting(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    actor: Viewer,
    acted_on: date,
    what: str,
    seen_version: int,
) -> None:
    """Record when, and how, a low-level matter was acted on by whoever handles it."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE)
    refuse_unless_in(case, State.TRIAGED, State.CARRYING_OUT)
    if case.route != Route.LOW_LEVEL:
        raise Refused("This case is not kept as a low-level record.")
    done = need_text(what, "Say what was done.")
    text = f"{_acted(case, acted_on)}\n{done}"
    keep_document(db, case, keys, DocumentKind.LOW_LEVEL, actor=actor, body=text)
    record(
        db,
        case,
        keys,
        actor=actor,
        event="low_level.acted",
        pub={"acted_first": _came_first(case, acted_on)},
        detail={"said": "Whoever handles it acted on it."},
    )


def _acted(case: Case, acted_on: date) -> str:
    refuse_future(acted_on)
    warning = f" {TOO_EARLY}" if _came_first(case, acted_on) else ""
    return f"Acted on {day_in_words(acted_on)}.{warning}"


def _came_first(case: Case, acted_on: date | None) -> bool:
    return acted_on is not None and acted_on < local_day(case.received_at)
