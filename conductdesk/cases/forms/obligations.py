"""Forms about one obligation: its hours, its proof, and what is done about a request."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from wtforms import Field
from wtforms.validators import ValidationError

from conductdesk.cases.acts import HoursSpent, OutcomeProven
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.request_acts import Extension, RequestRefused, Told
from conductdesk.web.fields import day, line, radio, select, text

HOURS = re.compile(r"[0-9]{1,4}([.,][0-9]{1,2})?", re.ASCII)
MESSAGE_HINT = "They read this in the mailbox."


class ProofForm(VersionedForm):
    """How one can see that an outcome was carried out."""

    proof = text("How can one see that it was done?", "Say how one can see that it was done")

    def to_proof(self, outcome_id: UUID) -> OutcomeProven:
        """Return the proof as a value."""
        return OutcomeProven(outcome_id, self.proof.data)


class OwnersProofForm(ProofForm):
    """The same, where whoever must do it shows it."""

    shown_on = day("When did they show you?", "Give the day on which they showed you")

    def to_proof(self, outcome_id: UUID) -> OutcomeProven:
        """Return the proof as a value."""
        return OutcomeProven(outcome_id, self.proof.data, self.shown_on.data)


PROOF_FORMS: Mapping[str, type[ProofForm]] = {
    "owner": OwnersProofForm,
    "handler": ProofForm,
    "second": ProofForm,
}
"""What is asked for as proof, by the pack's `proof_by`."""


class HoursForm(VersionedForm):
    """Some of the hours of an outcome."""

    hours = line("How many hours?", "Say how many hours were spent", hint="For example, 2 or 1.5")
    done_on = day("On which day?", "Give the day on which they were spent")
    what = text(
        "What were they spent on, and how can one see it?",
        "Say what the hours were spent on, and how one can see it",
        hint="A course and its certificate, a session and who led it.",
        rows=3,
    )

    def validate_hours(self, field: Field) -> None:
        """Ask for a number."""
        if field.data and not HOURS.fullmatch(field.data):
            raise ValidationError("Write the hours as a number, such as 2 or 1.5")

    def to_hours(self, outcome_id: UUID) -> HoursSpent:
        """Return the entry as a value."""
        minutes = round(float(self.hours.data.replace(",", ".")) * 60)
        return HoursSpent(outcome_id, self.done_on.data, minutes, self.what.data)


class TellingForm(VersionedForm):
    """Who was told of a pause or an ending; `offer` fills in who has not been."""

    party_id = select("Who was told?", "Choose who was told", {})
    told_on = day("When?", "Give the day on which they were told")
    how = line("How were they told?", "Say how they were told", hint="By telephone, or in a letter")

    def offer(self, parties: Mapping[str, str]) -> TellingForm:
        """Fill in who can be chosen, and return the form."""
        self.party_id.choices = dict(parties)
        return self

    def to_told(self, outcome_id: UUID) -> Told:
        """Return it as a value."""
        party_id = UUID(self.party_id.data)
        return Told(outcome_id, party_id, self.told_on.data, self.how.data)


class ExtensionForm(VersionedForm):
    """Why a records request takes longer."""

    until = day("Until when?", "Give the day by which it will be done")
    reason = text("Why does it take longer?", "Say why it takes longer", rows=3)
    message = text(
        "What do you tell the person who asked?",
        "Write to the person who asked",
        hint=f"{MESSAGE_HINT} Say why, and until when.",
    )

    def to_extension(self, outcome_id: UUID) -> Extension:
        """Return it as a value."""
        return Extension(outcome_id, self.until.data, self.reason.data, self.message.data)


class RefusalForm(VersionedForm):
    """What of a request is refused, and why."""

    whole = radio(
        "What do you refuse?",
        "Say whether you refuse all of it",
        {"yes": "All of it", "no": "A part of it, and the rest is done"},
    )
    what = text("Which part?", hint="Where you refuse a part alone.", rows=2)
    reasons = text("On what ground?", "Give the reasons", rows=3)
    message = text(
        "What do you tell the person who asked?",
        "Write to the person who asked",
        hint=f"{MESSAGE_HINT} Give the reasons, and say to whom they can complain.",
    )

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Ask for the part, too, where a part is refused."""
        sound = bool(super().validate(extra_validators))
        if self.whole.data == "no" and not self.what.data:
            self.what.errors = [*self.what.errors, "Say which part you refuse"]
            return False
        return sound

    def to_refusal(self, outcome_id: UUID) -> RequestRefused:
        """Return it as a value."""
        whole = self.whole.data == "yes"
        said = (self.what.data, self.reasons.data, self.message.data)
        return RequestRefused(outcome_id, whole, *said)
