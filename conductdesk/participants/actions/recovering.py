"""Two custodians open the register of a scheme that no officer can open any more."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from conductdesk.participants.actions.recording import record
from conductdesk.participants.queries import HELD, keepers, keys_of_register, locked_register
from conductdesk.people.actions.bearing import bearers
from conductdesk.people.queries import account_by_email
from conductdesk.policy import SYSTEM
from conductdesk.refusal import Refused
from conductdesk.schemes.queries import pack_in_force
from conductdesk.vault.actions import grant, open_new_epochs
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import GrantReason, Principal
from conductdesk.vault.principals import recovery_keyring


def recover_register(
    db: Session,
    keystore: Keystore,
    *,
    scheme: str,
    email: str,
    private_key: bytes,
    parts: Sequence[int],
    custodians: Sequence[str],
) -> str:
    """Grant the register to an officer who keeps it, and return their name."""
    two = bearers(db, custodians)
    register, pack = locked_register(db, scheme), pack_in_force(db, scheme)
    if register is None or pack is None:
        raise Refused(f"The scheme “{scheme}” keeps no register of participants.")
    account = account_by_email(db, email)
    if account is None or account.id not in {one.account_id for one in keepers(db, pack)}:
        raise Refused(
            "This person does not receive concerns of the scheme. Name somebody who does."
        )
    keys = keys_of_register(db, keystore, register, recovery_keyring(db, keystore, private_key))
    about, who = register.pseudonym, SYSTEM.pseudonym
    events = grant(
        db,
        keys,
        db.get_one(Principal, account.principal_id),
        HELD,
        case_pseudonym=about,
        actor=who,
        reason=GrantReason.RECOVERY,
    )
    events += open_new_epochs(db, keystore, keys, case_pseudonym=about, actor=who)
    numbers = [str(number) for number in sorted(parts)]
    brought, names = sorted(one.pseudonym for one in two), " and ".join(one.name for one in two)
    record(
        db,
        register,
        keys,
        actor=SYSTEM,
        event="register.recovered",
        said=f"Brought by {names}: parts {' and '.join(numbers)}. For {account.name}.",
        pub={"parts": numbers, "custodians": brought, "officer": account.pseudonym},
        grants=events,
    )
    return account.name
