from __future__ import annotations

from datetime import date, timedelta
from html import unescape

import pytest

from conductdesk.cases.acts import Decision, FindingGiven
from conductdesk.cases.days import today
from conductdesk.cases.inquiry import allegations_of, outcomes_of, respondents_of
from conductdesk.cases.models import Case
from conductdesk.cases.needs import Route
from tests.actions.closing_steps import bring_in
from tests.actions.inquiry_steps import carried, decided, give, newest, reported, told
from tests.cast import Cast
from tests.web.case_pages import SignIn, at, fields_of, fill_in, send
from tests.web.desk_visitor import words_of

OUTCOMES = "outcomes"


def outcome(cast: Cast, case: Case, kind: str) -> str:
    return str(next(one.id for one in outcomes_of(cast.db, case) if one.kind == kind))


def three(day: date) -> list[str]:
    return [f"{day:%d}", f"{day:%m}", f"{day:%Y}"]


def test_the_letters_are_drafted_with_how_to_appeal(cast: Cast, sign_in: SignIn) -> None:
    case = decided(cast)
    words = words_of(sign_in("liaison").get(at(case.id, "outcomes/letters")))
    for said in (
        "To Barnaby Thistlewood",
        "You can appeal. Write to us by",
        "There is new evidence",
        "This takes no effect until the time to appeal has ended.",
    ):
        assert said in words


def test_a_drafted_letter_never_names_the_reporter(cast: Cast, sign_in: SignIn) -> None:
    case = reported(cast)
    findings = tuple(
        FindingGiven(one.id, "not_upheld", "balance", "Marigold Ashdown was believed.")
        for one in allegations_of(cast.db, case)
    )
    give(cast, case, Decision(findings))
    page = sign_in("liaison").get(at(case.id, "outcomes/letters"))
    assert "the reporter was believed" in page.text
    assert "Marigold" not in page.text


def test_telling_both_sides_starts_the_time_to_appeal(cast: Cast, sign_in: SignIn) -> None:
    case, liaison = decided(cast), sign_in("liaison")
    drafted = fields_of(liaison.get(at(case.id, "outcomes/letters")))
    sent = send(
        liaison,
        at(case.id, "outcomes/letters"),
        {name: unescape(text) for name, text in drafted.items()},
    )
    assert sent.status_code == 303
    words = words_of(liaison.get(at(case.id, OUTCOMES)))
    assert "Subject to appeal until" in words
    assert "The last day to appeal is" in words
    assert "Letter to Barnaby Thistlewood" in words


def test_a_blank_letter_is_answered_in_place_and_keeps_the_rest(
    cast: Cast, sign_in: SignIn
) -> None:
    case, liaison = decided(cast), sign_in("liaison")
    letter = f"letter_{respondents_of(cast.db, case)[0].id.hex}"
    sent = send(
        liaison, at(case.id, "outcomes/letters"), {letter: "  ", "feedback": "It went <well>."}
    )
    assert sent.status_code == 422
    assert "Write the letter to Barnaby Thistlewood" in words_of(sent)
    assert fields_of(sent)["feedback"] == "It went &lt;well&gt;."


def test_the_second_of_two_who_record_the_letters_is_told_so(cast: Cast, sign_in: SignIn) -> None:
    case, liaison = decided(cast), sign_in("liaison")
    letter = f"letter_{respondents_of(cast.db, case)[0].id.hex}"
    liaison.get(at(case.id, "outcomes/letters"))
    typed = {letter: "As it was sent.", "feedback": "It is over.", "version": "0"}
    sent = liaison.post(at(case.id, "outcomes/letters"), typed)
    assert sent.status_code == 409
    assert "Somebody else changed this case first." in words_of(sent)
    assert fields_of(sent)["feedback"] == "It is over."


def test_outcomes_are_begun_and_proven_but_not_before_they_take_effect(
    cast: Cast, sign_in: SignIn
) -> None:
    case, liaison = told(cast), sign_in("liaison")
    begun = fill_in(liaison, at(case.id, OUTCOMES), at(case.id, "outcomes/beginning"))
    assert begun.status_code == 303
    page = liaison.get(at(case.id, OUTCOMES))
    assert f"{outcome(cast, case, 'apology')}/proof" in page.text
    assert f"{outcome(cast, case, 'removal')}/proof" not in page.text
    early = at(case.id, f"outcomes/{outcome(cast, case, 'removal')}/proof")
    assert "waits until the time to appeal" in words_of(
        send(liaison, early, {"proof": "He was told."})
    )
    done = at(case.id, f"outcomes/{outcome(cast, case, 'apology')}/proof")
    assert send(liaison, done, {"proof": "A letter of today."}).status_code == 303
    assert "A letter of today." in words_of(liaison.get(at(case.id, OUTCOMES)))
    assert liaison.post(done, {"proof": "Again."}).status_code == 422


