"""PostgreSQL databases that are used again: emptied by rows, because making one takes long."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import psycopg
from psycopg.sql import SQL, Identifier

Rows = Mapping[str, bytes]
"""The content of a database: each table that has rows, as `COPY` writes them."""

LOCK_LIMIT = "30s"
"""How long whoever empties a database waits for a row that a test still holds."""
GONE_LIMIT = 30_000
"""Milliseconds within which the connections that a test left open must end."""

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
SHAPE = """
SELECT count(*), sum(xmin::text::bigint) FROM pg_class WHERE oid >= 16384
UNION ALL SELECT count(*), sum(xmin::text::bigint) FROM pg_attribute WHERE attrelid >= 16384
UNION ALL SELECT count(*), sum(xmin::text::bigint) FROM pg_constraint WHERE oid >= 16384
UNION ALL SELECT count(*), sum(xmin::text::bigint) FROM pg_trigger WHERE oid >= 16384
UNION ALL SELECT count(*), sum(xmin::text::bigint) FROM pg_proc WHERE oid >= 16384
"""
"""Differs as soon as anybody makes, changes or drops a table, a column, a rule or a trigger."""
END_OTHERS = """
SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
WRITES = """
SELECT pg_snapshot_xmax(pg_current_snapshot())::text,
  (SELECT count(*) FROM pg_stat_activity WHERE backend_xid IS NOT NULL)
"""
"""Differs as soon as anybody on the server writes, whether it was committed or not."""


class Hand:
    """A connection to one database that reads and replaces all of its rows."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        connection.execute("SET session_replication_role = replica")  # no trigger, no foreign key
        connection.execute(f"SET lock_timeout = '{LOCK_LIMIT}'")
        self._tables = [str(name) for (name,) in connection.execute(TABLES)]
        names = [Identifier(name) for name in self._tables]
        self._empty = SQL("; ").join(SQL("DELETE FROM {}").format(name) for name in names)
        self._sweep = SQL("VACUUM {}").format(SQL(", ").join(names))
        sequences = connection.execute("SELECT count(*) FROM pg_sequences").fetchone()
        if sequences != (0,):
            raise RuntimeError("a database with sequences cannot be put back by its rows")

    def shape(self) -> object:
        """Return what stays the same as long as nobody changes the schema."""
        return self._connection.execute(SHAPE).fetchall()

    def writes(self) -> object:
        """Return what stays the same as long as nobody writes anything."""
        return self._connection.execute(WRITES).fetchone()

    def rows(self) -> Rows:
        """Return everything that is in the database."""
        read = {name: self._read(name) for name in self._tables}
        return {name: content for name, content in read.items() if content}

    def put(self, rows: Rows) -> None:
        """Put *rows* in the place of everything that is in the database."""
        self._connection.execute(self._empty)
        self._connection.execute(self._sweep)  # rows shall lie in the order in which they come
        with self._connection.transaction():
            for name, content in rows.items():
                self._write(name, content)

    def end_others(self) -> None:
        """Close every connection that a test left open."""
        self._connection.execute(END_OTHERS, (GONE_LIMIT,))

    def close(self) -> None:
        """Let the database go."""
        self._connection.close()

    def _read(self, name: str) -> bytes:
        asked = SQL("COPY {} TO STDOUT").format(Identifier(name))
        with self._connection.cursor() as cursor, cursor.copy(asked) as copy:
            return b"".join(map(bytes, copy))

    def _write(self, name: str, content: bytes) -> None:
        asked = SQL("COPY {} FROM STDIN").format(Identifier(name))
        with self._connection.cursor() as cursor, cursor.copy(asked) as copy:
            copy.write(content)


@dataclass
class Lent:
    """A database of a shelf, and how it looked when it was made."""

    hand: Hand
    shape: object


@dataclass
class Shelf:
    """Databases that all begin alike, lent to one test after the other."""

    make: Callable[[], str]
    """Makes one more, and returns its URL."""
    reach: Callable[[str], Hand]
    drop: Callable[[str], None]
    _free: list[str] = field(default_factory=list)
    _known: dict[str, Lent] = field(default_factory=dict)
    _first: Rows | None = None
    """What a new one holds."""

    def lend(self) -> str:
        """Return the URL of a database that looks as if it had just been made."""
        return self._free.pop() if self._free else self._add()

    def hand(self, url: str) -> Hand:
        """Return the hand in a database that is lent."""
        return self._known[url].hand

    def take_back(self, url: str) -> None:
        """Make it look like new; one whose schema was touched goes."""
        lent = self._known.get(url)
        if lent is not None:
            lent.hand.end_others()
        if lent is None or self._first is None or lent.hand.shape() != lent.shape:
            self.let_go(url)
            self.drop(url)
        else:
            lent.hand.put(self._first)
            self._free.append(url)

    def let_go(self, url: str) -> None:
        """Leave a database alone, so that it can be copied or dropped."""
        lent = self._known.pop(url, None)
        if lent is not None:
            lent.hand.close()

    def close(self) -> None:
        """Let everything go."""
        for url in list(self._known):
            self.let_go(url)

    def _add(self) -> str:
        url = self.make()
        hand = self.reach(url)
        self._known[url] = Lent(hand, hand.shape())
        if self._first is None:
            self._first = hand.rows()
        return url
