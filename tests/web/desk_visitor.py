"""Somebody at the desk, signed in through the real page: a browser without scripts."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pyotp
from flask import Flask
from werkzeug.test import TestResponse

from conductdesk import clock
from tests.cast import PASSWORD, Cast

SITE = "https://localhost"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
NEXT_CODE = timedelta(seconds=30)


class AtTheDesk:
    """One browser, and who signed in with it."""

    def __init__(self, app: Flask, cast: Cast, who: str) -> None:
        self.client = app.test_client()
        self.token = ""
        self._cast, self._who = cast, who
        self._last_code = clock.now()
        self.sign_in()

    def sign_in(self) -> None:
        """Sign in, with the code after the one used last."""
        self._last_code += NEXT_CODE
        member = self._cast[self._who]
        typed = {
            "email": member.account.email,
            "password": PASSWORD,
            "code": pyotp.TOTP(member.totp_secret).at(self._last_code),
        }
        self._cast.db.commit()  # a test session that may write keeps every request waiting
        with clock.at(self._last_code):
            sent = self.client.post("/sign-in", data=typed, base_url=SITE)
        assert sent.status_code == 303, words_of(sent)

    def get(self, path: str) -> TestResponse:
        """Open a page, and remember its token."""
        self._cast.db.commit()
        return self._seen(self.client.get(path, base_url=SITE))

    def post(self, path: str, values: dict[str, Any] | None = None) -> TestResponse:
        """Send a form of the page that was opened last."""
        self._cast.db.commit()
        data = {"csrf_token": self.token, **(values or {})}
        return self._seen(self.client.post(path, data=data, base_url=SITE))

    def _seen(self, response: TestResponse) -> TestResponse:
        found = TOKEN.search(response.text) if response.mimetype == "text/html" else None
        self.token = found[1] if found else self.token
        return response


def words_of(response: TestResponse) -> str:
    """Return the words of a page, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())
