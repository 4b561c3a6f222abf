"""A browser without scripts, as small as one can be: cookies, forms, and a connection that stays."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
TIMEOUT = 30
LONGEST_MS = 8_000
"""How long one page is measured at most; a slow one is asked for less often."""
FEWEST = 5


class UnexpectedAnswerError(Exception):
    """The server answered something else than what a measurement stands on."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    location: str
    body: bytes


@dataclass
class Browser:
    """One visitor of the server on *port*."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    _connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> Answer:
        """Open a page, and remember the token of its form."""
        answer = self._ask("GET", path, None)
        found = TOKEN.search(answer.body.decode("utf-8", "replace"))
        self.token = found[1] if found else self.token
        return answer

    def post(self, path: str, values: Mapping[str, str] | None = None) -> Answer:
        """Send a form of the page that was opened last."""
        form = {"csrf_token": self.token, **(values or {})}
        return self._ask("POST", path, urlencode(form).encode())

    def expect(self, answer: Answer, status: int) -> Answer:
        """Return the answer, or say what came instead."""
        if answer.status != status:
            words = re.sub(rb"<[^>]+>", b" ", answer.body).decode("utf-8", "replace")
            raise UnexpectedAnswerError(f"{answer.status}: {' '.join(words.split())[:400]}")
        return answer

    def hang_up(self) -> None:
        """Close the connection: the server keeps none open for long."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, method: str, path: str, body: bytes | None) -> Answer:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Sec-Fetch-Site"] = "same-origin"
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        content = response.read()
        self._keep_cookies(response)
        return Answer(response.status, response.getheader("Location", ""), content)

    def _keep_cookies(self, response: http.client.HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie") or ():
            name, _equals, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]


def p50_of(browser: Browser, path: str, times: int) -> tuple[float, Answer]:
    """Return the median time of a page in milliseconds, of *times* at most, and the last answer."""
    browser.hang_up()
    answer = browser.expect(browser.get(path), 200)
    taken: list[float] = []
    while len(taken) < FEWEST or (len(taken) < times and sum(taken) < LONGEST_MS):
        began = time.perf_counter()
        answer = browser.get(path)
        taken.append((time.perf_counter() - began) * 1000)
    browser.expect(answer, 200)
    browser.hang_up()
    return median(taken), answer
