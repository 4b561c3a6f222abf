"""The inquiry by hand: terms, notice, reply, notes and report, each through its page."""

from __future__ import annotations

from datetime import date, timedelta

from conductdesk import clock
from conductdesk.cases.actions.appointing import appoint
from conductdesk.cases.days import today
from conductdesk.cases.inquiry import allegations_of, documents_of, papers_of
from conductdesk.cases.models import Case, DocumentKind
from conductdesk.policy import Capacity
from tests.actions.inquiry_steps import (
    add_item,
    heard,
    in_days,
    investigating,
    newest,
    party,
    reply,
    reported,
    seat,
    serve,
    two_respondents,
    with_terms,
)
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.desk_visitor import AtTheDesk, words_of


def boxes(name: str, day: date) -> dict[str, list[str]]:
    """Return a day as the three boxes of its question."""
    return {name: [str(day.day), str(day.month), str(day.year)]}


def some_terms(case_version: int, party_id: str, **changes: object) -> dict[str, object]:
    """Return the terms page, well filled in."""
    return {
        "version": str(case_version),
        "rows": "1",
        "party_0": party_id,
        "clause_0": "2",
        "account_0": "Told a third person in May.",
        "questions": "Was it passed on?",
        "standard": "balance",
        **boxes("due_on", today() + timedelta(days=20)),
        **changes,
    }


def fresh(cast: Cast, case: Case) -> Case:
    """Return the case as it stands now."""
    cast.db.expire_all()
    return cast.db.get_one(Case, case.id)


def test_the_handler_sets_terms_and_opens_the_investigation(faces: Faces, cast: Cast) -> None:
    case = cast.triaged()
    respondent = str(party(cast.db, case))
    desk = AtTheDesk(faces.desk, cast, "liaison")
    page = desk.get(f"/cases/{case.id}/terms")
    assert page.status_code == 200
    assert "Barnaby Thistlewood" in page.text
    assert "2. Confidence" in page.text

    sent = desk.post(f"/cases/{case.id}/terms", some_terms(case.version, respondent))
    assert sent.status_code == 303, words_of(sent)
    cast.db.expire_all()
    assert [one.letter for one in allegations_of(cast.db, case)] == ["A"]

    seat(cast, case, "investigator")
    page = desk.get(f"/cases/{case.id}/inquiry")
    assert "Told a third person in May." in words_of(page)
    sent = desk.post(f"/cases/{case.id}/investigation", {"version": str(case.version)})
    assert sent.status_code == 303, words_of(sent)
    assert fresh(cast, case).state == "investigating"


def test_an_allegation_is_added_and_taken_out_without_a_script(faces: Faces, cast: Cast) -> None:
    case = cast.triaged(concern=two_respondents())
    desk = AtTheDesk(faces.desk, cast, "liaison")
    desk.get(f"/cases/{case.id}/terms")
    typed = some_terms(case.version, str(party(cast.db, case)), account_0="The first.")

    page = desk.post(f"/cases/{case.id}/terms", {**typed, "act": "add"})
    assert page.status_code == 200
    assert 'name="account_1"' in page.text
    assert "The first." in page.text
    assert "There is a problem" not in page.text

    two = {**typed, "rows": "2", "clause_1": "5", "account_1": "The second.", "act": "remove_0"}
    page = desk.post(f"/cases/{case.id}/terms", two)
    assert 'name="account_1"' not in page.text
    assert "The second." in page.text
    assert "The first." not in page.text
    assert documents_of(cast.db, case, DocumentKind.TERMS) == []


def test_terms_with_mistakes_come_back_with_every_answer(faces: Faces, cast: Cast) -> None:
    case = cast.triaged()
    desk = AtTheDesk(faces.desk, cast, "liaison")
    desk.get(f"/cases/{case.id}/terms")
    typed = some_terms(case.version, "", clause_0="999", due_on=["31", "2", "2027"])
    page = desk.post(f"/cases/{case.id}/terms", typed)
    words = words_of(page)
    assert page.status_code == 422
    assert "Choose who allegation 1 is against" in words
    assert "Choose the clause of allegation 1" in words
    assert "Write a real day" in words
    assert "Told a third person in May." in page.text
    assert 'value="31"' in page.text
    assert 'href="#due_on"' in page.text
    assert 'href="#party_0"' in page.text


