"""Forms for what follows a decision: letters, agreements, proof, waivers and appeals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovTextInput
from wtforms import FieldList, FormField, IntegerField, SelectMultipleField
from wtforms.validators import NumberRange, Optional, ValidationError

from conductdesk.cases.actions.ordering import MOST_HOURS
from conductdesk.cases.acts import (
    AppealConcluded,
    AppealLodged,
    AppealResult,
    BothSidesTold,
    FindingGiven,
    GroundAnswered,
    GroundGiven,
    LetterTo,
    OutcomeOrdered,
    Side,
    WaiverAnswered,
    WaiverProposed,
)
from conductdesk.cases.closing_acts import Agreement, AgreementEnded
from conductdesk.cases.faces.outcomes import APPEAL_RESULTS, SIDES
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.words import FINDINGS, STANDARDS
from conductdesk.web.fields import LABEL, LEGEND, YES_NO, day, line, radio, select, text
from conductdesk.web.form import PageForm

ASIDE = {"text": "Outcomes that no longer hold", "classes": LEGEND}
FEEDBACK_HINT = "The reporter reads this in the mailbox. Do not say what happens to somebody else."


class AgreementForm(VersionedForm):
    """What was agreed informally."""

    what = text("What was agreed?", "Say what was agreed", rows=4)
    who = text("Who does it?", "Say who does what was agreed", rows=2)
    by_when = day("By when?", "Say by when it is done")
    consent = text(
        "How do you know that those who take part agree?",
        "Say how those who take part told you that they consent",
        rows=3,
    )

    def to_agreement(self) -> Agreement:
        """Return the agreement as a value."""
        return Agreement(self.what.data, self.who.data, self.by_when.data, self.consent.data)


class AgreementEndForm(VersionedForm):
    """What became of what was agreed."""

    done = radio(
        "Was it done?",
        "Say whether it was done",
        {"yes": "Yes, all of it", "no": "No, or not all of it"},
    )
    words = text(
        "How can one see that it was done, or why was it not?",
        "Say how one can see that it was done, or why it was not",
        hint="Who told you, and when; or what stood in the way, and what you do about it.",
    )

    def to_end(self, agreement_id: UUID) -> AgreementEnded:
        """Return what became of it as a value."""
        return AgreementEnded(agreement_id, self.done.data == "yes", self.words.data)


class WaiverForm(VersionedForm):
    """Why an outcome should be given up."""

    reason = text("Why should it be given up?", "Give a reason")

    def to_waiver(self, outcome_id: UUID) -> WaiverProposed:
        """Return the proposal as a value."""
        return WaiverProposed(outcome_id, self.reason.data)


class WaiverAnswerForm(VersionedForm):
    """What a second person says to giving an outcome up."""

    agrees = radio(
        "Do you agree to give it up?",
        "Say whether you agree",
        {"yes": "I agree: it is given up", "no": "I do not: it must still be done"},
    )
    reason = text("Why?", "Give a reason", rows=3)

    @property
    def is_yes(self) -> bool:
        """Whether the second person agrees."""
        return bool(self.agrees.data == "yes")

    def to_answer(self, proposal_id: UUID) -> WaiverAnswered:
        """Return the answer as a value."""
        return WaiverAnswered(proposal_id, self.reason.data)


class LettersForm(VersionedForm):
    """What both sides are told; made for the respondents of one case by `letters_form`."""

    respondents: Sequence[UUID] = ()
    feedback = text("To the reporter", "Write to the reporter", hint=FEEDBACK_HINT, rows=10)

    def to_told(self) -> BothSidesTold:
        """Return both letters as a value."""
        letters = (LetterTo(one, self[_letter(one)].data) for one in self.respondents)
        return BothSidesTold(tuple(letters), self.feedback.data)


def letters_form(names: Mapping[UUID, str]) -> type[LettersForm]:
    """Return a form with one letter to each of the respondents, who are given by name."""
    fields: dict[str, Any] = {
        _letter(party_id): text(
            f"To {name}", f"Write the letter to {name}", hint="As you send it.", rows=22
        )
        for party_id, name in names.items()
    }
    return type("LettersOfCase", (LettersForm,), {**fields, "respondents": tuple(names)})


def _letter(party_id: UUID) -> str:
    return f"letter_{party_id.hex}"


class AppealForm(VersionedForm):
    """An appeal as it came; made for the grounds of one pack by `appeal_form`."""

    grounds: Sequence[str] = ()
    by = radio(
        "Who appeals?",
        "Say who appeals",
        {side.value: SIDES[side] for side in Side},
    )
    received_on = day("When did it come?", "Give the day on which it came")

    def to_appeal(self) -> AppealLodged:
        """Return the appeal as a value; a ground without words is not claimed."""
        claimed = (
            GroundGiven(ground, self[f"ground_{place}"].data)
            for place, ground in enumerate(self.grounds)
            if self[f"ground_{place}"].data
        )
        return AppealLodged(Side(self.by.data), self.received_on.data, tuple(claimed))


def appeal_form(grounds: Sequence[str]) -> type[AppealForm]:
    """Return a form with a box for each ground that the scheme knows."""
    fields: dict[str, Any] = {
        f"ground_{place}": text(ground, rows=3) for place, ground in enumerate(grounds)
    }
    return type("AppealOfPack", (AppealForm,), {**fields, "grounds": tuple(grounds)})


class NewOutcomeForm(PageForm):
    """An outcome in the place of another; nothing chosen means none."""

    kind = select("What follows", "Choose from the list", {"": "Nothing more"})
    party_id = select("About whom", "Choose from the list", {"": "Nobody in particular"})
    what = text("What must be done", rows=3)
    owner = line("Who does it")
    hours = IntegerField(
        "Hours, where it is counted in hours",
        widget=GovTextInput(),
        render_kw={"params": {"classes": "govuk-input--width-4", "label": {"classes": LABEL}}},
        validators=[Optional(), NumberRange(1, MOST_HOURS, "Give a number of hours")],
    )
    due_on = day("By when")

    def validate_due_on(self, field: Any) -> None:
        """Ask for the day where an outcome was chosen."""
        if self.kind.data and not field.data and not field.errors:
            raise ValidationError("Say by when it must be done")

    def to_outcome(self) -> OutcomeOrdered:
        """Return the outcome as a value."""
        party = UUID(self.party_id.data) if self.party_id.data else None
        return OutcomeOrdered(
            self.kind.data,
            self.what.data,
            self.owner.data,
            self.due_on.data,
            party,
            self.hours.data,
        )


class ConclusionForm(VersionedForm):
    """How an appeal ends; made for one appeal by `conclusion_form`."""

    grounds: Sequence[str] = ()
    allegations: Sequence[UUID] = ()
    result = radio(
        "How does the appeal end?",
        "Say how the appeal ends",
        {result.value: APPEAL_RESULTS[result] for result in AppealResult},
    )
    set_aside = SelectMultipleField(
        ASIDE["text"],
        widget=GovCheckboxesInput(),
        choices={},
        render_kw={"params": {"fieldset": {"legend": ASIDE}, "hint": None}},
    )
    outcomes = FieldList(FormField(NewOutcomeForm), min_entries=2, max_entries=2)

    def offer(
        self, outcomes: Mapping[str, str], kinds: Mapping[str, str], parties: Mapping[str, str]
    ) -> None:
        """Fill in what can be chosen in this case."""
        self.set_aside.choices = dict(outcomes)
        for entry in self.outcomes:
            entry.form.kind.choices = {"": "Nothing more", **kinds}
            entry.form.party_id.choices = {"": "Nobody in particular", **parties}

    def to_conclusion(self) -> AppealConcluded:
        """Return the conclusion as a value."""
        return AppealConcluded(
            result=AppealResult(self.result.data),
            answers=tuple(self._answers()),
            findings=tuple(self._findings()),
            set_aside=frozenset(UUID(hex=one) for one in self.set_aside.data or ()),
            outcomes=tuple(one.form.to_outcome() for one in self.outcomes if one.form.kind.data),
        )

    def _answers(self) -> list[GroundAnswered]:
        return [
            GroundAnswered(
                ground, self[f"accepted_{place}"].data == "yes", self[f"reasons_{place}"].data
            )
            for place, ground in enumerate(self.grounds)
        ]

    def _findings(self) -> list[FindingGiven]:
        return [
            FindingGiven(
                one,
                self[f"finding_{one.hex}"].data,
                self[f"standard_{one.hex}"].data,
                self[f"why_{one.hex}"].data,
            )
            for one in self.allegations
            if self[f"finding_{one.hex}"].data
        ]


def conclusion_form(
    grounds: Sequence[str], allegations: Mapping[UUID, str]
) -> type[ConclusionForm]:
    """Return a form that answers every ground, and may change every finding."""
    fields: dict[str, Any] = {"grounds": tuple(grounds), "allegations": tuple(allegations)}
    for place, ground in enumerate(grounds):
        asked = f"Do you accept this ground: {ground}?"
        fields[f"accepted_{place}"] = radio(asked, f"Answer the ground: {ground}", YES_NO)
        fields[f"reasons_{place}"] = text("Why?", f"Give reasons, for: {ground}", rows=4)
    for allegation_id, name in allegations.items():
        key = allegation_id.hex
        fields[f"finding_{key}"] = select(
            f"Finding on {name}", "Choose a finding", {"": "It stands", **FINDINGS}
        )
        fields[f"standard_{key}"] = select("Standard of proof", "Choose the standard", STANDARDS)
        fields[f"why_{key}"] = text("Reasons for the new finding", rows=3)
    return type("ConclusionOfAppeal", (ConclusionForm,), fields)
