"""A closed case is reopened by somebody who had no part in it."""

from __future__ import annotations

import pytest

from conductdesk.cases.actions.auditing import may_audit
from conductdesk.cases.actions.closing import agree_closure
from conductdesk.cases.actions.reopening import reopen_case
from conductdesk.cases.closing_acts import Reason
from conductdesk.cases.models import Case
from conductdesk.cases.standing import move_facts
from conductdesk.policy import Capacity
from conductdesk.refusal import Refused
from conductdesk.vault.models import Compartment
from tests.actions.closing_steps import WHY, bring_in, closed, key_id, proposed, pub_of, verified
from tests.cast import Cast

pytestmark = pytest.mark.both_backends


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
    assert not may_audit(cast.db, case, key_id(cast, "auditor"))
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
