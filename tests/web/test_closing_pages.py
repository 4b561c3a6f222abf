from __future__ import annotations

import re
from html import unescape

import pytest

from conductdesk import clock
from conductdesk.cases.actions.copying import latest_audit_copy
from conductdesk.cases.models import AuditCopy, Case
from conductdesk.cases.needs import Route
from tests.actions.closing_steps import bring_in, carrying_out, closable, closed, proposed
from tests.actions.inquiry_steps import in_days, newest
from tests.cast import Cast
from tests.web.case_pages import SignIn, at, fields_of, fill_in, send
from tests.web.desk_visitor import words_of


def copy_on(page_text: str) -> dict[str, str]:
    """Return the fields of the copy for the auditors as a browser would send them back."""
    titles = re.findall(r'<input[^>]*name="(sections-\d+-title)"[^>]*value="([^"]*)"', page_text)
    return {name: unescape(value) for name, value in titles}


def test_a_case_closes_one_task_after_the_other(cast: Cast, sign_in: SignIn) -> None:
    case, liaison = carrying_out(cast), sign_in("liaison")
    assert "4 of 6 still to do" in words_of(liaison.get(at(case.id, "closing")))
    for page, values in (
        ("closing/feedback", {"text": "We have spoken with everyone."}),
        ("closing/learning", {"text": "Say earlier what stays private."}),
        ("closing/retention", {"chosen": "no_breach"}),
    ):
        empty = send(liaison, at(case.id, page), {"text": "", "chosen": ""})
        assert empty.status_code == 422
        assert send(liaison, at(case.id, page), values).status_code == 303
    early = send(liaison, at(case.id, "closing/proposal"), {"reason": "All is done."})
    assert early.status_code == 422
    assert "Check the copy for the auditors first." in words_of(early)
    shown = liaison.get(at(case.id, "closing/copy"))
    kept = send(liaison, at(case.id, "closing/copy"), drafted(shown.text, fields_of(shown)))
    assert kept.status_code == 303, words_of(kept)
    assert "Everything is done." in words_of(liaison.get(at(case.id, "closing")))
    sent = send(liaison, at(case.id, "closing/proposal"), {"reason": "All is done."})
    assert sent.status_code == 303
    chair = sign_in("chair")
    asked = at(case.id, "closing/proposals/close")
    assert "What was reported" in words_of(chair.get(asked))
    assert send(chair, asked, {"agrees": "yes"}).status_code == 303
    words = words_of(chair.get(at(case.id, "closing")))
    assert "The case is closed" in words
    assert "Kept until" in words


def drafted(text: str, areas: dict[str, str]) -> dict[str, str]:
    return copy_on(text) | {name: unescape(value) for name, value in areas.items()}


def test_a_copy_that_names_somebody_is_refused_and_keeps_every_word(
    cast: Cast, sign_in: SignIn
) -> None:
    case, liaison = carrying_out(cast), sign_in("liaison")
    shown = liaison.get(at(case.id, "closing/copy"))
    assert "Thistlewood" not in shown.text
    values = drafted(shown.text, fields_of(shown))
    values["sections-0-text"] = "Marigold Ashdown told us, and we believed her."
    sent = send(liaison, at(case.id, "closing/copy"), values)
    assert sent.status_code == 422
    words = words_of(sent)
    assert "The copy still seems to name the reporter." in words
    assert "Still seems to name: the reporter" in words
    assert fields_of(sent)["sections-0-text"] == values["sections-0-text"]
    assert latest_audit_copy(cast.db, case) is None


def test_what_the_handler_changed_in_the_copy_is_kept(cast: Cast, sign_in: SignIn) -> None:
    case, liaison = carrying_out(cast), sign_in("liaison")
    shown = liaison.get(at(case.id, "closing/copy"))
    values = drafted(shown.text, fields_of(shown)) | {"sections-0-text": "Somebody told us."}
    assert send(liaison, at(case.id, "closing/copy"), values).status_code == 303
    kept = latest_audit_copy(cast.db, case)
    assert kept is not None
    assert "Somebody told us." in cast.keys(case, "liaison").open(AuditCopy.body, kept)
    assert "Somebody told us." in liaison.get(at(case.id, "closing/copy")).text


@pytest.mark.parametrize("forged", [{}, {"sections-0-title": "x" * 300, "sections-0-text": "a"}])
def test_a_forged_copy_is_no_copy(cast: Cast, sign_in: SignIn, forged: dict[str, str]) -> None:
    case, liaison = carrying_out(cast), sign_in("liaison")
    assert send(liaison, at(case.id, "closing/copy"), forged).status_code == 422


def test_no_feedback_needs_a_reason(cast: Cast, sign_in: SignIn) -> None:
    case, liaison = carrying_out(cast), sign_in("liaison")
    assert send(liaison, at(case.id, "closing/no-feedback"), {"reason": " "}).status_code == 422
    sent = send(liaison, at(case.id, "closing/no-feedback"), {"reason": "The police asked."})
    assert sent.status_code == 303
    assert newest(cast, case)[0] == "feedback.withheld"


def test_nobody_agrees_to_their_own_proposal_but_takes_it_back(cast: Cast, sign_in: SignIn) -> None:
    case, liaison = proposed(cast), sign_in("liaison")
    asked = at(case.id, "closing/proposals/close")
    assert "Take it back" in words_of(liaison.get(asked))
    assert send(liaison, asked, {"agrees": "yes", "reason": ""}).status_code == 422
    assert send(liaison, asked, {"agrees": "yes", "reason": "Too early."}).status_code == 303
    assert newest(cast, case)[0] == "proposal.refused"
    assert liaison.get(asked).status_code == 404
    assert liaison.post(asked, {"agrees": "yes"}).status_code == 422


