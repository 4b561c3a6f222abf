"""A real Chromium, a running installation, and somebody who looks at every page."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from conductdesk.intake.views import visiting
from tests.browser.looking import Looker, write_list
from tests.browser.serving import House, listening, serving, weather
from tests.browser.watching import DESK, Watched, watch
from tests.cast import Cast
from tests.conftest import Faces

PLACES = ("chromium-headless-shell", "chromium", "chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NO_CHROMIUM = (
    "The browser tests need Chromium. Install it with: "
    "apt-get install --no-install-recommends chromium-headless-shell fonts-liberation"
)
LIST = Path(__file__).parents[2] / "build" / "page-states.json"
"""Where a run leaves the list of page states that it looked at."""

Visit = Callable[..., Watched]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; without it the tests fail, because nothing else shows what these show."""
    found = next((path for path in map(shutil.which, PLACES) if path), None)
    if found is None:
        pytest.fail(NO_CHROMIUM, pytrace=False)
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def looker(chromium: Browser) -> Iterator[Looker]:
    """Whoever looks at the pages of this run."""
    looker = Looker(chromium)
    yield looker
    write_list(looker.seen, LIST)


@pytest.fixture
def house(faces: Faces, cast: Cast) -> Iterator[House]:
    """A running installation with the cast."""
    with serving(faces, cast) as house:
        yield house


@pytest.fixture
def harmless(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The place to which leaving leads, on this machine instead of outside."""
    with listening(weather) as address:
        monkeypatch.setattr(visiting, "HARMLESS_PLACE", address)
        yield address


@pytest.fixture
def visit(chromium: Browser, house: House, harmless: str) -> Iterator[Visit]:
    """Open browsers for people; at the end nothing may have gone wrong in any (HD-01, HD-13)."""
    opened: list[Watched] = []

    def open_one(*, scripts: bool = True, width: int = DESK) -> Watched:
        opened.append(watch(chromium, house.address, harmless, scripts, width))
        return opened[-1]

    yield open_one
    for one in opened:
        one.context.close()
    for one in opened:
        one.assert_untroubled()
