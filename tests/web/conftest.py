"""The small face, on a fresh database."""

from __future__ import annotations

from pathlib import Path

import pytest

from conductdesk.db import Database
from conductdesk.settings import Settings, load_settings
from conductdesk.vault.keystore import Keystore
from conductdesk.web.state import Services


@pytest.fixture
def web_settings(tmp_path: Path) -> Settings:
    """Settings of an installation that is not in production."""
    return load_settings(
        {
            "CONDUCTDESK_DATA": str(tmp_path),
            "CONDUCTDESK_URL": "https://localhost",
            "CONDUCTDESK_PUBLIC_SECRET": "p" * 40,
            "CONDUCTDESK_DESK_SECRET": "d" * 40,
            "MAIL_SENDER": "desk@example.org",
        }
    )


@pytest.fixture
def web_services(web_settings: Settings, database: Database, keystore: Keystore) -> Services:
    """What a face stands on."""
    return Services(web_settings, database, keystore)
