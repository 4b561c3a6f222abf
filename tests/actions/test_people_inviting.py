"""Invitations, activation, resets, and the printed recovery code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from conductdesk.audit.checkpoints import sign_checkpoint, verifier_key
from conductdesk.audit.models import INSTALLATION
from conductdesk.audit.verify import Status, verify_log
from conductdesk.db import Database
from conductdesk.notices.actions import queue_mail_for
from conductdesk.notices.models import OutboxRow
from conductdesk.people.actions import (
    AuthenticatorChange,
    LinkOver,
    SignedIn,
    activate,
    add_custodian,
    change_authenticator,
    change_password,
    confirm_password,
    draw_up_password,
    invite,
    renew_recovery_code,
    reset,
    sign_in,
)
from conductdesk.people.models import Account, AccountState, Invitation
from conductdesk.people.queries import (
    account_by_email,
    custodians,
    open_invitation,
    principal_of,
    viewer_of,
)
from conductdesk.people.rules import INVITATION_LIFE, TOO_SHORT
from conductdesk.refusal import Refused
from conductdesk.vault.keystore import Keystore
from tests.actions.people_steps import (
    ADMIN,
    CHEAP,
    PASSWORD,
    SECRET,
    Hands,
    attempt,
    begin_log,
    code,
    person,
    ready,
    setup,
    stop_clock,
    types_in_log,
)

NEW_PASSWORD = "seven kettles under snow"


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    return stop_clock(monkeypatch)


@pytest.fixture(autouse=True)
def log(db: Session) -> Iterator[None]:
    begin_log(db)
    yield
    db.rollback()


def test_an_invitation_is_stored_as_a_hash_alone(db: Session, tmp_path: Path) -> None:
    invited = invite(db, person(), actor=ADMIN)
    db.commit()
    assert len(bytes.fromhex(invited.token)) == 16
    assert db.query(Invitation).one().token_hash != invited.token.encode()
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("conductdesk.db*"))
    assert invited.token.encode() not in stored
    assert bytes.fromhex(invited.token) not in stored


def test_an_invitation_queues_its_mail(db: Session, keystore: Keystore) -> None:
    invited = invite(db, person(), actor=ADMIN, queue_mail=queue_mail_for(keystore))
    db.commit()
    row = db.query(OutboxRow).one()
    assert (row.notice, row.account_id) == ("activation", invited.account.id)


def test_an_address_has_one_account(db: Session) -> None:
    invite(db, person("ada@example.org"), actor=ADMIN)
    with pytest.raises(Refused, match="has an account already"):
        invite(db, person(" ADA@example.org "), actor=ADMIN)


def test_looking_at_an_invitation_changes_nothing(db: Session) -> None:
    invited = invite(db, person(), actor=ADMIN)
    db.commit()
    assert open_invitation(db, invited.token)
    assert open_invitation(db, invited.token)
    assert not db.dirty


@pytest.mark.both_backends
def test_activation_publishes_a_key_and_leaves_a_proof(
    db: Session, keystore: Keystore, hands: Hands, database: Database
) -> None:
    activated = ready(db, keystore, hands)
    principal = principal_of(db, activated.account)
    assert principal
    assert principal.id == activated.keyring.principal_id
    assert activated.account.state == AccountState.ACTIVE
    assert types_in_log(db) == ["account.invited", "account.activated", "key.published"]
    sign_checkpoint(db, keystore, INSTALLATION, "hourly")
    db.commit()
    with database.reading() as reading:
        verdict = verify_log(reading, INSTALLATION, verifier_key(db, keystore, INSTALLATION))
    assert verdict.status == Status.UNANCHORED, verdict.problem


def test_an_activation_link_works_once(db: Session, keystore: Keystore, hands: Hands) -> None:
    invited = invite(db, person(), actor=ADMIN)
    activate(db, keystore, invited.token, setup(hands), cost=CHEAP)
    with pytest.raises(LinkOver):
        activate(db, keystore, invited.token, setup(hands), cost=CHEAP)


def test_an_activation_link_runs_out(db: Session, keystore: Keystore, hands: Hands) -> None:
    invited = invite(db, person(), actor=ADMIN)
    hands.pass_by(INVITATION_LIFE + timedelta(seconds=1))
    with pytest.raises(LinkOver):
        activate(db, keystore, invited.token, setup(hands), cost=CHEAP)


@pytest.mark.parametrize("token", ["", "0" * 32, "\x00", "ü" * 500, "\ud800"])
def test_an_invented_link_opens_nothing(
    db: Session, keystore: Keystore, hands: Hands, token: str
) -> None:
    with pytest.raises(LinkOver):
        activate(db, keystore, token, setup(hands), cost=CHEAP)


def test_a_second_link_makes_the_first_useless(
    db: Session, keystore: Keystore, hands: Hands
) -> None:
    invited = invite(db, person(), actor=ADMIN)
    again = reset(db, invited.account, actor=ADMIN)
    with pytest.raises(LinkOver):
        activate(db, keystore, invited.token, setup(hands), cost=CHEAP)
    assert activate(db, keystore, again.token, setup(hands), cost=CHEAP)


def test_a_weak_password_or_a_wrong_code_leaves_the_link_usable(
    db: Session, keystore: Keystore, hands: Hands
) -> None:
    token = invite(db, person(), actor=ADMIN).token
    with pytest.raises(Refused, match=TOO_SHORT[:40]):
        activate(db, keystore, token, setup(hands, password="short"), cost=CHEAP)
    with pytest.raises(Refused, match="words that belong to you"):
        activate(db, keystore, token, setup(hands, password="Ada Example 123456"), cost=CHEAP)
    with pytest.raises(Refused, match="authenticator"):
        activate(db, keystore, token, replace(setup(hands), totp_code="000000"), cost=CHEAP)
    assert activate(db, keystore, token, setup(hands), cost=CHEAP)


def test_the_code_of_the_activation_does_not_sign_in(
    db: Session, keystore: Keystore, hands: Hands
) -> None:
    invited = invite(db, person(), actor=ADMIN)
    activate(db, keystore, invited.token, setup(hands), cost=CHEAP)
    db.commit()
    assert not isinstance(sign_in(db, keystore, attempt(hands, invited.account)), SignedIn)


def test_a_reset_with_the_recovery_code_keeps_the_keys(
    db: Session, keystore: Keystore, hands: Hands
) -> None:
    first = ready(db, keystore, hands)
    again = reset(db, first.account, actor=ADMIN)
    typed = " ".join(first.recovery_code.groups).lower()
    second = activate(db, keystore, again.token, setup(hands, recovery_code=typed), cost=CHEAP)
    assert second.keyring == first.keyring
    assert second.replaced is None
    assert second.recovery_code != first.recovery_code


def test_a_reset_without_the_recovery_code_loses_the_keys_and_says_so(
    db: Session, keystore: Keystore, hands: Hands
) -> None:
    told: list[tuple[Account, UUID]] = []
    first = ready(db, keystore, hands)
    again = reset(db, first.account, actor=ADMIN)
    second = activate(
        db,
        keystore,
        again.token,
        setup(hands),
        key_replaced=lambda account, old: told.append((account, old)),
        cost=CHEAP,
    )
    assert second.replaced == first.keyring.principal_id
    assert second.keyring.principal_id != first.keyring.principal_id
    assert told == [(first.account, first.keyring.principal_id)]


def test_a_wrong_recovery_code_is_refused_in_place(
    db: Session, keystore: Keystore, hands: Hands
) -> None:
    first = ready(db, keystore, hands)
    again = reset(db, first.account, actor=ADMIN)
    for typed in ("0000 0000 0000 0000 0000 0000", "nonsense"):
        with pytest.raises(Refused, match="leave the field empty"):
            activate(db, keystore, again.token, setup(hands, recovery_code=typed), cost=CHEAP)


def test_nobody_signs_in_while_a_reset_waits(db: Session, keystore: Keystore, hands: Hands) -> None:
    account = ready(db, keystore, hands).account
    reset(db, account, actor=ADMIN)
    db.commit()
    assert not isinstance(sign_in(db, keystore, attempt(hands, account)), SignedIn)


def test_a_renewed_recovery_code_ends_the_old_one(
    db: Session, keystore: Keystore, hands: Hands
) -> None:
    first = ready(db, keystore, hands)
    renew_recovery_code(db, keystore, confirm_password(db, keystore, first.account.id, PASSWORD))
    again = reset(db, first.account, actor=ADMIN)
    old = " ".join(first.recovery_code.groups)
    with pytest.raises(Refused):
        activate(db, keystore, again.token, setup(hands, recovery_code=old), cost=CHEAP)


def test_a_custodian_has_no_key_and_no_sign_in(
    db: Session, keystore: Keystore, hands: Hands
) -> None:
    account = add_custodian(db, person("custodian@example.org"), actor=ADMIN)
    db.commit()
    assert custodians(db) == [account]
    assert viewer_of(db, account).custodian
    assert principal_of(db, account) is None
    assert not isinstance(sign_in(db, keystore, attempt(hands, account)), SignedIn)
    with pytest.raises(Refused):
        reset(db, account, actor=ADMIN)


def test_a_new_password_opens_the_same_key(db: Session, keystore: Keystore, hands: Hands) -> None:
    first = ready(db, keystore, hands)
    account, queue_mail = first.account, queue_mail_for(keystore)
    draw_up = partial(draw_up_password, db, keystore, account.id, new=NEW_PASSWORD, cost=CHEAP)
    with pytest.raises(Refused, match="present password"):
        draw_up(old="wrong")
    change_password(db, draw_up(old=PASSWORD), queue_mail=queue_mail)
    db.commit()
    assert [row.notice for row in db.query(OutboxRow)] == ["password_changed"]
    signed_in = sign_in(db, keystore, attempt(hands, account, password=NEW_PASSWORD))
    assert isinstance(signed_in, SignedIn)
    assert signed_in.keyring == first.keyring


def test_a_new_authenticator_must_show_a_code_first(
    db: Session, keystore: Keystore, hands: Hands
) -> None:
    account = ready(db, keystore, hands).account
    confirmed = confirm_password(db, keystore, account.id, PASSWORD)
    change = partial(change_authenticator, db, keystore, confirmed)
    with pytest.raises(Refused, match="new authenticator"):
        change(AuthenticatorChange(PASSWORD, SECRET, "000000"))
    change(AuthenticatorChange(PASSWORD, SECRET, code(hands)))
    assert types_in_log(db)[-1] == "account.authenticator_changed"


def test_an_account_is_found_however_the_address_is_typed(db: Session) -> None:
    account = invite(db, person(), actor=ADMIN).account
    assert account_by_email(db, "ADA@example.org") is account
    assert account_by_email(db, "ada@example.org\x00") is account
