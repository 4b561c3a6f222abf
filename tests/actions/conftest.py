"""A stopped clock, an empty register, a mail server, and somebody who gets mail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from conductdesk.db import Database
from conductdesk.settings import Settings
from tests.actions.closing_steps import stop_clock_after
from tests.actions.mail_steps import ADDRESS, Loopback, Sink, add_account, settings_for
from tests.actions.people_steps import Hands
from tests.actions.register_steps import Kept, begun
from tests.cast import Cast


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> Hands:
    """The hands of a clock that stopped a moment after the cast took office."""
    return stop_clock_after(cast, monkeypatch)


@pytest.fixture
def kept(cast: Cast) -> Kept:
    """A register of participants in which nobody is yet."""
    return begun(cast)


@pytest.fixture
def sink() -> Sink:
    """A mail server that keeps what it gets."""
    return Sink()


@pytest.fixture
def mail_settings(sink: Sink, tmp_path: Path) -> Iterator[Settings]:
    """Settings that send to `sink`."""
    server = Loopback(sink)
    server.start()
    yield settings_for(server.port, tmp_path)
    server.stop()


@pytest.fixture
def ada(database: Database) -> UUID:
    """Somebody with an account."""
    return add_account(database, ADDRESS)
