"""Forms of the receipt and of the mailbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import StringField

from conductdesk.cases.concern import Answer
from conductdesk.intake.forms.fields import radio, text
from conductdesk.intake.rules import LONGEST_ACCOUNT
from conductdesk.web.fields import AtMost, Wanted
from conductdesk.web.form import PageForm
from conductdesk.web.uploads import file_box

LONGEST_RECEIPT = 500
"""In characters: the words with generous space between them."""


class ReceiptForm(PageForm):
    """A receipt, as a code or as words."""

    receipt = StringField(
        "Your receipt",
        widget=GovTextInput(),
        validators=[Wanted("Enter the code or the words of your receipt"), AtMost(LONGEST_RECEIPT)],
    )


class MessageForm(PageForm):
    """What the reporter writes to those in charge, and a file."""

    message = text("Write back, or add something", limit=LONGEST_ACCOUNT)
    file = file_box("Add a photo or a file (optional)")


class NoteForm(PageForm):
    """Whether what an officer wrote down is right."""

    right = radio(
        "Is this what you told us?",
        "Choose one of the two",
        choices={"yes": "This is right", "no": "Something is wrong"},
    )
    wrong = text("What is wrong? (only if something is)", limit=LONGEST_ACCOUNT)

    @property
    def is_right(self) -> bool:
        """Answer whether the reporter has nothing to correct."""
        return bool(self.right.data == Answer.YES)

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Ask what is wrong, where something is; whoever wrote that is not at ease with it."""
        sound = bool(super().validate(extra_validators))
        if sound and self.is_right and self.wrong.data:
            self.right.errors = ["You wrote what is wrong. Choose “Something is wrong” to send it"]
        elif sound and not self.is_right and not self.wrong.data:
            self.wrong.errors = ["Tell us what is wrong"]
        return not self.errors


class StopForm(PageForm):
    """Why the reporter does not want to go on, if they wish to say."""

    reason = text("Is there anything you want us to know? (optional)", limit=LONGEST_ACCOUNT)
