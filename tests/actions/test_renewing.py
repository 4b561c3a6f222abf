"""A new recovery key: for what comes at once, for what is open as its holders sign in."""

from __future__ import annotations

import pytest

from conductdesk.audit.checkpoints import verifier_key
from conductdesk.audit.verify import verify_log
from conductdesk.cases.actions.renewing import replace_recovery_key
from conductdesk.cases.models import Case
from conductdesk.hooks import after_sign_in
from conductdesk.participants.models import Register
from conductdesk.refusal import Refused
from conductdesk.vault.models import Compartment
from conductdesk.vault.queries import newest_data_keys
from conductdesk.vault.recovery import RecoveryKey, combine, keygen
from conductdesk.vault.renewal import waiting_for_recovery_key
from tests.actions.key_trials import tried
from tests.actions.register_steps import THISTLEWOOD, begun
from tests.cast import Cast

EVERYTHING = set(Compartment)


def opened(cast: Cast, case: Case | Register, key: RecoveryKey) -> set[Compartment]:
    """Return the compartments of which two parts open the newest epoch."""
    found = tried(cast, case, combine(*key.parts[:2])).secrets
    newest = {key.compartment: key.epoch for key in newest_data_keys(cast.db, case.id)}
    return {part for part, epoch in found if newest[part] == epoch}


def sign_in(cast: Cast, who: str) -> None:
    assert after_sign_in(cast.db, cast.keystore, cast.viewer(who), cast[who].keyring) == []
    cast.db.commit()


@pytest.mark.both_backends
def test_a_new_recovery_key_takes_the_place_of_the_old_one_case_by_case(cast: Cast) -> None:
    before, kept, old, new = cast.attested(), begun(cast), cast.recovery, keygen()
    kept.add(THISTLEWOOD)
    replace_recovery_key(cast.db, cast.keystore, new.public_key)
    cast.db.commit()
    after = cast.received()
    assert (opened(cast, after, new), opened(cast, after, old)) == (EVERYTHING, set())
    assert (opened(cast, before, new), opened(cast, before, old)) == (set(), EVERYTHING)
    assert waiting_for_recovery_key(cast.db) == {before.id, kept.register.id}
    sign_in(cast, "liaison")
    assert (opened(cast, before, new), opened(cast, before, old)) == (EVERYTHING, set())
    assert cast.keys(before, "liaison").holds(Compartment.IDENTITY)
    assert kept.people("liaison") != {}
    assert opened(cast, kept.register, old) == set()
    assert opened(cast, kept.register, new) >= {Compartment.IDENTITY, Compartment.RECORD}
    assert waiting_for_recovery_key(cast.db) == set()
    for log_id in ("wcc", "installation"):
        assert (
            verify_log(cast.db, log_id, verifier_key(cast.db, cast.keystore, log_id)).problem
            is None
        )


def test_a_recovery_key_that_was_in_force_before_is_refused(cast: Cast) -> None:
    new = keygen()
    replace_recovery_key(cast.db, cast.keystore, new.public_key)
    for public_key in (new.public_key, cast.recovery.public_key):
        with pytest.raises(Refused, match="is, or was"):
            replace_recovery_key(cast.db, cast.keystore, public_key)
