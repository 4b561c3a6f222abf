"""What people do with pages: each method is one thing that somebody does, as they see it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from re import Pattern
from typing import ClassVar

from playwright.sync_api import FilePayload, Locator, Page

from conductdesk.vault.receipts import Receipt
from tests.browser.looking import Looker
from tests.browser.serving import House
from tests.browser.watching import DESK, PHONE
from tests.cast import PASSWORD
from tests.files import a_photo

Words = str | Pattern[str]


@dataclass
class Somebody:
    """Somebody with a browser tab; `look` is at every page state on the way."""

    page: Page
    house: House
    looker: Looker
    scripts: bool
    who: str

    widths: ClassVar[tuple[int, ...]] = (PHONE, DESK)

    def look(self, state: str) -> None:
        """Look hard at the page as it stands."""
        widths = self.widths if self.scripts else (PHONE,)
        how = "on" if self.scripts else "off"
        self.looker.look(self.page, f"{self.who}: {state}, scripts {how}", widths)

    def press(self, button: Words) -> None:
        """Press a button of the page's content."""
        self.page.get_by_role("button", name=button).last.click()
        self.page.wait_for_load_state()

    def follow(self, link: Words) -> None:
        """Follow a link."""
        self.main().locator("a").filter(has_text=link).first.click()
        self.page.wait_for_load_state()

    def fill(self, label: Words, text: str, place: int = 0) -> None:
        """Write into the box with this label."""
        self.page.get_by_label(label).nth(place).fill(text)

    def choose(self, question: Words, answer: str) -> None:
        """Choose one of the answers to a question."""
        group = self.page.get_by_role("group", name=question)
        group.get_by_label(answer, exact=True).check()

    def select(self, label: Words, answer: str, place: int = 0) -> None:
        """Choose what begins with these words from a list."""
        box = self.page.get_by_label(label).nth(place)
        option = box.locator("option").filter(has_text=answer).first
        box.select_option(value=option.get_attribute("value"))

    def give_day(self, question: Words, day: date, place: int = 0) -> None:
        """Write a day into its three boxes."""
        group = self.page.get_by_role("group", name=question).nth(place)
        for label, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            group.get_by_label(label).fill(str(number))

    def main(self) -> Locator:
        """Return the main part of the page."""
        return self.page.get_by_role("main")

    def expect(self, *words: str) -> None:
        """Fail unless the page says all of this."""
        text = self.page.locator("body").inner_text()
        for one in words:
            assert one in text, f"{one!r} is not on {self.page.url}:\n{text}"