def test_odd_input_on_the_terms_page_is_answered_in_words(faces: Faces, cast: Cast) -> None:
    case = cast.triaged()
    desk = AtTheDesk(faces.desk, cast, "liaison")
    desk.get(f"/cases/{case.id}/terms")
    odd: list[dict[str, object]] = [
        {},
        {"rows": "²", "act": "remove_99"},
        {"rows": "-1", "due_on": ["1"]},
        {"rows": "9" * 5000, "due_on": ["9" * 5000, "x", "\u202e"]},
        {"version": "x", "due_on": ["1", "2", "3", "4"], "account_0": "\x00\u202e🙂"},
        some_terms(case.version, str(case.id)),
        some_terms(case.version, str(party(cast.db, case)), account_0="x" * 30_000),
    ]
    for typed in odd:
        answer = desk.post(f"/cases/{case.id}/terms", typed)
        assert answer.status_code in (200, 422), typed
    assert documents_of(cast.db, case, DocumentKind.TERMS) == []


def test_a_page_that_showed_an_older_state_gets_409(faces: Faces, cast: Cast) -> None:
    case = with_terms(cast)
    seat(cast, case, "investigator")
    desk = AtTheDesk(faces.desk, cast, "liaison")
    desk.get(f"/cases/{case.id}/inquiry")
    sent = desk.post(f"/cases/{case.id}/investigation", {"version": str(case.version - 1)})
    assert sent.status_code == 409
    assert "Somebody else changed this case first" in words_of(sent)
    assert fresh(cast, case).state == "triaged"


def test_notice_and_reply_are_recorded_by_the_investigator(faces: Faces, cast: Cast) -> None:
    case = investigating(cast)
    desk = AtTheDesk(faces.desk, cast, "investigator")
    place = f"/cases/{case.id}/respondents/{party(cast.db, case)}"
    page = desk.get(f"{place}/notice")
    assert "10 working days" in words_of(page)
    sent = desk.post(f"{place}/notice", {**boxes("served_on", today()), "text": "You are told."})
    assert sent.status_code == 303, words_of(sent)
    assert newest(cast, case)[0] == "notice.served"

    words = words_of(desk.get(f"/cases/{case.id}/inquiry"))
    assert "May reply until" in words
    assert "You are told." in words

    desk.get(f"{place}/reply")
    sent = desk.post(f"{place}/reply", {**boxes("received_on", today()), "text": "Not so."})
    assert sent.status_code == 303, words_of(sent)
    assert [paper.kind for paper in papers_of(cast.db, case)] == ["notice", "reply"]
    assert "Not so." in words_of(desk.get(f"/cases/{case.id}/inquiry"))


def test_that_no_reply_came_is_refused_before_the_day(faces: Faces, cast: Cast) -> None:
    case = investigating(cast)
    serve(cast, case)
    desk = AtTheDesk(faces.desk, cast, "investigator")
    place = f"/cases/{case.id}/respondents/{party(cast.db, case)}/no-reply"
    desk.get(place)
    sent = desk.post(place, {"attempts": "Two letters."})
    assert sent.status_code == 422
    assert "may reply until" in words_of(sent)
    assert "Two letters." in sent.text


def test_that_no_reply_came_is_recorded_after_the_day(faces: Faces, cast: Cast) -> None:
    case = investigating(cast)
    serve(cast, case)
    place = f"/cases/{case.id}/respondents/{party(cast.db, case)}/no-reply"
    with in_days(30):
        desk = AtTheDesk(faces.desk, cast, "liaison")
        with clock.at(clock.now() + timedelta(minutes=2)):
            desk.get(place)
            sent = desk.post(place, {"attempts": "Two letters."})
            assert sent.status_code == 303, words_of(sent)
    assert newest(cast, case)[0] == "reply.none"


def test_a_notice_dated_tomorrow_is_refused_in_place(faces: Faces, cast: Cast) -> None:
    case = investigating(cast)
    desk = AtTheDesk(faces.desk, cast, "liaison")
    place = f"/cases/{case.id}/respondents/{party(cast.db, case)}/notice"
    desk.get(place)
    tomorrow = boxes("served_on", today() + timedelta(days=1))
    sent = desk.post(place, {**tomorrow, "text": "You are told."})
    assert sent.status_code == 422
    assert "This day has not come yet" in words_of(sent)
    assert "You are told." in sent.text


def test_the_page_of_somebody_who_is_no_respondent_is_not_found(faces: Faces, cast: Cast) -> None:
    case = investigating(cast)
    desk = AtTheDesk(faces.desk, cast, "liaison")
    assert desk.get(f"/cases/{case.id}/respondents/{case.id}/notice").status_code == 404


