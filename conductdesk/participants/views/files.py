"""Importing a file: upload, preview, import; and the templates to begin with."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Response, abort
from sqlalchemy.orm import Session

from conductdesk.participants.actions.drawing_up import (
    DrawnImport,
    draw_up_import,
    preview_import,
)
from conductdesk.participants.actions.importing import take_in_import
from conductdesk.participants.actions.uploading import (
    Upload,
    UploadOver,
    drop_upload,
    keep_upload,
    need_upload,
    note_progress,
    rows_done,
    sheet_of,
)
from conductdesk.participants.forms import UploadForm
from conductdesk.participants.kept import Kept
from conductdesk.participants.plan import Plan
from conductdesk.participants.spreadsheet import COLUMNS, FileKind, template
from conductdesk.participants.views.access import (
    by,
    hands,
    kept_or_404,
    looking_at,
    pack_or_404,
    register_page,
)
from conductdesk.participants.views.blueprint import bp
from conductdesk.policy import Permission
from conductdesk.refusal import Refused
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import download, is_fragment_request, see_other
from conductdesk.web.refusing import NotAcceptedError, accepted, or_show
from conductdesk.web.state import db, services

OVER = -1
"""Instead of a number of rows: the import is done, or its file was forgotten."""


@bp.get("/participants/<scheme>/imports/new")
@gate(Permission.REGISTER)
def new_import(scheme: str, refusal: str = "", form: PageForm | None = None) -> Response:
    """Ask for a file, and offer templates."""
    return register_page(
        kept_or_404(scheme),
        "participants/import.html",
        form=form or UploadForm(formdata=None),
        refusal=refusal,
        kinds=[(kind.value, COLUMNS[kind]) for kind in FileKind],
    )


@bp.get("/participants/<scheme>/templates/<kind>")
@gate(Permission.REGISTER)
def empty_file(scheme: str, kind: str) -> Response:
    """Hand over a file with the right headings."""
    pack_or_404(scheme)
    if kind not in list(FileKind):
        abort(404)
    return download(template(FileKind(kind)).encode(), f"{kind}.csv", "text/csv")


@bp.post("/participants/<scheme>/imports")
@gate(Permission.REGISTER)
@or_show(new_import)
def uploaded(scheme: str) -> Response:
    """Keep a file, sealed, for its preview."""
    form = accepted(UploadForm())
    new = _kept_file(kept_or_404(scheme), form)
    db().commit()
    return see_other("participants.preview", scheme=scheme, upload_id=new)


@bp.get("/participants/<scheme>/imports/<uuid:upload_id>")
@gate(Permission.REGISTER)
def preview(
    scheme: str, upload_id: UUID, refusal: str = "", form: PageForm | None = None
) -> Response:
    """Show what a file would change; as a part alone, how far its import has come."""
    kept = kept_or_404(scheme)
    if is_fragment_request() and not refusal:
        return _progress(kept, upload_id)
    try:
        return _preview(kept, upload_id, refusal, form)
    except UploadOver as over:
        return new_import(scheme, refusal=refusal or str(over))


@bp.post("/participants/<scheme>/imports/<uuid:upload_id>")
@gate(Permission.REGISTER)
@or_show(preview)
def imported(scheme: str, upload_id: UUID) -> Response:
    """Import the file: seal everything first, then write it at once."""
    kept = kept_or_404(scheme)
    with looking_at(kept) as (looking, there):
        upload = _upload(looking, there, upload_id)
        drawn = _drawn_up(looking, there, upload)
    kept = kept_or_404(scheme)  # once more: drawing it up took its time
    take_in_import(*hands(kept), **by(kept), drawn=drawn, sha256=upload.sha256)
    drop_upload(db(), upload_id)
    db().commit()
    return see_other("participants.people", scheme=scheme, done="imported")


def _kept_file(kept: Kept, form: UploadForm) -> UUID:
    """Keep what was uploaded; where it cannot be read, it is a mistake in the form."""
    try:
        return keep_upload(*hands(kept), **by(kept), file=form.file.data.stream)
    except Refused as refused:
        form.file.errors = [str(refused)]
        raise NotAcceptedError(form) from refused


def _plan(kept: Kept, upload_id: UUID) -> Plan:
    """Read the file against the register, without keeping anything of it."""
    upload = _upload(db(), kept, upload_id)
    sheet = sheet_of(db(), upload)
    return preview_import(*hands(kept), **by(kept), sheet=sheet)


def _drawn_up(looking: Session, kept: Kept, upload: Upload) -> DrawnImport:
    return draw_up_import(
        looking,
        kept.register,
        kept.keys,
        pack=kept.pack,
        actor=viewer(),
        sheet=sheet_of(looking, upload),
        progress=partial(_note_progress, upload.id),
    )


def _upload(session: Session, kept: Kept, upload_id: UUID) -> Upload:
    return need_upload(session, kept.register, kept.keys, actor=viewer(), upload_id=upload_id)


def _note_progress(upload_id: UUID, rows: int) -> None:
    """Say how far it has come, in a transaction of its own: the import has no lock yet."""
    with services().database.writing() as noting:
        note_progress(noting, upload_id, rows)
        noting.commit()


def _preview(kept: Kept, upload_id: UUID, refusal: str, form: PageForm | None) -> Response:
    context: dict[str, Any] = {"plan": _plan(kept, upload_id), "rows_done": None, "form": form}
    template = "participants/preview.html"
    return register_page(kept, template, upload_id=upload_id, refusal=refusal, **context)


def _progress(kept: Kept, upload_id: UUID) -> Response:
    done = rows_done(db(), kept.register, upload_id)
    return register_page(
        kept,
        "participants/preview.html",
        fragment="progress",
        upload_id=upload_id,
        rows_done=OVER if done is None else done,
    )
