"""The check-in in the mailbox: one form, with scripts and without, at both widths."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from conductdesk.cases.actions.following_up import start_aftercare
from tests.actions.closing_steps import by_pack, closed
from tests.browser.conftest import Visit
from tests.browser.looking import Looker
from tests.browser.pages import Reporter
from tests.browser.serving import House
from tests.browser.watching import PHONE

WHO = "Who is doing it? (optional)"


@pytest.fixture
def case_id(house: House) -> UUID:
    """A case whose first check-in is due."""
    with house.settled() as cast:
        case = closed(cast)
        keys = cast.keys(case, "liaison")
        start_aftercare(cast.db, case, keys, **by_pack(cast, case, "liaison"))
        case_id = case.id
    house.later(timedelta(days=15))
    return case_id


@pytest.mark.parametrize("scripts", [True, False])
def test_a_yes_says_more_where_one_wants_to(
    house: House, visit: Visit, looker: Looker, case_id: UUID, scripts: bool
) -> None:
    page = visit(width=PHONE, scripts=scripts).page()
    mentee = Reporter(page, house, looker, scripts=scripts, who="reporter")
    mentee.comes_back(house.cast.receipts[case_id])
    assert page.get_by_label(WHO).is_visible()
    mentee.look("check-in")
    mentee.press("Answer")
    mentee.expect("There is a problem", "Choose yes or no")
    mentee.look("check-in, nothing chosen")
    mentee.choose("Is anyone treating you badly for telling us?", "Yes")
    mentee.fill(WHO, "Caspian Underhollow")
    mentee.look("check-in, yes")
    mentee.choose("Is anyone treating you badly for telling us?", "No")
    mentee.press("Answer")
    mentee.expect("You said no, but you wrote something below.")
    mentee.look("check-in, no and a name")
    mentee.choose("Is anyone treating you badly for telling us?", "Yes")
    assert page.get_by_label(WHO).input_value() == "Caspian Underhollow"
    mentee.press("Answer")
    mentee.expect("Thank you for telling us")
    assert mentee.receipt() != house.cast.receipts[case_id]
    mentee.look("receipt of the linked case")
