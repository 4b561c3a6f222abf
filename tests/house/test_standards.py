"""Every standard that code, tests or documents cite is in docs/standards.md, and no other is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.house.sources import ROOT

STANDARDS = ROOT / "docs/standards.md"
CITED_IN = ("conductdesk", "tests", "docs", "templates")
ENDINGS = frozenset({".py", ".html", ".md"})
CITED = re.compile(r"\b([A-Z]{2})-(\d{2})\b(?: to \1-(\d{2})\b)?")
"""Such as `WB-26`, or a row of them: `EM-03 to EM-05`."""
ROW = re.compile(r"^\| ([A-Z]{2}-\d{2}) \|", re.MULTILINE)


def cited_in(text: str) -> Iterator[str]:
    """Yield the id of each standard that *text* cites."""
    for kind, first, last in CITED.findall(text):
        for number in range(int(first), int(last or first) + 1):
            yield f"{kind}-{number:02}"


def test_a_row_of_ids_cites_each_between_its_ends() -> None:
    assert list(cited_in("EM-03 to EM-05, SG-01")) == ["EM-03", "EM-04", "EM-05", "SG-01"]


def test_what_is_cited_is_what_the_list_of_standards_explains() -> None:
    sources = (path for folder in CITED_IN for path in (ROOT / folder).rglob("*"))
    texts = (
        path.read_text("utf-8")
        for path in sources
        if path.suffix in ENDINGS and path not in {STANDARDS, ROOT / __file__}
    )
    cited = {one for text in texts for one in cited_in(text)}
    assert cited == set(ROW.findall(STANDARDS.read_text("utf-8")))
