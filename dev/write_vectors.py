"""Write docs/audit-vectors.json: what a second implementation of the audit log can be tried on.

Everything grows from two seeds and a few invented entries, so the file is the same at each run.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from conductdesk.audit.cosignature import cosign, witness_key_of  # noqa: E402 - the path comes first
from conductdesk.audit.note import Checkpoint, Proof, sign_note, verifier_key_of  # noqa: E402 - the path comes first
from conductdesk.audit.tree import (  # noqa: E402 - the path comes first
    TILE_HEIGHT,
    TILE_WIDTH,
    consistency_proof,
    hash_leaf,
    inclusion_proof,
    push,
    root_at,
)

FILE = ROOT / "docs" / "audit-vectors.json"
ORIGIN, SEED = "conduct.example.org/log/wcc", bytes(range(32))
WITNESS, WITNESS_SEED = "witness.example.net", bytes(range(32, 64))
MOMENT = 1_795_342_800
"""2026-11-22T10:20:00Z"""
ENTRIES = [
    '{"v":1,"t":"2026-11-22T10:00:00Z","type":"log.heartbeat","actor":"system",'
    f'"pub":{{"size":{idx}}}}}'
    for idx in range(11)
]
MANY = 600
"""The entries of the log whose tiles are listed; more than two tiles are filled."""

Case = dict[str, object]


def main() -> None:
    """Write the file."""
    FILE.write_text(text(), "utf-8")


def text() -> str:
    """Return the file as it must be."""
    return json.dumps(vectors(), indent=1, ensure_ascii=False) + "\n"


def vectors() -> dict[str, object]:
    """Return everything that the file holds."""
    log = Log([entry.encode() for entry in ENTRIES])
    return {
        "about": "Test vectors of ConductDesk's audit log; docs/audit-log.md explains them.",
        "origin": ORIGIN,
        "seed": SEED.hex(),
        "witness": WITNESS,
        "witness_seed": WITNESS_SEED.hex(),
        "logs": [
            {
                "entries": ENTRIES,
                "leaf_hashes": [text_of(leaf) for leaf in log.leaves],
                "roots": [text_of(log.root(size)) for size in range(len(ENTRIES) + 1)],
            }
        ],
        "tiles": tiles(),
        "accepted": list(accepted(log)),
        "refused": list(refused(log)),
    }


class Log:
    """A log in memory, for the proofs over it."""

    def __init__(self, entries: Sequence[bytes]) -> None:
        self.levels: list[list[bytes]] = [[hash_leaf(entry) for entry in entries]]
        frontier: list[bytes] = []
        for idx, leaf in enumerate(self.leaves):
            for level, root in enumerate(push(frontier, idx, leaf), start=1):
                self.levels += [[]] if level == len(self.levels) else []
                self.levels[level].append(root)

    @property
    def leaves(self) -> list[bytes]:
        """Every leaf hash."""
        return self.levels[0]

    def tile(self, level: int, idx: int) -> bytes:
        """Return the hashes of a tile side by side."""
        return b"".join(self.levels[level][idx * TILE_WIDTH : (idx + 1) * TILE_WIDTH])

    def root(self, size: int) -> bytes:
        """Return the root at *size* entries."""
        return root_at(self.tile, size)

    def checkpoint(self, size: int) -> str:
        """Return the signed checkpoint at *size* entries."""
        return sign_note(Checkpoint(ORIGIN, size, self.root(size)).text(), ORIGIN, SEED)

    def cosigned(self, size: int) -> str:
        """Return the checkpoint with the witness's cosignature."""
        note = self.checkpoint(size)
        return note + cosign(note, WITNESS, WITNESS_SEED, MOMENT)

    def inclusion(self, index: int, size: int) -> Case:
        """Return the proof of one entry."""
        hashes = inclusion_proof(self.tile, index, size)
        return {
            "kind": "inclusion",
            "leaf_hash": text_of(self.leaves[index]),
            "index": index,
            "size": size,
            "root": text_of(self.root(size)),
            "hashes": [text_of(value) for value in hashes],
        }

    def consistency(self, size1: int, size2: int) -> Case:
        """Return the proof that one size extends another."""
        hashes = consistency_proof(self.tile, size1, size2) if size1 else []
        return {
            "kind": "consistency",
            "size1": size1,
            "root1": text_of(self.root(size1)),
            "size2": size2,
            "root2": text_of(self.root(size2)),
            "hashes": [text_of(value) for value in hashes],
        }

    def proof(self, index: int, size: int, leaf: bytes = b"") -> Case:
        """Return a whole tlog-proof of one entry, under a cosigned checkpoint."""
        hashes = tuple(inclusion_proof(self.tile, index, size))
        text = Proof(index, hashes, self.cosigned(size), leaf).text()
        return {"kind": "proof", "key": KEY, "entry": ENTRIES[index], "proof": text}


KEY = str(verifier_key_of(ORIGIN, SEED))
WITNESS_KEY = str(witness_key_of(WITNESS, WITNESS_SEED))


