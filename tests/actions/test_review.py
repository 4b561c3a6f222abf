"""What auditors leave in the log, what they may ask for, and how an entry is proven."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from conductdesk.audit.checkpoints import proof_for, sign_checkpoint
from conductdesk.audit.models import EntryDetail
from conductdesk.audit.note import NoteError
from conductdesk.audit.queries import entries_of_case
from conductdesk.audit.record import read_head
from conductdesk.cases.actions.copying import latest_audit_copy
from conductdesk.cases.actions.reopening import reopen_case
from conductdesk.cases.closing_acts import Reason
from conductdesk.cases.models import Barrier, Case, CaseClock
from conductdesk.db import Database
from conductdesk.people.actions.offices import appoint_auditor, end_office
from conductdesk.people.queries import offices_of
from conductdesk.policy import Capacity, Viewer
from conductdesk.refusal import Refused
from conductdesk.review.actions.asking import ask_for_record, has_asked
from conductdesk.review.actions.reviewing import note_review
from conductdesk.review.faces.history import lines_of
from conductdesk.review.faces.record import record_of
from conductdesk.review.queries import population as closed_cases
from conductdesk.review.queries.checking import (
    check_log,
    newest_checkpoint,
    read_checkpoint,
    size_in,
)
from conductdesk.review.queries.entries import prove_entries
from conductdesk.review.queries.population import Wanted, population
from conductdesk.vault.keys import NotGranted
from conductdesk.vault.models import Compartment
from tests.actions.closing_steps import bring_in, by_pack, closed, types_of, verified
from tests.cast import Cast, add_bare_case, note_looked

AUDITOR = Viewer(account_id=uuid4(), audits=frozenset({"wcc"}))


def closed_row(db: Session, closed_at: datetime, state: str = "closed") -> Case:
    """Put a bare row into the transaction, which the test never commits."""
    return add_bare_case(db, "wcc", state, closed_at)


def test_a_review_is_noted_once_for_each_sign_in(cast: Cast) -> None:
    case, keys = closed(cast), cast.keys
    acting = {"actor": cast.viewer("auditor")}
    noted = [
        note_review(cast.db, case, keys(case, "auditor"), sign_in=sign_in, **acting)
        for sign_in in (b"first", b"first", b"second")
    ]
    cast.db.commit()
    assert noted == [True, False, True]
    assert types_of(cast, case)[-2:] == ["case.reviewed", "case.reviewed"]
    assert case.last_activity == "case.closed"
    assert verified(cast).problem is None


def test_a_later_auditor_asks_once_and_is_let_in_by_nobody_yet(cast: Cast) -> None:
    case = closed(cast)
    appoint_auditor(cast.db, cast["outsider"].account, scheme="wcc", actor="system")
    note_looked(cast.db, case)
    account, keys = cast["outsider"].account, cast.keys(case, "outsider")
    asking = {"actor": cast.viewer("outsider"), "account": account}
    assert ask_for_record(cast.db, case, keys, **asking)  # type: ignore[arg-type]  # one dict for all arguments
    assert not ask_for_record(cast.db, case, keys, **asking)  # type: ignore[arg-type]  # one dict for all arguments
    cast.db.commit()
    assert has_asked(cast.db, case, account)
    assert not keys.holds(Compartment.RECORD)
    assert types_of(cast, case)[-1] == "grant.requested"
    assert verified(cast).problem is None


def test_somebody_who_had_a_part_in_the_case_gets_no_auditors_key(cast: Cast) -> None:
    case = closed(cast)
    for held in offices_of(cast.db, cast["chair"].account):
        end_office(cast.db, held, actor="system")
    appoint_auditor(cast.db, cast["chair"].account, scheme="wcc", actor="system")
    with pytest.raises(Refused, match="You had a part in this case"):
        cast.let("chair", case, ask_for_record, account=cast["chair"].account)


def test_the_record_names_officers_and_offices_and_no_party(cast: Cast) -> None:
    case = closed(cast)
    record = record_of(cast.db, case, cast.keys(case, "auditor"), cast.pack)
    assert ("Isolde Brackenthwaite", "Mentoring Liaison Officer") in {
        (seat.name, seat.office) for seat in record.seats
    }
    assert [step.state for step in record.steps] == [
        "Received",
        "Acknowledged",
        "Triaged",
        "Carrying out",
        "Closed",
    ]
    assert record.parties == (("Person the concern is about", "Respondent A"),)
    assert record.sections is not None
    assert not any(word in repr(record) for word in ("Barnaby", "Thistlewood", "Marigold"))


def test_without_a_key_there_are_facts_and_no_copy(cast: Cast) -> None:
    case = closed(cast)
    record = record_of(cast.db, case, cast.keys(case, "outsider"), cast.pack)
    assert record.sections is None
    assert record.steps
    with pytest.raises(NotGranted):
        cast.keys(case, "outsider").secrets(cast.keys(case).epochs(Compartment.RECORD)[0])


def test_a_changed_copy_is_said_to_be_changed(cast: Cast) -> None:
    case = closed(cast)
    copy = latest_audit_copy(cast.db, case)
    assert copy is not None
    copy.body = copy.body[:-1] + bytes([copy.body[-1] ^ 1])
    record = record_of(cast.db, case, cast.keys(case, "auditor"), cast.pack)
    assert record.sections is None
    assert "somebody has changed it" in record.problem
    cast.db.rollback()


def test_a_clock_that_was_met_late_is_missed(cast: Cast) -> None:
    case = closed(cast)
    late = cast.db.query(CaseClock).filter_by(case_id=case.id, name="triage").one()
    assert late.met_at is not None
    late.due_at = late.met_at - timedelta(days=2)
    clocks = record_of(cast.db, case, cast.keys(case, "auditor"), cast.pack).clocks
    assert [one.result for one in clocks if one.missed] == ["Missed: 2 days late"]
    cast.db.rollback()


def test_every_entry_of_a_case_is_proven_and_one_that_is_not_there_is_not(cast: Cast) -> None:
    case = closed(cast)
    lines = lines_of(cast.db, case, cast.keys(case, "auditor"), limit=500, before=None)
    assert {line.problem for line in lines} == {None}
    told = [line.text for line in lines if line.title == "Closed"]
    assert told
    assert all(told)
    size = read_head(cast.db, "wcc").size
    assert prove_entries(cast.db, "wcc", [0, size]) == {0: None, size: "the entry is missing"}


def test_a_detail_that_was_exchanged_is_not_verified(cast: Cast) -> None:
    case = closed(cast)
    with_details = [
        entry
        for entry in entries_of_case(cast.db, "wcc", case.pseudonym, limit=500)
        if entry.sealed is not None
    ]
    first, second = with_details[0], with_details[1]
    place = (EntryDetail.log_id == "wcc", EntryDetail.idx == first.idx)
    cast.db.execute(update(EntryDetail).where(*place).values(sealed=second.sealed))
    lines = lines_of(cast.db, case, cast.keys(case, "auditor"), limit=500, before=None)
    broken = {line.index: line.problem for line in lines if line.problem}
    assert list(broken) == [first.idx]
    assert "not those that the entry commits to" in str(broken[first.idx])
    cast.db.rollback()


def test_erased_details_leave_a_commitment_that_is_verified(cast: Cast) -> None:
    case = closed(cast)
    cast.db.execute(delete(EntryDetail).where(EntryDetail.case_id == case.id))
    lines = lines_of(cast.db, case, cast.keys(case, "auditor"), limit=500, before=None)
    assert {line.problem for line in lines} == {None}
    assert "Details erased; the commitment stays" in {line.detail for line in lines}
    cast.db.rollback()


def test_a_reopened_case_is_gone_from_the_population(cast: Cast) -> None:
    case = closed(cast)
    auditor = cast.viewer("auditor")
    assert population(cast.db, auditor, Wanted())[0] == [case]
    bring_in(cast, case, "decision_maker", Capacity.SECOND)
    keys = cast.keys(case, "decision_maker")
    reopen_case(
        cast.db, case, keys, reason=Reason("New facts."), **by_pack(cast, case, "decision_maker")
    )
    cast.db.commit()
    assert population(cast.db, auditor, Wanted()) == ([], False)


def test_the_population_has_pages_in_the_order_of_closing(
    db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closed_cases, "PAGE_SIZE", 2)
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    rows = [closed_row(db, moment + timedelta(days=day)) for day in (0, 1, 1, 2, 3)]
    shown, after = [], None
    while True:
        page, more = population(db, AUDITOR, Wanted(after=after))
        shown += page
        after = page[-1].id
        if not more:
            break
    assert len(shown) == len(rows)
    assert {case.id for case in shown} == {case.id for case in rows}
    assert [case.closed_at for case in shown] == sorted(
        (case.closed_at for case in rows if case.closed_at), reverse=True
    )


def test_a_page_does_not_begin_behind_a_case_that_the_auditor_may_not_know(db: Session) -> None:
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    shown = closed_row(db, moment)
    hidden = closed_row(db, moment - timedelta(days=1), state="decided")
    assert population(db, AUDITOR, Wanted(after=hidden.id))[0] == [shown]


def test_days_are_those_of_the_people_who_read_them(db: Session) -> None:
    late_evening = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # 2 July in London
    case = closed_row(db, late_evening)
    assert population(db, AUDITOR, Wanted(closed_from=date(2026, 7, 2)))[0] == [case]
    assert population(db, AUDITOR, Wanted(closed_to=date(2026, 7, 1)))[0] == []
    assert population(db, AUDITOR, Wanted(closed_to=date(2026, 7, 2)))[0] == [case]


def test_an_auditor_with_a_conflict_does_not_see_the_case(cast: Cast) -> None:
    case, auditor = closed(cast), cast.viewer("auditor")
    now = datetime.now(UTC)
    cast.db.add(Barrier(case_id=case.id, account_id=auditor.account_id, since=now, why=b"x"))
    cast.db.flush()
    assert population(cast.db, auditor, Wanted()) == ([], False)
    cast.db.rollback()


def test_a_checkpoint_made_for_a_reporter_is_not_given_to_auditors(cast: Cast) -> None:
    case = closed(cast)
    closing = newest_checkpoint(cast.db, "wcc")
    assert closing is not None
    assert closing.purpose == "closure"
    note_review(
        cast.db, case, cast.keys(case), actor=cast.viewer("auditor"), sign_in=b"one more entry"
    )
    proof_for(cast.db, cast.keystore, "wcc", 0, "receipt")
    cast.db.commit()
    again = newest_checkpoint(cast.db, "wcc")
    assert again is not None
    assert again.size == closing.size


def test_a_checkpoint_is_read_as_it_was_signed_however_it_was_pasted(cast: Cast) -> None:
    closed(cast)
    note = sign_checkpoint(cast.db, cast.keystore, "wcc", "hourly").note
    cast.db.commit()
    pasted = "\r\n  " + note.replace("\n", "\r\n") + "\r\n\r\n"
    assert read_checkpoint(pasted) == note
    assert size_in(note) == read_head(cast.db, "wcc").size


@pytest.mark.parametrize("text", ["", "a\nb\nc\n", "c2sp.org/tlog-proof@v1\nindex 0\n", "a\n0\n"])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        read_checkpoint(text)


def test_the_whole_log_is_checked_in_sessions_of_its_own(cast: Cast) -> None:
    closed(cast)
    kept = sign_checkpoint(cast.db, cast.keystore, "wcc", "hourly").note
    cast.db.commit()
    url = cast.db.get_bind().engine.url.render_as_string(hide_password=False)
    own = Database(url)
    try:
        alone = check_log(own, cast.keystore, "wcc", ())
        anchored = check_log(own, cast.keystore, "wcc", (kept,))
    finally:
        own.engine.dispose()
    assert (alone.status, anchored.status) == ("VERIFIED-UNANCHORED", "VERIFIED")
    assert anchored.own_size == size_in(kept)
