"""A witness cosigns what extends all that it has seen; it keeps what does not, and says so."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.test import Client

from conductdesk import clock
from conductdesk.audit.cosignature import cosigned_at, submission_text, with_cosignatures
from conductdesk.audit.note import Checkpoint, NoteError, sign_note
from conductdesk.audit.tree import consistency_proof
from conductdesk.refusal import Refused
from conductdesk.witness.actions import Witness, trust
from conductdesk.witness.models import Folder
from conductdesk.witness.rules import (
    BODY_LIMIT,
    Answer,
    PrivateKey,
    read_submission,
)
from conductdesk.witness.views import application, judge
from dev.write_vectors import KEY, ORIGIN, SEED, Log

CONTACT = "Robin Example, +44 20 7946 0000"
NAME = "witness.example.net"


class Head:
    """A log that grows in memory, and what it sends to a witness."""

    def __init__(self, *words: str) -> None:
        self.log = Log([word.encode() for word in words])
        self.size = len(words)

    def since(self, old: int) -> bytes:
        """The request that shows this head to extend *old* entries."""
        hashes = consistency_proof(self.log.tile, old, self.size) if old else []
        return submission_text(old, hashes, self.note).encode()

    @property
    def note(self) -> str:
        return self.log.checkpoint(self.size)


SMALL, LARGE = Head("a", "b", "c"), Head("a", "b", "c", "d", "e")
FORKED, SHORT = Head("a", "b", "x", "d", "e", "f"), Head("a", "b")


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Witness]:
    """A witness that knows one log and has cosigned nothing yet."""
    folder = Folder(tmp_path / "witness")
    folder.make_key(NAME)
    with folder.database.writing() as db:
        trust(db, KEY)
        db.commit()
    yield Witness(folder, CONTACT)
    folder.close()


def evidence(witness: Witness) -> list[str]:
    return [file.read_text("utf-8") for file in sorted(witness.folder.evidence.glob("*.txt"))]


def test_it_cosigns_a_head_and_every_extension_with_the_time(witness: Witness) -> None:
    moment = clock.now() + timedelta(hours=1)
    first = judge(witness, SMALL.since(0))
    with clock.at(moment):
        second = judge(witness, LARGE.since(3))
    assert (first.status, second.status) == (200, 200)
    key = witness.folder.key().public
    cosigned = with_cosignatures(LARGE.note, second.body, [key])
    assert cosigned_at(cosigned, [key]) == {NAME: int(moment.timestamp())}
    with pytest.raises(NoteError):
        with_cosignatures(SMALL.note, second.body, [key])
    assert with_cosignatures(cosigned, judge(witness, LARGE.since(5)).body, [key]) == cosigned


def test_what_it_cosigned_is_on_the_disk_before_it_answers(witness: Witness) -> None:
    judge(witness, LARGE.since(0))
    restarted = Witness(Folder(witness.folder.path), CONTACT)
    assert judge(restarted, SMALL.since(0)) == Answer(409, "5\n", "text/x.tlog.size")
    assert judge(restarted, FORKED.since(5)).status == 422
    restarted.folder.close()


def test_a_client_that_does_not_know_the_size_is_told(witness: Witness) -> None:
    judge(witness, SMALL.since(0))
    assert judge(witness, LARGE.since(0)) == Answer(409, "3\n", "text/x.tlog.size")
    assert judge(witness, LARGE.since(2)).body == "3\n"
    assert judge(witness, LARGE.since(3)).status == 200
    assert evidence(witness) == []


def test_an_inconsistent_head_is_refused_kept_and_cried_out(
    witness: Witness, caplog: pytest.LogCaptureFixture
) -> None:
    judge(witness, LARGE.since(0))
    answer = judge(witness, FORKED.since(5))
    assert answer.status == 422
    assert f"Call: {CONTACT}" in answer.body
    assert [record.levelno for record in caplog.records] == [logging.CRITICAL]
    assert CONTACT in caplog.text
    (kept,) = evidence(witness)
    assert FORKED.note in kept
    assert LARGE.note in kept
    judge(witness, FORKED.since(5))
    assert len(evidence(witness)) == 1
    assert judge(witness, Head("a", "b", "c", "d", "e", "f").since(5)).status == 200


def test_two_heads_of_one_size_are_refused_whatever_old_size_is_claimed(witness: Witness) -> None:
    judge(witness, LARGE.since(0))
    twin = Head("a", "b", "c", "d", "x")
    for old in (0, 3, 5):
        answer = judge(witness, twin.since(old))
        assert (answer.status, CONTACT in answer.body) == (409, True)
    assert len(evidence(witness)) == 1


def test_a_head_that_got_smaller_is_not_cosigned(
    witness: Witness, caplog: pytest.LogCaptureFixture
) -> None:
    judge(witness, SMALL.since(0))
    assert judge(witness, SHORT.since(0)).status == 409
    assert "a head of 2 entries, and 3 were cosigned" in caplog.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0\n",
        b"old 00\n\n" + SMALL.note.encode(),
        b"old -1\n\n" + SMALL.note.encode(),
        b"old 4\n\n" + SMALL.note.encode(),
        b"old 0\nAAAA\n\n" + SMALL.note.encode(),
        b"new 0\n\n" + SMALL.note.encode(),
        b"old 0\n\n\xff\xfe",
        submission_text(3, [bytes(32)] * 64, LARGE.note).encode(),
        b"old 0\n\n" + b"x" * BODY_LIMIT,
    ],
)
def test_what_is_no_request_is_a_bad_one(witness: Witness, body: bytes) -> None:
    assert judge(witness, body).status == 400


def test_a_log_that_it_does_not_know_and_a_signature_that_is_none_are_refused(
    witness: Witness,
) -> None:
    other = sign_note(
        Checkpoint("other.example/log", 1, bytes(32)).text(), "other.example/log", SEED
    )
    forged = sign_note(Checkpoint(ORIGIN, 1, bytes(32)).text(), ORIGIN, bytes(32))
    assert judge(witness, submission_text(0, [], other).encode()).status == 404
    assert judge(witness, submission_text(0, [], forged).encode()).status == 403
    assert judge(witness, submission_text(0, [bytes(32)], SMALL.note).encode()).status == 422


def test_a_request_reads_back_as_it_was_written() -> None:
    read = read_submission(LARGE.since(3))
    assert (read.old_size, read.checkpoint.size, read.note) == (3, 5, LARGE.note)


def test_a_witness_keeps_its_key_for_ever_and_a_log_its_own(witness: Witness) -> None:
    key = witness.folder.key()
    assert PrivateKey.parse(str(key)) == key
    assert (witness.folder.path / "witness.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(Refused):
        witness.folder.make_key(NAME)
    with pytest.raises(NoteError):
        PrivateKey.parse(KEY)
    with witness.folder.database.writing() as db, pytest.raises(NoteError):
        trust(db, str(key.public))


def test_a_witness_without_its_memory_does_not_sign_again(witness: Witness) -> None:
    judge(witness, SMALL.since(0))
    witness.folder.close()
    for file in witness.folder.path.glob("witness.db*"):
        file.unlink()
    with pytest.raises(Refused, match="It must not sign again"):
        Folder(witness.folder.path).key()


def test_on_the_web_there_is_one_address_and_post_alone(witness: Witness) -> None:
    client = Client(application(witness))
    assert client.get("/add-checkpoint").status_code == 405
    assert client.post("/", data=SMALL.since(0)).status_code == 404
    assert client.post("/add-checkpoint", data=b"x" * (BODY_LIMIT + 1)).status_code == 413
    answer = client.post(
        "/add-checkpoint",
        input_stream=io.BytesIO(SMALL.since(0)),
        content_length=len(SMALL.since(0)),
    )
    assert answer.status_code == 200
    conflict = client.post("/add-checkpoint", data=LARGE.since(0))
    assert (conflict.status_code, conflict.mimetype, conflict.data) == (
        409,
        "text/x.tlog.size",
        b"3\n",
    )
