"""Forms of the receipt and of the mailbox."""

from __future__ import annotations

from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import HiddenField, StringField

from conductdesk.cases.concern import Answer
from conductdesk.intake.forms.fields import AtMost, Wanted, line, radio, text
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


class TreatedBadlyForm(PageForm):
    """How the reporter is treated for telling."""

    account = text("What is happening?", Wanted("Tell us what is happening"), limit=LONGEST_ACCOUNT)
    turn = HiddenField()
    """Which receipt was given last when the page was shown: a second click sends nothing twice."""
    by = line("Who is doing it? (optional)", hint="If it is an officer here, they do not see it.")


class StopForm(PageForm):
    """Why the reporter does not want to go on, if they wish to say."""

    reason = text("Is there anything you want us to know? (optional)", limit=LONGEST_ACCOUNT)


class CheckInForm(PageForm):
    """The answer to a check-in."""

    treated_badly = radio(
        "Is anyone treating you badly for telling us?",
        "Choose yes or no",
        choices={"no": "No", "yes": "Yes"},
    )

    @property
    def says_yes(self) -> bool:
        """Answer whether somebody treats the reporter badly."""
        return bool(self.treated_badly.data == Answer.YES)
