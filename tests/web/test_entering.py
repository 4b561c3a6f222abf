"""An officer enters a concern for somebody who phoned, wrote or came in person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from conductdesk import clock
from conductdesk.audit.queries import entries_of_case
from conductdesk.cases.models import Barrier, Case, Concern, Reporter
from conductdesk.intake.answers import Match
from conductdesk.intake.queries import entry_of
from conductdesk.vault.models import Compartment
from tests.actions.closing_steps import verified
from tests.cast import Cast
from tests.web.case_pages import SignIn
from tests.web.desk_visitor import AtTheDesk, words_of
from tests.web.entering_steps import TOLD, enter, how_many, receipt_on, the_case, write

CHAIR = Match("Caspian Underhollow", "chair")


@pytest.fixture
def liaison(sign_in: SignIn) -> AtTheDesk:
    """The first officer of the chain, at the page."""
    officer = sign_in("liaison")
    officer.get("/entry/wcc")
    return officer


def test_the_caseload_leads_to_the_page_for_whoever_receives_concerns(sign_in: SignIn) -> None:
    officer = sign_in("liaison")
    assert 'href="/entry"' in officer.get("/cases").text
    assert officer.get("/entry").headers["Location"] == "/entry/wcc"


@pytest.mark.parametrize("who", ["investigator", "outsider", "auditor", "administrator"])
def test_whoever_receives_nothing_finds_no_such_page(sign_in: SignIn, who: str) -> None:
    stranger = sign_in(who)
    stranger.get("/help")
    assert 'href="/entry"' not in stranger.get("/cases").text
    for page in ("", "/wcc", "/wcc/check", "/wcc/receipt", "/wcc/receipt/print", "/none"):
        assert stranger.get(f"/entry{page}").status_code == 404
    for page in ("/wcc", "/wcc/concern", "/wcc/end"):
        assert stranger.post(f"/entry{page}", TOLD).status_code == 404


def test_one_page_makes_a_case_like_the_public_form(liaison: AtTheDesk, cast: Cast) -> None:
    enter(liaison)
    case = the_case(cast)
    assert (case.channel, case.kind, case.reporter_mode) == ("telephone", "concern", "confidential")
    concern = cast.db.scalars(select(Concern)).one()
    assert concern.entered_by == cast["liaison"].id
    reporter = cast.db.scalars(select(Reporter)).one()
    assert reporter.shown_to_officer
    assert verified(cast).status == "VERIFIED-UNANCHORED"


def test_who_entered_it_and_how_it_came_are_on_record(liaison: AtTheDesk, cast: Cast) -> None:
    enter(liaison, channel="in_person")
    case = the_case(cast)
    first = entries_of_case(cast.db, "wcc", case.pseudonym, limit=1)[0]
    assert first.actor == cast["liaison"].account.pseudonym
    assert first.pub["channel"] == "in_person"


def test_it_is_read_back_before_it_is_sent(liaison: AtTheDesk) -> None:
    write(liaison)
    words = words_of(liaison.get("/entry/wcc/check"))
    assert "He passed on what she had said in private." in words
    assert "By telephone" in words
    assert "Barnaby Thistlewood" in words
    assert "The mentoring liaison officer Reads all of it" in words


def test_a_mistake_keeps_every_answer(liaison: AtTheDesk) -> None:
    shown = write(liaison, danger="", outside="", mode="")
    assert shown.status_code == 422
    words = words_of(shown)
    assert "Say whether anyone is in danger now" in words
    assert "Choose how they want to be known" in words
    assert "He passed on what she had said in private." in shown.text
    assert 'value="Barnaby Thistlewood"' in shown.text


def test_nothing_is_sent_before_it_is_whole(liaison: AtTheDesk, cast: Cast) -> None:
    write(liaison, account="")
    assert liaison.get("/entry/wcc/check").headers["Location"] == "/entry/wcc"
    assert liaison.post("/entry/wcc/concern").headers["Location"] == "/entry/wcc"
    assert how_many(cast, Case) == 0


@pytest.mark.parametrize("field", ["channel", "kind", "danger", "at_risk", "mode", "outside"])
def test_an_answer_that_was_not_offered_counts_as_none(liaison: AtTheDesk, field: str) -> None:
    assert write(liaison, **{field: "forged"}).status_code == 422
    assert liaison.get("/entry/wcc").status_code == 200


def test_whoever_only_wants_a_call_is_asked_little(liaison: AtTheDesk, cast: Cast) -> None:
    few = {"kind": "call_me", "account": "", "mode": "", "outside": "", "name": ""}
    assert write(liaison, **few, contact="").status_code == 422
    assert "how to reach them" in words_of(write(liaison, **few, contact=""))
    enter(liaison, **few, contact="01632 960002")
    assert the_case(cast).kind == "call_me"


def test_people_are_added_and_removed_without_a_script(liaison: AtTheDesk) -> None:
    added = liaison.post("/entry/wcc", {**TOLD, "act": "add"})
    assert added.headers["Location"] == "/entry/wcc#people"
    assert 'name="name_1"' in liaison.get("/entry/wcc").text
    two = {"rows": "2", "name_1": "Olive Quillfeather", "part_1": "witness"}
    liaison.post("/entry/wcc", {**TOLD, **two, "act": "remove-0"})
    page = liaison.get("/entry/wcc").text
    assert "Olive Quillfeather" in page
    assert "Barnaby Thistlewood" not in page


def test_a_name_like_an_officer_s_is_asked_about_and_no_answer_counts_as_yes(
    liaison: AtTheDesk, cast: Cast
) -> None:
    asked = write(liaison, name_0="Caspian Underhollow")
    assert asked.status_code == 422
    assert "Is “Caspian Underhollow” the chair?" in words_of(asked)
    enter(liaison, name_0="Caspian Underhollow")
    kept = cast.db.scalars(select(Barrier.account_id)).all()
    assert kept == [cast["chair"].id]


def test_an_answer_about_one_name_is_never_taken_for_another(liaison: AtTheDesk) -> None:
    two = {"rows": "2", "name_1": "Isolde Brackenthwaite", "part_1": "witness"}
    write(liaison, **two, name_0="Caspian Underhollow")  # another tab: it was removed there since
    write(liaison, name_0="Isolde Brackenthwaite")
    said = {f"match_{CHAIR.key}": "no"}
    asked = words_of(write(liaison, **two, **said, name_0="Caspian Underhollow"))
    assert "Ask if “Caspian Underhollow” is the officer" in asked
    assert "Ask if “Isolde Brackenthwaite” is the officer" in asked


def test_a_name_that_is_not_the_officer_s_keeps_nobody_away(liaison: AtTheDesk, cast: Cast) -> None:
    write(liaison, name_0="Caspian Underhollow")
    enter(liaison, name_0="Caspian Underhollow", **{f"match_{CHAIR.key}": "no"})
    assert how_many(cast, Barrier) == 0


def test_sending_twice_makes_one_case_with_one_receipt(liaison: AtTheDesk, cast: Cast) -> None:
    receipt = enter(liaison)
    assert liaison.post("/entry/wcc/concern").headers["Location"] == "/entry/wcc"
    assert liaison.get("/entry/wcc").headers["Location"] == "/entry/wcc/receipt"
    assert receipt_on(liaison) == receipt
    assert how_many(cast, Case) == 1


def test_after_sending_the_officer_has_the_receipt_and_not_a_word(liaison: AtTheDesk) -> None:
    receipt = enter(liaison)
    shown = liaison.get("/entry/wcc/receipt")
    assert "Thistlewood" not in shown.text
    assert "in private" not in shown.text
    words = words_of(shown)
    assert "The mentoring liaison officer The chair" in words
    assert " ".join(receipt.groups) in words_of(liaison.get("/entry/wcc/receipt/print"))
    assert liaison.post("/entry/wcc/end").headers["Location"] == "/cases"
    assert liaison.get("/entry/wcc/receipt").headers["Location"] == "/entry/wcc"


def test_the_receipt_waits_an_hour_also_through_a_sign_out(liaison: AtTheDesk, cast: Cast) -> None:
    receipt = enter(liaison)
    liaison.post("/sign-out")
    liaison.sign_in()
    assert receipt_on(liaison) == receipt
    mine = (cast.db, cast["liaison"].keyring, cast["liaison"].id, "wcc")
    with clock.at(clock.now() + timedelta(minutes=59)):
        assert entry_of(*mine) is not None
    with clock.at(clock.now() + timedelta(minutes=61)):
        assert entry_of(*mine) is None
    cast.db.commit()


def test_an_officer_to_whom_it_was_routed_finds_it_on_the_caseload(liaison: AtTheDesk) -> None:
    enter(liaison)
    assert "It came to you too" in words_of(liaison.get("/entry/wcc/receipt"))


def test_an_officer_who_is_named_cannot_keep_what_they_entered(
    liaison: AtTheDesk, cast: Cast
) -> None:
    enter(liaison, name_0="Isolde Brackenthwaite", holds_0="liaison")
    shown = words_of(liaison.get("/entry/wcc/receipt"))
    assert "It did not come to you" in shown
    assert "The chair" in shown
    assert "liaison officer" not in shown
    case = the_case(cast)
    name, case_id = case.code_name, case.id
    assert name not in liaison.get("/cases").text
    assert liaison.get(f"/cases/{case_id}/names").status_code == 404
    assert not cast.keys(case, "liaison").holds(Compartment.INTAKE)
    assert cast.keys(case, "chair").holds(Compartment.INTAKE)


def test_without_a_name_no_identity_is_stored(liaison: AtTheDesk, cast: Cast) -> None:
    enter(liaison, mode="anonymous")
    assert cast.db.scalars(select(Reporter)).one().identity is None
    cast.db.commit()
    assert "Nobody can make a new receipt" in words_of(liaison.get("/entry/wcc/receipt"))
