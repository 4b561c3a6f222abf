"""The reporter checks what an officer wrote down, and gets a receipt that nobody else has seen."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from conductdesk.cases.actions.checking import confirm_note, correct_note, exchange_receipt
from conductdesk.cases.actions.corresponding import write_as_reporter
from conductdesk.cases.actions.identifying import reissue_receipt
from conductdesk.cases.actions.receiving import case_of_receipt
from conductdesk.cases.actions.writing import acknowledge
from conductdesk.cases.faces.note import (
    correction_of,
    note_of,
    note_standing,
    receipt_was_seen,
)
from conductdesk.cases.models import Case, Concern, Message, Reporter
from conductdesk.notices.models import OutboxRow
from conductdesk.refusal import Refused
from conductdesk.vault.keys import NotGranted
from conductdesk.vault.models import Compartment
from conductdesk.vault.receipts import Receipt
from conductdesk.vault.seal import SealBrokenError
from tests.actions.closing_steps import types_of, verified
from tests.actions.entered import entered
from tests.cast import Cast

pytestmark = pytest.mark.both_backends


def exchanged(cast: Cast, case: Case) -> Receipt:
    """Let the reporter exchange their receipt, and keep the new one."""
    receipt = exchange_receipt(cast.db, case, cast.reporter_keys(case))
    cast.receipts[case.id] = receipt
    cast.db.commit()
    return receipt


def waits(cast: Cast, case: Case) -> bool:
    """Answer whether a correction waits for the handler."""
    standing = note_standing(cast.db, case)
    assert standing is not None
    return standing.waits


def test_the_reporter_reads_what_was_written_down_for_them(cast: Cast) -> None:
    case = entered(cast)
    note = note_of(cast.db, case, cast.reporter_keys(case), cast.pack)
    assert note is not None
    assert ("What happened", "He passed on what I had said in private.") in note.rows
    assert ("What you would like", "Another mentor") in note.rows
    assert note.standing.words == "Not checked by the reporter yet"
    assert "Marigold" not in str(note.rows)


def test_a_concern_from_the_form_is_no_note(cast: Cast) -> None:
    case = cast.received()
    assert note_standing(cast.db, case) is None
    assert note_of(cast.db, case, cast.reporter_keys(case), cast.pack) is None
    with pytest.raises(Refused, match="You wrote this yourself"):
        confirm_note(cast.db, case, cast.reporter_keys(case))


def test_that_it_is_right_is_an_entry_and_a_message(cast: Cast) -> None:
    case = entered(cast)
    confirm_note(cast.db, case, cast.reporter_keys(case))
    cast.db.commit()
    assert types_of(cast, case)[-1] == "note.confirmed"
    standing = note_standing(cast.db, case)
    assert standing is not None
    assert standing.words.startswith("Confirmed by the reporter on ")
    assert not waits(cast, case)


def test_a_correction_is_a_text_of_its_own_and_the_note_stays(cast: Cast) -> None:
    case = entered(cast)
    before = cast.db.scalars(select(Concern)).one().answers
    cast.db.query(OutboxRow).delete()
    correct_note(cast.db, case, cast.reporter_keys(case), text="It was in spring.")
    cast.db.commit()
    assert cast.db.scalars(select(Concern)).one().answers == before
    assert "It was in spring." in correction_of(cast.db, case, cast.keys(case, "liaison"))
    assert types_of(cast, case)[-1] == "note.corrected"
    told = set(cast.db.scalars(select(OutboxRow.account_id)))
    assert told == {cast["liaison"].id, cast["chair"].id}


def test_a_correction_waits_until_somebody_writes_to_the_reporter(cast: Cast) -> None:
    case = entered(cast)
    correct_note(cast.db, case, cast.reporter_keys(case), text="It was in spring.")
    cast.db.commit()
    assert waits(cast, case)
    cast.let_attest(case, "liaison")
    cast.let("liaison", case, acknowledge, text="Thank you. I have read it.")
    assert not waits(cast, case)


@pytest.mark.parametrize("text", ["", "  \n "])
def test_a_correction_says_what_is_wrong(cast: Cast, text: str) -> None:
    case = entered(cast)
    with pytest.raises(Refused, match="Tell us what is wrong"):
        correct_note(cast.db, case, cast.reporter_keys(case), text=text)


def test_the_note_is_checked_once(cast: Cast) -> None:
    case = entered(cast)
    confirm_note(cast.db, case, cast.reporter_keys(case))
    with pytest.raises(Refused, match="answered this already"):
        correct_note(cast.db, case, cast.reporter_keys(case), text="Or not.")
    cast.db.rollback()


def test_an_exchanged_receipt_opens_the_mailbox_and_the_old_one_nothing(cast: Cast) -> None:
    case = entered(cast)
    old = cast.receipts[case.id]
    new = exchanged(cast, case)
    assert case_of_receipt(cast.db, old) is None
    assert case_of_receipt(cast.db, new) == case
    assert not receipt_was_seen(cast.db, case)
    keys = cast.reporter_keys(case)
    concern = cast.db.scalars(select(Concern)).one()
    assert "in private" in keys.open(Concern.answers, concern)
    assert "receipt.exchanged" in types_of(cast, case)
    assert verified(cast).status == "VERIFIED-UNANCHORED"


def test_whoever_handed_the_old_receipt_over_reads_nothing_that_comes(cast: Cast) -> None:
    case = entered(cast)
    kept = cast.reporter_keys(case)
    assert kept.holds(Compartment.INTAKE)
    exchanged(cast, case)
    message = write_as_reporter(cast.db, case, cast.reporter_keys(case), text="Only for you.")
    cast.db.commit()
    assert cast.keys(case, "liaison").open(Message.body, message) == "Only for you."
    with pytest.raises((NotGranted, SealBrokenError)):
        kept.open(Message.body, message)


def test_the_reporter_s_name_can_still_be_shown_to_the_handler(cast: Cast) -> None:
    case = entered(cast)
    exchanged(cast, case)
    reporter = cast.db.scalars(select(Reporter)).one()
    assert "Marigold" in cast.keys(case, "liaison").open(Reporter.identity, reporter)


def test_a_receipt_that_nobody_has_seen_is_not_exchanged(cast: Cast) -> None:
    case = cast.received()
    with pytest.raises(Refused, match="Nobody but you"):
        exchange_receipt(cast.db, case, cast.reporter_keys(case))


def test_a_receipt_that_a_handler_issued_anew_can_be_exchanged(cast: Cast) -> None:
    case = cast.attested()
    issued = cast.let("liaison", case, reissue_receipt, how_checked="By her voice.")
    cast.receipts[case.id] = issued
    assert receipt_was_seen(cast.db, case)
    exchanged(cast, case)
    assert not receipt_was_seen(cast.db, case)
