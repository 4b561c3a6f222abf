"""`conductdesk worker`: mail, reminders, check-ins, destruction, checkpoints."""

from __future__ import annotations

import click

from conductdesk.cli.opening import open_services
from conductdesk.cli.telling import tell_on_stderr
from conductdesk.jobs import worker_jobs
from conductdesk.notices.worker import run_worker, stop_on_signal


@click.command("worker")
def command() -> None:
    """Send mail and do what is due, until stopped. Several may run at once."""
    tell_on_stderr()
    services = open_services()
    click.echo("The worker is running. Stop it with Ctrl+C.")
    run_worker(services.database, worker_jobs(services), until=stop_on_signal())
