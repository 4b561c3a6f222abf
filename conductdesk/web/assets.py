"""Addresses of static files that change when the file does, so that a browser may keep them."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import current_app, request

STATIC = Path(__file__).parents[1] / "static"
VERSION_LENGTH = 12


def static_url(name: str) -> str:
    """Return the address of a static file, with a piece of its SHA-256."""
    root = f"{request.script_root}{current_app.static_url_path}"
    return f"{root}/{name}?v={_version(name)}"


@lru_cache
def _version(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:VERSION_LENGTH]
