"""What lies above schemes, and is called from its pages: people, cases. The app says who answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app
from sqlalchemy.orm import Session

from conductdesk.schemes.reading import Check
from conductdesk.schemes.staffing import Holders


@dataclass(frozen=True)
class AboveSchemes:
    """The answers of the capabilities above."""

    names_by_post: Callable[[Session, str], Holders]
    """Returns who holds each post of a scheme: (db, scheme)."""
    kernel: Check
    """Says what in a pack would break the procedure."""


def install_above_schemes(app: Flask, above: AboveSchemes) -> None:
    """Give the pages of schemes what lies above them."""
    app.extensions["above_schemes"] = above


def above() -> AboveSchemes:
    """Return what the app gave."""
    return cast(AboveSchemes, current_app.extensions["above_schemes"])
