"""The Lantern Society (invented): a pack that was written from docs/scheme-packs.md alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from conductdesk.cases.models import Case
from conductdesk.cli import main
from conductdesk.vault.keystore import Keystore
from tests.cast import make_cast
from tests.conftest import Faces
from tests.scenarios.conftest import Officers
from tests.scenarios.course import (
    Team,
    appoint,
    close,
    ids_on,
    in_days,
    investigate,
    prepare_closing,
    tell_both_sides,
)
from tests.scenarios.scheme import Scheme
from tests.web.desk_visitor import words_of
from tests.web.visitor import Visitor

PACK = Path(__file__).parent / "packs" / "lantern.toml"
OFFICERS: Officers = {
    "steward": ("steward", "Perpetua Ashgrove"),
    "other_steward": ("steward", "Hildebrand Overstrand"),
    "first": ("panel", "Ottoline Harkaway"),
    "second": ("panel", "Peregrine Stobart"),
    "third": ("panel", "Cordelia Wexcombe"),
    "lead": ("safeguarding", "Lucasta Merriweather"),
    "deputy": ("safeguarding", "Osbert Fennimore"),
    "outside": ("outside", "Ambrose Tattersall"),
}
GUIDE = ("Barnaby Thistlewood", "respondent", "none")
PANEL = ("first", "second", "third")
TEAM = Team("steward", "other_steward", "first", "other_steward")


@pytest.fixture
def lantern(db: Session, keystore: Keystore, faces: Faces) -> Scheme:
    """The walking partners of the Lantern Society, with somebody in every office."""
    return Scheme(make_cast(db, keystore, PACK.read_text("utf-8"), OFFICERS), faces)


def about_to_close(lantern: Scheme) -> Case:
    """Return a case out of scope with which all is done but that a second person agrees."""
    lantern.tell("concern", people=[GUIDE])
    case = lantern.newest()
    lantern.attest("other_steward", case)
    lantern.acknowledge("steward", case)
    lantern.triage("steward", case, "out_of_scope")
    lantern.do("steward", case, "outcomes", "/beginning")
    prepare_closing(lantern, case, "steward", "nothing")
    return case


def proposed_to_the_panel(lantern: Scheme) -> Case:
    """Return a case in which a member of the standing panel proposed a decision."""
    lantern.tell("concern", people=[GUIDE])
    case = lantern.newest()
    lantern.acknowledge("steward", case)
    lantern.triage("steward", case, "formal")
    lantern.attest("other_steward", case)
    investigate(lantern, case, TEAM, {GUIDE[0]: "L2"})
    for who in ("second", "third"):
        appoint(lantern, case, "steward", "decision_maker", who)
    retraining = {"result_A": "upheld", "kind_0": "retraining", "hours_0": "6"}
    lantern.do("first", case, "decision", **retraining)
    return case


def asked_for_a_name(lantern: Scheme) -> tuple[Visitor, str]:
    """Return a browser at the question of who is writing, and the question's address."""
    lantern.cast.db.rollback()
    visitor = Visitor(lantern.faces.public)
    visitor.get("/lantern/start")
    place = visitor.post("/lantern/start").headers["Location"]
    answers = {"kind": "concern", "danger": "no", "at_risk": "no", "account": "Invented."}
    while 'name="mode"' not in (page := visitor.get(place)).text:
        given = {name: said for name, said in answers.items() if f'name="{name}"' in page.text}
        given |= {"rows": "1", "act": "continue"} if 'name="rows"' in page.text else {}
        place = visitor.post(place, given).headers["Location"].partition("#")[0]
    return visitor, place


def test_the_pack_passes_the_check_that_its_secretary_ran() -> None:
    done = CliRunner().invoke(main, ["schemes", "check", str(PACK)])
    assert done.exit_code == 0, done.output
    assert "good pack: Lantern walking partners, version 1" in done.output


def test_no_name_cannot_be_chosen_and_the_form_says_why_and_who_listens_without_one(
    lantern: Scheme,
) -> None:
    visitor, place = asked_for_a_name(lantern)
    page = visitor.get(place)
    assert 'value="confidential"' in page.text
    assert 'value="anonymous"' not in page.text
    assert "We are sorry: our rules ask the steward to sit down with you" in words_of(page)
    assert "ring the friend of the society, who listens without one" in words_of(page)


