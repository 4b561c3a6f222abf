"""The files of a case, handed over as downloads."""

from __future__ import annotations

from uuid import UUID

from flask import Response, abort, stream_with_context

from conductdesk.cases.models import Case
from conductdesk.cases.views.access import keys_of
from conductdesk.vault.files import name_of, open_file
from conductdesk.vault.models import SealedFile
from conductdesk.web.page import download
from conductdesk.web.state import db


def hand_over(case: Case, file_id: UUID | None) -> Response:
    """Answer with a file of *case*; 404 where there is none, or the viewer has no key to it."""
    file, keys = db().get(SealedFile, file_id) if file_id else None, keys_of(case)
    if file is None or file.case_id != case.id or not keys.holds(file.compartment):
        abort(404)
    clear = stream_with_context(open_file(db(), keys, file))
    return download(clear, name_of(keys, file).name, "application/octet-stream")
