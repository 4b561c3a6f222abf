"""The inquiry by hand: terms, notes, and who finds it at all."""

from __future__ import annotations

from datetime import timedelta

from conductdesk.cases.days import today
from conductdesk.cases.inquiry import allegations_of, documents_of
from conductdesk.cases.models import DocumentKind
from tests.actions.closing_steps import bring_in
from tests.actions.inquiry_steps import (
    heard,
    investigating,
    party,
    seat,
    two_respondents,
    with_terms,
)
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.case_pages import boxes, fresh
from tests.web.desk_visitor import AtTheDesk, words_of


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
    bring_in(cast, case, "outside")
    desk = AtTheDesk(faces.desk, cast, "outside")
    for place in ("inquiry", "evidence", "evidence/new", "report", "decision"):
        page = desk.get(f"/cases/{case.id}/{place}")
        assert page.status_code == 200, place
        assert "You have no key to the inquiry" in words_of(page)
        assert "A letter" not in page.text
    refused = desk.post(f"/cases/{case.id}/evidence", {})
    assert refused.status_code == 422
    assert "You have no key to the inquiry" in words_of(refused)


def test_strangers_find_no_inquiry(faces: Faces, cast: Cast) -> None:
    case = heard(cast)
    for who in ("outsider", "administrator", "auditor"):
        desk = AtTheDesk(faces.desk, cast, who)
        for place in ("inquiry", "terms", "evidence", "evidence/new", "report", "decision"):
            assert desk.get(f"/cases/{case.id}/{place}").status_code == 404, (who, place)
