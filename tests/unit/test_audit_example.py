"""The worked example of docs/audit-log.md, computed again from what the page says."""

from __future__ import annotations

import base64
import hmac
import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from conductdesk.audit.checking import proof_checker
from conductdesk.audit.cosignature import WitnessKey, cosign, witness_key_of
from conductdesk.audit.note import Checkpoint, Proof, VerifierKey, sign_note, verifier_key_of
from conductdesk.audit.tree import hash_children, hash_leaf
from tests.log_reading import open_proof

PAGE = Path(__file__).parents[2] / "docs" / "audit-log.md"
ORIGIN = "conduct.example.org/log/wcc"
SEED = SALT = bytes(range(32))

_text = PAGE.read_text(encoding="utf-8").partition("## A worked example")[2]
KEY, ENTRIES, HASHES, PROOF, WITNESS_KEY, COSIGNED, LINE = re.findall(
    r"```\n(.*?)```", _text, re.DOTALL
)
ROW, DETAILS = re.findall(r"`(\{[^`]*\})`", _text.partition("Three entries.")[2])[:2]


PROGRAM = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0]


def test_the_program_on_the_page_is_the_one_that_is_handed_out() -> None:
    assert proof_checker().decode() == PROGRAM


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


def test_the_witness_signs_the_text_that_the_page_shows() -> None:
    name, seed = "witness.example.net", bytes(range(32, 64))
    note = PROOF.partition("\n\n")[2]
    moment = datetime(2026, 11, 22, 10, 20, tzinfo=UTC)
    assert cosign(note, name, seed, int(moment.timestamp())) == LINE
    assert str(witness_key_of(name, seed)) == WITNESS_KEY.strip()
    assert (
        f"cosignature/v1\ntime {int(moment.timestamp())}\n{note.split(chr(10) * 2)[0]}\n"
        == COSIGNED
    )
    raw = base64.b64decode(LINE.split()[2])
    assert int.from_bytes(raw[4:12], "big") == moment.timestamp()
    key = Ed25519PublicKey.from_public_bytes(WitnessKey.parse(WITNESS_KEY).public_key)
    key.verify(raw[12:], COSIGNED.encode())


def test_the_program_on_the_page_checks_a_proof_without_us(tmp_path: Path) -> None:
    def said(proof: str) -> str:
        (tmp_path / "proof.txt").write_text(proof, "utf-8")
        command = [sys.executable, "-c", PROGRAM, "proof.txt", KEY.strip()]
        return subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout

    assert said(PROOF.replace("extra qbQ", "extra qbR")).endswith("DOES NOT\n")
    assert said(PROOF.replace("index 1", "index 0")).endswith("DOES NOT\n")
    assert said(PROOF).endswith("leads there\n")
    key = load_der_public_key((tmp_path / "key.der").read_bytes())
    assert isinstance(key, Ed25519PublicKey)
    key.verify((tmp_path / "signature").read_bytes(), (tmp_path / "text").read_bytes())
