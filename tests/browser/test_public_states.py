"""What the journey does not pass on the public face: other answers, mistakes, and long words."""

from __future__ import annotations

import re

import pytest

from conductdesk.audit.checkpoints import sign_checkpoint
from tests.browser.conftest import Visit
from tests.browser.looking import Looker
from tests.browser.many_cases import LONG_TEXT, LONG_WORD
from tests.browser.pages import Reporter
from tests.browser.serving import House
from tests.browser.watching import PHONE


@pytest.fixture
def mentee(house: House, visit: Visit, looker: Looker) -> Reporter:
    """Somebody with a phone."""
    page = visit(width=PHONE).page()
    return Reporter(page, house, looker, scripts=True, who="reporter")


def test_titles_never_say_what_a_page_is_about(mentee: Reporter) -> None:
    """AX-08: a title stays in the history of a browser that somebody else may use."""
    mentee.opens()
    titles = [mentee.page.title()]
    mentee.follow("Tell us what happened")
    mentee.press("Start")
    mentee.tells()
    titles.append(mentee.page.title())
    mentee.sends()
    titles.append(mentee.page.title())
    for title in titles:
        assert not re.search(
            "misconduct|complain|report|abuse|harass|concern", title, re.IGNORECASE
        )


def test_asking_for_a_call_with_somebody_in_danger(mentee: Reporter) -> None:
    mentee.opens("start")
    mentee.press("Start")
    mentee.answers("I would rather talk to someone first")
    mentee.page.get_by_label("Yes", exact=True).check()
    mentee.press("Continue")
    mentee.expect("Get help now", "999")
    mentee.look("help now")
    mentee.press("Go on")
    for _ in range(8):
        if mentee.where.startswith("check"):
            break
        mentee.look(f"asking for a call, {mentee.where}")
        goes_on(mentee)
    mentee.look("asking for a call, check your answers")
    mentee.press("Ask us to call you")
    mentee.look("asking for a call, receipt")


def goes_on(mentee: Reporter) -> None:
    """Answer whatever is asked, and go on."""
    page = mentee.page
    if page.get_by_label("I am not sure", exact=True).count():
        page.get_by_label("I am not sure", exact=True).first.check()
    elif page.get_by_role("heading", name="How can we call you?").count():
        for box in page.locator("main input[type=text], main input[type=tel]").all():
            box.fill("01632 960001")
    mentee.press("Continue")


def test_long_words_and_many_people_stay_on_the_page(mentee: Reporter) -> None:
    """AX-04: nothing is cut off or pushed aside at 320 pixels."""
    mentee.opens("start")
    mentee.press("Start")
    for answer in ("Something happened that worries me", "No", "No"):
        mentee.page.get_by_label(answer, exact=True).check()
        mentee.press("Continue")
    mentee.page.get_by_label("What happened?").fill(LONG_TEXT * 20)
    mentee.press("Continue")
    mentee.expect("There is a problem")
    mentee.look("question 4, far too long")
    mentee.page.locator("main textarea").fill(LONG_TEXT)
    mentee.press("Continue")
    mentee.writes(LONG_WORD)
    names_many(mentee)
    mentee.look("is it them, because what was written may mean them")
    mentee.answers("I am not sure")
    mentee.page.get_by_label("Without a name", exact=True).check()
    mentee.press("Continue")
    mentee.writes(LONG_WORD)
    mentee.writes(LONG_WORD)
    mentee.answers("Yes, from the start")
    mentee.look("check your answers, long")
    mentee.press("Send your concern")
    mentee.look("receipt, without a name")


def names_many(mentee: Reporter) -> None:
    """Name three people, one of whom sounds like an officer."""
    for _ in range(2):
        mentee.press("Add another person")
    for row, name in enumerate((LONG_WORD[:150], "Izolde Brackenthwait", "名" * 60)):
        mentee.fill("Name, or how you would describe them", name, row)
        mentee.select("Their part in it", "I am worried about what they did", row)
    mentee.look("who was involved, three people")
    mentee.press("Continue")


def test_the_receipt_is_printed_checked_and_used(house: House, mentee: Reporter) -> None:
    mentee.opens("start")
    mentee.press("Start")
    mentee.tells()
    receipt = mentee.sends()
    mentee.press("Print the receipt")
    mentee.look("receipt, to print")
    mentee.opens("receipt/check")
    mentee.fill("Your receipt", "wrong")
    mentee.press("Check it")
    mentee.look("receipt, written down wrong")
    mentee.fill("Your receipt", " ".join(receipt.words))
    mentee.press("Check it")
    mentee.expect("You wrote it down right")
    mentee.look("receipt, written down right")
    mentee.opens("messages")
    mentee.look("messages, with nothing in them")
    takes_consent_back(mentee)
    for place, button in (("treated-badly", "Send it"), ("stop", "Tell them I want to stop")):
        mentee.opens(f"messages/{place}")
        mentee.look(f"messages, {place}")
        mentee.press(button)
        mentee.look(f"messages, {place}, sent empty")
    mentee.opens("messages")
    mentee.look("messages, withdrawn")
    is_warned(mentee)


def is_warned(mentee: Reporter) -> None:
    """Look at what is said before a receipt or a draft would go, and after it went."""
    mentee.press("Close my messages")
    mentee.expect("Before you close your messages")
    mentee.look("before closing the messages")
    mentee.follow("Show the receipt")
    mentee.opens("start")
    mentee.press("Start")
    for answer in ("Something happened that worries me", "No", "No"):
        mentee.page.get_by_label(answer, exact=True).check()
        mentee.press("Continue")
    mentee.opens("receipt")
    mentee.press("I have saved it")
    mentee.expect("Opening your messages deletes them")
    mentee.look("messages, with answers that were not sent")
    mentee.opens("question/4")
    address = f"{mentee.house.address}/wcc/start"
    mentee.page.context.request.post(address, form={"anew": "yes"})
    mentee.page.get_by_label("What happened?").fill(LONG_WORD)
    mentee.press("Continue")
    mentee.expect("You began again", "What you wrote was not saved", LONG_WORD)
    mentee.look("an answer whose form has ended")


def takes_consent_back(mentee: Reporter) -> None:
    """Look at what may be shared, and take it back."""
    mentee.opens("messages/consents")
    mentee.look("messages, what may be shared")
    mentee.press("Take it back")
    mentee.look("messages, what was taken back")


def test_pages_of_mistakes_are_pages_too(house: House, mentee: Reporter) -> None:
    """GU-08: plain words, and a way on."""
    for address in ("nowhere/", "wcc/nowhere", "wcc/%00"):
        mentee.page.goto(f"{house.address}/{address}")
        mentee.look(f"not there, {address}")
        mentee.expect("Go to the first page")


def test_a_proof_is_checked_on_a_phone(mentee: Reporter, house: House) -> None:
    mentee.opens("proof")
    mentee.press("Check it")
    mentee.expect("There is a problem", "Paste the text of the proof")
    mentee.look("checking a proof, nothing given")
    cast = house.cast
    note = sign_checkpoint(cast.db, cast.keystore, "wcc", "asked").note
    cast.db.commit()
    for text, words in (
        (note, "Our record still holds it"),
        (f"{note[:-9]}AAAAAAA=\n", "not ours"),
    ):
        mentee.page.get_by_label("The text of the proof").fill(text)
        mentee.press("Check it")
        mentee.expect(words)
        mentee.look(f"checking a proof, {words}")
