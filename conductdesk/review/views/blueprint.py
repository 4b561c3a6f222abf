"""The blueprint that every page of the auditor's desk belongs to."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("review", __name__, url_prefix="/review")
