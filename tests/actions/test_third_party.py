"""Go's own transparency-log library verifies what our log gives out, and our published vectors."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from conductdesk.audit.checkpoints import proof_for, sign_checkpoint, verifier_key
from conductdesk.audit.note import parse_checkpoint
from conductdesk.audit.queries import entry_bytes, prove_consistency
from conductdesk.audit.tree import hash_leaf, push, root_of
from conductdesk.vault.keystore import Keystore
from tests.actions.audit_rows import LOG, begin_log, fill_log

PROGRAM = Path(__file__).parents[1] / "third_party" / "check.go"
VECTORS = Path(__file__).parents[2] / "docs" / "audit-vectors.json"
GO = {"GOPATH": "/usr/share/gocode", "GO111MODULE": "off", "GOFLAGS": "", "CGO_ENABLED": "0"}
"""Debian keeps the sources of Go's libraries there; nothing is downloaded."""

pytestmark = pytest.mark.xdist_group("go")


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go program, built; without Go or x/mod this fails, and `dev/prepare-tests` says why."""
    program = tmp_path_factory.mktemp("go") / "check"
    cache = {"GOCACHE": str(program.parent / "cache")}
    built = subprocess.run(
        ["go", "build", "-o", program, PROGRAM],
        env={**os.environ, **GO, **cache},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert built.returncode == 0, f"run dev/prepare-tests\n{built.stderr}"
    return program


def judge(checker: Path, *files: Path) -> tuple[int, str]:
    """What Go says of files in the form of our vectors."""
    done = subprocess.run([checker, *files], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def given_out(db: Session, keystore: Keystore) -> dict[str, Any]:
    """A real log, and what an auditor and a reporter get from it, in the form of our vectors."""
    begin_log(db)
    fill_log(db, [f"first {number}" for number in range(300)])
    first = parse_checkpoint(sign_checkpoint(db, keystore, LOG, "hourly").note)
    fill_log(db, [f"second {number}" for number in range(17)])
    proof = proof_for(db, keystore, LOG, 270, "receipt")
    note = proof.partition("\n\n")[2]
    second = parse_checkpoint(note)
    key = verifier_key(db, keystore, LOG)
    steps = prove_consistency(db, LOG, first.size, second.size)
    entries = [(entry_bytes(db, LOG, idx) or b"").decode() for idx in range(second.size)]
    extension = {
        "kind": "consistency",
        "size1": first.size,
        "root1": text_of(first.root),
        "size2": second.size,
        "root2": text_of(second.root),
        "hashes": [text_of(step) for step in steps],
    }
    return {
        "logs": [{"entries": entries, "roots": [text_of(root) for root in roots_of(entries)]}],
        "accepted": [
            {"kind": "note", "key": key, "note": note},
            {"kind": "proof", "key": key, "entry": entries[270], "proof": proof},
            extension,
        ],
        "refused": [
            {"kind": "note", "key": key, "note": note.replace("\n317\n", "\n318\n")},
            {"kind": "proof", "key": key, "entry": entries[269], "proof": proof},
            {**extension, "root2": text_of(bytes(32))},
        ],
    }


def roots_of(entries: list[str]) -> list[bytes]:
    """The root at each size, from nothing on."""
    frontier: list[bytes] = []
    roots = [root_of(frontier)]
    for idx, entry in enumerate(entries):
        push(frontier, idx, hash_leaf(entry.encode()))
        roots.append(root_of(frontier))
    return roots


def text_of(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def test_go_accepts_our_log_and_our_vectors_and_refuses_what_must_be_refused(
    checker: Path, db: Session, keystore: Keystore, tmp_path: Path
) -> None:
    live = tmp_path / "live.json"
    live.write_text(json.dumps(given_out(db, keystore)), "utf-8")
    status, said = judge(checker, VECTORS, live)
    vectors = json.loads(VECTORS.read_text("utf-8"))
    counts = [len(vectors["accepted"]), len(vectors["refused"])]
    assert said.splitlines() == [
        f"{counts[0]} accepted, {counts[1]} refused, 1 logs, 4 tiles",
        "3 accepted, 3 refused, 1 logs, 0 tiles",
    ]
    assert status == 0


def test_go_says_so_when_a_root_was_tampered_with(
    checker: Path, db: Session, keystore: Keystore, tmp_path: Path
) -> None:
    found = given_out(db, keystore)
    found["logs"][0]["roots"][300] = text_of(bytes(32))
    found["accepted"] += found["refused"]
    live = tmp_path / "tampered.json"
    live.write_text(json.dumps(found), "utf-8")
    status, said = judge(checker, live)
    assert status == 1
    assert "the root at 300 entries differs" in said
    assert said.count("must be accepted") == 3
