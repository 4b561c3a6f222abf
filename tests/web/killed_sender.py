"""A server process that is killed in the moment in which it sends a concern.

Usage, with the settings in the environment: python -m tests.web.killed_sender before|after COOKIE TOKEN
"""

from __future__ import annotations

import os
import signal
import sys

from sqlalchemy import event
from sqlalchemy.orm import Session

from conductdesk.db import Database
from conductdesk.faces import public_face
from conductdesk.settings import load_settings
from conductdesk.vault.keystore import Keystore
from conductdesk.web.state import Services
from tests.web.visitor import Visitor


def main(when: str, cookie: str, token: str) -> None:
    """Send the draft that *cookie* opens, and die around the commit."""
    settings = load_settings(os.environ)
    database, keystore = Database(settings.database_url), Keystore(settings.keystore_url)
    services = Services(settings, database, keystore)
    visitor = Visitor(public_face(services))
    visitor.client.set_cookie("__Host-cd_public", cookie, domain="localhost", secure=True)
    visitor.token = token

    def die(session: Session) -> None:
        if session.get_bind().engine.url == database.engine.url:  # not the keystore's
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Session, f"{when}_commit", die)
    visitor.post("/wcc/concern")


if __name__ == "__main__":
    main(*sys.argv[1:])
