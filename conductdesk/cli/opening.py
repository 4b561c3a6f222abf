"""The installation that the environment names."""

from __future__ import annotations

import os

from sqlalchemy import create_engine, inspect, make_url

from conductdesk import services_for
from conductdesk.cli.sqlite_files import file_of
from conductdesk.refusal import Refused
from conductdesk.settings import Settings, load_settings
from conductdesk.web.state import Services

NOT_THERE = (
    "There is no {what} at {place}. If this is a new installation, run: conductdesk init. "
    "If it is not, the disk may not be mounted; mount it, or restore a backup."
)

TABLES = {"database": "log_head", "keystore": "secret"}
"""A table that each has from its beginning."""


def open_services() -> Services:
    """Return the database, the keystore and the settings; raises `SettingsError` or `Refused`."""
    services = named_services()
    refuse_where_missing(services.settings)
    return services


def named_services() -> Services:
    """Return what the settings name, which need not be there yet; raises `SettingsError`."""
    return services_for(load_settings(os.environ))


def refuse_where_missing(settings: Settings) -> None:
    """Raise `Refused` where database or keystore is not there, and make nothing: a disk may be."""
    for what, place in missing(settings).items():
        raise Refused(NOT_THERE.format(what=what, place=place))


def missing(settings: Settings) -> dict[str, str]:
    """Return which of the two is not there, each with its place."""
    urls = {"database": settings.database_url, "keystore": settings.keystore_url}
    return {what: _place(url) for what, url in urls.items() if not _is_there(url, TABLES[what])}


def _place(url: str) -> str:
    file = file_of(url)
    return str(file) if file else make_url(url).render_as_string(hide_password=True)


def _is_there(url: str, table: str) -> bool:
    """Look for a table of ours; whoever opens a file of SQLite that is not there makes one."""
    file = file_of(url)
    if file is not None and not (file.is_file() and file.stat().st_size):
        return False
    engine = create_engine(url)  # of its own: none must be open when `serve` makes its processes
    try:
        return inspect(engine).has_table(table)
    finally:
        engine.dispose()


def activation_link(services: Services, token: str) -> str:
    """Return the address that activates an account."""
    return f"{services.settings.url}/desk/activate/{token}"
