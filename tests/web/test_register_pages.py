"""The pages of the register: for those who receive concerns, and for nobody else."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from conductdesk.participants.rules import GroupKind, TieKind
from conductdesk.people.actions.offices import give_office
from tests.actions.register_steps import QUILL, ROOKE, THISTLEWOOD, Kept, begun
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.case_pages import SignIn
from tests.web.desk_visitor import AtTheDesk, words_of

HOME = "/participants/wcc"
A_PERSON = {
    "name": "Barnaby  Thistlewood",
    "role": "mentor",
    "ref": "M-1",
    "email": "b@members.example",
    "organisation": "north",
    "age": "adult",
}
THE_DAY = ["27", "3", "2026"]


@pytest.fixture
def sign_in(faces: Faces, cast: Cast) -> SignIn:
    return lambda who: AtTheDesk(faces.desk, cast, who)


@pytest.fixture
def kept(cast: Cast) -> Kept:
    return begun(cast)


def id_in(response: TestResponse) -> UUID:
    found = re.search(r"([0-9a-f-]{36})", response.headers["Location"])
    assert found is not None
    return UUID(found[1])


def test_a_register_is_begun_by_somebody_who_receives_concerns(sign_in: SignIn) -> None:
    officer = sign_in("liaison")
    assert officer.get("/participants").headers["Location"] == HOME
    assert officer.get(HOME).headers["Location"] == f"{HOME}/register"
    assert "You do not need one" in words_of(officer.get(f"{HOME}/register"))
    assert officer.post(f"{HOME}/register").headers["Location"] == HOME
    assert "0 people" in words_of(officer.get(HOME))
    again = officer.post(f"{HOME}/register")
    assert again.status_code == 422
    assert "keeps a register already" in words_of(again)


@pytest.mark.parametrize("who", ["investigator", "auditor", "administrator", "outsider"])
def test_nobody_else_sees_that_there_is_one(kept: Kept, sign_in: SignIn, who: str) -> None:
    kept.add(THISTLEWOOD)
    stranger = sign_in(who)
    for path in ("", "/register", "/history", "/people/new", "/imports/new", "/groups"):
        assert stranger.get(HOME + path).status_code == 404, path
    stranger.get("/account")
    for path in ("/search", "/people", "/imports", "/groups", "/register"):
        assert stranger.post(HOME + path, {"text": "Thistlewood"}).status_code == 404, path
    listed = stranger.get("/participants")
    assert "Thistlewood" not in listed.text
    assert listed.status_code == (200 if who == "investigator" else 404)


def test_there_is_none_of_a_scheme_that_does_not_exist(kept: Kept, sign_in: SignIn) -> None:
    assert sign_in("liaison").get("/participants/nothing").status_code == 404


def test_somebody_is_added_found_changed_and_removed(kept: Kept, sign_in: SignIn) -> None:
    officer = sign_in("liaison")
    officer.get(f"{HOME}/people/new")
    person = f"{HOME}/people/{id_in(officer.post(f'{HOME}/people', A_PERSON))}"
    shown = words_of(officer.get(person))
    for word in (
        "Barnaby Thistlewood",
        "Mentor",
        "north",
        "18 or over",
        "b@members.example",
        "M-1",
    ):
        assert word in shown
    assert "Thistlewood" in words_of(officer.post(f"{HOME}/search", {"text": "thistle NOR"}))
    assert "Nobody here" in words_of(officer.post(f"{HOME}/search", {"text": "nobody"}))
    assert 'value="b@members.example"' in officer.get(f"{person}/details").text
    officer.post(f"{person}/details", {**A_PERSON, "name": "Barnaby Umber"})
    officer.post(f"{person}/acceptances", {"version": "2024", "on": THE_DAY})
    officer.post(f"{person}/ending", {"last": THE_DAY})
    shown = words_of(officer.get(person))
    assert "Barnaby Umber" in shown
    assert "Version 2024, on Friday 27 March 2026" in shown
    assert "Last day Friday 27 March 2026" in shown
    assert "cannot undo" in words_of(officer.get(f"{person}/removal"))
    assert officer.post(f"{person}/removal").headers["Location"] == f"{HOME}?done=removed"
    assert officer.get(person).status_code == 404


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Write the person’s name"),
        ({"role": "sponsor"}, "Choose a role"),
        ({"age": ""}, "Say what is known of their age"),
        ({"email": "nowhere"}, "Write an e-mail address"),
        ({"ref": "M-2"}, "Somebody else has the reference M-2"),
    ],
)
def test_a_mistake_is_said_in_place_and_every_answer_stays(
    kept: Kept, sign_in: SignIn, changes: dict[str, str], sentence: str
) -> None:
    kept.add(QUILL)
    officer = sign_in("liaison")
    officer.get(f"{HOME}/people/new")
    sent = officer.post(f"{HOME}/people", {**A_PERSON, **changes})
    assert sent.status_code == 422
    assert sentence in words_of(sent)
    assert 'value="north"' in sent.text or "ref" in changes


def test_ties_are_added_and_taken_out(cast: Cast, kept: Kept, sign_in: SignIn) -> None:
    one, _two = kept.add(THISTLEWOOD), kept.add(QUILL)
    officer, person = sign_in("liaison"), f"{HOME}/people/{one}"
    officer.get(f"{person}/ties/new")
    officer.post(f"{person}/ties", {"kind": "family", "officer": str(cast["chair"].id)})
    officer.post(f"{person}/ties", {"kind": "manages", "officer": "", "other": "Quill, Clementine"})
    shown = words_of(officer.get(person))
    assert "Is family of Caspian Underhollow, officer" in shown
    assert "Manages Clementine Quill" in shown
    assert kept.facts(THISTLEWOOD.name).tied == {cast["chair"].id}
    other = re.search(rf"{person}/ties/[0-9a-f-]+/removal", officer.get(person).text)
    assert other is not None
    officer.post(other[0])
    assert officer.get(person).text.count("/removal") == 2  # one tie, and the person themselves


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"kind": "family", "officer": "", "other": ""},
            "Choose an officer, or write a participant",
        ),
        ({"kind": "family", "officer": "", "other": "Nobody Known"}, "goes by “Nobody Known”"),
        ({"kind": "friend", "officer": "", "other": "M-2"}, "Choose the tie"),
        ({"kind": "same", "officer": "", "other": "M-2"}, "two people"),
        ({"kind": "family", "officer": "", "other": "M-1"}, "tied to themselves"),
    ],
)
def test_a_tie_without_a_right_end_is_refused(
    kept: Kept, sign_in: SignIn, values: dict[str, str], sentence: str
) -> None:
    one, _two = kept.add(THISTLEWOOD), kept.add(QUILL)
    officer, person = sign_in("liaison"), f"{HOME}/people/{one}"
    officer.get(f"{person}/ties/new")
    sent = officer.post(f"{person}/ties", values)
    assert sent.status_code == 422
    assert sentence in words_of(sent)


def test_nobody_takes_out_their_own_tie(cast: Cast, kept: Kept, sign_in: SignIn) -> None:
    one = kept.add(THISTLEWOOD)
    kept.tie(one, TieKind.FAMILY, "liaison")
    officer, person = sign_in("liaison"), f"{HOME}/people/{one}"
    place = re.search(rf"{person}/ties/[0-9a-f-]+/removal", officer.get(person).text)
    assert place is not None
    sent = officer.post(place[0])
    assert sent.status_code == 422
    assert "Another officer has to do it" in words_of(sent)


def test_people_are_put_together_and_it_ends(kept: Kept, sign_in: SignIn) -> None:
    for person in (THISTLEWOOD, QUILL, ROOKE):
        kept.add(person)
    officer = sign_in("chair")
    officer.get(f"{HOME}/groups/new")
    triad = {"kind": "triad", "members": "M-1\r\nClementine Quill\r\n\r\nM-3", "ref": "T-1"}
    sent = officer.post(f"{HOME}/groups", triad)
    group = f"{HOME}/groups/{id_in(sent)}"
    shown = words_of(officer.get(group))
    assert all(name in shown for name in ("Triad T-1", THISTLEWOOD.name, QUILL.name, ROOKE.name))
    assert "Triad" in words_of(officer.get(f"{HOME}/groups"))
    officer.post(f"{group}/ending", {"last": THE_DAY})
    assert "Until" in officer.get(group).text
    assert "Over" in words_of(officer.get(f"{HOME}/groups"))
    wrong = officer.post(f"{HOME}/groups", {"kind": GroupKind.PAIRING.value, "members": "M-1"})
    assert "A pairing has two people" in words_of(wrong)
    wrong = officer.post(f"{HOME}/groups", {"kind": "pairing", "members": "M-1\nM-9"})
    assert "goes by “M-9”" in words_of(wrong)


def test_the_history_says_who_did_what_and_who_looked(kept: Kept, sign_in: SignIn) -> None:
    kept.add(THISTLEWOOD)
    officer = sign_in("chair")
    officer.get(HOME)
    officer.get(HOME)
    shown = words_of(officer.get(f"{HOME}/history"))
    assert "Added Barnaby Thistlewood, mentor." in shown
    assert shown.count("Register read by Caspian Underhollow") == 1
    assert "Key given" in shown


def test_a_newcomer_without_a_key_is_told_what_to_wait_for(
    cast: Cast, kept: Kept, sign_in: SignIn
) -> None:
    kept.add(THISTLEWOOD)
    give_office(cast.db, cast["outsider"].account, scheme="wcc", office="liaison", actor="system")
    newcomer = sign_in("outsider")
    for path in ("", "/people/new", "/history", "/groups", "/imports/new"):
        shown = newcomer.get(HOME + path)
        assert "You have no key to the register yet" in words_of(shown), path
    assert "no key" in words_of(newcomer.post(f"{HOME}/people", A_PERSON))
    sign_in("chair")
    assert "Thistlewood" in words_of(newcomer.get(HOME))
