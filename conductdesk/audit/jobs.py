"""What the worker does about the logs: ask witnesses to cosign them."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from sqlalchemy import delete
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.checkpoints import SENT_OUT
from conductdesk.audit.cosignature import cosigned_at, with_cosignatures
from conductdesk.audit.models import LogCheckpoint, WitnessState
from conductdesk.audit.note import parse_checkpoint
from conductdesk.audit.queries import log_ids, newest_checkpoint
from conductdesk.audit.record import read_head
from conductdesk.audit.witnessing import (
    Turn,
    WitnessAddress,
    WitnessFailureError,
    addresses,
    cosigned_by,
    turns,
)
from conductdesk.db import Database

log = logging.getLogger(__name__)


def ask_witnesses(database: Database, pairs: Sequence[tuple[str, str]]) -> None:
    """Send each log's newest checkpoint to each witness that has not cosigned it yet.

    Those that were signed for one reporter are never sent. What fails is kept for `doctor` and the
    administrator's page, and tried again at the next turn. No transaction is open meanwhile, and
    the time is bounded: the worker does nothing else until this is over.
    """
    witnesses = addresses(pairs)
    with database.writing() as db:
        names = log_ids(db)
        known = [witness.name for witness in witnesses]
        db.execute(delete(WitnessState).where(WitnessState.witness.not_in(known)))
        db.commit()
    for turn in turns(witnesses):
        for log_id in names:
            try:
                _ask(database, turn, log_id)
            except WitnessFailureError as failure:
                log.error("%s", failure)  # noqa: TRY400 - the sentence says it all
                _remember_failure(database, turn.witness, log_id, str(failure))


def _ask(database: Database, turn: Turn, log_id: str) -> None:
    witness = turn.witness
    with database.reading() as db:
        checkpoint = newest_checkpoint(db, log_id, SENT_OUT)
        state = db.get(WitnessState, (log_id, witness.name))
        old = state.size if state is not None and state.size is not None else 0
        if checkpoint is None or witness.name in cosigned_at(checkpoint.note, [witness.key]):
            return
        if parse_checkpoint(checkpoint.note).origin != read_head(db, log_id).origin:
            return  # signed before `new-origin`: the next hourly one goes out
        size, purpose, note = checkpoint.size, checkpoint.purpose, checkpoint.note
    line = cosigned_by(database, turn, log_id, (size, note), min(old, size))
    _remember_cosignature(database, witness, (log_id, size, purpose), line)


def _remember_cosignature(
    database: Database, witness: WitnessAddress, place: tuple[str, int, str], line: str
) -> None:
    """Keep the line with the checkpoint, beside what other witnesses added meanwhile."""
    with database.writing() as db:
        checkpoint = db.get(LogCheckpoint, place, with_for_update=True)
        if checkpoint is not None:
            checkpoint.note = with_cosignatures(checkpoint.note, line, [witness.key])
            state = _state(db, witness, place[0])
            state.size, state.cosigned_at = place[1], clock.now()
            state.failing_since = state.problem = None
        db.commit()


def _remember_failure(
    database: Database, witness: WitnessAddress, log_id: str, problem: str
) -> None:
    with database.writing() as db:
        state = _state(db, witness, log_id)
        state.failing_since = state.failing_since or clock.now()
        state.problem = problem
        db.commit()


def _state(db: Session, witness: WitnessAddress, log_id: str) -> WitnessState:
    state = db.get(WitnessState, (log_id, witness.name))
    if state is None:
        state = WitnessState(log_id=log_id, witness=witness.name)
        db.add(state)
    return state
