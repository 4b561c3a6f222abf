"""A real SMTP server on this machine alone: what it is handed lands in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from conductdesk import clock
from conductdesk.demo.environment import HOST


class Folder:
    """Takes every mail, and writes it down as it came."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.taken = 0

    async def handle_DATA(  # noqa: N802 - the server calls it by this name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Write one mail; the name says when it came and for whom, so that a folder can be read."""
        self.taken += 1
        to = "".join(sign if sign.isalnum() or sign in "@.-" else "_" for sign in _first(envelope))
        name = f"{clock.now():%Y%m%d-%H%M%S}-{self.taken:04}-{to[:100]}.eml"
        content = envelope.original_content or b""
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_bytes(content)
        return "250 Taken"


def _first(envelope: Envelope) -> str:
    return str(envelope.rcpt_tos[0]) if envelope.rcpt_tos else "nobody"


@contextmanager
def mail_sink(folder: Path, port: int) -> Iterator[None]:
    """Take mail on *port* of this machine while the block runs."""
    folder.mkdir(mode=0o700, exist_ok=True)
    server = Controller(Folder(folder), hostname=HOST, port=port, server_hostname="localhost")
    server.start()
    try:
        yield
    finally:
        server.stop()
