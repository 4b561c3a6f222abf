"""Checks of a log, and changes to its tables behind its back."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, select, update
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.checkpoints import verifier_key
from conductdesk.audit.verify import Status, Verdict, verify_log
from conductdesk.db import Database
from conductdesk.vault.keystore import Keystore
from tests.actions.audit_rows import LOG, lift_triggers, other_id


def check(db: Session, keystore: Keystore, *outside: str, log_id: str = LOG) -> Verdict:
    """Verify a log under its own key."""
    return verify_log(db, log_id, verifier_key(db, keystore, log_id), outside=outside)


def changed(value: Any) -> Any:
    """A value of the same type that is not *value*."""
    if isinstance(value, StrEnum):
        return next(word for word in type(value) if word != value)
    if isinstance(value, str):
        return ("x" if value[0] != "x" else "y") + value[1:]
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:]
    if isinstance(value, UUID):
        return other_id(value)
    return value + timedelta(seconds=1) if isinstance(value, datetime) else clock.now()


def tamper(db: Session, table: Table, column: Column[Any]) -> None:
    """Change one value of the last row of a table."""
    lift_triggers(db)
    if db.get_bind().dialect.name == "sqlite":
        db.connection().exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    row = db.connection().execute(select(table)).mappings().all()[-1]
    where = [key == row[key.name] for key in table.primary_key.columns]
    statement = update(table).where(*where).values({column.name: changed(row[column.name])})
    db.connection().execute(statement)


def assert_verifies(database: Database, keystore: Keystore) -> None:
    """Verify the log as it was committed."""
    with database.reading() as db:
        key = verifier_key(db, keystore, LOG)
    with database.reading() as db:
        verdict = verify_log(db, LOG, key)
    assert (verdict.status, verdict.problem) == (Status.UNANCHORED, None)
