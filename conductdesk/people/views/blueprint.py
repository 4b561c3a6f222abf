"""The blueprint that every page about people belongs to."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("people", __name__)
