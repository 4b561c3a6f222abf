"""Somebody on the public face: a browser without scripts, and what it reads on a page."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from conductdesk.vault.receipts import Receipt

SITE = "https://localhost"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
CODE = re.compile(r'<p class="cd-receipt__code">(.*?)</p>', re.DOTALL)

CONCERN: tuple[dict[str, Any], ...] = (
    {"kind": "concern"},
    {"danger": "no"},
    {"at_risk": "no"},
    {"account": "He passed on what I had said in private."},
    {"happened": "Since the summer"},
    {
        "rows": "1",
        "name_0": "Barnaby Thistlewood",
        "part_0": "respondent",
        "holds_0": "none",
        "act": "continue",
    },
    {"mode": "confidential"},
    {"name": "Marigold Ashdown", "contact": "01632 960001", "safe_times": "After 6pm"},
    {"sharing": "You may ask him about it."},
    {"wish": "Another mentor"},
    {"outside": "no"},
)
"""One answer for each question of the full path."""


class Visitor:
    """One browser."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.token = ""

    def get(self, path: str) -> TestResponse:
        """Open a page, and remember its token."""
        return self._seen(self.client.get(path, base_url=SITE))

    def post(self, path: str, values: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form of the page that was opened last."""
        data = {"csrf_token": self.token, **(values or {})}
        return self._seen(self.client.post(path, data=data, base_url=SITE, **more))

    def cookie(self) -> str | None:
        """Return the token of the session, if there is one."""
        found = self.client.get_cookie("__Host-cd_public", domain="localhost")
        return found.value if found else None

    def begin(self) -> None:
        """Start a concern."""
        self.post("/wcc/start")
        self.get("/wcc/question/1")

    def answer(self, *answers: dict[str, Any]) -> str:
        """Begin, give these answers in turn, and return where that leads."""
        self.begin()
        place = "/wcc/question/1"
        for values in answers:
            sent = self.post(place, values)
            assert sent.status_code == 303, words_of(sent)
            place = sent.headers["Location"].partition("#")[0]
        return place

    def send(self, *answers: dict[str, Any]) -> Receipt:
        """Send a concern with these answers, and return the receipt that the page shows."""
        assert self.answer(*(answers or CONCERN)) == "/wcc/check"
        self.get("/wcc/check")
        assert self.post("/wcc/concern").headers["Location"] == "/wcc/receipt"
        return self.receipt()

    def receipt(self) -> Receipt:
        """Return the receipt that the receipt page shows."""
        return receipt_in(self.get("/wcc/receipt").text)

    def _seen(self, response: TestResponse) -> TestResponse:
        found = TOKEN.search(response.text) if response.mimetype == "text/html" else None
        self.token = found[1] if found else self.token
        return response


def receipt_in(page: str) -> Receipt:
    """Return the receipt that *page* shows."""
    shown = CODE.search(page)
    assert shown is not None
    receipt = Receipt.parse(unescape(re.sub(r"<[^>]+>", "", shown[1])))
    assert receipt is not None
    return receipt


def words_of(response: TestResponse) -> str:
    """Return the words of a page, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())
