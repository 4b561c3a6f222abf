"""Who is tied to somebody named in a case: by the register, by their office, or as declared."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.concern import Concern
from conductdesk.cases.joined import others_joined
from conductdesk.cases.models import AuditCopy, Barrier, Case, Party
from conductdesk.cases.models import Concern as ConcernRow
from conductdesk.cases.queries import pack_of
from conductdesk.cases.registered import tied_officers
from conductdesk.cases.workflow import State
from conductdesk.participants.index import index_facts
from conductdesk.participants.interests import Declared, InterestKind
from conductdesk.participants.rules import name_keys
from conductdesk.people.queries import in_office, offices_since
from conductdesk.routing.rules import MEANT, below
from conductdesk.vault.keys import CaseKeys, NotGranted, SealedColumn
from conductdesk.vault.models import Compartment
from conductdesk.vault.seal import bound_to, mac

Row = TypeVar("Row", Party, Barrier, ConcernRow)


@dataclass(frozen=True)
class NamedIn:
    """Whom a case names: its parties, and officers. Never the reporter.

    Whoever steps away because of a name would otherwise tell who the reporter is.
    """

    names: tuple[str, ...] = ()
    officers: frozenset[UUID] = frozenset()
    offices: frozenset[str] = frozenset()
    """The offices named, and those of the officers: whoever reports to one is tied to them."""

    def __or__(self, other: NamedIn) -> NamedIn:
        """Return everybody whom the one or the other names."""
        return NamedIn(
            (*self.names, *other.names),
            self.officers | other.officers,
            self.offices | other.offices,
        )

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
        _offices_named(db, case, keys),
    )


def _offices_named(db: Session, case: Case, keys: CaseKeys) -> frozenset[str]:
    """Return the offices that the reporter named: nobody may hold one, and it is above others."""
    rows = db.scalars(select(ConcernRow).where(ConcernRow.case_id == case.id))
    said = (Concern.from_json(text) for _row, text in _opened(keys, ConcernRow.answers, rows))
    facts = [one.facts() for one in said]
    return frozenset(office for one in facts for office in one.offices_named | one.offices_before)


@dataclass(frozen=True)
class NamedInCopy:
    """Whom a closed case names, as an auditor's key opens it: codes, and not one name.

    A code is keyed from the keystore and bound to the case. So an auditor's own session can hold
    against it what they declare, and nobody can work a name out of it without the keystore.
    """

    parties: frozenset[UUID]
    codes: frozenset[str]

    def to_json(self) -> str:
        """Return the text that is sealed; in an order that tells nothing."""
        parties = sorted(one.hex for one in self.parties)
        return json.dumps({"parties": parties, "codes": sorted(self.codes)})

    @classmethod
    def from_json(cls, text: str) -> NamedInCopy:
        """Read what `to_json` wrote."""
        said = json.loads(text)
        return cls(frozenset(map(UUID, said["parties"])), frozenset(said["codes"]))


def named_for_auditors(db: Session, case: Case, keys: CaseKeys) -> NamedInCopy:
    """Return whom *case* names, for its audit copy; *keys* must open all of it."""
    named = named_in(db, case, keys)
    people = (Declared(InterestKind.OTHER, name) for name in named.names)
    officers = (Declared(InterestKind.OTHER, "", one) for one in named.officers)
    codes = (_codes(keys, one) for one in (*people, *officers))
    return NamedInCopy(_parties_of(db, case), frozenset[str]().union(*codes))


def is_named(
    db: Session, case: Case, keys: CaseKeys, copy: AuditCopy | None, declared: Declared
) -> bool | None:
    """Answer whether *case* names somebody to whom a tie was declared; None if *keys* cannot tell.

    Whoever holds its names compares them; an auditor, the codes of the audit copy, unless a party
    came after it.
    """
    if keys.holds(Compartment.INTERNAL) and named_in(db, case, keys).has(declared):
        return True
    if opens_names(keys):
        return False
    with suppress(NotGranted):
        known = NamedInCopy.from_json(keys.open(AuditCopy.named, copy)) if copy else None
        if known is not None and known.parties == _parties_of(db, case):
            return not known.codes.isdisjoint(_codes(keys, declared))
    return None


def opens_names(keys: CaseKeys) -> bool:
    """Answer whether *keys* open everybody whom a case names, so that ties can be looked for."""
    return keys.holds_every_epoch(Compartment.INTERNAL)


def _parties_of(db: Session, case: Case) -> frozenset[UUID]:
    return frozenset(db.scalars(select(Party.id).where(Party.case_id == case.id)))


def _codes(keys: CaseKeys, declared: Declared) -> frozenset[str]:
    """Return the codes of somebody's name and account, in the case of *keys*."""
    officer = () if declared.officer is None else (f"officer/{declared.officer.hex}",)
    secret = keys.keystore.routing_key()
    return frozenset(
        mac(secret, bound_to("conductdesk/audit-copy-name/v1", keys.case_id, form)).hex()
        for form in (*name_keys(declared.name), *officer)
    )


def tied_to_case(db: Session, case: Case, keys: CaseKeys) -> frozenset[UUID]:
    """Return the officers of the scheme who are tied to somebody named in *case*.

    Nobody, where *keys* do not open the names: whoever is seated then says so before they read.
    """
    named = NamedIn()
    for one, held in _about_the_same(db, case, keys):
        named |= named_in(db, one, held)
    return tied_to(db, case, keys, named)


def opens_all_names(db: Session, case: Case, keys: CaseKeys) -> bool:
    """Answer whether *keys* open everybody to whom `tied_to_case` looks for ties."""
    return all(opens_names(held) for _one, held in _about_the_same(db, case, keys))


def tied_to(db: Session, case: Case, keys: CaseKeys, named: NamedIn) -> frozenset[UUID]:
    """Return the officers of the scheme of *case* who are tied to somebody in *named*.

    By the register, as they or the other declared, or because they report to an officer.
    """
    officers, held = sorted(named.officers), in_office(db, case.scheme)
    found = index_facts(db, keys.keystore, case.scheme, named.names, officers)
    offices = named.offices | offices_since(db, case.scheme, officers, case.received_at)
    reporting = below(pack_of(db, case), held, offices)
    return tied_officers(found, held).union(reporting)


def _about_the_same(db: Session, case: Case, keys: CaseKeys) -> Iterator[tuple[Case, CaseKeys]]:
    """Yield *case*, those that are joined with it, and the one to which it is linked."""
    yield case, keys
    before = db.get(Case, case.linked_to) if case.linked_to else None
    others = [*others_joined(db, case), *([before] if before is not None else [])]
    for one in others:
        if one.state != State.DESTROYED:
            yield one, CaseKeys.load(db, keys.keystore, one.id, keys.keyring)


def _opened(keys: CaseKeys, column: SealedColumn, rows: Iterable[Row]) -> Iterator[tuple[Row, str]]:
    """Yield each of *rows* that the keys open, with what is sealed in it."""
    for row in rows:
        with suppress(NotGranted):
            yield row, keys.open(column, row)
