"""An end that holds in every organisation: who is told, what they read, and when it is done."""

from __future__ import annotations

import pytest

from conductdesk.cases.actions.carrying_out import propose_waiver, prove_outcome
from conductdesk.cases.actions.everywhere import (
    confirm_ending,
    note_confirmation,
    tell_organisations,
)
from conductdesk.cases.actions.rerouting import find_conflict
from conductdesk.cases.acts import OutcomeProven, WaiverProposed
from conductdesk.cases.endings import NOT_READABLE, endings_for
from conductdesk.cases.inquiry import open_outcomes, outcomes_of
from conductdesk.cases.models import Case, EndingCopy
from conductdesk.cases.queries import visible_cases
from conductdesk.cases.request_acts import Confirmed
from conductdesk.refusal import Refused
from tests.actions.everywhere_steps import an_end, later, outcome_id, telling_id
from tests.actions.interest_steps import declare
from tests.cast import Cast


def told(cast: Cast, who: str) -> list[str]:
    shown = endings_for(cast.db, cast.keystore, cast[who].keyring, cast.viewer(who))
    return [f"{one.name}, {one.organisation}" for one in shown]


def confirm(cast: Cast, case: Case, who: str, organisation: str) -> None:
    about = telling_id(cast, case, organisation)
    mine, actor = cast[who].keyring, cast.viewer(who)
    confirm_ending(cast.db, cast.keystore, mine, actor=actor, telling_id=about)
    cast.db.commit()


@pytest.mark.both_backends
def test_each_organisation_is_told_the_name_alone_and_the_end_is_done_when_all_confirmed(
    cast: Cast,
) -> None:
    case = an_end(cast, north="deputy", south="appeal_body")
    ending, proof = outcome_id(cast, case), OutcomeProven(outcome_id(cast, case), "All agreed.")
    with pytest.raises(Refused, match="time to appeal"):
        cast.let("liaison", case, tell_organisations, outcome_id=ending)
    cast.db.rollback()
    with later():
        with pytest.raises(Refused, match="yet by: North, South"):
            cast.let("liaison", case, prove_outcome, proven=proof)
        cast.let("liaison", case, tell_organisations, outcome_id=ending)
        assert told(cast, "deputy") == ["Barnaby Thistlewood, North"]
        assert told(cast, "liaison") == []
        deputy = cast.viewer("deputy")
        assert not cast.db.scalars(visible_cases(deputy).where(Case.id == case.id)).all()
        assert (
            endings_for(cast.db, cast.keystore, cast["liaison"].keyring, deputy)[0].name
            == NOT_READABLE
        )
        copies = cast.db.query(EndingCopy).all()
        assert all(b"Thistlewood" not in copy.name for copy in copies)
        confirm(cast, case, "deputy", "north")
        with pytest.raises(Refused, match="yet by: South"):
            cast.let("liaison", case, prove_outcome, proven=proof)
        confirm(cast, case, "appeal_body", "south")
        cast.let("liaison", case, prove_outcome, proven=proof)
        assert not open_outcomes(cast.db, case)


def test_nobody_confirms_for_another_organisation_or_twice_and_it_is_not_given_up_once_told(
    cast: Cast,
) -> None:
    case = an_end(cast, north="deputy", south="appeal_body")
    with later():
        cast.let("liaison", case, tell_organisations, outcome_id=outcome_id(cast, case))
        with pytest.raises(Refused, match="nothing for you"):
            confirm(cast, case, "deputy", "south")
        confirm(cast, case, "deputy", "north")
        with pytest.raises(Refused, match="already"):
            confirm(cast, case, "deputy", "north")
        with pytest.raises(Refused, match="already"):
            cast.let("liaison", case, tell_organisations, outcome_id=outcome_id(cast, case))
        waiver = WaiverProposed(outcome_id(cast, case), "It is enough.")
        with pytest.raises(Refused, match="cannot be given up"):
            cast.let("liaison", case, propose_waiver, waiver=waiver)


def test_whoever_is_kept_away_is_not_told_and_the_handler_records_who_confirmed_instead(
    cast: Cast,
) -> None:
    case = an_end(cast, north="deputy", south="appeal_body")
    cast.let("liaison", case, find_conflict, leaving=cast["deputy"].account)
    with later():
        cast.let("liaison", case, tell_organisations, outcome_id=outcome_id(cast, case))
        assert told(cast, "deputy") == []
        with pytest.raises(Refused, match="nothing for you"):
            confirm(cast, case, "deputy", "north")
        said = Confirmed(outcome_id(cast, case), "north", "Their director, in a letter.")
        cast.let("liaison", case, note_confirmation, confirmed=said)
        with pytest.raises(Refused, match="Choose an organisation"):
            cast.let("liaison", case, note_confirmation, confirmed=said)
        cast.let("liaison", case, find_conflict, leaving=cast["appeal_body"].account)
        with pytest.raises(Refused, match="nothing for you"):
            confirm(cast, case, "appeal_body", "south")


def test_whoever_is_tied_to_the_person_since_reads_and_confirms_nothing_any_more(
    cast: Cast,
) -> None:
    case = an_end(cast, north="deputy", south="appeal_body")
    with later():
        cast.let("liaison", case, tell_organisations, outcome_id=outcome_id(cast, case))
        declare(cast, "deputy")
        assert told(cast, "deputy") == []
        with pytest.raises(Refused, match="nothing for you"):
            confirm(cast, case, "deputy", "north")
        cast.db.rollback()
        assert told(cast, "appeal_body") == ["Barnaby Thistlewood, South"]


def test_an_end_that_an_appeal_holds_up_or_set_aside_is_not_shown(cast: Cast) -> None:
    case = an_end(cast, north="deputy", south="appeal_body")
    with later():
        cast.let("liaison", case, tell_organisations, outcome_id=outcome_id(cast, case))
        case.state = "appealed"
        assert told(cast, "deputy") == []
        case.state = "carrying_out"
        assert len(told(cast, "deputy")) == 1
        outcomes_of(cast.db, case)[0].state = "set_aside"
        assert told(cast, "deputy") == []
