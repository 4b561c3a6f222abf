"""The pages of the register, with scripts and without, at both widths."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import FilePayload

from tests.actions.register_steps import PEOPLE, QUILL, THISTLEWOOD, begun
from tests.browser.conftest import Visit
from tests.browser.looking import Looker
from tests.browser.pages import Officer
from tests.browser.serving import House
from tests.browser.watching import DESK, PHONE

A_DAY = date(2026, 3, 27)
MISTAKEN = PEOPLE.replace("18+", "17")


class Keeper(Officer):
    """Whoever keeps the register; every page is also looked at on a phone."""

    widths = (PHONE, DESK)

    def adds_somebody(self) -> None:
        """Add a mentor; first nobody."""
        self.opens("participants/wcc/people/new")
        self.errs("Save", "somebody new")
        self.fill("Full name", "Barnaby Thistlewood")
        self.select("Role", "Mentor")
        self.fill("Reference", "M-1")
        self.choose("Age", "18 or over")
        self.press("Save")
        self.expect("Barnaby Thistlewood", "Still takes part")
        self.look("a participant")

    def says_more(self) -> None:
        """Note an acceptance, a tie and the last day."""
        self.page.get_by_text("Note that they accepted a version").click()
        self.fill("Version of the code", "2024")
        self.give_day("Day", A_DAY)
        self.press("Note it")
        self.expect("Version 2024, on Friday 27 March 2026")
        self.follow("Add a tie")
        self.errs("Add the tie", "a tie")
        self.select("The tie", "Is family of")
        self.select("To an officer", "Caspian Underhollow")
        self.press("Add the tie")
        self.expect("Is family of Caspian Underhollow")
        self.page.get_by_text("They do not take part any more").click()
        self.give_day("Last day", A_DAY)
        self.press("Note the last day")
        self.look("a participant with a tie, who has ended")

    def chooses(self, content: str) -> None:
        """Choose a file, and look at what is in it."""
        self.opens("participants/wcc/imports/new")
        file = FilePayload(name="people.csv", mimeType="text/csv", buffer=content.encode())
        self.page.set_input_files("input[type=file]", file)
        self.press("Look at the file")

    def imports(self) -> None:
        """Import a file; first none, then one with a mistake."""
        self.opens("participants/wcc/imports/new")
        self.errs("Look at the file", "import")
        self.chooses(MISTAKEN)
        self.expect("Row 2", "no age band")
        self.look("a preview with mistakes")
        self.chooses(PEOPLE)
        self.expect("The changes", "Clementine Quill")
        self.look("a preview")
        self.press("Import")
        self.expect("The file is imported.", "Dorothea Rooke")
        self.look("the list")
        self.chooses(PEOPLE)
        self.expect("There is nothing to import")
        self.look("a preview without changes")

    def puts_together(self) -> None:
        """Make a pairing, and end it."""
        self.opens("participants/wcc/groups")
        self.look("no groups")
        self.follow("Put people together")
        self.errs("Put them together", "a group")
        self.choose("What is it?", "Pairing")
        self.fill("Who is in it?", "M-1\nClementine Quill")
        self.press("Put them together")
        self.expect("Goes on")
        self.look("a pairing")
        self.give_day("Last day", A_DAY)
        self.press("Note the last day")
        self.opens("participants/wcc/groups")
        self.look("groups")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_register_is_kept(house: House, visit: Visit, looker: Looker, scripts: bool) -> None:
    page = visit(scripts=scripts).page()
    keeper = Keeper(page, house, looker, scripts=scripts, who="liaison")
    keeper.signs_in()
    keeper.opens("participants")
    keeper.look("no register yet")
    keeper.press("Begin the register")
    keeper.expect("Nobody here")
    keeper.look("an empty register")
    keeper.adds_somebody()
    if scripts:  # without, what is folded in stands open, and the same forms are sent
        keeper.says_more()
    keeper.imports()
    keeper.puts_together()
    keeper.opens("participants/wcc/history")
    keeper.look("history of the register")


def test_a_search_is_exchanged_in_place_and_the_focus_follows(
    house: House, visit: Visit, looker: Looker
) -> None:
    with house.settled() as cast:
        kept = begun(cast)
        kept.add(THISTLEWOOD)
        kept.add(QUILL)
    keeper = Keeper(visit().page(), house, looker, scripts=True, who="liaison")
    keeper.signs_in()
    keeper.opens("participants/wcc")
    keeper.expect("2 people")
    keeper.page.evaluate("() => { window.whole = true }")
    keeper.fill("Name, reference or organisation", "thistle")
    keeper.press("Find")
    keeper.page.get_by_text("1 person").first.wait_for()
    assert keeper.page.evaluate("() => window.whole")
    followed = "() => document.activeElement.textContent.trim() === '1 person'"
    keeper.page.wait_for_function(followed)  # the focus moves once the swap has settled
    assert "Quill" not in keeper.main().inner_text()
    assert "thistle" not in keeper.page.url
    keeper.look("somebody found")


def test_names_are_offered_while_an_officer_types(
    house: House, visit: Visit, looker: Looker
) -> None:
    with house.settled() as cast:
        begun(cast).add(QUILL)
        case_id = cast.attested().id
    officer = Keeper(visit().page(), house, looker, scripts=True, who="liaison")
    officer.signs_in()
    officer.opens(f"cases/{case_id}/people")
    officer.page.get_by_text("Add somebody", exact=True).click()
    officer.page.get_by_label("Full name").press_sequentially("clem")
    option = officer.page.locator("datalist#names option")
    option.wait_for(state="attached")
    assert option.get_attribute("value") == "Clementine Quill"
    assert officer.page.get_by_label("Full name").input_value() == "clem"
    officer.look("names offered")
    with officer.page.expect_response(lambda one: one.url.endswith("/suggestions")):
        officer.fill("Full name", "Clementine Quill")
    officer.select("Their part", "Person affected")
    officer.page.get_by_role("button", name="Add", exact=True).click()
    officer.page.wait_for_load_state()
    officer.expect("Clementine Quill")
    officer.look("people, somebody from the register added")


def test_whoever_waits_for_an_import_sees_how_far_it_is(
    house: House, visit: Visit, looker: Looker
) -> None:
    with house.settled() as cast:
        begun(cast)
    keeper = Keeper(visit().page(), house, looker, scripts=True, who="liaison")
    keeper.signs_in()
    lines = "".join(f"R-{n},Person Number{n},mentee\n" for n in range(6_000))
    keeper.chooses(f"ref,name,role\n{lines}")
    seen = []
    keeper.page.on("response", lambda one: seen.append(one.url) if _is_part(one) else None)
    keeper.page.get_by_role("button", name="Import").click()
    keeper.page.get_by_text("The file is imported.").wait_for()
    assert seen, "nobody asked how far it was"


def _is_part(response: object) -> bool:
    return "hx-request" in response.request.headers  # type: ignore[attr-defined]  # a response of Playwright