def test_a_second_person_says_why_they_do_not_agree(cast: Cast, sign_in: SignIn) -> None:
    case, chair = proposed(cast), sign_in("chair")
    asked = at(case.id, "closing/proposals/close")
    assert send(chair, asked, {"agrees": "no", "reason": ""}).status_code == 422
    assert send(chair, asked, {"agrees": "no", "reason": "Ask her first."}).status_code == 303
    cast.db.expire_all()
    assert case.state == "carrying_out"


def test_somebody_who_only_agrees_reads_the_copy_and_nothing_else(
    cast: Cast, sign_in: SignIn
) -> None:
    case = proposed(cast)
    bring_in(cast, case, "deputy")
    deputy = sign_in("deputy")
    words = words_of(deputy.get(at(case.id, "closing/proposals/close")))
    assert "What was reported" in words
    assert "Barnaby" not in words
    assert deputy.get(at(case.id, "closing/copy")).status_code == 404
    assert deputy.get(at(case.id, "closing")).status_code == 200


def test_a_page_that_is_out_of_date_closes_nothing(cast: Cast, sign_in: SignIn) -> None:
    case, chair = proposed(cast), sign_in("chair")
    asked = at(case.id, "closing/proposals/close")
    chair.get(asked)
    sent = chair.post(asked, {"agrees": "yes", "version": "1"})
    assert sent.status_code == 409
    cast.db.expire_all()
    assert case.state == "carrying_out"


def test_aftercare_asks_and_ends(cast: Cast, sign_in: SignIn) -> None:
    case, liaison = closed(cast), sign_in("liaison")
    page = at(case.id, "closing")
    assert fill_in(liaison, page, at(case.id, "closing/aftercare")).status_code == 303
    words = words_of(liaison.get(page))
    assert "14 days after closure" in words
    assert "Ask now" not in words
    again = fill_in(liaison, page, at(case.id, "closing/aftercare"))
    assert again.status_code == 409
    with in_days(15):
        later = sign_in("liaison")
        address = re.search(r'action="([^"]+/check-ins/[^"]+)"', later.get(page).text)
        assert address is not None
        assert later.post(address[1]).status_code == 303
        assert "Asked, no answer yet" in words_of(later.get(page))
        assert later.post(address[1]).status_code == 422
        ended = send(later, at(case.id, "closing/aftercare/end"), {"reason": "She asked us to."})
        assert ended.status_code == 303
    cast.db.expire_all()
    assert case.state == "closed"


def test_only_somebody_without_a_part_reopens_a_case(cast: Cast, sign_in: SignIn) -> None:
    case = closed(cast)
    bring_in(cast, case, "deputy")
    chair, deputy = sign_in("chair"), sign_in("deputy")
    page = at(case.id, "closing/reopening")
    assert "Reopen the case" not in words_of(chair.get(at(case.id, "closing")))
    refused = send(chair, page, {"reason": "Something new."})
    assert refused.status_code == 422
    assert "Somebody who had no part in this case must decide that." in words_of(refused)
    assert "Reopen the case" in words_of(deputy.get(at(case.id, "closing")))
    assert send(deputy, page, {"reason": "Something new."}).status_code == 303
    cast.db.expire_all()
    assert case.state == "acknowledged"


def destroyable(cast: Cast) -> tuple[Case, int]:
    case = closed(cast)
    assert case.keep_until is not None
    return case, (case.keep_until - clock.now()).days + 2


def test_two_people_destroy_a_case_whose_time_is_over(cast: Cast, sign_in: SignIn) -> None:
    case, days = destroyable(cast)
    early = send(sign_in("liaison"), at(case.id, "closing/destruction"), {"reason": "Old."})
    assert early.status_code == 422
    assert "must be kept until its retention date" in words_of(early)
    with in_days(days):
        liaison, chair = sign_in("liaison"), sign_in("chair")
        assert "Propose to destroy it" in words_of(liaison.get(at(case.id, "closing")))
        sent = send(liaison, at(case.id, "closing/destruction"), {"reason": "Its time is over."})
        assert sent.status_code == 303
        asked = at(case.id, "closing/proposals/destroy")
        assert send(chair, asked, {"agrees": "yes"}).headers["Location"].endswith("/cases")
    cast.db.expire_all()
    assert case.state == "destroyed"


def test_the_auditor_and_the_outsider_find_no_page_of_closing(cast: Cast, sign_in: SignIn) -> None:
    case = closable(cast)
    for who in ("auditor", "outsider", "investigator"):
        stranger = sign_in(who)
        for page in ("closing", "closing/copy", "closing/proposals/close", "closing/reopening"):
            assert stranger.get(at(case.id, page)).status_code == 404


def test_what_is_not_carried_out_yet_says_what_it_lacks_before_it_is_closed(
    cast: Cast, sign_in: SignIn
) -> None:
    case, liaison = cast.triaged(Route.OUT_OF_SCOPE), sign_in("liaison")
    lacks = "What the triage chose has not begun. Begin to carry it out on the page of outcomes"
    assert lacks in words_of(liaison.get(at(case.id, "closing")))
    refused = send(liaison, at(case.id, "closing/proposal"), {"reason": "It is about a bus."})
    assert refused.status_code == 422
    assert lacks in words_of(refused)
