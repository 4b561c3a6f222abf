"""The letters about a decision: drafted, recorded, and each with its proof."""

from __future__ import annotations

from uuid import UUID

from flask import Response, url_for

from conductdesk.audit.checkpoints import proof_for
from conductdesk.cases.actions.deciding import tell_both_sides
from conductdesk.cases.days import today
from conductdesk.cases.faces.letters import Draft, feedback_of, letters_of
from conductdesk.cases.faces.sent_letters import SentLetter, sent_letter
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.forms.outcomes import LettersForm, letters_form
from conductdesk.cases.models import Case
from conductdesk.cases.queries import pack_of
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.asking import Ask, ask_page, found_or_404
from conductdesk.cases.views.blueprint import bp
from conductdesk.policy import Permission
from conductdesk.refusal import Refused
from conductdesk.vault.models import Compartment
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import download, page, see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db, keystore, settings

TELL = Ask(
    heading="Tell both sides",
    button="Both sides are told today",
    back="cases.outcomes",
    words=("Send the letters today, then record them here. The time to appeal begins now.",),
    beside=(
        "Say what was decided, why, what follows and until when, and how to appeal.",
        "Do not say who the reporter is, or what could give it away.",
        "Tell the reporter how it went, not what somebody else must do.",
        "Leave in how to check the proof. Once this is recorded, the page of each letter has it: "
        "send it along.",
    ),
)

NO_ENTRY = "No entry of the log names this letter. Ask the administrator to check the log."


@bp.get("/cases/<uuid:case_id>/outcomes/letters")
@gate(Permission.HANDLE)
def letters(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Ask for the letters to both sides, which go out on the same day."""
    case = case_or_404(case_id)
    template, shown = "cases/outcomes_letters.html", {"day": today()}
    return ask_page(case, TELL, form or _letters_form(case), refusal, template, shown)


@bp.post("/cases/<uuid:case_id>/outcomes/letters")
@gate(Permission.HANDLE)
@or_show(letters)
def told(case_id: UUID) -> Response:
    """Record the letters, and put the feedback into the mailbox."""
    case = case_or_404(case_id)
    form = accepted(_letters_form(case))
    given, seen, pack, keys = form.to_told(), form.seen_version, pack_of(db(), case), keys_of(case)
    tell_both_sides(db(), case, keys, pack=pack, actor=viewer(), seen_version=seen, told=given)
    db().commit()
    return see_other("cases.outcomes", case_id=case_id, _anchor="letters")


@bp.get("/cases/<uuid:case_id>/outcomes/letters/<uuid:paper_id>")
@gate(Permission.HANDLE)
def letter(
    case_id: UUID, paper_id: UUID, refusal: str = "", form: PageForm | None = None
) -> Response:
    """Show one letter as it was sent, to be printed, with the place of its entry in the log."""
    case = case_or_404(case_id)
    return page(
        "cases/letter_sent.html",
        letter=_sent(case, paper_id, refusal),
        proof_page=_proof_page(case),
        proof_url=url_for("cases.letter_proof", case_id=case_id, paper_id=paper_id),
        no_entry=NO_ENTRY,
        refusal=refusal,
        back_url=url_for("cases.outcomes", case_id=case_id, _anchor="letters"),
    )


@bp.post("/cases/<uuid:case_id>/outcomes/letters/<uuid:paper_id>/proof")
@gate(Permission.HANDLE)
@or_show(letter)
def letter_proof(case_id: UUID, paper_id: UUID) -> Response:
    """Give the proof that a letter is on record, to go with it."""
    case = case_or_404(case_id)
    entry = _sent(case, paper_id).entry
    if entry is None:
        raise Refused(NO_ENTRY)
    proof = proof_for(db(), keystore(), case.scheme, entry.index, "letter")
    db().commit()
    return download(proof.encode(), "proof.txt", "application/octet-stream")


def _sent(case: Case, paper_id: UUID, refusal: str = "") -> SentLetter:
    return found_or_404(sent_letter(db(), case, keys_of(case), paper_id), refusal)


def _proof_page(case: Case) -> str:
    return f"{settings().url}/{case.scheme}/proof"


def _letters_form(case: Case) -> LettersForm:
    drafts = _drafts(case)
    form: LettersForm = letters_form({draft.party_id: draft.to for draft in drafts})(
        feedback=feedback_of(db(), case, _proof_page(case)),
        **{f"letter_{draft.party_id.hex}": draft.text for draft in drafts},
    )
    return form


def _drafts(case: Case) -> tuple[Draft, ...]:
    keys, pack = keys_of(case), pack_of(db(), case)
    if not keys.holds(Compartment.INTERNAL):
        raise Refused("You have no key to the decision. Ask the handler to write the letters.")
    return letters_of(db(), case, keys, pack, _proof_page(case))
