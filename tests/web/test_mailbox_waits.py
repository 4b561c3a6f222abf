"""What a reporter does while an officer moves the case waits for the move, and then sees it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from conductdesk.cases.actions.identifying import reissue_receipt
from conductdesk.cases.actions.triaging import triage
from conductdesk.cases.models import Case
from conductdesk.cases.needs import Route
from conductdesk.faces import public_face
from conductdesk.vault.receipts import Receipt
from conductdesk.web.state import Services
from tests.actions.closing_steps import verified
from tests.cast import Cast, a_triage
from tests.web.visitor import Visitor

pytestmark = pytest.mark.both_backends

A_MOMENT = 0.7
"""In seconds: longer than a request takes that need not wait."""

ACTS = {
    "message": ("/wcc/messages", {"message": "It was in September."}),
    "stop": ("/wcc/messages/stop", {"reason": ""}),
    "no": ("/wcc/messages/check-in", {"treated_badly": "no"}),
    "yes": ("/wcc/messages/check-in", {"treated_badly": "yes"}),
    "treated badly": ("/wcc/messages/treated-badly", {"account": "He left me out."}),
}


@pytest.fixture
def another(web_services: Services, asked: Visitor, receipt: Receipt) -> Visitor:
    """A second browser in which the same mailbox is open."""
    assert asked.cookie()
    browser = Visitor(public_face(web_services))
    browser.post("/wcc/messages/open", {"receipt": receipt.code})
    browser.get("/wcc/messages")
    return browser


@contextmanager
def meanwhile(visitor: Visitor, name: str) -> Iterator[list[TestResponse]]:
    """Let the reporter act in another thread, which must wait until this block is over."""
    answers: list[TestResponse] = []
    path, form = ACTS[name]
    acting = threading.Thread(target=lambda: answers.append(visitor.post(path, form)))
    acting.start()
    acting.join(A_MOMENT)
    assert acting.is_alive(), "the reporter's act did not wait"
    yield answers
    acting.join(30)
    assert not acting.is_alive()


@pytest.mark.parametrize("name", ACTS)
def test_an_act_in_the_mailbox_waits_for_a_move_of_the_case(
    cast: Cast, asked: Visitor, case_id: UUID, name: str
) -> None:
    case = cast.db.get_one(Case, case_id, with_for_update=True)
    triage(
        cast.db,
        case,
        cast.keys(case, "liaison"),
        pack=cast.pack,
        actor=cast.viewer("liaison"),
        seen_version=case.version,
        given=a_triage(Route.FORMAL),
    )
    cast.db.flush()
    with meanwhile(asked, name) as answers:
        cast.db.commit()
    assert [one.status_code for one in answers] == [303]
    cast.db.expire_all()
    assert case.state == "triaged"
    assert verified(cast).problem is None  # the reporter's entry vouches for the row as it is


def test_of_two_browsers_that_answer_at_once_one_opens_the_linked_case(
    cast: Cast, asked: Visitor, another: Visitor, case_id: UUID
) -> None:
    cast.db.get_one(Case, case_id, with_for_update=True)
    with meanwhile(asked, "yes") as first, meanwhile(another, "yes") as second:
        cast.db.commit()
    leads_to = {one.headers["Location"] for one in (*first, *second)}
    assert leads_to == {"/wcc/receipt", "/wcc/messages"}
    assert len(cast.db.scalars(select(Case).where(Case.linked_to == case_id)).all()) == 1
    assert verified(cast).problem is None


def test_a_receipt_that_ends_meanwhile_opens_nothing(
    cast: Cast, asked: Visitor, case_id: UUID
) -> None:
    case = cast.db.get_one(Case, case_id, with_for_update=True)
    keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
    reissue_receipt(cast.db, case, keys, actor=actor, how_checked="By telephone.")
    cast.db.flush()
    with meanwhile(asked, "message") as answers:
        cast.db.commit()
    assert [one.status_code for one in answers] == [404]
    assert cast.db.scalars(select(Case).where(Case.linked_to == case_id)).all() == []
