"""`conductdesk upgrade`: bring the database to the form that this version needs."""

from __future__ import annotations

import click

from conductdesk.cli.opening import open_services
from conductdesk.schema import migrate


@click.command("upgrade")
def command() -> None:
    """Bring the database to the newest form. Make a backup first."""
    migrate(open_services().database.engine)
    click.echo("The database has the newest form.")
