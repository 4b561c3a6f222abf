"""Enter a concern for somebody who phoned, wrote or came: one page, read back, then the receipt."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, Response, abort, request, url_for

from conductdesk import clock
from conductdesk.cases.actions.receiving import (
    DrawnUp,
    Intake,
    case_of_receipt,
    draw_up,
    take_in,
)
from conductdesk.cases.concern import Concern, Mode
from conductdesk.cases.faces.concern import rows_of_concern
from conductdesk.cases.queries import visible_by_id
from conductdesk.cases.words import MODES
from conductdesk.intake.actions import drop_entry, keep_entry
from conductdesk.intake.answers import PersonTyped
from conductdesk.intake.entry import TO_AN_OFFICER, Entry, Sent
from conductdesk.intake.forms.entering import EntryForm, entry_form, fitted, rows_of
from conductdesk.intake.forms.people import how_many_rows, rows_changed
from conductdesk.intake.queries import entry_of, held_entry_of, resembling_offices, who_will_read
from conductdesk.intake.rules import MOST_PEOPLE, first_unanswered
from conductdesk.intake.views.blueprint import known_pack
from conductdesk.people.presence import keyring
from conductdesk.policy import Permission
from conductdesk.routing.receiving import receives
from conductdesk.schemes.calendar import due
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.queries import packs_in_force
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import is_fragment_request, page, see_other
from conductdesk.web.state import db, keystore, services

bp = Blueprint("entering", __name__)


@bp.get("/entry")
@gate(Permission.ENTER)
def schemes() -> Response:
    """Lead to the scheme for which the viewer receives concerns, or ask for which of several."""
    packs = [pack for pack in packs_in_force(db()) if receives(pack, viewer().offices)]
    if not packs:
        abort(404)
    if len(packs) == 1:
        return see_other("entering.concern", scheme=packs[0].key)
    return page("entering/schemes.html", packs=packs, back_url=url_for("cases.caseload_page"))


@bp.get("/entry/<scheme>")
@gate(Permission.ENTER)
def concern(scheme: str) -> Response:
    """Show the page with everything that was written down so far."""
    pack, entry = _pack_or_404(scheme), _entry(scheme)
    if entry is not None and entry.sent:
        return see_other("entering.receipt", scheme=scheme)
    form = _form(pack, entry or Entry.begin())
    return _concern_page(pack, form, kept=entry is not None)


@bp.post("/entry/<scheme>")
@gate(Permission.ENTER)
def written(scheme: str) -> Response:
    """Keep what was written; then show it again, or read it back where all of it is there."""
    pack, before = _pack_or_404(scheme), _entry(scheme)
    if before is not None and before.sent:
        return see_other("entering.receipt", scheme=scheme)
    before = before or Entry.begin()
    form = _posted(pack, before)
    entry, act = form.entry(before), request.form.get("act", "check")
    if act == "keep":
        return _kept(scheme, entry)
    changed = rows_changed(entry.rows, act)
    if changed is not None:
        _keep(scheme, replace(entry, rows=changed))
        return see_other("entering.concern", scheme=scheme, _anchor="people")
    return _checked(pack, form, entry)


@bp.get("/entry/<scheme>/check")
@gate(Permission.ENTER)
def check(scheme: str) -> Response:
    """Show all of it once more, to read back to the person, and who will read it."""
    pack, entry = _pack_or_404(scheme), _entry(scheme)
    if entry is None or entry.sent or not _is_whole(pack, entry):
        return see_other("entering.concern", scheme=scheme)
    concern = entry.concern(pack)
    return page(
        "entering/check.html",
        pack=pack,
        rows=_rows(pack, concern),
        concern=concern,
        mode=MODES[concern.mode],
        people=who_will_read(db(), pack, concern),
        back_url=url_for("entering.concern", scheme=scheme),
    )


@bp.post("/entry/<scheme>/concern")
@gate(Permission.ENTER)
def send(scheme: str) -> Response:
    """Send it: routed like any other, so that whoever entered it may be kept away from it."""
    pack, entry = _pack_or_404(scheme), _entry(scheme)
    if entry is None or entry.sent or not _is_whole(pack, entry):
        return see_other("entering.concern", scheme=scheme)
    drawn = _drawn_up(pack, entry)
    if held_entry_of(db(), keyring(), _me(), scheme) != entry:
        return see_other("entering.check", scheme=scheme)  # it was changed in another tab
    take_in(db(), keystore(), drawn)
    readers = who_will_read(db(), pack, drawn.concern)
    told = tuple(reader.who for reader in readers if reader.reads == "all")
    sent = Sent(clock.now(), Mode(drawn.concern.mode), told)
    keep_entry(db(), keystore(), _me(), scheme, entry.after_sending(sent))
    db().commit()  # the case and the wiped draft are one step
    return see_other("entering.receipt", scheme=scheme)


@bp.get("/entry/<scheme>/receipt")
@gate(Permission.ENTER)
def receipt(scheme: str) -> Response:
    """Show the receipt, to read out or to print, and who is told: nothing of what was written."""
    pack, entry = _pack_or_404(scheme), _entry(scheme)
    if entry is None or entry.sent is None:
        return see_other("entering.concern", scheme=scheme)
    case = case_of_receipt(db(), entry.receipt)
    return page(
        "entering/receipt.html",
        pack=pack,
        receipt=entry.receipt,
        sent=entry.sent,
        mine=visible_by_id(db(), viewer(), case.id) is not None if case else False,
        write_by=due(entry.sent.at, pack.clocks["acknowledge"], pack.nation),
    )


@bp.get("/entry/<scheme>/receipt/print")
@gate(Permission.ENTER)
def print_receipt(scheme: str) -> Response:
    """Show the receipt alone, on a page for paper."""
    pack, entry = _pack_or_404(scheme), _entry(scheme)
    if entry is None or entry.sent is None:
        return see_other("entering.concern", scheme=scheme)
    mailbox = f"{services().settings.url}/{scheme}/messages"
    return page("entering/print.html", pack=pack, receipt=entry.receipt, mailbox=mailbox)


@bp.post("/entry/<scheme>/end")
@gate(Permission.ENTER)
def end(scheme: str) -> Response:
    """Delete the draft, or the receipt once it was handed over."""
    _pack_or_404(scheme)
    drop_entry(db(), _me(), scheme)
    db().commit()
    return see_other("cases.caseload_page")


def _pack_or_404(scheme: str) -> Pack:
    """Return the pack of a scheme for which the viewer receives concerns."""
    pack = known_pack(scheme)
    if pack is None or not receives(pack, viewer().offices):
        abort(404)
    return pack


def _me() -> UUID:
    account_id = viewer().account_id
    if account_id is None:
        abort(404)
    return account_id


def _entry(scheme: str) -> Entry | None:
    """Return what the viewer has written down; read on the side, so that no lock is taken."""
    with services().database.reading() as looking:
        return entry_of(looking, keyring(), _me(), scheme)


def _keep(scheme: str, entry: Entry) -> None:
    """Keep *entry*, unless it was sent meanwhile: the receipt must not be lost."""
    held = held_entry_of(db(), keyring(), _me(), scheme)
    if held is None or not held.sent:
        keep_entry(db(), keystore(), _me(), scheme, entry)
    db().commit()


def _kept(scheme: str, entry: Entry) -> Response:
    _keep(scheme, entry)
    if is_fragment_request():
        return page("entering/kept.html", kept_at=clock.now())
    return see_other("entering.concern", scheme=scheme)


def _form(pack: Pack, entry: Entry) -> EntryForm:
    people = entry.rows or (PersonTyped(),)
    made = entry_form(pack, entry.answers.matches, len(people))
    form = fitted(made(formdata=None, data=rows_of(people)))
    form.show(entry)
    return form


def _posted(pack: Pack, entry: Entry) -> EntryForm:
    made = entry_form(pack, entry.answers.matches, how_many_rows(request.form.get("rows")))
    return fitted(made())


def _checked(pack: Pack, form: EntryForm, entry: Entry) -> Response:
    """Go on to read it back, unless something is missing, or a name may be an officer's."""
    sound = form.validate()
    found = resembling_offices(db(), pack, entry.answers.people or ())
    asked = {(match.name, match.office) for match in form.matches}
    _keep(pack.key, replace(entry, answers=entry.answers.with_matches(found)))
    if not sound:
        return _concern_page(pack, form, kept=True, status=422)
    if set(found) - asked:
        form = _form(pack, replace(entry, answers=entry.answers.with_matches(found)))
        form.ask_about_names()
        return _concern_page(pack, form, kept=True, status=422)
    return see_other("entering.check", scheme=pack.key)


def _is_whole(pack: Pack, entry: Entry) -> bool:
    return bool(entry.channel) and first_unanswered(pack, entry.answers) is None


def _rows(pack: Pack, concern: Concern) -> list[tuple[str, str]]:
    about = pack.kind(concern.kind).name
    rows = rows_of_concern(concern, pack)
    return [
        ("How it reached us", TO_AN_OFFICER[concern.channel]),
        ("What it is about", about),
        *rows,
    ]


def _drawn_up(pack: Pack, entry: Entry) -> DrawnUp:
    """Seal everything before the write lock is asked for, as for a concern from the form."""
    intake = Intake(actor=viewer())
    with services().database.reading() as looking:
        return draw_up(looking, keystore(), pack, entry.concern(pack), entry.receipt, intake)


def _concern_page(pack: Pack, form: EntryForm, *, kept: bool, status: int = 200) -> Response:
    return page(
        "entering/concern.html",
        status=status,
        pack=pack,
        form=form,
        kept=kept,
        most_people=MOST_PEOPLE,
        own=[(one, form[f"own_{one.key}"]) for one in pack.questions],
        matches=[form[f"match_{place}"] for place in range(len(form.matches))],
        back_url=url_for("cases.caseload_page"),
    )
