"""A browser that reads forms as they stand on a page, and fills them in well or badly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser

from conductdesk.cases.days import today

SKIPPED = frozenset({"submit", "button", "image", "reset"})
PARTS_OF_A_DAY = 3
"""Three boxes of one name are a day, a month and a year."""

Pairs = list[tuple[str, str]]
Words = Callable[[str], str]


@dataclass
class FieldSeen:
    """One field of a form, with everything that can be chosen in it."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    numeric: bool = False
    boxes: int = 1


@dataclass
class FormSeen:
    """One form, as a browser sees it."""

    action: str
    method: str
    takes_files: bool
    fields: dict[str, FieldSeen] = field(default_factory=dict)
    buttons: Pairs = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """Return the names of the fields, without the token's."""
        return [name for name in self.fields if name != "csrf_token"]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FormSeen] = []
        self.links: list[str] = []
        self._form: FormSeen | None = None
        self._select: FieldSeen | None = None
        self._box: FieldSeen | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "form":
            files = given.get("enctype") == "multipart/form-data"
            self._form = FormSeen(given.get("action", ""), given.get("method", "get"), files)
            self.forms.append(self._form)
        elif self._form is not None:
            self._add(self._form, tag, given)

    def _add(self, form: FormSeen, tag: str, given: Mapping[str, str]) -> None:
        name = given.get("name", "")
        if tag == "option" and self._select is not None:
            self._select.values.append(given.get("value", ""))
        elif not name:
            return
        elif tag == "input" and given.get("type", "text") not in SKIPPED:
            self._add_input(form, given)
        elif tag == "button":
            form.buttons.append((name, given.get("value", "")))
        elif tag == "select":
            self._select = form.fields[name] = FieldSeen(name, "select")
        elif tag == "textarea":
            self._box = form.fields[name] = FieldSeen(name, "textarea")

    def handle_data(self, data: str) -> None:
        if self._box is not None:
            self._box.values.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._box = None

    @staticmethod
    def _add_input(form: FormSeen, given: Mapping[str, str]) -> None:
        name, kind = given["name"], given.get("type", "text")
        known = form.fields.get(name)
        if known is None:
            numeric = given.get("inputmode") == "numeric"
            form.fields[name] = FieldSeen(name, kind, [given.get("value", "")], numeric)
        else:
            known.values.append(given.get("value", ""))
            known.boxes += 1


def forms_on(html: str) -> list[FormSeen]:
    """Return every form of a page."""
    return _read(html).forms


def links_on(html: str) -> list[str]:
    """Return every address that a page links to."""
    return _read(html).links


def well_filled(
    form: FormSeen, words: Words, chosen: Mapping[str, str] | None = None, on: date | None = None
) -> Pairs:
    """Fill *form* in as a person would: *words* for each text, *chosen* where it matters."""
    return list(_well_filled(form, words, chosen or {}, on or today()))


def _well_filled(
    form: FormSeen, words: Words, chosen: Mapping[str, str], on: date
) -> Iterator[tuple[str, str]]:
    for name, seen in form.fields.items():
        if name in chosen:
            yield name, chosen[name]
        elif seen.kind == "hidden":
            yield name, seen.values[-1]
        elif seen.kind in ("radio", "select"):
            yield name, next((value for value in seen.values if value), "")
        elif seen.kind == "checkbox":
            yield from ((name, value) for value in seen.values)
        elif seen.kind in ("text", "number") and seen.boxes == PARTS_OF_A_DAY:
            yield from ((name, str(part)) for part in (on.day, on.month, on.year))
        elif seen.kind != "file":
            yield name, "6" if seen.numeric else words(name)


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    return reader
