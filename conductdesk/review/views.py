"""The auditor's pages: the closed cases, one case's record and history, and a check of the log."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint, Response, abort, request, session, url_for

from conductdesk.cases.faces.frame import frame_of
from conductdesk.cases.models import Case
from conductdesk.cases.queries import facts_of, pack_of
from conductdesk.cases.views.access import keys_of, refuse
from conductdesk.db import start_writing
from conductdesk.people.presence import this_account, this_sign_in
from conductdesk.policy import Permission, may
from conductdesk.refusal import Refused
from conductdesk.review.actions import ask_for_record, has_asked, is_review_noted, note_review
from conductdesk.review.faces.history import lines_of
from conductdesk.review.faces.population import population_shown
from conductdesk.review.faces.record import record_of
from conductdesk.review.forms import CheckForm, FilterForm
from conductdesk.review.queries import (
    PAGE_SIZE,
    LogCheck,
    check_log,
    newest_checkpoint,
)
from conductdesk.schemes.queries import packs_in_force
from conductdesk.web.gate import gate, permission, viewer
from conductdesk.web.limits import allow
from conductdesk.web.page import download, page, see_other
from conductdesk.web.state import READING, db, keystore, services
from conductdesk.web.surroundings import Link

bp = Blueprint("review", __name__, url_prefix="/review")

CHECKS = "log_checks"
"""Where the session keeps what the checks of this sign-in found."""
CHECKS_AN_HOUR = 30
"""A check reads the whole log, so nobody may start them without end."""

PAGES = (("Record", "review.record"), ("History", "review.history"))


@bp.get("")
@gate(Permission.AUDIT)
def population() -> Response:
    form = _filter_form()
    wanted = form.wanted(request.args.get("after", type=_uuid))
    shown = population_shown(db(), viewer(), wanted, _checks())
    return page(
        "review/population.html",
        status=422 if form.errors else 200,
        form=form,
        wanted=wanted,
        schemes=_schemes(),
        population=shown,
        older=_older(form, shown.last) if shown.last else None,
        log=_log(wanted.scheme),
    )


@bp.get("/verification")
@gate(Permission.AUDIT)
def verification() -> Response:
    return _verification_page(CheckForm(formdata=None, scheme=_chosen(request.args.get("scheme"))))


@bp.post("/verification")
@gate(Permission.AUDIT)
def verify() -> Response:
    if not allow(
        db(), f"check:{viewer().pseudonym}", limit=CHECKS_AN_HOUR, window=timedelta(hours=1)
    ):
        abort(429)
    form = CheckForm()
    form.offer(_schemes())
    if not form.validate():
        return _verification_page(form, status=422)
    db().rollback()  # nobody waits for a lock while the log is read
    found = check_log(services().database, keystore(), form.scheme.data, form.outside())
    _keep(found)
    return see_other("review.verification", scheme=found.scheme)


@bp.get("/checkpoints/<scheme>")
@gate(Permission.AUDIT)
def checkpoint(scheme: str) -> Response:
    newest = newest_checkpoint(db(), scheme) if scheme in viewer().audits else None
    if newest is None:
        abort(404)
    return download(newest.note.encode(), f"{scheme}-{newest.size}.txt", "text/plain")


@bp.get("/cases/<uuid:case_id>")
@gate(Permission.REVIEW)
def record(case_id: UUID) -> Response:
    return _record_page(reviewed_case_or_404(case_id))


@bp.get("/cases/<uuid:case_id>/history")
@gate(Permission.REVIEW)
def history(case_id: UUID) -> Response:
    case = reviewed_case_or_404(case_id)
    before = request.args.get("before", type=_index)
    lines = lines_of(db(), case, keys_of(case), limit=PAGE_SIZE, before=before)
    older = None
    if len(lines) == PAGE_SIZE:
        older = url_for("review.history", case_id=case.id, before=lines[-1].index)
    return _case_page(case, "review/history.html", lines=lines, older=older)


@bp.post("/cases/<uuid:case_id>/grant-requests")
@gate(Permission.REVIEW)
def request_key(case_id: UUID) -> Response:
    case = reviewed_case_or_404(case_id)
    try:
        ask_for_record(db(), case, keys_of(case), actor=viewer(), account=this_account())
    except Refused as refused:
        return _record_page(case, status=422, refusal=str(refused))
    db().commit()
    return see_other("review.record", case_id=case_id)


def reviewed_case_or_404(case_id: UUID) -> Case:
    """Return the closed case if the viewer has, on it, the permission of the page's gate.

    A case that is open, invented, barred or of another scheme is answered in the same way. The
    first sight of a case in a sign-in leaves an entry, and nothing is shown before that.
    """
    case = _load(case_id)
    if not is_review_noted(db(), case, sign_in=this_sign_in()):
        if request.method in READING:
            start_writing(db())
        db().get(Case, case_id, with_for_update=True)  # two first reads at once leave one entry
        case = _load(case_id)  # it may have been opened again in between
        note_review(db(), case, keys_of(case), actor=viewer(), sign_in=this_sign_in())
        db().commit()
    return case


def _load(case_id: UUID) -> Case:
    case = db().get(Case, case_id)
    if case is None or not may(viewer(), permission(), facts_of(db(), case)):
        refuse()
    return case


def _filter_form() -> FilterForm:
    form = FilterForm(request.args)
    form.offer(_schemes())
    form.validate()
    return form


def _record_page(case: Case, *, status: int = 200, refusal: str = "") -> Response:
    shown = record_of(db(), case, keys_of(case), pack_of(db(), case))
    asked = has_asked(db(), case, this_account())
    return _case_page(
        case, "review/record.html", status=status, record=shown, asked=asked, refusal=refusal
    )


def _case_page(case: Case, template: str, *, status: int = 200, **context: object) -> Response:
    links = tuple(
        Link(words, url_for(endpoint, case_id=case.id), here=request.endpoint == endpoint)
        for words, endpoint in PAGES
    )
    back = url_for("review.population")
    frame = frame_of(case, ())
    return page(template, None, status=status, frame=frame, links=links, back_url=back, **context)


def _verification_page(form: CheckForm, *, status: int = 200) -> Response:
    schemes = _schemes()
    form.offer(schemes)
    return page(
        "review/verification.html",
        status=status,
        form=form,
        schemes=schemes,
        log=_log(_chosen(form.scheme.data)),
        back_url=url_for("review.population"),
    )


def _log(scheme: str) -> dict[str, object]:
    """Return what the panel says about the log of *scheme*."""
    scheme = _chosen(scheme)
    return {
        "scheme": scheme,
        "name": _schemes().get(scheme, scheme),
        "check": _checks().get(scheme),
        "checkpoint": newest_checkpoint(db(), scheme),
    }


def _schemes() -> dict[str, str]:
    """Return the schemes that the viewer audits, with their names."""
    names = {pack.key: pack.name for pack in packs_in_force(db())}
    return {key: names.get(key, key) for key in sorted(viewer().audits)}


def _chosen(scheme: str | None) -> str:
    audited = sorted(viewer().audits)
    return scheme if scheme in audited else audited[0]


def _keep(found: LogCheck) -> None:
    # A session would cut the moment down to its second.
    kept = {**asdict(found), "at": found.at.isoformat()}
    session[CHECKS] = {**session.get(CHECKS, {}), found.scheme: kept}


def _checks() -> dict[str, LogCheck]:
    return {
        scheme: LogCheck(**{**kept, "at": datetime.fromisoformat(kept["at"])})
        for scheme, kept in session.get(CHECKS, {}).items()
    }


def _older(form: FilterForm, last: UUID) -> str:
    chosen = {"scheme": form.scheme.data, "closed_from": form.closed_from.data}
    to = form.closed_to.data
    return url_for("review.population", after=last, closed_to=to, **chosen)


def _uuid(text: str) -> UUID:
    return UUID(text)


def _index(text: str) -> int:
    """Read an entry's index; raises ValueError for what no log has."""
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise ValueError(text)
    return int(text)
