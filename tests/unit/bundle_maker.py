"""Bundles that are made by hand in memory, so that a test can change anything in them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from conductdesk.audit.bundle import tile_path, tiles_at
from conductdesk.audit.note import Checkpoint, Proof, sign_note, verifier_key_of
from conductdesk.audit.offline import verify
from conductdesk.audit.tree import (
    TILE_WIDTH,
    hash_leaf,
    inclusion_proof,
    push,
    root_at,
    root_of,
)
from conductdesk.audit.zipping import zipped

ORIGIN, INSTALLATION = "conduct.example.org/wcc/1", "conduct.example.org/installation/1"
SEED, OTHER_SEED = bytes(range(32)), bytes(range(1, 33))
CASE = "0123456789abcdef0123456789abcdef"
HANDLER, FINDER, DECIDER = "a" * 32, "b" * 32, "c" * 32
AUDITOR = "d" * 32
KEYS = {HANDLER: "1" * 32, FINDER: "2" * 32, DECIDER: "3" * 32, AUDITOR: "4" * 32}

Files = dict[str, bytes]

Step = tuple[str, str, dict[str, Any]]
"""Type, actor and public facts of an entry of the one case."""


def states(before: str, after: str) -> dict[str, str]:
    return {"from": before, "to": after}


def attested(who: str, capacity: str) -> Step:
    return "no_conflict.attested", who, {"capacities": [capacity]}


def grant(kind: str, who: str, reason: str, part: str = "record") -> Step:
    facts = {"compartment": part, "epoch": 1, "fingerprint": KEYS[who], "owner": who}
    facts["reason"] = reason
    return f"grant.{kind}", HANDLER, facts


def course() -> list[Step]:
    """A case from beginning to end, on which nothing is wrong."""
    return [
        ("concern.received", "reporter", states("draft", "received")),
        grant("made", HANDLER, "routed"),
        attested(HANDLER, "handler"),
        ("case.read", HANDLER, {}),
        ("case.acknowledged", HANDLER, states("received", "acknowledged")),
        ("case.triaged", HANDLER, states("acknowledged", "triaged")),
        (
            "officer.appointed",
            HANDLER,
            {"capacity": "investigator", "office": "committee", "who": FINDER},
        ),
        grant("made", FINDER, "appointed"),
        attested(FINDER, "investigator"),
        attested(DECIDER, "decision_maker"),
        ("case.investigation_opened", HANDLER, states("triaged", "investigating")),
        ("report.locked", FINDER, states("investigating", "reported")),
        ("case.decided", DECIDER, states("reported", "decided")),
        ("outcomes.begun", HANDLER, states("decided", "carrying_out")),
        ("case.closed", HANDLER, states("carrying_out", "closed")),
        grant("made", AUDITOR, "audit"),
    ]


@dataclass
class Line:
    """An entry before it is written."""

    kind: str
    actor: str
    pub: Mapping[str, Any] = field(default_factory=dict)
    case: str | None = CASE
    n: int | None = None
    time: str = "2026-11-22T10:00:00Z"
    commit: str | None = None

    def raw(self) -> bytes:
        body: dict[str, Any] = {"v": 1, "t": self.time, "type": self.kind}
        if self.case:
            body |= {"case": self.case, "n": self.n}
        body["actor"] = self.actor
        if self.pub:
            body["pub"] = dict(sorted(self.pub.items()))
        if self.commit:
            body["commit"] = self.commit
        return json.dumps(body, separators=(",", ":")).encode()


def numbered(steps: Iterable[Step]) -> list[Line]:
    return [Line(kind, who, pub, n=n) for n, (kind, who, pub) in enumerate(steps, 1)]


def with_export(lines: list[Line], **pub: object) -> list[bytes]:
    """The entries of a log, the export's own behind them."""
    claimed: dict[str, object] = {
        "cases": closed(lines),
        "entries": len(lines) + 1,
        "openings": False,
    }
    claimed |= {"installation": installation_said(), "purpose": "trial"}
    export = Line("log.exported", "system", {**claimed, **pub}, case=None, time=lines[-1].time)
    return [*(line.raw() for line in lines), export.raw()]


def longer(count: int) -> list[bytes]:
    """The entries of a log in which a good deal happened besides."""
    reads: list[Step] = [("case.read", HANDLER, {})] * count
    return with_export(numbered([*course(), *reads]))


