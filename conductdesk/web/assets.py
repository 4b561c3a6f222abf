"""Addresses of static files that change when the file does, so that a browser may keep them."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import url_for

STATIC = Path(__file__).parents[1] / "static"
VERSION_LENGTH = 12


def static_url(name: str) -> str:
    """Return the address of a static file, with a piece of its SHA-256."""
    return url_for("static", filename=name, v=_version(name))


@lru_cache
def _version(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:VERSION_LENGTH]
