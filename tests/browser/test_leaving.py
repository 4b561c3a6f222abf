"""Leaving at once, and being warned in time (GU-09, GU-10, CK-04, HD-08, HD-09, AX-07)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.looking import Looker
from tests.browser.pages import Officer, Reporter
from tests.browser.serving import House
from tests.browser.watching import PHONE, Watched

WORDS = "Barnaby passed on what I had said in private."
BEFORE_THE_END = 56 * 60
"""Seconds without a request, of the hour that a draft lasts."""


def half_way(house: House, looker: Looker, watched: Watched) -> Page:
    """Answer the first questions, and return the tab with the next."""
    somebody = Reporter(watched.page(), house, looker, watched.scripts, "reporter")
    somebody.opens("start")
    somebody.press("Start")
    for answer in ("Something happened that worries me", "No", "No"):
        somebody.page.get_by_label(answer, exact=True).check()
        somebody.press("Continue")
    somebody.page.get_by_label("What happened?").fill(WORDS)
    somebody.press("Continue")
    return somebody.page


def assert_nothing_is_left(house: House, watched: Watched, page: Page) -> None:
    """Fail unless the session is gone, and Back shows nothing that was written."""
    assert watched.left_for, "nobody was led to the harmless place"
    assert watched.context.cookies() == []
    for _ in range(3):
        page.go_back()
        assert WORDS not in page.content()
        assert "Question" not in page.title()
    page.goto(f"{house.address}/wcc/question/4")
    assert page.url.endswith("/wcc/start")
    assert WORDS not in page.content()


def test_leaving_works_without_scripts(house: House, visit: Visit, looker: Looker) -> None:
    watched = visit(scripts=False, width=PHONE)
    page = half_way(house, looker, watched)
    page.get_by_role("button", name="Exit this page").click()
    page.wait_for_url(f"{watched.harmless}/**")
    assert_nothing_is_left(house, watched, page)


def test_leaving_works_by_pressing_shift_three_times(
    house: House, visit: Visit, looker: Looker
) -> None:
    watched = visit(width=PHONE)
    page = half_way(house, looker, watched)
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(f"{watched.harmless}/**")
    assert_nothing_is_left(house, watched, page)


def test_leaving_by_its_button_leaves_nothing_in_the_browser(
    house: House, visit: Visit, looker: Looker
) -> None:
    watched = visit(width=PHONE)
    page = half_way(house, looker, watched)
    page.evaluate("() => sessionStorage.setItem('kept', 'something')")
    page.get_by_role("button", name="Exit this page").click()
    page.wait_for_url(f"{watched.harmless}/**")
    assert_nothing_is_left(house, watched, page)
    page.goto(house.address)
    assert page.evaluate("() => sessionStorage.length + localStorage.length") == 0


def test_the_way_out_is_on_every_page_but_the_first(house: House, visit: Visit) -> None:
    page = visit().page()
    for place, buttons in (("", 0), ("start", 1), ("messages", 1), ("privacy", 1)):
        page.goto(f"{house.address}/wcc/{place}")
        assert page.get_by_role("button", name="Exit this page").count() == buttons, place


def test_a_reporter_is_warned_before_the_draft_is_gone(
    house: House, visit: Visit, looker: Looker
) -> None:
    watched = visit()
    watched.context.clock.install()
    page = half_way(house, looker, watched)
    page.clock.fast_forward(BEFORE_THE_END * 1000)
    page.get_by_text("In 5 minutes we close this page").wait_for()
    looker.look(page, "reporter: warned that the hour is nearly over")
    page.get_by_role("button", name="Stay on this page").click()
    page.get_by_text("In 5 minutes we close this page").wait_for(state="hidden")
    page.clock.fast_forward((BEFORE_THE_END + 300) * 1000)
    page.wait_for_url("**/wcc/")


@pytest.mark.parametrize("scripts", [False, True], ids=["scripts off", "scripts on"])
def test_an_officer_signs_out_and_back_shows_nothing(
    house: House, visit: Visit, looker: Looker, scripts: bool
) -> None:
    with house.settled() as cast:
        case_id = cast.attested().id
    watched = visit(scripts=scripts)
    officer = Officer(watched.page(), house, looker, scripts, "liaison")
    officer.signs_in()
    officer.opens(f"cases/{case_id}/concern")
    officer.expect("He passed on what I had said in private.")
    officer.page.get_by_role("button", name="Sign out").click()
    officer.page.wait_for_load_state()
    officer.look("signed out")
    assert watched.context.cookies() == []
    officer.page.go_back()
    assert "in private" not in officer.page.content()


def test_who_was_away_too_long_signs_in_and_goes_on_there(
    house: House, visit: Visit, looker: Looker
) -> None:
    with house.settled() as cast:
        case_id = cast.attested().id
    officer = Officer(visit().page(), house, looker, scripts=True, who="liaison")
    officer.signs_in()
    house.later(timedelta(minutes=31))
    officer.opens(f"cases/{case_id}/people")
    officer.look("sign in, after being away")
    officer.types_credentials()
    officer.page.wait_for_url(f"**/cases/{case_id}/people")
