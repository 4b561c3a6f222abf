"""An officer steps away or is kept away: the next who is clear follows, and the keys with them."""

from __future__ import annotations

import pytest

from conductdesk.cases.actions.attesting import note_parties_shown
from conductdesk.cases.actions.rerouting import find_conflict, recuse
from conductdesk.cases.actions.writing import write_to_reporter
from conductdesk.cases.models import Case, Document, Message
from conductdesk.cases.queries import facts_of, readable_cases, seats_of, visible_by_id
from conductdesk.notices.models import OutboxRow
from conductdesk.policy import Permission, may
from conductdesk.refusal import Refused
from conductdesk.vault.actions import open_new_epochs
from conductdesk.vault.keys import NotGranted
from conductdesk.vault.models import Compartment
from conductdesk.vault.seal import SealBrokenError
from tests.cast import Cast

pytestmark = pytest.mark.both_backends


def seats(cast: Cast, case: Case) -> dict[str, str]:
    """Return who sits where, by the names of the cast."""
    return {seat.capacity: cast.who(seat.account_id) for seat in seats_of(cast.db, case)}


def step_away(cast: Cast, case: Case, who: str) -> None:
    """Let a member recuse themselves."""
    keys, actor = cast.keys(case, who), cast.viewer(who)
    recuse(cast.db, case, keys, pack=cast.pack, actor=actor)
    cast.db.commit()


def test_nobody_reads_before_they_attest(cast: Cast) -> None:
    case = cast.received()
    facts = facts_of(cast.db, case)
    assert may(cast.viewer("liaison"), Permission.SEE, facts)
    assert not may(cast.viewer("liaison"), Permission.READ, facts)
    cast.let_attest(case, "liaison")
    assert may(cast.viewer("liaison"), Permission.READ, facts_of(cast.db, case))


def test_the_names_are_shown_once_for_each_sign_in(cast: Cast) -> None:
    case = cast.received()
    keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
    noted = [
        note_parties_shown(cast.db, case, keys, actor=actor, sign_in=sign_in)
        for sign_in in (b"one", b"one", b"two")
    ]
    assert noted == [True, False, True]
    cast.db.commit()


def test_when_the_handler_steps_away_the_alternate_takes_charge(cast: Cast) -> None:
    case = cast.attested()
    step_away(cast, case, "liaison")
    assert seats(cast, case) == {"handler": "chair", "alternate": "outside"}
    assert visible_by_id(cast.db, cast.viewer("liaison"), case.id) is None
    assert cast.db.scalars(readable_cases(cast.viewer("liaison"))).all() == []


def test_the_keys_of_whoever_steps_away_are_deleted_and_the_successor_has_them(cast: Cast) -> None:
    case = cast.received()
    step_away(cast, case, "liaison")
    assert not any(cast.keys(case, "liaison").holds(part) for part in Compartment)
    assert all(cast.keys(case, "outside").holds(part) for part in Compartment)


def test_text_written_after_a_conflict_is_found_is_sealed_under_a_new_epoch(cast: Cast) -> None:
    case = cast.acknowledged()
    before = cast.keys(case, "chair")
    keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
    find_conflict(cast.db, case, keys, pack=cast.pack, actor=actor, leaving=cast["chair"].account)
    cast.db.commit()
    message = write_to_reporter(
        cast.db, case, cast.keys(case, "liaison"), actor=actor, text="After the conflict"
    )
    cast.db.commit()
    assert cast.keys(case, "liaison").open(Message.body, message) == "After the conflict"
    with pytest.raises(SealBrokenError):
        before.open(Message.body, message)
    with pytest.raises(NotGranted):
        cast.keys(case, "chair").open(Message.body, message)


def test_after_a_recusal_the_next_holder_opens_new_epochs(cast: Cast) -> None:
    case = cast.received()
    step_away(cast, case, "liaison")
    keys = cast.keys(case, "chair")
    events = open_new_epochs(
        cast.db, cast.keystore, keys, case_pseudonym=case.pseudonym, actor="system"
    )
    assert events
    assert len(keys.epochs(Compartment.INTAKE)) == 2
    cast.db.rollback()


def test_when_the_last_who_is_clear_steps_away_the_custodians_are_told(cast: Cast) -> None:
    case = cast.received()
    for who in ("liaison", "chair", "outside"):
        step_away(cast, case, who)
    assert seats_of(cast.db, case) == []
    assert cast.db.query(OutboxRow).filter_by(notice="custodians").count() == 3


def test_nobody_records_a_conflict_of_their_own_for_somebody_else_to_carry(cast: Cast) -> None:
    case = cast.attested()
    keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
    with pytest.raises(Refused, match="recuse yourself"):
        find_conflict(
            cast.db, case, keys, pack=cast.pack, actor=actor, leaving=cast["liaison"].account
        )


def test_why_somebody_is_kept_away_is_not_in_clear_in_the_database(cast: Cast) -> None:
    case = cast.received()
    step_away(cast, case, "liaison")
    rows = cast.db.connection().exec_driver_sql("SELECT why FROM barrier").scalars().all()
    assert all(b"recused" not in bytes(why) for why in rows)
    assert cast.db.query(Document).filter_by(case_id=case.id).count()
