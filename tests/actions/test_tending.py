"""Keys that wait for somebody's unlock, keys that were lost, and who may not leave yet."""

from __future__ import annotations

from functools import partial

import pytest

from conductdesk import clock
from conductdesk.audit.checkpoints import verifier_key
from conductdesk.audit.models import LogEntry
from conductdesk.audit.queries import Entry, entries_of_case
from conductdesk.audit.verify import Status, verify_log
from conductdesk.cases.actions.recording import record
from conductdesk.cases.actions.recovering import Opened, open_recovery
from conductdesk.cases.actions.rerouting import find_conflict, recuse
from conductdesk.cases.actions.tending import reasons_to_stay, tend
from conductdesk.cases.concern import Answer
from conductdesk.cases.models import Case, Party
from conductdesk.cases.queries import facts_of, seats_of, waiting_for_recovery
from conductdesk.people.actions import end_account, reset
from conductdesk.people.queries import custodians
from conductdesk.policy import SYSTEM, Capacity
from conductdesk.refusal import Refused
from conductdesk.vault.models import Compartment, GrantRequest, RequestState
from conductdesk.vault.queries import cases_to_tend, waiting_requests
from conductdesk.vault.recovery import combine, keygen
from tests.actions.tending_steps import lose_key
from tests.cast import Cast, a_concern


def entries(cast: Cast, case: Case) -> list[Entry]:
    return entries_of_case(cast.db, case.scheme, case.pseudonym, limit=500)


def kinds(cast: Cast, case: Case) -> list[str]:
    return [entry.type for entry in entries(cast, case)]


def sign_in(cast: Cast, who: str) -> list[str]:
    """Do what happens when a member has signed in."""
    undone = tend(cast.db, cast.keystore, cast.viewer(who), cast[who].keyring)
    cast.db.commit()
    return undone


def can_read(cast: Cast, case: Case, who: str) -> bool:
    return cast.keys(case, who).holds(Compartment.INTAKE)


@pytest.mark.both_backends
def test_a_lost_key_is_asked_for_anew_and_given_by_the_next_who_signs_in(cast: Cast) -> None:
    case = cast.attested()
    lose_key(cast, "chair")
    assert not can_read(cast, case, "chair")
    assert sign_in(cast, "liaison") == []
    assert can_read(cast, case, "chair")
    assert kinds(cast, case).count("keys.tended") == 1


def test_what_was_asked_for_anew_is_what_the_seat_reads(cast: Cast) -> None:
    case = cast.attested()
    lose_key(cast, "chair")
    wanted = {request.compartment for request in waiting_requests(cast.db, case.id)}
    assert wanted == set(Compartment)


def test_a_lost_key_counts_as_a_holder_no_more(cast: Cast) -> None:
    case = cast.attested()
    old = cast["chair"].keyring
    lose_key(cast, "chair")
    assert cases_to_tend(cast.db, old.principal_id) == []
    assert case.id not in {asked.case_id for asked in _requests_for(cast, old.principal_id)}


def test_tending_opens_a_new_epoch_where_somebody_left(cast: Cast) -> None:
    case = cast.attested()
    cast.let("liaison", case, recuse)
    before = len(cast.keys(case, "chair").epochs(Compartment.INTAKE))
    assert sign_in(cast, "chair") == []
    assert len(cast.keys(case, "chair").epochs(Compartment.INTAKE)) == before + 1
    assert not can_read(cast, case, "liaison")


def test_a_second_sign_in_finds_nothing_to_do(cast: Cast) -> None:
    case = cast.attested()
    lose_key(cast, "chair")
    sign_in(cast, "liaison")
    size = len(entries(cast, case))
    sign_in(cast, "liaison")
    assert len(entries(cast, case)) == size


def test_policy_is_asked_again_at_the_moment_a_request_is_filled(cast: Cast) -> None:
    case = cast.attested()
    lose_key(cast, "chair")
    asked = waiting_requests(cast.db, case.id)
    _end_seats(cast, case, "chair")
    sign_in(cast, "liaison")
    assert not can_read(cast, case, "chair")
    assert {request.state for request in asked} == {RequestState.REFUSED}


def test_somebody_kept_away_meanwhile_receives_nothing(cast: Cast) -> None:
    case = cast.attested()
    lose_key(cast, "chair")
    cast.let("liaison", case, find_conflict, leaving=cast["chair"].account)
    sign_in(cast, "liaison")
    assert not can_read(cast, case, "chair")


def test_one_case_that_cannot_be_tended_does_not_keep_the_others_waiting(cast: Cast) -> None:
    broken, whole = cast.attested(), cast.attested()
    lose_key(cast, "chair")
    cast.keystore.destroy(broken.id)
    assert len(sign_in(cast, "liaison")) == 1
    assert can_read(cast, whole, "chair")


def test_an_officer_whom_an_open_case_needs_cannot_leave(cast: Cast) -> None:
    case = cast.attested()
    assert reasons_to_stay(cast.db, cast["liaison"].id) == []
    lose_key(cast, "chair")
    reasons = reasons_to_stay(cast.db, cast["liaison"].id)
    assert len(reasons) == 1
    assert "alone hold a key" in reasons[0]
    assert case.code_name not in reasons[0]
    with pytest.raises(Refused, match="cannot leave yet"):
        end_account(
            cast.db,
            cast["liaison"].account,
            actor="system",
            blockers=partial(reasons_to_stay, cast.db),
        )


def test_nothing_keeps_somebody_without_a_key(cast: Cast) -> None:
    assert reasons_to_stay(cast.db, cast["outsider"].id) == []


