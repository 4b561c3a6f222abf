"""`conductdesk init`: begin an installation."""

from __future__ import annotations

import base64
from pathlib import Path

import click

from conductdesk.audit.queries import log_ids
from conductdesk.cli.opening import activation_link, missing, named_services
from conductdesk.notices.actions import queue_mail_for
from conductdesk.people.actions.founding import found
from conductdesk.people.rules import NewPerson
from conductdesk.refusal import Refused
from conductdesk.schema import migrate
from conductdesk.vault.seal import fingerprint_of, wrap
from conductdesk.web.state import Services

KEY_LENGTH = 32
HALF = (
    "There is no {what} at {place}, but the other half of an installation is where the settings "
    "name it. The disk may not be mounted; mount it, or restore a backup. To begin anew all the "
    "same, move that other half away first."
)

NEXT = """
Next:
  conductdesk schemes load FILE   put a scheme in force
  conductdesk worker              sends e-mail; keep it running
  conductdesk serve               answers the web; put a TLS proxy in front
  conductdesk doctor              says what is missing
"""


@click.command("init")
@click.option(
    "--recovery-key",
    required=True,
    help="The public key that `recovery keygen` shows, or the file recovery.pub that it wrote.",
)
@click.option("--email", prompt="E-mail address of the first administrator")
@click.option("--name", prompt="Their name")
@click.option("--mail", is_flag=True, help="Mail the activation link instead of printing it.")
def command(recovery_key: str, email: str, name: str, mail: bool) -> None:
    """Begin an installation: database, keystore, recovery key, first administrator."""
    services = named_services()
    public_key = public_key_from(recovery_key)
    _refuse_half(services)
    _make_folder(services)
    migrate(services.database.engine)
    services.keystore.create()
    with services.database.writing() as db:
        first = found(
            db,
            services.keystore,
            host=services.settings.host,
            recovery_public_key=public_key,
            administrator=NewPerson(email, name, administrator=True),
            queue_mail=queue_mail_for(services.keystore) if mail else None,
        )
        db.commit()
    click.echo(
        f"Recovery key: {fingerprint_of(public_key)}. Compare it with the custodians’ parts."
    )
    if mail:
        click.echo("The activation link goes out as soon as the worker runs.")
    else:
        click.echo("Open this once, within 72 hours, to set up the first administrator:")
        click.echo(activation_link(services, first.token))
    click.echo(NEXT)


def public_key_from(given: str) -> bytes:
    """Return the public key that *given* is, or that the file holds whose name it is."""
    text = Path(given).read_text("utf-8") if given.endswith(".pub") else given
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:  # binascii.Error is one; a letter outside ASCII raises the plain one
        key = b""
    if len(key) != KEY_LENGTH or not _can_seal(key):
        raise click.UsageError(
            "That is not a public key. Copy what follows “Public key:” in the output "
            "of `conductdesk recovery keygen`."
        )
    return key


def _can_seal(key: bytes) -> bool:
    """Try the key once: to a few points of the curve, zero among them, nothing can be sealed."""
    try:
        wrap(key, b"conductdesk init", b"")
    except ValueError:
        return False
    return True


def _refuse_half(services: Services) -> None:
    """Begin nothing beside the half of an installation: one without the other opens no case."""
    lacking = missing(services.settings)
    if len(lacking) == 1 and ("keystore" not in lacking or _is_begun(services)):
        [(what, place)] = lacking.items()
        raise Refused(HALF.format(what=what, place=place))


def _is_begun(services: Services) -> bool:
    with services.database.reading() as db:
        return bool(log_ids(db))


def _make_folder(services: Services) -> None:
    for url in (services.settings.database_url, services.settings.keystore_url):
        if url.startswith("sqlite:///"):
            folder = Path(url.removeprefix("sqlite:///")).parent
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
