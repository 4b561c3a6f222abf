"""Signed notes, checkpoints and proofs: what is signed is accepted, and nothing else."""

from __future__ import annotations

import base64
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conductdesk.audit.note import (
    Checkpoint,
    NoteError,
    Proof,
    VerifierKey,
    open_checkpoint,
    open_note,
    open_proof_of_leaf,
    parse_checkpoint,
    parse_proof,
    sign_note,
    verifier_key_of,
)
from conductdesk.audit.tree import ProofError, hash_leaf, verify_inclusion
from tests.log_reading import open_proof

ORIGIN = "conduct.example.org/log/wcc"
SEED = bytes(range(32))
KEY = verifier_key_of(ORIGIN, SEED)
ENTRIES = [b"first", b"second"]
ROOT = bytes.fromhex("b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c")

NOTE = sign_note(Checkpoint(ORIGIN, 2, ROOT).text(), ORIGIN, SEED)

PUBLISHED_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PUBLISHED_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
"""The example with which the signed-note format was published."""


def a_proof() -> str:
    """A proof for the second of two entries, made by hand."""
    leaves = [hash_leaf(entry) for entry in ENTRIES]
    checkpoint = Checkpoint(ORIGIN, 2, _root_of_two(leaves))
    note = sign_note(checkpoint.text(), ORIGIN, SEED)
    return Proof(1, (leaves[0],), note).text()


def _root_of_two(leaves: list[bytes]) -> bytes:
    return sha256(b"\x01" + leaves[0] + leaves[1]).digest()


def test_the_published_note_opens_under_its_published_key() -> None:
    text = open_note(PUBLISHED_NOTE, [VerifierKey.parse(PUBLISHED_KEY)])
    assert text.endswith("then you don't know what your problem is.\n")


def test_a_checkpoint_is_written_as_three_lines_a_blank_and_a_signature() -> None:
    lines = NOTE.split("\n")
    assert lines[:4] == [ORIGIN, "2", base64.b64encode(ROOT).decode(), ""]
    assert lines[4].startswith(f"— {ORIGIN} ")
    raw = base64.b64decode(lines[4].rpartition(" ")[2])
    assert (len(raw), raw[:4]) == (68, KEY.key_id)


def test_a_checkpoint_opens_under_the_key_of_its_origin() -> None:
    assert open_checkpoint(NOTE, [KEY]) == Checkpoint(ORIGIN, 2, ROOT)


def test_a_verifier_key_reads_back_from_its_text() -> None:
    assert VerifierKey.parse(str(KEY)) == KEY


@pytest.mark.parametrize("broken", ["", "name", "name+00000000+AAAA", str(KEY).replace("wcc", "x")])
def test_a_broken_verifier_key_is_refused(broken: str) -> None:
    with pytest.raises(NoteError):
        VerifierKey.parse(broken)


def test_a_note_of_an_unknown_key_is_refused() -> None:
    other = verifier_key_of(ORIGIN, bytes(32))
    with pytest.raises(NoteError, match="no key"):
        open_checkpoint(NOTE, [other])


def test_a_key_of_another_name_does_not_speak_for_an_origin() -> None:
    text = Checkpoint(ORIGIN, 2, ROOT).text()
    note = sign_note(text, "somebody.example.org", SEED)
    with pytest.raises(NoteError, match="no key"):
        open_checkpoint(note, [KEY, verifier_key_of("somebody.example.org", SEED)])


def test_a_cosignature_of_an_unknown_witness_is_passed_over() -> None:
    cosigned = NOTE + "— witness.example.org " + base64.b64encode(bytes(76)).decode() + "\n"
    assert open_checkpoint(cosigned, [KEY]).size == 2


def test_a_false_signature_of_a_known_key_is_refused_beside_a_good_one() -> None:
    false = KEY.key_id + bytes(64)
    doubled = f"{NOTE}— {ORIGIN} {base64.b64encode(false).decode()}\n"
    with pytest.raises(NoteError, match="false"):
        open_checkpoint(doubled, [KEY])


