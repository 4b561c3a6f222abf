"""A harmful file leaves an entry alone; without a scanner that answers, no file is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from conductdesk import clock
from conductdesk.audit.queries import Entry, entries_of_case
from conductdesk.cases.inquiry import evidence_of
from conductdesk.cases.models import Case, Message
from conductdesk.faces import desk_face, public_face
from conductdesk.vault.models import SealedChunk, SealedFile
from conductdesk.web.state import Services
from tests.actions.inquiry_steps import investigating
from tests.cast import Cast
from tests.clamd import EICAR, SIGNATURE, Clamd, clamd
from tests.files import a_photo
from tests.web.command_line import CommandLine
from tests.web.desk_visitor import AtTheDesk, words_of
from tests.web.visitor import Visitor

HARMFUL = "The virus scan found something harmful in this file"
LATER = "Files cannot be checked for viruses just now"
NAME = "Marigold's secret letter.txt"


@pytest.fixture
def scanner() -> Iterator[Clamd]:
    """A clamd that answers."""
    with clamd() as server:
        yield server


def scanned_by(services: Services, address: str) -> Services:
    """Return *services* with a scanner."""
    return replace(services, settings=replace(services.settings, scanner=address))


def mailbox(services: Services, cast: Cast, case: Case) -> Visitor:
    """Return a browser in which the mailbox of *case* is open."""
    visitor = Visitor(public_face(services))
    receipt = cast.receipts[case.id]
    cast.db.commit()
    visitor.post("/wcc/messages/open", {"receipt": receipt.code})
    visitor.get("/wcc/messages")
    return visitor


def send(visitor: Visitor, content: bytes, name: str = NAME) -> TestResponse:
    """Send a message with a file."""
    form = {"message": "See what I got", "file": (BytesIO(content), name)}
    return visitor.post("/wcc/messages", form, content_type="multipart/form-data")


def newest(cast: Cast, case_id: UUID) -> Entry:
    """Return the newest entry of a case."""
    case = cast.db.get_one(Case, case_id)
    return entries_of_case(cast.db, "wcc", case.pseudonym, newest_first=True, limit=1)[0]


def nothing_kept(cast: Cast) -> bool:
    """Answer whether there is no file, and no piece of one."""
    return not cast.db.query(SealedFile).count() and not cast.db.query(SealedChunk).count()


def test_a_harmful_file_in_the_mailbox_is_refused_and_noted_without_its_name(
    web_services: Services, cast: Cast, scanner: Clamd
) -> None:
    case_id = (case := cast.acknowledged()).id
    visitor = mailbox(scanned_by(web_services, scanner.address), cast, case)
    before = cast.db.query(Message).count()
    cast.db.rollback()
    shown = send(visitor, EICAR)
    assert shown.status_code == 422
    assert HARMFUL in words_of(shown)
    assert "See what I got" in shown.text
    assert scanner.streams == [EICAR]
    assert nothing_kept(cast)
    assert cast.db.query(Message).count() == before
    entry = newest(cast, case_id)
    assert (entry.type, entry.actor, entry.pub) == ("file.refused", "reporter", {})
    detail = cast.keys(cast.db.get_one(Case, case_id), "liaison").open_detail(entry)
    assert detail is not None
    assert detail["signature"] == SIGNATURE
    assert "secret letter" not in str(detail)


def test_a_clean_file_is_kept_when_there_is_a_scanner(
    web_services: Services, cast: Cast, scanner: Clamd
) -> None:
    case = cast.acknowledged()
    visitor = mailbox(scanned_by(web_services, scanner.address), cast, case)
    assert send(visitor, a_photo(), "seen.jpg").status_code == 303
    assert scanner.streams == [a_photo()]
    assert {file.kind for file in cast.db.query(SealedFile)} == {"original", "working"}


def test_no_file_is_taken_while_the_scanner_is_down_and_a_message_still_is(
    web_services: Services, cast: Cast
) -> None:
    with clamd() as gone:
        address = gone.address
    case_id = (case := cast.acknowledged()).id
    visitor = mailbox(scanned_by(web_services, address), cast, case)
    shown = send(visitor, a_photo(), "seen.jpg")
    assert shown.status_code == 422
    assert LATER in words_of(shown)
    assert "See what I got" in shown.text
    assert nothing_kept(cast)
    assert newest(cast, case_id).type != "file.refused"
    cast.db.rollback()
    assert visitor.post("/wcc/messages", {"message": "See what I got"}).status_code == 303


def test_a_harmful_file_is_refused_as_evidence_too(
    web_services: Services, cast: Cast, scanner: Clamd
) -> None:
    case = investigating(cast)
    app = desk_face(scanned_by(web_services, scanner.address))
    with clock.at(clock.now()):
        desk = AtTheDesk(app, cast, "investigator")
        desk.get(f"/cases/{case.id}/evidence/new")
        values = {"title": "A letter", "bearing": "for", "allegation_id": "", "text": "Kept."}
        shown = desk.post(f"/cases/{case.id}/evidence", {**values, "file": (BytesIO(EICAR), NAME)})
    assert shown.status_code == 422
    assert HARMFUL in words_of(shown)
    assert "Kept." in shown.text
    assert evidence_of(cast.db, case) == []
    assert nothing_kept(cast)
    entry = newest(cast, case.id)
    assert (entry.type, entry.actor) == ("file.refused", cast["investigator"].account.pseudonym)


def test_the_history_of_a_case_has_words_for_a_refused_file(
    web_services: Services, cast: Cast, scanner: Clamd
) -> None:
    services = scanned_by(web_services, scanner.address)
    case_id = (case := cast.acknowledged()).id
    send(mailbox(services, cast, case), EICAR)
    desk = AtTheDesk(desk_face(services), cast, "liaison")
    page = words_of(desk.get(f"/cases/{case_id}/history"))
    assert "Harmful file refused" in page
    assert "secret letter" not in page


def test_the_doctor_says_whether_the_scanner_answers(
    new_line: Callable[..., CommandLine], cast: Cast, scanner: Clamd
) -> None:
    cast.db.commit()
    answering = new_line(CLAMAV_SOCKET=scanner.address).run("doctor").output
    assert f"ok     virus scan at {scanner.address}\n" in answering
    assert "ok     virus scan, not in use (CLAMAV_SOCKET)\n" in new_line().run("doctor").output


@pytest.mark.parametrize("always", [None, b"INSTREAM size limit exceeded. ERROR\0"])
def test_the_doctor_is_loud_when_the_scanner_gives_no_good_answer(
    new_line: Callable[..., CommandLine], cast: Cast, always: bytes | None
) -> None:
    cast.db.commit()
    with clamd(always=always) as server:
        said = new_line(CLAMAV_SOCKET=server.address).refused("doctor") if always else ""
    said = said or new_line(CLAMAV_SOCKET=server.address).refused("doctor")  # nobody listens now
    assert f"TO DO  virus scan at {server.address}: it gives no good answer" in said
    assert "no file is taken from anybody" in said
    assert "ok     offices of wcc" in said  # it goes on with the rest
