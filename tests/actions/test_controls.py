"""Each control test passes what real actions made, and finds what they refuse to make.

That they pass is seen on the demo (`test_demo.py`), and here before each change of a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import delete, select

from conductdesk import clock
from conductdesk.audit.record import Event, Pub, append
from conductdesk.cases.actions.measuring import end_measure, impose_measure
from conductdesk.cases.closing_acts import MeasureEnding, MeasureImposed
from conductdesk.cases.models import (
    Appointment,
    Barrier,
    Case,
    CaseClock,
    Evidence,
    Finding,
    Message,
    Outcome,
    Proposal,
    Referral,
    RespondentPaper,
)
from conductdesk.people.actions.offices import end_office
from conductdesk.people.queries import offices_of
from conductdesk.policy import Capacity
from conductdesk.review.actions.exporting import Taken, note_export
from conductdesk.review.purposes import Purpose
from conductdesk.review.sheets import Format
from conductdesk.vault.models import DataKey, KeyGrant
from tests.actions.closing_steps import by, by_pack, closed
from tests.actions.control_steps import DAY, change, found, passes, read_by, shut, tried
from tests.actions.inquiry_steps import in_days, told
from tests.cast import Cast


@pytest.fixture
def advised(cast: Cast) -> Iterator[Case]:
    """Return a closed case that went the way of advice; whatever is done to it is undone."""
    yield closed(cast)
    cast.db.rollback()


@pytest.fixture
def formal(cast: Cast) -> Iterator[Case]:
    """Return a case that was decided, with both sides told, and that calls itself closed."""
    case = told(cast)
    yield shut(cast, case)
    cast.db.rollback()


def test_what_comes_too_late_or_never_is_found(cast: Cast, advised: Case) -> None:
    assert passes(cast, "acknowledged")
    assert passes(cast, "feedback")
    assert passes(cast, "retention")
    for name in ("acknowledge", "feedback"):
        clocks = (CaseClock.case_id == advised.id, CaseClock.name == name)
        change(cast, CaseClock, *clocks, met_at=CaseClock.due_at)
        [due_at] = cast.db.scalars(select(CaseClock.due_at).where(*clocks))
        change(cast, CaseClock, *clocks, met_at=due_at + 2 * DAY)
    assert found(cast, "acknowledged") == ["The reporter was written to 2 days late."]
    assert found(cast, "feedback") == ["Feedback was given 2 days late."]
    change(cast, CaseClock, CaseClock.name == "acknowledge", met_at=None)
    cast.db.execute(delete(Message).where(Message.kind == "feedback"))
    change(cast, Case, Case.id == advised.id, retention_class="for ever")
    assert found(cast, "acknowledged") == ["Nobody wrote to the reporter."]
    assert found(cast, "feedback") == [
        "The reporter got no feedback, and no reason is on the case."
    ]
    assert found(cast, "retention") == ["The case has no retention class of its code."]


def test_a_read_without_an_attestation_is_found(cast: Cast, advised: Case) -> None:
    read_by(cast, advised, "liaison")
    assert passes(cast, "attested")
    read_by(cast, advised, "investigator")
    [one] = tried(cast, "attested").exceptions
    assert one.fault.who == cast.viewer("investigator").pseudonym
    assert one.case == advised.code_name
    assert one.fault.entry is not None


@pytest.mark.parametrize(("days", "reason"), [(-1, "while kept away"), (1, "before a conflict")])
def test_a_read_by_somebody_who_is_kept_away_is_found(
    cast: Cast, advised: Case, days: int, reason: str
) -> None:
    read_by(cast, advised, "chair")
    assert passes(cast, "kept-away")
    since = clock.now() + days * DAY
    cast.db.add(Barrier(case_id=advised.id, account_id=cast["chair"].id, since=since, why=b"x"))
    assert [reason in one for one in found(cast, "kept-away")] == [True]


def test_a_single_signature_is_found(cast: Cast, advised: Case) -> None:
    assert passes(cast, "second")
    change(cast, Proposal, Proposal.kind == "close", settled_by=Proposal.proposed_by)
    assert found(cast, "second") == ["Agreed to their own proposal (close)."]
    change(cast, Proposal, Proposal.kind == "close", agreed=False)
    closing = "Nobody agreed, as a second person, to close the case."
    assert found(cast, "second") == [closing]
    change(cast, Proposal, Proposal.kind == "close", agreed=True, settled_by=cast["chair"].id)
    change(cast, Case, Case.id == advised.id, reopened_at=clock.now() + DAY)
    assert found(cast, "second") == [closing]


def test_a_risk_that_was_neither_referred_nor_decided_on_is_found(
    cast: Cast, advised: Case
) -> None:
    assert tried(cast, "referral").not_applicable == 1
    change(cast, Case, Case.id == advised.id, at_risk=True)
    assert found(cast, "referral") == ["There is neither a referral nor a decision against one."]
    given = {"case_id": advised.id, "account_id": cast["lead"].id, "made_at": clock.now()}
    cast.db.add(Referral(referred=False, body=b"x", **given))
    assert found(cast, "referral") == ["One person alone decided against a referral."]
    change(cast, Referral, Referral.case_id == advised.id, referred=True)
    assert passes(cast, "referral")


def test_a_measure_that_nobody_looked_at_again_is_found(cast: Cast) -> None:
    case = cast.triaged()
    measure = MeasureImposed("No contact.", "She is afraid.", "A talk is not enough.")
    keys = cast.keys(case, "liaison")
    given = by_pack(cast, case, "liaison")
    first, second = (
        impose_measure(cast.db, case, keys, measure=measure, **given) for _ in range(2)
    )
    end_measure(
        cast.db, case, keys, ending=MeasureEnding(first.id, "Over."), **by(cast, case, "liaison")
    )
    shut(cast, case)
    assert passes(cast, "measures")
    with in_days(20):
        ending = MeasureEnding(second.id, "He has left.")
        cast.db.refresh(case)
        end_measure(cast.db, case, keys, ending=ending, **by(cast, case, "liaison"))
    assert found(cast, "measures") == ["An interim measure was looked at again 6 days late."]
    cast.db.rollback()


def test_an_upheld_finding_without_notice_or_reply_is_found(cast: Cast, formal: Case) -> None:
    assert passes(cast, "notice")
    papers = delete(RespondentPaper).where(RespondentPaper.case_id == formal.id)
    cast.db.execute(papers.where(RespondentPaper.kind == "reply"))
    assert found(cast, "notice") == ["Allegation A was upheld without a reply."]
    cast.db.execute(papers.where(RespondentPaper.kind == "notice"))
    assert found(cast, "notice") == ["Allegation A was upheld without a notice."]


def test_evidence_that_was_not_considered_is_found(cast: Cast, formal: Case) -> None:
    assert passes(cast, "evidence")
    mine = Evidence.case_id == formal.id
    change(cast, Evidence, mine, considered_at=None, bearing="against")
    assert ["of them against" in one for one in found(cast, "evidence")] == [True]
    change(cast, Evidence, mine, considered_at=clock.now() + DAY)
    assert len(found(cast, "evidence")) == 1
    cast.db.execute(delete(Evidence).where(mine))
    assert found(cast, "evidence") == ["There was a finding without any evidence."]


def test_one_person_in_two_parts_is_found(cast: Cast, formal: Case) -> None:
    assert passes(cast, "apart")
    seat = (Appointment.case_id == formal.id, Appointment.capacity == Capacity.INVESTIGATOR)
    change(cast, Appointment, *seat, account_id=cast["decision_maker"].id)
    [one] = tried(cast, "apart").exceptions
    assert one.fault.reason == "Was investigator and decision maker."
    assert one.fault.who == cast.viewer("decision_maker").pseudonym


def test_an_allegation_without_reasons_and_two_days_of_telling_are_found(
    cast: Cast, formal: Case
) -> None:
    assert passes(cast, "reasons")
    assert passes(cast, "same-day")
    letters = (RespondentPaper.case_id == formal.id, RespondentPaper.kind == "letter")
    change(cast, RespondentPaper, *letters, dated=clock.now() + DAY)
    change(cast, Finding, Finding.case_id == formal.id, reasons=b"")
    assert found(cast, "reasons") == ["Allegation A has no finding with reasons."]
    reason = "Both sides were not told of the decision on the same day."
    assert found(cast, "same-day") == [reason]


def test_an_outcome_that_is_open_unproven_or_waived_by_one_is_found(
    cast: Cast, formal: Case
) -> None:
    assert set(found(cast, "obligations")) == {
        "An outcome is still open (removal).",
        "An outcome is still open (apology).",
    }
    mine = Outcome.case_id == formal.id
    change(cast, Outcome, mine, state="done", ended_by=cast["liaison"].id)
    assert len(found(cast, "obligations")) == 2
    change(cast, Outcome, mine, proof=b"sealed")
    assert passes(cast, "obligations")
    change(cast, Outcome, mine, state="waived")
    assert "An outcome was waived without a second person." in found(cast, "second")


def test_whoever_left_and_still_has_a_seat_or_a_key_is_found(cast: Cast, advised: Case) -> None:
    assert passes(cast, "leavers")
    held = offices_of(cast.db, cast["chair"].account)[0]
    end_office(cast.db, held, actor="system")  # and nobody takes the seats
    assert found(cast, "leavers") == ["Gave up the office, and still has the seat."]
    change(cast, Appointment, Appointment.account_id == cast["chair"].id, until=clock.now())
    key = "Has no part in the case any more, and still holds a key."
    assert found(cast, "leavers") == [key]
    cast["liaison"].account.state = "ended"
    assert set(found(cast, "leavers")) == {
        key,
        "Has left, and still has a seat.",
        "Has left, and still holds a key.",
    }


def test_a_key_without_its_entry_and_an_entry_without_its_key_are_found(
    cast: Cast, advised: Case
) -> None:
    assert passes(cast, "keys")
    mine = select(KeyGrant).join(DataKey).where(DataKey.case_id == advised.id)
    one = cast.db.scalars(mine).all()[0]
    gone = one.principal_id
    cast.db.execute(delete(KeyGrant).where(KeyGrant.id == one.id))
    assert found(cast, "keys") == ["A key that the log gave is not there."]
    added = {"data_key_id": one.data_key_id, "principal_id": gone, "fingerprint": "x"}
    cast.db.add(KeyGrant(id=uuid4(), wrapped=b"x", **added))
    assert sorted(found(cast, "keys")) == [
        "A key is there that the log never gave.",
        "A key that the log gave is not there.",
    ]


def test_a_list_that_left_without_a_purpose_is_found(cast: Cast) -> None:
    auditor = cast.viewer("auditor")
    taken = Taken("population", Purpose.REPORT, Format.CSV)
    note_export(cast.db, actor=auditor, scheme="wcc", taken=taken, cases=())
    bundle: dict[str, Pub] = {"cases": 0, "entries": 1, "openings": True, "purpose": "court"}
    append(cast.db, "wcc", [Event("log.exported", auditor.pseudonym, bundle)])
    assert passes(cast, "exports")
    facts: dict[str, Pub] = {"what": "population", "cases": 40, "purpose": "curiosity"}
    append(cast.db, "wcc", [Event("population.exported", auditor.pseudonym, facts)])
    [one] = tried(cast, "exports").exceptions
    assert (one.fault.who, one.case) == (auditor.pseudonym, "")
    cast.db.rollback()
