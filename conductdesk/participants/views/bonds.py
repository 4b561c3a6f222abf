"""Ties of a participant, and pairings, triads and groups."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, abort, url_for
from wtforms import Field

from conductdesk.participants.actions.grouping import begin_group, end_group
from conductdesk.participants.actions.tying import tie, untie
from conductdesk.participants.faces.bonds import (
    GroupShown,
    group_shown,
    groups_page,
    tied_officers_shown,
)
from conductdesk.participants.faces.people import find_person
from conductdesk.participants.forms import DayForm, GroupForm, TieForm
from conductdesk.participants.kept import Kept
from conductdesk.participants.rules import Bond, Group
from conductdesk.participants.views.access import (
    around,
    by,
    hands,
    kept_or_404,
    page_number,
    register_page,
)
from conductdesk.participants.views.blueprint import bp
from conductdesk.participants.views.person import person, shown_or_404
from conductdesk.policy import Permission
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate
from conductdesk.web.page import see_other
from conductdesk.web.refusing import NotAcceptedError, accepted, or_show
from conductdesk.web.state import db

PAGE = 50
NOT_FOUND = "Nobody, or more than one person, goes by “{text}”. Write their reference instead."


@bp.get("/participants/<scheme>/people/<uuid:participant_id>/ties/new")
@gate(Permission.REGISTER)
def new_tie(
    scheme: str, participant_id: UUID, refusal: str = "", form: PageForm | None = None
) -> Response:
    """Ask who is at the other end."""
    kept = kept_or_404(scheme)
    context: dict[str, Any] = {
        "person": shown_or_404(kept, participant_id),
        "form": form or TieForm.among(tied_officers_shown(db(), scheme), formdata=None),
        "back_url": url_for("participants.person", scheme=scheme, participant_id=participant_id),
    }
    return register_page(kept, "participants/tie.html", **context, refusal=refusal)


@bp.post("/participants/<scheme>/people/<uuid:participant_id>/ties")
@gate(Permission.REGISTER)
@or_show(new_tie)
def tied(scheme: str, participant_id: UUID) -> Response:
    """Note a tie."""
    kept = kept_or_404(scheme)
    form = accepted(TieForm.among(tied_officers_shown(db(), scheme)))
    tie(*hands(kept), **by(kept), bond=_bond(kept, form, participant_id))
    db().commit()
    return see_other("participants.person", scheme=scheme, participant_id=participant_id)


def _with_tie(
    scheme: str, participant_id: UUID, tie_id: UUID, refusal: str, form: PageForm | None
) -> Response:
    return person(scheme, participant_id, refusal=refusal, form=form)


@bp.post("/participants/<scheme>/people/<uuid:participant_id>/ties/<uuid:tie_id>/removal")
@gate(Permission.REGISTER)
@or_show(_with_tie)
def untied(scheme: str, participant_id: UUID, tie_id: UUID) -> Response:
    """Take a tie out."""
    kept = kept_or_404(scheme)
    untie(*hands(kept), **by(kept), tie_id=tie_id)
    db().commit()
    return see_other("participants.person", scheme=scheme, participant_id=participant_id)


@bp.get("/participants/<scheme>/groups")
@gate(Permission.REGISTER)
def groups(scheme: str) -> Response:
    """Show the pairings, triads and groups."""
    kept, number = kept_or_404(scheme), page_number()
    shown, total = groups_page(db(), kept, number, PAGE)
    newer, older = around("participants.groups", scheme, number, -(-total // PAGE))
    return register_page(
        kept, "participants/groups.html", groups=shown, total=total, newer=newer, older=older
    )


@bp.get("/participants/<scheme>/groups/new")
@gate(Permission.REGISTER)
def new_group(scheme: str, refusal: str = "", form: PageForm | None = None) -> Response:
    """Ask who belongs together."""
    form, back = form or GroupForm(formdata=None), url_for("participants.groups", scheme=scheme)
    return register_page(
        kept_or_404(scheme),
        "participants/group_form.html",
        form=form,
        refusal=refusal,
        back_url=back,
    )


@bp.post("/participants/<scheme>/groups")
@gate(Permission.REGISTER)
@or_show(new_group)
def grouped(scheme: str) -> Response:
    """Put people together."""
    kept, form = kept_or_404(scheme), accepted(GroupForm())
    group, since = Group(form.to_kind(), form.ref.data), form.since.data
    members = [_found(kept, form, form.members, line) for line in form.lines]
    new = begin_group(*hands(kept), **by(kept), group=group, members=members, since=since)
    db().commit()
    return see_other("participants.group", scheme=scheme, group_id=new)


@bp.get("/participants/<scheme>/groups/<uuid:group_id>")
@gate(Permission.REGISTER)
def group(scheme: str, group_id: UUID, refusal: str = "", form: PageForm | None = None) -> Response:
    """Show one pairing, triad or group."""
    kept = kept_or_404(scheme)
    context: dict[str, Any] = {
        "group": _group_or_404(kept, group_id),
        "end_form": form or DayForm(formdata=None),
        "back_url": url_for("participants.groups", scheme=scheme),
    }
    return register_page(kept, "participants/group.html", **context, form=form, refusal=refusal)


@bp.post("/participants/<scheme>/groups/<uuid:group_id>/ending")
@gate(Permission.REGISTER)
@or_show(group)
def group_ended(scheme: str, group_id: UUID) -> Response:
    """End a pairing, a triad or a group."""
    kept, last = kept_or_404(scheme), accepted(DayForm()).last.data
    end_group(*hands(kept), **by(kept), group_id=group_id, on=last)
    db().commit()
    return see_other("participants.group", scheme=scheme, group_id=group_id)


def _bond(kept: Kept, form: TieForm, participant_id: UUID) -> Bond:
    if form.officer.data:
        return Bond(participant_id, form.to_kind(), account_id=UUID(form.officer.data))
    other = _found(kept, form, form.other, form.other.data)
    return Bond(participant_id, form.to_kind(), other_id=other)


def _found(kept: Kept, form: PageForm, field: Field, text: str) -> UUID:
    """Return whom a text means; where that is nobody, it is a mistake in the form."""
    found = find_person(db(), kept, text)
    if found is None:
        field.errors = [NOT_FOUND.format(text=text)]
        raise NotAcceptedError(form)
    return found


def _group_or_404(kept: Kept, group_id: UUID) -> GroupShown:
    return group_shown(db(), kept, group_id) or abort(404)