def test_no_name_is_refused_also_where_the_form_was_not_used(lantern: Scheme) -> None:
    visitor, place = asked_for_a_name(lantern)
    assert visitor.post(place, {"mode": "anonymous"}).status_code == 422
    assert visitor.post(place, {"mode": "confidential"}).status_code == 303


def test_a_concern_goes_to_a_steward_with_the_other_beside_them_and_never_to_the_panel(
    lantern: Scheme,
) -> None:
    told = lantern.tell("concern", people=[GUIDE])
    read = lantern.mailbox(told.receipt).get(f"/{lantern.key}/messages").text
    for page in (told.check, read):
        assert "A conduct steward</span>" in page
        assert "A conduct steward, another person</span>" in page
    case = lantern.newest()
    assert lantern.seated(case) == {"handler": "steward", "alternate": "other_steward"}
    for who in (*PANEL, "lead", "outside"):
        assert lantern.is_hidden(who, case)


def test_a_steward_who_is_named_is_kept_away_with_the_other_who_holds_the_same_post(
    lantern: Scheme,
) -> None:
    steward = (OFFICERS["steward"][1], "respondent", "none")
    lantern.tell("concern", people=[steward], match="yes")
    case = lantern.newest()
    assert lantern.seated(case) == {"handler": "outside"}
    for who in ("steward", "other_steward", *PANEL):
        assert lantern.is_hidden(who, case)


def test_the_public_page_says_that_three_others_decide(lantern: Scheme) -> None:
    lantern.cast.db.rollback()
    assert "a panel of 3 others" in words_of(Visitor(lantern.faces.public).get("/lantern/rights"))


def test_three_vote_two_agree_and_whoever_must_learn_shows_that_they_did(lantern: Scheme) -> None:
    case = proposed_to_the_panel(lantern)
    lantern.do("first", case, "decision", "/votes", agrees="yes")
    alone = lantern.see("first", case, "decision")
    assert "1 of 3 agree." in alone
    assert "Make it the decision" not in alone
    lantern.do("second", case, "decision", "/votes", agrees="no")
    lantern.do("third", case, "decision", "/votes", agrees="yes")
    lantern.do("third", case, "decision", "/conclusion")
    letters = lantern.see("steward", case, "outcomes/letters")
    assert "A panel of 3 decided, and 2 of them agreed." in letters
    tell_both_sides(lantern, case, "steward")
    [learning] = ids_on(lantern, "steward", case, "outcomes", "outcomes/ID/hours")
    page = f"outcomes/{learning}"
    lantern.do("steward", case, f"{page}/hours", hours="6", what="Two days on the hills.")
    unshown = lantern.attempt("steward", case, f"{page}/proof", shown_on="")
    assert "Give the day on which they showed you" in words_of(unshown)
    early = lantern.attempt("steward", case, f"{page}/proof")
    assert "This lasts until" in words_of(early)
    with in_days(lantern, 190):
        lantern.do("steward", case, f"{page}/proof")
        assert "Shown by whoever must do it" in lantern.see("steward", case, "outcomes")
        lantern.do("steward", case, "steps/reasons", step="close", reason="All of it was done.")
        close(lantern, case, "steward", "other_steward", "found")
    assert lantern.events(case).count("decision.voted") == len(PANEL)


def test_closing_asks_for_the_written_reason_that_the_society_wants(lantern: Scheme) -> None:
    case = about_to_close(lantern)
    refused = lantern.attempt("other_steward", case, "closing/proposals/close", agrees="yes")
    assert refused.status_code == 422
    assert "This scheme asks for a written reason before this step." in words_of(refused)
    assert "case.closed" not in lantern.events(case)
    assert "Write down the reason for a step" in lantern.see("steward", case, "steps")
    without = lantern.attempt("steward", case, "steps/reasons", step="close", reason="")
    assert without.status_code == 422
    lantern.do("steward", case, "steps/reasons", step="close", reason="It is about a bus.")
    assert "It is about a bus." in lantern.see("other_steward", case, "steps/reasons")
    lantern.do("other_steward", case, "closing/proposals/close", agrees="yes")
    assert "case.closed" in lantern.events(case)
