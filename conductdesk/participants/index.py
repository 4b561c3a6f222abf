"""The routing index: what intake may know of a typed name, with nobody signed in.

A row is found by HMAC-SHA256 over scheme and name, keyed from the keystore, and what it says is
encrypted under a key that follows from the same two. Whoever has the database and that key can try
names against it, and learns nothing of a name that they do not guess (docs/threat-model.md).
"""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from conductdesk.db import NewRow, new_row
from conductdesk.participants.models import RoutingIndex
from conductdesk.participants.rules import (
    NameFacts,
    Person,
    Standing,
    facts_of_person,
    name_keys,
)
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.seal import bound_to, decrypt, encrypt, mac

BLOCK = 512
"""Facts fill up to a multiple of so many bytes, so that the size does not tell who has ties."""
KEYS_AT_ONCE = 20
"""Ten names with two forms each: so many are always asked for, that the work tells nothing."""
DELETED_AT_ONCE = 500


def index_facts(
    db: Session, keystore: Keystore, scheme: str, names: Sequence[str]
) -> tuple[NameFacts, ...]:
    """Return what the register of *scheme* says about each of *names*, in their order.

    One query asks for a fixed number of names (more only where more are typed), filled up with
    invented ones, and each costs the same whether somebody has it or not.
    """
    keys = [name_keys(name) for name in names]
    wanted = _filled_up([key for forms in keys for key in forms])
    found = _look_up(db, _Cipher(keystore.routing_key(), scheme), wanted)
    return tuple(_together(found[key] for key in forms) for forms in keys)


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
                facts=cipher.seal(key, row_id, facts),
            )


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

    def seal(self, name_key: str, row_id: UUID, facts: NameFacts) -> bytes:
        return encrypt(self._secret(name_key), _to_bytes(facts), _place(row_id))

    def open(self, name_key: str, row_id: UUID, sealed: bytes) -> NameFacts:
        return _from_bytes(decrypt(self._secret(name_key), sealed, _place(row_id)))

    def _secret(self, name_key: str) -> bytes:
        return mac(self.key, bound_to("conductdesk/routing-facts/v1", self.scheme, name_key))


def _filled_up(keys: list[str]) -> list[str]:
    wanted = list(dict.fromkeys(keys))
    missing = -len(wanted) % KEYS_AT_ONCE if wanted else KEYS_AT_ONCE
    return [*wanted, *(secrets.token_hex(8) for _one in range(missing))]


def _look_up(db: Session, cipher: _Cipher, keys: Sequence[str]) -> dict[str, NameFacts]:
    rows: dict[bytes, list[tuple[UUID, bytes]]] = defaultdict(list)
    tokens = {key: cipher.token(key) for key in keys}
    query = select(RoutingIndex.token, RoutingIndex.id, RoutingIndex.facts)
    for token, row_id, facts in db.execute(query.where(RoutingIndex.token.in_(tokens.values()))):
        rows[token].append((row_id, facts))
    return {key: _opened(cipher, key, rows[token]) for key, token in tokens.items()}


def _opened(cipher: _Cipher, key: str, rows: Sequence[tuple[UUID, bytes]]) -> NameFacts:
    decoy = uuid4()
    nobody = (decoy, cipher.seal(key, decoy, NameFacts()))
    return _together(cipher.open(key, *row) for row in (rows or [nobody]))


def _together(found: Iterable[NameFacts]) -> NameFacts:
    whole = NameFacts()
    for one in found:
        whole |= one
    return whole


def _to_bytes(facts: NameFacts) -> bytes:
    said = {
        "tied": sorted(account_id.hex for account_id in facts.tied),
        "under_age": facts.under_age,
        "standings": sorted([one.role, one.organisation] for one in facts.standings),
    }
    clear = json.dumps(said).encode()
    return clear + b" " * (-len(clear) % BLOCK)


def _from_bytes(clear: bytes) -> NameFacts:
    said = json.loads(clear)
    return NameFacts(
        tied=frozenset(UUID(hex=account_id) for account_id in said["tied"]),
        under_age=said["under_age"],
        standings=frozenset(Standing(*one) for one in said["standings"]),
    )


def _place(row_id: UUID) -> bytes:
    return bound_to("conductdesk/routing-index/v1", row_id)