def test_a_second_person_agrees_to_give_an_outcome_up(cast: Cast, sign_in: SignIn) -> None:
    case, liaison = carried(cast), sign_in("liaison")
    waiver = at(case.id, f"outcomes/{outcome(cast, case, 'apology')}/waiver")
    assert send(liaison, waiver, {"reason": ""}).status_code == 422
    assert send(liaison, waiver, {"reason": "She does not want one."}).status_code == 303
    assert "was proposed by Isolde" in words_of(liaison.get(at(case.id, OUTCOMES)))
    chair = sign_in("chair")
    page = chair.get(at(case.id, OUTCOMES))
    asked = next(part for part in page.text.split('"') if "/outcomes/waivers/" in part)
    own = send(liaison, asked, {"agrees": "yes", "reason": "Yes."})
    assert own.status_code == 422
    assert "second person" in words_of(own)
    assert "She does not want one." in words_of(chair.get(asked))
    assert send(chair, asked, {"agrees": "maybe"}).status_code == 422
    assert send(chair, asked, {"agrees": "yes", "reason": "Nor do I."}).status_code == 303
    assert "Waived" in words_of(chair.get(at(case.id, OUTCOMES)))


def test_a_second_person_reads_the_kind_of_an_outcome_but_not_its_words(
    cast: Cast, sign_in: SignIn
) -> None:
    case = carried(cast)
    bring_in(cast, case, "deputy")
    page = sign_in("deputy").get(at(case.id, OUTCOMES))
    assert "You have no key to the words of the outcomes" in words_of(page)
    assert "Apology" in page.text
    assert "As the letter says." not in page.text


def test_an_agreement_keeps_what_was_typed_where_the_day_is_none(
    cast: Cast, sign_in: SignIn
) -> None:
    case, liaison = cast.triaged(Route.INFORMAL), sign_in("liaison")
    typed = {"what": "He says sorry.", "who": "He does.", "consent": "Both wrote so."}
    page = at(case.id, "outcomes/agreement")
    for parts in (["31", "2", "2027"], ["1e9", "x", ""], ["1"], ["1", "1", "1", "1"], []):
        sent = send(liaison, page, {**typed, "by_when": parts})
        assert sent.status_code == 422
        assert fields_of(sent)["what"] == "He says sorry."
    sent = send(liaison, page, {**typed, "by_when": three(today() + timedelta(days=9))})
    assert sent.status_code == 303
    words = words_of(liaison.get(at(case.id, OUTCOMES)))
    assert "What was agreed: He says sorry." in words
    assert "Begin to carry it out" in words


def test_what_became_of_an_agreement_is_recorded_beside_it(cast: Cast, sign_in: SignIn) -> None:
    case, liaison = cast.triaged(Route.INFORMAL), sign_in("liaison")
    typed = {"what": "He says sorry.", "who": "He does.", "consent": "Both wrote so."}
    day = three(today() + timedelta(days=9))
    send(liaison, at(case.id, "outcomes/agreement"), {**typed, "by_when": day})
    page = liaison.get(at(case.id, OUTCOMES)).text
    end = next(part for part in page.split('"') if "/outcomes/agreements/" in part)
    assert sign_in("outsider").get(end).status_code == 404
    assert "What was agreed: He says sorry." in words_of(liaison.get(end))
    sent = send(liaison, end, {"words": "She has his letter."})
    assert sent.status_code == 422
    assert "Say whether it was done" in words_of(sent)
    assert fields_of(sent)["words"] == "She has his letter."
    assert send(liaison, end, {"done": "yes", "words": "She has his letter."}).status_code == 303
    shown = words_of(liaison.get(at(case.id, OUTCOMES)))
    assert "Done She has his letter." in shown
    assert "Record what became of it" not in shown
    assert liaison.get(end).status_code == 404
    again = liaison.post(end, {"done": "yes", "words": "Again.", "version": str(case.version)})
    assert again.status_code == 422
    assert "on record already" in words_of(again)


