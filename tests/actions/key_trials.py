"""Private keys tried on the raw rows of a case: every wrap, and every ciphertext."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import select

from conductdesk.audit.models import EntryDetail, LogEntry
from conductdesk.cases.models import Case
from conductdesk.db import Base
from conductdesk.participants.models import Register
from conductdesk.vault import seal as primitives
from conductdesk.vault.epochs import Secrets, grant_context, place_of, secrets_of
from conductdesk.vault.models import Compartment, DataKey, KeyGrant, Keyring
from conductdesk.vault.recovery import combine
from conductdesk.vault.seal import SealBrokenError
from tests.cast import Cast


@dataclass
class Trial:
    """What one private key opens of one case's raw rows."""

    compartments: set[Compartment] = field(default_factory=set)
    secrets: dict[tuple[Compartment, int], Secrets] = field(default_factory=dict)
    texts: list[bytes] = field(default_factory=list)


def keyrings(cast: Cast, case: Case) -> dict[str, bytes]:
    """Return every private key that there is, by its holder."""
    keys = {who: member.keyring.private_key for who, member in cast.members.items()}
    keys["reporter"] = cast.receipts[case.id].private_key
    keys["recovery"] = combine(cast.recovery.parts[0], cast.recovery.parts[2])
    return keys


def tried(cast: Cast, case: Case | Register, private_key: bytes) -> Trial:
    """Try a private key on every wrap and on every ciphertext of *case*."""
    cast.db.flush()
    cast.db.expire_all()
    trial, key = Trial(), Keyring(case.id, private_key).key
    mine = primitives.fingerprint_of(key.public_key().public_bytes_raw())
    shred_key = cast.keystore.shred_key(case.id)
    wraps = cast.db.execute(
        select(DataKey, KeyGrant.wrapped)
        .join(KeyGrant, KeyGrant.data_key_id == DataKey.id)
        .where(DataKey.case_id == case.id)
    ).all()
    for data_key, wrapped in wraps:
        place = place_of(case.id, data_key.compartment, data_key.epoch)
        try:
            found = primitives.unwrap(key, wrapped, grant_context(place, data_key.id, mine))
        except SealBrokenError:
            continue
        trial.compartments.add(data_key.compartment)
        at = (data_key.compartment, data_key.epoch)
        trial.secrets[at] = secrets_of(found, shred_key, place)
    trial.texts = list(opened_by(cast, case, trial))
    return trial


def opened_by(cast: Cast, case: Case | Register, trial: Trial) -> Iterator[bytes]:
    """Yield every text of *case* that opens with what the trial found."""
    ids = {
        (key.compartment, key.epoch): key.id
        for key in cast.db.scalars(select(DataKey).where(DataKey.case_id == case.id))
    }
    for position, blob in sealed_blobs(cast, case):
        for (compartment, epoch), secrets in trial.secrets.items():
            if int.from_bytes(blob[2:4], "big") != epoch:
                continue
            bound = primitives.bound_to(
                "conductdesk/sealed/v1", blob[:4], position, ids[compartment, epoch]
            )
            try:
                if blob[1] == 1:
                    padded = primitives.decrypt(secrets.content_key, blob[4:], bound)
                else:
                    own = primitives.load_private_key(secrets.private_key)
                    padded = primitives.unwrap(own, blob[4:], bound)
            except SealBrokenError:
                continue
            yield primitives.unpad(padded)


def sealed_blobs(cast: Cast, case: Case | Register) -> Iterator[tuple[bytes, bytes]]:
    """Yield every ciphertext of *case* with the position to which it is bound."""
    for table in Base.metadata.sorted_tables:
        sealed = [column for column in table.c if "compartment" in column.info]
        if not sealed or "case_id" not in table.c:
            continue
        for row in cast.db.execute(select(table).where(table.c.case_id == case.id)).mappings():
            for column in sealed:
                if row[column.name] is not None:
                    where = (table.name, row["id"], column.name)
                    yield primitives.bound_to("conductdesk/row/v1", *where), row[column.name]
    for detail in cast.db.scalars(select(EntryDetail).where(EntryDetail.case_id == case.id)):
        yield primitives.bound_to("conductdesk/detail/v1", _commit(cast, detail)), detail.sealed


def _commit(cast: Cast, detail: EntryDetail) -> str:
    entry = cast.db.get_one(LogEntry, (detail.log_id, detail.idx)).entry
    return entry.split(b'"commit":"')[1][:64].decode()
