"""axe on every state of every page of the desk, at both widths (AT-01, AX-01 to AX-20)."""

from __future__ import annotations

import pytest

from tests.actions.interest_steps import declare
from tests.browser.conftest import Visit
from tests.browser.crawling import Crawl
from tests.browser.looking import Looker
from tests.browser.many_cases import STATES, after_closing, audited
from tests.browser.pages import Officer
from tests.browser.serving import House

WHO = {
    "liaison": STATES,
    "chair": ("proposed", "closed", "closed, and audited"),
    "investigator": ("investigating", "heard", "on hold"),
    "decision_maker": ("reported", "told"),
    "appeal_body": ("appealed",),
}
"""Who goes through the cases in which state."""
MANY = 60
WITHOUT_CASES = {
    "administrator": ("people", "schemes", "help"),
    "auditor": ("review", "account", "interests"),
    "outsider": ("cases", "account"),
}


@pytest.fixture(scope="module")
def shapes() -> set[str]:
    """How the pages were built that were looked at."""
    return set()


@pytest.fixture(scope="module")
def visited() -> set[tuple[str, str]]:
    """Who saw which page."""
    return set()


@pytest.fixture(scope="module")
def sent() -> set[str]:
    """Pages whose forms were sent empty."""
    return set()


def test_every_page_of_a_case_is_well_made_in_every_state(
    house: House,
    visit: Visit,
    looker: Looker,
    shapes: set[str],
    visited: set[tuple[str, str]],
    sent: set[str],
) -> None:
    with house.settled() as cast:
        cases = {state: make(cast).id for state, make in STATES.items()}
    troubles: list[str] = []
    for who, states in WHO.items():
        officer = Officer(visit().page(), house, looker, scripts=True, who=who)
        officer.signs_in()
        for state in states:
            under = f"{house.desk}/cases/{cases[state]}"
            crawl = Crawl(officer, under, state, shapes, visited, sent, troubles)
            crawl.go(under)
    assert not troubles, "\n".join(troubles)
    assert len(looker.seen) > MANY, "the way through the pages has become short"


def test_every_page_of_a_case_that_was_closed_is_well_made(
    house: House,
    visit: Visit,
    looker: Looker,
    shapes: set[str],
    visited: set[tuple[str, str]],
    sent: set[str],
) -> None:
    cases = after_closing(house)
    troubles: list[str] = []
    for who, states in {"liaison": tuple(cases), "chair": ("destruction proposed",)}.items():
        officer = Officer(visit().page(), house, looker, scripts=True, who=who)
        officer.signs_in()
        for state in states:
            under = f"{house.desk}/cases/{cases[state]}"
            Crawl(officer, under, state, shapes, visited, sent, troubles).go(under)
    assert not troubles, "\n".join(troubles)


@pytest.mark.parametrize("who", WITHOUT_CASES)
def test_every_page_outside_of_cases_is_well_made(
    house: House,
    visit: Visit,
    looker: Looker,
    shapes: set[str],
    visited: set[tuple[str, str]],
    sent: set[str],
    who: str,
) -> None:
    with house.settled() as cast:
        declare(cast, "outsider")
    officer = Officer(visit().page(), house, looker, scripts=True, who=who)
    officer.opens("sign-in")
    officer.errs("Sign in", "sign in")
    officer.signs_in()
    crawl = Crawl(officer, house.desk, "own pages", shapes, visited, sent)
    for page in WITHOUT_CASES[who]:
        crawl.go(f"{house.desk}/{page}")
    assert not crawl.troubles, "\n".join(crawl.troubles)


def test_every_page_of_an_audit_is_well_made(
    house: House,
    visit: Visit,
    looker: Looker,
    shapes: set[str],
    visited: set[tuple[str, str]],
    sent: set[str],
) -> None:
    with house.settled() as cast:
        case_id = audited(cast).id
    auditor = Officer(visit().page(), house, looker, scripts=True, who="auditor")
    auditor.signs_in()
    crawl = Crawl(auditor, f"{house.desk}/review", "an audit", shapes, visited, sent)
    for page in (f"cases/{case_id}/work", "audits"):
        crawl.go(f"{house.desk}/review/{page}")
    assert not crawl.troubles, "\n".join(crawl.troubles)
