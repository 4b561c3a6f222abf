"""The blueprint that every page of a register belongs to."""

from __future__ import annotations

from flask import Blueprint

from conductdesk.web.uploads import seal_uploads

bp = Blueprint("participants", __name__)
bp.record_once(seal_uploads)
