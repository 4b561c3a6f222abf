"""The keys of one case in the hands of one viewer: what seals its text, and what opens it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from typing import Protocol
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import and_, null, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from conductdesk.audit.record import SealedDetail
from conductdesk.refusal import Refused
from conductdesk.vault import seal as primitives
from conductdesk.vault.epochs import EpochKey, Secrets, grant_context, place_of, secrets_of
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Compartment, DataKey, KeyGrant, Keyring, SealedFile
from conductdesk.vault.seal import SealBrokenError, bound_to

SealedColumn = InstrumentedAttribute[bytes] | InstrumentedAttribute[bytes | None]

VERSION = 1
SYMMETRIC = 1
TO_THE_PUBLIC_KEY = 2
HEADER_LENGTH = 4
SALT_LENGTH = 32


class NotGranted(Refused):
    """The viewer has no grant for what they want to open."""

    def __init__(self) -> None:
        super().__init__("You have no key to this part of the case. Ask its handler for one.")


class HasId(Protocol):
    """A row with an id."""

    id: UUID


class HasDetail(Protocol):
    """A log entry as `audit.queries` returns it."""

    @property
    def commit(self) -> str | None:
        """The commitment to the detail, as hex."""

    @property
    def sealed(self) -> bytes | None:
        """Salt and detail, sealed; None once they are erased."""


class CaseKeys:
    """One case's keys: seals for everybody, opens what its holder was granted.

    Nothing is unwrapped before it is needed, and the shred key is fetched once.
    """

    def __init__(
        self, keystore: Keystore, case_id: UUID, keyring: Keyring | None, epochs: list[EpochKey]
    ) -> None:
        self.keystore = keystore
        self.case_id = case_id
        self.keyring = keyring
        self._epochs = {(key.compartment, key.epoch): key for key in epochs}
        self._secrets: dict[UUID, Secrets] = {}
        self._shred_key: bytes | None = None
        self._fingerprint: str | None = None

    @classmethod
    def load(
        cls, db: Session, keystore: Keystore, case_id: UUID, keyring: Keyring | None
    ) -> CaseKeys:
        """Load a case's keys in one query; without a *keyring* they can only seal."""
        return cls.load_many(db, keystore, [case_id], keyring)[case_id]

    @classmethod
    def load_many(
        cls, db: Session, keystore: Keystore, case_ids: Iterable[UUID], keyring: Keyring | None
    ) -> dict[UUID, CaseKeys]:
        """Load the keys of several cases in one query, for a list or a search."""
        found: dict[UUID, list[EpochKey]] = {case_id: [] for case_id in case_ids}
        for case_id, key in _epoch_keys(db, list(found), keyring):
            found[case_id].append(key)
        return {case_id: cls(keystore, case_id, keyring, keys) for case_id, keys in found.items()}

    def holds(self, compartment: Compartment) -> bool:
        """Tell whether any epoch of *compartment* can be opened."""
        return bool(self.held(compartment))

    def holds_every_epoch(self, compartment: Compartment) -> bool:
        """Tell whether all of *compartment* can be opened, as a closing handler must."""
        keys = self.epochs(compartment)
        return bool(keys) and len(self.held(compartment)) == len(keys)

    def epochs(self, compartment: Compartment) -> list[EpochKey]:
        """Return the epochs of *compartment*, the oldest first."""
        keys = (key for key in self._epochs.values() if key.compartment == compartment)
        return sorted(keys, key=lambda key: key.epoch)

    def held(self, compartment: Compartment) -> list[EpochKey]:
        """Return those epochs of *compartment* that the holder was granted."""
        return [key for key in self.epochs(compartment) if self._has(key)]

    def seal(self, column: SealedColumn, row_id: UUID, text: str) -> bytes:
        """Seal *text* for *column* of the row *row_id*; its compartment is the column's."""
        padded = primitives.pad(text.encode())
        return self._seal_newest(_compartment(column), padded, _position(column, row_id))

    def open_at(self, column: SealedColumn, row_id: UUID, blob: bytes) -> str:
        """Return the clear text of *blob*, which must have been sealed for that very place."""
        compartment, position = _compartment(column), _position(column, row_id)
        return primitives.unpad(self._open(compartment, blob, position)).decode()

    def open(self, column: SealedColumn, row: HasId) -> str:
        """Return the clear text of *column* in *row*; empty when nothing was stored."""
        blob: bytes | None = getattr(row, column.key)
        return "" if blob is None else self.open_at(column, row.id, blob)

    def seal_detail(self, detail: Mapping[str, object]) -> SealedDetail:
        """Commit to the *detail* of a log entry, and seal it to `record`."""
        salt, clear = secrets.token_bytes(SALT_LENGTH), _canonical(detail)
        commit = primitives.mac(salt, clear).hex()
        padded = primitives.pad(salt + clear)
        sealed = self._seal_newest(Compartment.RECORD, padded, _detail_position(commit))
        return SealedDetail(commit=commit, case_id=self.case_id, sealed=sealed)

    def open_detail(self, entry: HasDetail) -> dict[str, object] | None:
        """Return a log entry's detail; None when there is none, or no key to it is held."""
        opened = self.open_commitment(entry)
        if opened is None:
            return None
        detail: dict[str, object] = json.loads(opened[1])
        return detail

    def open_commitment(self, entry: HasDetail) -> tuple[bytes, bytes] | None:
        """Return salt and detail, as the entry commits to them; None as in `open_detail`."""
        if entry.commit is None or entry.sealed is None or not self._can_open(entry.sealed):
            return None
        padded = self._open(Compartment.RECORD, entry.sealed, _detail_position(entry.commit))
        opened = primitives.unpad(padded)
        salt, clear = opened[:SALT_LENGTH], opened[SALT_LENGTH:]
        if primitives.mac(salt, clear).hex() != entry.commit:
            raise SealBrokenError("the detail is not what the log entry commits to")
        return salt, clear

    def seal_file_part(
        self, compartment: Compartment, field: str, file_id: UUID, clear: bytes
    ) -> bytes:
        """Seal a file's key or its facts to *compartment*, which differs from file to file."""
        return self._seal_newest(compartment, clear, _file_position(field, file_id))

    def open_file_part(self, file: SealedFile, field: str) -> bytes:
        """Return the clear key or facts of *file*."""
        blob: bytes = getattr(file, field)
        return self._open(file.compartment, blob, _file_position(field, file.id))

    def secrets(self, key: EpochKey) -> Secrets:
        """Return what *key* opens, or raise `NotGranted` or `Shredded`."""
        known = self._secrets.get(key.data_key_id)
        if known is None:
            place = place_of(self.case_id, key.compartment, key.epoch)
            known = secrets_of(self._unwrap(key, place), self._shredding_key(), place)
            self._secrets[key.data_key_id] = known
        return known

    def learn(self, key: EpochKey, secrets: Secrets) -> None:
        """Take in a data key that was made after these keys were loaded."""
        self._epochs[key.compartment, key.epoch] = key
        self._secrets[key.data_key_id] = secrets

    def forget(self, key: EpochKey) -> None:
        """Unlearn a data key that was made on behalf of others."""
        self._secrets.pop(key.data_key_id, None)

    def _has(self, key: EpochKey) -> bool:
        return key.data_key_id in self._secrets or key.wrapped is not None

    def _unwrap(self, key: EpochKey, place: bytes) -> bytes:
        if key.wrapped is None or self.keyring is None:
            raise NotGranted
        if self._fingerprint is None:
            public_key = self.keyring.key.public_key().public_bytes_raw()
            self._fingerprint = primitives.fingerprint_of(public_key)
        context = grant_context(place, key.data_key_id, self._fingerprint)
        return primitives.unwrap(self.keyring.key, key.wrapped, context)

    def _shredding_key(self) -> bytes:
        if self._shred_key is None:
            self._shred_key = self.keystore.shred_key(self.case_id)
        return self._shred_key

    def _seal_newest(self, compartment: Compartment, clear: bytes, position: bytes) -> bytes:
        key = self.epochs(compartment)[-1]
        suite = SYMMETRIC if self._has(key) else TO_THE_PUBLIC_KEY
        header = bytes([VERSION, suite]) + key.epoch.to_bytes(2, "big")
        context = bound_to("conductdesk/sealed/v1", header, position, key.data_key_id)
        if suite == SYMMETRIC:
            return header + primitives.encrypt(self.secrets(key).content_key, clear, context)
        return header + primitives.wrap(key.public_key, clear, context)

    def _open(self, compartment: Compartment, blob: bytes, position: bytes) -> bytes:
        header, body = blob[:HEADER_LENGTH], blob[HEADER_LENGTH:]
        key = self._epochs.get((compartment, int.from_bytes(header[2:], "big")))
        if key is None or header[:1] != bytes([VERSION]):
            raise SealBrokenError("the ciphertext belongs to no epoch of this case")
        context = bound_to("conductdesk/sealed/v1", header, position, key.data_key_id)
        if header[1] == SYMMETRIC:
            return primitives.decrypt(self.secrets(key).content_key, body, context)
        return primitives.unwrap(_loaded(self.secrets(key)), body, context)

    def _can_open(self, blob: bytes) -> bool:
        key = self._epochs.get((Compartment.RECORD, int.from_bytes(blob[2:4], "big")))
        return key is not None and self._has(key)


