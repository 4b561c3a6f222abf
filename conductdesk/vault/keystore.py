"""The keystore: a second database, outside the main one's backups, for what must be destroyable.

Each write commits on its own, before the transaction of the main database does: an orphan in the
keystore is harmless, a case without its shred key would be lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, cast
from uuid import UUID

from sqlalchemy import LargeBinary, MetaData, Table, Uuid, delete, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from conductdesk.clock import now
from conductdesk.db import NAMING, Database, UtcDateTime
from conductdesk.prepared import insert_all
from conductdesk.refusal import Refused
from conductdesk.vault.seal import new_key

AT_ONCE = 500
"""How many shred keys one query asks for (SQLite limits the parameters of a statement)."""


class Shredded(Refused):
    """The case's shred key does not exist any more, so nothing sealed in the case can be opened."""

    def __init__(self) -> None:
        super().__init__("This case was destroyed. Nothing in it can be read any more.")


class KeystoreError(Exception):
    """The keystore cannot be used; the message says what to do."""


class KeystoreBase(DeclarativeBase):
    """Every table of the keystore."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime(), UUID: Uuid(), bytes: LargeBinary()}


class ShredKey(KeystoreBase):
    """One case's half of every content key; deleting it destroys the case in every backup."""

    __tablename__ = "shred_key"
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[bytes]
    made_at: Mapped[datetime] = mapped_column(default=now)


class Secret(KeystoreBase):
    """A key of the whole installation: the pepper, the routing key, a log's signing seed."""

    __tablename__ = "secret"
    name: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[bytes]


class SignedHead(KeystoreBase):
    """The last tree head that a log signed; a restored main database disagrees with it."""

    __tablename__ = "signed_head"
    log_id: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    root: Mapped[bytes]
    note: Mapped[str]


class Head(NamedTuple):
    """What a log last signed."""

    size: int
    root: bytes
    note: str


class Keystore:
    """The keys that live outside the main database."""

    def __init__(self, url: str) -> None:
        self._database = Database(url)
        self._known: dict[str, bytes] = {}

    def create(self) -> None:
        """Make the tables and the pepper, where they do not exist yet."""
        KeystoreBase.metadata.create_all(self._database.engine)
        self._secret_or_new("pepper")

    def close(self) -> None:
        """Close every connection."""
        self._database.engine.dispose()

    def pepper(self) -> bytes:
        """Return the installation's pepper, or raise `KeystoreError` when it was never made."""
        pepper = self._known.get("pepper") or self._secret("pepper")
        if pepper is None:
            raise KeystoreError("The keystore is empty. Restore it, or run `conductdesk init`.")
        return pepper

    def routing_key(self) -> bytes:
        """Return the key of the routing index, made at its first use."""
        return self._secret_or_new("routing")

    def log_seed(self, log_id: str) -> bytes:
        """Return the Ed25519 seed with which *log_id* signs, made at its first use."""
        return self._secret_or_new(f"log:{log_id}")

    def make_shred_key(self, case_id: UUID) -> bytes:
        """Make, commit and return the shred key of a new case."""
        key = new_key()
        row = {"case_id": case_id, "key": key, "made_at": now()}
        with self._database.connected_to_write() as connection:
            insert_all(connection, _SHRED_KEYS, [row])
        return key

    def shred_key(self, case_id: UUID) -> bytes:
        """Return a case's shred key, or raise `Shredded`."""
        key = self.shred_keys([case_id]).get(case_id)
        if key is None:
            raise Shredded
        return key

    def shred_keys(self, case_ids: Iterable[UUID]) -> dict[UUID, bytes]:
        """Return the shred keys of those cases that still have one."""
        wanted, found = list(case_ids), dict[UUID, bytes]()
        with self._database.reading() as db:
            for start in range(0, len(wanted), AT_ONCE):
                found.update(_some_shred_keys(db, wanted[start : start + AT_ONCE]))
        return found

    def destroy(self, case_id: UUID) -> None:
        """Delete a case's shred key from the files too; repeatable, `KeystoreError` if not done."""
        with self._database.writing() as db:
            db.execute(delete(ShredKey).where(ShredKey.case_id == case_id))
            db.commit()
        self._erase_deleted()

    def signed_head(self, log_id: str) -> Head | None:
        """Return the last head that *log_id* signed."""
        with self._database.reading() as db:
            head = db.get(SignedHead, log_id)
            return None if head is None else Head(head.size, head.root, head.note)

    def remember_signed_head(self, log_id: str, size: int, root: bytes, note: str) -> None:
        """Keep the head that *log_id* signed just now."""
        with self._database.writing() as db:
            db.merge(SignedHead(log_id=log_id, size=size, root=root, note=note))
            db.commit()

    def _secret(self, name: str) -> bytes | None:
        with self._database.reading() as db:
            key = db.scalar(select(Secret.key).where(Secret.name == name))
        if key is not None:
            self._known[name] = key
        return key

    def _secret_or_new(self, name: str) -> bytes:
        return self._known.get(name) or self._secret(name) or self._new_secret(name)

    def _new_secret(self, name: str) -> bytes:
        try:
            with self._database.writing() as db:
                db.add(Secret(name=name, key=new_key()))
                db.commit()
        except IntegrityError:
            pass  # another process made it first: theirs counts
        key = self._secret(name)
        if key is None:
            raise KeystoreError(f"The keystore did not keep the key “{name}”. Check its disk.")
        return key

    def _erase_deleted(self) -> None:
        if self._database.engine.dialect.name == "sqlite":
            self._truncate_wal()
        else:
            autocommit = self._database.engine.execution_options(isolation_level="AUTOCOMMIT")
            with autocommit.connect() as connection:
                connection.execute(text("VACUUM shred_key"))

    def _truncate_wal(self) -> None:
        connection = self._database.engine.raw_connection()
        try:
            busy, _pages, _moved = (
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            )
        finally:
            connection.close()
        if busy:
            raise KeystoreError("Somebody was reading the keystore, so the key may linger: repeat.")


_SHRED_KEYS = cast(Table, ShredKey.__table__)


def _some_shred_keys(db: Session, case_ids: list[UUID]) -> dict[UUID, bytes]:
    found = select(ShredKey.case_id, ShredKey.key).where(ShredKey.case_id.in_(case_ids))
    return {row.case_id: row.key for row in db.execute(found)}
