"""Two at once, ten at once, and kill -9: one case for each draft, and a receipt that works."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from conductdesk.cases.models import Case
from conductdesk.faces import public_face
from conductdesk.web.state import Services
from tests.cast import Cast
from tests.web.visitor import CONCERN, Visitor, words_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
def visitor(visitor: Visitor) -> Visitor:
    """A browser that has written a concern, and looks at the check page."""
    visitor.answer(*CONCERN)
    visitor.get("/wcc/check")
    return visitor


def cases(services: Services) -> int:
    """Return how many cases there are."""
    with services.database.reading() as db:
        return db.scalar(select(func.count()).select_from(Case)) or 0


def twin_of(visitor: Visitor, services: Services) -> Visitor:
    """Return another process's view of the same browser."""
    twin = Visitor(public_face(services))
    twin.client.set_cookie(
        "__Host-cd_public", visitor.cookie() or "", domain="localhost", secure=True
    )
    twin.token = visitor.token
    return twin


def test_two_clicks_at_once_make_one_case(visitor: Visitor, web_services: Services) -> None:
    both = (visitor, twin_of(visitor, web_services))
    with ThreadPoolExecutor() as threads:
        sent = list(threads.map(lambda browser: browser.post("/wcc/concern"), both))
    assert [response.headers["Location"] for response in sent] == ["/wcc/receipt"] * 2
    assert both[0].receipt() == both[1].receipt()
    assert cases(web_services) == 1


def test_ten_senders_at_once_all_get_a_receipt_that_works(
    web_services: Services, cast: Cast
) -> None:
    cast.db.commit()
    app = public_face(web_services)
    writers = [Visitor(app) for _sender in range(10)]
    for writer in writers:
        writer.answer(*CONCERN)
        writer.get("/wcc/check")
    with ThreadPoolExecutor(10) as threads:
        sent = list(threads.map(lambda writer: writer.post("/wcc/concern"), writers))
    assert {response.status_code for response in sent} == {303}
    receipts = {writer.receipt() for writer in writers}
    assert len(receipts) == cases(web_services) == 10


@pytest.mark.parametrize(("when", "left"), [("before", 0), ("after", 1)])
def test_a_killed_process_and_a_second_send_end_in_one_case(
    visitor: Visitor,
    web_services: Services,
    database_url: str,
    keystore_url: str,
    when: str,
    left: int,
) -> None:
    settings = web_services.settings
    environment = {
        **os.environ,
        "CONDUCTDESK_DATA": str(settings.data),
        "CONDUCTDESK_URL": settings.url,
        "CONDUCTDESK_PUBLIC_SECRET": settings.public_secret,
        "CONDUCTDESK_DESK_SECRET": settings.desk_secret,
        "MAIL_SENDER": settings.mail_sender,
        "DATABASE_URL": database_url,
        "KEYSTORE_URL": keystore_url,
    }
    cookie = visitor.cookie() or ""
    killed = subprocess.run(
        [sys.executable, "-m", "tests.web.killed_sender", when, cookie, visitor.token],
        env=environment,
        cwd=ROOT,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert cases(web_services) == left
    assert visitor.post("/wcc/concern").headers["Location"] == "/wcc/receipt"
    assert cases(web_services) == 1
    receipt = visitor.receipt()
    later = Visitor(public_face(web_services))
    later.post("/wcc/messages/open", {"receipt": receipt.code})
    assert "We have what you told us" in words_of(later.get("/wcc/messages"))
