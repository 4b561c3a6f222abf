"""A reporter who fills in the public form, question by question, as its pages ask."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from conductdesk.schemes.pack import Pack
from conductdesk.vault.receipts import Receipt
from tests.web.visitor import Visitor, receipt_in

USUAL: Mapping[str, str] = {
    "danger": "no",
    "at_risk": "no",
    "account": "Something that this test invents.",
    "happened": "",
    "mode": "confidential",
    "name": "Marigold Ashdown",
    "contact": "01632 960001",
    "safe_times": "After 6pm",
    "sharing": "",
    "wish": "",
    "outside": "no",
    "organisation": "",
    "match": "no",
}
"""What is answered where a test says nothing else."""

ABOUT = re.compile(r'name="(about)" type="hidden" value="([^"]+)"')
"""Which name a question is about whether it means an officer."""

Person = tuple[str, str, str]
"""A name, a part, and the post that they hold: a key, or `none`."""


@dataclass(frozen=True)
class Told:
    """What the reporter has in the end, and what they saw on the way."""

    receipt: Receipt
    asked: tuple[str, ...]
    """The headings of the questions, in their order."""
    check: str
    """The page on which the answers were checked, with who will read them."""
    after_danger: str = ""
    """The page that came after “in danger now”, if it did."""


def tell(
    visitor: Visitor,
    pack: Pack,
    kind: str,
    *,
    people: Sequence[Person] = (),
    own: Mapping[str, str] | None = None,
    **said: str,
) -> Told:
    """Answer every question that comes, send, and return the receipt."""
    visitor.get(f"/{pack.key}/start")
    place = visitor.post(f"/{pack.key}/start").headers["Location"]
    return go_on(visitor, pack, place, kind, people=people, own=own, **said)


def go_on(
    visitor: Visitor,
    pack: Pack,
    place: str,
    kind: str,
    *,
    people: Sequence[Person] = (),
    own: Mapping[str, str] | None = None,
    **said: str,
) -> Told:
    """Answer what is still asked from *place* on, send, and return the receipt."""
    asked, after_danger = [], ""
    while (page := visitor.get(place)).status_code == 303 or place != f"/{pack.key}/check":
        if page.status_code == 303:
            place = page.headers["Location"]
            continue
        assert page.status_code == 200, (place, page.status_code)
        if place.endswith("/help-now"):
            after_danger = page.text
            place = _onward(page.text)
            continue
        asked.append(_heading(page.text))
        values = _answers(page.text, pack, kind, people, own or {}, said)
        sent = visitor.post(place, values)
        assert sent.status_code == 303, (place, values, _heading(sent.text))
        place = sent.headers["Location"].partition("#")[0]
    sent = visitor.post(f"/{pack.key}/concern")
    assert sent.headers["Location"] == f"/{pack.key}/receipt"
    receipt = receipt_in(visitor.get(f"/{pack.key}/receipt").text)
    return Told(receipt, tuple(asked), page.text, after_danger)


def _answers(
    page: str,
    pack: Pack,
    kind: str,
    people: Sequence[Person],
    own: Mapping[str, str],
    said: Mapping[str, str],
) -> dict[str, Any]:
    if 'name="own"' in page:
        return {"own": own.get(_own_key(page, pack), "")}
    if 'name="kind"' in page:
        return {"kind": kind}
    if 'name="rows"' in page:
        return _people(people)
    given = {**USUAL, **said, **dict(ABOUT.findall(page))}
    return {name: value for name, value in given.items() if f'name="{name}"' in page}


def _own_key(page: str, pack: Pack) -> str:
    text = unescape(page)
    return next(question.key for question in pack.questions if question.text in text)


def _people(people: Sequence[Person]) -> dict[str, str]:
    values = {"rows": str(max(len(people), 1)), "act": "continue"}
    for row, (name, part, holds) in enumerate(people or [("", "", "none")]):
        values |= {f"name_{row}": name, f"part_{row}": part, f"holds_{row}": holds}
    return values


def _heading(page: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    words = re.sub(r"<[^>]+>", " ", unescape(found[1])) if found else ""
    return " ".join(words.split())


def _onward(page: str) -> str:
    found = re.search(r'href="([^"]+)"[^>]*class="govuk-button"', page)
    found = found or re.search(r'class="govuk-button"[^>]*href="([^"]+)"', page)
    assert found is not None
    return unescape(found[1])
