"""The demo's folder, its secrets, and the settings that its processes get."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from conductdesk.demo.stories import Receipts
from conductdesk.refusal import Refused
from conductdesk.settings import SETTINGS_FILE, TRUE_WORDS
from conductdesk.vault.receipts import Receipt

DEFAULT_FOLDER = "data/demo"
DEFAULT_PORT = "8000"
HOST = "127.0.0.1"
LARGEST_PORT = 65535
SENDER = "conduct@wcc.example"
SECRETS = SETTINGS_FILE


@dataclass(frozen=True)
class Place:
    """Where the demo lies, and where it answers."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        """The address; browsers keep our cookies without TLS for this name alone."""
        return f"http://localhost:{self.port}"


@dataclass(frozen=True)
class Kept:
    """What the folder keeps beside the databases: secrets of this demo, and two receipts."""

    public_secret: str = field(repr=False)
    desk_secret: str = field(repr=False)
    named: Receipt = field(repr=False)
    anonymous: Receipt = field(repr=False)


def place_of(environ: Mapping[str, str]) -> Place:
    """Read folder and port; refuse whatever would not be a demo."""
    if environ.get("CONDUCTDESK_PRODUCTION", "").strip().lower() in TRUE_WORDS:
        raise Refused(
            "CONDUCTDESK_PRODUCTION is set. The demo prints its passwords, so it never runs in "
            "production. Unset it, or read docs/set-up.md."
        )
    folder = Path(environ.get("CONDUCTDESK_DATA", "").strip() or DEFAULT_FOLDER)
    return Place(folder.absolute(), _port(environ.get("PORT", "").strip() or DEFAULT_PORT))


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= LARGEST_PORT):
        raise Refused(f"PORT must be a number from 1 to {LARGEST_PORT}, not “{text}”.")
    return int(text)


def refuse_taken(place: Place) -> None:
    """Refuse a port on which something answers already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, place.port))
        except OSError as error:
            raise Refused(
                f"Port {place.port} cannot be used ({error.strerror}). Stop what uses it, or "
                "choose another one: PORT=8010 make demo"
            ) from error


def free_port() -> int:
    """Return a port on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def is_loaded(folder: Path) -> bool:
    """Answer whether the folder holds a demo; refuse one that holds something else."""
    if (folder / SECRETS).is_file() and _read(folder).get("CONDUCTDESK_DEMO") in TRUE_WORDS:
        return True
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(
            f"{folder} holds something that is no demo, and is left as it is. Name another folder: "
            "CONDUCTDESK_DATA=some/folder make demo"
        )
    return False


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder that becomes *folder* at the end, or nothing at all on a failure."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        yield building
        building.rename(folder)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise


def new_secrets(receipts: Receipts) -> Kept:
    """Return fresh secrets for a demo with these receipts."""
    return Kept(secrets.token_hex(32), secrets.token_hex(32), receipts.named, receipts.anonymous)


def keep(folder: Path, kept: Kept, url: str, mail_port: int) -> None:
    """Write the settings of this run down, readable by nobody else, for commands beside it."""
    lines = (
        "# The settings of one demo. Nothing that is real may be kept in this folder.",
        f"CONDUCTDESK_URL={url}",
        "CONDUCTDESK_DEMO=yes",
        f"MAIL_SERVER={HOST}",
        f"MAIL_PORT={mail_port}",
        "MAIL_TLS=no",
        f"MAIL_SENDER={SENDER}",
        f"CONDUCTDESK_PUBLIC_SECRET={kept.public_secret}",
        f"CONDUCTDESK_DESK_SECRET={kept.desk_secret}",
        f"DEMO_RECEIPT_NAMED={kept.named.code}",
        f"DEMO_RECEIPT_ANONYMOUS={kept.anonymous.code}",
    )
    path = folder / f"{SECRETS}.new"
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    path.replace(folder / SECRETS)


def kept_in(folder: Path) -> Kept:
    """Read what `keep` wrote."""
    found = _read(folder)
    named, anonymous = (
        Receipt.parse(found.get(f"DEMO_RECEIPT_{name}", "")) for name in ("NAMED", "ANONYMOUS")
    )
    public, desk = (found.get(f"CONDUCTDESK_{face}_SECRET") for face in ("PUBLIC", "DESK"))
    if named is None or anonymous is None or not public or not desk:
        raise Refused(
            f"{folder / SECRETS} was changed, so this demo cannot be shown. Name another folder: "
            "CONDUCTDESK_DATA=some/folder make demo"
        )
    return Kept(public, desk, named, anonymous)


def _read(folder: Path) -> dict[str, str]:
    lines = (folder / SECRETS).read_text("utf-8").splitlines()
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


def settings_for(place: Place, folder: Path, kept: Kept, mail_port: int) -> dict[str, str]:
    """Return the environment of the demo's processes; whatever else is set stays as it is."""
    return {
        **os.environ,
        "CONDUCTDESK_DATA": str(folder),
        "DATABASE_URL": "",
        "KEYSTORE_URL": "",
        "CONDUCTDESK_URL": place.url,
        "CONDUCTDESK_PUBLIC_SECRET": kept.public_secret,
        "CONDUCTDESK_DESK_SECRET": kept.desk_secret,
        "CONDUCTDESK_DEMO": "yes",
        "CONDUCTDESK_PROXIES": "0",
        "MAIL_SERVER": HOST,
        "MAIL_PORT": str(mail_port),
        "MAIL_TLS": "no",
        "MAIL_SENDER": SENDER,
        "MAIL_USERNAME": "",
        "MAIL_PASSWORD": "",
    }
