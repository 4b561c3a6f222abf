"""The worked example of docs/audit-log.md, computed again from what the page says."""

from __future__ import annotations

import hmac
import json
import re
from pathlib import Path

from conductdesk.audit.note import (
    Checkpoint,
    Proof,
    VerifierKey,
    open_proof,
    sign_note,
    verifier_key_of,
)
from conductdesk.audit.tree import hash_children, hash_leaf

PAGE = Path(__file__).parents[2] / "docs" / "audit-log.md"
ORIGIN = "conduct.example.org/log/wcc"
SEED = SALT = bytes(range(32))

_text = PAGE.read_text(encoding="utf-8").partition("## A worked example")[2]
KEY, ENTRIES, HASHES, PROOF = re.findall(r"```\n(.*?)```", _text, re.DOTALL)
ROW, DETAILS = re.findall(r"`(\{[^`]*\})`", _text.partition("Three entries.")[2])[:2]


def test_the_verifier_key_grows_from_the_seed() -> None:
    assert str(verifier_key_of(ORIGIN, SEED)) == KEY.strip()


def test_the_row_and_the_details_give_the_codes_in_the_second_entry() -> None:
    entry = json.loads(ENTRIES.splitlines()[1])
    assert entry["rows"][0][2] == hmac.digest(SALT, ROW.encode(), "sha256").hex()
    assert entry["commit"] == hmac.digest(SALT, DETAILS.encode(), "sha256").hex()


def test_the_entries_give_the_hashes_and_the_root() -> None:
    first, second, third = (hash_leaf(line.encode()) for line in ENTRIES.splitlines())
    node = hash_children(first, second)
    root = hash_children(node, third)
    assert HASHES.split() == [value.hex() for value in (first, second, third, node, root)]


def test_the_proof_is_the_one_that_we_make_and_it_opens() -> None:
    first, second, third, _node, root = (bytes.fromhex(value) for value in HASHES.split())
    note = sign_note(Checkpoint(ORIGIN, 3, root).text(), ORIGIN, SEED)
    assert Proof(1, (first, third), note, second).text() == PROOF
    keys = [VerifierKey.parse(KEY)]
    assert open_proof(PROOF, ENTRIES.splitlines()[1].encode(), keys).size == 3
