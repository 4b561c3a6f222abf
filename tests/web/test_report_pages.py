"""The report by hand: written, locked, and read on its page."""

from __future__ import annotations

from tests.actions.inquiry_steps import (
    add_item,
    heard,
    investigating,
    reply,
    reported,
    serve,
)
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.case_pages import fresh
from tests.web.desk_visitor import AtTheDesk, words_of


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
