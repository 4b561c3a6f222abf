"""What an auditor writes on a closed case."""

from __future__ import annotations

from collections.abc import Mapping

from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput
from wtforms import SelectMultipleField

from conductdesk.cases.audit_acts import GRADES, LONGEST_DAYS, MORE, MoreWanted, Observed, Verdict
from conductdesk.web.fields import LEGEND, day, radio, select, text
from conductdesk.web.form import PageForm

SEEN_ON = {"text": "Which cases does it rest on?", "classes": LEGEND}
ON_NONE = "Choose two or more. Choose none where it is about the scheme as a whole."


class FindingForm(PageForm):
    """Something that the auditor saw, and wants put right."""

    observation = text("What did you see?", "Say what you observed")
    grade = radio("How grave is it?", "Choose how grave it is", GRADES)
    recommendation = text("What do you recommend?", "Say what you recommend")
    owner = select("Which office puts it right?", "Choose an office", {})
    due_on = day("By which day?", "Give the day by which it is put right")

    @classmethod
    def on(cls, offices: Mapping[str, str]) -> FindingForm:
        """Return the form with the offices that can read it."""
        form = cls()
        form.owner.choices = dict(offices)
        return form

    def to_observed(self) -> Observed:
        """Return the finding as a value."""
        return Observed(
            self.observation.data,
            self.grade.data,
            self.recommendation.data,
            self.owner.data,
            self.due_on.data,
        )


class SchemeFindingForm(FindingForm):
    """Something that the auditor saw on several cases, or on the scheme as a whole."""

    cases = SelectMultipleField(
        SEEN_ON["text"],
        widget=GovCheckboxesInput(),
        validate_choice=False,
        render_kw={"params": {"fieldset": {"legend": SEEN_ON}, "hint": {"text": ON_NONE}}},
    )

    @classmethod
    def about(cls, cases: Mapping[str, str], offices: Mapping[str, str]) -> SchemeFindingForm:
        """Return the form with the cases that the finding can rest on, and who can answer it."""
        form = cls()
        form.cases.choices = list(cases.items())
        form.owner.choices = dict(offices)
        return form


class QuestionForm(PageForm):
    """A question to the officers in charge."""

    words = text("Your question", "Write your question first")


class VerdictForm(PageForm):
    """What the auditor makes of a proof."""

    proven = radio(
        "Was it put right?",
        "Say whether it was put right",
        {"yes": "Yes, close the finding", "no": "No, send the proof back"},
    )
    words = text("What did you see in the proof?", "Say what you saw in the proof")

    def to_verdict(self) -> Verdict:
        """Return the verdict as a value."""
        return Verdict(self.proven.data == "yes", self.words.data)


PARTS = {"text": "What do you need to read?", "classes": LEGEND}


class MoreForm(PageForm):
    """What the auditor needs to read beside the record."""

    parts = SelectMultipleField(
        PARTS["text"],
        widget=GovCheckboxesInput(),
        choices={part.value: words for part, words in MORE.items()},
        validate_choice=False,
        render_kw={"params": {"fieldset": {"legend": PARTS}, "hint": None}},
    )
    reason = text("Why is the record not enough?", "Say why the record is not enough")
    until = day("Until the end of which day?", f"Give a day within the next {LONGEST_DAYS} days")

    def to_wanted(self) -> MoreWanted:
        """Return the request as a value; what is no part of a case is left out."""
        chosen = tuple(part for part in MORE if part.value in (self.parts.data or ()))
        return MoreWanted(chosen, self.reason.data, self.until.data)
