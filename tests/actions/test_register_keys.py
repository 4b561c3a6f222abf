"""Who holds the keys of a register: those who receive concerns, and nobody else."""

from __future__ import annotations

from functools import partial

import pyotp
import pytest

from conductdesk import clock
from conductdesk.audit.verify import Status
from conductdesk.hooks import after_sign_in, blockers, departed, key_replaced
from conductdesk.participants.actions.beginning import begin_register
from conductdesk.participants.actions.recovering import recover_register
from conductdesk.participants.queries import keys_of_register, register_of
from conductdesk.people.actions import Setup, activate, end_account, reset
from conductdesk.people.actions.offices import end_office, give_office
from conductdesk.people.queries import custodians, offices_of
from conductdesk.policy import SYSTEM
from conductdesk.refusal import Refused
from conductdesk.vault.keys import NotGranted
from conductdesk.vault.models import Compartment
from conductdesk.vault.queries import waiting_requests
from conductdesk.vault.recovery import combine
from tests.actions.register_steps import QUILL, THISTLEWOOD, Kept, begun
from tests.cast import CHEAP, PASSWORD, Cast

pytestmark = pytest.mark.both_backends

KEEPERS = ("liaison", "chair", "outside", "lead", "deputy")
STRANGERS = ("investigator", "decision_maker", "auditor", "administrator", "outsider")


def sign_in(cast: Cast, who: str) -> list[str]:
    """Do what happens when a member has signed in."""
    undone = after_sign_in(cast.db, cast.keystore, cast.viewer(who), cast[who].keyring)
    cast.db.commit()
    return undone


def leave_office(cast: Cast, who: str) -> None:
    """Let an administrator end the only office of a member."""
    held = offices_of(cast.db, cast[who].account)[0]
    end_office(
        cast.db,
        held,
        actor="system",
        blockers=partial(blockers, cast.db),
        departed=partial(departed, cast.db, cast.keystore, SYSTEM),
    )
    cast.db.commit()


def can_read(kept: Kept, who: str) -> bool:
    """Answer whether a member opens everything in the register."""
    try:
        return bool(kept.people(who))
    except NotGranted:
        return False


@pytest.fixture
def kept(cast: Cast) -> Kept:
    """A register in which somebody is."""
    kept = begun(cast)
    kept.add(THISTLEWOOD)
    return kept


def test_everybody_who_receives_concerns_opens_it_and_nobody_else(cast: Cast, kept: Kept) -> None:
    assert {who for who in cast.members if can_read(kept, who)} == set(KEEPERS)
    assert not any(kept.keys(who).holds(part) for who in STRANGERS for part in Compartment)
    assert not kept.keys("liaison").holds(Compartment.INTERNAL)
    assert kept.verdict().status is Status.UNANCHORED


@pytest.mark.parametrize("who", STRANGERS)
def test_nobody_else_begins_one(cast: Cast, who: str) -> None:
    with pytest.raises(Refused, match="receive concerns"):
        begin_register(cast.db, cast.keystore, pack=cast.pack, actor=cast.viewer(who))


def test_a_scheme_keeps_one_register(cast: Cast, kept: Kept) -> None:
    with pytest.raises(Refused, match="already"):
        begin_register(cast.db, cast.keystore, pack=cast.pack, actor=cast.viewer("chair"))


def test_without_a_key_one_can_seal_to_it_and_open_nothing(cast: Cast, kept: Kept) -> None:
    sealing = keys_of_register(cast.db, cast.keystore, kept.register, None)
    sealed = sealing.seal_file_part(Compartment.INTAKE, "facts", kept.register.id, b"an answer")
    assert b"an answer" not in sealed
    assert not sealing.holds(Compartment.INTAKE)


def test_whoever_comes_into_an_office_gets_the_keys_at_the_next_keepers_sign_in(
    cast: Cast, kept: Kept
) -> None:
    newcomer = cast["outsider"].account
    give_office(cast.db, newcomer, scheme="wcc", office="liaison", actor="system")
    cast.db.commit()
    assert sign_in(cast, "outsider") == []  # asks, and has nothing to give
    assert not can_read(kept, "outsider")
    waiting = waiting_requests(cast.db, kept.register.id)
    assert {request.principal_id for request in waiting} == {newcomer.principal_id}
    assert sign_in(cast, "chair") == []
    assert can_read(kept, "outsider")
    assert [entry["type"] for entry in kept.entries()][-2:] == [
        "register.grant_requested",
        "register.keys_tended",
    ]
    assert kept.verdict().problem is None


