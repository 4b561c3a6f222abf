"""The export bundle: which files it holds. docs/audit-log.md says what each of them looks like."""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.audit.checkpoints import FOR_ITS_REPORTER
from conductdesk.audit.models import INSTALLATION, LogCheckpoint, LogEntry
from conductdesk.audit.note import Proof, parse_checkpoint
from conductdesk.audit.queries import entries_between, read_tile, stored_tiles
from conductdesk.audit.tree import HASH_SIZE, TILE_WIDTH, inclusion_proof
from conductdesk.audit.zipping import File
from conductdesk.db import Database

KEPT_AT_MOST = 100
"""How many of the checkpoints kept go into a bundle: checking a signature takes milliseconds."""

TILES_AT_ONCE = 64

Sealed = tuple[int, bytes, bytes | None]
"""The index of an entry that commits to details, its bytes, and its sealed details if any."""

Opener = Callable[[Session, Sequence[Sealed]], list[bytes]]
"""Given entries with details, returns the rest of the line of each in `openings.jsonl`."""

_GRANTED = re.compile(rb'"type":"grant\.made",.*?"fingerprint":"([0-9a-f]+)"')
_PUBLISHED = re.compile(rb'"type":"key\.published",.*?"fingerprint":"([0-9a-f]+)"')
BESIDE = re.compile(rb'"type":"(?:log\.succeeded|clock\.set_back)"')


README = """\
A record of ConductDesk, to be checked by somebody who does not trust those who kept it
=======================================================================================

This is the audit log of one scheme as it stood at {size} entries. Each line of entries.jsonl is an
entry that you may see, exactly as it was hashed; of every other entry there is its hash, and nothing
else. {details}

Check it with a copy of verify.py that does not come from here. Its text and its hash are published
with ConductDesk (docs/audit-log.md, and the command `conductdesk audit verifier`):

    python3 verify.py THIS.zip --checkpoint FILE-THAT-YOU-KEPT

VERIFIED             everything agrees, also with what you kept yourself: that shows that nothing up to
                     its size was changed, and nothing of what came after. The key of a witness that you
                     trust (--witness KEY) does the same, if it has cosigned a checkpoint in here
VERIFIED-UNANCHORED  everything agrees, but nothing from outside was given: whoever holds the log's
                     signing key could have written all of it again
FAILED               something does not agree; the sentence says what

Keep the file `checkpoint` of this bundle, or write down its root: at your next audit it shows that
nothing before it was changed. docs/audit-log.md says how every file in here is made, so that you
can check it with a program of your own. Nothing vouches for this README and for verify.py.
"""

DETAILS = (
    "openings.jsonl opens the details of the closed cases to which the auditor had keys.",
    "Nobody’s key was used for this export, so the sealed details of no entry are opened.",
)


@dataclass(frozen=True)
class SignedHead:
    """A checkpoint that a bundle carries, and the key under which it verifies."""

    checkpoint: str
    key: str

    @property
    def size(self) -> int:
        """How many entries it covers."""
        return parse_checkpoint(self.checkpoint).size


@dataclass(frozen=True)
class Export:
    """What the last entry of a log, the export's own, has promised."""

    log_id: str
    head: SignedHead
    installation: SignedHead
    case: str | None
    """The pseudonym of the one case that is exported; None for the whole log."""
    hidden: frozenset[str]
    """The cases of which nothing but hashes is in the bundle."""
    withheld: frozenset[int] = frozenset()
    """The entries of no case of which nothing but the hash is in it, by their indexes."""

    def shows(self, idx: int, case: str | None) -> bool:
        """Answer whether an entry is in the bundle, and not its hash alone."""
        return case not in self.hidden and idx not in self.withheld


def bundle_files(database: Database, export: Export, opener: Opener | None) -> Iterator[File]:
    """Yield the files of a bundle; they are read in short transactions, as each is asked for."""
    fingerprints: set[bytes] = set()
    yield "README", [_readme(export, opener)]
    yield "verify.py", [verifier()]
    yield "key", [f"{export.head.key}\n".encode()]
    yield "checkpoint", [export.head.checkpoint.encode()]
    yield from _kept_checkpoints(database, export)
    yield from _tiles(database, export.log_id, export.head.size)
    yield "entries.jsonl", _entries(database, export, fingerprints)
    if opener is not None:
        yield "openings.jsonl", _openings(database, export, opener)
    if export.case is not None:
        yield from _proofs(database, export)
    yield from _published_keys(database, export.installation, fingerprints)


def _readme(export: Export, opener: Opener | None) -> bytes:
    details = DETAILS[0] if opener else DETAILS[1]
    return README.format(size=export.head.size, details=details).encode()


def verifier() -> bytes:
    """Return the text of the stand-alone verifier."""
    return (importlib.resources.files("conductdesk.audit.offline") / "verify.py").read_bytes()


def _kept_checkpoints(database: Database, export: Export) -> Iterator[File]:
    query = (
        select(LogCheckpoint.size, LogCheckpoint.purpose)
        .where(
            LogCheckpoint.log_id == export.log_id,
            LogCheckpoint.size.between(1, export.head.size),
            LogCheckpoint.purpose.not_in(FOR_ITS_REPORTER),
        )
        .order_by(LogCheckpoint.size, LogCheckpoint.purpose)
    )
    with database.reading() as db:
        every = db.execute(query).all()
        for size, purpose in _evenly(every):
            kept = db.get_one(LogCheckpoint, (export.log_id, size, purpose))
            yield f"checkpoints/{size}-{purpose}", [kept.note.encode()]


