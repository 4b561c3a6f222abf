"""The pages of an auditor's work on a case, and those of the officers who answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from conductdesk import clock
from conductdesk.cases.models import AuditFinding, AuditQuestion, BreakGlass, Case, SchemeFinding
from conductdesk.review.actions.finding import ask_question
from tests.actions.audit_steps import begun, found_in, in_days
from tests.actions.closing_steps import bring_in, closed, types_of
from tests.actions.interest_steps import naming
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.desk_visitor import AtTheDesk, words_of

IN_A_MONTH = in_days(25)
DUE: dict[str, Any] = {"due_on": [IN_A_MONTH.day, IN_A_MONTH.month, IN_A_MONTH.year]}
FINDING = {
    "observation": "The delay has no reason.",
    "grade": "major",
    "recommendation": "Write reasons down.",
    "owner": "liaison",
    **DUE,
}


def test_a_finding_is_recorded_answered_proven_and_closed(cast: Cast, faces: Faces) -> None:
    case_id = closed(cast).id
    auditor, officer = (AtTheDesk(faces.desk, cast, who) for who in ("auditor", "liaison"))
    under, at = f"/review/cases/{case_id}", f"/cases/{case_id}/audit"
    auditor.get(f"{under}/work")
    wrong = auditor.post(f"{under}/findings/new", {**FINDING, "observation": ""})
    assert wrong.status_code == 422
    assert "Say what you observed" in words_of(wrong)
    assert "Write reasons down." in wrong.text  # what was typed is kept
    assert auditor.post(f"{under}/findings/new", FINDING).status_code == 303
    made = cast.db.query(AuditFinding).one().id
    assert "Put right what an audit found" in officer.get(f"/cases/{case_id}/steps").text
    assert "The delay has no reason." in words_of(officer.get(at))
    officer.get(f"{at}/findings/{made}/reply")
    reply = {"accepted": "yes", "words": "We will."}
    assert officer.post(f"{at}/findings/{made}/reply", reply).status_code == 303
    assert officer.post(f"{at}/findings/{made}/proof", {"proof": "Done."}).status_code == 303
    assert "Look at the proof" in auditor.get(f"{under}/work").text
    verdict = {"proven": "yes", "words": "I saw it."}
    assert auditor.post(f"{under}/findings/{made}/verdict", verdict).status_code == 303
    assert "Closed" in words_of(auditor.get(f"{under}/work"))
    again = auditor.post(f"{under}/findings/{made}/verdict", verdict)
    assert again.status_code == 422
    assert "This finding is closed." in words_of(again)


def test_a_finding_rests_on_the_cases_that_are_ticked_or_on_none(cast: Cast, faces: Faces) -> None:
    cases = [closed(cast), closed(cast, naming("Ulysses Invented-Nowhere"))]
    ids, names = [str(one.id) for one in cases], sorted(one.code_name for one in cases)
    engagement = f"/review/audits/{begun(cast).id}"
    auditor, new = AtTheDesk(faces.desk, cast, "auditor"), f"{engagement}/findings/new"
    assert new in auditor.get(engagement).text
    assert "so the finding is about the scheme as a whole" in words_of(auditor.get(new))
    for one in cases:
        cast.let("auditor", one, ask_question, words="Why so late?")
    assert "Which cases does it rest on?" in auditor.get(new).text
    wrong = auditor.post(new, {**FINDING, "cases": ids[:1]})
    assert (wrong.status_code, "on that case" in words_of(wrong)) == (422, True)
    assert "Write reasons down." in wrong.text  # what was typed is kept
    officer = AtTheDesk(faces.desk, cast, "liaison")
    assert "/audit-findings" not in officer.get("/cases").text
    assert "No findings" in words_of(officer.get("/audit-findings"))
    for ticked in (ids, []):
        assert auditor.post(new, {**FINDING, "cases": ticked}).status_code == 303
    assert "/audit-findings" in officer.get("/cases").text
    for page in (officer.get("/audit-findings"), auditor.get(engagement)):
        assert f"{names[0]}, {names[1]}" in words_of(page)
        assert "The scheme as a whole" in words_of(page)


def test_a_finding_on_the_scheme_is_answered_by_its_office_alone(cast: Cast, faces: Faces) -> None:
    made = found_in(cast, begun(cast), closed(cast), closed(cast, naming("Ferdinand Nowhere")))
    engagement = f"/review/audits/{cast.db.get_one(SchemeFinding, made).engagement_id}"
    cast.db.rollback()
    auditor, officer, chair = (
        AtTheDesk(faces.desk, cast, who) for who in ("auditor", "liaison", "chair")
    )
    at, verdict = f"/audit-findings/{made}", f"{engagement}/findings/{made}/verdict"
    assert "zinnwaldite" in words_of(officer.get(f"{at}/reply"))
    assert chair.get(f"{at}/reply").status_code == 404
    refused = officer.post(f"{at}/reply", {"accepted": "yes", "words": "Barnaby Thistlewood."})
    assert refused.status_code == 422
    assert officer.post(f"{at}/reply", {"accepted": "yes", "words": "We will."}).status_code == 303
    assert officer.get(f"{at}/proof").status_code == 200
    assert officer.post(f"{at}/proof", {"proof": "Done."}).status_code == 303
    assert verdict in auditor.get(engagement).text
    assert "Done." in words_of(auditor.get(verdict))
    assert auditor.post(verdict, {"proven": "yes", "words": "Seen."}).status_code == 303
    assert "Closed on" in words_of(auditor.get(engagement))


def test_a_question_goes_to_and_fro(cast: Cast, faces: Faces) -> None:
    case_id = closed(cast).id
    auditor, officer = (AtTheDesk(faces.desk, cast, who) for who in ("auditor", "chair"))
    auditor.get(f"/review/cases/{case_id}/questions/new")
    auditor.post(f"/review/cases/{case_id}/questions/new", {"words": "Why so late?"})
    asked = cast.db.query(AuditQuestion).one().id
    at = f"/cases/{case_id}/audit/questions/{asked}"
    assert "Why so late?" in officer.get(at).text
    assert "Go to the audit" in officer.get(f"/cases/{case_id}").text
    refused = officer.post(at, {"answer": "Marigold Ashdown was ill."})
    assert refused.status_code == 422
    assert "seems to name the reporter" in words_of(refused)
    cast.db.rollback()
    assert types_of(cast, cast.db.get_one(Case, case_id))[-1] == "text.refused"
    assert officer.post(at, {"answer": "She was ill."}).status_code == 303
    assert "Go to the audit" not in officer.get(f"/cases/{case_id}").text
    assert "She was ill." in auditor.get(f"/review/cases/{case_id}/work").text
    assert officer.get(at).status_code == 404


def test_nobody_finds_out_a_name_by_trying_many(
    cast: Cast, faces: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conductdesk.cases.views.naming.TEXTS_AN_HOUR", 2)
    case_id = closed(cast).id
    auditor, officer = (AtTheDesk(faces.desk, cast, who) for who in ("auditor", "chair"))
    ask = f"/review/cases/{case_id}/questions/new"
    auditor.get(ask)
    for name in ("Marigold Ashdown", "Nobody Atall"):  # the reporter, and somebody invented
        assert auditor.post(ask, {"words": f"Was {name} ill?"}).status_code == 303
    asked = cast.db.query(AuditQuestion).first()
    assert asked is not None
    at = f"/cases/{case_id}/audit/questions/{asked.id}"
    officer.get(at)
    for name in ("Marigold Ashdown", "Ashdown"):
        assert "seems to name" in words_of(officer.post(at, {"answer": f"{name} was."}))
    known = types_of(cast, cast.db.get_one(Case, case_id))
    assert known.count("text.refused") == 2
    for name in ("Marigold Ashdown", "Nobody Atall"):
        answer = officer.post(at, {"answer": f"{name} was."})
        assert answer.status_code == 422
        assert "You sent many texts for this case in a short time." in words_of(answer)
        assert "seems to name" not in words_of(answer)
        assert name in answer.text  # what was typed is kept
    with clock.at(clock.now() + timedelta(hours=1)):
        assert officer.post(at, {"answer": "She was ill."}).status_code == 303
    assert types_of(cast, cast.db.get_one(Case, case_id)).count("text.refused") == 2


def test_more_than_the_record_is_read_after_two_people_agreed(cast: Cast, faces: Faces) -> None:
    case_id = (case := closed(cast)).id
    bring_in(cast, case, "investigator")
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    under = f"/review/cases/{case_id}"
    assert "Closed to you" in auditor.get(f"{under}/originals").text
    auditor.get(f"{under}/more")
    until = [in_days(5).day, in_days(5).month, in_days(5).year]
    wanted = {"parts": ["intake", "identity"], "reason": "The copy is thin.", "until": until}
    assert auditor.post(f"{under}/more", wanted).status_code == 303
    asked, parts = cast.db.query(BreakGlass.id, BreakGlass.parts).one()
    assert parts == "intake"
    officers = [AtTheDesk(faces.desk, cast, who) for who in ("liaison", "investigator")]
    for officer in officers:
        page = officer.get(f"/cases/{case_id}/audit/requests/{asked}")
        assert "The copy is thin." in page.text
        sent = officer.post(f"/cases/{case_id}/audit/requests/{asked}", {"agrees": "yes"})
        assert sent.status_code == 303
    assert "The keys wait until an officer" in words_of(officers[1].get(f"/cases/{case_id}/audit"))
    before = auditor.get(f"{under}/originals").text
    assert ("Some keys are on their way" in before, "in private" in before) == (True, False)
    officers[0].sign_in()  # a holder unlocks
    assert "Longbarrow has the keys now" in words_of(auditor.get(f"{under}/work"))
    originals = auditor.get(f"{under}/originals").text
    assert "He passed on what I had said in private." in originals
    assert "Marigold" not in originals
    assert "Originals read by an auditor" in auditor.get(f"{under}/history").text


def test_whoever_steps_away_does_not_see_the_case_any_more(cast: Cast, faces: Faces) -> None:
    case = closed(cast)
    case_id, name = case.id, case.code_name
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    assert name in auditor.get("/review").text
    auditor.get(f"/review/cases/{case_id}/stepping-away")
    assert auditor.post(f"/review/cases/{case_id}/stepping-away").status_code == 303
    assert name not in auditor.get("/review").text
    assert auditor.get(f"/review/cases/{case_id}").status_code == 404


def test_the_pages_are_for_those_of_the_case_alone(cast: Cast, faces: Faces) -> None:
    case_id = closed(cast).id
    at_the_desk = (f"/cases/{case_id}/audit",)
    at_the_review = tuple(f"/review/cases/{case_id}/{page}" for page in ("work", "more"))
    for who, pages in (
        ("outsider", (*at_the_desk, *at_the_review)),
        ("auditor", at_the_desk),
        ("liaison", at_the_review),
    ):
        visitor = AtTheDesk(faces.desk, cast, who)
        assert {visitor.get(page).status_code for page in pages} == {404}, who


def test_a_working_paper_is_filled_in_and_signed_off(cast: Cast, faces: Faces) -> None:
    case_id = closed(cast).id
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    at = f"/review/cases/{case_id}/paper"
    assert cast.pack.checklist[0].question in words_of(auditor.get(at))
    early = auditor.post(f"{at}/signature")
    assert early.status_code == 422
    said = {f"answer_{line.key}": "yes" for line in cast.pack.checklist}
    assert auditor.post(at, {**said, "note_reads": "All of them."}).status_code == 303
    assert "All of them." in auditor.get(at).text
    assert auditor.post(f"{at}/signature").status_code == 303
    assert "You signed this off" in words_of(auditor.get(at))
    assert auditor.post(at, said).status_code == 422
