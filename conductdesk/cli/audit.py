"""`conductdesk audit`: verify the logs, sign their heads, go on after a restore."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from sqlalchemy.orm import Session

from conductdesk.audit.checkpoints import (
    new_origin,
    sign_checkpoint,
    signing_problem,
    verifier_key,
)
from conductdesk.audit.note import (
    PROOF_HEADER,
    NoteError,
    VerifierKey,
    parse_checkpoint,
    parse_proof,
)
from conductdesk.audit.queries import log_ids
from conductdesk.audit.verify import Status, Verdict, verify_log
from conductdesk.cli import exporting
from conductdesk.cli.opening import open_services
from conductdesk.refusal import Refused
from conductdesk.schema import is_current
from conductdesk.web.state import Services

SCHEME = click.option("--scheme", help="One log: a scheme’s key, or `installation`.")
A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
A_FOLDER = click.Path(file_okay=False, path_type=Path)
A_NOTE = re.compile(r"\S.*?(?:\n(?:— [^\n]*\n)+|\Z)", re.DOTALL)
"""One note, to the last line of its signatures."""


@click.group("audit")
def command() -> None:
    """Verify the audit logs, and sign them."""


command.add_command(exporting.export)
command.add_command(exporting.print_verifier)


@command.command("verify")
@SCHEME
@click.option(
    "--checkpoint",
    "files",
    multiple=True,
    type=A_FILE,
    help="A checkpoint or proof that was kept outside; may be given several times.",
)
@click.pass_context
def verify(ctx: click.Context, scheme: str | None, files: tuple[Path, ...]) -> None:
    """Check each log against itself, its rows and files, and what was kept outside.

    Prints VERIFIED, VERIFIED-UNANCHORED where nothing from outside was given, or FAILED with the
    first entry, tile, row or file that is wrong; exits with 0, 0 or 1.
    """
    services = open_services()
    if not is_current(services.database.engine):
        raise Refused("The database has another schema than this program. Run: conductdesk upgrade")
    keys = _verifier_keys(services, scheme)
    anchors = _anchors(files, keys)
    verdicts = {log_id: _verified(services, log_id, keys, anchors[log_id]) for log_id in keys}
    for log_id, verdict in verdicts.items():
        click.echo(_line(log_id, verdict))
    if any(verdict.status is Status.FAILED for verdict in verdicts.values()):
        ctx.exit(1)


@command.command("checkpoint")
@SCHEME
@click.option("--folder", type=A_FOLDER, help="Write one file for each log, instead of printing.")
def checkpoint(scheme: str | None, folder: Path | None) -> None:
    """Sign the present heads and print them: keep them where nobody here can change them."""
    services = open_services()
    for log_id in _chosen(services, scheme):
        with services.database.writing() as db:
            signed = sign_checkpoint(db, services.keystore, log_id, "asked")
            note, size = signed.note, signed.size
            db.commit()
        if folder is None:
            click.echo(note, nl=False)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{log_id}-{size}.checkpoint").write_text(note, "utf-8")
            click.echo(f"Wrote {folder / f'{log_id}-{size}.checkpoint'}")


@command.command("keys")
@SCHEME
def keys(scheme: str | None) -> None:
    """Print the verifier key of each log: for an auditor, and for `conductdesk witness trust`."""
    for key in _verifier_keys(open_services(), scheme).values():
        click.echo(key)


@command.command("new-origin")
@SCHEME
@click.option(
    "--restored",
    is_flag=True,
    help="Also where nothing in the log shows it: the database came back by pg_restore.",
)
def succeed(scheme: str | None, restored: bool) -> None:
    """Go on after a restore: pin what was signed last, under a new origin of the log."""
    services = open_services()
    chosen = _chosen(services, scheme)
    stopped = chosen if restored else [name for name in chosen if _problem(services, name)]
    if not stopped:
        raise Refused(
            "Every log can be signed as it is. Nothing was changed. If the database came out of a "
            "backup all the same, say so: conductdesk audit new-origin --restored"
        )
    for log_id in stopped:
        with services.database.writing() as db:
            note = new_origin(db, services.keystore, log_id).note
            key = verifier_key(db, services.keystore, log_id)
            db.commit()
        click.echo(f"{log_id} goes on under a new origin. Keep this outside:\n\n{note}")
        click.echo(f"Whoever runs a witness must trust its new name:\n\n{key}\n")


def _chosen(services: Services, scheme: str | None) -> list[str]:
    with services.database.reading() as db:
        names = log_ids(db)
    if scheme is None:
        return names
    if scheme not in names:
        raise Refused(f"There is no log “{scheme}”. There are: {', '.join(names)}.")
    return [scheme]


def _problem(services: Services, log_id: str) -> str | None:
    with services.database.reading() as db:
        return signing_problem(db, services.keystore, log_id)


def _verifier_keys(services: Services, scheme: str | None) -> dict[str, str]:
    names = _chosen(services, scheme)
    with services.database.reading() as db:
        return {name: verifier_key(db, services.keystore, name) for name in names}


def _verified(
    services: Services, log_id: str, keys: dict[str, str], outside: Sequence[str]
) -> Verdict:
    db: Session
    with services.database.reading() as db:
        return verify_log(db, log_id, keys[log_id], outside=outside)


def _anchors(files: Sequence[Path], keys: dict[str, str]) -> dict[str, list[str]]:
    """Give each note to the log that it is a checkpoint of, whatever its origin's last number."""
    found: dict[str, list[str]] = {log_id: [] for log_id in keys}
    lines = {_line_of(VerifierKey.parse(key).name): log_id for log_id, key in keys.items()}
    for file, text in _notes(files):
        log_id = lines.get(_line_of(_origin(file, text)))
        if log_id is None:
            raise Refused(f"{file} is a checkpoint of another log than: {', '.join(keys)}.")
        found[log_id].append(text)
    return found


def _notes(files: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Yield each note of each file: `audit checkpoint` prints those of all logs together."""
    for file in files:
        text = file.read_text("utf-8").rstrip() + "\n"  # copying by hand adds empty lines
        yield from ((file, note) for note in A_NOTE.findall(text) or [text])


def _origin(file: Path, text: str) -> str:
    try:
        note = parse_proof(text).checkpoint if text.startswith(PROOF_HEADER) else text
        return parse_checkpoint(note).origin
    except NoteError as error:
        raise Refused(f"{file} is neither a checkpoint nor a proof: {error}") from error


def _line_of(origin: str) -> str:
    return origin.rpartition("/")[0]


def _line(log_id: str, verdict: Verdict) -> str:
    if verdict.status is Status.FAILED:
        return f"{log_id}: FAILED: {verdict.problem}"
    entries = "1 entry" if verdict.size == 1 else f"{verdict.size} entries"
    return f"{log_id}: {verdict.status} ({entries}, root {verdict.root.hex()})"