class Reporter(Somebody):
    """Whoever tells."""

    def opens(self, page: str = "") -> None:
        """Open a page of the public face."""
        self.page.goto(f"{self.house.address}/wcc/{page}")

    def begins(self) -> None:
        """Go from the landing page to the first question."""
        self.opens()
        self.expect("Who will read it", "The one limit")
        self.follow("Tell us what happened")
        self.look("before you start")
        self.press("Start")

    def answers(self, answer: str) -> None:
        """Answer a question with a choice, and go on; first without an answer (GU-04)."""
        self.look(f"{self.where}")
        self.press("Continue")
        self.expect("There is a problem")
        self.look(f"{self.where}, nothing chosen")
        self.page.get_by_label(answer, exact=True).check()
        self.press("Continue")

    def writes(self, text: str) -> None:
        """Answer a question in words, and go on."""
        self.look(self.where)
        self.page.locator("main textarea").fill(text)
        self.press("Continue")

    @property
    def where(self) -> str:
        """The words before the dash in the title: they never say what a page is about."""
        return self.page.title().removeprefix("Error: ").partition(" – ")[0].lower()

    def names(self, name: str, part: str, post: str = "No") -> None:
        """Name somebody, and go on; first without their part."""
        self.look(self.where)
        self.fill("Name, or how you would describe them", name)
        self.press("Continue")
        self.expect("There is a problem", f"Choose what part {name} had")
        self.look(f"{self.where}, no part chosen")
        self.select("Their part in it", part)
        self.select("Do they hold a post here?", post)
        self.press("Continue")

    def says_who_they_are(self, name: str) -> None:
        """Give a name, and go on; first without."""
        self.look(self.where)
        self.press("Continue")
        self.look(f"{self.where}, no name")
        self.fill("Your name", name)
        self.press("Continue")

    def tells(self) -> None:
        """Answer every question, as a mentee does who is worried about a mentor."""
        self.answers("Something happened that worries me")
        self.answers("No")
        self.answers("No")
        self.look(self.where)
        self.press("Continue")
        self.look(f"{self.where}, nothing written")
        self.writes("He passed on what I had said in private.")
        self.writes("Since the summer")
        self.names("Barnaby Thistlewood", "I am worried about what they did")
        self.answers("In confidence")
        self.says_who_they_are("Marigold Ashdown")
        self.writes("You may ask him about it.")
        self.writes("Another mentor")
        self.answers("No")

    def sends(self) -> Receipt:
        """Check the answers, send, and return the receipt."""
        self.expect("Check your answers", "Who will read this", "Barnaby Thistlewood")
        self.look("check your answers")
        self.press("Send your concern")
        self.look("receipt")
        return self.receipt()

    def adds_photo(self) -> None:
        """Add a photo right after sending, and go back to the receipt; first what is none."""
        self.press("Add a photo or a file")
        self.expect("Your receipt is still here")
        assert self.page.url.endswith("/messages#file")
        self.look("messages, right after sending")
        self.sends_file("photo.jpg", b"This is a text.")
        self.expect("There is a problem", "What is in this file is not what its name says")
        self.look("messages, a file that cannot be kept")
        self.sends_file("photo.jpg", a_photo())
        self.expect("I added a file.", "photo.jpg")
        self.look("messages, a photo added")
        self.follow("Go back to your receipt")

    def sends_file(self, name: str, content: bytes) -> None:
        """Choose a file in the mailbox, and send it without a word."""
        file = FilePayload(name=name, mimeType="image/jpeg", buffer=content)
        self.page.get_by_label("Add a photo or a file (optional)").set_input_files(file)
        self.press("Send message")

    def receipt(self) -> Receipt:
        """Return the receipt that the page shows."""
        receipt = Receipt.parse(self.page.locator(".cd-receipt__code").inner_text())
        assert receipt is not None
        return receipt

    def comes_back(self, receipt: Receipt) -> None:
        """Show the receipt; first a wrong one."""
        self.opens("messages")
        self.fill("Your receipt", "not a receipt")
        self.press("Open my messages")
        self.look("messages, wrong receipt")
        self.fill("Your receipt", receipt.code)
        self.press("Open my messages")
        self.expect("Your messages", "Who reads your messages")

    def writes_back(self, text: str) -> None:
        """Send a message; first an empty one."""
        self.look("messages")
        self.press("Send message")
        self.look("messages, nothing written")
        self.fill("Write back, or add something", text)
        self.press("Send message")
        self.expect(text)


class Officer(Somebody):
    """Whoever works at the desk, where every page is also looked at in every state."""

    widths: ClassVar[tuple[int, ...]] = (DESK,)

    def signs_in(self) -> None:
        """Sign in with password and one-time code."""
        self.opens("sign-in")
        self.types_credentials()
        self.page.wait_for_url(re.compile("/desk/(?!sign-in)"))

    def types_credentials(self) -> None:
        """Fill the sign-in form in."""
        self.fill("E-mail address", self.house.emails[self.who])
        self.fill("Password", PASSWORD)
        self.fill("Code from your authenticator", self.house.next_code(self.who))
        self.press("Sign in")

    def opens(self, page: str) -> None:
        """Open a page of the desk."""
        self.page.goto(f"{self.house.desk}/{page}")

    def finds_the_case(self) -> str:
        """Open the only case of the caseload, and return its name."""
        self.opens("cases")
        self.look("caseload")
        link = self.main().locator("a.cd-code")
        name = link.inner_text()
        link.click()
        self.page.wait_for_load_state()
        return name

    def attests(self) -> None:
        """Look at the names alone, and say that there is no conflict."""
        self.expect("Do you know anybody in this case?", "Barnaby Thistlewood")
        self.look("names")
        self.press("I have no conflict: open the case")
        self.expect("Next step")

    def turns_to(self, page: str) -> None:
        """Go to a page of the case that is open, and look at it."""
        self.page.goto(re.sub(r"(/cases/[0-9a-f-]{36}).*", rf"\1/{page}", self.page.url))

    def errs(self, button: str, state: str) -> None:
        """Send a form with nothing in it, and look at what comes back (GU-04, AH-04)."""
        self.look(state)
        self.press(button)
        self.expect("There is a problem")
        self.look(f"{state}, nothing filled in")

    def first_choice(self) -> str:
        """Return the words of the first answer that one can choose."""
        return self.main().locator(".govuk-radios__label").first.inner_text()

    def in_days(self, days: int) -> date:
        """Return a day from the server's today."""
        return (self.house.now + timedelta(days=days)).date()