def test_an_appeal_is_recorded_and_dismissed_by_the_appeal_body(
    cast: Cast, sign_in: SignIn
) -> None:
    case, liaison = told(cast), sign_in("liaison")
    lodge = at(case.id, "outcomes/appeal")
    typed = {"by": "respondent", "received_on": three(today())}
    assert "Choose at least one ground." in words_of(send(liaison, lodge, typed))
    sent = send(liaison, lodge, {**typed, "ground_1": "A letter was found."})
    assert sent.status_code == 303
    assert liaison.get(at(case.id, "outcomes/appeal/conclusion")).status_code == 404
    body = sign_in("appeal_body")
    assert "A letter was found." in words_of(body.get(at(case.id, "outcomes/appeal/conclusion")))
    empty = send(body, at(case.id, "outcomes/appeal/conclusion"), {"result": "dismissed"})
    assert empty.status_code == 422
    assert "Answer the ground: There is new evidence" in words_of(empty)
    answer = {"accepted_0": "no", "reasons_0": "It says nothing new.", "result": "dismissed"}
    sent = send(body, at(case.id, "outcomes/appeal/conclusion"), standing(cast, case) | answer)
    assert sent.status_code == 303
    words = words_of(liaison.get(at(case.id, OUTCOMES)))
    assert "Dismissed: the decision stands" in words
    assert "It says nothing new." in words


def standing(cast: Cast, case: Case) -> dict[str, str]:
    """Return the answers that leave every finding as it is, as a browser sends them."""
    values = {"outcomes-0-kind": "", "outcomes-1-kind": ""}
    values |= {"outcomes-0-party_id": "", "outcomes-1-party_id": ""}
    for one in allegations_of(cast.db, case):
        values |= {f"finding_{one.id.hex}": "", f"standard_{one.id.hex}": "balance"}
    return values


def appealed(cast: Cast, sign_in: SignIn) -> Case:
    case = told(cast)
    typed = {"by": "respondent", "received_on": three(today()), "ground_3": "It is too much."}
    assert send(sign_in("liaison"), at(case.id, "outcomes/appeal"), typed).status_code == 303
    return case


def test_an_appeal_varies_the_decision(cast: Cast, sign_in: SignIn) -> None:
    case, body = appealed(cast, sign_in), sign_in("appeal_body")
    page = at(case.id, "outcomes/appeal/conclusion")
    typed: dict[str, object] = {
        **standing(cast, case),
        "result": "varied",
        "accepted_0": "yes",
        "reasons_0": "A warning is enough.",
        "set_aside": outcome(cast, case, "removal").replace("-", ""),
        "outcomes-0-kind": "warning",
        "outcomes-0-what": "A letter of warning.",
        "outcomes-0-owner": "The chair",
        "outcomes-0-party_id": str(respondents_of(cast.db, case)[0].id),
    }
    sent = send(body, page, typed)
    assert sent.status_code == 422
    assert "Say by when it must be done" in words_of(sent)
    assert fields_of(sent)["outcomes-0-what"] == "A letter of warning."
    sent = send(body, page, {**typed, "outcomes-0-due_on": three(today() + timedelta(days=5))})
    assert sent.status_code == 303, words_of(sent)
    words = words_of(body.get(at(case.id, OUTCOMES)))
    assert "Set aside on appeal" in words
    assert "A letter of warning." in words


def test_a_remitted_case_is_looked_into_again(cast: Cast, sign_in: SignIn) -> None:
    case, body = appealed(cast, sign_in), sign_in("appeal_body")
    answer = {"accepted_0": "yes", "reasons_0": "Nobody asked her.", "result": "remitted"}
    page = at(case.id, "outcomes/appeal/conclusion")
    assert send(body, page, standing(cast, case) | answer).status_code == 303
    cast.db.expire_all()
    assert case.state == "investigating"
    assert newest(cast, case)[0] in ("appeal.concluded", "case.read")


@pytest.mark.parametrize(
    ("value", "status"),
    [("not-a-uuid", 422), ("0" * 32, 422)],
)
def test_forged_ids_are_answered_with_a_sentence(
    cast: Cast, sign_in: SignIn, value: str, status: int
) -> None:
    case, body = appealed(cast, sign_in), sign_in("appeal_body")
    typed = {
        **standing(cast, case),
        "result": "varied",
        "accepted_0": "yes",
        "reasons_0": "Yes.",
        "set_aside": value,
        "outcomes-0-kind": "made-up",
        "outcomes-1-party_id": value,
    }
    assert send(body, at(case.id, "outcomes/appeal/conclusion"), typed).status_code == status


def test_nobody_from_outside_finds_any_of_the_pages(cast: Cast, sign_in: SignIn) -> None:
    case, outsider = carried(cast), sign_in("outsider")
    some = outcome(cast, case, "apology")
    for page in (
        OUTCOMES,
        "outcomes/letters",
        "outcomes/agreement",
        "outcomes/appeal",
        "outcomes/appeal/conclusion",
        f"outcomes/{some}/proof",
        f"outcomes/{some}/waiver",
    ):
        assert outsider.get(at(case.id, page)).status_code == 404


def test_an_invented_outcome_is_not_found(cast: Cast, sign_in: SignIn) -> None:
    case, liaison = carried(cast), sign_in("liaison")
    assert liaison.get(at(case.id, f"outcomes/{case.id}/proof")).status_code == 404
