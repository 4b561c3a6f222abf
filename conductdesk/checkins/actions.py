"""Asking for a check-in, and taking what was filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Pub
from conductdesk.checkins.models import CheckInLink
from conductdesk.checkins.rules import (
    LATE_FOR,
    About,
    Filled,
    Form,
    new_token,
    seal_about,
    token_hash,
)
from conductdesk.db import NewRow, insert_rows, new_row
from conductdesk.notice import Notice
from conductdesk.notices.actions import notify_address
from conductdesk.participants.actions.recording import check_keeper, record
from conductdesk.participants.models import Register
from conductdesk.policy import Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.calendar import due
from conductdesk.schemes.pack import Pack, Span, Unit
from conductdesk.vault.keys import CaseKeys

USUAL_TIME = Span(7, Unit.DAYS)
PARTICIPANT = Viewer(pseudonym="participant", name="A participant")


@dataclass(frozen=True)
class Asked:
    """Somebody who is asked."""

    participant_id: UUID
    about: About


def ask_for_check_ins(
    db: Session,
    register: Register,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    form: Form,
    week: int,
    people: Sequence[Asked],
) -> int:
    """Send each of *people* a link of their own; return how many were sent.

    Whoever has no e-mail address gets none. Raises `Refused` where nobody is left.
    """
    check_keeper(actor, pack)
    reachable = [one for one in people if one.about.email]
    if not reachable:
        raise Refused("Nobody whom you chose has an e-mail address. Add one to the register first.")
    rows = [_ask(db, register, keys, pack, form, week, one) for one in reachable]
    insert_rows(db, rows)
    said = f"Asked {len(rows)} people for: {form.value}, week {week}."
    pub: dict[str, Pub] = {"form": form.value, "week": week, "count": len(rows)}
    record(db, register, keys, actor=actor, event="check_in.asked", said=said, pub=pub)
    return len(rows)


def _ask(
    db: Session,
    register: Register,
    keys: CaseKeys,
    pack: Pack,
    form: Form,
    week: int,
    asked: Asked,
) -> NewRow:
    token, moment = new_token(), clock.now()
    due_at = due(moment, pack.clocks.get("check_in", USUAL_TIME), pack.nation)
    link = f"{pack.key}/weekly/{token}"
    notify_address(db, keys.keystore, asked.about.email, Notice.CHECK_IN, link)
    return new_row(
        CheckInLink,
        id=uuid4(),
        register_id=register.id,
        participant_id=asked.participant_id,
        form=form.value,
        week=week,
        token_hash=token_hash(token),
        about=seal_about(token, asked.about),
        made_at=moment,
        due_at=due_at,
        expires=due_at + LATE_FOR,
    )


def fill_in(
    db: Session, register: Register, keys: CaseKeys, link: CheckInLink, filled: Filled
) -> None:
    """Keep what the register's keepers may read of it, sealed to them; the link is used up."""
    link.filled_at = clock.now()
    link.answers = keys.seal(CheckInLink.answers, link.id, filled.for_keepers().to_json())
    said = "A check-in was filled in."
    pub: dict[str, Pub] = {"form": link.form, "week": link.week}
    record(db, register, keys, actor=PARTICIPANT, event="check_in.filled", said=said, pub=pub)
