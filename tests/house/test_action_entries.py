"""One action leaves exactly one action entry, beside one for each grant of a key.

The demo's stories run with a spy around every public action; the code itself says which functions
are actions, so that a new one is not forgotten.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from conductdesk import clock
from conductdesk.cases.actions import (
    adding,
    auditing,
    carrying_out,
    checking,
    consenting,
    departing,
    following_up,
    joining,
    lifting,
    measuring,
    parting,
    proposing,
    receiving,
    recovering,
    referring,
    refusing,
    renewing,
)
from conductdesk.cases.actions.receiving import receive
from conductdesk.cases.acts import WaiverAnswered, WaiverProposed
from conductdesk.cases.closing_acts import (
    MeasureEnding,
    MeasureImposed,
    NoReferral,
    Reason,
)
from conductdesk.cases.concern import Answer, Part, PersonNamed
from conductdesk.cases.inquiry import outcomes_of
from conductdesk.cases.models import Consent, Proposal
from conductdesk.cases.sharing import Sharing
from conductdesk.demo.loading import load
from conductdesk.demo.stories import Receipts
from conductdesk.people.actions.offices import appoint_auditor, end_office, give_office
from conductdesk.people.queries import offices_of
from conductdesk.policy import SYSTEM
from conductdesk.vault.receipts import Receipt
from conductdesk.vault.recovery import combine, keygen
from conductdesk.vault.scanning import MalwareFound
from tests.actions import inquiry_steps as steps
from tests.actions.closing_steps import by, by_pack, closed
from tests.actions.entered import entered
from tests.actions.interest_steps import declare
from tests.actions.tending_steps import lose_key
from tests.cast import CHEAP, Cast, a_concern
from tests.conftest import settings_in
from tests.house.action_spy import Spy, install, public_actions
from tests.house.audit_stories import answer_auditors
from tests.house.more_stories import (
    ask_for_things,
    end_everywhere,
    find_the_organisation,
    prepare_a_step,
    raise_a_small_matter,
    spend_hours,
    vote_together,
)

MAY_LEAVE_NONE: dict[str, str] = {
    "attest": "there is nothing new to say the second time",
    "note_parties_shown": "once for each sign-in",
    "note_read": "once for each sign-in",
    "receive": "a receipt that is known returns its own case",
    "tend": "no case needed it",
    "ask_anew": "the old key held no case",
    "ask_for_auditors": "every auditor has asked",
    "ask_what_is_due": "no check-in is due",
    "end_what_ran_out": "nothing has run out",
    "end_glass": "no time is over",
    "shut_former_out": "nobody ceased to audit",
}
"""Actions that leave no entry where they change nothing, each with the reason."""

SHARING = Sharing("That she is afraid.", "By her name", "Her school", "In a letter", "At once")


@pytest.fixture(scope="module")
def spy(tmp_path_factory: pytest.TempPathFactory) -> Spy:
    """What every action left while the demo's stories went on."""
    folder, found = tmp_path_factory.mktemp("stories"), Spy()
    urls = (f"sqlite:///{folder / name}.db" for name in ("conductdesk", "keystore"))
    settings = replace(settings_in(folder, *urls), demo=True)
    with pytest.MonkeyPatch.context() as monkeypatch:
        install(found, monkeypatch)
        load(settings, Receipts(), progress=lambda _month: None, cost=CHEAP)
    return found


def test_the_actions_are_found_in_the_code() -> None:
    found = public_actions()
    assert len(found) > 45, sorted(found)
    assert {"receive", "decide", "agree_closure", "recuse", "reveal_identity"} <= set(found)
    assert found["receive"] is receive
    assert not {"candidates", "live_seats", "draft_audit_copy"} & set(found)


