"""The verifier's own replay of what a scenario left in the logs: nothing that is allowed may fail."""

from __future__ import annotations

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.audit.models import INSTALLATION, LogEntry
from conductdesk.audit.offline.verify import Log
from conductdesk.audit.queries import log_ids


def replay_all(db: Session) -> None:
    """Replay every scheme's log, open cases and all; raises ValueError with what is wrong."""
    db.rollback()
    published = [json.loads(entry) for _idx, entry in _entries(db, INSTALLATION)]
    owners = {
        f"{one['pub']['fingerprint']} {one['actor']}"
        for one in published
        if one["type"] == "key.published"
    }
    for log_id in set(log_ids(db)) - {INSTALLATION}:
        replay = Log(owners)
        for idx, entry in _entries(db, log_id):
            replay.take(idx, entry)


def _entries(db: Session, log_id: str) -> list[tuple[int, bytes]]:
    wanted = select(LogEntry.idx, LogEntry.entry).where(LogEntry.log_id == log_id)
    return [(row.idx, row.entry) for row in db.execute(wanted.order_by(LogEntry.idx))]
