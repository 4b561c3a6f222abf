"""Who is tied to somebody named in a case: by the register, or as they declared themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.models import Barrier, Case, Party
from conductdesk.cases.registered import tied_officers
from conductdesk.participants.index import index_facts
from conductdesk.participants.interests import Declared
from conductdesk.participants.rules import name_keys
from conductdesk.people.queries import in_office
from conductdesk.routing.rules import Why
from conductdesk.vault.keys import CaseKeys, NotGranted, SealedColumn

Row = TypeVar("Row", Party, Barrier)

MEANT = frozenset({Why.NAMED, Why.IN_OFFICE})
"""Why an officer is kept away whom the concern is about, or may be."""


@dataclass(frozen=True)
class NamedIn:
    """Whom a case names: its parties, and officers. Never the reporter.

    Whoever steps away because of a name would otherwise tell who the reporter is.
    """

    names: tuple[str, ...] = ()
    officers: frozenset[UUID] = frozenset()

    def has(self, declared: Declared) -> bool:
        """Answer whether somebody is named to whom an officer declared a tie."""
        forms = set(name_keys(declared.name))
        same = any(forms & set(name_keys(name)) for name in self.names)
        return same or declared.officer in self.officers


def named_in(db: Session, case: Case, keys: CaseKeys) -> NamedIn:
    """Return whom *case* names, as far as *keys* open it."""
    parties = db.scalars(select(Party).where(Party.case_id == case.id).order_by(Party.alias))
    barriers = db.scalars(select(Barrier).where(Barrier.case_id == case.id))
    return NamedIn(
        tuple(name for _party, name in _opened(keys, Party.name, parties)),
        frozenset(
            one.account_id for one, why in _opened(keys, Barrier.why, barriers) if why in MEANT
        ),
    )


def tied_to_case(db: Session, case: Case, keys: CaseKeys) -> frozenset[UUID]:
    """Return the officers of the scheme who are tied to somebody named in *case*.

    Nobody, where *keys* do not open the names: whoever is seated then says so before they read.
    """
    named = named_in(db, case, keys)
    found = index_facts(db, keys.keystore, case.scheme, named.names, sorted(named.officers))
    return tied_officers(found, in_office(db, case.scheme))


def _opened(keys: CaseKeys, column: SealedColumn, rows: Iterable[Row]) -> Iterator[tuple[Row, str]]:
    """Yield each of *rows* that the keys open, with what is sealed in it."""
    for row in rows:
        with suppress(NotGranted):
            yield row, keys.open(column, row)
