"""Loading is permission: no view holds a case that its viewer did not earn."""

from __future__ import annotations

from datetime import timedelta
from typing import NoReturn
from uuid import UUID

from flask import abort, request
from sqlalchemy import select

from conductdesk.cases.actions.attesting import is_noted, note_parties_shown, note_read
from conductdesk.cases.actions.refusing import note_refusal
from conductdesk.cases.joined import lock_joined
from conductdesk.cases.models import Case
from conductdesk.cases.queries import facts_of_id
from conductdesk.cases.views.frame import case_page
from conductdesk.db import start_writing
from conductdesk.people.presence import keyring, this_sign_in
from conductdesk.policy import Permission, may
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment
from conductdesk.web.gate import permission, viewer
from conductdesk.web.limits import allow
from conductdesk.web.state import SAFE_METHODS, db, keystore

REFUSALS_NOTED = 30
"""How many refusals of one person are noted in an hour: a stranger must not fill the log."""


def case_or_404(case_id: UUID) -> Case:
    """Return the case if the viewer has, on it, the permission that the page's gate asks for.

    404, not 403: that a case exists is itself confidential. An invented case and a refused one
    do the same work and leave the same entry. A request that changes something locks the row, and
    those of the cases that are joined with it.
    The first sight of a case in a sign-in leaves an entry, and nothing is shown before that.
    """
    case = _load(case_id)
    if not _is_noted(case):
        if request.method in SAFE_METHODS:
            start_writing(db())
            case = _load(case_id)  # a barrier may have come between
        _note(case)
    return case


def keys_of(case: Case) -> CaseKeys:
    """Return the keys of *case* in the hands of whoever is signed in."""
    return CaseKeys.load(db(), keystore(), case.id, keyring())


def need_inquiry_keys(case: Case) -> CaseKeys:
    """Return the keys of *case*; whoever cannot open the inquiry gets a page that says so."""
    keys = keys_of(case)
    if not keys.holds(Compartment.INTERNAL):
        status = 200 if request.method in SAFE_METHODS else 422  # a form of theirs was refused
        abort(case_page(case, "cases/inquiry_no_key.html", status=status))
    return keys


def refuse() -> NoReturn:
    """Answer 404 and note the refusal: the same for a case that may not be known and for none."""
    db().rollback()
    hour = timedelta(hours=1)
    if allow(db(), f"refusal:{viewer().pseudonym}", limit=REFUSALS_NOTED, window=hour):
        start_writing(db())
        note_refusal(db(), actor=viewer())
        db().commit()
    abort(404)


def _load(case_id: UUID) -> Case:
    if request.method in SAFE_METHODS:
        case = db().scalars(select(Case).where(Case.id == case_id)).one_or_none()
    else:
        locked = lock_joined(db(), case_id)
        case = next((one for one in locked if one.id == case_id), None)
    facts = facts_of_id(db(), case_id, case)  # also for an invented case: the same work
    if case is None or not may(viewer(), permission(), facts):
        refuse()
    return case


def _is_noted(case: Case) -> bool:
    return is_noted(db(), case, sign_in=this_sign_in(), event=_event())


def _event() -> str:
    return "parties.shown" if permission() is Permission.SEE else "case.read"


def _note(case: Case) -> None:
    note = note_parties_shown if permission() is Permission.SEE else note_read
    note(db(), case, keys_of(case), actor=viewer(), sign_in=this_sign_in())
    if request.method in SAFE_METHODS:
        db().commit()