@pytest.fixture
def the_rest(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Spy:
    """What the actions left that no story of the demo runs."""
    found = Spy()
    install(found, monkeypatch)
    take_what_was_drawn_up(cast)
    safeguard(cast)
    check_what_was_written_down(cast)
    join_and_part(cast)
    let_in(cast)
    give_up(cast)
    tend_the_closed(cast)
    answer_auditors(cast)
    recover(cast)
    ask_for_things(cast)
    spend_hours(cast)
    find_the_organisation(cast)
    end_everywhere(cast)
    prepare_a_step(cast)
    vote_together(cast)
    raise_a_small_matter(cast)
    leave(cast)
    declare(cast, "outside")
    return found


def leave(cast: Cast) -> None:
    """Give up an office in the middle of a case."""
    cast.received()
    held = offices_of(cast.db, cast["liaison"].account)[0]
    departed = partial(departing.leave_cases, cast.db, cast.keystore, SYSTEM)
    end_office(cast.db, held, actor="system", departed=departed)
    cast.db.commit()


def check_what_was_written_down(cast: Cast) -> None:
    """Enter a concern twice; one reporter says it is right, the other not, and exchanges receipts."""
    right, wrong = entered(cast), entered(cast)
    checking.confirm_note(cast.db, right, cast.reporter_keys(right))
    checking.correct_note(cast.db, wrong, cast.reporter_keys(wrong), text="It was in spring.")
    checking.exchange_receipt(cast.db, wrong, cast.reporter_keys(wrong))
    cast.db.commit()


def join_and_part(cast: Cast) -> None:
    """Join a case to another, and undo it."""
    into, case = cast.triaged(), cast.triaged()
    cast.let("liaison", case, joining.join_case, into=into, reason=Reason("One meeting."))
    cast.let("liaison", case, parting.undo_joining, reason=Reason("Two meetings."))


def safeguard(cast: Cast) -> None:
    """Propose twice not to refer; change parties, consents and measures."""
    case = cast.triaged(concern=a_concern(at_risk=Answer.YES))
    db, keys, lead = cast.db, cast.keys(case, "liaison"), cast.keys(case, "lead")
    actor, why = cast.viewer("liaison"), Reason("It is known there.")
    refusal = NoReferral("The police", "Nobody broke a law.")
    first = referring.propose_no_referral(
        db, case, keys, refusal=refusal, **by(cast, case, "liaison")
    )
    referring.agree_no_referral(db, case, lead, proposal_id=first.id, **by_pack(cast, case, "lead"))
    second = referring.propose_no_referral(
        db, case, keys, refusal=refusal, **by(cast, case, "liaison")
    )
    proposing.refuse_proposal(
        db, case, lead, proposal_id=second.id, reason=why, **by(cast, case, "lead")
    )
    adding.add_party(db, case, keys, actor=actor, name="Somebody Else", part=Part.WITNESS)
    consenting.note_consent(db, case, keys, actor=actor, sharing=SHARING)
    given = db.scalars(select(Consent).where(Consent.case_id == case.id)).all()[-1]
    consenting.end_consent(db, case, keys, actor=actor, consent_id=given.id)
    consenting.note_consent(db, case, keys, actor=actor, sharing=SHARING)
    given = db.scalars(select(Consent).where(Consent.withdrawn_at.is_(None))).all()[-1]
    consenting.take_back_consent(db, case, cast.reporter_keys(case), consent_id=given.id)
    measure = MeasureImposed("No contact.", "She is afraid.", "A talk is not enough.")
    imposed = measuring.impose_measure(
        db, case, keys, measure=measure, **by_pack(cast, case, "liaison")
    )
    ending = MeasureEnding(imposed.id, "He has left.")
    measuring.end_measure(db, case, keys, ending=ending, **by(cast, case, "liaison"))
    refusing.note_refusal(db, actor=cast.viewer("outsider"))
    refusing.note_still_named(db, case, keys, actor=actor, named=("the reporter",))
    refusing.note_malware(db, case, keys, actor=actor, found=MalwareFound("Eicar-Test-Signature"))
    db.commit()


def let_in(cast: Cast) -> None:
    """Let in again who shares an office that was named, and was not meant."""
    db, deputy = cast.db, cast["deputy"]
    give_office(db, deputy.account, scheme="wcc", office="liaison", actor="system")
    person = PersonNamed("Isolde Brackenthwaite", Part.RESPONDENT, ("liaison",))
    case, why = cast.attested(a_concern(people=(person,))), Reason("She wrote so.")
    first = cast.let("chair", case, lifting.propose_lift, account_id=deputy.id, reason=why)
    cast.let("outside", case, lifting.agree_lift, proposal_id=first.id)
    held = next(one for one in offices_of(db, deputy.account) if one.office == "liaison")
    end_office(db, held, actor="system")
    db.commit()


def take_what_was_drawn_up(cast: Cast) -> None:
    """Store a concern that was sealed before the lock was asked for, as the public form does."""
    drawn = receiving.draw_up(cast.db, cast.keystore, cast.pack, a_concern(), Receipt.mint())
    receiving.take_in(cast.db, cast.keystore, drawn)
    cast.db.commit()


def give_up(cast: Cast) -> None:
    """Ask to give two outcomes up; one is, the other is not."""
    case = steps.carried(cast, "apology", "advice")
    db = cast.db
    for one, name in zip(outcomes_of(db, case), ("agree_waiver", "decline_waiver"), strict=True):
        waiver = WaiverProposed(one.id, "He has moved abroad.")
        keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
        carrying_out.propose_waiver(db, case, keys, actor=actor, waiver=waiver)
        db.flush()
        waiting = db.scalars(select(Proposal).where(Proposal.subject_id == one.id)).one()
        answer = WaiverAnswered(waiting.id, "It serves nobody.")
        keys, actor = cast.keys(case, "chair"), cast.viewer("chair")
        getattr(carrying_out, name)(db, case, keys, actor=actor, answer=answer)
        db.commit()


def tend_the_closed(cast: Cast) -> None:
    """Ask the reporter how things are, end the asking, and let a later auditor ask for a key."""
    case = closed(cast)
    db, keys = cast.db, cast.keys(case, "liaison")
    following_up.start_aftercare(db, case, keys, **by_pack(cast, case, "liaison"))
    db.commit()
    later = clock.now() + timedelta(days=15)
    with clock.at(later):
        due = following_up.due_check_ins(db, case)[0]
        following_up.ask_check_in(db, case, keys, actor=cast.viewer("liaison"), check_in_id=due.id)
        over = Reason("She asked us to.")
        following_up.end_aftercare(db, case, keys, reason=over, **by_pack(cast, case, "liaison"))
        appoint_auditor(db, cast["outsider"].account, scheme="wcc", actor="system")
        assert auditing.ask_for_auditors(db, case, keys)
    db.commit()


def recover(cast: Cast) -> None:
    """Lose a key, open a case with two parts of the recovery key, and make a new one."""
    all_of_them = PersonNamed("All of them", Part.RESPONDENT, ("liaison", "chair", "outside"))
    case, db = cast.received(a_concern(people=(all_of_them,))), cast.db
    lost = lose_key(cast, "chair")
    assert lost.account.id == cast["chair"].id
    recovering.open_recovery(
        db,
        cast.keystore,
        case_name=case.code_name,
        email=cast["deputy"].account.email,
        private_key=combine(*cast.recovery.parts[:2]),
        parts=(1, 2),
        custodians=("custodian1@cast.example", "custodian2@cast.example"),
    )
    db.commit()
    renewing.replace_recovery_key(db, cast.keystore, keygen().public_key)
    db.commit()


@pytest.mark.whole_story
def test_every_action_leaves_exactly_one_entry_on_a_case(spy: Spy, the_rest: Spy) -> None:
    calls = [
        (name, counted)
        for seen in (spy, the_rest)
        for name, found in seen.left.items()
        for counted in found
    ]
    assert [one for one in calls if any(times > 1 for times in one[1].values())] == []
    assert {name for name, counted in calls if not counted} <= set(MAY_LEAVE_NONE)
    assert set(public_actions()) - {name for name, counted in calls if counted} == set()
