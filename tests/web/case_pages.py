"""What the tests of a case's pages share: a form's version, a day's boxes, who is signed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from werkzeug.test import TestResponse

from conductdesk.cases.models import Case
from tests.cast import Cast
from tests.web.desk_visitor import AtTheDesk

VERSION = re.compile(r'name="version"[^>]*value="(\d+)"')

SignIn = Callable[[str], AtTheDesk]


def send(officer: AtTheDesk, path: str, values: dict[str, Any] | None = None) -> TestResponse:
    """Open the page at *path*, fill its form in with *values*, and send it."""
    return fill_in(officer, path, path, values)


def fill_in(
    officer: AtTheDesk, page: str, path: str, values: dict[str, Any] | None = None
) -> TestResponse:
    """Open *page*, and send the form on it that goes to *path*."""
    shown = officer.get(page)
    assert shown.status_code == 200, shown.status_code
    found = VERSION.search(shown.text)
    version = {"version": found[1]} if found else {}
    return officer.post(path, {**version, **(values or {})})


def at(case_id: UUID, page: str) -> str:
    """Return the address of a page of a case."""
    return f"/cases/{case_id}/{page}"


def fields_of(response: TestResponse) -> dict[str, str]:
    """Return what stands in the text areas of a page, by their names."""
    found = re.findall(
        r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', response.text, re.DOTALL
    )
    return {name: text.strip() for name, text in found}


def boxes(name: str, day: date) -> dict[str, list[str]]:
    """Return a day as the three boxes of its question."""
    return {name: [str(day.day), str(day.month), str(day.year)]}


def fresh(cast: Cast, case: Case) -> Case:
    """Return the case as it stands now."""
    cast.db.expire_all()
    return cast.db.get_one(Case, case.id)