def test_a_note_is_added_on_the_page_and_an_empty_one_is_not(faces: Faces, cast: Cast) -> None:
    case = investigating(cast)
    desk = AtTheDesk(faces.desk, cast, "investigator")
    desk.get(f"/cases/{case.id}/inquiry")
    empty = desk.post(f"/cases/{case.id}/notes", {"text": "  "})
    assert empty.status_code == 422
    assert "Write the note first" in words_of(empty)
    assert desk.post(f"/cases/{case.id}/notes", {"text": "Rang the club."}).status_code == 303
    assert "Rang the club." in words_of(desk.get(f"/cases/{case.id}/inquiry"))


def test_the_decision_maker_adds_no_note(faces: Faces, cast: Cast) -> None:
    case = investigating(cast)
    desk = AtTheDesk(faces.desk, cast, "decision_maker")
    page = desk.get(f"/cases/{case.id}/inquiry")
    assert "Add the note" not in page.text
    assert desk.post(f"/cases/{case.id}/notes", {"text": "Mine."}).status_code == 422


def test_whoever_holds_no_key_to_the_inquiry_is_told_so(faces: Faces, cast: Cast) -> None:
    case = heard(cast)
    seat_second(cast, case)
    desk = AtTheDesk(faces.desk, cast, "outside")
    for place in ("inquiry", "evidence", "evidence/new", "report", "decision"):
        page = desk.get(f"/cases/{case.id}/{place}")
        assert page.status_code == 200, place
        assert "You have no key to the inquiry" in words_of(page)
        assert "A letter" not in page.text


def test_strangers_find_no_inquiry(faces: Faces, cast: Cast) -> None:
    case = heard(cast)
    for who in ("outsider", "administrator", "auditor"):
        desk = AtTheDesk(faces.desk, cast, who)
        for place in ("inquiry", "terms", "evidence", "evidence/new", "report", "decision"):
            assert desk.get(f"/cases/{case.id}/{place}").status_code == 404, (who, place)


def test_the_investigator_locks_the_report(faces: Faces, cast: Cast) -> None:
    case = heard(cast)
    desk = AtTheDesk(faces.desk, cast, "investigator")
    page = desk.get(f"/cases/{case.id}/report")
    assert "Lock the report" in page.text
    missing = desk.post(f"/cases/{case.id}/report", {"version": str(case.version), "facts": "F."})
    assert missing.status_code == 422
    assert "Say whether there is a case to answer on allegation A" in words_of(missing)
    assert ">\nF.</textarea>" in missing.text or ">F.</textarea>" in missing.text

    typed = {
        "version": str(case.version),
        "facts": "He was told in May.",
        "searched_against": "Asked both others.",
        "analysis": "It fits.",
        "answer_A": "yes",
        "why_A": "Two people say so.",
    }
    sent = desk.post(f"/cases/{case.id}/report", typed)
    assert sent.status_code == 303, words_of(sent)
    assert fresh(cast, case).state == "reported"
    page = desk.get(f"/cases/{case.id}/report")
    assert "Lock the report" not in page.text
    assert "there is a case to answer" in words_of(page)
    assert "SHA-256" in page.text


def test_a_report_is_refused_while_evidence_waits(faces: Faces, cast: Cast) -> None:
    case = investigating(cast)
    serve(cast, case)
    reply(cast, case)
    add_item(cast, case)
    desk = AtTheDesk(faces.desk, cast, "investigator")
    desk.get(f"/cases/{case.id}/report")
    typed = dict.fromkeys(("facts", "searched_against", "analysis", "why_A"), "Something.")
    typed |= {"version": str(case.version), "answer_A": "no"}
    sent = desk.post(f"/cases/{case.id}/report", typed)
    assert sent.status_code == 422
    assert "There is a problem" in words_of(sent)
    assert "Something." in sent.text


def test_only_the_investigator_may_send_a_report(faces: Faces, cast: Cast) -> None:
    case = heard(cast)
    desk = AtTheDesk(faces.desk, cast, "liaison")
    page = desk.get(f"/cases/{case.id}/report")
    assert "There is no report yet" in words_of(page)
    desk.get(f"/cases/{case.id}/inquiry")
    assert desk.post(f"/cases/{case.id}/report", {}).status_code == 404


def test_a_locked_report_is_read_on_its_page(faces: Faces, cast: Cast) -> None:
    case = reported(cast)
    words = words_of(AtTheDesk(faces.desk, cast, "liaison").get(f"/cases/{case.id}/report"))
    assert "He was told in May." in words
    assert "Rosalind Pettifer" in words


def seat_second(cast: Cast, case: Case) -> None:
    """Let the outside contact be the second person of a case."""
    appoint(
        cast.db,
        case,
        cast.keys(case, "liaison"),
        pack=cast.pack,
        actor=cast.viewer("liaison"),
        account_id=cast["outside"].id,
        capacity=Capacity.SECOND,
    )
    cast.db.commit()
    cast.let_attest(case, "outside")
