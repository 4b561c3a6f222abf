"""One frozen `Settings`, from the environment or a file in the data folder; no secret has a default."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

TRUE_WORDS = frozenset({"1", "yes", "true", "on"})
SETTINGS_FILE = "settings.env"
"""In the data folder: `NAME=value` lines that count where the environment says nothing."""

HOST_AND_PORT = re.compile(r"[^:\s]+:[0-9]{1,5}|\[[0-9a-fA-F:]+\]:[0-9]{1,5}")

WITNESS_KEY = re.compile(r"[^\s+]+\+[0-9a-f]{8}\+B[A-Za-z0-9+/]{43}")
"""A verifier key of type 0x04: 33 bytes in base64, whose first letter is then a B."""

ADDRESS = re.compile(r"[^@\s:]+@[^@\s:]+")

SECRET_LENGTH = 32
"""The fewest characters that a face's secret may have."""


class SettingsError(Exception):
    """The environment cannot be used; the message says what to set."""


@dataclass(frozen=True)
class Settings:
    """Everything that differs between two installations."""

    data: Path
    database_url: str
    keystore_url: str
    url: str
    """The outside address of the installation, without a final slash."""
    public_secret: str
    desk_secret: str
    service_name: str
    mail_server: str
    mail_port: int
    mail_sender: str
    mail_username: str | None
    mail_password: str | None
    mail_tls: bool
    proxies: int
    """How many proxies in front are trusted to set X-Forwarded headers."""
    demo: bool
    production: bool
    scanner: str | None = None
    """Where clamd answers: the path of its socket, or `host:port`; None scans nothing."""

    witnesses: tuple[tuple[str, str], ...] = ()
    """The address and the verifier key of each witness that is asked to cosign the logs."""
    checkpoint_mail: tuple[tuple[str, str], ...] = ()
    """Which log's checkpoints go to which address outside; an empty log means all of them."""

    @property
    def host(self) -> str:
        """The host part of `url`; it begins the origin of every log."""
        return urlsplit(self.url).netloc


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read `Settings` from *environ*, or raise `SettingsError` with the remedy.

    What *environ* does not name is looked for in `settings.env` in the data folder.
    """
    data = Path(_need(environ, "CONDUCTDESK_DATA", "the folder for databases and mail"))
    environ = {**_settings_in(data), **environ}
    settings = Settings(
        data=data,
        database_url=environ.get("DATABASE_URL") or f"sqlite:///{data / 'conductdesk.db'}",
        keystore_url=environ.get("KEYSTORE_URL") or f"sqlite:///{data / 'keystore.db'}",
        url=_need(environ, "CONDUCTDESK_URL", "the outside address, https://…").rstrip("/"),
        public_secret=_secret(environ, "CONDUCTDESK_PUBLIC_SECRET"),
        desk_secret=_secret(environ, "CONDUCTDESK_DESK_SECRET"),
        service_name=environ.get("CONDUCTDESK_NAME", "ConductDesk"),
        mail_server=environ.get("MAIL_SERVER", "127.0.0.1"),
        mail_port=_number(environ, "MAIL_PORT", 25),
        mail_sender=_need(environ, "MAIL_SENDER", "the address that mail comes from"),
        mail_username=environ.get("MAIL_USERNAME"),
        mail_password=environ.get("MAIL_PASSWORD"),
        mail_tls=_flag(environ, "MAIL_TLS", default=True),
        proxies=_number(environ, "CONDUCTDESK_PROXIES", 0),
        demo=_flag(environ, "CONDUCTDESK_DEMO", default=False),
        production=_flag(environ, "CONDUCTDESK_PRODUCTION", default=False),
        scanner=_scanner(environ),
        witnesses=_witnesses(environ),
        checkpoint_mail=_checkpoint_mail(environ),
    )
    _refuse_contradictions(settings)
    return settings


def _settings_in(data: Path) -> dict[str, str]:
    file = data / SETTINGS_FILE
    try:
        lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} cannot be read: {error}. Mend or remove it.") from error
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


def _refuse_contradictions(settings: Settings) -> None:
    if settings.demo and settings.production:
        raise SettingsError("CONDUCTDESK_DEMO and CONDUCTDESK_PRODUCTION are both set: unset one.")
    if settings.production and not settings.url.startswith("https://"):
        raise SettingsError("CONDUCTDESK_URL must begin with https:// in production.")
    if settings.production and any(url.startswith("http:") for url, _key in settings.witnesses):
        raise SettingsError("CONDUCTDESK_WITNESSES must begin with https:// in production.")
    if settings.public_secret == settings.desk_secret:
        raise SettingsError(
            "CONDUCTDESK_PUBLIC_SECRET and CONDUCTDESK_DESK_SECRET are the same: make two."
        )
    if settings.database_url == settings.keystore_url:
        raise SettingsError("KEYSTORE_URL must not be the same database as DATABASE_URL.")


def _need(environ: Mapping[str, str], name: str, what: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise SettingsError(f"Set {name} to {what}.")
    return value


def _secret(environ: Mapping[str, str], name: str) -> str:
    value = _need(environ, name, "a random text, such as the output of `openssl rand -hex 32`")
    if len(value) < SECRET_LENGTH:
        raise SettingsError(f"{name} is shorter than {SECRET_LENGTH} characters: make a new one.")
    return value


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    value = environ.get(name, "").strip() or str(default)
    if not value.isascii() or not value.isdigit():
        raise SettingsError(f"{name} must be a whole number, not “{value}”.")
    return int(value)


def _scanner(environ: Mapping[str, str]) -> str | None:
    value = environ.get("CLAMAV_SOCKET", "").strip()
    if value and not value.startswith("/") and not HOST_AND_PORT.fullmatch(value):
        raise SettingsError(
            "CLAMAV_SOCKET must be a path, such as /run/clamav/clamd.ctl, or host:port, such as "
            f"127.0.0.1:3310, not “{value}”."
        )
    return value or None


def _witnesses(environ: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    words = environ.get("CONDUCTDESK_WITNESSES", "").split()
    pairs = tuple(zip(words[::2], words[1::2], strict=False))
    urls = all(url.startswith(("https://", "http://")) for url, _key in pairs)
    if len(words) % 2 or not urls or not all(WITNESS_KEY.fullmatch(key) for _url, key in pairs):
        raise SettingsError(
            "CONDUCTDESK_WITNESSES must name each witness by its address and its key, such as "
            "“https://witness.example.net witness.example.net+7ab96d32+BH…”."
        )
    return tuple((url.rstrip("/"), key) for url, key in pairs)


def _checkpoint_mail(environ: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    pairs = []
    for word in environ.get("CONDUCTDESK_CHECKPOINT_MAIL", "").split():
        log, _, address = word.rpartition(":")
        if not ADDRESS.fullmatch(address):
            raise SettingsError(
                "CONDUCTDESK_CHECKPOINT_MAIL must name e-mail addresses, with a log before them "
                f"or without, such as “wcc:auditor@example.org”, not “{word}”."
            )
        pairs.append((log, address))
    return tuple(pairs)


def _flag(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = environ.get(name, "").strip().lower()
    return value in TRUE_WORDS if value else default
