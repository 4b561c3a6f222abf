"""Findings of an audit that rest on several of its cases, or on the scheme as a whole."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from conductdesk.audit.record import read_head
from conductdesk.cases.actions.auditing import ask_for_auditors
from conductdesk.cases.actions.destroying import destroy_rows
from conductdesk.cases.actions.rerouting import find_conflict
from conductdesk.cases.faces.scheme_findings import ELSEWHERE, WHOLE, findings_to_answer
from conductdesk.cases.models import Case, FindingCopy, SchemeFinding
from conductdesk.cases.scheme_findings import CHANGED, NOT_YET
from conductdesk.people.actions.offices import appoint_auditor, give_office
from conductdesk.refusal import Refused
from tests.actions.audit_steps import (
    SEEN,
    answer,
    begun,
    found_in,
    in_days,
    report,
    settle_it,
    unlock,
)
from tests.actions.closing_steps import closed, verified
from tests.actions.interest_steps import declare, naming
from tests.cast import Cast
from tests.log_reading import entry_at


def told(cast: Cast, who: str) -> list[tuple[str, str]]:
    """Return what a finding that is for an office of theirs rests on, and what it says."""
    shown = findings_to_answer(cast.db, cast[who].keyring, cast.viewer(who))
    cast.db.rollback()
    return [(one.seen_on, one.finding.observation) for one in shown]


def other_case(cast: Cast) -> Case:
    return closed(cast, naming("Ulysses Invented-Nowhere"))


@pytest.mark.both_backends
def test_a_finding_on_several_cases_is_answered_proven_and_closed(cast: Cast) -> None:
    cases, engagement = (closed(cast), other_case(cast)), begun(cast)
    made, names = found_in(cast, engagement, *cases), sorted(one.code_name for one in cases)
    assert told(cast, "liaison") == [(", ".join(names), SEEN)]
    assert told(cast, "chair") == []
    answer(cast, made)
    settle_it(cast, made, proven=False)
    [shown] = report(cast, engagement).findings
    assert (shown.seen_on, shown.finding.stage) == (", ".join(names), "Waits for a proof")
    assert (shown.finding.reply, shown.finding.verdict) == ("We write it down.", "I saw it.")
    assert report(cast, engagement).counts["findings"] == 1
    text = str(cast.db.execute(select(FindingCopy)).all()) + repr(entries(cast))
    assert "zinnwaldite" not in text
    assert not any(one.pseudonym in repr(entries(cast)[-1]) for one in cases)
    assert verified(cast).problem is None


def entries(cast: Cast) -> list[object]:
    size = read_head(cast.db, "wcc").size
    return [entry_at(cast.db, "wcc", idx) for idx in range(size)]


def test_a_finding_on_the_scheme_as_a_whole_needs_no_case(cast: Cast) -> None:
    engagement = begun(cast)
    made = found_in(cast, engagement)
    assert told(cast, "liaison") == [(WHOLE, SEEN)]
    answer(cast, made)
    settle_it(cast, made, proven=True)
    [shown] = report(cast, engagement).findings
    assert (shown.seen_on, shown.finding.stage) == (WHOLE, "Closed")
    with pytest.raises(Refused, match="closed"):
        settle_it(cast, made, proven=True)
    assert verified(cast).problem is None


def test_what_nobody_could_act_on_is_refused(cast: Cast) -> None:
    case, engagement = closed(cast), begun(cast)
    for cases, changes, words in (
        ((case,), {}, "on that case"),
        ((), {"owner": "nobody"}, "office that somebody holds"),
        ((), {"due_on": in_days(-1)}, "day"),
        ((case, cast.attested()), {}, "auditor"),
    ):
        with pytest.raises(Refused, match=words):
            found_in(cast, engagement, *cases, **changes)
        cast.db.rollback()
    made = found_in(cast, engagement)
    with pytest.raises(Refused, match="no such finding"):
        answer(cast, made, "chair")
    cast.db.rollback()
    with pytest.raises(Refused, match="no proof"):
        settle_it(cast, made, proven=True)


@pytest.mark.both_backends
def test_whoever_is_kept_from_one_of_its_cases_never_learns_of_it(cast: Cast) -> None:
    cases, engagement = (closed(cast), other_case(cast)), begun(cast)
    appoint_auditor(cast.db, cast["outsider"].account, scheme="wcc", actor="system")
    cast.db.commit()
    for one in cases:  # the cases are compared with them
        ask_for_auditors(cast.db, one, cast.keys(one, None))
    unlock(cast, "liaison")
    made = found_in(cast, engagement, *cases)
    assert len(report(cast, engagement, "outsider").findings) == 1
    declare(cast, "outsider")
    cast.let("chair", cases[1], find_conflict, leaving=cast["liaison"].account)
    assert report(cast, engagement, "outsider").findings == ()
    assert told(cast, "liaison") == []
    with pytest.raises(Refused, match="no such finding"):
        answer(cast, made)
    cast.db.rollback()
    unlock(cast, "auditor")  # and what they had is dropped by the next who signs in
    readers = set(cast.db.scalars(select(FindingCopy.principal_id)))
    assert readers == {cast["auditor"].account.principal_id}


def test_who_comes_into_the_office_reads_it_when_somebody_who_can_signs_in(cast: Cast) -> None:
    cases, engagement = (closed(cast), other_case(cast)), begun(cast)
    found_in(cast, engagement, *cases)
    outsider = cast["outsider"].account
    give_office(cast.db, outsider, scheme="wcc", office="liaison", actor="system")
    cast.db.commit()
    assert told(cast, "outsider") == [(ELSEWHERE, NOT_YET)]
    unlock(cast, "auditor")
    assert told(cast, "outsider") == [(ELSEWHERE, SEEN)]


def test_words_that_somebody_exchanged_are_not_shown(cast: Cast) -> None:
    made = found_in(cast, begun(cast))
    cast.db.execute(update(SchemeFinding).where(SchemeFinding.id == made).values(words="0" * 64))
    assert told(cast, "liaison") == [(WHOLE, CHANGED)]


def test_nobody_comes_to_know_of_a_finding_when_one_of_its_cases_is_destroyed(cast: Cast) -> None:
    cases, engagement = (closed(cast), other_case(cast)), begun(cast)
    cast.let("chair", cases[1], find_conflict, leaving=cast["liaison"].account)
    made = found_in(cast, engagement, *cases)
    assert told(cast, "liaison") == []
    cases[1].state = "destroyed"  # as two people order it
    cast.db.flush()
    destroy_rows(cast.db, cases[1].id)
    cast.db.commit()
    assert len(cast.db.scalars(select(Case)).all()) == 1
    assert told(cast, "liaison") == []
    unlock(cast, "auditor")
    assert told(cast, "liaison") == []
    with pytest.raises(Refused, match="no such finding"):
        answer(cast, made)
    cast.db.rollback()
    assert [one.finding.observation for one in report(cast, engagement).findings] == [SEEN]
