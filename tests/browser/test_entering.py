"""An officer enters a concern while somebody is on the telephone, with scripts and without."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import Visit
from tests.browser.looking import Looker
from tests.browser.pages import Officer, Reporter
from tests.browser.serving import House
from tests.browser.watching import DESK, PHONE

ACCOUNT = "What happened, in their words"


class AtThePhone(Officer):
    """An officer with somebody on the telephone; each page is looked at in both widths."""

    widths = (PHONE, DESK)

    def writes_down(self) -> None:
        """Fill the page in; first send it empty."""
        self.look("enter a concern")
        self.press("Read it back, then send")
        self.expect("There is a problem", "Choose how it reached you")
        self.look("enter a concern, nothing written")
        self.choose("How did it reach you?", "By telephone")
        self.choose("What is it about?", "Something happened that worries me")
        self.choose("Is anyone in danger now?", "No")
        self.choose(re.compile("Is anyone under 18"), "Not sure")
        self.fill(ACCOUNT, "He passed on what she had said in private.")
        self.fill("Name, or how you would describe them", "Caspian Underhollow")
        self.select("Their part in it", "The concern is about what they did")
        self.choose("How do they want to be known?", "In confidence")
        self.page.get_by_label("Their name", exact=True).fill("Marigold Ashdown")
        self.choose(re.compile("Should someone outside"), "No")

    def asks_about_the_name(self) -> None:
        """Answer whether the person named is the officer with a name like it."""
        self.press("Read it back, then send")
        self.expect("Ask if “Caspian Underhollow” is the officer")
        self.look("enter a concern, a name like an officer’s")
        self.choose(re.compile("Is “Caspian"), "Yes")

    def reads_back_and_sends(self) -> None:
        """Read it back, and send it."""
        self.press("Read it back, then send")
        self.expect("Read it back to them", "Who will read this", "Caspian Underhollow (Chair)")
        self.look("enter a concern, read back")
        self.press("Send it")

    def hands_over(self) -> None:
        """Print the receipt, and say that it was handed over."""
        self.expect("Hand this receipt over now", "The mentoring liaison officer")
        self.look("enter a concern, receipt")
        self.follow("Print the receipt")
        self.look("enter a concern, receipt to print")
        self.follow("Back to the receipt")
        self.press("I have handed it over")
        self.expect("Caseload")


def checks_the_note(reporter: Reporter) -> None:
    """Read what was written down, correct it, and exchange the receipt."""
    reporter.look("messages, a note to check")
    reporter.follow("Read what was written down")
    reporter.press("Tell them")
    reporter.expect("Choose one of the two")
    reporter.look("note, nothing chosen")
    reporter.choose("Is this what you told us?", "Something is wrong")
    reporter.fill("What is wrong?", "It began in spring.")
    reporter.press("Tell them")
    reporter.expect("It began in spring.")
    reporter.follow("Read what was written down for you")
    reporter.look("note, corrected")
    reporter.opens("messages")
    reporter.press("Get a new receipt")
    reporter.expect("Only you have seen this one")
    reporter.look("new receipt")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_concern_is_entered_on_one_page_and_its_receipt_handed_over(
    house: House, visit: Visit, looker: Looker, scripts: bool
) -> None:
    officer = AtThePhone(visit(scripts=scripts).page(), house, looker, scripts, "liaison")
    officer.signs_in()
    officer.opens("cases")
    officer.follow("Enter a concern")
    officer.writes_down()
    officer.asks_about_the_name()
    officer.reads_back_and_sends()
    receipt = Reporter(officer.page, house, looker, scripts, "reporter").receipt()
    officer.hands_over()
    reporter = Reporter(visit(scripts=scripts).page(), house, looker, scripts, "reporter")
    reporter.comes_back(receipt)
    checks_the_note(reporter)


def test_what_is_typed_is_kept_while_it_is_typed(
    house: House, visit: Visit, looker: Looker
) -> None:
    officer = AtThePhone(visit().page(), house, looker, scripts=True, who="liaison")
    officer.signs_in()
    officer.opens("entry/wcc")
    officer.fill(ACCOUNT, "He passed it on.")
    officer.page.get_by_text("Kept at").wait_for()
    assert officer.page.evaluate("() => document.activeElement.id") == "account"
    officer.look("enter a concern, kept")
    officer.opens("cases")
    officer.opens("entry/wcc")
    assert officer.page.get_by_label(ACCOUNT).input_value() == "He passed it on."
    officer.press("Delete all of this")
    officer.expect("Caseload")
