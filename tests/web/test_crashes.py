"""A full disk, ten senders at once, and two deciders at once: nothing half-written, nothing lost.

A process that is killed around the commit of sending is in test_intake_crashing.py.
"""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

from conductdesk import clock
from conductdesk.audit.checkpoints import verifier_key
from conductdesk.audit.models import INSTALLATION, LogHead
from conductdesk.audit.verify import Status, verify_log
from conductdesk.cases.models import Allegation, Case, Finding, Message, Outcome
from conductdesk.db import Base, Database
from conductdesk.faces import desk_face, public_face
from conductdesk.web.state import Services
from tests.actions.inquiry_steps import reported
from tests.cast import Cast
from tests.web.desk_visitor import AtTheDesk, words_of
from tests.web.robot import forms_on, well_filled
from tests.web.visitor import CONCERN, Visitor

SENDERS = 10
SAVED_NOTHING = "We could not save this"

Full = Callable[[Services], AbstractContextManager[None]]


def counts(services: Services) -> dict[str, int]:
    """Return how many rows there are in each table but the ones that come and go with requests."""
    passing = {"web_session", "rate_count"}
    with services.database.reading() as db:
        return {
            table.name: db.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if table.name not in passing
        }


def logs_verify(services: Services) -> bool:
    """Answer whether both logs vouch for every row that there is."""
    with services.database.writing() as db:
        keys = {one: verifier_key(db, services.keystore, one) for one in ("wcc", INSTALLATION)}
        db.commit()
    with services.database.reading() as db:
        verdicts = [verify_log(db, log_id, key) for log_id, key in keys.items()]
    return all(verdict.status is Status.UNANCHORED for verdict in verdicts)


def pages_left(left: int) -> Full:
    """Let the database have only *left* pages more than it has."""

    @contextmanager
    def full(services: Services) -> Iterator[None]:
        engine = services.database.engine
        with engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

        def limit(connection: Any, *_more: object) -> None:
            connection.execute(f"PRAGMA max_page_count={pages + left}")

        event.listen(engine, "checkout", limit)
        try:
            yield
        finally:
            event.remove(engine, "checkout", limit)
            engine.dispose()  # the limit belongs to each connection that was used meanwhile

    return full


@contextmanager
def no_file_grows(services: Services) -> Iterator[None]:
    """Let the operating system refuse whatever makes a file of the data folder longer."""
    log = Path(services.settings.data) / "conductdesk.db-wal"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with services.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


FULL: dict[str, Full] = {
    "no page": pages_left(0),
    "two pages": pages_left(2),
    "no file grows": no_file_grows,
}


@pytest.mark.parametrize("how", FULL)
def test_a_full_disk_sends_nothing_and_keeps_the_answers(
    web_services: Services, cast: Cast, how: str
) -> None:
    cast.db.commit()
    visitor = Visitor(public_face(web_services))
    visitor.answer(*CONCERN)
    visitor.get("/wcc/check")
    before = counts(web_services)
    with FULL[how](web_services):
        refused = visitor.post("/wcc/concern")
        still = visitor.get("/wcc/check")
    assert refused.status_code == 503
    assert SAVED_NOTHING in words_of(refused)
    assert still.status_code == 200
    for typed in ("what I had said in private", "Marigold Ashdown", "Another mentor"):
        assert typed in words_of(still)
    assert counts(web_services) == before
    assert logs_verify(web_services)
    assert visitor.post("/wcc/concern").headers["Location"] == "/wcc/receipt"
    assert counts(web_services)["cases"] == before["cases"] + 1
    assert logs_verify(web_services)
    later = Visitor(public_face(web_services))
    later.post("/wcc/messages/open", {"receipt": visitor.receipt().code})
    assert "We have what you told us" in words_of(later.get("/wcc/messages"))


@pytest.mark.parametrize("how", ["no page", "no file grows"])
def test_a_full_disk_in_the_middle_of_a_question_keeps_the_answers_before_it(
    web_services: Services, cast: Cast, how: str
) -> None:
    cast.db.commit()
    visitor = Visitor(public_face(web_services))
    place = visitor.answer(*CONCERN[:3])
    visitor.get(place)
    with FULL[how](web_services):
        refused = visitor.post(place, {"account": "It went on. " * 1_500})
    assert refused.status_code == 503, refused.status_code
    assert visitor.post(place, CONCERN[3]).status_code == 303
    assert visitor.get("/wcc/question/3").status_code == 200


@pytest.mark.parametrize("how", ["no page", "no file grows"])
def test_a_full_disk_writes_no_half_of_what_an_officer_does(
    web_services: Services, cast: Cast, how: str
) -> None:
    case = cast.attested()
    handler = AtTheDesk(desk_face(web_services), cast, "liaison")
    page = handler.get(f"/cases/{case.id}/acknowledgement")
    form = next(one for one in forms_on(page.text) if one.action.endswith("acknowledgement"))
    typed = dict(well_filled(form, lambda _name: "Thank you for telling us. " * 400))
    before = counts(web_services)
    with FULL[how](web_services):
        refused = handler.post(form.action, typed)
    assert refused.status_code == 503
    assert SAVED_NOTHING in words_of(refused)
    assert counts(web_services) == before
    assert logs_verify(web_services)
    assert handler.post(form.action, typed).status_code == 303
    assert counts(web_services)["message"] == before["message"] + 1
    assert logs_verify(web_services)


