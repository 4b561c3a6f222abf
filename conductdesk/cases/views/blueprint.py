"""The blueprint that every page of a case belongs to."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("cases", __name__)
