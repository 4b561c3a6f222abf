"""What leaves the organisation is recorded, and so is what does not; agreements too."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from conductdesk.cases.actions.holding import begin_hold
from conductdesk.cases.actions.proposing import refuse_proposal
from conductdesk.cases.actions.referring import (
    agree_no_referral,
    grounds_for,
    propose_no_referral,
    record_answer,
    record_override,
    refer,
)
from conductdesk.cases.actions.settling import record_agreement
from conductdesk.cases.closing_acts import (
    Agreement,
    Hold,
    HoldBegun,
    NoReferral,
    OverrideMade,
    Reason,
    ReferralAnswer,
    ReferralMade,
)
from conductdesk.cases.concern import Answer
from conductdesk.cases.days import today
from conductdesk.cases.inquiry import open_proposal
from conductdesk.cases.models import Case, Override, Proposal, ProposalKind, Referral
from conductdesk.cases.needs import Route
from conductdesk.cases.standing import move_facts, open_items
from conductdesk.refusal import Refused
from conductdesk.schemes.parts import Told
from tests.actions.closing_steps import (
    bring_in,
    by,
    by_pack,
    documents,
    json_of,
    pub_of,
    types_of,
    verified,
)
from tests.cast import Cast, a_concern

pytestmark = pytest.mark.both_backends

TO_THE_BOROUGH = ReferralMade("The borough", "What was said.", "A child.", "Not asked: risk.")
NOT_TO_THE_POLICE = NoReferral("The police", "Barnaby Thistlewood broke no law.")


def at_risk(cast: Cast) -> Case:
    return cast.triaged(concern=a_concern(at_risk=Answer.YES))


def not_referred(cast: Cast, case: Case, who: str = "liaison") -> Proposal:
    keys = cast.keys(case, who)
    proposal = propose_no_referral(
        cast.db, case, keys, refusal=NOT_TO_THE_POLICE, **by(cast, case, who)
    )
    cast.db.commit()
    return proposal


def test_a_referral_waits_for_its_answer(cast: Cast) -> None:
    case = at_risk(cast)
    keys = cast.keys(case, "lead")
    referral = refer(cast.db, case, keys, referral=TO_THE_BOROUGH, **by(cast, case, "lead"))
    assert open_items(cast.db, case) == ("1 referral without an answer",)
    assert json_of(keys.open(Referral.body, referral))["agency"] == "The borough"
    answer = ReferralAnswer(referral.id, "We will look into it.", "B-77")
    record_answer(cast.db, case, keys, answer=answer, **by(cast, case, "lead"))
    assert open_items(cast.db, case) == ()
    assert "B-77" in keys.open(Referral.answer, referral)
    with pytest.raises(Refused, match="answered already"):
        record_answer(cast.db, case, keys, answer=answer, **by(cast, case, "lead"))
    assert types_of(cast, case)[-2:] == ["referral.made", "referral.answered"]


def test_the_lead_agrees_when_the_handler_would_not_refer(cast: Cast) -> None:
    case = at_risk(cast)
    proposal = not_referred(cast, case)
    assert open_items(cast.db, case) == ("1 proposal waiting for agreement",)
    keys = cast.keys(case, "lead")
    acting = by_pack(cast, case, "lead")
    agree_no_referral(cast.db, case, keys, proposal_id=proposal.id, **acting)
    cast.db.commit()
    assert open_items(cast.db, case) == ()
    assert types_of(cast, case)[-2:] == ["no_referral.proposed", "referral.declined"]
    assert verified(cast).problem is None


def test_the_reason_in_the_record_names_nobody(cast: Cast) -> None:
    case = at_risk(cast)
    proposal = not_referred(cast, case)
    reason = cast.keys(case, "lead").open(Proposal.reason, proposal)
    assert reason == "Not referred to The police: Respondent A broke no law."


def test_nobody_agrees_to_their_own_refusal_to_refer(cast: Cast) -> None:
    case = at_risk(cast)
    proposal = not_referred(cast, case, "lead")
    keys = cast.keys(case, "lead")
    with pytest.raises(Refused, match="own proposal"):
        agree_no_referral(
            cast.db, case, keys, proposal_id=proposal.id, **by_pack(cast, case, "lead")
        )


def test_the_second_who_would_not_refer_must_be_a_safeguarding_officer(cast: Cast) -> None:
    case = at_risk(cast)
    proposal = not_referred(cast, case, "lead")
    with pytest.raises(Refused, match="safeguarding officer must agree"):
        cast.let("chair", case, agree_no_referral, proposal_id=proposal.id)
    bring_in(cast, case, "deputy")
    cast.let("deputy", case, agree_no_referral, proposal_id=proposal.id)
    assert proposal.agreed


def test_a_second_who_does_not_agree_leaves_the_question_open_to_a_new_answer(cast: Cast) -> None:
    case = at_risk(cast)
    proposal = not_referred(cast, case)
    cast.let(
        "lead",
        case,
        refuse_proposal,
        proposal_id=proposal.id,
        reason=Reason("The police should know."),
    )
    assert proposal.agreed is False
    assert open_proposal(cast.db, case, ProposalKind.NO_REFERRAL) is None
    assert pub_of(cast, case, "proposal.refused") == {"proposal": "no_referral"}
    with pytest.raises(Refused, match="answered that proposal already"):
        cast.let("lead", case, agree_no_referral, proposal_id=proposal.id)


def test_an_override_says_whether_the_person_was_told(cast: Cast) -> None:
    case = at_risk(cast)
    keys = cast.keys(case, "liaison")
    override = OverrideMade("A name.", "The police", "safety", "He follows her.", today())
    made = record_override(cast.db, case, keys, override=override, **by_pack(cast, case, "liaison"))
    cast.db.commit()
    assert json_of(keys.open(Override.body, made))["to_whom"] == "The police"
    facts = {"ground": "safety", "told_beforehand": True}
    assert pub_of(cast, case, "override.recorded") == facts
    with pytest.raises(Refused, match="why the person was not told"):
        OverrideMade("A name.", "The police", "law", "A theft.")


def agreement(consent: str = "Both wrote so.") -> Agreement:
    return Agreement("A new pairing.", "The liaison officer", today() + timedelta(days=7), consent)


def test_an_agreement_settles_a_case_informally(cast: Cast) -> None:
    case = cast.triaged(Route.INFORMAL)
    keys = cast.keys(case, "liaison")
    acting = by_pack(cast, case, "liaison")
    record_agreement(cast.db, case, keys, agreement=agreement(), **acting)
    cast.db.commit()
    assert case.state == "informal"
    assert move_facts(cast.db, case).agreement_recorded
    assert "Consent: Both wrote so." in documents(cast, case, "agreement")[0]
    again = by_pack(cast, case, "liaison")
    record_agreement(cast.db, case, keys, agreement=agreement("By telephone."), **again)
    cast.db.commit()
    assert case.state == "informal"
    assert types_of(cast, case)[-2:] == ["agreement.recorded"] * 2
    assert verified(cast).problem is None


def test_a_formal_case_is_not_settled_informally(cast: Cast) -> None:
    case = cast.triaged(Route.FORMAL)
    acting = by_pack(cast, case, "liaison")
    with pytest.raises(Refused, match="not informal"):
        record_agreement(cast.db, case, cast.keys(case, "liaison"), agreement=agreement(), **acting)
    assert documents(cast, case, "agreement") == []


def test_nothing_is_agreed_while_a_hold_stands(cast: Cast) -> None:
    case = cast.triaged(Route.INFORMAL)
    keys = cast.keys(case, "liaison")
    hold = HoldBegun(Hold.SAFEGUARDING, "The agency asked us to wait.")
    begin_hold(cast.db, case, keys, hold=hold, **by(cast, case, "liaison"))
    acting = by_pack(cast, case, "liaison")
    with pytest.raises(Refused, match="on hold"):
        record_agreement(cast.db, case, keys, agreement=agreement(), **acting)
    assert case.state == "triaged"


def test_nothing_is_agreed_without_consent() -> None:
    with pytest.raises(Refused, match="consent"):
        agreement(" ")


def test_only_the_offices_that_the_code_names_decide_on_its_grounds(cast: Cast) -> None:
    case = at_risk(cast)
    (law, _safety) = cast.pack.confidentiality
    strict = replace(cast.pack, confidentiality=(replace(law, decides=("chair",)),))
    override = OverrideMade("A name.", "The police", "law", "A theft.", today())
    acting = {**by_pack(cast, case, "liaison"), "pack": strict}
    with pytest.raises(Refused, match="only the Chair may decide"):
        record_override(cast.db, case, cast.keys(case, "liaison"), override=override, **acting)
    assert list(grounds_for(strict, cast.viewer("liaison"))) == ["court"]
    assert list(grounds_for(strict, cast.viewer("chair"))) == ["law", "court"]


def test_where_the_code_says_beforehand_a_reason_does_not_do_instead(cast: Cast) -> None:
    case = at_risk(cast)
    (law, _safety) = cast.pack.confidentiality
    strict = replace(cast.pack, confidentiality=(replace(law, told=Told.BEFOREHAND),))
    override = OverrideMade("A name.", "The police", "law", "A theft.", None, "In haste.")
    acting = {**by_pack(cast, case, "liaison"), "pack": strict}
    with pytest.raises(Refused, match="told before anything is passed on"):
        record_override(cast.db, case, cast.keys(case, "liaison"), override=override, **acting)


def test_nobody_was_told_on_a_day_that_lies_ahead(cast: Cast) -> None:
    case = at_risk(cast)
    ahead = OverrideMade("A name.", "The police", "law", "A theft.", today() + timedelta(days=1))
    with pytest.raises(Refused, match="lies ahead"):
        cast.let("liaison", case, record_override, override=ahead)
