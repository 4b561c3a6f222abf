"""Forms for holding a case, for interim measures, and for what leaves the organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from conductdesk.cases.closing_acts import (
    Hold,
    HoldBegun,
    HoldEnded,
    MeasureEnding,
    MeasureImposed,
    MeasureReview,
    NoReferral,
    OverrideMade,
    Reason,
    ReferralAnswer,
    ReferralMade,
)
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.sharing import Sharing
from conductdesk.cases.workflow import Move
from conductdesk.web.fields import YES_NO, day, line, radio, text


class HoldForm(VersionedForm):
    """Why a case is held."""

    reason = text("Why is the case held?", "Say why the case is held")

    def to_hold(self, which: Hold) -> HoldBegun:
        """Return the hold as a value."""
        return HoldBegun(which, self.reason.data)


class LegalHoldEndForm(VersionedForm):
    """Why a legal hold ends."""

    reason = text("Why does the hold end?", "Say why the hold ends")

    def to_end(self, which: Hold) -> HoldEnded:
        """Return the end as a value."""
        return HoldEnded(which, self.reason.data)


class HoldEndForm(LegalHoldEndForm):
    """Why a hold ends, with the advice that it waited for."""

    agency = line(
        "Which agency advised you?",
        "Say which agency advised you",
        hint="For example, the local authority, or the police.",
    )
    advice = text("What did they advise?", "Record the agency’s advice before you end the hold")

    def to_end(self, which: Hold) -> HoldEnded:
        """Return the end as a value."""
        return HoldEnded(which, self.reason.data, self.agency.data, self.advice.data)


class MeasureForm(VersionedForm):
    """A temporary step before any finding."""

    what = text("What is the measure?", "Say what the measure is", rows=3)
    reason = text("Why is it needed now?", "Say why it is needed now", rows=4)
    alternatives = text(
        "Which lesser steps did you consider, and why are they not enough?",
        "Say which lesser steps you considered, and why not those",
        rows=4,
    )

    def to_measure(self) -> MeasureImposed:
        """Return the measure as a value."""
        return MeasureImposed(self.what.data, self.reason.data, self.alternatives.data)


class MeasureReviewForm(VersionedForm):
    """Whether a measure goes on, and why."""

    goes_on = radio(
        "Is the measure still needed?",
        "Say whether the measure is still needed",
        {"yes": "Yes, for another review period", "no": "No, end it now"},
    )
    reason = text("Why?", "Say why", rows=4)

    @property
    def ends(self) -> bool:
        """Whether the measure ends."""
        return bool(self.goes_on.data == "no")

    def to_review(self, measure_id: UUID) -> MeasureReview:
        """Return a review as a value."""
        return MeasureReview(measure_id, self.reason.data)

    def to_ending(self, measure_id: UUID) -> MeasureEnding:
        """Return an end as a value."""
        return MeasureEnding(measure_id, self.reason.data)


class ReferralForm(VersionedForm):
    """Something that is taken to another body."""

    agency = line("Who is it referred to?", "Say who it was referred to")
    what = text("What did you share?", "Say what was shared", rows=4)
    ground = text("On what ground?", "Say on what ground it was referred", rows=3)
    consent = text(
        "Did the person agree?",
        "Say whether the person agreed, or why they were not asked",
        hint="If they were not asked, say why: for example, because asking would put them at risk.",
        rows=3,
    )
    reference = line("Their reference (optional)")

    def to_referral(self) -> ReferralMade:
        """Return the referral as a value."""
        return ReferralMade(
            self.agency.data,
            self.what.data,
            self.ground.data,
            self.consent.data,
            self.reference.data,
        )


class ReferralAnswerForm(VersionedForm):
    """What the other body answered."""

    words = text("What did they answer?", "Write down what they answered")
    reference = line("Their reference (optional)")

    def to_answer(self, referral_id: UUID) -> ReferralAnswer:
        """Return the answer as a value."""
        return ReferralAnswer(referral_id, self.words.data, self.reference.data)


class NoReferralForm(VersionedForm):
    """Why something is not referred."""

    agency = line("Who could it be referred to?", "Say who it could have been referred to")
    reason = text("Why is it not referred?", "Say why it is not referred")

    def to_refusal(self) -> NoReferral:
        """Return the decision as a value."""
        return NoReferral(self.agency.data, self.reason.data)


class SecondForm(VersionedForm):
    """Whether a second person agrees; a reason is needed to say no."""

    agrees = radio("Do you agree?", "Say whether you agree", {"yes": "I agree", "no": "I do not"})
    reason = text("Why? (needed if you do not agree)", rows=3)

    @property
    def is_yes(self) -> bool:
        """Whether the second person agrees."""
        return bool(self.agrees.data == "yes")

    def to_reason(self) -> Reason:
        """Return the reason as a value."""
        return Reason(self.reason.data)


class StepReasonForm(VersionedForm):
    """The reason for a step that the scheme makes stricter."""

    step = radio("For which step?", "Choose the step", {})
    reason = text("Why is this step right now?", "Give a reason", rows=4)

    @classmethod
    def on(cls, steps: Mapping[str, str], **given: object) -> StepReasonForm:
        """Return the form with the steps for which a reason is wanted."""
        form = cls(**given)
        form.step.choices = dict(steps)
        return form

    def to_move(self) -> Move:
        """Return the step as a value."""
        return Move(self.step.data)

    def to_reason(self) -> Reason:
        """Return the reason as a value."""
        return Reason(self.reason.data)


class LiftForm(VersionedForm):
    """Why somebody is not the person meant."""

    reason = text(
        "How do you know that the reporter did not mean them?",
        "Say how you know that the reporter did not mean them",
        hint="Auditors read this later. Leave out who the reporter is.",
    )

    def to_reason(self) -> Reason:
        """Return the reason as a value."""
        return Reason(self.reason.data)


class OverrideForm(VersionedForm):
    """What was passed on in spite of confidence."""

    what = text("What is passed on?", "Say what was passed on", rows=3)
    to_whom = line("To whom?", "Say to whom it was passed on")
    ground = radio("On what ground?", "Choose the ground", {})
    explanation = text("Explain the ground", "Explain the ground", rows=4)
    told = radio("Was the person told beforehand?", "Say whether the person was told", YES_NO)
    told_on = day("If so, on which day?")
    why_not_told = text("If not, why not?", rows=3)

    @classmethod
    def on(cls, grounds: Mapping[str, str], **given: object) -> OverrideForm:
        """Return the form with the grounds on which the officer may decide."""
        form = cls(**given)
        form.ground.choices = dict(grounds)
        return form

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Ask for the day, too, where the person was told."""
        sound = bool(super().validate(extra_validators))
        if self.told.data == "yes" and not self.told_on.data:
            self.told_on.errors = [*self.told_on.errors, "Enter the day on which they were told"]
            return False
        return sound

    def to_override(self) -> OverrideMade:
        """Return the override as a value; raises `Refused` where it is not explained."""
        return OverrideMade(
            what=self.what.data,
            to_whom=self.to_whom.data,
            ground=self.ground.data,
            explanation=self.explanation.data,
            told_on=self.told_on.data if self.told.data == "yes" else None,
            why_not_told=self.why_not_told.data if self.told.data == "no" else "",
        )


class WithdrawalForm(VersionedForm):
    """Whether the case goes on although the reporter does not want to."""

    go_on = radio(
        "Does the case go on?",
        "Say whether the case goes on",
        {"yes": "Yes, we go on without the reporter", "no": "No, we finish it as it stands"},
    )
    reason = text("Why?", "Give a reason")

    @property
    def goes_on(self) -> bool:
        """Whether the case goes on."""
        return bool(self.go_on.data == "yes")


class ConsentForm(VersionedForm):
    """What the reporter agrees to have shared."""

    what = text(
        "What may be shared now?",
        "Say what may be shared",
        hint="Say how they told you, too.",
        rows=4,
    )
    as_whom = line(
        "As whom?",
        "Say as whom it may be shared",
        hint="For example: by their name, or without it.",
    )
    with_whom = line("With whom?", "Say with whom it may be shared")
    how = line("How?", "Say how it may be shared", hint="For example: in writing, or by telephone.")
    when = line(
        "When?", "Say when it may be shared", hint="For example: at once, or after they left."
    )

    def to_sharing(self) -> Sharing:
        """Return what they agree to as a value."""
        return Sharing(
            self.what.data,
            self.as_whom.data,
            self.with_whom.data,
            self.how.data,
            self.when.data,
        )
