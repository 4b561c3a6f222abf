"""What a layout shows around every page; each face says it, and the layouts know no capability."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, g


@dataclass(frozen=True)
class Link:
    """One place to go; *here* when the page is in it."""

    text: str
    href: str
    here: bool = False


@dataclass(frozen=True)
class HelpLine:
    """One number to call: the words before it, the number, the words after it."""

    before: str
    number: str
    after: str = ""

    @property
    def digits(self) -> str:
        """The number as a telephone dials it."""
        return "".join(mark for mark in self.number if mark.isdigit() or mark == "+")


@dataclass(frozen=True)
class Surroundings:
    """The words and links around a page."""

    label: str
    """The scheme (public face) or the organisation (desk), beside the mark and in the title."""
    home: str
    exit: str | None = None
    """Our own address that wipes the session and leaves the site; shown as a button."""
    help: tuple[HelpLine, ...] = ()
    footer: tuple[Link, ...] = ()
    menu: tuple[Link, ...] = ()
    who: str = ""
    """The desk's viewer, in words."""
    sign_out: str | None = None


SurroundingsLoader = Callable[[], Surroundings]


def install_surroundings(app: Flask, load: SurroundingsLoader) -> None:
    """Give every template of *app* its `surroundings`."""

    def add() -> dict[str, Surroundings]:
        try:
            return {"surroundings": load()}
        except Exception:
            # An error page must still be a page, whatever is broken.
            if not g.get("in_trouble", False):
                raise
            return {"surroundings": Surroundings("", app.url_for("static", filename="mark.svg"))}

    app.context_processor(add)
