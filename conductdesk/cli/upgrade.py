"""`conductdesk upgrade`: bring the database to the form that this version needs."""

from __future__ import annotations

import click

from conductdesk.cli.opening import open_services
from conductdesk.schema import gather_statistics, migrate


@click.command("upgrade")
def command() -> None:
    """Bring the database to the newest form. Make a backup first. Run it after pg_restore too."""
    engine = open_services().database.engine
    migrate(engine)
    gather_statistics(engine)  # also what is missing after pg_restore
    click.echo("The database has the newest form.")
