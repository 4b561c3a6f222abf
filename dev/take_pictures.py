"""Take the two pictures of the README from a running demo: start `make demo`, then run this.

`.venv/bin/python dev/take_pictures.py [http://127.0.0.1:8000]`
"""

from __future__ import annotations

import re
import shutil
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from conductdesk.demo.cast import OFFICERS, PASSWORD, SCHEME

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
WIDTH = 1280
COLOURS = 128
"""Enough for flat pages, and a third of the bytes."""


def main() -> None:
    """Take both pictures."""
    address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    with sync_playwright() as player:
        browser = player.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": WIDTH, "height": 860}, locale="en-GB")
        take_question(page, f"{address}/{SCHEME}")
        take_case(page, f"{address}/desk")
        browser.close()


def take_question(page: Page, face: str) -> None:
    """Go to the page that asks what happened."""
    page.goto(f"{face}/start")
    page.get_by_role("button", name="Start").click()
    for answer in ("Something happened that worries me", "No", "No"):
        page.get_by_label(answer, exact=True).check()
        page.get_by_role("button", name="Continue").click()
    page.get_by_label("What happened?").wait_for()
    keep(page, "question.png", height=860)


def take_case(page: Page, desk: str) -> None:
    """Sign in as the handler, and open a case that is being investigated."""
    handler = OFFICERS[0]
    page.goto(f"{desk}/sign-in")
    page.get_by_label("E-mail address").fill(handler.email)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_label("Code from your authenticator").fill(handler.code_at(datetime.now(UTC)))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/desk/(?!sign-in)"))
    page.goto(f"{desk}/cases?state=investigating")
    rows = page.locator("tbody tr").filter(has_not_text=re.compile("New to you|Not taken yet"))
    rows.locator("a.cd-code").first.click()
    page.get_by_text("Next step").first.wait_for()
    keep(page, "case.png", height=880)


def keep(page: Page, name: str, height: int) -> None:
    """Write the upper *height* pixels of a page as a small PNG."""
    page.set_viewport_size({"width": WIDTH, "height": height})
    picture = Image.open(BytesIO(page.screenshot(animations="disabled")))
    PICTURES.mkdir(parents=True, exist_ok=True)
    picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
        PICTURES / name, optimize=True
    )


if __name__ == "__main__":
    main()