def test_two_custodians_open_a_case_for_a_clear_officer(cast: Cast) -> None:
    case = cast.attested()
    with pytest.raises(Refused, match="holds its keys, so it needs no recovery"):
        open_for(cast, case, "investigator", (0, 2))
    cast.db.rollback()
    for who in ("liaison", "chair"):  # as when nobody can reach them
        reset(cast.db, cast[who].account, actor="system")
    opened = open_for(cast, case, "investigator", (0, 2))
    assert (opened.officer, opened.capacity) == (cast["investigator"].account.name, "alternate")
    assert can_read(cast, case, "investigator")
    entry = next(entry for entry in entries(cast, case) if entry.type == "recovery.opened")
    assert entry.pub["parts"] == ["1", "3"]
    assert entry.pub["custodians"] == sorted(one.pseudonym for one in custodians(cast.db)[:2])
    assert entry.pub["officer"] == cast["investigator"].account.pseudonym


def test_recovery_puts_somebody_in_charge_where_nobody_is(cast: Cast) -> None:
    case = cast.attested()
    for who in ("liaison", "chair"):
        _end_seats(cast, case, who)
    assert open_for(cast, case, "deputy", (0, 1)).capacity == "handler"
    assert Capacity.HANDLER in facts_of(cast.db, case).seats[cast["deputy"].id]


def test_recovery_seats_a_safeguarding_officer_where_that_is_who_is_missing(cast: Cast) -> None:
    case = cast.attested(a_concern(at_risk=Answer.YES))
    _end_seats(cast, case, "lead")
    assert waiting_for_recovery(cast.db) == [case]
    with pytest.raises(Refused, match="needs no recovery"):
        open_for(cast, case, "investigator", (0, 1))
    cast.db.rollback()
    _end_seats(cast, case, "lead")
    assert open_for(cast, case, "deputy", (0, 1)).capacity == "safeguarding"
    assert waiting_for_recovery(cast.db) == []


def test_a_handler_who_lost_their_key_gets_it_back_by_recovery(cast: Cast) -> None:
    case = cast.attested()
    for who in ("liaison", "chair"):
        lose_key(cast, who)
    assert open_for(cast, case, "liaison", (1, 2)).capacity == "handler"
    assert can_read(cast, case, "liaison")
    assert sign_in(cast, "liaison") == []
    assert can_read(cast, case, "chair")


def test_recovery_is_refused_to_whoever_is_kept_away(cast: Cast) -> None:
    case = cast.attested()
    cast.let("liaison", case, recuse)
    with pytest.raises(Refused, match="kept away"):
        open_for(cast, case, "liaison", (0, 1))


@pytest.mark.parametrize("who", ["administrator", "auditor", "outsider"])
def test_recovery_is_refused_to_whoever_holds_no_office(cast: Cast, who: str) -> None:
    case = cast.attested()
    with pytest.raises(Refused, match="no office"):
        open_for(cast, case, who, (0, 1))


def test_the_parts_of_another_key_open_nothing(cast: Cast) -> None:
    case = cast.attested()
    other = keygen()
    with pytest.raises(Refused, match="another installation"):
        open_recovery(
            cast.db,
            cast.keystore,
            case_name=case.code_name,
            email=cast["deputy"].account.email,
            private_key=combine(other.parts[0], other.parts[1]),
            parts=(1, 2),
            custodians=("custodian1@cast.example", "custodian2@cast.example"),
        )


@pytest.mark.both_backends
def test_the_log_verifies_after_keys_were_lost_tended_and_recovered(cast: Cast) -> None:
    case = cast.attested()
    for who in ("liaison", "chair"):
        lose_key(cast, who)
    open_for(cast, case, "liaison", (0, 1))
    sign_in(cast, "liaison")
    key = verifier_key(cast.db, cast.keystore, "wcc")
    cast.db.commit()
    verdict = verify_log(cast.db, "wcc", key)
    assert (verdict.status, verdict.problem) == (Status.UNANCHORED, None)
    assert cast.db.query(LogEntry).filter_by(log_id="wcc").count() == verdict.size


def test_what_was_written_before_a_lost_key_can_be_read_again(cast: Cast) -> None:
    case = cast.attested()
    lose_key(cast, "chair")
    sign_in(cast, "liaison")
    party = cast.db.query(Party).filter_by(case_id=case.id).first()
    assert party is not None
    assert cast.keys(case, "chair").open(Party.name, party) == "Barnaby Thistlewood"


def open_for(cast: Cast, case: Case, who: str, which: tuple[int, int]) -> Opened:
    first, second = (cast.recovery.parts[place] for place in which)
    opened = open_recovery(
        cast.db,
        cast.keystore,
        case_name=case.code_name.upper(),
        email=cast[who].account.email,
        private_key=combine(first, second),
        parts=[place + 1 for place in which],
        custodians=("custodian1@cast.example", "custodian2@cast.example"),
    )
    cast.db.commit()
    return opened


def _end_seats(cast: Cast, case: Case, who: str) -> None:
    """End a member's seats as a restored or older database might have them."""
    for seat in seats_of(cast.db, case):
        if seat.account_id == cast[who].id:
            seat.until = clock.now()
    record(cast.db, case, cast.keys(case), actor=SYSTEM, event="officer.recused")
    cast.db.commit()


def _requests_for(cast: Cast, principal_id: object) -> list[GrantRequest]:
    return cast.db.query(GrantRequest).filter_by(principal_id=principal_id).all()
