"""Store what an act changes, and write it to the scheme's log, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, insert, update
from sqlalchemy.orm import Session

from conductdesk.audit.record import Event, Pub, append
from conductdesk.db import NewRow, insert_rows
from conductdesk.participants.index import drop_index_rows, index_rows
from conductdesk.participants.manifest import TABLES, coded, deleted, manifest_of, packed
from conductdesk.participants.models import Register, RoutingIndex
from conductdesk.participants.queries import may_keep, open_people, tied_in
from conductdesk.participants.rules import Person
from conductdesk.people.models import NewTie
from conductdesk.policy import Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys

AT_ONCE = 1_000
"""Rows in one statement."""


class NotKeeper(Refused):
    """Somebody who does not keep the register wants to change it."""

    def __init__(self) -> None:
        super().__init__("Only officers who receive concerns of this scheme keep its register.")


@dataclass
class Changes:
    """What one act writes and deletes."""

    added: list[NewRow] = field(default_factory=list)
    changed: list[NewRow] = field(default_factory=list)
    gone: list[tuple[str, UUID]] = field(default_factory=list)
    """The table and the id of each row that goes."""

    vouched: bytes | None = None
    """What the manifest says of them, where `vouch` worked it out before the lock was asked for."""

    def vouch(self) -> bytes:
        """Return what the manifest says of all that is written and deleted."""
        if self.vouched is None:
            written = map(coded, chain(self.added, self.changed))
            self.vouched = packed(chain(written, (deleted(*row) for row in self.gone)))
        return self.vouched


def check_keeper(actor: Viewer, pack: Pack) -> None:
    """Raise `NotKeeper` unless *actor* holds an office that receives concerns of the scheme."""
    if not may_keep(actor, pack):
        raise NotKeeper


def store(db: Session, register: Register, changes: Changes) -> None:
    """Write and delete rows, and leave the manifest that vouches for them."""
    register.version += 1
    manifest = manifest_of(register, register.version, changes.vouch())
    db.flush()
    for table in TABLES:
        _insert(db, table, (row for row in changes.added if row.table is table))
        _update(db, table, (row for row in changes.changed if row.table is table))
    for table in reversed(TABLES):
        ids = [row_id for name, row_id in changes.gone if name == table.name]
        for some in _some_of(ids):
            db.execute(delete(table).where(table.c.id.in_(some)))
    insert_rows(db, [manifest])
    db.expire_all()  # the rows were written past the session


@dataclass
class Known:
    """What the index said before an act, so that afterwards only what differs is written anew."""

    db: Session
    keys: CaseKeys
    register: Register
    tied: Mapping[UUID, frozenset[UUID]]

    @classmethod
    def now(cls, db: Session, keys: CaseKeys, register: Register) -> Known:
        """Remember which officers are tied to whom."""
        return cls(db, keys, register, tied_in(db, keys, register))

    def refuse_own(self, actor: Viewer, participant_ids: Iterable[UUID]) -> None:
        """Refuse what somebody would do to people they are tied to themselves."""
        if any(actor.account_id in self.tied.get(one, ()) for one in participant_ids):
            raise Refused("This is about somebody you are tied to. Another officer has to do it.")

    def write_anew(self, people: Mapping[UUID, Person] | None = None) -> None:
        """Bring the index up to date: for *people* who changed, and for all whose ties did."""
        changed, tied = dict(people or {}), tied_in(self.db, self.keys, self.register)
        ids = {
            participant_id
            for participant_id in (self.tied.keys() | tied.keys())
            if self.tied.get(participant_id) != tied.get(participant_id)
        }
        changed |= open_people(self.db, self.keys, self.register, ids - changed.keys())
        drop_index_rows(self.db, ids | changed.keys())
        keystore, scheme = self.keys.keystore, self.register.scheme
        write_index(self.db, index_rows(keystore, scheme, changed.items(), tied))
        before = {one: some for one, some in self.tied.items() if one not in (people or {})}
        note_ties(
            self.db,
            frozenset().union(
                *(tied.get(one, frozenset()) - before.get(one, frozenset()) for one in changed)
            ),
        )


def write_index(db: Session, rows: Iterable[NewRow]) -> None:
    """Insert rows of the routing index."""
    _insert(db, cast(Table, RoutingIndex.__table__), rows)


def note_ties(db: Session, accounts: Iterable[UUID]) -> None:
    """Note that some accounts were tied to somebody: closed cases are compared with that."""
    db.add_all(NewTie(account_id=one) for one in accounts)
    db.flush()


def record(
    db: Session,
    register: Register,
    keys: CaseKeys,
    *,
    actor: Viewer,
    event: str,
    said: str,
    pub: Mapping[str, Pub] | None = None,
    grants: Sequence[Event] = (),
) -> None:
    """Append the one entry of an act, and behind it one for each grant.

    *pub* is for facts without personal data. *said* is sealed to the register's `record`.
    """
    detail = keys.seal_detail({"by": actor.name, "said": said})
    entry = Event(event, actor.pseudonym, pub or {}, register.pseudonym, detail)
    append(db, register.scheme, [entry, *grants])


def _insert(db: Session, table: Table, rows: Iterable[NewRow]) -> None:
    left = iter(rows)
    while some := [row.values for row in islice(left, AT_ONCE)]:
        db.connection().execute(insert(table), some)


def _update(db: Session, table: Table, rows: Iterable[NewRow]) -> None:
    columns: dict[str, Any] = {
        column.name: bindparam(f"new_{column.name}") for column in table.columns
    }
    statement = update(table).where(table.c.id == bindparam("of")).values(columns)
    left = iter(rows)
    while some := [_new_values(row) for row in islice(left, AT_ONCE)]:
        db.connection().execute(statement, some)


def _new_values(row: NewRow) -> dict[str, Any]:
    return {"of": row.id, **{f"new_{name}": value for name, value in row.values.items()}}


def _some_of(ids: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    return (ids[at : at + AT_ONCE // 2] for at in range(0, len(ids), AT_ONCE // 2))
