"""A long text is saved while somebody types, and by a button where no script runs."""

from __future__ import annotations

import re

import pytest

from tests.actions import inquiry_steps as steps
from tests.browser.conftest import Visit
from tests.browser.looking import Looker
from tests.browser.pages import Officer
from tests.browser.serving import House

FACTS = "He was told in May, and wrote of it in June."


def at_the_report(house: House, visit: Visit, looker: Looker, *, scripts: bool) -> Officer:
    """The investigator, at a report that nobody has begun."""
    with house.settled() as cast:
        case_id = steps.heard(cast).id
    page = visit(scripts=scripts).page()
    officer = Officer(page, house, looker, scripts=scripts, who="investigator")
    officer.signs_in()
    officer.opens(f"cases/{case_id}/report")
    return officer


def test_what_is_typed_is_saved_without_a_press(house: House, visit: Visit, looker: Looker) -> None:
    officer = at_the_report(house, visit, looker, scripts=True)
    line = officer.page.locator("#kept[role=status]")
    assert line.inner_text() == "Not saved yet."
    facts = officer.page.get_by_label("Facts")
    facts.press_sequentially(FACTS)
    line.get_by_text(re.compile(r"Saved at \d+:\d\d[ap]m\.")).wait_for()
    assert officer.page.evaluate("document.activeElement.name") == "facts"
    assert facts.input_value() == FACTS
    officer.page.get_by_label("Yes").first.check()
    with officer.page.expect_response(lambda one: "hx-request" in one.request.headers) as answer:
        pass
    assert answer.value.status == 200
    officer.look("report, saved while typing")
    officer.page.reload()
    assert officer.page.get_by_label("Facts").input_value() == FACTS
    assert officer.page.get_by_label("Yes").first.is_checked()
    officer.look("report, gone on with")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_button_saves_and_leads_back_to_the_page(
    house: House, visit: Visit, looker: Looker, scripts: bool
) -> None:
    officer = at_the_report(house, visit, looker, scripts=scripts)
    officer.fill("Facts", FACTS)
    officer.press("Save and go on later")
    officer.expect("Saved on")
    assert officer.page.get_by_label("Facts").input_value() == FACTS
