"""`conductdesk backup`: copy the database and the keystore, each to a place of its own."""

from __future__ import annotations

from pathlib import Path

import click

from conductdesk.cli.opening import named_services
from conductdesk.cli.sqlite_files import copy_database, file_of
from conductdesk.refusal import Refused
from conductdesk.settings import Settings

TARGET = click.Path(dir_okay=False, path_type=Path)
ONE_FOLDER = (
    "The two copies must lie in different places, with different retention. Whoever destroys a "
    "case destroys its key in the keystore; a folder that keeps both would keep the case."
)
WITH_PG_DUMP = (
    "is a PostgreSQL database: copy it with pg_dump, and keep that copy away from the other."
)


@click.command("backup")
@click.option("--database", "database_to", type=TARGET, help="A new file for the main database.")
@click.option("--keystore", "keystore_to", type=TARGET, help="The file for the keystore; replaced.")
def command(database_to: Path | None, keystore_to: Path | None) -> None:
    """Copy database and keystore while they are in use.

    The copy of the keystore replaces the one before: an older one would keep the keys of cases that
    were destroyed since. Old copies of the database may be kept: without the key they stay shut.
    """
    settings = named_services().settings
    if database_to is None and keystore_to is None:
        raise click.UsageError("Give --database FILE, --keystore FILE, or both.")
    _check(database_to, keystore_to, settings)
    if database_to is not None:
        _copy(settings.database_url, database_to, "DATABASE_URL")
    if keystore_to is not None:
        _copy(settings.keystore_url, keystore_to, "KEYSTORE_URL")


def _check(database_to: Path | None, keystore_to: Path | None, settings: Settings) -> None:
    if database_to and keystore_to and database_to.resolve().parent == keystore_to.resolve().parent:
        raise Refused(ONE_FOLDER)
    if database_to is not None and database_to.exists():
        raise Refused(f"{database_to} exists already. Give a new name, such as one with the date.")
    for target in (database_to, keystore_to):
        if target is not None and _is_live(target, settings):
            raise Refused(f"{target} is in use by this installation. Give another place.")


def _is_live(target: Path, settings: Settings) -> bool:
    live = [file_of(url) for url in (settings.database_url, settings.keystore_url)]
    return any(file is not None and file.resolve() == target.resolve() for file in live)


def _copy(url: str, target: Path, name: str) -> None:
    source = file_of(url)
    if source is None:
        click.echo(f"{name} {WITH_PG_DUMP}")
        return
    copy_database(source, target)
    click.echo(f"Wrote {target}")
