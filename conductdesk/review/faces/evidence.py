"""Everything about one case that was checked as its walk is shown: entries, rows, and who is who."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.audit.queries import Entry
from conductdesk.audit.rows import RowName
from conductdesk.cases.models import Case, Party
from conductdesk.people.models import Account
from conductdesk.review.faces.history import Line, line_of
from conductdesk.review.queries.entries import actors_of, entries_shown, prove_entries
from conductdesk.review.vouching import Vouched, vouched_rows
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Principal, PrincipalKind

Row = TypeVar("Row")

KEYS_OF: Mapping[PrincipalKind, str] = {
    PrincipalKind.REPORTER: "the reporter",
    PrincipalKind.RESPONDENT: "the respondent",
    PrincipalKind.RECOVERY: "the recovery key",
}


@dataclass(frozen=True)
class WalkLine:
    """One line of the walk: what the record says, and what a check of it found just now."""

    what: str
    by: str
    at: datetime | None
    text: str
    entries: tuple[int, ...]
    """The entry that the line comes from, and the newest that vouches for it."""
    problem: str | None
    """What the check found wrong; None for *verified*."""
    alert: bool = False
    """Whether the record itself says that something was late."""


@dataclass(frozen=True)
class Evidence:
    """A closed case, its entries proven and its rows compared, in a fixed number of queries."""

    db: Session
    case: Case
    pack: Pack
    entries: Sequence[Entry]
    """The oldest first."""
    lines: Mapping[int, Line]
    rows: Mapping[RowName, Vouched]
    aliases: Mapping[UUID, str]

    def entry_line(self, entry: Entry, what: str = "", text: str | None = None) -> WalkLine:
        """Return the line of one entry; it vouches for the rows that it was the last to name."""
        line = self.lines[entry.idx]
        said = line.text if text is None else text
        problem = line.problem or self._wrong_row(entry)
        return WalkLine(what or line.title, line.by, entry.time, said, (entry.idx,), problem)

    def row_line(
        self, table: str, row_id: UUID, what: str, *, text: str = "", alert: bool = False
    ) -> WalkLine:
        """Return the line of one row: who made it, and whether the log still vouches for it."""
        vouched = self.rows.get((table, row_id), Vouched(None, None, "no entry names this row"))
        made = self.lines.get(-1 if vouched.first is None else vouched.first)
        last = self.lines.get(-1 if vouched.last is None else vouched.last)
        at = {one for one in (vouched.first, vouched.last) if one is not None}
        broken = next((one.problem for one in (made, last) if one and one.problem), None)
        return WalkLine(
            what=what,
            by=made.by if made else "",
            at=made.at if made else None,
            text=text,
            entries=tuple(sorted(at)),
            problem=vouched.problem or broken,
            alert=alert,
        )

    def of_types(self, types: Iterable[str]) -> list[Entry]:
        """Return the entries of these types, the oldest first."""
        wanted = frozenset(types)
        return [entry for entry in self.entries if entry.type in wanted]

    def all_of(self, model: type[Row], order: Any) -> Sequence[Row]:
        """Return the rows of one table that belong to the case."""
        kind: Any = model
        return self.db.scalars(
            select(kind).where(kind.case_id == self.case.id).order_by(order)
        ).all()

    def said_last(self, table: str, row_id: UUID) -> str:
        """Return what the newest entry that names a row says."""
        vouched = self.rows.get((table, row_id))
        line = self.lines.get(vouched.last) if vouched and vouched.last is not None else None
        return line.text if line else ""

    def _wrong_row(self, entry: Entry) -> str | None:
        for table, row_id, _code in entry.rows:
            vouched = self.rows.get((table, row_id))
            if vouched and vouched.last == entry.idx and vouched.problem:
                return f"{table.replace('_', ' ')}: {vouched.problem}"
        return None


def evidence_of(db: Session, case: Case, keys: CaseKeys, pack: Pack) -> Evidence:
    """Prove every entry of *case* and compare every row of it, now."""
    entries = entries_shown(db, case)[::-1]
    proven = prove_entries(db, case.scheme, [entry.idx for entry in entries])
    names = actors_of(db, entries)
    lines = {
        entry.idx: line_of(entry, keys, names, case.pseudonym, proven[entry.idx])
        for entry in entries
    }
    found = db.execute(select(Party.id, Party.alias).where(Party.case_id == case.id))
    aliases: dict[UUID, str] = dict(found.all())
    return Evidence(db, case, pack, entries, lines, vouched_rows(db, case, entries), aliases)


def owners_of(db: Session, fingerprints: Iterable[object]) -> dict[object, str]:
    """Return whose key has which fingerprint: an officer by name, parties by their part."""
    wanted = (
        select(Principal.fingerprint, Principal.kind, Account.name)
        .outerjoin(Account, Account.principal_id == Principal.id)
        .where(Principal.fingerprint.in_({str(one) for one in fingerprints}))
    )
    return {
        print_: KEYS_OF.get(kind, name or "a key that was replaced")
        for print_, kind, name in db.execute(wanted)
    }
