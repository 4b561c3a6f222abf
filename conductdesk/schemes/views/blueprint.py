"""The blueprint; the files that its pages take are sealed while they stream in."""

from __future__ import annotations

from flask import Blueprint

from conductdesk.web.uploads import seal_uploads

bp = Blueprint("schemes", __name__)
bp.record_once(seal_uploads)
