"""What the control tests are given: the rows and the log entries of one case, and who is who."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeAlias
from uuid import UUID

from conductdesk.db import Base
from conductdesk.schemes.calendar import local_day
from conductdesk.schemes.pack import Pack

Columns: TypeAlias = Any
"""Some columns of a row, by their names; what sealed columns hold is not among them."""


TYPE_AT = len(b'{"v":1,"t":"2026-11-22T10:00:00Z","type":"')
"""Where the type of an entry begins: the form is frozen, and few entries need all be read."""


@dataclass(frozen=True)
class LoggedFact:
    """One log entry; it is taken apart where a test looks into it.

    Whatever looks raises ValueError, KeyError or TypeError where the entry was changed.
    """

    idx: int
    entry: bytes

    @cached_property
    def type(self) -> str:
        """The type, such as `case.read`."""
        return bytes(self.entry[TYPE_AT : self.entry.index(b'"', TYPE_AT)]).decode()

    @property
    def at(self) -> datetime:
        """The moment, in whole seconds."""
        return datetime.fromisoformat(self._body["t"])

    @property
    def actor(self) -> str:
        """The pseudonym of whoever acted."""
        return str(self._body["actor"])

    @property
    def pub(self) -> Mapping[str, Any]:
        """The facts in clear."""
        pub: Mapping[str, Any] = self._body.get("pub", {})
        return pub

    def names(self, table: str) -> Iterator[UUID]:
        """Yield the ids of the rows of *table* that changed with the entry."""
        return (UUID(hex=row[1]) for row in self._body.get("rows", ()) if row[0] == table)

    @cached_property
    def _body(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.entry)
        return body


@dataclass(frozen=True)
class People:
    """Every account, the offices held today, and the auditors of today."""

    accounts: Mapping[UUID, Columns]
    by_principal: Mapping[UUID, Columns]
    offices: Collection[tuple[UUID, str, str]]
    """Account, scheme, office."""
    auditors: Collection[tuple[UUID, str]]
    """Account and scheme."""

    def pseudonym(self, account_id: UUID | None) -> str:
        """Return what the log calls an account; empty where there is none."""
        account = self.accounts.get(account_id) if account_id else None
        return account.pseudonym if account else ""


@dataclass(frozen=True)
class Material:
    """One closed case before a test."""

    case: Columns
    """The columns of the case that are not sealed."""
    pack: Pack
    """The version of the code under which it began."""
    people: People
    rows: Mapping[type[Base], Sequence[Columns]] = field(default_factory=dict)
    entries: Sequence[LoggedFact] = ()

    def of(self, table: type[Base]) -> Sequence[Columns]:
        """Return the case's rows of a table, without what is sealed.

        Instead of a sealed column, such as `proof`, a row has `has_proof`.
        """
        return self.rows.get(table, ())

    def logged(self, *types: str) -> list[LoggedFact]:
        """Return the case's entries of some types, the oldest first."""
        return [entry for entry in self.entries if entry.type in types]


def days_late(due_at: datetime, done_at: datetime) -> int:
    """Return by how many days something was late, as people count them; 0 or less: in time."""
    return (local_day(done_at) - local_day(due_at)).days


def in_days(count: int) -> str:
    """Return a number of days in words."""
    return f"{count} day{'s' * (count != 1)}"
