"""Save a long text before it is finished: by a button, or while somebody types."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TypeVar

from flask import Response, request
from werkzeug.datastructures import MultiDict

from conductdesk import clock
from conductdesk.cases.actions.drafting import save_draft
from conductdesk.cases.drafts import DraftFace, draft_shown
from conductdesk.cases.forms.drafting import DraftedForm
from conductdesk.cases.models import Case, DraftKind
from conductdesk.cases.views.access import keys_of
from conductdesk.cases.views.frame import NOTHING
from conductdesk.refusal import Refused, Stale
from conductdesk.web.gate import viewer
from conductdesk.web.page import is_fragment_request, page, see_other
from conductdesk.web.refusing import NotAcceptedError
from conductdesk.web.state import db

Form = TypeVar("Form", bound=DraftedForm)

TOO_LONG = "One of the texts is too long"


def saves() -> bool:
    """Answer whether the page that was sent only wants to be saved."""
    return request.form.get("act") == "save"


def answers_on(case: Case, kind: DraftKind) -> MultiDict[str, str]:
    """Return what was typed: on the page that was sent, else as it was saved, else nothing."""
    if request.method == "POST":
        return MultiDict(request.form)
    saved = _saved(case, kind)
    if saved is None:
        return MultiDict()
    typed: MultiDict[str, str] = MultiDict(saved.answers)
    typed.update({**_page_facts(case), "known": saved.page})
    return typed


def answers_from(case: Case, answers: Mapping[str, str | list[str]]) -> MultiDict[str, str]:
    """Return *answers* as a page that was filled in with them would send them."""
    typed: MultiDict[str, str] = MultiDict(answers)
    typed.update(_page_facts(case))
    return typed


def begun(
    case: Case,
    kind: DraftKind,
    offered: type[Form],
    typed: MultiDict[str, str],
    fresh: Mapping[str, object] = NOTHING,
) -> Form:
    """Return the form with what was typed, or a *fresh* one; it says when it was saved last."""
    form = offered(formdata=typed) if typed else offered(**_page_facts(case), **fresh)
    form.saved = _saved(case, kind)
    return form


def save(case: Case, kind: DraftKind, form: DraftedForm, endpoint: str) -> Response:
    """Save the text, and show its page again, or say to a page that it was saved."""
    if is_fragment_request():
        return _save_beside(case, kind, form)
    _save(case, kind, form)
    db().commit()
    return see_other(endpoint, case_id=case.id, _anchor="kept")


def _saved(case: Case, kind: DraftKind) -> DraftFace | None:
    return draft_shown(db(), case, keys_of(case), kind, viewer())


def _page_facts(case: Case) -> dict[str, str]:
    """Return what a new page says of itself: which state of the case it shows, and its own name."""
    return {"version": str(case.version), "page": secrets.token_hex(16)}


def _save_beside(case: Case, kind: DraftKind, form: DraftedForm) -> Response:
    """Answer with one line, also where nothing was saved: the page around it is being typed on."""
    try:
        _save(case, kind, form)
    except NotAcceptedError:
        return _not_saved(TOO_LONG, 422)
    except Refused as refusal:
        return _not_saved(str(refusal), 409 if isinstance(refusal, Stale) else 422)
    db().commit()
    return page("cases/kept.html", kept_at=clock.now(), refusal="")


def _save(case: Case, kind: DraftKind, form: DraftedForm) -> None:
    if not form.fits():
        raise NotAcceptedError(form)
    save_draft(
        db(),
        case,
        keys_of(case),
        kind=kind,
        actor=viewer(),
        seen_version=form.seen_version,
        unfinished=form.unfinished(),
    )


def _not_saved(refusal: str, status: int) -> Response:
    db().rollback()
    return page("cases/kept.html", kept_at=None, refusal=refusal, status=status)
