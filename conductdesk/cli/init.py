"""`conductdesk init`: begin an installation."""

from __future__ import annotations

import base64
from pathlib import Path

import click

from conductdesk.cli.opening import activation_link, open_services
from conductdesk.notices.actions import queue_mail_for
from conductdesk.people.actions.founding import found
from conductdesk.people.rules import NewPerson
from conductdesk.schema import migrate
from conductdesk.vault.seal import fingerprint_of, wrap
from conductdesk.web.state import Services

KEY_LENGTH = 32

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
    services = open_services()
    public_key = public_key_from(recovery_key)
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


def _make_folder(services: Services) -> None:
    for url in (services.settings.database_url, services.settings.keystore_url):
        if url.startswith("sqlite:///"):
            folder = Path(url.removeprefix("sqlite:///")).parent
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
