"""`conductdesk witness`: on somebody else's machine, cosign what extends all that was seen."""

from __future__ import annotations

from pathlib import Path

import click

from conductdesk.audit.note import NoteError
from conductdesk.cli.telling import tell_on_stderr
from conductdesk.refusal import Refused
from conductdesk.witness.actions import Witness, known_logs, trust
from conductdesk.witness.models import Folder, KnownLog
from conductdesk.witness.views import application

FOLDER = click.option(
    "--folder",
    required=True,
    envvar="CONDUCTDESK_WITNESS_FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the witness keeps its key, what it has seen, and the evidence.",
)
TIMEOUT = 30
"""Seconds after which a request that is still being read or answered is cut off."""


@click.group("witness")
def command() -> None:
    """Watch the logs of a ConductDesk from another machine. Needs no settings of that one."""


@command.command("keygen")
@FOLDER
@click.argument("name")
def keygen(folder: Path, name: str) -> None:
    """Make the witness's key. NAME is the host that it will be reached at, without https://."""
    try:
        key = Folder(folder).make_key(name)
    except NoteError as error:
        raise Refused(f"“{name}” cannot be the name of a witness: {error}.") from error
    click.echo(f"The witness is in {folder}. Give this key to the administrator of the log:\n")
    click.echo(key.public)


@command.command("trust")
@FOLDER
@click.argument("verifier_key")
def trust_log(folder: Path, verifier_key: str) -> None:
    """Cosign the log with this verifier key; `conductdesk audit keys` prints it over there."""
    opened = _opened(folder)
    try:
        with opened.database.writing() as db:
            key = trust(db, verifier_key)
            db.commit()
    except NoteError as error:
        raise Refused(f"That key is not taken: {error}.") from error
    click.echo(f"{key.name} is cosigned from now on.")


@command.command("show")
@FOLDER
def show(folder: Path) -> None:
    """Say what was cosigned last, and what was refused."""
    opened = _opened(folder)
    click.echo(opened.key().public)
    with opened.database.reading() as db:
        for known in known_logs(db):
            click.echo(f"{known.origin}: {_last(known)}")
    for file in sorted(opened.evidence.glob("*.txt")):
        click.echo(f"CONTRADICTS WHAT WAS COSIGNED: {file}")
    for file in sorted(opened.doubtful.glob("*.txt")):
        click.echo(f"Doubtful, its proof shows nothing: {file}")
    click.echo(_refused(opened))


@command.command("checkpoints")
@FOLDER
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write one file for each log.",
)
def checkpoints(folder: Path, out: Path) -> None:
    """Write the last cosigned head of each log: an auditor checks what they export with it."""
    opened = _opened(folder)
    out.mkdir(parents=True, exist_ok=True)
    with opened.database.reading() as db:
        for known in known_logs(db):
            if known.note is not None:
                file = out / f"{known.origin.replace('/', '-')}-{known.size}.checkpoint"
                file.write_text(known.note, "utf-8")
                click.echo(f"Wrote {file}")


@command.command("serve")
@FOLDER
@click.option(
    "--contact",
    required=True,
    envvar="CONDUCTDESK_WITNESS_CONTACT",
    help="Whom to call when a head is refused; it stands in the log and in the answer.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8001, show_default=True, type=click.IntRange(1, 65535))
def serve(folder: Path, contact: str, host: str, port: int) -> None:
    """Answer the logs that are trusted here. A proxy with TLS stands in front."""
    from conductdesk.cli.serve import Server  # noqa: PLC0415 - heavy, and needed here alone

    tell_on_stderr()
    opened = _opened(folder)
    click.echo(f"The witness {opened.key().name} answers on http://{host}:{port}.")
    # Each process opens the folder anew, and a request that takes too long ends its process.
    options = {"bind": f"{host}:{port}", "workers": 2, "worker_class": "sync", "timeout": TIMEOUT}
    Server(options, lambda: application(Witness(Folder(folder), contact))).run()


def _opened(folder: Path) -> Folder:
    opened = Folder(folder)
    opened.key()
    return opened


def _refused(opened: Folder) -> str:
    certain, doubtful = (
        sum(1 for _file in folder.glob("*.txt")) for folder in (opened.evidence, opened.doubtful)
    )
    return f"{certain} heads contradict what was cosigned; {doubtful} are doubtful."


def _last(known: KnownLog) -> str:
    if known.size is None or known.cosigned_at is None:
        return "nothing was cosigned yet"
    return f"{known.size} entries, cosigned on {known.cosigned_at:%d %B %Y at %H:%M} UTC"
