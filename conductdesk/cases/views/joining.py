"""Join a case to another about the same matter, and undo that."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from flask import Response, request

from conductdesk.cases.actions.joining import join_case
from conductdesk.cases.actions.parting import undo_joining
from conductdesk.cases.faces.joining import could_take_in
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.forms.joining import JoinForm, PartForm
from conductdesk.cases.joined import lock_joined
from conductdesk.cases.models import Case
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.asking import Ask, ask_page
from conductdesk.cases.views.blueprint import bp
from conductdesk.policy import Permission
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db

JOIN = Ask(
    heading="Join it to another case",
    button="Join them",
    back="cases.steps",
    words=("Where two people tell of the same matter, it is looked into once, in one case.",),
    beside=(
        "This reporter keeps their own messages and receipt, and gets feedback of their own.",
        "Neither reporter is told that there is another one. Do not give it away.",
        "The people who are named here are copied to the other case.",
        "Whoever is kept away from one case is kept away from both at once, and stays so.",
        "It can be undone as long as nothing else is done on either case.",
    ),
)
NONE = ("You are in charge of no other case that could take this one in.",)
PART = Ask(
    heading="Undo the joining",
    button="Undo it",
    back="cases.steps",
    words=("This case then goes its own way again. The names that were copied are taken back.",),
    beside=("Whoever was kept away stays kept away, and a risk that came along stays marked.",),
)


@bp.get("/cases/<uuid:case_id>/joining")
@gate(Permission.HANDLE)
def joining(case_id: UUID, refusal: str = "", form: JoinForm | None = None) -> Response:
    """Ask to which case, and why."""
    case = case_or_404(case_id)
    shown = form or _join_form(case)
    ask = JOIN if len(shown.into.choices) > 1 else replace(JOIN, words=NONE)
    return ask_page(case, ask, shown, refusal)


@bp.post("/cases/<uuid:case_id>/joining")
@gate(Permission.HANDLE)
@or_show(joining)
def joined(case_id: UUID) -> Response:
    """Join the case to the one that was chosen; the rows of both are locked in one turn."""
    lock_joined(db(), case_id, *_typed_id())
    case = case_or_404(case_id)
    form = accepted(_join_form(case))
    into, why, seen = db().get_one(Case, form.chosen), form.to_reason(), form.seen_version
    keys = keys_of(case)
    join_case(db(), case, keys, into=into, actor=viewer(), reason=why, seen_version=seen)
    db().commit()
    return see_other("cases.overview", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/joining/end")
@gate(Permission.HANDLE)
def parting(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Ask why the joining is undone."""
    return ask_page(case_or_404(case_id), PART, form or PartForm(), refusal)


@bp.post("/cases/<uuid:case_id>/joining/end")
@gate(Permission.HANDLE)
@or_show(parting)
def parted(case_id: UUID) -> Response:
    """Undo the joining."""
    case, form = case_or_404(case_id), accepted(PartForm())
    why, seen = form.to_reason(), form.seen_version
    undo_joining(db(), case, keys_of(case), actor=viewer(), reason=why, seen_version=seen)
    db().commit()
    return see_other("cases.overview", case_id=case_id)


def _join_form(case: Case) -> JoinForm:
    form = JoinForm()
    form.into.choices = {"": "Choose a case", **could_take_in(db(), case, viewer())}
    return form


def _typed_id() -> list[UUID]:
    """Return the id of the other case as it was sent, whatever it may be."""
    try:
        return [UUID(request.form.get("into", ""))]
    except ValueError:
        return []