def _epoch_keys(
    db: Session, case_ids: list[UUID], keyring: Keyring | None
) -> list[tuple[UUID, EpochKey]]:
    wrapped = null() if keyring is None else KeyGrant.wrapped
    columns = (DataKey.id, DataKey.compartment, DataKey.epoch, DataKey.public_key, DataKey.ended_at)
    query = select(DataKey.case_id, *columns, wrapped).where(DataKey.case_id.in_(case_ids))
    if keyring is not None:
        mine = and_(
            KeyGrant.data_key_id == DataKey.id, KeyGrant.principal_id == keyring.principal_id
        )
        query = query.outerjoin(KeyGrant, mine)
    return [
        (case_id, EpochKey(key_id, Compartment(part), epoch, public, ended is not None, wrap))
        for case_id, key_id, part, epoch, public, ended, wrap in db.execute(query)
    ]


def _loaded(secrets: Secrets) -> X25519PrivateKey:
    return primitives.load_private_key(secrets.private_key)


def _compartment(column: SealedColumn) -> Compartment:
    compartment: Compartment = column.property.columns[0].info["compartment"]
    return compartment


def _position(column: SealedColumn, row_id: UUID) -> bytes:
    stored = column.property.columns[0]
    return bound_to("conductdesk/row/v1", stored.table.name, row_id, stored.name)


def _detail_position(commit: str) -> bytes:
    return bound_to("conductdesk/detail/v1", commit)


def _file_position(field: str, file_id: UUID) -> bytes:
    return bound_to("conductdesk/row/v1", "sealed_file", file_id, field)


def _canonical(detail: Mapping[str, object]) -> bytes:
    return json.dumps(detail, sort_keys=True, separators=(",", ":")).encode("ascii")
