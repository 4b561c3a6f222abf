"""Pages that anybody may look at (AX-04, AX-08, AX-12, HX-12)."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visit
from tests.browser.looking import Looker
from tests.browser.serving import House
from tests.browser.watching import DESK, PHONE

PAGES = (
    "landing",
    "start",
    "messages",
    "rights",
    "safety",
    "privacy",
    "accessibility",
    "code",
    "fair-hearing",
    "people-outside",
    "proof",
    "nowhere",
)


@pytest.mark.parametrize("scripts", [False, True], ids=["scripts off", "scripts on"])
def test_every_public_page_is_well_made(
    house: House, visit: Visit, looker: Looker, scripts: bool
) -> None:
    page, how = visit(scripts=scripts).page(), "on" if scripts else "off"
    for name in PAGES:
        page.goto(f"{house.address}/wcc/{name.removeprefix('landing')}")
        looker.look(page, f"public: {name}, scripts {how}", (PHONE, DESK) if scripts else (PHONE,))
