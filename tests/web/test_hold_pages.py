from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from conductdesk.cases.actions.corresponding import withdraw
from conductdesk.cases.models import Case, Document, InterimMeasure, Override, Referral
from conductdesk.cases.needs import Route
from tests.actions.closing_steps import bring_in, closed
from tests.actions.inquiry_steps import in_days, newest
from tests.cast import Cast
from tests.web.case_pages import SignIn, at, fields_of, send
from tests.web.desk_visitor import AtTheDesk, words_of


@pytest.mark.parametrize(
    ("which", "name"),
    [("safeguarding", "Safeguarding hold"), ("police", "Police pause"), ("legal", "Legal hold")],
)
def test_a_hold_is_begun_and_ended_with_what_it_needs(
    cast: Cast, sign_in: SignIn, which: str, name: str
) -> None:
    case, liaison = cast.triaged(), sign_in("liaison")
    page = at(case.id, f"holds/{which}")
    assert send(liaison, page, {"reason": "   "}).status_code == 422
    assert send(liaison, page, {"reason": "They asked for it."}).status_code == 303
    assert name in words_of(liaison.get(at(case.id, "steps")))
    again = liaison.post(page, {"reason": "Once more.", "version": str(case.version)})
    assert again.status_code == 422
    assert "on that hold already" in words_of(again)
    typed = {"reason": "It is over."}
    if which != "legal":
        lacking = send(liaison, f"{page}/end", typed)
        assert lacking.status_code == 422
        assert fields_of(lacking)["reason"] == "It is over."
        typed |= {"agency": "The council", "advice": "Go on."}
    assert send(liaison, f"{page}/end", typed).status_code == 303
    assert f"End the {name.lower()}" not in words_of(liaison.get(at(case.id, "steps")))


def test_nobody_without_a_seat_finds_any_of_the_pages(cast: Cast, sign_in: SignIn) -> None:
    case = cast.triaged()
    investigator = sign_in("investigator")
    for page in ("steps", "holds/police", "measures", "referrals", "overrides"):
        assert investigator.get(at(case.id, page)).status_code == 404


def test_an_invented_hold_is_not_found(cast: Cast, sign_in: SignIn) -> None:
    case = cast.triaged()
    assert sign_in("liaison").get(at(case.id, "holds/house-arrest")).status_code == 404


def test_a_measure_is_imposed_reviewed_and_ended(cast: Cast, sign_in: SignIn) -> None:
    case, liaison = cast.triaged(), sign_in("liaison")
    typed = {"what": "They do not meet.", "reason": "She asked.", "alternatives": ""}
    refused = send(liaison, at(case.id, "measures"), typed)
    assert refused.status_code == 422
    assert "Say which lesser steps you considered" in words_of(refused)
    typed["alternatives"] = "Writing only was not enough."
    assert send(liaison, at(case.id, "measures"), typed).status_code == 303
    assert "They do not meet." in words_of(liaison.get(at(case.id, "steps")))
    measure = cast.db.scalars(select(InterimMeasure)).one()
    review = at(case.id, f"measures/{measure.id}/review")
    assert send(liaison, review, {"goes_on": "yes", "reason": "Still needed."}).status_code == 303
    assert send(liaison, review, {"goes_on": "no", "reason": "They agreed."}).status_code == 303
    assert liaison.get(review).status_code == 404
    gone = liaison.post(review, {"goes_on": "no", "reason": "Again.", "version": "2"})
    assert gone.status_code in (409, 422)


def test_a_referral_waits_for_its_answer(cast: Cast, sign_in: SignIn) -> None:
    case, liaison = cast.triaged(), sign_in("liaison")
    typed = {"agency": "The council", "what": "What she said.", "ground": "Safety."}
    refused = send(liaison, at(case.id, "referrals"), typed)
    assert refused.status_code == 422
    assert fields_of(refused)["what"] == "What she said."
    typed["consent"] = "She agreed."
    assert send(liaison, at(case.id, "referrals"), typed).status_code == 303
    assert "Referred to: The council" in words_of(liaison.get(at(case.id, "steps")))
    referral = cast.db.scalars(select(Referral)).one()
    answer = at(case.id, f"referrals/{referral.id}/answer")
    assert send(liaison, answer, {"words": ""}).status_code == 422
    assert send(liaison, answer, {"words": "They look into it."}).status_code == 303
    twice = liaison.post(answer, {"words": "Twice.", "version": str(case.version)})
    assert twice.status_code == 422
    assert "answered already" in words_of(twice)


def decided_against(cast: Cast, sign_in: SignIn) -> tuple[Case, AtTheDesk, str]:
    case, liaison = cast.triaged(), sign_in("liaison")
    typed = {"agency": "The police", "reason": "Nothing points to a crime."}
    assert send(liaison, at(case.id, "non-referrals"), typed).status_code == 303
    bring_in(cast, case, "lead")
    lead = sign_in("lead")
    page = lead.get(at(case.id, "steps"))
    asked = next(part for part in page.text.split('"') if "/non-referrals/" in part)
    return case, lead, asked


def test_a_safeguarding_officer_agrees_not_to_refer(cast: Cast, sign_in: SignIn) -> None:
    case, lead, asked = decided_against(cast, sign_in)
    chair = sign_in("chair")
    refused = send(chair, asked, {"agrees": "yes"})
    assert refused.status_code == 422
    assert "safeguarding officer must agree" in words_of(refused)
    assert send(lead, asked, {"agrees": "yes"}).status_code == 303
    assert newest(cast, case)[0] == "referral.declined"