@given(st.integers(0, len(NOTE.encode()) - 1), st.integers(1, 255))
@settings(max_examples=600, deadline=None)
def test_no_byte_of_a_checkpoint_can_be_changed(at: int, change: int) -> None:
    raw = bytearray(NOTE.encode())
    raw[at] ^= change
    with pytest.raises((NoteError, UnicodeDecodeError)):
        open_checkpoint(raw.decode(), [KEY])


@given(st.integers(0, len(a_proof().encode()) - 1), st.integers(1, 255))
@settings(max_examples=600, deadline=None)
def test_no_byte_of_a_proof_can_be_changed(at: int, change: int) -> None:
    leaf = hash_leaf(ENTRIES[1])
    raw = bytearray(replace(parse_proof(a_proof()), leaf=leaf).text().encode())
    raw[at] ^= change
    with pytest.raises((NoteError, ProofError, UnicodeDecodeError)):
        open_proof(raw.decode(), ENTRIES[1], [KEY])


def test_a_proof_leads_from_the_entry_to_the_checkpoint() -> None:
    assert open_proof(a_proof(), ENTRIES[1], [KEY]).size == 2
    with pytest.raises(ProofError):
        open_proof(a_proof(), b"another entry", [KEY])


def test_a_proof_reads_back_from_its_text() -> None:
    proof = parse_proof(a_proof())
    assert (proof.index, proof.text()) == (1, a_proof())
    checkpoint = parse_checkpoint(proof.checkpoint)
    verify_inclusion(hash_leaf(ENTRIES[1]), 1, 2, proof.hashes, checkpoint.root)


def test_a_proof_may_carry_the_leaf_hash_of_its_entry_and_of_no_other() -> None:
    proof, leaf = parse_proof(a_proof()), hash_leaf(ENTRIES[1])
    with_leaf = replace(proof, leaf=leaf).text()
    assert open_proof(with_leaf, ENTRIES[1], [KEY]).size == 2
    assert open_proof_of_leaf(with_leaf, [KEY]).size == 2
    other = replace(proof, leaf=hash_leaf(ENTRIES[0])).text()
    with pytest.raises(ProofError):
        open_proof(other, ENTRIES[1], [KEY])
    with pytest.raises(ProofError):
        open_proof_of_leaf(other, [KEY])
    with pytest.raises(NoteError):
        open_proof_of_leaf(a_proof(), [KEY])
    with pytest.raises(NoteError):
        parse_proof(a_proof().replace("@v1\n", "@v1\nextra YWJj\n", 1))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("\n2\n", "\n02\n"),
        ("\n2\n", "\n+2\n"),
        ("\n2\n", "\n٢\n"),
        ("\n2\n", "\n-2\n"),
        ("\n2\n", "\n\n"),
        (base64.b64encode(ROOT).decode(), base64.b64encode(ROOT[:31]).decode()),
        ("\n2\n", "\r\n2\n"),
    ],
)
def test_a_checkpoint_written_in_another_way_is_refused(right: str, wrong: str) -> None:
    text = Checkpoint(ORIGIN, 2, ROOT).text().replace(right, wrong)
    with pytest.raises(NoteError):
        open_checkpoint(sign_note(text, ORIGIN, SEED), [KEY])


def test_base64_with_stray_bits_is_refused() -> None:
    canonical = base64.b64encode(ROOT).decode()
    assert canonical.endswith("w=")
    stray = canonical[:-2] + "x="
    assert base64.b64decode(stray) == ROOT
    with pytest.raises(NoteError, match="canonical"):
        parse_checkpoint(NOTE.replace(canonical, stray))


@pytest.mark.parametrize("broken", ["", "\n", "a\n", "a\n\n", NOTE[:-1], NOTE + "\n", NOTE + "x\n"])
def test_a_note_cut_short_or_with_something_behind_it_is_refused(broken: str) -> None:
    with pytest.raises(NoteError):
        open_checkpoint(broken, [KEY])


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nbreak", " padded"])
def test_a_log_cannot_go_by_a_name_that_a_note_cannot_hold(name: str) -> None:
    with pytest.raises(NoteError):
        verifier_key_of(name, SEED)
