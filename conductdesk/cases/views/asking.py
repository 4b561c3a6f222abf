"""One form on a page of its own: what it asks, and why, above it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from flask import Response, abort, request, url_for

from conductdesk.cases.actions.proposing import refuse_proposal
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.forms.holding import SecondForm
from conductdesk.cases.models import Case
from conductdesk.cases.queries import pack_of
from conductdesk.cases.views.access import keys_of
from conductdesk.cases.views.frame import NOTHING, case_page
from conductdesk.refusal import Refused
from conductdesk.web.gate import viewer
from conductdesk.web.state import db

Face = TypeVar("Face")


@dataclass(frozen=True)
class Ask:
    """What a page asks for, in words."""

    heading: str
    button: str
    back: str
    """The endpoint to which "Not now" leads."""
    words: tuple[str, ...] = ()
    """Paragraphs above the form."""
    beside: tuple[str, ...] = ()
    """What to bear in mind, as a list beside the form."""
    facts: tuple[tuple[str, str], ...] = ()
    """What the act is about, in rows."""


def ask_page(
    case: Case,
    ask: Ask,
    form: VersionedForm,
    refusal: str,
    template: str = "cases/ask.html",
    context: Mapping[str, Any] = NOTHING,
) -> Response:
    """Show a form; it carries the version of the case that the page shows now."""
    form.version.data = str(case.version)
    shown = {
        "ask": ask,
        "form": form,
        "refusal": refusal,
        "action": request.script_root + request.path,
        "back": url_for(ask.back, case_id=case.id),
    }
    return case_page(case, template, {**shown, **context})


def answer_proposal(
    case: Case, proposal_id: UUID, form: SecondForm, agree: Callable[..., object]
) -> None:
    """Do what was proposed, by the action *agree*, or record that the second person says no."""
    keys, seen = keys_of(case), form.seen_version
    about: dict[str, Any] = {"proposal_id": proposal_id, "seen_version": seen}
    if form.is_yes:
        agree(db(), case, keys, pack=pack_of(db(), case), actor=viewer(), **about)
    else:
        refuse_proposal(db(), case, keys, actor=viewer(), reason=form.to_reason(), **about)


def found_or_404(found: Sequence[Face], refusal: str) -> Face:
    """Return the one thing that a page is about.

    Where an act was refused because it is gone by now, the sentence is all that is left to show.
    """
    if not found:
        if refusal:
            raise Refused(refusal)
        abort(404)
    return found[0]
