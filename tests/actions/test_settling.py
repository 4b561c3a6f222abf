"""What was agreed informally is seen through: its own clock runs until somebody says what came of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conductdesk.cases.actions.carrying_out import begin_carrying_out
from conductdesk.cases.actions.closing import propose_closure
from conductdesk.cases.actions.copying import draft_audit_copy
from conductdesk.cases.actions.holding import begin_hold, end_hold
from conductdesk.cases.actions.settling import end_agreement, record_agreement
from conductdesk.cases.clocks import AGREED
from conductdesk.cases.closing_acts import (
    Agreement,
    AgreementEnded,
    Hold,
    HoldBegun,
    HoldEnded,
    Reason,
)
from conductdesk.cases.days import end_of, today
from conductdesk.cases.inquiry import documents_of
from conductdesk.cases.models import NEVER, Case, DocumentKind
from conductdesk.cases.needs import Route
from conductdesk.cases.standing import open_items
from conductdesk.refusal import Refused, Stale
from tests.actions.closing_steps import (
    by,
    by_pack,
    clock_of,
    pub_of,
    types_of,
    verified,
)
from tests.actions.people_steps import Hands
from tests.cast import Cast

pytestmark = pytest.mark.both_backends


def settled(cast: Cast, *whats: str) -> Case:
    """Return a case in which something was agreed, due in a week."""
    case = cast.triaged(Route.INFORMAL)
    for what in whats or ("A new pairing.",):
        agree(cast, case, what)
    return case


def agree(cast: Cast, case: Case, what: str) -> None:
    given = Agreement(what, "The handler", today() + timedelta(days=7), "Both wrote so.")
    keys = cast.keys(case, "liaison")
    record_agreement(cast.db, case, keys, agreement=given, **by_pack(cast, case, "liaison"))
    cast.db.commit()


def end(cast: Cast, case: Case, place: int = 0, *, done: bool = True, who: str = "liaison") -> None:
    row = documents_of(cast.db, case, DocumentKind.AGREEMENT)[place]
    ended = AgreementEnded(row.id, done, "Both told me on the telephone.")
    cast.let(who, case, end_agreement, ended=ended)


def test_the_clock_of_an_agreement_runs_until_it_was_done(cast: Cast, hands: Hands) -> None:
    case = settled(cast)
    running = clock_of(cast, case, AGREED)
    assert running.due_at == case.next_due_at == end_of(today() + timedelta(days=7))
    hands.pass_by(timedelta(days=3))
    end(cast, case)
    assert running.met_at == hands.moment
    assert case.next_due_at != running.due_at
    assert types_of(cast, case)[-1] == "agreement.ended"
    assert pub_of(cast, case, "agreement.ended") == {"done": True}
    assert verified(cast).problem is None


def test_what_was_not_done_is_on_record_and_keeps_no_clock_running(cast: Cast) -> None:
    case = settled(cast)
    end(cast, case, done=False)
    running = clock_of(cast, case, AGREED)
    assert running.met_at is None
    assert running.dropped_at is not None
    assert pub_of(cast, case, "agreement.ended") == {"done": False}


def test_each_agreement_has_a_clock_of_its_own(cast: Cast) -> None:
    case = settled(cast, "A new pairing.", "A letter.")
    assert open_items(cast.db, case) == ("2 agreements not seen through yet",)
    end(cast, case, 1)
    assert open_items(cast.db, case) == ("1 agreement not seen through yet",)
    with pytest.raises(Refused, match="on record already"):
        end(cast, case, 1)
    end(cast, case, 0)
    assert open_items(cast.db, case) == ()


def test_no_case_closes_while_nobody_has_said_what_became_of_the_agreement(cast: Cast) -> None:
    case = settled(cast)
    keys = cast.keys(case, "liaison")
    begin_carrying_out(cast.db, case, keys, **by_pack(cast, case, "liaison"))
    cast.db.commit()
    acting, reason = by_pack(cast, case, "liaison"), Reason("It is settled.")
    with pytest.raises(Refused, match="1 agreement not seen through yet"):
        propose_closure(cast.db, case, keys, reason=reason, **acting)
    end(cast, case)
    with pytest.raises(Refused, match="feedback"):
        propose_closure(cast.db, case, keys, reason=reason, **acting)
    assert case.next_due_at != NEVER  # the feedback is owed


def test_the_copy_for_the_auditors_tells_what_became_of_it(cast: Cast) -> None:
    case = settled(cast)
    end(cast, case)
    sections = draft_audit_copy(cast.db, case, cast.keys(case, "liaison"))
    text = next(one.text for one in sections if one.title == "What was agreed informally")
    assert text.endswith(" was done. Both told me on the telephone.")


def test_a_hold_stops_the_clock_of_an_agreement_too(cast: Cast, hands: Hands) -> None:
    case = settled(cast)
    running = clock_of(cast, case, AGREED)
    due_at, keys = running.due_at, cast.keys(case, "liaison")
    begun = HoldBegun(Hold.POLICE, "They asked us to wait.")
    begin_hold(cast.db, case, keys, hold=begun, **by(cast, case, "liaison"))
    hands.pass_by(timedelta(days=30))
    ended = HoldEnded(Hold.POLICE, "They have finished.", "The police", "Go on.")
    end_hold(cast.db, case, keys, hold=ended, **by(cast, case, "liaison"))
    cast.db.commit()
    assert running.due_at == due_at + timedelta(days=30)


def test_only_whoever_is_in_charge_says_so_and_not_from_an_old_page(cast: Cast) -> None:
    case = settled(cast)
    row = documents_of(cast.db, case, DocumentKind.AGREEMENT)[0]
    ended = AgreementEnded(row.id, done=True, words="It was.")
    with pytest.raises(Refused, match="Only the officer in charge"):
        end_agreement(cast.db, case, cast.keys(case), ended=ended, **by(cast, case, "outsider"))
    acting = by(cast, case, "liaison") | {"seen_version": case.version - 1}
    with pytest.raises(Stale):
        end_agreement(cast.db, case, cast.keys(case, "liaison"), ended=ended, **acting)


def test_nothing_is_ended_that_was_not_agreed_on_this_case(cast: Cast) -> None:
    case, other = settled(cast), settled(cast)
    row = documents_of(cast.db, other, DocumentKind.AGREEMENT)[0]
    ended = AgreementEnded(row.id, done=True, words="It was.")
    keys, acting = cast.keys(case, "liaison"), by(cast, case, "liaison")
    with pytest.raises(Refused, match="on record already"):
        end_agreement(cast.db, case, keys, ended=ended, **acting)


@pytest.mark.parametrize(("done", "sentence"), [(True, "how one can see"), (False, "why it was")])
def test_an_end_without_words_is_refused(cast: Cast, done: bool, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        AgreementEnded(cast["liaison"].id, done, " ")
