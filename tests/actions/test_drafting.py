"""A long text is saved before it is finished, and gone on with by whoever has the seat."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from conductdesk import clock
from conductdesk.cases.actions.closing import agree_closure
from conductdesk.cases.actions.departing import leave_cases
from conductdesk.cases.actions.destroying import agree_destruction, propose_destruction
from conductdesk.cases.actions.drafting import SavedElsewhere, Unfinished, save_draft
from conductdesk.cases.actions.investigating import set_terms
from conductdesk.cases.actions.rerouting import find_conflict, recuse
from conductdesk.cases.acts import Decision, NewAllegation
from conductdesk.cases.closing_acts import Reason
from conductdesk.cases.drafts import DraftFace, draft_shown
from conductdesk.cases.jobs import destroy_ordered
from conductdesk.cases.models import Case, Draft, DraftKind
from conductdesk.db import Database
from conductdesk.people.actions.offices import end_office, give_office
from conductdesk.people.queries import offices_of
from conductdesk.policy import SYSTEM, Capacity
from conductdesk.refusal import Refused, Stale
from tests.actions import inquiry_steps as steps
from tests.actions.closing_steps import (
    bring_in,
    closed,
    let_worker,
    proposed,
    stop_clock_after,
    verified,
)
from tests.cast import Cast, _join

pytestmark = pytest.mark.both_backends

MARKER = "a sentence that nobody has finished"


def written(text: str = MARKER, page: str = "page one", known: str = "") -> Unfinished:
    """What a page holds."""
    return Unfinished({"facts": [text], "due_on": ["1", "2", ""]}, page, known)


def save(
    cast: Cast,
    case: Case,
    who: str = "investigator",
    kind: DraftKind = DraftKind.REPORT,
    unfinished: Unfinished | None = None,
) -> None:
    cast.let(who, case, save_draft, kind=kind, unfinished=unfinished or written())


def shown(
    cast: Cast, case: Case, who: str = "investigator", kind: DraftKind = DraftKind.REPORT
) -> DraftFace | None:
    return draft_shown(cast.db, case, cast.keys(case, who), kind, cast.viewer(who))


def drafts(cast: Cast) -> list[Draft]:
    return list(cast.db.scalars(select(Draft)))


def test_an_investigator_goes_on_with_what_they_saved(cast: Cast) -> None:
    case = steps.investigating(cast)
    assert shown(cast, case) is None
    before = clock.now()
    save(cast, case)
    found = shown(cast, case)
    assert found is not None
    assert found.answers == {"facts": [MARKER], "due_on": ["1", "2", ""]}
    assert (found.by, found.page) == ("", "page one")
    assert found.saved_at >= before


def test_saving_leaves_no_entry_and_nothing_in_clear(
    cast: Cast, tmp_path: Path, database: Database
) -> None:
    case = steps.investigating(cast)
    count = steps.count_entries(cast, case)
    save(cast, case)
    assert steps.count_entries(cast, case) == count
    assert MARKER.encode() not in drafts(cast)[0].body
    if database.engine.dialect.name == "sqlite":
        assert not [one for one in tmp_path.glob("*.db*") if MARKER.encode() in one.read_bytes()]
    assert verified(cast).problem is None


def test_one_page_saves_as_often_as_it_likes(cast: Cast) -> None:
    case = steps.investigating(cast)
    for text in ("one", "two", "three"):
        save(cast, case, unfinished=written(text))
    found = shown(cast, case)
    assert found is not None
    assert found.answers["facts"] == ["three"]
    assert len(drafts(cast)) == 1


def test_a_page_that_knows_the_last_save_goes_on(cast: Cast) -> None:
    case = steps.investigating(cast)
    save(cast, case)
    save(cast, case, unfinished=written("more", page="page two", known="page one"))
    save(cast, case, unfinished=written("most", page="page two", known="page one"))
    found = shown(cast, case)
    assert found is not None
    assert found.answers["facts"] == ["most"]


def test_an_older_page_saves_nothing_over_a_newer_one(cast: Cast) -> None:
    case = steps.investigating(cast)
    save(cast, case)
    save(cast, case, unfinished=written("newer", page="page two", known="page one"))
    for stale in (written("older"), written("empty", page="page three")):
        with pytest.raises(SavedElsewhere, match="saved from another page"):
            save(cast, case, unfinished=stale)
        cast.db.rollback()
    found = shown(cast, case)
    assert found is not None
    assert found.answers["facts"] == ["newer"]


def test_a_page_that_showed_an_older_state_of_the_case_saves_nothing(cast: Cast) -> None:
    case = steps.investigating(cast)
    with pytest.raises(Stale):
        cast.let(
            "investigator",
            case,
            save_draft,
            kind=DraftKind.REPORT,
            unfinished=written(),
            seen_version=case.version - 1,
        )


@pytest.mark.parametrize("who", ["liaison", "decision_maker", "lead", "auditor", "administrator"])
def test_nobody_saves_a_text_that_another_writes(cast: Cast, who: str) -> None:
    case = steps.investigating(cast)
    with pytest.raises(Refused, match="Only the investigator"):
        save(cast, case, who)
    cast.db.rollback()
    assert drafts(cast) == []


def test_a_text_is_saved_only_while_it_can_be_written(cast: Cast) -> None:
    case = steps.reported(cast)
    with pytest.raises(Refused, match="not possible now"):
        save(cast, case)


def test_a_draft_goes_when_the_report_is_locked(cast: Cast) -> None:
    case = steps.heard(cast)
    save(cast, case)
    steps.lock(cast, case)
    assert drafts(cast) == []


def test_a_draft_goes_when_the_terms_are_set_and_the_others_stay(cast: Cast) -> None:
    case = steps.investigating(cast)
    save(cast, case)
    save(cast, case, "liaison", DraftKind.TERMS)
    more = NewAllegation(steps.party(cast.db, case), "2", "Told a fourth person.")
    cast.let("liaison", case, set_terms, terms=steps.some_terms(more))
    assert [one.kind for one in drafts(cast)] == ["report"]


def test_a_draft_goes_when_the_case_is_decided(cast: Cast) -> None:
    case = steps.reported(cast)
    save(cast, case, "decision_maker", DraftKind.DECISION)
    outcome = steps.ordered(cast.db, case, "apology")
    steps.give(cast, case, Decision(steps.findings(cast.db, case), (outcome,)))
    assert drafts(cast) == []


def leave_office(cast: Cast, who: str) -> None:
    """Let a member give up their office, and with it their seats."""
    departed = partial(leave_cases, cast.db, cast.keystore, SYSTEM)
    held = offices_of(cast.db, cast[who].account)[0]
    end_office(cast.db, held, actor="system", departed=departed)
    cast.db.commit()


def take_over(cast: Cast, case: Case) -> None:
    """Let somebody else of the committee go on as the investigator."""
    member = _join(cast.db, cast.keystore, "newcomer", "Crispin Hollowell")
    give_office(cast.db, member.account, scheme="wcc", office="committee", actor="system")
    cast.members["newcomer"] = member
    bring_in(cast, case, "newcomer", Capacity.INVESTIGATOR)


def test_the_next_investigator_goes_on_with_it(cast: Cast) -> None:
    case = steps.investigating(cast)
    save(cast, case)
    leave_office(cast, "investigator")
    take_over(cast, case)
    found = shown(cast, case, "newcomer")
    assert found is not None
    assert found.by == cast["investigator"].account.name
    save(cast, case, "newcomer", unfinished=written("on", "page two", found.page))


def test_what_somebody_wrote_who_is_kept_away_is_no_draft(cast: Cast) -> None:
    case = steps.investigating(cast)
    save(cast, case)
    cast.let("liaison", case, find_conflict, leaving=cast["investigator"].account)
    assert shown(cast, case, "liaison") is None
    with pytest.raises(Refused, match="Only the investigator"):
        save(cast, case)
    cast.db.rollback()
    take_over(cast, case)
    assert shown(cast, case, "newcomer") is None
    save(cast, case, "newcomer", unfinished=written("anew", page="a page of theirs"))
    found = shown(cast, case, "newcomer")
    assert found is not None
    assert (found.answers["facts"], len(drafts(cast))) == (["anew"], 1)


def test_whoever_recused_themselves_leaves_no_draft(cast: Cast) -> None:
    case = steps.investigating(cast)
    save(cast, case)
    cast.let("investigator", case, recuse)
    assert shown(cast, case, "liaison") is None


def test_whoever_holds_no_key_finds_no_draft(cast: Cast) -> None:
    case = steps.investigating(cast)
    save(cast, case)
    assert shown(cast, case, "outsider") is None


def leave_behind(cast: Cast, case: Case) -> None:
    """Leave a draft on a case that went another way than its author thought."""
    row_id = uuid4()
    body = cast.keys(case, "liaison").seal(Draft.body, row_id, '{"questions": ["Why?"]}')
    facts = {"case_id": case.id, "account_id": cast["liaison"].id, "saved_at": clock.now()}
    cast.db.add(Draft(id=row_id, kind=DraftKind.TERMS, page="", body=body, **facts))
    cast.db.commit()


def test_nothing_unfinished_is_left_when_a_case_closes(cast: Cast) -> None:
    case = proposed(cast)
    leave_behind(cast, case)
    cast.let("chair", case, agree_closure)
    assert drafts(cast) == []


def test_destruction_takes_what_was_left(
    cast: Cast, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands = stop_clock_after(cast, monkeypatch)
    case = closed(cast)
    leave_behind(cast, case)
    hands.pass_by(timedelta(days=367))
    cast.let("liaison", case, propose_destruction, reason=Reason("Its time is over."))
    cast.let("chair", case, agree_destruction)
    let_worker(cast, destroy_ordered, database, cast.keystore)
    assert drafts(cast) == []
    assert verified(cast).problem is None
