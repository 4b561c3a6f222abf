"""A case closes when nothing is open, two people agree, and the auditors get a masked copy."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from conductdesk.audit.checkpoints import mark_restored
from conductdesk.audit.models import LogCheckpoint
from conductdesk.audit.queries import entries_of_case
from conductdesk.cases.actions.answering import answer_withdrawal
from conductdesk.cases.actions.auditing import may_audit
from conductdesk.cases.actions.closing import (
    agree_closure,
    choose_retention,
    note_learning,
    propose_closure,
    withhold_feedback,
)
from conductdesk.cases.actions.copying import (
    draft_audit_copy,
    keep_audit_copy,
    latest_audit_copy,
)
from conductdesk.cases.actions.corresponding import withdraw
from conductdesk.cases.actions.measuring import impose_measure
from conductdesk.cases.actions.proposing import open_proposal, refuse_proposal
from conductdesk.cases.actions.referring import record_override
from conductdesk.cases.actions.reopening import reopen_case
from conductdesk.cases.closing_acts import (
    CheckedCopy,
    Ground,
    MeasureImposed,
    OverrideMade,
    Reason,
    Section,
)
from conductdesk.cases.concern import Concern, Mode
from conductdesk.cases.jobs import ask_grants
from conductdesk.cases.models import NEVER, AuditCopy, Case, Message
from conductdesk.cases.standing import move_facts, open_items
from conductdesk.db import Database
from conductdesk.people.actions.offices import appoint_auditor, end_office
from conductdesk.people.queries import offices_of
from conductdesk.policy import Capacity
from conductdesk.refusal import Refused, Stale
from conductdesk.schemes.calendar import local_day
from conductdesk.vault.actions import fill_requests
from conductdesk.vault.keys import NotGranted
from conductdesk.vault.models import Compartment, KeyGrant, Principal
from tests.actions.closing_steps import (
    WHY,
    bring_in,
    by,
    by_pack,
    carrying_out,
    closable,
    closed,
    let_worker,
    proposed,
    pub_of,
    types_of,
    verified,
)
from tests.cast import Cast, a_concern

pytestmark = pytest.mark.both_backends

SECRETS = ("Barnaby", "Thistlewood", "Marigold", "Ashdown", "marigold@reporter.example")


def telling_concern() -> Concern:
    account = "Barnaby shouted. I, Marigold Ashdown (marigold@reporter.example), left. THISTLEWOOD!"
    return a_concern(account=account)


def copy_of(cast: Cast, case: Case, who: str) -> CheckedCopy:
    copy = latest_audit_copy(cast.db, case)
    assert copy is not None
    return CheckedCopy.from_json(cast.keys(case, who).open(AuditCopy.body, copy))


def test_two_people_close_a_case(cast: Cast) -> None:
    case = closed(cast)
    assert case.state == "closed"
    assert case.closed_at is not None
    assert case.keep_until is not None
    assert (case.keep_until - case.closed_at).days in (365, 366)
    assert case.next_due_at == NEVER
    facts = {"from": "carrying_out", "to": "closed", "class": "no_breach"}
    facts["keep_until"] = local_day(case.keep_until).isoformat()
    assert pub_of(cast, case, "case.closed") == facts
    assert types_of(cast, case)[-6:] == [
        "feedback.given",
        "learning.noted",
        "retention.chosen",
        "audit_copy.checked",
        "closure.proposed",
        "case.closed",
    ]
    assert verified(cast).problem is None


def test_closing_signs_the_head_of_the_log(cast: Cast) -> None:
    closed(cast)
    signed = cast.db.scalars(select(LogCheckpoint).where(LogCheckpoint.purpose == "closure"))
    assert [one.log_id for one in signed] == [cast.pack.key]


def test_a_case_closes_also_where_signing_is_stopped(cast: Cast) -> None:
    case = proposed(cast)
    mark_restored(cast.db)
    cast.let("chair", case, agree_closure)
    assert case.state == "closed"
    assert cast.db.scalars(select(LogCheckpoint)).all() == []


def test_nobody_closes_alone(cast: Cast) -> None:
    case = proposed(cast)
    with pytest.raises(Refused, match="own proposal"):
        cast.let("liaison", case, agree_closure)
    assert case.state == "carrying_out"


def test_there_is_nothing_to_agree_to_before_somebody_proposes(cast: Cast) -> None:
    case = closable(cast)
    with pytest.raises(Refused, match="Nobody has proposed"):
        cast.let("chair", case, agree_closure)


def test_the_second_of_two_who_agree_loses_cleanly(cast: Cast) -> None:
    case = proposed(cast)
    seen = by_pack(cast, case, "chair")
    agree_closure(cast.db, case, cast.keys(case, "chair"), **seen)
    with pytest.raises(Stale):
        agree_closure(cast.db, case, cast.keys(case, "chair"), **seen)


def test_a_case_is_proposed_once_and_may_be_refused_and_proposed_again(cast: Cast) -> None:
    case = proposed(cast)
    keys = cast.keys(case, "liaison")
    with pytest.raises(Refused, match="proposed that already"):
        propose_closure(cast.db, case, keys, reason=WHY, **by_pack(cast, case, "liaison"))
    proposal = open_proposal(cast.db, case, "close")
    assert proposal is not None
    cast.let(
        "chair", case, refuse_proposal, proposal_id=proposal.id, reason=Reason("Ask her once more.")
    )
    propose_closure(cast.db, case, keys, reason=WHY, **by_pack(cast, case, "liaison"))
    cast.db.commit()
    assert verified(cast).problem is None


def test_closing_says_first_what_is_still_missing(cast: Cast) -> None:
    case = carrying_out(cast)
    keys = cast.keys(case, "liaison")
    acting = by_pack(cast, case, "liaison")
    with pytest.raises(Refused, match="Give the reporter feedback"):
        propose_closure(cast.db, case, keys, reason=WHY, **acting)
    reason = Reason("The police asked us not to.")
    withhold_feedback(cast.db, case, keys, reason=reason, **by(cast, case, "liaison"))
    with pytest.raises(Refused, match="what there is to learn"):
        propose_closure(cast.db, case, keys, reason=WHY, **acting)
    note_learning(cast.db, case, keys, text="Nothing new.", **by(cast, case, "liaison"))
    with pytest.raises(Refused, match="how long the case is kept"):
        propose_closure(cast.db, case, keys, reason=WHY, **acting)
    with pytest.raises(Refused, match="retention classes"):
        choose_retention(cast.db, case, keys, chosen="for ever", **acting)
    choose_retention(cast.db, case, keys, chosen="minor", **acting)
    with pytest.raises(Refused, match="Check the copy"):
        propose_closure(cast.db, case, keys, reason=WHY, **acting)
    assert open_proposal(cast.db, case, "close") is None


def test_an_open_measure_keeps_a_case_open_and_is_named(cast: Cast) -> None:
    case = closable(cast)
    keys = cast.keys(case, "liaison")
    measure = MeasureImposed("Apart.", "Risk.", "None.")
    impose_measure(cast.db, case, keys, measure=measure, **by_pack(cast, case, "liaison"))
    with pytest.raises(Refused, match="1 interim measure still in force"):
        propose_closure(cast.db, case, keys, reason=WHY, **by_pack(cast, case, "liaison"))


def test_a_copy_that_is_older_than_the_case_is_checked_again(cast: Cast) -> None:
    case = closable(cast)
    keys = cast.keys(case, "liaison")
    note_learning(cast.db, case, keys, text="One thing more.", **by(cast, case, "liaison"))
    with pytest.raises(Refused, match="Something was added"):
        propose_closure(cast.db, case, keys, reason=WHY, **by_pack(cast, case, "liaison"))


def test_a_copy_that_knows_nothing_of_an_override_is_checked_again(cast: Cast) -> None:
    case = closable(cast)
    keys = cast.keys(case, "liaison")
    override = OverrideMade("All of it", "The borough", Ground.SAFETY, "A risk.", True)
    record_override(cast.db, case, keys, override=override, **by(cast, case, "liaison"))
    with pytest.raises(Refused, match="Something was added"):
        propose_closure(cast.db, case, keys, reason=WHY, **by_pack(cast, case, "liaison"))


def test_a_wish_to_stop_keeps_a_case_open_until_somebody_decides_on_it(cast: Cast) -> None:
    case = carrying_out(cast)
    withdraw(cast.db, case, cast.reporter_keys(case), reason="")
    assert "a wish to stop that nobody has decided on" in open_items(cast.db, case)
    keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
    answer_withdrawal(cast.db, case, keys, actor=actor, go_on=True, reason="Others are at risk.")
    assert open_items(cast.db, case) == ()


def test_whoever_lacks_a_key_does_not_propose(cast: Cast) -> None:
    case = closable(cast)
    cast.db.execute(KeyGrant.__table__.delete().where(KeyGrant.principal_id == _key(cast)))  # type: ignore[attr-defined]  # a Table
    with pytest.raises(Refused, match="lack keys"):
        cast.let("liaison", case, propose_closure, reason=WHY)
    cast.db.rollback()


def _key(cast: Cast, who: str = "liaison") -> UUID | None:
    return cast[who].account.principal_id


def test_the_draft_of_the_copy_names_nobody(cast: Cast) -> None:
    case = carrying_out(cast, telling_concern())
    draft = draft_audit_copy(cast.db, case, cast.keys(case, "liaison"))
    text = "\n".join(section.text for section in draft)
    assert not [secret for secret in SECRETS if secret.casefold() in text.casefold()]
    assert "Respondent A shouted. I, the reporter (the reporter), left. Respondent A!" in text
    assert [section.title for section in draft] == [
        "What was reported",
        "Who was involved",
        "Triage",
    ]
    assert "route: Advice" in text or "Route: advice" in text


def test_a_checked_copy_that_still_names_somebody_is_refused(cast: Cast) -> None:
    case = carrying_out(cast)
    copy = CheckedCopy((Section("What happened", "It was Thistlewood, said Marigold."),))
    with pytest.raises(Refused, match="name Respondent A and the reporter"):
        cast.let("liaison", case, keep_audit_copy, copy=copy)
    assert latest_audit_copy(cast.db, case) is None


def test_only_who_reads_everything_checks_the_copy(cast: Cast) -> None:
    case = carrying_out(cast)
    with pytest.raises(NotGranted):
        draft_audit_copy(cast.db, case, cast.keys(case))
    copy = CheckedCopy((Section("What happened", "Enough."),))
    with pytest.raises(NotGranted):
        keep_audit_copy(cast.db, case, cast.keys(case), copy=copy, **by(cast, case, "liaison"))


def test_an_anonymous_case_has_a_copy_too(cast: Cast) -> None:
    case = closed(cast, a_concern(mode=Mode.ANONYMOUS))
    assert copy_of(cast, case, "auditor").sections


def test_the_auditor_holds_no_key_before_closure_and_the_record_after(cast: Cast) -> None:
    case = proposed(cast)
    assert not any(cast.keys(case, "auditor").holds(part) for part in Compartment)
    cast.let("chair", case, agree_closure)
    keys = cast.keys(case, "auditor")
    assert [part for part in Compartment if keys.holds(part)] == [Compartment.RECORD]
    assert copy_of(cast, case, "auditor").sections[0].title == "What was reported"
    with pytest.raises(NotGranted):
        keys.open(Message.body, cast.db.scalars(select(Message)).first())  # type: ignore[arg-type]  # there is one


def test_the_auditor_opens_every_detail_and_none_tells_who_reported(cast: Cast) -> None:
    case = closed(cast, telling_concern())
    keys = cast.keys(case, "auditor")
    entries = entries_of_case(cast.db, cast.pack.key, case.pseudonym)
    details = [keys.open_detail(entry) for entry in entries if entry.sealed is not None]
    assert None not in details
    assert not [secret for secret in SECRETS if secret in str(details)]


def test_an_auditor_who_ever_sat_on_the_case_gets_nothing(cast: Cast) -> None:
    case = proposed(cast)
    bring_in(cast, case, "deputy")
    for office in offices_of(cast.db, cast["deputy"].account):
        end_office(cast.db, office, actor="system")
    for who in ("deputy", "outsider"):
        appoint_auditor(cast.db, cast[who].account, scheme=cast.pack.key, actor="system")
    cast.let("chair", case, agree_closure)
    assert not may_audit(cast.db, case, _principal(cast, "deputy").id)
    assert cast.keys(case, "outsider").holds(Compartment.RECORD)
    assert may_audit(cast.db, case, _principal(cast, "outsider").id)


def _principal(cast: Cast, who: str) -> Principal:
    return cast.db.get_one(Principal, _key(cast, who))


def test_an_auditor_appointed_after_closure_is_let_in_by_a_holder(
    cast: Cast, database: Database
) -> None:
    case = closed(cast)
    appoint_auditor(cast.db, cast["outsider"].account, scheme=cast.pack.key, actor="system")
    cast.db.commit()
    let_worker(cast, ask_grants, database, cast.keystore)
    let_worker(cast, ask_grants, database, cast.keystore)
    assert types_of(cast, case).count("grant.requested") == 1
    keys = cast.keys(case, "liaison")
    events = fill_requests(
        cast.db,
        keys,
        lambda request: may_audit(cast.db, case, request.principal_id),
        case_pseudonym=case.pseudonym,
        actor=cast.viewer("liaison").pseudonym,
    )
    assert [event.type for event in events] == ["grant.made"]
    cast.db.rollback()


def reopened(cast: Cast) -> Case:
    case = closed(cast)
    bring_in(cast, case, "deputy")
    cast.let("deputy", case, reopen_case, reason=Reason("A witness came forward."))
    return case


def test_somebody_who_had_no_part_reopens_a_case(cast: Cast) -> None:
    case = reopened(cast)
    assert case.state == "acknowledged"
    assert (case.closed_at, case.keep_until, case.retention_class) == (None, None, None)
    assert pub_of(cast, case, "case.reopened") == {"from": "closed", "to": "acknowledged"}
    assert not move_facts(cast.db, case).retention_set
    assert verified(cast).problem is None


def test_a_reopened_case_is_closed_to_its_auditors_again(cast: Cast) -> None:
    case = reopened(cast)
    assert not cast.keys(case, "auditor").holds(Compartment.RECORD)
    assert not may_audit(cast.db, case, _principal(cast, "auditor").id)
    assert cast.keys(case, "liaison").holds_every_epoch(Compartment.RECORD)


@pytest.mark.parametrize("who", ["liaison", "chair"])
def test_whoever_had_a_part_does_not_reopen(cast: Cast, who: str) -> None:
    case = closed(cast)
    with pytest.raises(Refused, match="had no part"):
        cast.let(who, case, reopen_case, reason=WHY)
    assert case.state == "closed"


def test_a_second_who_agreed_to_close_does_not_reopen(cast: Cast) -> None:
    case = proposed(cast)
    bring_in(cast, case, "deputy", Capacity.SECOND)
    cast.let("deputy", case, agree_closure)
    with pytest.raises(Refused, match="had no part"):
        cast.let("deputy", case, reopen_case, reason=WHY)