def tiles() -> dict[str, object]:
    """Return the tiles of a log that is long enough to have some."""
    log = Log([f"entry {idx}".encode() for idx in range(MANY)])
    found = [
        {
            "level": level,
            "index": idx,
            "width": len(log.tile(level, idx)) // 32,
            "sha256": sha256(log.tile(level, idx)).hexdigest(),
        }
        for level in range(len(log.levels))
        for idx in range((MANY >> TILE_HEIGHT * level) // TILE_WIDTH + 1)
    ]
    sizes = (1, 255, 256, 257, 511, 512, 513, MANY)
    return {
        "entries": "entry 0, entry 1 … in ASCII, without a line break",
        "size": MANY,
        "roots": {str(size): text_of(log.root(size)) for size in sizes},
        "tiles": found,
    }


def accepted(log: Log) -> Iterator[Case]:
    """Yield what every implementation must accept."""
    for size in (0, 1, 7, 11):
        yield {"kind": "note", "what": f"{size} entries", "key": KEY, "note": log.checkpoint(size)}
    for key in (KEY, WITNESS_KEY):
        yield {"kind": "note", "what": "with a cosignature", "key": key, "note": log.cosigned(11)}
    for index, size in ((0, 1), (0, 11), (3, 7), (6, 7), (7, 8), (10, 11)):
        yield log.inclusion(index, size)
    for size1, size2 in ((1, 2), (3, 7), (4, 8), (7, 11), (8, 11), (11, 11)):
        yield log.consistency(size1, size2)
    yield log.proof(0, 1)
    yield log.proof(6, 11)
    yield {**log.proof(6, 11, log.leaves[6]), "what": "with the leaf hash of its entry"}


def refused(log: Log) -> Iterator[Case]:
    """Yield what none may accept; `lenient` marks what only a strict reader of base64 refuses."""
    yield from _refused_notes(log)
    yield from _refused_hashes(log)
    other = {**log.proof(6, 11), "entry": ENTRIES[5]}
    yield {**other, "what": "the proof of another entry"}
    yield {**log.proof(6, 11, log.leaves[5]), "what": "with the leaf hash of another entry"}
    moved = str(log.proof(6, 11)["proof"]).replace("index 6", "index 7")
    yield {**log.proof(6, 11), "what": "another index", "proof": moved}


def _refused_notes(log: Log) -> Iterator[Case]:
    note, cosigned = log.checkpoint(11), log.cosigned(11)
    bodies = {
        "a size that was not signed": note.replace("\n11\n", "\n12\n"),
        "a root that was not signed": note.replace(text_of(log.root(11)), text_of(log.root(10))),
        "no signature": note.partition("\n\n")[0] + "\n\n",
        "a text without its last line break": note.replace("\n\n", "\n"),
        "a control character": note.replace("\n11\n", "\n11\r\n"),
    }
    for what, body in bodies.items():
        yield {"kind": "note", "what": what, "key": KEY, "note": body}
    moved = cosign(note, WITNESS, WITNESS_SEED, MOMENT + 1)
    later = base64.b64decode(moved.rpartition(" ")[2])
    false = later[:4] + MOMENT.to_bytes(8, "big") + later[12:]
    for what, body in {
        "no cosignature": note,
        "a cosignature with another time": note + f"— {WITNESS} {text_of(false)}\n",
        "a cosignature of another size": log.checkpoint(10)
        + cosigned.splitlines(keepends=True)[-1],
        "the witness's key as that of a log": sign_note(
            Checkpoint(ORIGIN, 11, log.root(11)).text(), WITNESS, WITNESS_SEED
        ),
    }.items():
        yield {"kind": "note", "what": what, "key": WITNESS_KEY, "note": body}
    loose = note[:-3] + chr(ord(note[-3]) + 1) + note[-2:]
    what = "base64 with bits behind its end"
    yield {"kind": "note", "what": what, "key": KEY, "note": loose, "lenient": True}


def _refused_hashes(log: Log) -> Iterator[Case]:
    good = log.inclusion(3, 11)
    hashes = [text_of(value) for value in inclusion_proof(log.tile, 3, 11)]
    yield {**good, "what": "another index", "index": 2}
    yield {**good, "what": "another size", "size": 6}
    yield {**good, "what": "an index past the end", "index": 11}
    yield {**good, "what": "another root", "root": text_of(log.root(10))}
    yield {**good, "what": "a proof too short", "hashes": hashes[:-1]}
    yield {**good, "what": "a proof too long", "hashes": [*hashes, hashes[0]]}
    yield {**good, "what": "two hashes exchanged", "hashes": [hashes[1], hashes[0], *hashes[2:]]}
    yield {**good, "what": "a hash of 31 bytes", "hashes": [text_of(bytes(31)), *hashes[1:]]}
    steps = log.consistency(7, 11)
    path = [text_of(value) for value in consistency_proof(log.tile, 7, 11)]
    yield {**log.consistency(0, 11), "what": "from an empty log"}
    yield {**steps, "what": "an older log of another root", "root1": text_of(log.root(6))}
    yield {**steps, "what": "a newer log of another root", "root2": text_of(log.root(10))}
    yield {**steps, "what": "backwards", "size1": 11, "size2": 7}
    yield {**steps, "what": "a proof too short", "hashes": path[:-1]}
    yield {**steps, "what": "a proof too long", "hashes": [*path, path[0]]}
    forked = {**log.consistency(11, 11), "root1": text_of(log.root(10))}
    yield {**forked, "what": "two heads of one size"}


def text_of(raw: bytes) -> str:
    """Return bytes in base64."""
    return base64.b64encode(raw).decode()


if __name__ == "__main__":
    main()
