"""The people of a case: its parties, who is on it, and who the reporter is."""

from __future__ import annotations

from uuid import UUID

from flask import Response, abort

from conductdesk.cases.actions.appointing import appoint, appointable, candidates
from conductdesk.cases.actions.attesting import live_seats
from conductdesk.cases.actions.identifying import reissue_receipt, reveal_identity
from conductdesk.cases.actions.rerouting import find_conflict
from conductdesk.cases.faces.lifting import kept_shown
from conductdesk.cases.faces.parties import NotOnIt, SeatFace, could_come, parties_of, seats_shown
from conductdesk.cases.faces.placing import organisation_shown
from conductdesk.cases.forms.handling import AppointmentForm, PartyForm, ReasonForm
from conductdesk.cases.models import Case
from conductdesk.cases.queries import pack_of
from conductdesk.cases.rules import parts_for
from conductdesk.cases.standing_in import NEEDED_FOR
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.blueprint import bp
from conductdesk.cases.views.frame import case_page
from conductdesk.cases.words import CAPACITIES
from conductdesk.participants.views.access import keeps_register
from conductdesk.people.models import Account
from conductdesk.policy import Capacity, Permission
from conductdesk.vault.models import Compartment
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other, what_was_done
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db

DONE = {
    "away": "Somebody who had a part in this case is the person you added, is tied to them, or "
    "reports to them. They are kept away from now on."
}


@bp.get("/cases/<uuid:case_id>/people")
@gate(Permission.READ)
def people(case_id: UUID, refusal: str = "", form: PageForm | None = None) -> Response:
    """Show the parties, who is on the case, and who can read what."""
    done = what_was_done(DONE)
    return people_page(case_or_404(case_id), refusal=refusal, form=form, done=done)


@bp.post("/cases/<uuid:case_id>/reporter")
@gate(Permission.SAFEGUARD)
@or_show(people)
def reporter(case_id: UUID) -> Response:
    """Show who the reporter is, for a reason; the next page does not have it any more."""
    case, form = case_or_404(case_id), accepted(ReasonForm(prefix="reveal"))
    reason = form.reason.data or ""
    identity = reveal_identity(db(), case, keys_of(case), actor=viewer(), reason=reason)
    db().commit()
    return people_page(case, identity=identity)


@bp.post("/cases/<uuid:case_id>/receipts")
@gate(Permission.HANDLE)
@or_show(people)
def receipt(case_id: UUID) -> Response:
    """Issue a new receipt, shown once, to be handed to the reporter."""
    case, form = case_or_404(case_id), accepted(ReasonForm(prefix="receipt"))
    checked = form.reason.data or ""
    issued = reissue_receipt(db(), case, keys_of(case), actor=viewer(), how_checked=checked)
    db().commit()
    return people_page(case, receipt=issued)


@bp.get("/cases/<uuid:case_id>/conflicts/<uuid:account_id>")
@gate(Permission.HANDLE)
def conflict(
    case_id: UUID, account_id: UUID, refusal: str = "", form: PageForm | None = None
) -> Response:
    """Warn of what it means to keep somebody away, before it is done."""
    case = case_or_404(case_id)
    seat = _may_be_kept_away(case, account_id)
    return case_page(case, "cases/conflict.html", seat=seat, refusal=refusal, form=form)


@bp.post("/cases/<uuid:case_id>/conflicts/<uuid:account_id>")
@gate(Permission.HANDLE)
@or_show(conflict)
def kept_away(case_id: UUID, account_id: UUID) -> Response:
    """Keep somebody away from the case, because an interest in it was found."""
    case = case_or_404(case_id)
    leaving = db().get_one(Account, _may_be_kept_away(case, account_id).account_id)
    pack = pack_of(db(), case)
    find_conflict(db(), case, keys_of(case), pack=pack, actor=viewer(), leaving=leaving)
    db().commit()
    return see_other("cases.people", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/appointments/<capacity>")
@gate(Permission.HANDLE)
def appointment(
    case_id: UUID, capacity: str, refusal: str = "", form: PageForm | None = None
) -> Response:
    """Ask whom to appoint."""
    case, wanted = case_or_404(case_id), _capacity(capacity)
    form = form or _appointment_form(case, wanted)
    words = CAPACITIES[wanted]
    return case_page(
        case, "cases/appointment.html", form=form, refusal=refusal, capacity=wanted, words=words
    )


@bp.post("/cases/<uuid:case_id>/appointments/<capacity>")
@gate(Permission.HANDLE)
@or_show(appointment)
def appointed(case_id: UUID, capacity: str) -> Response:
    """Appoint somebody."""
    case, wanted = case_or_404(case_id), _capacity(capacity)
    chosen = UUID(accepted(_appointment_form(case, wanted)).account_id.data)
    pack, keys = pack_of(db(), case), keys_of(case)
    appoint(db(), case, keys, pack=pack, actor=viewer(), account_id=chosen, capacity=wanted)
    db().commit()
    return see_other("cases.people", case_id=case_id)


def people_page(case: Case, **added: object) -> Response:
    """Answer with the page of people, with what was *added* to it."""
    keys, pack, form = keys_of(case), pack_of(db(), case), added.get("form")
    sent = form if isinstance(form, PartyForm) else None
    shown: dict[str, object] = {
        "parties": parties_of(db(), case, keys),
        "seats": seats_shown(db(), case, viewer()),
        "others": could_come(db(), case),
        "kept": kept_shown(db(), case, keys, pack),
        "mine": {seat.capacity for seat in live_seats(db(), case, viewer())},
        "organisation": organisation_shown(db(), case, pack, viewer()),
        "mode": case.reporter_mode,
        "can_reveal": keys.holds(Compartment.IDENTITY),
        "appointable": [(one, CAPACITIES[one]) for one in appointable(db(), case, keys, pack)],
        "party_form": sent or PartyForm().offer(parts_for(case.kind)),
        "reveal_form": ReasonForm(prefix="reveal"),
        "receipt_form": ReasonForm(prefix="receipt"),
        "form": None,
        "refusal": "",
        "identity": None,
        "receipt": None,
        "done": "",
        "in_register": keeps_register(pack),
        "names": (),
    }
    return case_page(case, "cases/people.html", shown | added)


def _appointment_form(case: Case, capacity: Capacity) -> AppointmentForm:
    pack = pack_of(db(), case)
    form = AppointmentForm()
    form.account_id.choices = {
        str(one.account_id): f"{one.name}, {pack.office(one.office).name}"
        for one in candidates(db(), case, keys_of(case), pack, capacity)
    }
    return form


def _capacity(text: str) -> Capacity:
    if text not in NEEDED_FOR:
        abort(404)
    return Capacity(text)


def _may_be_kept_away(case: Case, account_id: UUID) -> SeatFace | NotOnIt:
    people: tuple[SeatFace | NotOnIt, ...] = (
        *could_come(db(), case),
        *seats_shown(db(), case, viewer()),
    )
    return {one.account_id: one for one in people}.get(account_id) or abort(404)