def test_whoever_does_not_agree_says_why(cast: Cast, sign_in: SignIn) -> None:
    case, lead, asked = decided_against(cast, sign_in)
    assert send(lead, asked, {"agrees": "no", "reason": ""}).status_code == 422
    assert send(lead, asked, {"agrees": "no", "reason": "It is theft."}).status_code == 303
    assert newest(cast, case)[0] == "proposal.refused"


def test_an_override_says_why_the_person_was_not_told(cast: Cast, sign_in: SignIn) -> None:
    case, liaison = cast.triaged(), sign_in("liaison")
    typed = {
        "what": "Her address.",
        "to_whom": "The police",
        "ground": "safety",
        "explanation": "He knows where she lives.",
        "told": "no",
    }
    refused = send(liaison, at(case.id, "overrides"), typed)
    assert refused.status_code == 422
    assert "Say why the person was not told beforehand." in words_of(refused)
    assert fields_of(refused)["explanation"] == "He knows where she lives."
    typed["why_not_told"] = "There was no time."
    assert send(liaison, at(case.id, "overrides"), typed).status_code == 303
    row = cast.db.scalars(select(Override)).one()
    said = json.loads(cast.keys(case, "liaison").open(Override.body, row))
    assert said["why_not_told"] == "There was no time."


def test_a_withdrawal_is_answered_with_reasons_and_changes_no_state(
    cast: Cast, sign_in: SignIn
) -> None:
    case, liaison = cast.triaged(), sign_in("liaison")
    assert "Answer the withdrawal" not in words_of(liaison.get(at(case.id, "steps")))
    early = send(liaison, at(case.id, "steps/withdrawal"), {"go_on": "yes", "reason": "Why not."})
    assert early.status_code == 422
    withdraw(cast.db, case, cast.reporter_keys(case), reason="I am tired.")
    cast.db.commit()
    assert "Answer the withdrawal" in words_of(liaison.get(at(case.id, "steps")))
    page = at(case.id, "steps/withdrawal")
    assert send(liaison, page, {"go_on": "yes", "reason": " "}).status_code == 422
    assert send(liaison, page, {"go_on": "yes", "reason": "Others are at risk."}).status_code == 303
    kind, pub, detail = newest(cast, case)
    assert kind == "withdrawal.answered"
    assert pub["goes_on"] is True
    assert "goes on" in str(detail["said"])
    cast.db.expire_all()
    assert case.state == "triaged"
    bodies = cast.db.scalars(select(Document).where(Document.kind == "withdrawal")).all()
    assert "Others are at risk." in cast.keys(case, "liaison").open(Document.body, bodies[0])
    assert send(liaison, page, {"go_on": "no", "reason": "Again."}).status_code == 422


def test_a_second_withdrawal_is_answered_again(cast: Cast, sign_in: SignIn) -> None:
    case, liaison = cast.triaged(), sign_in("liaison")
    withdraw(cast.db, case, cast.reporter_keys(case), reason="")
    cast.db.commit()
    answer = {"go_on": "yes", "reason": "Others are at risk."}
    assert send(liaison, at(case.id, "steps/withdrawal"), answer).status_code == 303
    with in_days(1):
        withdraw(cast.db, case, cast.reporter_keys(case), reason="Really.")
        cast.db.commit()
    assert "Answer the withdrawal" in words_of(liaison.get(at(case.id, "steps")))


def test_other_steps_lists_only_what_is_possible(cast: Cast, sign_in: SignIn) -> None:
    case = closed(cast)
    liaison = sign_in("liaison")
    words = words_of(liaison.get(at(case.id, "steps")))
    assert "Begin a legal hold" in words
    assert "Begin a police pause" not in words
    assert "Impose an interim measure" not in words
    sent = send(liaison, at(case.id, "holds/police"), {"reason": "They asked."})
    assert sent.status_code == 422


def test_the_steps_of_somebody_without_any_are_an_empty_page(cast: Cast, sign_in: SignIn) -> None:
    case = cast.triaged(Route.FORMAL)
    bring_in(cast, case, "deputy")
    page = sign_in("deputy").get(at(case.id, "steps"))
    assert page.status_code == 200
    assert "Nothing for you to do here" in words_of(page)


@pytest.mark.parametrize("text", ["\x00", "\u202egnol", "🦊" * 21_000, "<script>alert(1)</script>"])
def test_no_text_breaks_a_page(cast: Cast, sign_in: SignIn, text: str) -> None:
    case, liaison = cast.triaged(), sign_in("liaison")
    typed = {"what": text, "reason": text, "alternatives": text}
    sent = send(liaison, at(case.id, "measures"), typed)
    assert sent.status_code in (303, 422)
    assert "<script>alert" not in liaison.get(at(case.id, "steps")).text


def test_a_consent_is_noted_and_taken_back(cast: Cast, sign_in: SignIn) -> None:
    case, liaison = cast.triaged(), sign_in("liaison")
    page = at(case.id, "consents")
    assert "You may ask him about it." in words_of(liaison.get(page))
    agreed = {"what": "My account.", "with_whom": "The council", "how": "In a letter"}
    assert send(liaison, page, agreed).status_code == 422
    agreed |= {"as_whom": "By my name", "when": "At once"}
    assert send(liaison, page, agreed).status_code == 303
    assert newest(cast, case)[0] == "consent.noted"
    shown = liaison.get(page)
    assert "With whom: The council" in words_of(shown)
    assert "With whom: The council" in words_of(liaison.get(at(case.id, "concern")))
    back = next(part for part in shown.text.split('"') if part.endswith("/end"))
    assert liaison.post(back).status_code == 303
    assert newest(cast, case)[0] == "consent.withdrawn"
    assert "Taken back on" in words_of(liaison.get(page))
    assert liaison.post(back).status_code == 422
    invented = at(case.id, f"consents/{case.id}/end")
    assert liaison.post(invented).status_code == 422
