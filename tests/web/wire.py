"""A browser on a real connection, and the server process that it talks to."""

from __future__ import annotations

import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from conductdesk.settings import Settings
from tests.web.robot import FormSeen, Pairs, forms_on

ROOT = Path(__file__).parents[2]
PATIENCE = 40
"""Seconds within which the server must answer."""
PIECE = 256 * 1024


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    place: str
    """Where it leads, without what follows a `#`."""
    text: str


@dataclass
class Wire:
    """One browser: it keeps cookies, and says who it is as no browser of ours does."""

    port: int
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Reply:
        """Open a page."""
        return self.ask("GET", path)

    def ask(
        self, method: str, path: str, body: Iterable[bytes] = (), kind: str = "", length: int = 0
    ) -> Reply:
        """Send a request; its body goes out piece by piece."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.putrequest(method, path)
            for name, value in {**self.headers, "Cookie": self._cookie_line()}.items():
                connection.putheader(name, value)
            if kind:
                connection.putheader("Content-Type", kind)
                connection.putheader("Content-Length", str(length))
            connection.endheaders()
            for piece in body:
                connection.send(piece)
            return self._read(connection.getresponse())
        finally:
            connection.close()

    def send(self, path: str, pairs: Pairs) -> Reply:
        """Send a form of texts."""
        body = urlencode(pairs).encode()
        return self.ask("POST", path, [body], "application/x-www-form-urlencoded", len(body))

    def upload(self, path: str, pairs: Pairs, box: str, name: str, content: bytes) -> Reply:
        """Send a form with a file in its last field."""
        edge = secrets.token_hex(16)
        head = "".join(_part(edge, f'name="{key}"', value + "\r\n") for key, value in pairs)
        about = f'name="{box}"; filename="{name}"\r\nContent-Type: text/plain'
        whole = [(head + _part(edge, about, "")).encode(), *_pieces(content)]
        whole.append(f"\r\n--{edge}--\r\n".encode())
        length = sum(map(len, whole))
        return self.ask("POST", path, whole, f"multipart/form-data; boundary={edge}", length)

    def form(self, page: str, ending: str) -> FormSeen:
        """Return the form of *page* that goes to an address with this *ending*."""
        shown = self.get(page)
        assert shown.status == 200, (page, shown.status, shown.place)
        for form in forms_on(shown.text):
            form.action = form.action or page
            if form.action.endswith(ending) and form.method.lower() == "post":
                return form
        raise AssertionError(f"no form on {page} goes to …{ending}")

    def _cookie_line(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _read(self, answer: http.client.HTTPResponse) -> Reply:
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _equals, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        place = (answer.headers["Location"] or "").partition("#")[0]
        return Reply(answer.status, place, answer.read().decode("utf-8", "replace"))


def _part(edge: str, about: str, text: str) -> str:
    return f"--{edge}\r\nContent-Disposition: form-data; {about}\r\n\r\n{text}"


def _pieces(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), PIECE):
        yield content[start : start + PIECE]


@dataclass(frozen=True)
class Served:
    """A server process of its own."""

    process: subprocess.Popen[bytes]
    port: int


@contextmanager
def served(settings: Settings, log: Path, temporary: Path) -> Iterator[Served]:
    """Serve both faces from a process of their own, which writes to *log* and *temporary*."""
    port = _free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "TMPDIR": str(temporary),
        "CONDUCTDESK_DATA": str(settings.data),
        "CONDUCTDESK_URL": settings.url,
        "CONDUCTDESK_PUBLIC_SECRET": settings.public_secret,
        "CONDUCTDESK_DESK_SECRET": settings.desk_secret,
        "MAIL_SENDER": settings.mail_sender,
        "DATABASE_URL": settings.database_url,
        "KEYSTORE_URL": settings.keystore_url,
    }
    command = [sys.executable, "-m", "conductdesk", "serve", "--workers", "1", "--port", str(port)]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
        try:
            _wait(process, port, log)
            yield Served(process, port)
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if Wire(port).get("/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{log.read_text('utf-8')}")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
