"""Several things of one kind on one page, added and removed by buttons, without a script."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from conductdesk.web.form import PageForm

ADD = "add"
REMOVE = re.compile(r"remove_([0-9]{1,2})", re.ASCII)
ROW_FIELD = re.compile(r"([a-z]+)_([0-9]{1,2})", re.ASCII)


class RowsForm(PageForm):
    """A form that ends in rows; a field of row 2 is called `kind_2`."""

    rows = 0
    least = 0
    most = 1
    begins_with: Sequence[str] = ()
    """The fields of which one is filled in where a row was begun."""
    wanted: Mapping[str, str] = {}
    """What is said where a field of a row that was begun is empty; `{}` is the row's number."""

    def is_blank(self, row: int) -> bool:
        """Answer whether nothing was written in a row of the page."""
        return not any(self[f"{name}_{row}"].data for name in self.begins_with)

    def check_row(self, row: int) -> bool:
        """Ask for what a row that was begun lacks."""
        asked = self.wanted.items()
        there = [self.need(f"{name}_{row}", words.format(row + 1)) for name, words in asked]
        return all(there)

    def filled(self) -> Iterator[int]:
        """Yield the rows in which something was written, and the first ones that must be."""
        for row in range(self.rows):
            if row < self.least or not self.is_blank(row):
                yield row

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Check the form, and each row that is not blank."""
        sound = bool(super().validate(extra_validators))
        return all([sound, *(self.check_row(row) for row in self.filled())])

    def need(self, name: str, sentence: str) -> bool:
        """Answer whether a field was filled in well; what is empty gets *sentence*."""
        field = self[name]
        if not field.errors and not (str(field.data or "").strip()):
            field.errors = [sentence]
        return not field.errors


def how_many_rows(typed: str | None, least: int, most: int) -> int:
    """Return the number of rows that a posted page says it had, within bounds."""
    text = typed or ""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len("10") else 1
    return max(least, min(number, most))


def changes_rows(posted: Mapping[str, str]) -> bool:
    """Answer whether the button that was pressed adds or removes a row."""
    act = posted.get("act", "")
    return act == ADD or REMOVE.fullmatch(act) is not None


def with_rows_changed(posted: MultiDict[str, str], least: int, most: int) -> MultiDict[str, str]:
    """Return the page's answers with a row added at the end, or taken out of their middle."""
    rows = how_many_rows(posted.get("rows"), least, most)
    removed = REMOVE.fullmatch(posted.get("act", ""))
    if removed is None:
        changed = MultiDict(posted)
        changed["rows"] = str(min(rows + 1, most))
        return changed
    changed = MultiDict(_without(posted, int(removed[1])))
    changed["rows"] = str(max(rows - 1, least))
    return changed


def _without(posted: MultiDict[str, str], row: int) -> Iterator[tuple[str, str]]:
    for name, value in posted.items(multi=True):
        found = ROW_FIELD.fullmatch(name)
        if found is None or int(found[2]) < row:
            yield name, value
        elif int(found[2]) > row:
            yield f"{found[1]}_{int(found[2]) - 1}", value
