"""An exchanged public key gets nothing, and is found at the next unlock."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from conductdesk.vault.actions import (
    new_case_keys,
)
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import (
    Compartment,
    PrincipalKind,
)
from conductdesk.vault.principals import KeySwapped, check_own_key, key_published, publish_key
from conductdesk.vault.seal import new_private_key, public_key_of
from tests.actions.sealed_case import ACTOR, SealedCase, give, make_case, renew, take

INTAKE = Compartment.INTAKE

EXCHANGE = {
    "the key": "UPDATE principal SET public_key = :key WHERE id = :id",
    "the key and its name": "UPDATE principal SET public_key = :key, fingerprint = :print "
    "WHERE id = :id",
}


@pytest.fixture
def case(db: Session, keystore: Keystore) -> SealedCase:
    """A case to which everybody has what `GRANTED` says."""
    return make_case(db, keystore)


@pytest.mark.parametrize("field", EXCHANGE)
def test_nothing_is_granted_to_an_exchanged_key(case: SealedCase, field: str) -> None:
    outsider, thief = case.principal("outsider"), public_key_of(new_private_key())
    values = {"key": thief, "id": outsider.id.hex, "print": "0" * 32}
    case.db.execute(text(EXCHANGE[field]), values)
    case.db.expire_all()
    with pytest.raises(KeySwapped, match="changed in the database"):
        give(case, "handler", "outsider", INTAKE)
    with pytest.raises(KeySwapped):
        new_case_keys(
            case.keystore,
            uuid4(),
            {INTAKE: [outsider]},
            case_pseudonym=uuid4().hex,
            actor="reporter",
        )


def test_an_exchanged_key_gets_no_new_epoch(case: SealedCase) -> None:
    take(case, "alternate")
    case.db.execute(
        text("UPDATE principal SET public_key = :key WHERE id = :id"),
        {"key": public_key_of(new_private_key()), "id": case.principal("handler").id.hex},
    )
    case.db.expire_all()
    with pytest.raises(KeySwapped):
        renew(case, case.keys_of("investigator"))


def test_an_unlock_finds_an_exchanged_key(case: SealedCase, keystore: Keystore) -> None:
    principal, private_key = case.principal("handler"), case.people["handler"].keyring.private_key
    keyring = check_own_key(principal, keystore, private_key)
    assert keyring.principal_id == principal.id
    with pytest.raises(KeySwapped):
        check_own_key(principal, keystore, new_private_key())
    case.db.execute(
        text("UPDATE principal SET public_key = :key WHERE id = :id"),
        {"key": public_key_of(new_private_key()), "id": principal.id.hex},
    )
    case.db.expire_all()
    with pytest.raises(KeySwapped):
        check_own_key(principal, keystore, private_key)


def test_the_mac_of_one_principal_does_not_fit_another(case: SealedCase) -> None:
    handler, outsider = case.principal("handler"), case.principal("outsider")
    case.db.execute(
        text(
            "UPDATE principal SET pub_mac = (SELECT p.pub_mac FROM principal p WHERE p.id = :from)"
            " WHERE id = :to"
        ),
        {"from": handler.id.hex, "to": outsider.id.hex},
    )
    case.db.expire_all()
    with pytest.raises(KeySwapped):
        give(case, "handler", "outsider", INTAKE)


def test_a_published_key_is_an_entry(case: SealedCase, keystore: Keystore) -> None:
    principal = publish_key(
        case.db, keystore, PrincipalKind.OUTSIDE, public_key_of(new_private_key())
    )
    event = key_published(principal, actor=ACTOR)
    case.record([event])
    assert event.pub == {"fingerprint": principal.fingerprint, "kind": "outside"}
    assert event.rows == (("principal", principal.id),)
