"""Forms for closing a case, and for what comes after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import FieldList, FormField, HiddenField
from wtforms.validators import Length

from conductdesk.cases.closing_acts import CheckedCopy, Reason, Section
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.web.fields import SHORT, radio, text
from conductdesk.web.form import PageForm

MOST_SECTIONS = 30
LONGEST_SECTION = 200_000
"""Characters; a section holds many texts of the case, one after the other."""


class FeedbackForm(VersionedForm):
    """What the reporter is told at the end."""

    text = text(
        "Feedback to the reporter",
        "Write the feedback first",
        hint="The reporter reads it in the mailbox.",
        rows=8,
    )


class NoFeedbackForm(VersionedForm):
    """Why the reporter gets no feedback."""

    reason = text(
        "Why does the reporter get no feedback?",
        "Give a reason",
        hint="For example, because the police asked for it.",
    )

    def to_reason(self) -> Reason:
        """Return the reason as a value."""
        return Reason(self.reason.data)


class LearningForm(VersionedForm):
    """What there is to learn."""

    text = text(
        "What is there to learn?",
        "Note what there is to learn from this, or that there is nothing",
        hint="For the scheme, the training or the code. Say so if there is nothing.",
        rows=6,
    )


class ReasonedForm(VersionedForm):
    """A reason."""

    reason = text("Why?", "Give a reason")

    def to_reason(self) -> Reason:
        """Return the reason as a value."""
        return Reason(self.reason.data)


class RetentionForm(VersionedForm):
    """How long the case is kept."""

    chosen = radio(
        "How long is the case kept?",
        "Choose how long the case is kept",
        {},
        hint="The time counts from the day on which it closes.",
    )

    def offer(self, classes: Mapping[str, str]) -> None:
        """Fill in the scheme's retention classes."""
        self.chosen.choices = dict(classes)


class SectionForm(PageForm):
    """One section of the copy for the auditors."""

    title = HiddenField(validators=[Length(max=SHORT)])
    text = text("Section", rows=8, limit=LONGEST_SECTION)


class CopyForm(VersionedForm):
    """The copy for the auditors, section by section."""

    sections = FieldList(FormField(SectionForm), max_entries=MOST_SECTIONS)

    def to_copy(self) -> CheckedCopy:
        """Return the copy as a value; raises `Refused` where it is empty."""
        filled = (one for one in self.typed() if one.text)
        return CheckedCopy(tuple(filled))

    def typed(self) -> tuple[Section, ...]:
        """Return the sections as they were typed."""
        return tuple(
            Section(one.form.title.data or "", one.form.text.data) for one in self.sections
        )


def copy_form(sections: Sequence[Section]) -> CopyForm:
    """Return the form with *sections* in it, unless it was sent and holds what was typed."""
    drafted: list[dict[str, Any]] = [{"title": one.title, "text": one.text} for one in sections]
    return CopyForm(sections=drafted)
