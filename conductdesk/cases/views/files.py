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
    clear, shown = stream_with_context(open_file(db(), keys, file)), name_of(keys, file)
    answer = download(clear, shown.name, "application/octet-stream")
    answer.content_length = shown.size  # so that a browser knows a half one for what it is
    return answer
