"""`conductdesk audit export`: a bundle that anybody can check, and the program that checks it."""

from __future__ import annotations

from getpass import getpass
from os import environ
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from conductdesk.audit.bundle import Export, bundle_files, verifier
from conductdesk.audit.zipping import zipped
from conductdesk.cases.models import Case
from conductdesk.cli.opening import open_services
from conductdesk.people.actions.signing_in import Attempt, NotSignedIn, sign_in
from conductdesk.people.queries import viewer_of
from conductdesk.policy import SYSTEM, Viewer
from conductdesk.refusal import Refused
from conductdesk.review.actions.bundling import export_case, export_log
from conductdesk.review.purposes import OF_BUNDLES, Purpose
from conductdesk.review.queries.opening import Openings
from conductdesk.schema import is_current
from conductdesk.schemes.queries import pack_in_force
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Keyring
from conductdesk.web.state import Services

PASSWORD, TOTP = "CONDUCTDESK_PASSWORD", "CONDUCTDESK_TOTP"
NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("export")
@click.option("--scheme", required=True, help="The scheme’s key.")
@click.option("--case", "ref", help="One closed case, by its code name or its pseudonym.")
@click.option("--all", "everything", is_flag=True, help="All closed cases of the scheme.")
@click.option("--as", "email", help="The auditor for whom the details are opened.")
@click.option(
    "--purpose",
    type=click.Choice([*OF_BUNDLES]),
    default=Purpose.AUDIT,
    help="For the log’s entry.",
)
@click.option("--out", required=True, type=NEW_FILE, help="The zip file to write.")
def export(
    scheme: str, ref: str | None, everything: bool, email: str | None, purpose: str, out: Path
) -> None:
    """Write what can be checked without trusting us: entries, tiles, proofs and checkpoints.

    With --as, the password and the one-time code are asked for, or taken from CONDUCTDESK_PASSWORD
    and CONDUCTDESK_TOTP. Without it no details are opened.
    """
    if everything == (ref is not None):
        raise click.UsageError("Give --case REF or --all.")
    if out.exists():
        raise Refused(f"{out} is there already. Name a new file.")
    services = open_services()
    if not is_current(services.database.engine):
        raise Refused("The database has another schema than this program. Run: conductdesk upgrade")
    actor, keyring = _signed_in(services, email) if email else (SYSTEM, None)
    made = _export(services, scheme, ref, actor=actor, purpose=Purpose(purpose))
    _write(services, made, keyring, out)
    click.echo(f"Wrote {out}: the log of {scheme} at {made.head.size} entries.")
    if keyring is None:
        click.echo("No details are opened in it. To open them, name the auditor: --as EMAIL")


@click.command("verifier")
def print_verifier() -> None:
    """Print verify.py, which checks a bundle without ConductDesk."""
    click.echo(verifier(), nl=False)


def _signed_in(services: Services, email: str) -> tuple[Viewer, Keyring]:
    attempt = Attempt(
        email=email,
        password=environ.get(PASSWORD) or getpass(f"Password of {email}: "),
        code=environ.get(TOTP) or getpass("One-time code: "),
    )
    with services.database.writing() as db:
        found = sign_in(db, services.keystore, attempt)
        db.commit()  # also a failure counts
        if isinstance(found, NotSignedIn):
            raise Refused(found.sentence)
        return viewer_of(db, found.account), found.keyring


def _export(
    services: Services, scheme: str, ref: str | None, *, actor: Viewer, purpose: Purpose
) -> Export:
    with services.database.writing() as db:
        if pack_in_force(db, scheme) is None:
            raise Refused(f"There is no scheme “{scheme}”. See: conductdesk schemes list")
        if ref is None:
            made = export_log(db, services.keystore, scheme, actor=actor, purpose=purpose)
        else:
            case = _case(db, scheme, ref)
            keys = CaseKeys.load(db, services.keystore, case.id, None)
            made = export_case(db, case, keys, actor=actor, purpose=purpose)
        db.commit()
    return made


def _case(db: Session, scheme: str, ref: str) -> Case:
    case = db.scalars(select(Case).where(Case.scheme == scheme, _called(ref))).one_or_none()
    if case is None:
        raise Refused("There is no closed case of this name that you may export.")
    return case


def _called(ref: str) -> ColumnElement[bool]:
    tidy = " ".join(ref.split()).lower()
    names: list[ColumnElement[bool]] = [func.lower(Case.code_name) == tidy, Case.pseudonym == tidy]
    try:
        return or_(*names, Case.id == UUID(tidy))
    except ValueError:
        return or_(*names)


def _write(services: Services, made: Export, keyring: Keyring | None, out: Path) -> None:
    """Write the zip under another name first, so that half of one is never taken for a whole."""
    opener = Openings(services.keystore, keyring) if keyring else None
    half = out.with_name(f"{out.name}.part")
    half.touch(mode=0o600)
    with half.open("wb") as file:
        file.writelines(zipped(bundle_files(services.database, made, opener)))
    half.rename(out)
