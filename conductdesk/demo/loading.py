"""Filling a new folder: the schema, the keys, the people, and everything that happened to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from conductdesk import schema
from conductdesk.audit.models import LogHead
from conductdesk.cases.models import Case
from conductdesk.db import Database
from conductdesk.demo.auditing import auditing
from conductdesk.demo.cast import SCHEME
from conductdesk.demo.register import registering
from conductdesk.demo.schedule import live_through
from conductdesk.demo.stories import Receipts, all_stories
from conductdesk.demo.upkeep import upkeep
from conductdesk.demo.world import World, founding
from conductdesk.settings import Settings
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.recovery import RecoveryKey, keygen
from conductdesk.vault.unlocking import PRODUCTION_COST, Argon2Cost

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Loaded:
    """What came of it."""

    cases: int
    destroyed: int
    entries: int
    """In the scheme's log; each grant of a key is one."""


def load(
    settings: Settings,
    receipts: Receipts,
    *,
    progress: Progress,
    cost: Argon2Cost = PRODUCTION_COST,
) -> Loaded:
    """Fill the databases that *settings* name, and write the recovery key's parts beside them."""
    recovery = keygen()
    _write_parts(settings.data, recovery)
    with _open(settings) as (database, keystore):
        world = World(settings, database, keystore, recovery, cost)
        told = all_stories(world, receipts)
        stories = [founding(world), registering(world), *told, auditing(world), upkeep(world)]
        _report(live_through(stories, world.resume), progress)
        schema.gather_statistics(database.engine)
        with database.reading() as db:
            return _count(db, len(told))


def parts_of(folder: Path) -> list[Path]:
    """Return where the recovery key's three parts lie: beside the data in a demo alone."""
    return [folder / f"recovery-part-{number}.txt" for number in (1, 2, 3)]


@contextmanager
def _open(settings: Settings) -> Iterator[tuple[Database, Keystore]]:
    schema.import_all_models()
    database, keystore = Database(settings.database_url), Keystore(settings.keystore_url)
    try:
        keystore.create()
        _make_schema(database.engine)
        yield database, keystore
    finally:
        keystore.close()
        database.engine.dispose()


def _make_schema(engine: Engine) -> None:
    if any((schema.MIGRATIONS / "versions").glob("*.py")):
        schema.migrate(engine)
    else:
        schema.create_schema(engine)


def _write_parts(folder: Path, recovery: RecoveryKey) -> None:
    for path, part in zip(parts_of(folder), recovery.parts, strict=True):
        path.touch(mode=0o600)
        path.write_text(part, "utf-8")


def _report(moments: Iterator[datetime], progress: Progress) -> None:
    """Name each month when the stories come to it: loading takes a while."""
    month = ""
    for moment in moments:
        if f"{moment:%B %Y}" != month:
            month = f"{moment:%B %Y}"
            progress(month)


def _count(db: Session, begun: int) -> Loaded:
    cases = len(db.scalars(select(Case.id)).all())
    linked = len(db.scalars(select(Case.id).where(Case.linked_to.is_not(None))).all())
    entries = db.scalars(select(LogHead.size).where(LogHead.log_id == SCHEME)).one()
    return Loaded(cases, begun + linked - cases, entries)
