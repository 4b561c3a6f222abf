"""The auditors get a masked copy of a closed case, and its record: nothing before, and no name."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from conductdesk.audit.queries import entries_of_case
from conductdesk.cases.actions.auditing import may_audit
from conductdesk.cases.actions.closing import agree_closure
from conductdesk.cases.actions.copying import draft_audit_copy, keep_audit_copy, latest_audit_copy
from conductdesk.cases.closing_acts import CheckedCopy, Section
from conductdesk.cases.concern import Concern, Mode
from conductdesk.cases.jobs import ask_grants
from conductdesk.cases.models import AuditCopy, Case, Message
from conductdesk.cases.queries import facts_of
from conductdesk.db import Database
from conductdesk.people.actions.offices import appoint_auditor, end_office
from conductdesk.people.queries import offices_of
from conductdesk.policy import Permission, may
from conductdesk.refusal import Refused
from conductdesk.vault.keys import NotGranted
from conductdesk.vault.models import Compartment
from tests.actions.audit_steps import unlock
from tests.actions.closing_steps import (
    bring_in,
    by,
    carrying_out,
    closed,
    key_id,
    let_worker,
    proposed,
    types_of,
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
    assert "Route: Advice. It fits the code." in text


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
    assert not may_audit(cast.db, case, key_id(cast, "deputy"))
    assert cast.keys(case, "outsider").holds(Compartment.RECORD)
    assert may_audit(cast.db, case, key_id(cast, "outsider"))


def test_an_auditor_appointed_after_closure_is_let_in_by_a_holder(
    cast: Cast, database: Database
) -> None:
    case = closed(cast)
    appoint_auditor(cast.db, cast["outsider"].account, scheme=cast.pack.key, actor="system")
    cast.db.commit()
    let_worker(cast, ask_grants, database, cast.keystore)
    let_worker(cast, ask_grants, database, cast.keystore)
    assert types_of(cast, case).count("grant.requested") == 1
    assert not may(cast.viewer("outsider"), Permission.REVIEW, facts_of(cast.db, case))
    unlock(cast, "liaison")
    assert may(cast.viewer("outsider"), Permission.REVIEW, facts_of(cast.db, case))
    assert cast.keys(case, "outsider").holds(Compartment.RECORD)
