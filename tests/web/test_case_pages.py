"""The desk's own pages: the caseload, the names, the case, its people and its messages."""

from __future__ import annotations

import re
from uuid import uuid4

from conductdesk.cases.actions.corresponding import write_as_reporter
from conductdesk.cases.concern import Mode
from conductdesk.cases.models import Case, Message
from conductdesk.cases.queries import facts_of
from conductdesk.notice import Notice
from conductdesk.notices.actions import mark_failed, notify
from conductdesk.notices.rules import MOST_ATTEMPTS
from tests.cast import Cast, a_concern
from tests.files import CAMERA, a_docx, a_photo, checked
from tests.web.case_pages import SignIn, at, send
from tests.web.desk_visitor import words_of

TEXT = b"These are the messages that I was sent."


def with_a_file(cast: Cast, case: Case, content: bytes = TEXT, name: str = "sent.txt") -> Message:
    """Let the reporter send a file."""
    with checked(content, name) as file:
        keys = cast.reporter_keys(case)
        message = write_as_reporter(cast.db, case, keys, text="Here they are", file=file)
    cast.db.commit()
    return message


def test_the_caseload_lists_what_the_officer_may_see_and_nothing_else(
    cast: Cast, sign_in: SignIn
) -> None:
    mine = cast.received()
    assert mine.code_name in sign_in("liaison").get("/cases").text
    assert mine.code_name not in sign_in("outside").get("/cases").text


def test_an_empty_caseload_says_what_will_come(cast: Cast, sign_in: SignIn) -> None:
    shown = words_of(sign_in("investigator").get("/cases"))
    assert "When a concern reaches you, you get an e-mail" in shown


def test_a_filter_keeps_to_what_was_chosen(cast: Cast, sign_in: SignIn) -> None:
    received, acknowledged = cast.received(), cast.acknowledged()
    shown = sign_in("liaison").get("/cases?state=acknowledged").text
    assert acknowledged.code_name in shown
    assert received.code_name not in shown


def test_an_odd_place_to_begin_is_passed_over(cast: Cast, sign_in: SignIn) -> None:
    case = cast.received()
    shown = sign_in("liaison").get("/cases?after=nonsense&show=nothing&state=x&clock=y")
    assert shown.status_code == 200
    assert case.code_name in shown.text


def test_htmx_gets_the_list_alone_hx_10(cast: Cast, sign_in: SignIn) -> None:
    cast.received()
    officer = sign_in("liaison")
    part = officer.client.get(
        "/cases", headers={"HX-Request": "true"}, base_url="https://localhost"
    )
    assert "<html" not in part.text
    assert "HX-Request" in part.headers["Vary"]


def test_before_the_first_read_the_names_are_shown_and_nothing_more(
    cast: Cast, sign_in: SignIn
) -> None:
    case = cast.received()
    officer = sign_in("liaison")
    assert officer.get(f"/cases/{case.id}").status_code == 404
    shown = officer.get(at(case.id, "names")).text
    assert "Barnaby Thistlewood" in shown
    assert "Marigold" not in shown
    assert "in private" not in shown
    assert officer.post(at(case.id, "attestation")).status_code == 303
    assert officer.get(f"/cases/{case.id}").status_code == 200


def test_stepping_away_is_warned_of_and_then_done(cast: Cast, sign_in: SignIn) -> None:
    case = cast.received()
    officer = sign_in("liaison")
    assert "cannot undo" in words_of(officer.get(at(case.id, "recusal")))
    assert officer.post(at(case.id, "recusal")).status_code == 303
    assert officer.get(at(case.id, "names")).status_code == 404
    assert cast["liaison"].id in facts_of(cast.db, case).barred


def test_the_concern_is_shown_in_the_reporters_words_with_its_routing(
    cast: Cast, sign_in: SignIn
) -> None:
    case = cast.attested()
    shown = words_of(sign_in("liaison").get(at(case.id, "concern")))
    assert "He passed on what I had said in private." in shown
    assert "in charge, the first in the chain who is clear" in shown
    assert "Marigold" not in shown


def test_the_first_message_is_asked_for_and_acknowledges(cast: Cast, sign_in: SignIn) -> None:
    case = cast.attested()
    officer = sign_in("liaison")
    empty = send(officer, at(case.id, "acknowledgement"), {"text": ""})
    assert empty.status_code == 422
    assert "Write a message first" in empty.text
    assert send(officer, at(case.id, "acknowledgement"), {"text": "Thank you"}).status_code == 303
    cast.db.refresh(case)
    assert case.state == "acknowledged"


