"""Going through everything that somebody can reach by links, and sending each form empty once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urldefrag

from tests.browser.pages import Officer

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
CHANGING = tuple(
    f"/cases/…{page}"
    for page in ("/inquiry", "/decision", "/report", "/outcomes", "/closing", "/steps", "/people")
)
"""Pages of a case that look different in each state; so does its first page, where a way begins."""
NOT_PAGES = re.compile(r"/(copy|original|file|exit|checkpoints/\w+|files/.*|authenticator\.svg)$")
SHAPE = """() => [...new Set([...document.querySelectorAll("main *")].map(
  (one) => [one.parentElement.tagName, one.tagName, one.className, one.getAttribute("role")].join()))]
  .join(" ")"""
"""Which kinds of elements a page is built of, in the order in which they come."""
LINKS = "(all) => all.map((one) => one.href)"
CLEAR = """(form) => form.querySelectorAll("textarea, input[type=text], input[type=password]").forEach(
  (box) => { box.value = ""; })"""
WITH_TEXT = "main form[method=post]:has(textarea, input[type=text], input[type=password])"


@dataclass
class Crawl:
    """One way through the pages of somebody, under one address."""

    officer: Officer
    under: str
    state: str
    shapes: set[str]
    """Pages as they were built when they were looked at; what is built alike is not new."""
    visited: set[tuple[str, str]]
    """Pages that are the same in each state, with who saw them."""
    sent: set[str]
    """Pages whose forms were sent empty."""
    troubles: list[str] = field(default_factory=list)

    def go(self, start: str) -> None:
        """Look at every page that links lead to from *start*."""
        waiting, known = [start], {self._page(start)}
        while waiting:
            address = waiting.pop()
            self.officer.page.goto(address)
            found = [one for one in self._links() if self._page(one) not in known]
            for one in found:
                if self._page(one) not in known and self._may_differ(self._page(one)):
                    known.add(self._page(one))
                    waiting.append(one)
            self.visited.add((self.officer.who, self._page(address)))
            self._look(self._page(address))
            self._send_empty(self._page(address))

    def _links(self) -> Iterator[str]:
        for link in self.officer.page.locator("a[href]").evaluate_all(LINKS):
            address = urldefrag(link).url
            if address.startswith(self.under) and not NOT_PAGES.search(address):
                yield address

    def _may_differ(self, name: str) -> bool:
        return name.startswith(CHANGING) or (self.officer.who, name) not in self.visited

    def _page(self, address: str) -> str:
        path = address.removeprefix(self.officer.house.desk).partition("?")[0]
        return ID.sub("…", path)

    def _look(self, name: str, more: str = "") -> None:
        shape = name + self.officer.page.evaluate(SHAPE)
        if shape in self.shapes:
            return
        self.shapes.add(shape)
        try:
            state = f"{self.officer.who}, {self.state}: {name}{more}"
            self.officer.looker.look(self.officer.page, state)
        except AssertionError as error:
            self.troubles.append(str(error))

    def _send_empty(self, name: str) -> None:
        page = self.officer.page
        forms = page.locator(WITH_TEXT)
        if name in self.sent or not forms.count():
            return
        self.sent.add(name)
        form = forms.first
        form.evaluate("(form) => form.closest('details')?.setAttribute('open', '')")
        form.evaluate(CLEAR)
        with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
            form.locator("button.govuk-button:not([name])").last.click()
        page.wait_for_load_state()
        if sent.value.status == 422:
            page.locator(".govuk-error-summary").wait_for()
            self._look(name, ", sent empty")
