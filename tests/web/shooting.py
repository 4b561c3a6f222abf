"""Shots at every form and every address of a face, and what broke of it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.web.desk_visitor import SITE, AtTheDesk
from tests.web.robot import FormSeen, forms_on, links_on
from tests.web.shots import NOBODY, Shot
from tests.web.visitor import Visitor

Browser = AtTheDesk | Visitor

FAULT = 500
LAST = ("recusal", "conflicts", "sign-out", "reset", "/end", "password", "saved", "leave", "exit")
"""What ends a session or a part in a case is tried after everything else."""


def fault(sent: TestResponse, what: object) -> str | None:
    """Return what broke, or None; 503 is no answer to bad input either."""
    return f"{sent.status_code} for {what}" if sent.status_code >= FAULT else None


def shoot(browser: Browser, path: str, shot: Shot) -> TestResponse:
    """Send *shot*, without waiting for a session of the test's own."""
    if isinstance(browser, AtTheDesk):
        browser.get("/help")  # ends what the test has open, and keeps the token fresh
    return browser.client.post(
        path,
        data=shot.body,
        content_type=shot.content_type,
        headers=shot.headers,
        base_url=SITE,
    )


def crawled(browser: Browser, starts: list[str]) -> dict[str, FormSeen]:
    """Follow every link from *starts*, and return one form for each endpoint that takes it."""
    app, queue, seen = browser.client.application, list(starts), set(starts)
    found: dict[str, FormSeen] = {}
    while queue:
        page = browser.get(queue.pop(0))
        assert page.status_code < FAULT, page.request.path
        if page.mimetype != "text/html":
            continue
        for form in forms_on(page.text):
            form.action = form.action or page.request.path
            if form.method.lower() == "post":
                found.setdefault(endpoint_of(app, form.action), form)
        for link in links_on(page.text):
            place = urlsplit(link).path
            if link.startswith("/") and place not in seen and not place.endswith(LAST):
                seen.add(place)
                queue.append(place)
    return found


def endpoint_of(app: Flask, path: str) -> str:
    """Return the endpoint that a POST to *path* reaches."""
    return str(app.url_map.bind("localhost").match(urlsplit(path).path, "POST")[0])


def in_order(forms: dict[str, FormSeen]) -> list[FormSeen]:
    """Return *forms* with those that end something last."""
    return sorted(forms.values(), key=ends_something)


def ends_something(form: FormSeen) -> bool:
    """Answer whether sending *form* ends a session, or somebody's part in a case."""
    return any(word in form.action for word in LAST)


def addresses(app: Flask, **known: object) -> Iterator[tuple[Rule, str]]:
    """Yield every rule of *app* with an address: *known* values, and otherwise invented ones."""
    bound = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        given = {name: known.get(name, _invented(name)) for name in rule.arguments}
        yield rule, bound.build(rule.endpoint, given, method=min(rule.methods or {"GET"}))


def _invented(name: str) -> object:
    if name.endswith("_id"):
        return NOBODY
    known = {"scheme": "wcc", "number": 3, "token": "x" * 43, "how": "csv"}
    return known.get(name, "investigator")
