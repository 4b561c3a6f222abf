"""ConductDesk: takes a concern in confidence, and sees the inquiry through, on the record."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from conductdesk.settings import Settings
    from conductdesk.web.state import Services


def create_app(face: str, settings: Settings | None = None) -> Flask:
    """Return the application of one face, `public` or `desk`, ready to serve.

    Raises `SettingsError` where the environment lacks something, and refuses to start with an
    endpoint that does not say who it is for.
    """
    # The imports stand here so that `import conductdesk.policy` does not load Flask.
    from conductdesk import faces  # noqa: PLC0415 - keeps the pure modules free of Flask
    from conductdesk.settings import load_settings  # noqa: PLC0415 - as above
    from conductdesk.web.face import Face  # noqa: PLC0415 - as above

    return faces.FACES[Face(face)](services_for(settings or load_settings(os.environ)))


@lru_cache(maxsize=4)
def services_for(settings: Settings) -> Services:
    """Return the database and the keystore of an installation; both faces share them."""
    from conductdesk.db import Database  # noqa: PLC0415 - as in create_app
    from conductdesk.schema import import_all_models  # noqa: PLC0415 - as in create_app
    from conductdesk.vault.keystore import Keystore  # noqa: PLC0415 - as in create_app
    from conductdesk.web.state import Services  # noqa: PLC0415 - as in create_app

    import_all_models()
    database, keystore = Database(settings.database_url), Keystore(settings.keystore_url)
    return Services(settings=settings, database=database, keystore=keystore)
