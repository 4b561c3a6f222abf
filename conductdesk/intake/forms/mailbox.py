"""Forms of the receipt and of the mailbox."""

from __future__ import annotations

from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import StringField

from conductdesk.intake.forms.fields import AtMost, Wanted, text
from conductdesk.intake.rules import LONGEST_ACCOUNT
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


class StopForm(PageForm):
    """Why the reporter does not want to go on, if they wish to say."""

    reason = text("Is there anything you want us to know? (optional)", limit=LONGEST_ACCOUNT)
