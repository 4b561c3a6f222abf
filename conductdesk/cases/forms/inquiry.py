"""Forms of the inquiry: terms of reference, notice and reply, evidence, notes, the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextArea
from wtforms import SelectField, TextAreaField

from conductdesk.cases.acts import (
    CaseToAnswer,
    NewAllegation,
    NewEvidence,
    NoReply,
    NoticeServed,
    ReplyReceived,
    Report,
    Terms,
)
from conductdesk.cases.forms.drafting import DraftedForm
from conductdesk.cases.forms.rows import RowsForm, how_many_rows
from conductdesk.cases.words import BEARINGS, STANDARDS
from conductdesk.web.fields import (
    YES_NO,
    AtMost,
    Wanted,
    day,
    line,
    radio,
    select,
    text,
    tidy,
)
from conductdesk.web.form import PageForm
from conductdesk.web.uploads import file_box

CHOOSE = {"": "Choose one"}
MOST_ALLEGATIONS = 20
"""Rows on one page; more are added in another set of terms."""
LONGEST_PART = 100_000
"""Characters of one part of a report."""


def choice(label: str, choices: Mapping[str, str], chosen: str = "") -> SelectField:
    """Return a choice that may be left open, as in a row of which nothing was filled in."""
    # What is not a choice counts as nothing chosen, so that no forged value goes further.
    return SelectField(
        label,
        widget=GovSelect(),
        choices=dict(choices),
        default=chosen,
        validate_choice=False,
        filters=[lambda value: value if value in choices else ""],
    )


class NoteForm(PageForm):
    """A dated note."""

    text = text("Write a note", "Write the note first", rows=4)


class NoticeForm(PageForm):
    """A notice, as it was served outside the system."""

    served_on = day("When was it served?", "Give the day on which the notice was served")
    text = text(
        "The notice, word for word",
        "Copy in the text of the notice",
        hint="Copy in what the respondent was given.",
        rows=12,
    )

    def to_notice(self, party_id: UUID) -> NoticeServed:
        """Return the notice as a value."""
        return NoticeServed(party_id, self["served_on"].data, self.text.data)


class ReplyForm(PageForm):
    """What a respondent answered, as it came."""

    received_on = day("When did it come?", "Give the day on which the reply came")
    text = text(
        "The reply, word for word",
        "Copy in the reply",
        hint="If they answered in person or by phone, write what they said, and who was there.",
        rows=12,
    )

    def to_reply(self, party_id: UUID) -> ReplyReceived:
        """Return the reply as a value."""
        return ReplyReceived(party_id, self["received_on"].data, self.text.data)


class NoReplyForm(PageForm):
    """That no reply came."""

    attempts = text(
        "What was done to reach them?",
        "Say what was done to reach them",
        hint="Each attempt with its day and its way: a letter, a call, an e-mail.",
    )

    def to_no_reply(self, party_id: UUID) -> NoReply:
        """Return the non-reply as a value."""
        return NoReply(party_id, self.attempts.data)


class EvidenceForm(PageForm):
    """An item of evidence: a text, a file, or a file with a text about it."""

    title = line(
        "Short title",
        "Give the item a short title",
        hint="Such as: messages of 3 May, from the phone of Witness A.",
    )
    allegation_id = select("Which allegation is it about?", "Choose from the list", {})
    bearing = radio(
        "What does it do?",
        "Say whether it supports the allegation or speaks against it",
        BEARINGS,
    )
    text = text("What was said or seen", hint="Leave it empty if the file says it all.")
    file = file_box("File, if there is one")

    def let_choose(self, letters: Mapping[str, UUID]) -> None:
        """Offer the allegations by their letters."""
        offered = {str(row_id): f"Allegation {letter}" for letter, row_id in letters.items()}
        self.allegation_id.choices = {"": "All of them", **offered}

    def to_evidence(self) -> NewEvidence:
        """Return the item as a value."""
        chosen = self.allegation_id.data
        return NewEvidence(
            title=self.title.data,
            bearing=self.bearing.data,
            text=self.text.data,
            allegation_id=UUID(chosen) if chosen else None,
        )


class TermsForm(DraftedForm, RowsForm):
    """Terms of reference; `terms_form` adds the fields of each allegation, and the others."""

    begins_with = ("clause", "account")
    wanted: Mapping[str, str] = {
        "party": "Choose who allegation {} is against",
        "clause": "Choose the clause of allegation {}",
        "account": "Write what allegation {} says happened",
    }

    def to_terms(self) -> Terms:
        """Return the terms as a value."""
        return Terms(
            allegations=tuple(self._allegation(row) for row in self.filled()),
            questions=self["questions"].data,
            standard=self["standard"].data,
            due_on=self["due_on"].data,
        )

    def _allegation(self, row: int) -> NewAllegation:
        return NewAllegation(
            party_id=UUID(self[f"party_{row}"].data),
            clause=self[f"clause_{row}"].data,
            account=self[f"account_{row}"].data,
        )


def terms_form(
    parties: Mapping[str, str], clauses: Mapping[str, str], typed: str | None, least: int
) -> type[TermsForm]:
    """Return the form for as many allegations as the page says that it had (*typed*).

    *parties* are respondents by their id, *clauses* titles by their number. *least* is 0 where
    there are allegations already.
    """
    rows = how_many_rows(typed, least, MOST_ALLEGATIONS)
    fields: dict[str, Any] = {"rows": rows, "least": least, "most": MOST_ALLEGATIONS}
    for row in range(rows):
        fields |= _allegation_fields(row, parties, clauses)
    return type("TermsOfSomeRows", (TermsForm,), fields | _other_terms())


def _allegation_fields(
    row: int, parties: Mapping[str, str], clauses: Mapping[str, str]
) -> dict[str, Any]:
    only = next(iter(parties)) if len(parties) == 1 else ""
    return {
        f"party_{row}": choice("Respondent", CHOOSE | dict(parties), only),
        f"clause_{row}": choice("Clause of the code", CHOOSE | dict(clauses)),
        f"account_{row}": text(
            "What is said to have happened",
            hint="In enough detail to be answered: what, when, where, with whom.",
        ),
    }


def _other_terms() -> dict[str, Any]:
    questions = "Questions that the investigation must answer"
    return {
        "questions": text(questions, "Write down the questions that must be answered"),
        "standard": radio("Standard of proof", "Choose the standard of proof", STANDARDS),
        "due_on": day("When is the report due?", "Give the day by which the report is due"),
    }


class ReportForm(DraftedForm):
    """The report; `report_form` adds two fields for each allegation."""

    def to_report(self, letters: Mapping[str, UUID]) -> Report:
        """Return the report as a value; *letters* are the allegations."""
        return Report(
            facts=self["facts"].data,
            analysis=self["analysis"].data,
            searched_against=self["searched_against"].data,
            answers=tuple(
                CaseToAnswer(
                    allegation_id=row_id,
                    to_answer=self[f"answer_{letter}"].data == "yes",
                    why=self[f"why_{letter}"].data,
                )
                for letter, row_id in letters.items()
            ),
        )


def report_form(letters: Sequence[str]) -> type[ReportForm]:
    """Return the form for the allegations with these *letters*."""
    fields: dict[str, Any] = {
        "facts": _long(
            "Facts",
            "Write down the facts that you found",
            "What you found, and from which evidence. Not what you make of it.",
        ),
        "searched_against": text(
            "What did you do to find evidence against the allegations?",
            "Say what you did to find evidence against the allegations",
            hint="Whom you asked, where you looked, and what came of it.",
        ),
        "analysis": _long(
            "Analysis",
            "Write down what you make of the facts",
            "What you make of the facts. Say nothing about what should follow.",
        ),
    }
    for letter in letters:
        fields |= {
            f"answer_{letter}": radio(
                f"Allegation {letter}: is there a case to answer?",
                f"Say whether there is a case to answer on allegation {letter}",
                YES_NO,
            ),
            f"why_{letter}": text("Why", f"Say why, for allegation {letter}", rows=3),
        }
    return type("ReportOnSome", (ReportForm,), fields)


def _long(label: str, missing: str, hint: str) -> TextAreaField:
    return TextAreaField(
        label,
        description=hint,
        widget=GovTextArea(),
        filters=[tidy],
        render_kw={"params": {"rows": 14}},
        validators=[Wanted(missing), AtMost(LONGEST_PART)],
    )
