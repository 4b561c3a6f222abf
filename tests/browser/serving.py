"""Both faces on a port of this machine, in the test's own process, with a clock that can be moved."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyotp
from werkzeug.serving import WSGIRequestHandler, make_server

from conductdesk import clock
from conductdesk.web.mount import mount
from tests.cast import Cast
from tests.conftest import Faces

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

NEXT_CODE = timedelta(seconds=31)
"""A one-time code lasts 30 seconds and works once, so the clock goes on instead of the tests."""


class Silent(WSGIRequestHandler):
    """Keeps connections open, as a real server does, and writes no line for a request."""

    protocol_version = "HTTP/1.1"

    def log(self, *_words: Any) -> None:
        """Say nothing."""


@dataclass
class House:
    """A running installation: where it is, what time it is there, and who works in it."""

    address: str
    cast: Cast
    emails: Mapping[str, str]
    """Read once: whoever asks a row of the cast holds the database until the next commit."""
    ahead: timedelta = field(default=timedelta(seconds=1))

    @property
    def now(self) -> datetime:
        """The time inside the server."""
        return clock.now() + self.ahead

    @property
    def desk(self) -> str:
        """The address of the desk."""
        return f"{self.address}/desk"

    def later(self, span: timedelta) -> None:
        """Let time pass inside the server."""
        self.ahead += span

    def next_code(self, who: str) -> str:
        """Return a code of *who* that was never used: the clock goes on to the next."""
        self.later(NEXT_CODE)
        return pyotp.TOTP(self.cast[who].totp_secret).at(self.now)

    @contextmanager
    def settled(self) -> Iterator[Cast]:
        """Let the cast act at the server's time, and give the database free afterwards."""
        with clock.at(self.now):
            yield self.cast
        self.cast.db.commit()


@contextmanager
def serving(faces: Faces, cast: Cast) -> Iterator[House]:
    """Serve both faces as `wsgi.py` mounts them, until the block ends."""
    both = mount(faces.public, faces.desk)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with clock.at(house.now):
            return both(environ, start_response)

    emails = {who: member.account.email for who, member in cast.members.items()}
    cast.db.commit()
    with listening(application) as address:
        house = House(address, cast, emails)
        yield house


@contextmanager
def listening(application: WSGIApplication) -> Iterator[str]:
    """Let *application* answer on a free port of this machine, and return its address."""
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, name="server")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def weather(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer in the place of the site to which leaving leads: no test goes outside."""
    start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", "11")])
    return [b"The weather"]
