"""What the desk's page of check-ins shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.checkins.models import CheckInLink
from conductdesk.checkins.queries import links_of
from conductdesk.checkins.rules import FORM_WORDS, WHY_NOT, Filled, Form
from conductdesk.participants.kept import Kept
from conductdesk.participants.queries import open_people
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment

SHOWN = 200
"""The newest links; older ones are counted."""


@dataclass(frozen=True)
class CheckInShown:
    """One link, and what was answered."""

    name: str
    what: str
    asked_at: datetime
    state: str
    """`Filled in`, `Waiting`, `Overdue` or `Run out`."""
    took_place: str
    said: str


@dataclass(frozen=True)
class CheckIns:
    """A page of check-ins."""

    rows: Sequence[CheckInShown]
    older: int
    waiting: int
    overdue: int


def check_ins_of(db: Session, kept: Kept) -> CheckIns:
    """Return the newest check-ins of those whose entries somebody keeps."""
    links, keys = _links(db, kept), kept.keys
    shown = links[:SHOWN]
    ids = {link.participant_id for link in shown}
    names = {one: person.name for one, person in open_people(db, keys, kept.register, ids)}
    states = [_state(link) for link in links]
    return CheckIns(
        rows=[_shown(keys, link, names.get(link.participant_id, "Removed")) for link in shown],
        older=len(links) - len(shown),
        waiting=states.count("Waiting"),
        overdue=states.count("Overdue"),
    )


def _links(db: Session, kept: Kept) -> list[CheckInLink]:
    links = links_of(db, kept.register)
    if kept.theirs.is_all:
        return links
    opened = open_people(db, kept.keys, kept.register)
    mine = {one for one, person in opened if kept.theirs.has(person)}
    return [link for link in links if link.participant_id in mine]


def _shown(keys: CaseKeys, link: CheckInLink, name: str) -> CheckInShown:
    filled = _filled(keys, link)
    return CheckInShown(
        name=name,
        what=f"{FORM_WORDS[Form(link.form)]}, week {link.week}",
        asked_at=link.made_at,
        state=_state(link),
        took_place=_took_place(filled),
        said=filled.how if filled else "",
    )


def _filled(keys: CaseKeys, link: CheckInLink) -> Filled | None:
    if link.answers is None or not keys.holds(Compartment.INTAKE):
        return None
    return Filled.from_json(keys.open(CheckInLink.answers, link))


def _took_place(filled: Filled | None) -> str:
    if filled is None or filled.took_place is None:
        return ""
    return "Yes" if filled.took_place else f"No: {WHY_NOT[filled.why_not]}"


def _state(link: CheckInLink) -> str:
    if link.filled_at is not None:
        return "Filled in"
    moment = clock.now()
    if link.expires <= moment:
        return "Run out"
    return "Overdue" if link.due_at <= moment else "Waiting"
