"""A witness cosigns what extends all that it has seen; it keeps what does not, and says so."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.test import Client

from conductdesk import clock
from conductdesk.audit.cosignature import cosigned_at, submission_text, with_cosignatures
from conductdesk.audit.note import (
    Checkpoint,
    NoteError,
    sign_note,
)
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
from dev.write_vectors import KEY, ORIGIN, SEED
from tests.actions.witness_heads import (
    CONTACT,
    FORKED,
    LARGE,
    NAME,
    SHORT,
    SMALL,
    Head,
    evidence,
    witness_in,
)


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Witness]:
    with witness_in(tmp_path / "witness") as found:
        yield found


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


def test_of_two_forks_that_are_sent_at_once_one_is_cosigned(witness: Witness) -> None:
    judge(witness, SMALL.since(0))
    heads = [Head("a", "b", "c", f"fork {at}") for at in range(4)]
    twins = [Witness(Folder(witness.folder.path), CONTACT) for _head in heads]
    with ThreadPoolExecutor(len(heads)) as pool:
        answers = list(pool.map(lambda twin, head: judge(twin, head.since(3)), twins, heads))
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]
    assert len(evidence(witness)) == 3
    for twin in twins:
        twin.folder.close()


def test_an_answer_that_was_lost_is_given_again(witness: Witness) -> None:
    judge(witness, SMALL.since(0))
    judge(witness, LARGE.since(3))  # written, and never heard
    assert judge(witness, LARGE.since(3)) == Answer(409, "5\n", "text/x.tlog.size")
    again = judge(witness, LARGE.since(5))
    assert (again.status, evidence(witness)) == (200, [])


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
