"""The installation that the environment names."""

from __future__ import annotations

import os

from conductdesk import services_for
from conductdesk.settings import load_settings
from conductdesk.web.state import Services


def open_services() -> Services:
    """Return the database, the keystore and the settings; raises `SettingsError`."""
    return services_for(load_settings(os.environ))


def activation_link(services: Services, token: str) -> str:
    """Return the address that activates an account."""
    return f"{services.settings.url}/desk/activate/{token}"
