"""axe on every state of every page of the desk, at both widths (AT-01)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

import pytest

from tests.actions.closing_steps import closed
from tests.actions.interest_steps import declare
from tests.actions.sampling_steps import announced, drawn
from tests.browser.conftest import Visit
from tests.browser.crawling import Crawl
from tests.browser.looking import Looker
from tests.browser.many_cases import STATES, after_closing, audited
from tests.browser.pages import Officer
from tests.browser.serving import House
from tests.cast import Cast

GoingThrough = Callable[[str, Iterable[str], Mapping[str, UUID]], list[str]]

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


def a_drawn_sample(cast: Cast) -> None:
    """Close a case, and let the auditor draw it."""
    closed(cast)
    drawn(cast, announced(cast))


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


@pytest.fixture
def going_through(
    house: House,
    visit: Visit,
    looker: Looker,
    shapes: set[str],
    visited: set[tuple[str, str]],
    sent: set[str],
) -> GoingThrough:
    """Let somebody go through all pages of cases in some states; return what is wrong."""

    def go(who: str, states: Iterable[str], cases: Mapping[str, UUID]) -> list[str]:
        troubles: list[str] = []
        officer = Officer(visit().page(), house, looker, scripts=True, who=who)
        officer.signs_in()
        for state in states:
            under = f"{house.desk}/cases/{cases[state]}"
            Crawl(officer, under, state, shapes, visited, sent, troubles).go(under)
        return troubles

    return go


def test_every_page_of_a_case_is_well_made_in_every_state(
    house: House, looker: Looker, going_through: GoingThrough
) -> None:
    with house.settled() as cast:
        cases = {state: make(cast).id for state, make in STATES.items()}
    troubles = [one for who, states in WHO.items() for one in going_through(who, states, cases)]
    assert not troubles, "\n".join(troubles)
    assert len(looker.seen) > MANY, "the way through the pages has become short"


def test_every_page_of_a_case_that_was_closed_is_well_made(
    house: House, going_through: GoingThrough
) -> None:
    cases = after_closing(house)
    troubles = going_through("liaison", cases, cases)
    troubles += going_through("chair", ["destruction proposed"], cases)
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
    if who == "auditor":
        with house.settled() as cast:
            a_drawn_sample(cast)
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