def test_signing_in_where_nothing_waits_leaves_no_entry(cast: Cast, kept: Kept) -> None:
    before = len(kept.entries())
    for who in (*KEEPERS, "investigator", "auditor"):
        assert sign_in(cast, who) == []
    assert len(kept.entries()) == before


def test_whoever_leaves_an_office_loses_the_keys_at_once_and_what_follows_is_sealed_anew(
    cast: Cast, kept: Kept
) -> None:
    leave_office(cast, "deputy")
    assert not can_read(kept, "deputy")
    sign_in(cast, "liaison")
    kept.add(QUILL)
    assert (
        set(kept.people("liaison"))
        == set(kept.people("lead"))
        == {
            THISTLEWOOD.name,
            QUILL.name,
        }
    )
    epochs = {key.epoch for key in kept.keys("liaison").held(Compartment.IDENTITY)}
    assert epochs == {1, 2}
    assert kept.verdict().problem is None


def test_whoever_holds_another_receiving_office_keeps_the_keys(cast: Cast, kept: Kept) -> None:
    give_office(cast.db, cast["deputy"].account, scheme="wcc", office="chair", actor="system")
    leave_office(cast, "deputy")
    assert can_read(kept, "deputy")


def test_an_account_that_ends_loses_the_keys(cast: Cast, kept: Kept) -> None:
    end = partial(departed, cast.db, cast.keystore, SYSTEM)
    end_account(cast.db, cast["outside"].account, actor="system", departed=end)
    cast.db.commit()
    assert not can_read(kept, "outside")


def test_the_last_keeper_cannot_leave(cast: Cast, kept: Kept) -> None:
    for who in ("chair", "outside", "lead", "deputy"):
        leave_office(cast, who)
        sign_in(cast, "liaison")
    with pytest.raises(Refused, match="register of participants"):
        leave_office(cast, "liaison")


def test_a_lost_key_is_asked_for_anew(cast: Cast, kept: Kept) -> None:
    link = reset(cast.db, cast["chair"].account, actor="system").token
    secret = pyotp.random_base32()
    setup = Setup(PASSWORD, secret, pyotp.TOTP(secret).at(clock.now()))
    replaced = partial(key_replaced, cast.db, cast.keystore)
    done = activate(cast.db, cast.keystore, link, setup, key_replaced=replaced, cost=CHEAP)
    cast.db.commit()
    cast["chair"].keyring = done.keyring
    assert not can_read(kept, "chair")
    sign_in(cast, "liaison")
    assert can_read(kept, "chair")
    assert kept.verdict().problem is None


def test_two_custodians_open_it_for_somebody_who_keeps_it(cast: Cast, kept: Kept) -> None:
    given = {
        "private_key": combine(*cast.recovery.parts[:2]),
        "parts": (1, 2),
        "custodians": ("custodian1@cast.example", "custodian3@cast.example"),
        "scheme": "wcc",
    }
    newcomer = cast["outsider"].account
    with pytest.raises(Refused, match="does not receive concerns"):
        recover_register(cast.db, cast.keystore, email=newcomer.email, **given)  # type: ignore[arg-type]  # one mapping for two calls
    give_office(cast.db, newcomer, scheme="wcc", office="chair", actor="system")
    recover_register(cast.db, cast.keystore, email=newcomer.email, **given)  # type: ignore[arg-type]  # one mapping for two calls
    cast.db.commit()
    assert can_read(kept, "outsider")
    brought = {
        one.pseudonym for one in custodians(cast.db) if not one.email.startswith("custodian2")
    }
    assert kept.entries()[-1]["pub"] == {
        "custodians": sorted(brought),
        "officer": newcomer.pseudonym,
        "parts": ["1", "2"],
    }
    assert kept.verdict().problem is None


def test_schemes_see_nothing_of_each_others_registers(cast: Cast, kept: Kept) -> None:
    assert register_of(cast.db, "bes") is None
    assert kept.register.scheme == "wcc"