@pytest.mark.parametrize("how", FULL)
def test_a_full_disk_keeps_no_piece_of_a_reporters_file(
    web_services: Services, cast: Cast, how: str
) -> None:
    cast.db.commit()
    visitor = Visitor(public_face(web_services))
    visitor.send()
    visitor.post("/wcc/receipt/files")
    visitor.get("/wcc/messages")
    before = counts(web_services)

    def send() -> TestResponse:
        form = {"message": "", "file": (BytesIO(b"I saw it. " * 30_000), "seen.txt")}
        return visitor.post("/wcc/messages", form, content_type="multipart/form-data")

    with FULL[how](web_services):
        refused = send()
    assert refused.status_code == 503
    assert SAVED_NOTHING in words_of(refused)
    assert counts(web_services) == before
    assert logs_verify(web_services)
    visitor.get("/wcc/messages")
    assert send().status_code == 303
    assert counts(web_services)["sealed_file"] == 2
    assert logs_verify(web_services)


def test_ten_senders_at_once_make_ten_cases_and_ten_receipts_that_work(
    web_services: Services, cast: Cast, any_database: Database
) -> None:
    cast.db.commit()
    app = public_face(web_services)
    writers = [Visitor(app) for _sender in range(SENDERS)]
    for number, writer in enumerate(writers):
        answers = list(CONCERN)
        answers[3] = {"account": f"What happened to number {number}."}
        writer.answer(*answers)
        writer.get("/wcc/check")
    with ThreadPoolExecutor(SENDERS) as threads:
        sent = list(threads.map(lambda writer: writer.post("/wcc/concern"), writers))
    assert {response.headers.get("Location") for response in sent} == {"/wcc/receipt"}
    assert counts(web_services)["cases"] == SENDERS
    with web_services.database.reading() as db:
        assert len(set(db.scalars(select(Case.code_name)))) == SENDERS
    for writer in writers:
        later = Visitor(app)
        opened = later.post("/wcc/messages/open", {"receipt": writer.receipt().code})
        assert opened.headers["Location"] == "/wcc/messages"
        assert "We have what you told us" in words_of(later.get("/wcc/messages"))
    assert logs_verify(web_services)


def test_of_two_decisions_at_once_one_counts_and_the_other_is_told(
    web_services: Services, cast: Cast, any_database: Database
) -> None:
    case = reported(cast)
    app = desk_face(web_services)
    path = f"/cases/{case.id}/decision"
    deciders = [AtTheDesk(app, cast, "decision_maker")]
    with clock.at(clock.now() + timedelta(minutes=2)):  # a code works once
        deciders.append(AtTheDesk(app, cast, "decision_maker"))
    bodies = []
    for decider, reason in zip(
        deciders,
        (
            "The first says so, for he saw it all himself.",
            "The other says so, for nobody else saw what he did.",
        ),
        strict=True,
    ):
        page = decider.get(path)
        form = next(one for one in forms_on(page.text) if "result_A" in one.fields)
        words = {"result_A": "not_upheld", "standard_A": "balance", "kind_0": "", "party_0": ""}
        filled = well_filled(form, lambda _name, said=reason: said, words)  # type: ignore[misc]  # a default binds it
        blank = ("what_0", "owner_0", "hours_0", "due_0")
        bodies.append({key: value for key, value in filled if key not in blank})
    cast.db.commit()
    with ThreadPoolExecutor(2) as threads:
        sent = list(
            threads.map(
                lambda pair: pair[0].client.post(
                    path,
                    data={**pair[1], "csrf_token": pair[0].token},
                    base_url="https://localhost",
                ),
                zip(deciders, bodies, strict=True),
            )
        )
    assert sorted(response.status_code for response in sent) == [303, 409], [
        words_of(response)[:600] for response in sent
    ]
    lost = next(response for response in sent if response.status_code == 409)
    assert "first" in words_of(lost)
    assert bodies[sent.index(lost)]["reasons_A"] in words_of(lost)
    with web_services.database.reading() as db:
        assert len(db.scalars(select(Finding)).all()) == len(db.scalars(select(Allegation)).all())
        assert db.scalars(select(Outcome)).all() == []
        assert [one.state for one in db.scalars(select(Case))] == ["decided"]
    assert logs_verify(web_services)


@pytest.mark.both_backends
def test_two_messages_and_a_read_at_once_leave_one_log(web_services: Services, cast: Cast) -> None:
    case = cast.acknowledged()
    app = desk_face(web_services)
    officers = [AtTheDesk(app, cast, who) for who in ("liaison", "chair")]
    path = f"/cases/{case.id}/messages"
    for officer in officers:
        officer.get(path)
    cast.db.commit()

    def write(officer: AtTheDesk) -> int:
        data = {"text": "We are looking into it.", "csrf_token": officer.token}
        return officer.client.post(path, data=data, base_url="https://localhost").status_code

    before = counts(web_services)["message"]
    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(write, officers * 2)) == {303}
    assert counts(web_services)["message"] == before + 4
    with web_services.database.reading() as db:
        assert db.get_one(LogHead, "wcc").size > 0
        assert len(db.scalars(select(Message)).all()) == before + 4
    assert logs_verify(web_services)
