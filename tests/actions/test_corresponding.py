"""What the holder of a receipt does: each act leaves one entry, and tells those in charge."""

from __future__ import annotations

import pytest

from conductdesk.audit.queries import Entry, entries_of_case
from conductdesk.cases.actions.corresponding import (
    withdraw,
    write_as_reporter,
)
from conductdesk.cases.actions.recording import REPORTER
from conductdesk.cases.actions.refusing import note_malware
from conductdesk.cases.concern import Mode
from conductdesk.cases.faces.reporter import for_reporter
from conductdesk.cases.models import Case, Message
from conductdesk.notices.models import OutboxRow
from conductdesk.refusal import Refused
from conductdesk.vault.files import open_file
from conductdesk.vault.models import Compartment, SealedChunk, SealedFile
from conductdesk.vault.scanning import MalwareFound
from tests.cast import Cast, a_concern
from tests.files import CAMERA, a_photo, checked


def newest(cast: Cast, case: Case) -> Entry:
    """Return the newest entry of a case."""
    return entries_of_case(cast.db, "wcc", case.pseudonym, newest_first=True, limit=1)[0]


def entries(cast: Cast, case: Case) -> int:
    """Return how many entries a case has."""
    return len(entries_of_case(cast.db, "wcc", case.pseudonym, limit=1000))


def test_a_message_is_read_by_the_handler_and_not_by_the_outsider(cast: Cast) -> None:
    case = cast.acknowledged()
    message = write_as_reporter(cast.db, case, cast.reporter_keys(case), text="In September.")
    cast.db.commit()
    assert cast.keys(case, "liaison").open(Message.body, message) == "In September."
    with pytest.raises(Refused):
        cast.keys(case, "outsider").open(Message.body, message)


def test_a_message_leaves_one_entry_without_a_word_of_it(cast: Cast) -> None:
    case = cast.acknowledged()
    before = entries(cast, case)
    write_as_reporter(cast.db, case, cast.reporter_keys(case), text="In September.")
    cast.db.commit()
    assert entries(cast, case) == before + 1
    entry = newest(cast, case)
    assert (entry.type, entry.actor, entry.pub) == ("reporter.wrote", "reporter", {"file": False})


def test_those_in_charge_hear_that_the_reporter_wrote(cast: Cast) -> None:
    case = cast.acknowledged()
    cast.db.query(OutboxRow).delete()
    write_as_reporter(cast.db, case, cast.reporter_keys(case), text="In September.")
    cast.db.commit()
    told = {cast.who(row.account_id) for row in cast.db.query(OutboxRow)}
    assert told == {"liaison", "chair"}


def test_nothing_at_all_is_no_message(cast: Cast) -> None:
    case = cast.acknowledged()
    with pytest.raises(Refused, match="Write a message"):
        write_as_reporter(cast.db, case, cast.reporter_keys(case), text="")


def test_a_file_keeps_its_original_and_officers_get_a_copy_without_its_camera(cast: Cast) -> None:
    case = cast.acknowledged()
    with checked(a_photo(), "letter.jpg") as file:
        message = write_as_reporter(cast.db, case, cast.reporter_keys(case), text="", file=file)
    cast.db.commit()
    keys = cast.keys(case, "liaison")
    original, working = (
        cast.db.get_one(SealedFile, one) for one in (message.original_id, message.working_id)
    )
    assert (original.kind, working.kind) == ("original", "working")
    assert {original.compartment, working.compartment} == {Compartment.INTAKE}
    assert b"".join(open_file(cast.db, keys, original)) == a_photo()
    copy = b"".join(open_file(cast.db, keys, working))
    assert copy
    assert CAMERA.encode() not in copy
    assert newest(cast, case).pub == {"file": True}


def test_a_harmful_file_leaves_an_entry_and_nothing_else(cast: Cast) -> None:
    case = cast.acknowledged()
    before, messages = entries(cast, case), cast.db.query(Message).count()
    keys = cast.reporter_keys(case)
    note_malware(cast.db, case, keys, actor=REPORTER, found=MalwareFound("Eicar-Test-Signature"))
    cast.db.commit()
    assert entries(cast, case) == before + 1
    assert cast.db.query(Message).count() == messages
    assert cast.db.query(SealedFile).count() == cast.db.query(SealedChunk).count() == 0
    entry = newest(cast, case)
    assert (entry.type, entry.actor, entry.pub) == ("file.refused", "reporter", {})
    detail = cast.keys(case, "liaison").open_detail(entry)
    assert detail is not None
    assert detail["signature"] == "Eicar-Test-Signature"


def test_withdrawing_changes_no_state(cast: Cast) -> None:
    case = cast.acknowledged()
    withdraw(cast.db, case, cast.reporter_keys(case), reason="")
    cast.db.commit()
    assert case.state == "acknowledged"
    assert newest(cast, case).type == "reporter.withdrew"
    assert for_reporter(cast.db, case, cast.reporter_keys(case)).withdrawn


def test_the_reporters_face_shows_offices_and_never_a_name(cast: Cast) -> None:
    case = cast.acknowledged(a_concern(mode=Mode.NAMED))
    view = for_reporter(cast.db, case, cast.reporter_keys(case))
    shown = repr(view)
    assert [reader.who for reader in view.readers] == [
        "The mentoring liaison officer",
        "The chair",
        "The person you are worried about",
    ]
    for member in cast.members.values():
        assert member.account.name not in shown
