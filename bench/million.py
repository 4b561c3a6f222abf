"""A log of a million entries, all of cases that were destroyed: every row that they name is gone."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice, repeat
from pathlib import Path
from uuid import uuid4

from conductdesk import schema
from conductdesk.audit.models import INSTALLATION
from conductdesk.audit.record import Event, Pub, append, create_log
from conductdesk.db import Database
from conductdesk.vault.keystore import Keystore

LOG = "million"
ENTRIES = 1_000_000
AT_ONCE = 5_000
OFFICERS = [(secrets.token_hex(16), secrets.token_hex(16)) for _one in range(8)]
"""Pseudonym and key of each."""

COURSE = (
    ("received", "acknowledged"),
    ("acknowledged", "triaged"),
    ("triaged", "investigating"),
    ("investigating", "reported"),
    ("reported", "decided"),
    ("decided", "carrying_out"),
    ("carrying_out", "closed"),
    ("closed", "destroyed"),
)
OF_A_CASE = 40
"""Entries of one case, about; the demo has thirty to sixty."""


@dataclass(frozen=True)
class Archive:
    """An installation with nothing but a log."""

    folder: Path
    database: Database
    keystore: Keystore


@contextmanager
def archive() -> Iterator[Archive]:
    """Fill a log in a temporary folder, which is deleted at the end."""
    with tempfile.TemporaryDirectory(prefix="conductdesk-million-") as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder / 'log.db'}")
        keystore = Keystore(f"sqlite:///{folder / 'keystore.db'}")
        keystore.create()
        schema.import_all_models()
        schema.create_schema(database.engine)
        _fill(database)
        try:
            yield Archive(folder, database, keystore)
        finally:
            keystore.close()
            database.engine.dispose()


def _fill(database: Database) -> None:
    with database.writing() as db:
        for log_id in (INSTALLATION, LOG):
            create_log(db, log_id, f"bench.example/{log_id}/1")
        published = [
            Event("key.published", who, {"fingerprint": key, "kind": "staff"})
            for who, key in OFFICERS
        ]
        append(db, INSTALLATION, published)
        db.commit()
    events = islice(_events(), ENTRIES - 1)  # the export adds the last one
    while batch := list(islice(events, AT_ONCE)):
        with database.writing() as db:
            append(db, LOG, batch)
            db.commit()


def _events() -> Iterator[Event]:
    """Yield the entries of a hundred cases at a time, in turns, and then searches without end."""
    for _round in range((ENTRIES - 1) // (100 * len(list(_case(""))))):
        turns = [_case(secrets.token_hex(16)) for _one in range(100)]
        yield from chain.from_iterable(zip(*turns, strict=True))
    yield from repeat(Event("search.made", OFFICERS[0][0]))


def _case(case: str) -> Iterator[Event]:
    who, _key = OFFICERS[0]
    yield Event("concern.received", "reporter", _states("draft", "received"), case)
    for officer, key in OFFICERS:
        for part in ("intake", "record"):
            facts: dict[str, Pub] = {"fingerprint": key, "compartment": part, "epoch": 1}
            facts |= {"owner": officer, "reason": "routed"}
            gone = (("key_grant", uuid4()),)
            yield Event("grant.made", "reporter", facts, case, rows=gone)
    parts = ["decision_maker", "handler"]
    yield Event("no_conflict.attested", who, {"capacities": parts}, case)
    finder = OFFICERS[1][0]
    yield Event("no_conflict.attested", finder, {"capacities": ["investigator"]}, case)
    for before, after in COURSE:
        yield Event("case.read", who, case=case)
        actor = finder if before == "investigating" else who
        rows = (("proposal", uuid4()),)
        yield Event(f"moved.{after}", actor, _states(before, after), case, rows=rows)
    for _more in range(OF_A_CASE - 36):
        yield Event("message.sent", who, {"kind": "message", "to": "reporter"}, case)
    yield Event("case.destroyed", "system", {"class": "upheld"}, case)


def _states(before: str, after: str) -> dict[str, Pub]:
    return {"from": before, "to": after}