class Log:
    """A tree over some entries, with its tiles in memory."""

    def __init__(self, entries: list[bytes], origin: str = ORIGIN, seed: bytes = SEED) -> None:
        self.entries, self.origin, self.seed = entries, origin, seed
        self.leaves = [hash_leaf(entry) for entry in entries]
        self.levels = [self.leaves]
        while len(self.levels[-1]) >= TILE_WIDTH:
            below = self.levels[-1]
            firsts = range(0, len(below) - TILE_WIDTH + 1, TILE_WIDTH)
            self.levels.append([_root(below[at : at + TILE_WIDTH]) for at in firsts])

    def tile(self, level: int, index: int) -> bytes:
        hashes = self.levels[level][index * TILE_WIDTH : (index + 1) * TILE_WIDTH]
        return b"".join(hashes)

    def note(self, size: int | None = None) -> str:
        count = len(self.entries) if size is None else size
        text = Checkpoint(self.origin, count, root_at(self.tile, count)).text()
        return sign_note(text, self.origin, self.seed)

    def proof(self, idx: int) -> bytes:
        hashes = tuple(inclusion_proof(self.tile, idx, len(self.entries)))
        return Proof(idx, hashes, self.note()).text().encode()

    @property
    def key(self) -> bytes:
        return f"{verifier_key_of(self.origin, self.seed)}\n".encode()


def closed(lines: list[Line]) -> int:
    """How many cases are closed as these lines leave them."""
    last = {line.case: line.pub["to"] for line in lines if "from" in line.pub}
    return sum(state in ("closed", "aftercare") for state in last.values())


def installation_log() -> Log:
    published = [
        Line("key.published", who, {"fingerprint": key, "kind": "staff"}, case=None).raw()
        for who, key in KEYS.items()
    ]
    return Log(published, INSTALLATION, OTHER_SEED)


def installation_said() -> list[str]:
    """What an export's entry says of the installation's log."""
    log = installation_log()
    size, root = len(log.entries), root_at(log.tile, len(log.entries))
    return [INSTALLATION, str(size), root.hex(), log.key.decode().strip()]


def bundle_of(
    entries: list[bytes],
    *,
    shown: Iterable[int] | None = None,
    seed: bytes = SEED,
    openings: bytes | None = None,
) -> dict[str, bytes]:
    """The files of a bundle over *entries*; all of them are shown unless some are named."""
    log = Log(entries, seed=seed)
    installation = installation_log()
    indexes = range(len(entries)) if shown is None else shown
    files = {"README": b"Read me.\n", "verify.py": b"print('VERIFIED')\n"}
    files |= {"key": log.key, "checkpoint": log.note().encode()}
    half = len(entries) // 2 or 1
    files[f"checkpoints/{half}-hourly"] = log.note(half).encode()
    for one, folder in ((log, ""), (installation, "installation/")):
        for level, index, width in tiles_at(len(one.leaves)):
            files[folder + tile_path(level, index, width)] = one.tile(level, index)
    files["entries.jsonl"] = lines_of((idx, entries[idx]) for idx in indexes)
    if openings is not None:
        files["openings.jsonl"] = openings
    files["installation/key"] = installation.key
    files["installation/checkpoint"] = installation.note().encode()
    files["installation/entries.jsonl"] = lines_of(enumerate(installation.entries))
    return files


def lines_of(numbered_entries: Iterable[tuple[int, bytes]]) -> bytes:
    return b"".join(b"[%d,%b]\n" % one for one in numbered_entries)


def zip_of(files: Mapping[str, bytes] | Iterable[tuple[str, bytes]]) -> bytes:
    pairs = files.items() if isinstance(files, Mapping) else files
    return b"".join(zipped((name, [data]) for name, data in pairs))


def _root(hashes: list[bytes]) -> bytes:
    frontier: list[bytes] = []
    for index, value in enumerate(hashes):
        push(frontier, index, value)
    return root_of(frontier)


def told(files: Files, *kept: Path, witnesses: Sequence[str] = ()) -> list[str]:
    """Check a bundle, and return what it says besides the answer."""
    bundle = verify.Bundle(io.BytesIO(zip_of(files)))
    return list(verify.check(bundle, [str(path) for path in kept], list(witnesses)))


def failure(files: Files, *kept: Path, witnesses: Sequence[str] = ()) -> str:
    """Check a bundle that must fail, and return why it does."""
    with pytest.raises(ValueError, match=r"\w") as raised:
        told(files, *kept, witnesses=witnesses)
    return str(raised.value)


def after(steps: list[Step]) -> Files:
    """A bundle in which these steps are all that happened."""
    return bundle_of(with_export(numbered(steps)))
