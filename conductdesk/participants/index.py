"""The routing index: what intake may know of a typed name, with nobody signed in.

A row is found by HMAC-SHA256 over scheme and name, keyed from the keystore, and what it says is
encrypted under a key that follows from the same two. Whoever has the database and that key can try
names against it, and learns nothing of a name that they do not guess (docs/threat-model.md).
What officers declare that they are tied to lies in it too, for all schemes at once.
"""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.db import NewRow, new_row
from conductdesk.participants.interests import Declared
from conductdesk.participants.models import Interest, RoutingIndex
from conductdesk.participants.rules import (
    NameFacts,
    Person,
    Standing,
    facts_of_person,
    name_keys,
)
from conductdesk.schemes.calendar import local_day
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.seal import bound_to, decrypt, encrypt, mac

BLOCK = 512
"""Facts fill up to a multiple of so many bytes, so that the size does not tell who has ties."""
EVERYWHERE = ""
"""Stands where the scheme does, for what officers declare; no pack has an empty key."""
TOKENS_AT_ONCE = 40
"""Ten names with two forms, in the register and among what was declared: always so many."""
TOKEN_LENGTH = 32
DELETED_AT_ONCE = 500


def index_facts(
    db: Session,
    keystore: Keystore,
    scheme: str,
    names: Sequence[str],
    officers: Collection[UUID] = (),
) -> tuple[NameFacts, ...]:
    """Return what is known of each of *names*, in their order, and then of each of *officers*.

    The register of *scheme* knows of names, and officers declared ties to names and to each other.
    One query asks for a fixed number of tokens (more only where more is typed), filled up with
    random ones, and each name costs the same whether somebody has it or not.
    """
    secret = keystore.routing_key()
    register, declared = _Cipher(secret, scheme), _Cipher(secret, EVERYWHERE)
    forms = [name_keys(name) for name in names]
    theirs = [(_officer_key(account_id),) for account_id in officers]
    wanted = [(register, key) for keys in forms for key in keys]
    wanted += [(declared, key) for keys in (*forms, *theirs) for key in keys]
    found = _look_up(db, dict.fromkeys(wanted))
    of_names = (
        _together(found[one, key] for one in (register, declared) for key in keys) for keys in forms
    )
    return (*of_names, *(_together(found[declared, key] for key in keys) for keys in theirs))


def index_rows(
    keystore: Keystore,
    scheme: str,
    people: Iterable[tuple[UUID, Person]],
    tied: Mapping[UUID, frozenset[UUID]],
) -> Iterator[NewRow]:
    """Yield the rows of *people*; *tied* has the officers tied to each."""
    cipher = _Cipher(keystore.routing_key(), scheme)
    for participant_id, person in people:
        facts = facts_of_person(person, tied.get(participant_id, frozenset()))
        for key in name_keys(person.name):
            row_id = uuid4()
            yield new_row(
                RoutingIndex,
                id=row_id,
                participant_id=participant_id,
                token=cipher.token(key),
                facts=cipher.seal(key, row_id, _to_bytes(facts)),
            )


def declared_rows(keystore: Keystore, interest: Interest, declared: Declared) -> Iterator[NewRow]:
    """Yield the rows by which an officer's declared interest keeps them away, in every scheme."""
    cipher = _Cipher(keystore.routing_key(), EVERYWHERE)
    facts = NameFacts(declared=frozenset({interest.account_id}))
    of_officer = (_officer_key(declared.officer),) if declared.officer else ()
    for key in (*name_keys(declared.name), *of_officer):
        row_id = uuid4()
        yield new_row(
            RoutingIndex,
            id=row_id,
            interest_id=interest.id,
            token=cipher.token(key),
            facts=cipher.seal(key, row_id, _to_bytes(facts, declared.until)),
        )


def drop_declared_rows(db: Session, interest: Interest) -> None:
    """Forget an interest that was taken back."""
    db.execute(delete(RoutingIndex).where(RoutingIndex.interest_id == interest.id))


