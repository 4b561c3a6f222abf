"""A browser of one person, and everything that must never happen in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

PHONE = 320
DESK = 1280
"""The two widths at which each page is looked at, in CSS pixels."""

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
OFFER_AXE = f"window.offeredAxe = function () {{ {AXE}\n}};"
"""A function that makes `window.axe`: sent to a tab once, and compiled where it is called."""

TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error("securitypolicyviolation: " + event.violatedDirective + " " + event.blockedURI));
"""
REFUSED = "Failed to load resource: the server responded with a status of 4"
"""What Chromium writes about an answer that was meant, such as 422 or 404."""


@dataclass
class Watched:
    """A context of its own, as if somebody had taken up another device."""

    context: BrowserContext
    address: str
    harmless: str
    """Where leaving leads."""
    scripts: bool
    troubles: list[str] = field(default_factory=list)
    left_for: list[str] = field(default_factory=list)
    """What was asked of the harmless place; only the way out may lead there."""

    def __post_init__(self) -> None:
        """Begin to watch."""
        self.context.set_default_timeout(30_000)
        self.context.on("request", self._request)
        self.context.on("response", self._response)
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.troubles.append(f"script: {error.error}"))
        self.context.add_init_script(TELL_VIOLATIONS)
        self.context.add_init_script(OFFER_AXE)

    def page(self) -> Page:
        """Open a tab."""
        return self.context.new_page()

    def assert_untroubled(self) -> None:
        """Fail if a script failed, the content policy was broken, or anybody else was asked."""
        assert not self.troubles, "\n".join(self.troubles)

    def _request(self, request: Request) -> None:
        if request.url.startswith(self.harmless):
            self.left_for.append(request.url)
        elif not request.url.startswith(f"{self.address}/"):
            self.troubles.append(f"a request to {urlsplit(request.url).netloc}: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.troubles.append(f"{response.status} from {response.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(REFUSED):
            self.troubles.append(f"{message.type}: {message.text}")


def watch(browser: Browser, address: str, harmless: str, scripts: bool, width: int) -> Watched:
    """Open a browser of its own for somebody."""
    context = browser.new_context(
        java_script_enabled=scripts,
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
        accept_downloads=True,
        locale="en-GB",
    )
    return Watched(context, address, harmless, scripts)
