"""`conductdesk schemes`: list, check and load scheme packs."""

from __future__ import annotations

from pathlib import Path

import click

from conductdesk.cases.packs import kernel_problems
from conductdesk.cli.opening import open_services
from conductdesk.people.queries import names_by_post
from conductdesk.policy import SYSTEM
from conductdesk.schemes.actions import load_scheme
from conductdesk.schemes.queries import packs_in_force
from conductdesk.schemes.reading import PackError, read_pack, text_of
from conductdesk.schemes.staffing import gaps

A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("schemes")
def command() -> None:
    """List, check and load scheme packs."""


@command.command("list")
def list_schemes() -> None:
    """List the schemes in force, and what their offices lack."""
    with open_services().database.reading() as db:
        packs = packs_in_force(db)
        for pack in packs:
            click.echo(f"{pack.key}\tversion {pack.version}\t{pack.name}, {pack.organisation}")
            for gap in gaps(pack, names_by_post(db, pack.key)):
                click.echo(f"  {gap}")
    if not packs:
        click.echo("No scheme is in force. Load one: conductdesk schemes load FILE")


@command.command("check")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=A_FILE)
def check(files: tuple[Path, ...]) -> None:
    """Check packs, and say everything that is wrong with them. Needs no database."""
    refused = [file.name for file in files if not _is_good(file)]
    if refused:
        raise SystemExit(1)


def _is_good(file: Path) -> bool:
    try:
        text = text_of(file.read_bytes(), file.name)
        pack = read_pack(text, file.name, kernel_problems)
    except PackError as error:
        click.echo(str(error), err=True)
        return False
    click.echo(f"{file.name} is a good pack: {pack.name}, version {pack.version}.")
    return True


@command.command("load")
@click.argument("file", type=A_FILE)
def load(file: Path) -> None:
    """Put a pack in force. Running cases stay on the version under which they began."""
    services = open_services()
    with services.database.writing() as db:
        pack = load_scheme(
            db,
            text_of(file.read_bytes(), file.name),
            file_name=file.name,
            actor=SYSTEM.pseudonym,
            host=services.settings.host,
            kernel=kernel_problems,
        )
        db.commit()
    click.echo(f"{pack.name}, version {pack.version}, is in force.")
