"""Parts of a page that are exchanged in place (AH-01 to AH-05, HX-05, HX-06, HX-13)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.looking import Looker
from tests.browser.pages import Officer
from tests.browser.serving import House

FOCUS = """() => ({
  body: document.activeElement === document.body,
  text: document.activeElement.textContent.trim().slice(0, 60),
  live: document.querySelectorAll("#status[role=status]").length,
  said: document.getElementById("status").textContent.trim(),
  busy: document.querySelectorAll("[aria-busy=true]").length,
})"""


@pytest.fixture
def officer(house: House, visit: Visit, looker: Looker) -> Officer:
    """The handler, at the messages of a case."""
    with house.settled() as cast:
        case_id = cast.attested().id
    officer = Officer(visit().page(), house, looker, scripts=True, who="liaison")
    officer.signs_in()
    officer.opens(f"cases/{case_id}/messages")
    return officer


def swapped(page: Page, button: str) -> int:
    """Press a button that exchanges a part, wait for it, and return the answer's status."""
    page.evaluate(
        "() => { window.whole = true; window.settled = new Promise((done) =>"
        " document.addEventListener('htmx:afterSettle', () => setTimeout(done, 0), {once: true})) }"
    )
    with page.expect_response(lambda one: "hx-request" in one.request.headers) as answer:
        page.get_by_role("button", name=button).click()
    page.evaluate("() => window.settled")
    assert page.evaluate("() => window.whole"), "the whole page was loaded anew"
    return answer.value.status


def test_a_message_is_exchanged_in_place_and_the_focus_follows(officer: Officer) -> None:
    officer.fill("Write to the reporter", "You will hear from me on Friday.")
    assert swapped(officer.page, "Send message") == 200
    officer.expect("You will hear from me on Friday.")
    facts = officer.page.evaluate(FOCUS)
    assert not facts["body"], "the focus fell to the body (AH-02)"
    assert facts["text"] == "Messages with the reporter"
    assert (facts["live"], facts["busy"]) == (1, 0)
    officer.look("messages, sent in place")


def test_a_mistake_in_a_part_takes_the_focus_and_the_title(officer: Officer) -> None:
    title = officer.page.title()
    assert swapped(officer.page, "Send message") == 422
    facts = officer.page.evaluate(FOCUS)
    assert "There is a problem" in facts["text"]
    assert officer.page.title() == f"Error: {title}"
    officer.look("messages, a mistake in place")
    officer.fill("Write to the reporter", "Now with words.")
    assert swapped(officer.page, "Send message") == 200
    assert officer.page.title() == title
    assert not officer.page.evaluate(FOCUS)["body"]


def test_the_caseload_is_filtered_in_place(officer: Officer) -> None:
    officer.opens("cases")
    officer.select("State", "Closed")
    assert swapped(officer.page, "Show cases") == 200
    facts = officer.page.evaluate(FOCUS)
    assert facts["text"].startswith("0 cases")
    officer.expect("No cases here")
    officer.look("caseload, filtered, nothing fits")


def test_an_address_is_kept_out_of_the_browsers_storage_at_sign_out(officer: Officer) -> None:
    officer.fill("Write to the reporter", "A message.")
    swapped(officer.page, "Send message")
    officer.page.get_by_role("button", name="Sign out").click()
    officer.page.wait_for_load_state()
    kept = officer.page.evaluate("() => JSON.stringify([{...sessionStorage}, {...localStorage}])")
    assert "cases" not in kept


def test_a_part_asked_for_after_the_session_leads_to_the_sign_in_page(
    house: House, officer: Officer
) -> None:
    house.later(timedelta(minutes=31))
    officer.fill("Write to the reporter", "Too late.")
    officer.page.get_by_role("button", name="Send message").click()
    officer.page.wait_for_url("**/desk/sign-in**")
    assert officer.page.get_by_role("main").count() == 1
