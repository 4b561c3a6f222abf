"""Deciding by hand: findings and outcomes through the page, and what others see of it."""

from __future__ import annotations

from datetime import timedelta

from conductdesk.cases.days import today
from conductdesk.cases.inquiry import findings_of, outcomes_of
from conductdesk.cases.models import Case
from tests.actions.inquiry_steps import decided, heard, party, reported
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.desk_visitor import AtTheDesk, words_of


def a_decision(cast: Cast, case: Case, **changes: object) -> dict[str, object]:
    """Return the decision page, well filled in: upheld, with retraining."""
    day = today() + timedelta(days=30)
    return {
        "version": str(case.version),
        "rows": "1",
        "result_A": "upheld",
        "standard_A": "balance",
        "reasons_A": "Two people say so.",
        "kind_0": "retraining",
        "party_0": str(party(cast.db, case)),
        "what_0": "A course on confidence.",
        "owner_0": "The chair",
        "hours_0": "6",
        "due_0": [str(day.day), str(day.month), str(day.year)],
        **changes,
    }


def outcome(row: int, **fields: object) -> dict[str, object]:
    """Return the fields of one outcome."""
    return {f"{name}_{row}": value for name, value in fields.items()}


def test_the_decision_maker_decides_with_several_outcomes(faces: Faces, cast: Cast) -> None:
    case = reported(cast)
    desk = AtTheDesk(faces.desk, cast, "decision_maker")
    page = desk.get(f"/cases/{case.id}/decision")
    assert "there is a case to answer" in words_of(page)
    assert "Retraining" in page.text
    typed = a_decision(cast, case, rows="3")
    typed |= outcome(1, kind="removal", party=typed["party_0"], what="Leaves.", owner="The chair")
    typed |= {"due_1": typed["due_0"]}
    sent = desk.post(f"/cases/{case.id}/decision", typed)
    assert sent.status_code == 303, words_of(sent)
    cast.db.expire_all()
    assert [one.result for one in findings_of(cast.db, case)] == ["upheld"]
    assert {one.kind: one.hours for one in outcomes_of(cast.db, case)} == {
        "retraining": 6,
        "removal": None,
    }
    words = words_of(desk.get(f"/cases/{case.id}/decision"))
    assert "Retraining, 6 hours" in words
    assert "Subject to appeal" in words
    assert "Two people say so." in words


def test_an_outcome_is_added_and_taken_out_without_a_script(faces: Faces, cast: Cast) -> None:
    case = reported(cast)
    desk = AtTheDesk(faces.desk, cast, "decision_maker")
    desk.get(f"/cases/{case.id}/decision")
    page = desk.post(f"/cases/{case.id}/decision", a_decision(cast, case, act="add"))
    assert page.status_code == 200
    assert 'name="kind_1"' in page.text
    assert "A course on confidence." in page.text
    page = desk.post(f"/cases/{case.id}/decision", a_decision(cast, case, act="remove_0"))
    assert 'name="kind_0"' not in page.text
    assert "Two people say so." in page.text
    assert findings_of(cast.db, case) == []


def test_a_decision_with_mistakes_comes_back_with_every_answer(faces: Faces, cast: Cast) -> None:
    case = reported(cast)
    desk = AtTheDesk(faces.desk, cast, "decision_maker")
    desk.get(f"/cases/{case.id}/decision")
    typed = a_decision(
        cast, case, result_A="", hours_0="many", owner_0="", due_0=["31", "4", "2027"]
    )
    page = desk.post(f"/cases/{case.id}/decision", typed)
    words = words_of(page)
    assert page.status_code == 422
    for sentence in (
        "Choose a finding on allegation A",
        "Say who must do outcome 1",
        "Write the hours as a whole number",
        "Write a real day",
    ):
        assert sentence in words
    assert "A course on confidence." in page.text
    assert 'value="many"' in page.text
    assert 'value="31"' in page.text


def test_what_the_action_refuses_is_said_in_place(faces: Faces, cast: Cast) -> None:
    case = reported(cast)
    desk = AtTheDesk(faces.desk, cast, "decision_maker")
    desk.get(f"/cases/{case.id}/decision")
    page = desk.post(f"/cases/{case.id}/decision", a_decision(cast, case, result_A="not_upheld"))
    assert page.status_code == 422
    assert "something must be upheld against them" in words_of(page)
    assert "A course on confidence." in page.text
    cast.db.expire_all()
    assert findings_of(cast.db, case) == []


def test_upheld_without_anything_that_follows_is_refused(faces: Faces, cast: Cast) -> None:
    case = reported(cast)
    desk = AtTheDesk(faces.desk, cast, "decision_maker")
    desk.get(f"/cases/{case.id}/decision")
    typed = {k: v for k, v in a_decision(cast, case).items() if not k.endswith("_0")}
    page = desk.post(f"/cases/{case.id}/decision", typed)
    assert page.status_code == 422
    assert "Say what follows" in words_of(page)


def test_the_second_of_two_deciders_gets_409(faces: Faces, cast: Cast) -> None:
    case = reported(cast)
    desk = AtTheDesk(faces.desk, cast, "decision_maker")
    desk.get(f"/cases/{case.id}/decision")
    typed = a_decision(cast, case)
    assert desk.post(f"/cases/{case.id}/decision", typed).status_code == 303
    again = desk.post(f"/cases/{case.id}/decision", typed)
    assert again.status_code == 409
    cast.db.expire_all()
    assert len(findings_of(cast.db, case)) == 1


def test_odd_input_on_the_decision_page_is_answered_in_words(faces: Faces, cast: Cast) -> None:
    case = reported(cast)
    desk = AtTheDesk(faces.desk, cast, "decision_maker")
    desk.get(f"/cases/{case.id}/decision")
    odd: list[dict[str, object]] = [
        {},
        {"rows": "9" * 5000, "act": "remove_0"},
        a_decision(cast, case, kind_0="execution"),
        a_decision(cast, case, party_0=str(case.id)),
        a_decision(cast, case, hours_0="9" * 400),
        a_decision(cast, case, hours_0="²"),
        a_decision(cast, case, reasons_A="\x00 \u202e 🙂" + "x" * 30_000),
        a_decision(cast, case, due_0=["1"]),
    ]
    for typed in odd:
        answer = desk.post(f"/cases/{case.id}/decision", typed)
        assert answer.status_code in (200, 422), (answer.status_code, typed)
    cast.db.expire_all()
    assert findings_of(cast.db, case) == []


def test_nobody_but_the_decision_maker_gets_the_form(faces: Faces, cast: Cast) -> None:
    case = reported(cast)
    for who in ("liaison", "investigator", "appeal_body"):
        desk = AtTheDesk(faces.desk, cast, who)
        page = desk.get(f"/cases/{case.id}/decision")
        assert "Nothing is decided yet" in words_of(page), who
        desk.get(f"/cases/{case.id}/inquiry")
        assert desk.post(f"/cases/{case.id}/decision", {}).status_code == 404, who


def test_there_is_no_form_before_the_report_is_locked(faces: Faces, cast: Cast) -> None:
    case = heard(cast)
    desk = AtTheDesk(faces.desk, cast, "decision_maker")
    assert "Nothing is decided yet" in words_of(desk.get(f"/cases/{case.id}/decision"))


def test_the_handler_reads_what_was_decided(faces: Faces, cast: Cast) -> None:
    case = decided(cast)
    words = words_of(AtTheDesk(faces.desk, cast, "liaison").get(f"/cases/{case.id}/decision"))
    assert "Upheld" in words
    assert "Removal from the scheme" in words