def drop_index_rows(db: Session, participant_ids: Iterable[UUID]) -> None:
    """Forget what the index knows of some participants."""
    ids = list(participant_ids)
    for at in range(0, len(ids), DELETED_AT_ONCE):
        some = ids[at : at + DELETED_AT_ONCE]
        db.execute(delete(RoutingIndex).where(RoutingIndex.participant_id.in_(some)))


@dataclass(frozen=True)
class _Cipher:
    """What finds and opens the rows of one scheme."""

    key: bytes
    scheme: str

    def token(self, name_key: str) -> bytes:
        return mac(self.key, bound_to("conductdesk/routing-token/v1", self.scheme, name_key))

    def seal(self, name_key: str, row_id: UUID, clear: bytes) -> bytes:
        return encrypt(self._secret(name_key), clear, _place(row_id))

    def open(self, name_key: str, row_id: UUID, sealed: bytes) -> NameFacts:
        return _from_bytes(decrypt(self._secret(name_key), sealed, _place(row_id)))

    def _secret(self, name_key: str) -> bytes:
        return mac(self.key, bound_to("conductdesk/routing-facts/v1", self.scheme, name_key))


def _officer_key(account_id: UUID) -> str:
    """Return what stands for an officer where a name does; a name has no figures beside letters."""
    return f"officer/{account_id.hex}"


_Wanted = tuple[_Cipher, str]
"""One form of a name, in the register of a scheme or among what was declared."""


def _look_up(db: Session, wanted: Collection[_Wanted]) -> dict[_Wanted, NameFacts]:
    tokens = {one: one[0].token(one[1]) for one in wanted}
    asked = {"tokens": _filled_up(list(tokens.values()))}
    rows: dict[bytes, list[tuple[UUID, bytes]]] = defaultdict(list)
    for token, row_id, facts in db.connection().execute(_FOUND, asked):
        rows[token].append((row_id, facts))
    return {one: _opened(*one, rows[token]) for one, token in tokens.items()}


_FOUND = select(RoutingIndex.token, RoutingIndex.id, RoutingIndex.facts).where(
    RoutingIndex.token.in_(bindparam("tokens", expanding=True))
)


def _filled_up(tokens: list[bytes]) -> list[bytes]:
    """Return *tokens* and as many that nobody has as make a number which tells nothing."""
    missing = -len(tokens) % TOKENS_AT_ONCE if tokens else TOKENS_AT_ONCE
    return tokens + [secrets.token_bytes(TOKEN_LENGTH) for _one in range(missing)]


def _opened(cipher: _Cipher, key: str, rows: Sequence[tuple[UUID, bytes]]) -> NameFacts:
    decoy = uuid4()
    nobody = (decoy, cipher.seal(key, decoy, _to_bytes(NameFacts())))
    return _together(cipher.open(key, *row) for row in (rows or [nobody]))


def _together(found: Iterable[NameFacts]) -> NameFacts:
    whole = NameFacts()
    for one in found:
        whole |= one
    return whole


def _to_bytes(facts: NameFacts, until: date | None = None) -> bytes:
    said = {
        "tied": _in_order(facts.tied),
        "under_age": facts.under_age,
        "standings": sorted([one.role, one.organisation] for one in facts.standings),
        "declared": _in_order(facts.declared),
        "until": until.isoformat() if until else "",
    }
    clear = json.dumps(said).encode()
    return clear + b" " * (-len(clear) % BLOCK)


def _from_bytes(clear: bytes) -> NameFacts:
    said = json.loads(clear)
    over = said["until"] and date.fromisoformat(said["until"]) < local_day(clock.now())
    return NameFacts(
        tied=frozenset(UUID(hex=account_id) for account_id in said["tied"]),
        under_age=said["under_age"],
        standings=frozenset(Standing(*one) for one in said["standings"]),
        declared=frozenset() if over else frozenset(map(UUID, said["declared"])),
    )


def _in_order(accounts: Iterable[UUID]) -> list[str]:
    return sorted(account_id.hex for account_id in accounts)


def _place(row_id: UUID) -> bytes:
    return bound_to("conductdesk/routing-index/v1", row_id)
