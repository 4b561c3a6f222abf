"""What a request may reach for: the database session, the keystore and the settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session

from conductdesk.db import Database
from conductdesk.settings import Settings
from conductdesk.vault.keystore import Keystore

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Services:
    """What lives as long as the process."""

    settings: Settings
    database: Database
    keystore: Keystore


def install_state(app: Flask, services: Services) -> None:
    """Give *app* its *services*, and close the database session after each request."""
    app.extensions["services"] = services
    app.teardown_appcontext(_close)


def services() -> Services:
    """Return the services of this application."""
    return cast(Services, current_app.extensions["services"])


def settings() -> Settings:
    """Return the settings of this installation."""
    return services().settings


def keystore() -> Keystore:
    """Return the keystore."""
    return services().keystore


def db() -> Session:
    """Return this request's session: writing for a POST, reading for a GET.

    Nothing commits it but the view. What is not committed is rolled back when the request ends.
    """
    if "db" not in g:
        database = services().database
        g.db = database.reading() if request.method in SAFE_METHODS else database.writing()
        for prepare in current_app.extensions.get("session_prepared", ()):
            prepare(g.db)
    return cast(Session, g.db)


def looking() -> Session:
    """Return this request's session for what is looked up before `db()` is needed.

    It only reads, in a transaction of its own, so that a POST takes no write lock for it.
    """
    if "looking" not in g:
        g.looking = services().database.reading()
    return cast(Session, g.looking)


def release_db() -> None:
    """End this request's transactions: the write lock is free, and no old state is held."""
    for name in ("db", "looking"):
        if name in g:
            g.get(name).rollback()


def _close(_error: BaseException | None) -> None:
    for name in ("db", "looking"):
        opened: Session | None = g.pop(name, None)
        if opened is not None:
            opened.close()