def _evenly(every: Sequence[tuple[int, str]]) -> Iterable[tuple[int, str]]:
    """Return at most so many as a bundle holds, the first and the last among them."""
    if len(every) <= KEPT_AT_MOST:
        return every
    step = (len(every) - 1) / (KEPT_AT_MOST - 1)
    return [every[round(number * step)] for number in range(KEPT_AT_MOST)]


def _tiles(database: Database, log_id: str, size: int, folder: str = "") -> Iterator[File]:
    """Yield the tiles of all levels, as C2SP tlog-tiles has them at this size."""
    names = list(tiles_at(size))
    for at in range(0, len(names), TILES_AT_ONCE):
        with database.reading() as db:
            for level, index, width in names[at : at + TILES_AT_ONCE]:
                hashes = read_tile(db, log_id, level, index)[: width * HASH_SIZE]
                yield folder + tile_path(level, index, width), [hashes]


def tiles_at(size: int) -> Iterator[tuple[int, int, int]]:
    """Yield level, index and width of each tile of a log of *size* entries."""
    level = 0
    while size:
        for index, first in enumerate(range(0, size, TILE_WIDTH)):
            yield level, index, min(TILE_WIDTH, size - first)
        level, size = level + 1, size // TILE_WIDTH


def tile_path(level: int, index: int, width: int) -> str:
    """Return where C2SP tlog-tiles keeps a tile: 1234067 is at x001/x234/067."""
    digits = f"{index:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"tile/{level}/{path}" + (f".p/{width}" if width < TILE_WIDTH else "")


def _entries(database: Database, export: Export, fingerprints: set[bytes]) -> Iterator[bytes]:
    """Yield a line for each entry that is shown, and note which keys were granted."""
    for idx, entry in _shown(database, export):
        fingerprints.update(_GRANTED.findall(entry))
        yield b"[%d,%b]\n" % (idx, entry)


def _proofs(database: Database, export: Export) -> Iterator[File]:
    """Yield a C2SP tlog-proof for each entry that is shown."""
    indexes = [idx for idx, _entry in _shown(database, export)]
    with database.reading() as db:
        tiles = stored_tiles(db, export.log_id)
        for idx in indexes:
            hashes = tuple(inclusion_proof(tiles, idx, export.head.size))
            yield f"proofs/{idx}", [Proof(idx, hashes, export.head.checkpoint).text().encode()]


def _openings(database: Database, export: Export, opener: Opener) -> Iterator[bytes]:
    for page in _pages(database, export.log_id, export.head.size, export.case):
        sealed = [
            (idx, entry, details)
            for idx, case, entry, details in page
            if export.shows(idx, case) and b',"commit":"' in entry
        ]
        with database.reading() as db:
            lines = opener(db, sealed)
        for (idx, _entry, _details), line in zip(sealed, lines, strict=True):
            yield b"[%d,%b]\n" % (idx, line)


def _shown(database: Database, export: Export) -> Iterator[tuple[int, bytes]]:
    """Yield the entries that are shown; of one case those, and those that no case is without."""
    pages = _pages(database, export.log_id, export.head.size, export.case)
    shown = (
        (idx, entry)
        for page in pages
        for idx, case, entry, _details in page
        if export.shows(idx, case)
    )
    if export.case is None:
        return shown
    with database.reading() as db:
        return merge(shown, beside_cases(db, export.log_id, export.head.size))


def beside_cases(db: Session, log_id: str, below: int) -> list[tuple[int, bytes]]:
    """Return the entries without which no case can be replayed: new names, and clocks put back."""
    wanted = select(LogEntry.idx, LogEntry.entry).where(
        LogEntry.log_id == log_id, LogEntry.case_ref.is_(None), LogEntry.idx < below
    )
    found = db.execute(wanted.order_by(LogEntry.idx).execution_options(yield_per=1_000))
    return [(idx, entry) for idx, entry in found if BESIDE.search(entry)]


def _pages(
    database: Database, log_id: str, below: int, case: str | None
) -> Iterator[list[tuple[int, str | None, bytes, bytes | None]]]:
    after = -1
    while True:
        with database.reading() as db:
            page = entries_between(db, log_id, after=after, below=below, case=case)
        if not page:
            return
        yield page
        after = page[-1][0]


def _published_keys(
    database: Database, head: SignedHead, fingerprints: set[bytes]
) -> Iterator[File]:
    """Yield the entries that published the keys which were granted, new names, and the tiles."""
    named = [
        (idx, entry)
        for page in _pages(database, INSTALLATION, head.size, None)
        for idx, _case, entry, _details in page
        if fingerprints.intersection(_PUBLISHED.findall(entry)) or BESIDE.search(entry)
    ]
    yield "installation/key", [f"{head.key}\n".encode()]
    yield "installation/checkpoint", [head.checkpoint.encode()]
    yield "installation/entries.jsonl", (b"[%d,%b]\n" % (idx, entry) for idx, entry in named)
    yield from _tiles(database, INSTALLATION, head.size, "installation/")
