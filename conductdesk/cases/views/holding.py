"""Hold a case, and step in before any finding."""

from __future__ import annotations

from uuid import UUID

from flask import Response, abort

from conductdesk.cases.actions.holding import begin_hold, end_hold
from conductdesk.cases.actions.measuring import end_measure, impose_measure, review_measure
from conductdesk.cases.closing_acts import HOLDS, Hold
from conductdesk.cases.faces.measures import measures_of
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.forms.holding import (
    HoldEndForm,
    HoldForm,
    LegalHoldEndForm,
    MeasureForm,
    MeasureReviewForm,
)
from conductdesk.cases.queries import pack_of
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.asking import Ask, ask_page, found_or_404
from conductdesk.cases.views.blueprint import bp
from conductdesk.policy import Permission
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db

HOLD_WORDS = {
    Hold.SAFEGUARDING: (
        "Nobody serves notice on the respondent or interviews anybody until the agencies’ advice "
        "is on record.",
        "The clocks of the inquiry stand still. What is owed to the reporter runs on.",
    ),
    Hold.POLICE: (
        "The inquiry stands still because the police asked for it. Nobody tells the respondent.",
        "The clocks of the inquiry stand still. What is owed to the reporter runs on.",
    ),
    Hold.LEGAL: ("The case goes on, but it is not destroyed as long as the hold is there.",),
}


@bp.get("/cases/<uuid:case_id>/holds/<which>")
@gate(Permission.SAFEGUARD)
def hold(
    case_id: UUID, which: str, refusal: str = "", form: VersionedForm | None = None
) -> Response:
    """Ask why the case is held."""
    case, held = case_or_404(case_id), _hold(which)
    words = HOLDS[held]
    ask = Ask(words, f"Begin the {words.lower()}", "cases.steps", HOLD_WORDS[held])
    return ask_page(case, ask, form or HoldForm(), refusal)


@bp.post("/cases/<uuid:case_id>/holds/<which>")
@gate(Permission.SAFEGUARD)
@or_show(hold)
def held(case_id: UUID, which: str) -> Response:
    """Begin a hold."""
    case, form = case_or_404(case_id), accepted(HoldForm())
    given, seen = form.to_hold(_hold(which)), form.seen_version
    begin_hold(db(), case, keys_of(case), actor=viewer(), hold=given, seen_version=seen)
    db().commit()
    return see_other("cases.overview", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/holds/<which>/end")
@gate(Permission.SAFEGUARD)
def hold_end(
    case_id: UUID, which: str, refusal: str = "", form: VersionedForm | None = None
) -> Response:
    """Ask why the hold ends, and for the advice that it waited for."""
    case, held = case_or_404(case_id), _hold(which)
    words = f"End the {HOLDS[held].lower()}"
    return ask_page(case, Ask(words, words, "cases.steps"), form or _end_form(held), refusal)


@bp.post("/cases/<uuid:case_id>/holds/<which>/end")
@gate(Permission.SAFEGUARD)
@or_show(hold_end)
def hold_ended(case_id: UUID, which: str) -> Response:
    """End a hold."""
    case, form = case_or_404(case_id), accepted(_end_form(_hold(which)))
    given, seen = form.to_end(_hold(which)), form.seen_version
    end_hold(db(), case, keys_of(case), actor=viewer(), hold=given, seen_version=seen)
    db().commit()
    return see_other("cases.overview", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/measures")
@gate(Permission.HANDLE)
def measure(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Ask for an interim measure."""
    case = case_or_404(case_id)
    review = pack_of(db(), case).clocks["interim_review"]
    words = (
        "A measure keeps people safe until there is a decision. It is no finding and no punishment.",
        f"It is reviewed every {review}.",
    )
    beside = (
        "Take the least that is enough.",
        "Think of both sides: it can weigh on the reporter too.",
        "Say to whoever is told that nothing has been decided.",
    )
    ask = Ask("Interim measure", "Impose the measure", "cases.steps", words, beside)
    return ask_page(case, ask, form or MeasureForm(), refusal)


@bp.post("/cases/<uuid:case_id>/measures")
@gate(Permission.HANDLE)
@or_show(measure)
def measure_imposed(case_id: UUID) -> Response:
    """Impose an interim measure."""
    case, form = case_or_404(case_id), accepted(MeasureForm())
    given, seen = form.to_measure(), form.seen_version
    pack, keys = pack_of(db(), case), keys_of(case)
    impose_measure(db(), case, keys, pack=pack, actor=viewer(), measure=given, seen_version=seen)
    db().commit()
    return see_other("cases.steps", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/measures/<uuid:measure_id>/review")
@gate(Permission.HANDLE)
def measure_review(
    case_id: UUID, measure_id: UUID, refusal: str = "", form: VersionedForm | None = None
) -> Response:
    """Ask whether a measure is still needed."""
    case = case_or_404(case_id)
    face = found_or_404(measures_of(db(), case, keys_of(case), measure_id), refusal)
    rows = (("Measure", face.what), ("Reason given", face.reason))
    ask = Ask("Review the measure", "Record the review", "cases.steps", facts=rows)
    return ask_page(case, ask, form or MeasureReviewForm(), refusal)


@bp.post("/cases/<uuid:case_id>/measures/<uuid:measure_id>/review")
@gate(Permission.HANDLE)
@or_show(measure_review)
def measure_reviewed(case_id: UUID, measure_id: UUID) -> Response:
    """Let a measure go on, or end it."""
    case, form = case_or_404(case_id), accepted(MeasureReviewForm())
    keys, seen, here = keys_of(case), form.seen_version, viewer()
    if form.ends:
        ending = form.to_ending(measure_id)
        end_measure(db(), case, keys, actor=here, ending=ending, seen_version=seen)
    else:
        pack, review = pack_of(db(), case), form.to_review(measure_id)
        review_measure(db(), case, keys, pack=pack, actor=here, review=review, seen_version=seen)
    db().commit()
    return see_other("cases.steps", case_id=case_id)


def _hold(text: str) -> Hold:
    if text not in set(Hold):
        abort(404)
    return Hold(text)


def _end_form(which: Hold) -> LegalHoldEndForm:
    return LegalHoldEndForm() if which is Hold.LEGAL else HoldEndForm()
