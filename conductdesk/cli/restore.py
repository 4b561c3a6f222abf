"""`conductdesk restore`: put copies of database and keystore back, onto an empty place."""

from __future__ import annotations

from pathlib import Path

import click

from conductdesk.audit.checkpoints import mark_restored
from conductdesk.audit.queries import log_ids
from conductdesk.cli.opening import named_services
from conductdesk.cli.sqlite_files import SQLITE, file_of, require_whole, unfinished_copy
from conductdesk.db import Database
from conductdesk.refusal import Refused
from conductdesk.schema import migrate

SOURCE = click.Path(exists=True, dir_okay=False, path_type=Path)
AFTERWARDS = """
Everything that was written after the backup was made is lost: concerns, messages, decisions, and
the entries about them. Receipts that were given out since then open nothing.

The logs {logs} are marked as restored. Nothing is signed until you have
  1. compared the last checkpoint that you kept outside with what is here:
     conductdesk audit verify --checkpoint FILE
  2. written down what is missing, and told those whom it concerns
  3. gone on under new origins: conductdesk audit new-origin
Cases that were destroyed since the backup are still here as rows, and cannot be opened if the
keystore is newer. Order their destruction again.
"""


@click.command("restore")
@click.option("--database", "database_from", type=SOURCE, required=True, help="The copy of it.")
@click.option("--keystore", "keystore_from", type=SOURCE, required=True, help="The newest copy.")
def command(database_from: Path, keystore_from: Path) -> None:
    """Restore both copies where the settings point to, which must be empty."""
    services = named_services()
    database_to = _empty_place(services.settings.database_url)
    keystore_to = _empty_place(services.settings.keystore_url)
    require_whole(database_from, "log_head", "a copy of ConductDesk’s database")
    require_whole(keystore_from, "shred_key", "a copy of ConductDesk’s keystore")
    with (
        unfinished_copy(keystore_from, keystore_to),
        unfinished_copy(database_from, database_to) as unfinished,
    ):
        logs = _mark(unfinished)
    click.echo(f"Restored {database_to} and {keystore_to}.")
    click.echo(AFTERWARDS.format(logs=", ".join(logs)))


def _mark(unfinished: Path) -> list[str]:
    """Bring a copy to the newest form, and say in every log of it that it is one.

    Before it has its name: no failure leaves a copy in place that could be signed as it is.
    """
    copy = Database(f"{SQLITE}{unfinished}")
    try:
        migrate(copy.engine)
        with copy.writing() as db:
            mark_restored(db)
            logs = log_ids(db)
            db.commit()
    finally:
        copy.engine.dispose()
    return logs


def _empty_place(url: str) -> Path:
    place = file_of(url)
    if place is None:
        raise Refused(
            "This restores SQLite files only. For PostgreSQL, use pg_restore, and then, before "
            "web and worker are started, run: conductdesk upgrade, and: conductdesk audit "
            "new-origin --restored"
        )
    present = [file for file in place.parent.glob(f"{place.name}*") if file.is_file()]
    if present:
        raise Refused(f"{present[0]} exists. Restore onto an empty folder.")
    return place