def test_an_old_page_is_answered_with_409_and_keeps_what_was_written(
    cast: Cast, sign_in: SignIn
) -> None:
    case = cast.acknowledged()
    officer = sign_in("liaison")
    officer.get(f"/cases/{case.id}")
    typed = {"version": "0", "text": "A long and careful message"}
    late = officer.post(at(case.id, "acknowledgement"), typed)
    assert late.status_code == 409
    assert "A long and careful message" in late.text


def test_an_incomplete_triage_keeps_every_answer(cast: Cast, sign_in: SignIn) -> None:
    case = cast.acknowledged()
    typed = {"crime": "not_sure", "crime_reason": "She was not certain", "route": "formal"}
    shown = send(sign_in("liaison"), at(case.id, "triage"), typed)
    assert shown.status_code == 422
    assert "She was not certain" in shown.text
    assert "Answer: Is anybody in immediate danger?" in words_of(shown)


def test_the_reporters_name_is_shown_for_a_reason_and_once(cast: Cast, sign_in: SignIn) -> None:
    case = cast.acknowledged()
    officer = sign_in("liaison")
    assert "Marigold" not in officer.get(at(case.id, "people")).text
    refused = officer.post(at(case.id, "reporter"), {"reveal-reason": ""})
    assert refused.status_code == 422
    assert "Marigold" not in refused.text
    shown = officer.post(at(case.id, "reporter"), {"reveal-reason": "To ring her back"})
    assert "Marigold Ashdown" in shown.text
    assert "Marigold" not in officer.get(at(case.id, "people")).text


def test_a_new_receipt_is_shown_once_to_be_handed_over(cast: Cast, sign_in: SignIn) -> None:
    case = cast.acknowledged()
    officer = sign_in("liaison")
    officer.get(at(case.id, "people"))
    shown = officer.post(at(case.id, "receipts"), {"receipt-reason": "Rang the number"})
    assert "hand it to the reporter now" in words_of(shown)
    assert "hand it to the reporter now" not in words_of(officer.get(at(case.id, "people")))


def test_for_an_anonymous_reporter_neither_name_nor_new_receipt_is_offered(
    cast: Cast, sign_in: SignIn
) -> None:
    case = cast.acknowledged(a_concern(mode=Mode.ANONYMOUS))
    shown = words_of(sign_in("liaison").get(at(case.id, "people")))
    assert "a lost receipt cannot be replaced" in shown
    assert "Issue a new receipt" not in shown


def test_somebody_seated_is_kept_away_after_a_warning(cast: Cast, sign_in: SignIn) -> None:
    case = cast.acknowledged()
    officer = sign_in("liaison")
    address = at(case.id, f"conflicts/{cast['chair'].id}")
    assert "cannot undo" in words_of(officer.get(address))
    assert officer.post(address).status_code == 303
    assert cast["chair"].id in facts_of(cast.db, case).barred
    assert officer.get(at(case.id, f"conflicts/{uuid4()}")).status_code == 404


def test_somebody_who_is_not_on_the_case_is_kept_away_before_they_can_come_to_it(
    cast: Cast, sign_in: SignIn
) -> None:
    case = cast.acknowledged()
    officer = sign_in("liaison")
    for who in ("auditor", "investigator"):
        assert cast[who].account.name in officer.get(at(case.id, "people")).text
        address = at(case.id, f"conflicts/{cast[who].id}")
        assert "never given a part" in words_of(officer.get(address))
        assert officer.post(address).status_code == 303
        assert cast[who].id in facts_of(cast.db, case).barred
        assert cast[who].account.name not in officer.get(at(case.id, "people")).text
    assert officer.get(at(case.id, f"conflicts/{cast['outsider'].id}")).status_code == 404
    shown = officer.get(at(case.id, "appointments/investigator")).text
    assert cast["investigator"].account.name not in shown


def test_an_appointment_lists_who_is_free_and_appoints(cast: Cast, sign_in: SignIn) -> None:
    case = cast.triaged()
    officer = sign_in("liaison")
    address = at(case.id, "appointments/investigator")
    assert "Rosalind Pettifer" in officer.get(address).text
    assert officer.post(address, {"account_id": str(uuid4())}).status_code == 422
    chosen = {"account_id": str(cast["investigator"].id)}
    assert officer.post(address, chosen).status_code == 303
    assert officer.get(at(case.id, "appointments/emperor")).status_code == 404


