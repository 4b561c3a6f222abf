"""Sending a concern, and the receipt."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from conductdesk import clock
from conductdesk.audit.checkpoints import mark_restored
from conductdesk.audit.note import parse_proof, verifier_key_of
from conductdesk.audit.queries import entry_bytes
from conductdesk.cases.models import Appointment, Barrier, Case, Concern, Party
from conductdesk.cases.models import Reporter as ReporterRow
from conductdesk.vault.receipts import Receipt
from conductdesk.web.state import Services
from tests.log_reading import open_proof
from tests.web.visitor import CONCERN, Visitor, words_of


def count(services: Services, model: Any) -> int:
    """Return how many rows there are."""
    with services.database.reading() as db:
        return db.scalar(select(func.count()).select_from(model)) or 0


def the_case(services: Services) -> Case:
    """Return the only case."""
    with services.database.reading() as db:
        return db.scalars(select(Case)).one()


def test_a_concern_makes_one_case_and_a_receipt(visitor: Visitor, web_services: Services) -> None:
    receipt = visitor.send()
    assert len(receipt.groups) == 6
    case = the_case(web_services)
    assert (case.scheme, case.kind, case.state) == ("wcc", "concern", "received")
    assert count(web_services, Party) == 1


def test_the_answers_are_gone_after_sending(visitor: Visitor) -> None:
    visitor.send()
    assert visitor.get("/wcc/question/4").headers["Location"] == "/wcc/start"
    assert visitor.get("/wcc/check").headers["Location"] == "/wcc/receipt"


def test_sending_twice_makes_one_case_with_one_receipt(
    visitor: Visitor, web_services: Services
) -> None:
    receipt = visitor.send()
    again = visitor.post("/wcc/concern")
    assert again.headers["Location"] == "/wcc/receipt"
    assert visitor.receipt() == receipt
    assert count(web_services, Case) == 1


def test_a_crash_before_the_commit_leaves_the_draft(
    visitor: Visitor, web_services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.answer(*CONCERN)
    visitor.get("/wcc/check")
    with monkeypatch.context() as broken:
        broken.setattr("sqlalchemy.orm.Session.commit", _fail)
        assert visitor.post("/wcc/concern").status_code == 500
    assert count(web_services, Case) == 0
    visitor.get("/wcc/check")
    assert visitor.post("/wcc/concern").headers["Location"] == "/wcc/receipt"
    assert count(web_services, Case) == 1


def test_the_officer_who_was_named_is_kept_away(visitor: Visitor, web_services: Services) -> None:
    visitor.send(*CONCERN[:5], {**CONCERN[5], "holds_0": "liaison"}, *CONCERN[6:])
    with web_services.database.reading() as db:
        offices = set(db.scalars(select(Appointment.office)))
    assert offices == {"chair", "outside"}
    assert count(web_services, Barrier) == 1


def test_without_a_name_no_identity_is_stored(visitor: Visitor, web_services: Services) -> None:
    visitor.answer(*CONCERN[:8])
    visitor.post("/wcc/question/7", {"mode": "anonymous"})
    for number, values in enumerate(CONCERN[8:], start=8):
        visitor.post(f"/wcc/question/{number}", values)
    visitor.get("/wcc/check")
    visitor.post("/wcc/concern")
    with web_services.database.reading() as db:
        assert db.scalars(select(ReporterRow)).one().identity is None


def test_nothing_that_was_typed_lies_in_clear(visitor: Visitor, web_services: Services) -> None:
    marked = {**CONCERN[3], "account": "zanzibar-marker happened"}
    visitor.answer(*CONCERN[:3], marked, *CONCERN[4:])
    assert b"zanzibar-marker" not in _whole_folder(web_services)
    visitor.get("/wcc/check")
    visitor.post("/wcc/concern")
    assert count(web_services, Concern) == 1
    kept = _whole_folder(web_services)
    for typed in (b"zanzibar-marker", b"Barnaby", b"Marigold", b"01632 960001"):
        assert typed not in kept


def test_the_receipt_page_says_what_a_lost_one_costs(visitor: Visitor) -> None:
    visitor.send()
    assert "the person in charge can give you a new one" in words_of(visitor.get("/wcc/receipt"))


def test_without_a_name_a_lost_receipt_is_lost(visitor: Visitor) -> None:
    visitor.send(*CONCERN[:6], {"mode": "anonymous"}, *CONCERN[8:])
    assert "nobody can make a new one" in words_of(visitor.get("/wcc/receipt"))


def test_the_page_to_print_holds_the_code_and_the_words(visitor: Visitor) -> None:
    receipt = visitor.send()
    words = words_of(visitor.get("/wcc/receipt/print"))
    assert " ".join(receipt.groups) in words
    assert " ".join(receipt.words) in words


def test_the_receipt_stays_for_an_hour(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor.send()
    later = clock.now() + timedelta(minutes=61)
    monkeypatch.setattr("conductdesk.intake.views.draft.clock.now", lambda: later)
    assert visitor.get("/wcc/receipt").headers["Location"] == "/wcc/messages"


def test_who_has_saved_the_receipt_ends_the_page(visitor: Visitor) -> None:
    visitor.send()
    assert visitor.post("/wcc/receipt/saved").headers["Location"] == "/wcc/messages"
    assert visitor.cookie() is None
    assert visitor.get("/wcc/receipt").headers["Location"] == "/wcc/messages"


@pytest.mark.parametrize("form", ["code", "words"])
def test_what_was_written_down_can_be_checked(visitor: Visitor, form: str) -> None:
    receipt = visitor.send()
    typed = receipt.code.lower() if form == "code" else " ".join(receipt.words).upper()
    visitor.get("/wcc/receipt/check")
    shown = visitor.post("/wcc/receipt/check", {"receipt": typed})
    assert "You wrote it down right" in shown.text


def test_a_slip_of_the_pen_is_found(visitor: Visitor) -> None:
    visitor.send()
    visitor.get("/wcc/receipt/check")
    shown = visitor.post("/wcc/receipt/check", {"receipt": Receipt.mint().code})
    assert shown.status_code == 422
    assert "That is not the same" in shown.text


def test_the_proof_file_proves_the_first_entry_and_says_nothing_of_the_content(
    visitor: Visitor, web_services: Services
) -> None:
    visitor.send()
    response = visitor.post("/wcc/receipt/proof")
    assert "attachment" in response.headers["Content-Disposition"]
    index = parse_proof(response.text).index
    with web_services.database.reading() as db:
        entry = entry_bytes(db, "wcc", index) or b""
        key = verifier_key_of("conduct.example/wcc/1", web_services.keystore.log_seed("wcc"))
    assert open_proof(response.text, entry, [key]).size > index
    assert b'"concern.received"' in entry


def test_where_nothing_is_signed_now_the_proof_can_be_had_later(
    visitor: Visitor, web_services: Services
) -> None:
    visitor.send()
    with web_services.database.writing() as db:
        mark_restored(db)
        db.commit()
    shown = visitor.post("/wcc/receipt/proof")
    assert shown.status_code == 422
    assert "Your concern is safe." in words_of(shown)
    assert "Thank you for telling us" in words_of(shown)


def test_an_expired_form_says_so_in_words(visitor: Visitor) -> None:
    visitor.answer(*CONCERN)
    sent = visitor.post("/wcc/concern", {"csrf_token": "forged"})
    assert sent.status_code == 400
    assert "open for too long" in sent.text


def _fail(_session: object) -> None:
    raise RuntimeError("the process stops here")


def _whole_folder(services: Services) -> bytes:
    files = [path for path in services.settings.data.rglob("*") if path.is_file()]
    return b"".join(path.read_bytes() for path in files)
