"""`conductdesk recovery`: make the recovery key offline, and open what two of its parts open."""

from __future__ import annotations

import base64
import os
import sys
from pathlib import Path

import click

from conductdesk.refusal import Refused
from conductdesk.vault.recovery import RecoveryKey, combine, keygen, read_part
from conductdesk.vault.seal import fingerprint_of

PART_FILE = "recovery-part-{number}.txt"
PUBLIC_FILE = "recovery.pub"
OWNER_ONLY = 0o600

AFTERWARDS = """
What to do now:
  1. Give each part to another custodian, on paper or on a stick. No two to the same person.
  2. Delete every copy here. Do this on a computer that is not the server.
  3. On the server, run: conductdesk init --recovery-key {public_key}
Any two parts together open a case that nobody else can open. One part alone opens nothing.
"""

REPLACED = """
What comes in from now on is sealed to it. Each case, and each register, follows when one of
its holders signs in. Until then the old parts open it and the new ones do not: keep the old parts
until `conductdesk doctor` says that nothing waits. Then destroy them.
"""


CUSTODIANS = click.option(
    "--custodian",
    "custodians",
    multiple=True,
    required=True,
    help="The e-mail address of a custodian who brought a part; give it twice.",
)
PARTS = click.option(
    "--part",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file that holds a part; give it twice. Without it you are asked.",
)


@click.group("recovery")
def command() -> None:
    """Make the recovery key, or open a case or a register with two of its parts."""


@command.command("keygen")
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the parts into this folder. Without it they are printed.",
)
def make(folder: Path | None) -> None:
    """Make a recovery key in three parts, of which any two open it. Needs no server."""
    made = keygen()
    if folder is None:
        for part in made.parts:
            click.echo(part)
    else:
        _write(made, folder)
    public_key = base64.b64encode(made.public_key).decode()
    click.echo(f"Public key: {public_key}\nFingerprint: {fingerprint_of(made.public_key)}")
    click.echo(AFTERWARDS.format(public_key=public_key))


@command.command("open")
@click.argument("case_name", metavar="CASE")
@click.option("--officer", required=True, help="The e-mail address of the officer who takes over.")
@CUSTODIANS
@PARTS
def open_case(
    case_name: str, officer: str, custodians: tuple[str, ...], files: tuple[Path, ...]
) -> None:
    """Give the case with this code name to a clear officer, with two parts of the key."""
    # Imported late: the other command of this file runs where there is no database.
    from conductdesk.cases.actions.recovering import open_recovery  # noqa: PLC0415 - heavy, and seldom needed
    from conductdesk.cli.opening import open_services  # noqa: PLC0415 - heavy, and seldom needed

    services = open_services()
    first, second = _two_parts(files)
    private_key = combine(first, second)
    with services.database.writing() as db:
        opened = open_recovery(
            db,
            services.keystore,
            case_name=case_name,
            email=officer,
            private_key=private_key,
            parts=(read_part(first).number, read_part(second).number),
            custodians=custodians,
        )
        db.commit()
    click.echo(f"{opened.officer} is now {opened.capacity} of {opened.case_name}.")
    click.echo("They sign in, see the names of the parties, and attest before they read.")


@command.command("register")
@click.argument("scheme")
@click.option("--officer", required=True, help="The e-mail address of the officer who takes over.")
@CUSTODIANS
@PARTS
def open_register(
    scheme: str, officer: str, custodians: tuple[str, ...], files: tuple[Path, ...]
) -> None:
    """Give the register of this scheme to an officer who receives its concerns."""
    from conductdesk.cli.opening import open_services  # noqa: PLC0415 - heavy, and seldom needed
    from conductdesk.participants.actions.recovering import recover_register  # noqa: PLC0415 - as above

    services = open_services()
    first, second = _two_parts(files)
    private_key = combine(first, second)
    with services.database.writing() as db:
        name = recover_register(
            db,
            services.keystore,
            scheme=scheme,
            email=officer,
            private_key=private_key,
            parts=(read_part(first).number, read_part(second).number),
            custodians=custodians,
        )
        db.commit()
    click.echo(f"{name} can open the register of {scheme} now.")


@command.command("replace")
@click.argument("recovery_key", metavar="KEY")
def replace_key(recovery_key: str) -> None:
    """Put a new recovery key in force. KEY is its public key, or the file recovery.pub."""
    from conductdesk.cases.actions.renewing import replace_recovery_key  # noqa: PLC0415 - as above
    from conductdesk.cli.init import public_key_from  # noqa: PLC0415 - as above
    from conductdesk.cli.opening import open_services  # noqa: PLC0415 - as above

    services, public_key = open_services(), public_key_from(recovery_key)
    with services.database.writing() as db:
        replace_recovery_key(db, services.keystore, public_key)
        db.commit()
    click.echo(f"Recovery key: {fingerprint_of(public_key)}. Compare it with the new parts.")
    click.echo(REPLACED)


@command.command("waiting")
def list_waiting() -> None:
    """List the open cases that wait for a recovery, by their code names and nothing else."""
    from conductdesk.cases.queries import waiting_for_recovery  # noqa: PLC0415 - as above
    from conductdesk.cli.opening import open_services  # noqa: PLC0415 - heavy, and seldom needed

    with open_services().database.reading() as db:
        names = [case.code_name for case in waiting_for_recovery(db)]
    click.echo("\n".join(names) or "No case waits for a recovery.")


def _two_parts(files: tuple[Path, ...]) -> tuple[str, str]:
    if not files:
        return _typed(1), _typed(2)
    if len(files) != 2:
        raise click.UsageError("Give --part twice: one file for each of the two parts.")
    return files[0].read_text("utf-8"), files[1].read_text("utf-8")


def _typed(turn: int) -> str:
    click.echo(f"Paste part {turn} of 2, then an empty line:", err=True)
    lines: list[str] = []
    for line in sys.stdin:
        if not line.strip() and lines:
            break
        lines.append(line)
    return "".join(lines)


def _write(made: RecoveryKey, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    texts = {PART_FILE.format(number=turn): part for turn, part in enumerate(made.parts, 1)}
    texts[PUBLIC_FILE] = base64.b64encode(made.public_key).decode() + "\n"
    for name, text in texts.items():
        if (folder / name).exists():
            raise Refused(
                f"{folder / name} exists. A part is never overwritten: name a new folder."
            )
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        click.echo(f"Wrote {folder / name}")
