"""Worlds that many tests begin with: made once in each worker by real actions, then copied.

A world is the fixed cast, or the cast and one case as some step leaves it, on one engine: SQLite's
files are copied, PostgreSQL's rows are. A test that has done anything of its own before it asks for
a case gets a case that is made for it. Do not patch a step by its class: what it makes would be
remembered.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import wraps
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.models import Case
from conductdesk.people.models import Account
from conductdesk.vault.keystore import Keystore
from tests.lending import Hand, Rows

if TYPE_CHECKING:
    from tests.cast import Cast

Given = ParamSpec("Given")
Step = Callable[Concatenate["Cast", Given], Case]
Files = tuple[Path, Path]
Kept = Any
"""What one kind of databases copies, and only the same kind can put back."""

MAIN, KEYS = "conductdesk.db", "keystore.db"
CAST = "cast"


class Stores(Protocol):
    """The two databases of a test."""

    @property
    def engine(self) -> str:
        """Which kind of databases they are: a world fits one kind."""

    def look(self, db: Session) -> tuple[object, ...]:
        """Return what changes as soon as anybody writes, whether it was committed or not."""

    def keep(self) -> Kept:
        """Copy the databases as they are now."""

    def put_back(self, kept: Kept) -> None:
        """Replace everything in the databases by what was kept."""


@dataclass(frozen=True)
class World:
    """Copies of the two databases, and what the cast held in memory at that moment."""

    kept: Kept
    cast: Cast
    accounts: dict[str, UUID]
    case_id: UUID | None = None


@dataclass
class Untouched:
    """How the databases of a test looked when its cast was put there."""

    stores: Stores
    seen: tuple[object, ...]


_folder = TemporaryDirectory(prefix="conductdesk-worlds-")  # goes when the worker ends
_worlds: dict[object, World] = {}
_untouched: dict[int, Untouched] = {}
"""By the id of a cast in use."""


@dataclass(frozen=True)
class SqliteFiles:
    """The files of the two databases."""

    main: Path
    keys: Path
    engine: str = "sqlite"

    def look(self, db: Session) -> tuple[object, ...]:
        """Return the changes of this connection, and how the files look."""
        raw = db.connection().connection.dbapi_connection
        both = (self.main, self.keys)
        kept = [path.with_name(path.name + end) for path in both for end in ("", "-wal")]
        stats = [(one.stat().st_mtime_ns, one.stat().st_size) for one in kept if one.exists()]
        return getattr(raw, "total_changes", None), *stats

    def keep(self) -> Files:
        """Copy both files."""
        folder = Path(mkdtemp(dir=_folder.name))
        copies = (folder / MAIN, folder / KEYS)
        for path, copy in zip((self.main, self.keys), copies, strict=True):
            _copy(path, copy)
        return copies

    def put_back(self, kept: Files) -> None:
        """Copy both files back."""
        for path, copy in zip((self.main, self.keys), kept, strict=True):
            _copy(copy, path)


@dataclass(frozen=True)
class PostgresRows:
    """A hand in each of the two databases."""

    main: Hand
    keys: Hand
    engine: str = "postgresql"

    def look(self, _db: Session) -> tuple[object, ...]:
        """Return how much was written on the server."""
        return (self.main.writes(),)

    def keep(self) -> tuple[Rows, Rows]:
        """Read all rows."""
        return self.main.rows(), self.keys.rows()

    def put_back(self, kept: tuple[Rows, Rows]) -> None:
        """Write all rows."""
        for hand, rows in zip((self.main, self.keys), kept, strict=True):
            hand.put(rows)


@contextmanager
def remembered_cast(
    db: Session, keystore: Keystore, stores: Stores, make: Callable[[Session, Keystore], Cast]
) -> Iterator[Cast]:
    """Put the cast that *make* makes into *stores*, where nobody was before.

    All keystores of a worker must begin with the same pepper.
    """
    key = (stores.engine, CAST)
    if key not in _worlds:
        _worlds[key] = _keep(make(db, keystore), stores)
    cast = _put_back(_worlds[key], db, keystore, stores)
    db.commit()  # whoever acts next must find the write lock free
    _untouched[id(cast)] = Untouched(stores, stores.look(db))
    db.commit()
    yield cast
    del _untouched[id(cast)]


def remembered(step: Step[Given]) -> Step[Given]:
    """Make the case of *step* once in each worker, and let later tests begin with a copy."""

    @wraps(step)
    def made(cast: Cast, /, *given: Given.args, **named: Given.kwargs) -> Case:
        before = _untouched.get(id(cast))
        if before is None or _is_changed(cast) or before.stores.look(cast.db) != before.seen:
            return step(cast, *given, **named)
        stores, asked = before.stores, tuple(sorted(named.items()))
        key = (stores.engine, step.__qualname__, given, asked, _hands(cast))
        if not _can_be_a_key(key):
            return step(cast, *given, **named)
        world = _worlds.get(key)
        if world is None:
            case = step(cast, *given, **named)
            case_id = case.id
            _worlds[key] = replace(_keep(cast, stores), case_id=case_id)
            return case
        again = _put_back(world, cast.db, cast.keystore, stores)
        cast.members.update(again.members)
        cast.receipts.update(again.receipts)
        case = cast.db.get_one(Case, world.case_id)
        cast.db.commit()
        return case

    return made


def _is_changed(cast: Cast) -> bool:
    """Answer whether a test put something of its own in the place of one of the cast's steps."""
    return any(callable(value) for value in vars(cast).values())


def _can_be_a_key(key: object) -> bool:
    try:
        return bool(hash(key)) or True
    except TypeError:
        return False


def _hands(cast: Cast) -> timedelta | None:
    """Return how long after the cast was made the clock stands still; None where it goes."""
    moment = clock.now()
    return moment - cast.made_at if moment == clock.now() else None


def _keep(cast: Cast, stores: Stores) -> World:
    """Copy the databases as they are now."""
    accounts = {who: member.account.id for who, member in cast.members.items()}
    cast.db.commit()
    members = {who: replace(member) for who, member in cast.members.items()}  # tests change them
    kept = replace(cast, members=members, receipts=dict(cast.receipts))
    return World(stores.keep(), kept, accounts)


def _put_back(world: World, db: Session, keystore: Keystore, stores: Stores) -> Cast:
    """Fill the databases of a test with *world*, and return its cast there."""
    db.rollback()
    stores.put_back(world.kept)
    db.expire_all()
    members = {
        who: replace(member, account=db.get_one(Account, world.accounts[who]))
        for who, member in world.cast.members.items()
    }
    receipts = dict(world.cast.receipts)
    return replace(world.cast, db=db, keystore=keystore, members=members, receipts=receipts)


def _copy(path: Path, to: Path) -> None:
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(to)) as target:
        target.execute("PRAGMA synchronous=OFF")
        source.backup(target)
