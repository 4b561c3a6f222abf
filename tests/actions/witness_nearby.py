"""A witness that answers on loopback, as it would on another machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server

from sqlalchemy.orm import Session

from conductdesk.audit.checkpoints import verifier_key
from conductdesk.vault.keystore import Keystore
from conductdesk.witness.actions import Witness, trust
from conductdesk.witness.models import Folder
from conductdesk.witness.views import application

CONTACT = "Robin Example, +44 20 7946 0000"


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Nearby:
    """A witness, and where it answers."""

    def __init__(self, folder: Path, name: str) -> None:
        self.witness = Witness(Folder(folder), CONTACT)
        self.key = self.witness.folder.make_key(name).public
        self.server = make_server("127.0.0.1", 0, application(self.witness), handler_class=_Quiet)

    @property
    def settings(self) -> tuple[tuple[str, str], ...]:
        """What the settings of an installation say of it."""
        return ((f"http://127.0.0.1:{self.server.server_port}", str(self.key)),)

    def trust(self, db: Session, keystore: Keystore, *log_ids: str) -> None:
        """Let it cosign logs."""
        with self.witness.folder.database.writing() as seen:
            for log_id in log_ids:
                trust(seen, verifier_key(db, keystore, log_id))
            seen.commit()

    def evidence(self) -> list[str]:
        """What it refused."""
        return [file.read_text() for file in self.witness.folder.evidence.glob("*.txt")]


@contextmanager
def nearby(folder: Path, name: str = "witness.example.net") -> Iterator[Nearby]:
    """Run a witness until the test is over."""
    found = Nearby(folder, name)
    thread = Thread(target=found.server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield found
    finally:
        found.server.shutdown()
        thread.join()
        found.server.server_close()
        found.witness.folder.close()
