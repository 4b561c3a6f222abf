"""A long text is saved by its button, or while somebody types, and is there again on the page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from conductdesk.cases.days import today
from conductdesk.cases.models import Case, Draft
from tests.actions import inquiry_steps as steps
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.case_pages import SignIn, at, boxes, fields_of
from tests.web.desk_visitor import SITE, AtTheDesk, words_of

HIDDEN = re.compile(r'<input id="(version|page|known)" name="\w+" type="hidden" value="([^"]*)"')


@pytest.fixture
def sign_in(faces: Faces, cast: Cast) -> SignIn:
    return lambda who: AtTheDesk(faces.desk, cast, who)


def hidden_on(page: TestResponse) -> dict[str, str]:
    """Return what a page says of itself."""
    found = dict(HIDDEN.findall(page.text))
    assert set(found) == {"version", "page", "known"}
    return found


def save(officer: AtTheDesk, path: str, typed: dict[str, Any]) -> TestResponse:
    """Open a page, type, and press “Save and go on later”."""
    return officer.post(path, {**hidden_on(officer.get(path)), **typed, "act": "save"})


def save_beside(officer: AtTheDesk, path: str, typed: dict[str, Any]) -> TestResponse:
    """Save as htmx does while somebody types."""
    officer._cast.db.commit()
    data = {"csrf_token": officer.token, **typed, "act": "save"}
    return officer.client.post(path, data=data, headers={"HX-Request": "true"}, base_url=SITE)


def saved(cast: Cast) -> list[Draft]:
    cast.db.expire_all()
    return list(cast.db.scalars(select(Draft)))


def test_a_report_is_saved_by_its_button_and_gone_on_with(cast: Cast, sign_in: SignIn) -> None:
    case, officer = steps.heard(cast), sign_in("investigator")
    path = at(case.id, "report")
    assert "Not saved yet." in words_of(officer.get(path))
    sent = save(officer, path, {"facts": "He was told <in May>.", "answer_A": "yes"})
    assert sent.status_code == 303
    assert sent.location.endswith("/report#kept")
    again = officer.get(path)
    assert fields_of(again)["facts"] == "He was told &lt;in May&gt;."
    assert re.search(r'value="yes" checked', again.text)
    assert "Saved on" in words_of(again)
    assert "There is a problem" not in words_of(again)
    whole = {
        **hidden_on(again),
        "facts": "He was told in May.",
        "searched_against": "Asked both others.",
        "analysis": "It fits.",
        "answer_A": "yes",
        "why_A": "Two people say so.",
    }
    assert officer.post(path, whole).status_code == 303
    assert "Locked on" in words_of(officer.get(path))
    assert saved(cast) == []


def test_a_report_is_saved_while_somebody_types(cast: Cast, sign_in: SignIn) -> None:
    case, officer = steps.heard(cast), sign_in("investigator")
    path = at(case.id, "report")
    page = officer.get(path)
    assert 'hx-trigger="input delay:4s"' in page.text
    assert re.search(r'<p class="govuk-hint" id="kept" role="status">', page.text)
    for text in ("He", "He was", "He was told"):
        answer = save_beside(officer, path, {**hidden_on(page), "facts": text})
        assert answer.status_code == 200
        assert re.fullmatch(r"Saved at \d+:\d\d[ap]m\.", answer.text.strip())
    assert fields_of(officer.get(path))["facts"] == "He was told"


def test_a_page_that_is_older_is_told_so_in_its_line(cast: Cast, sign_in: SignIn) -> None:
    case, officer = steps.heard(cast), sign_in("investigator")
    path = at(case.id, "report")
    first, second = hidden_on(officer.get(path)), hidden_on(officer.get(path))
    assert save_beside(officer, path, {**second, "facts": "newer"}).status_code == 200
    answer = save_beside(officer, path, {**first, "facts": "older"})
    assert answer.status_code == 409
    assert "Not saved. This text was saved from another page" in words_of(answer)
    assert "<html" not in answer.text
    whole = officer.post(path, {**first, "facts": "older", "act": "save"})
    assert whole.status_code == 409
    assert fields_of(whole)["facts"] == "older"
    assert fields_of(officer.get(path))["facts"] == "newer"


def test_a_text_that_is_too_long_is_not_saved_and_not_lost(cast: Cast, sign_in: SignIn) -> None:
    case, officer = steps.heard(cast), sign_in("investigator")
    path = at(case.id, "report")
    long = "a" * 20_001
    typed = {**hidden_on(officer.get(path)), "searched_against": long}
    answer = save_beside(officer, path, typed)
    assert (answer.status_code, "too long" in answer.text) == (422, True)
    whole = officer.post(path, {**typed, "act": "save"})
    assert whole.status_code == 422
    assert "This holds 20,000 characters, and yours is 1 longer" in words_of(whole)
    assert fields_of(whole)["searched_against"] == long
    assert "Write down the facts" not in words_of(whole)
    assert saved(cast) == []


def test_odd_input_is_saved_as_it_is_or_refused_in_words(cast: Cast, sign_in: SignIn) -> None:
    case, officer = steps.heard(cast), sign_in("investigator")
    path = at(case.id, "report")
    for text in ("", "\x00\x07", "‮🙈", '{"a": 1}', "</textarea><script>"):
        page = officer.get(path)
        sent = save_beside(officer, path, {**hidden_on(page), "facts": text, "answer_A": "🙈"})
        assert sent.status_code == 200, text
        assert officer.get(path).status_code == 200
        assert "<script>" not in officer.get(path).text.replace("<script src", "")
    wrong = {"version": "x", "page": "y" * 300, "known": ["a", "b"]}
    assert save_beside(officer, path, wrong).status_code in (409, 422)


def test_a_decision_is_saved_with_its_outcomes(cast: Cast, sign_in: SignIn) -> None:
    case, officer = steps.reported(cast), sign_in("decision_maker")
    path = at(case.id, "decision")
    typed = {
        "rows": "2",
        "result_A": "upheld",
        "standard_A": "clear",
        "reasons_A": "Both say so.",
        "kind_0": "apology",
        "what_0": "A letter",
        "what_1": "A talk",
        **boxes("due_1", today() + timedelta(days=20)),
    }
    assert save(officer, path, typed).status_code == 303
    page = officer.get(path)
    found = fields_of(page)
    assert (found["reasons_A"], found["what_0"], found["what_1"]) == (
        "Both say so.",
        "A letter",
        "A talk",
    )
    assert '<option value="apology" selected>' in page.text
    assert '<option value="clear" selected>' in page.text
    more = officer.post(path, {**hidden_on(page), **typed, "act": "add"})
    assert 'name="what_2"' in more.text
    assert hidden_on(more) == hidden_on(page)


def test_the_terms_are_saved_with_their_rows(cast: Cast, sign_in: SignIn) -> None:
    case, officer = cast.triaged(), sign_in("liaison")
    path = at(case.id, "terms")
    typed = {"rows": "2", "account_1": "Told a third person", "questions": "Who told whom?"}
    assert save(officer, path, {**typed, "due_on": ["31", "2", "x"]}).status_code == 303
    page = officer.get(path)
    assert fields_of(page)["account_1"] == "Told a third person"
    assert fields_of(page)["questions"] == "Who told whom?"
    assert 'value="31"' in page.text


def test_others_on_the_case_see_nothing_of_it(cast: Cast, sign_in: SignIn) -> None:
    case, officer = steps.heard(cast), sign_in("investigator")
    path = at(case.id, "report")
    save(officer, path, {"facts": "half a sentence that"})
    for who in ("liaison", "chair", "decision_maker"):
        page = sign_in(who).get(path)
        assert page.status_code == 200
        assert "half a sentence" not in page.text
        assert "Saved on" not in words_of(page)


@pytest.mark.parametrize("who", ["outsider", "auditor", "administrator", "lead"])
def test_strangers_can_save_nothing(cast: Cast, sign_in: SignIn, who: str) -> None:
    case = steps.heard(cast)
    stranger = sign_in(who)
    stranger.get("/account")
    path = at(case.id, "report")
    assert stranger.post(path, {"act": "save", "facts": "x"}).status_code == 404
    assert save_beside(stranger, path, {"facts": "x"}).status_code == 404
    assert saved(cast) == []


def test_a_handler_cannot_save_the_report(cast: Cast, sign_in: SignIn) -> None:
    case: Case = steps.heard(cast)
    handler = sign_in("liaison")
    handler.get(at(case.id, "report"))
    assert handler.post(at(case.id, "report"), {"act": "save"}).status_code == 404
    assert saved(cast) == []
