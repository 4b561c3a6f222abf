"""Looking at a page as it stands, at both widths: axe, and what axe does not see.

Each state is remembered by its name and width, so that a run can list what it looked at.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser.watching import DESK, OFFER_AXE, PHONE

LOAD_AXE = "() => { window.axe || window.offeredAxe(); }"

RUN_AXE = """() => axe.run({resultTypes: ["violations"]}).then((found) => found.violations.map(
  (one) => one.id + ": " + one.help + "\\n    " + one.nodes.map((node) => node.html).join("\\n    ")))
"""
HAS_SCRIPTS = "() => document.body.classList.contains('js-enabled')"
WITHOUT_SCRIPTS = (
    "() => document.documentElement.outerHTML.replace(/<script[\\s\\S]*?<\\/script>/g, '')"
)
FACTS = """() => {
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  const first = document.querySelector("a[href], button:not([hidden]), input:not([type=hidden])");
  return {
    twice: ids.filter((id, place) => ids.indexOf(id) !== place),
    headings: document.querySelectorAll("h1").length,
    title: document.title,
    lang: document.documentElement.lang,
    first: first ? first.getAttribute("href") : "",
    live: document.querySelectorAll("#status[role=status], #alert[role=alert]").length,
    wide: document.documentElement.scrollWidth - window.innerWidth,
  };
}"""


@dataclass
class Looker:
    """Looks at pages, and remembers what was seen."""

    browser: Browser
    seen: dict[str, set[int]] = field(default_factory=dict)

    def look(self, page: Page, state: str, widths: tuple[int, ...] = (PHONE, DESK)) -> None:
        """Fail if anything is wrong with the page as it stands, at each of *widths*."""
        before = page.viewport_size
        page.wait_for_selector("main", state="attached")  # a page that is on its way has no body
        page.wait_for_load_state()
        shown = page if page.evaluate(HAS_SCRIPTS) else self._still(page)
        shown.evaluate(LOAD_AXE)
        for width in widths:
            self._look(page, shown, state, width)
        if before:
            page.set_viewport_size(before)

    def _look(self, page: Page, shown: Page, state: str, width: int) -> None:
        for one in {page, shown}:
            one.set_viewport_size({"width": width, "height": 900})
        wrong = problems_of(page.evaluate(FACTS)) + violations_on(shown)
        assert not wrong, "\n".join([f"{state} at {width}, {page.url}:", *wrong])
        self.seen.setdefault(state, set()).add(width)

    def _still(self, page: Page) -> Page:
        """Show what a browser without scripts shows, in one that has them.

        axe waits for timers, and a context without JavaScript has none.
        """
        html, still = page.evaluate(WITHOUT_SCRIPTS), self.still
        still.route(page.url, lambda route: route.fulfill(body=html, content_type="text/html"))
        still.goto(page.url)
        still.unroute(page.url)
        return still

    @cached_property
    def still(self) -> Page:
        """The tab for pages of browsers without scripts."""
        page = self.browser.new_page()
        page.add_init_script(OFFER_AXE)
        return page


def problems_of(facts: dict[str, Any]) -> list[str]:
    """Return what is wrong with a page, in words (AX-04, AX-08, AX-12, AH-01)."""
    checks = {
        f"ids used twice: {facts['twice']}": bool(facts["twice"]),
        f"{facts['headings']} headings of the first level": facts["headings"] != 1,
        "no title": not facts["title"].strip(),
        f"the language is {facts['lang']!r} (AX-12)": facts["lang"] != "en-GB",
        "the skip link does not come first (AX-08)": facts["first"] != "#main-content",
        "the live regions are not both there (AH-01)": facts["live"] != 2,
        f"scrolls sideways by {facts['wide']} pixels (AX-04)": facts["wide"] > 0,
    }
    return [words for words, wrong in checks.items() if wrong]


def violations_on(page: Page) -> list[str]:
    """Return every violation that axe finds with all the rules that it runs by itself."""
    found: list[str] = page.evaluate(RUN_AXE)
    return found


def write_list(seen: dict[str, set[int]], path: Path) -> None:
    """Write which page states were looked at, and at which widths."""
    path.parent.mkdir(parents=True, exist_ok=True)
    listed = {state: sorted(widths) for state, widths in sorted(seen.items())}
    path.write_text(json.dumps(listed, indent=1) + "\n", "utf-8")