def test_officers_open_the_working_copy_of_what_the_reporter_sent(
    cast: Cast, sign_in: SignIn
) -> None:
    case = cast.triaged()
    message = with_a_file(cast, case, a_photo(), "letter.jpg")
    officer, place = sign_in("liaison"), at(case.id, f"messages/{message.id}")
    page = officer.get(at(case.id, "messages"))
    assert f'href="{place}/file">letter.jpg<' in page.text
    assert "Its hidden data was taken out" in words_of(page)
    copy = officer.get(f"{place}/file")
    assert copy.data
    assert CAMERA.encode() not in copy.data
    original = officer.get(f"{place}/original")
    assert original.data == a_photo()
    for got in (copy, original):
        assert got.headers["Content-Disposition"].startswith("attachment")
    assert officer.get(at(case.id, f"messages/{uuid4()}/file")).status_code == 404
    assert officer.get(at(case.id, f"messages/{uuid4()}/original")).status_code == 404


def test_a_file_without_a_working_copy_says_so_and_is_handed_over_as_it_came(
    cast: Cast, sign_in: SignIn
) -> None:
    case, letter = cast.triaged(), a_docx()
    message = with_a_file(cast, case, letter, "letter.docx")
    officer = sign_in("liaison")
    page = words_of(officer.get(at(case.id, "messages")))
    assert "letter.docx. Of this kind of file no working copy is made." in page
    assert officer.get(at(case.id, f"messages/{message.id}/file")).data == letter


def test_a_file_of_the_reporters_becomes_evidence_in_both_its_forms(
    cast: Cast, sign_in: SignIn
) -> None:
    case = cast.triaged()
    message = with_a_file(cast, case, a_photo(), "letter.jpg")
    officer = sign_in("liaison")
    officer.get(at(case.id, "messages"))
    sent = officer.post(at(case.id, f"messages/{message.id}/evidence"))
    assert sent.status_code == 303, words_of(sent)
    found = re.search(r"/evidence/[0-9a-f-]{36}", officer.get(at(case.id, "evidence")).text)
    assert found is not None
    item = at(case.id, found[0].strip("/"))
    assert "letter.jpg" in words_of(officer.get(item))
    assert officer.get(f"{item}/original").data == a_photo()
    copy = officer.get(f"{item}/copy").data
    assert copy == officer.get(at(case.id, f"messages/{message.id}/file")).data


def test_a_message_without_a_file_has_none_to_hand_over(cast: Cast, sign_in: SignIn) -> None:
    case = cast.triaged()
    bare = write_as_reporter(cast.db, case, cast.reporter_keys(case), text="No file.")
    cast.db.commit()
    officer = sign_in("liaison")
    officer.get(at(case.id, "messages"))
    for ending in ("file", "original"):
        assert officer.get(at(case.id, f"messages/{bare.id}/{ending}")).status_code == 404
    refused = officer.post(at(case.id, f"messages/{bare.id}/evidence"))
    assert refused.status_code == 422
    assert "There is no file with this message" in words_of(refused)


def test_the_history_tells_who_read_the_case(cast: Cast, sign_in: SignIn) -> None:
    case = cast.acknowledged()
    shown = words_of(sign_in("chair").get(at(case.id, "history")))
    assert "Case read by Caspian Underhollow" in shown


def test_whoever_is_on_a_case_sees_which_officer_on_it_no_mail_reached_em_11(
    cast: Cast, sign_in: SignIn
) -> None:
    case = cast.acknowledged()
    cast.let_attest(case, "chair")
    for who in ("liaison", "chair", "outsider"):
        row = notify(cast.db, cast[who].id, Notice.URGENT, case_id=case.id)
        row.attempts = MOST_ATTEMPTS
        mark_failed(row, "SMTPRecipientsRefused 550")
    page, names = (
        f"/cases/{case.id}",
        {who: member.account.name for who, member in cast.members.items()},
    )
    liaison, chair = sign_in("liaison"), sign_in("chair")
    shown = words_of(liaison.get(page))
    assert f"could not be delivered to {names['chair']}. Tell them in another way" in shown
    assert "could not be delivered to you. Ask the administrator" in shown
    assert names["outsider"] not in shown
    assert f"could not be delivered to {names['liaison']}" in words_of(chair.get(page))
    send(chair, at(case.id, "recusal"))
    assert chair.get(page).status_code == 404
    assert f"delivered to {names['chair']}" not in words_of(liaison.get(page))
