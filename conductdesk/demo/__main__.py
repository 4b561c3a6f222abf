"""`python -m conductdesk.demo`: load once, start everything, and say how to look around."""

from __future__ import annotations

import os
import time
from pathlib import Path

import click

from conductdesk import clock
from conductdesk.demo.cast import WHO_SIGN_IN, person_of
from conductdesk.demo.environment import (
    HOST,
    Kept,
    Place,
    free_port,
    is_loaded,
    keep,
    kept_in,
    new_folder,
    new_secrets,
    place_of,
    refuse_taken,
    settings_for,
)
from conductdesk.demo.loading import Loaded, load
from conductdesk.demo.running import ended_by_signals, running, wait_for_answer, watch
from conductdesk.demo.showing import code_words, loaded_words, welcome
from conductdesk.demo.sink import mail_sink
from conductdesk.demo.stories import Receipts
from conductdesk.refusal import Refused
from conductdesk.settings import load_settings

LOADING = "Making the demo: months of invented cases, by the same steps that people take."
STOPPED_LOADING = "Stopped. Nothing was left behind."
STOPPED = "Stopped. Nothing keeps running."


@click.group(invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """Start the demo: web, worker and mail, with invented cases in every state."""
    if context.invoked_subcommand is None:
        os.umask(0o077)  # the folder holds keys, be they a demo's
        with ended_by_signals():
            _run()


@main.command()
@click.argument("email", required=False)
def code(email: str | None) -> None:
    """Print the present one-time code of EMAIL, or of everybody."""
    person = person_of(email) if email else None
    if email and person is None:
        raise click.ClickException(f"Nobody in the demo has the address {email}.")
    for one in (person,) if person else WHO_SIGN_IN:
        click.echo(code_words(one, clock.now()))


def _run() -> None:
    try:
        place = place_of(os.environ)
        refuse_taken(place)
        if not is_loaded(place.folder):
            _load(place)
        _serve(place, kept_in(place.folder))
    except (Refused, OSError) as error:
        raise click.ClickException(str(error)) from error


def _load(place: Place) -> None:
    click.echo(LOADING)
    began = time.monotonic()
    try:
        with new_folder(place.folder) as folder:
            loaded = _fill(place, folder)
    except KeyboardInterrupt:
        raise click.ClickException(STOPPED_LOADING) from None
    click.echo(loaded_words(loaded, place.folder, time.monotonic() - began))


def _fill(place: Place, folder: Path) -> Loaded:
    receipts = Receipts()
    kept = new_secrets(receipts)
    mail_port = free_port()
    settings = load_settings(settings_for(place, folder, kept, mail_port))
    loaded = load(settings, receipts, progress=lambda month: click.echo(f"  {month}"))
    keep(folder, kept, place.url, mail_port)
    return loaded


def _serve(place: Place, kept: Kept) -> None:
    mail_port = free_port()
    keep(place.folder, kept, place.url, mail_port)  # the address and the sink are this run's
    environ = settings_for(place, place.folder, kept, mail_port)
    web = ("serve", "--host", HOST, "--port", str(place.port))
    try:
        with (
            mail_sink(place.folder / "mail", mail_port),
            running("worker", ("worker",), environ, place.folder) as worker,
            running("web server", web, environ, place.folder) as server,
        ):
            wait_for_answer(server, f"http://{HOST}:{place.port}/healthz")
            click.echo(welcome(place, kept, clock.now()))
            watch(worker, server)
    except KeyboardInterrupt:
        click.echo(STOPPED)


if __name__ == "__main__":
    main(prog_name="python -m conductdesk.demo")
