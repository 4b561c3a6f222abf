"""The published vectors are current, and our own code answers to them as they say."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from typing import Any

import pytest

from conductdesk.audit.cosignature import WitnessKey, cosigned_at, witness_key_of
from conductdesk.audit.note import NoteError, VerifierKey, open_note, verifier_key_of
from conductdesk.audit.tree import (
    ProofError,
    hash_leaf,
    push,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from dev.write_vectors import FILE, MOMENT, WITNESS, text
from tests.log_reading import open_proof

VECTORS: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
Case = dict[str, Any]


def run(case: Case) -> None:
    """Do what a case says; raise what our code raises."""
    if case["kind"] == "note":
        open_with(case["note"], case["key"])
    elif case["kind"] == "proof":
        open_proof(case["proof"], case["entry"].encode(), [VerifierKey.parse(case["key"])])
    elif case["kind"] == "inclusion":
        leaf, root, *path = hashes(case["leaf_hash"], case["root"], *case["hashes"])
        verify_inclusion(leaf, case["index"], case["size"], path, root)
    else:
        root1, root2, *path = hashes(case["root1"], case["root2"], *case["hashes"])
        verify_consistency(case["size1"], root1, case["size2"], root2, path)


def open_with(note: str, key: str) -> None:
    """Open a note under a log's key, or a cosigned one under a witness's."""
    if not key.startswith(f"{WITNESS}+"):
        open_note(note, [VerifierKey.parse(key)])
    elif WITNESS not in cosigned_at(note, [WitnessKey.parse(key)]):
        raise NoteError("the witness has not signed")


def hashes(*texts: str) -> list[bytes]:
    return [base64.b64decode(value) for value in texts]


def test_the_published_file_is_what_the_code_writes_now() -> None:
    assert FILE.read_text("utf-8") == text()


def test_what_must_be_accepted_is_accepted() -> None:
    assert len(VECTORS["accepted"]) >= 20
    for case in VECTORS["accepted"]:
        run(case)


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: str(case["what"]))
def test_what_must_be_refused_is_refused(case: Case) -> None:
    with pytest.raises((NoteError, ProofError)):
        run(case)


def test_the_entries_give_the_leaf_hashes_and_the_root_at_each_size() -> None:
    log, frontier = VECTORS["logs"][0], list[bytes]()
    roots = [root_of(frontier)]
    for idx, entry in enumerate(log["entries"]):
        leaf = hash_leaf(entry.encode())
        assert leaf == hashes(log["leaf_hashes"][idx])[0]
        push(frontier, idx, leaf)
        roots.append(root_of(frontier))
    assert roots == hashes(*log["roots"])


def test_a_tile_is_the_hashes_of_its_level_side_by_side() -> None:
    tiles = VECTORS["tiles"]
    leaves = [hash_leaf(f"entry {idx}".encode()) for idx in range(tiles["size"])]
    for tile in [tile for tile in tiles["tiles"] if tile["level"] == 0]:
        first = tile["index"] * 256
        joined = b"".join(leaves[first : first + tile["width"]])
        assert sha256(joined).hexdigest() == tile["sha256"]
    assert [(tile["level"], tile["width"]) for tile in tiles["tiles"]] == [
        *[(0, 256), (0, 256), (0, 88)],
        (1, 2),
    ]


def test_the_keys_grow_from_the_seeds_and_the_time_of_a_cosignature_is_signed() -> None:
    seeds = [bytes.fromhex(VECTORS[name]) for name in ("seed", "witness_seed")]
    log, witness = verifier_key_of(VECTORS["origin"], seeds[0]), witness_key_of(WITNESS, seeds[1])
    cosigned = [case for case in VECTORS["accepted"] if case.get("key") == str(witness)]
    assert cosigned_at(cosigned[0]["note"], [witness]) == {WITNESS: MOMENT}
    assert open_note(cosigned[0]["note"], [log]).startswith(VECTORS["origin"])
    assert WitnessKey.parse(str(witness)) == witness
    with pytest.raises(NoteError):
        VerifierKey.parse(str(witness))
