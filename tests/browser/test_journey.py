"""The job itself, through its pages: from a concern on a phone to an auditor who checks the log.

Once with scripts off and once with scripts on (HX-12, AT-01); every page state on the way is looked
at, and no browser may break the content policy or ask another host (HD-01, HD-13).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.browser.conftest import Visit
from tests.browser.looking import Looker
from tests.browser.officers import (
    acknowledges,
    adds_evidence,
    agrees_to_close,
    appoints,
    closes,
    decides,
    opens_the_investigation,
    proves,
    reads,
    records_the_reply,
    reports,
    serves_notice,
    sets_terms,
    spends_hours,
    tells_both_sides,
    triages,
    verifies,
)
from tests.browser.pages import Officer, Reporter
from tests.browser.serving import House
from tests.browser.watching import PHONE

APPEAL_IS_OVER = timedelta(days=40)


@pytest.mark.parametrize("scripts", [False, True], ids=["scripts off", "scripts on"])
def test_a_concern_travels_from_a_phone_to_an_auditor(
    house: House, visit: Visit, looker: Looker, scripts: bool
) -> None:
    def at_the_desk(who: str) -> Officer:
        page = visit(scripts=scripts).page()
        officer = Officer(page, house, looker, scripts, who)
        officer.signs_in()
        return officer

    phone = visit(scripts=scripts, width=PHONE).page()
    mentee = Reporter(phone, house, looker, scripts, "reporter")
    somebody_tells(mentee)
    name, liaison = inquire(at_the_desk)
    decide_and_tell(at_the_desk, liaison)
    mentee.opens("messages")
    mentee.look("messages, when told")
    house.later(APPEAL_IS_OVER)
    end(at_the_desk, liaison.page.url)
    audit(at_the_desk("auditor"), name)


Door = Callable[[str], Officer]


def somebody_tells(mentee: Reporter) -> None:
    """Tell, add a photo, keep the receipt, come back and add something."""
    mentee.begins()
    mentee.tells()
    receipt = mentee.sends()
    mentee.adds_photo()
    assert mentee.receipt() == receipt
    mentee.press("I have saved it")
    mentee.look("after the receipt")
    mentee.comes_back(receipt)
    mentee.writes_back("It happened again today.")


def inquire(at_the_desk: Door) -> tuple[str, Officer]:
    """Take the case in charge, investigate it, and return its name and its handler."""
    liaison = at_the_desk("liaison")
    name = liaison.finds_the_case()
    liaison.attests()
    reads(liaison)
    acknowledges(liaison)
    triages(liaison)
    sets_terms(liaison)
    for capacity, who in (
        ("investigator", "Rosalind Pettifer"),
        ("decision_maker", "Ambrose Kettlewick"),
    ):
        appoints(liaison, capacity, who)
    opens_the_investigation(liaison)
    investigator = at_the_desk("investigator")
    investigator.finds_the_case()
    investigator.attests()
    adds_evidence(investigator)
    serves_notice(investigator)
    records_the_reply(investigator)
    reports(investigator)
    return name, liaison


def decide_and_tell(at_the_desk: Door, liaison: Officer) -> None:
    """Let somebody who did not investigate decide, and tell both sides on one day."""
    maker = at_the_desk("decision_maker")
    maker.finds_the_case()
    maker.attests()
    decides(maker)
    tells_both_sides(liaison)


def end(at_the_desk: Door, case: str) -> None:
    """Prove what was ordered, close the case, and let a second person agree."""
    liaison = at_the_desk("liaison")
    liaison.page.goto(case)
    spends_hours(liaison, "Retraining", "6")
    proves(liaison, "Retraining", "Removal from the scheme")
    closes(liaison)
    chair = at_the_desk("chair")
    chair.finds_the_case()
    chair.attests()
    agrees_to_close(chair)


def audit(auditor: Officer, name: str) -> None:
    """Read the closed case's record, without the reporter, and check the log."""
    auditor.opens("review")
    auditor.look("closed cases")
    auditor.follow(name)
    auditor.expect("Audit copy", "Respondent A")
    assert "Marigold" not in auditor.page.content()
    auditor.look("record")
    auditor.follow("History")
    auditor.look("history of a record")
    verifies(auditor)
