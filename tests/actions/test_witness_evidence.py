"""Heads that contradict each other are kept, all of them, whatever strangers send; bad proofs are not."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from conductdesk.audit.cosignature import submission_text
from conductdesk.audit.note import SIGNATURE_LIMIT, VerifierKey, open_checkpoint
from conductdesk.witness import models
from conductdesk.witness.actions import Witness, known_logs
from conductdesk.witness.views import judge
from dev.write_vectors import KEY
from tests.actions.witness_heads import (
    CONTACT,
    FORKED,
    LARGE,
    SHORT,
    Head,
    evidence,
    signed_head,
    texts_in,
    with_stray_lines,
    witness_in,
)


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Witness]:
    with witness_in(tmp_path / "witness") as found:
        yield found


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


def test_strangers_cannot_crowd_out_the_evidence_of_a_fork(
    witness: Witness, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "MOST_DOUBTFUL", 2)
    judge(witness, LARGE.since(0))
    for size in (7, 7, 8, 9):
        note = with_stray_lines(signed_head(size, bytes(32)), 1)
        answer = judge(witness, submission_text(5, [os.urandom(32)], note).encode())
        assert answer.status == 422
        assert ("is kept as doubtful" in answer.body) == (size < 9)
        assert ("is not kept" in answer.body) == (size == 9)
    assert (evidence(witness), len(texts_in(witness.folder.doubtful))) == ([], 2)
    assert {record.levelno for record in caplog.records} == {logging.WARNING}
    for fork in (FORKED, Head("a", "b", "c", "d", "x")):
        assert "Both are kept." in judge(witness, fork.since(5)).body
    assert sum(FORKED.note in kept for kept in evidence(witness)) == 1
    assert len(evidence(witness)) == 2


def test_one_head_is_kept_once_whatever_stands_below_what_was_signed(witness: Witness) -> None:
    judge(witness, LARGE.since(0))
    for _time in range(3):
        judge(witness, with_stray_lines(FORKED.since(5).decode(), 1).encode())
    (kept,) = evidence(witness)
    assert f"{FORKED.since(5).decode()}\nwas refused" in kept


def test_what_others_add_to_a_note_is_not_remembered(witness: Witness) -> None:
    request = with_stray_lines(LARGE.since(0).decode(), SIGNATURE_LIMIT - 1)
    answer = judge(witness, request.encode())
    with witness.folder.database.reading() as db:
        (known,) = known_logs(db)
    assert known.note == LARGE.note + answer.body
    assert open_checkpoint(known.note, [VerifierKey.parse(KEY)]).size == 5


def test_a_fork_after_a_size_that_its_proof_leaves_out_is_doubtful(witness: Witness) -> None:
    judge(witness, SHORT.since(0))
    answer = judge(witness, Head("a", "x", "c").since(2))
    assert answer.status == 422
    assert "nor that it does not. Nothing was cosigned." in answer.body
    assert f"If the log itself sent it, call: {CONTACT}" in answer.body
    assert (evidence(witness), len(texts_in(witness.folder.doubtful))) == ([], 1)


def test_evidence_that_cannot_be_written_is_not_said_to_be_kept(
    witness: Witness, caplog: pytest.LogCaptureFixture
) -> None:
    judge(witness, LARGE.since(0))
    for folder in (witness.folder.evidence, witness.folder.doubtful):
        folder.write_text("in the way")
    assert "could not be kept here" in judge(witness, FORKED.since(5)).body
    assert FORKED.note in caplog.text
    assert LARGE.note in caplog.text
    doubtful = submission_text(5, [], FORKED.note).encode()
    assert "The head is not kept." in judge(witness, doubtful).body
