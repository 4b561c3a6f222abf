"""The way in and the way out of the desk."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest

from conductdesk import clock
from conductdesk.vault.models import Compartment
from tests.actions.tending_steps import lose_key
from tests.cast import PASSWORD, Cast
from tests.conftest import Faces
from tests.web.desk_visitor import AtTheDesk, words_of
from tests.web.visitor import SITE, Visitor

WRONG = "The e-mail address, the password or the code is not right."
LATER = timedelta(seconds=60)


def typed(cast: Cast, who: str, **changes: str) -> dict[str, str]:
    """Return what a member types, with a code that has not been used yet."""
    member = cast[who]
    code = pyotp.TOTP(member.totp_secret).at(clock.now())
    values = {"email": member.account.email, "password": PASSWORD, "code": code, **changes}
    cast.db.commit()  # a test session that may write keeps every request waiting
    return values


def test_a_stranger_signs_in_and_goes_on_to_what_they_had_asked_for(
    cast: Cast, faces: Faces
) -> None:
    stranger = Visitor(faces.desk)
    cast.db.commit()
    sent = stranger.get("/people/invitation")
    assert sent.headers["Location"] == "/sign-in?back=/people/invitation"
    asked = stranger.get(sent.headers["Location"])
    assert 'name="back" value="/people/invitation"' in asked.text
    with clock.at(clock.now() + LATER):
        sent = stranger.post("/sign-in", typed(cast, "administrator", back="/people/invitation"))
    assert (sent.status_code, sent.headers["Location"]) == (303, "/people/invitation")


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "\x00"]
)
def test_a_foreign_address_is_never_returned_to(cast: Cast, faces: Faces, back: str) -> None:
    visitor = AtTheDesk(faces.desk, cast, "outsider")
    assert "evil" not in visitor.get("/signed-out").text
    stranger = Visitor(faces.desk)
    asked = stranger.get("/sign-in?back=" + back.replace("\x00", "%00"))
    assert asked.status_code == 200
    assert 'name="back"' not in asked.text


def test_the_sign_in_page_stores_nothing_of_a_stranger(cast: Cast, faces: Faces) -> None:
    cast.db.commit()
    asked = Visitor(faces.desk).get("/sign-in")
    assert "Set-Cookie" not in asked.headers
    assert 'data-module="govuk-password-input"' in asked.text
    assert "onpaste" not in asked.text


@pytest.mark.parametrize(
    "changes",
    [
        {"password": "this is not the password"},
        {"email": "nobody@cast.example"},
        {"code": "000000"},  # a chance of one in 300,000 to be right
        {"email": "custodian1@cast.example"},
    ],
)
def test_whatever_is_wrong_the_page_says_the_same(
    cast: Cast, faces: Faces, changes: dict[str, str]
) -> None:
    values = typed(cast, "liaison", **changes)
    with clock.at(clock.now() + LATER):
        refused = Visitor(faces.desk).post("/sign-in", values)
    assert refused.status_code == 422
    assert WRONG in words_of(refused)
    assert "Set-Cookie" not in refused.headers
    assert f'value="{values["email"]}"' in refused.text
    assert PASSWORD not in refused.text


NONSENSE = (
    "",
    " " * 50,
    "x" * 5_000,
    "\x00\x01\x1b",
    "\u202egro.elpmaxe@nimda",
    "🙈" * 20,
    "' OR 1=1 --",
    "\ud800",
    "١٢٣٤٥٦",
)


@pytest.mark.parametrize("field", ["email", "password", "code", "back"])
def test_no_input_breaks_the_sign_in_page(cast: Cast, faces: Faces, field: str) -> None:
    cast.db.commit()
    for nonsense in NONSENSE:
        values = {"email": "a@b.example", "password": "p", "code": "1", field: nonsense}
        body = {name: value.encode("utf-8", "surrogatepass") for name, value in values.items()}
        refused = Visitor(faces.desk).client.post("/sign-in", data=body, base_url=SITE)
        assert refused.status_code == 422, nonsense


@pytest.mark.parametrize(
    ("who", "place"),
    [
        ("administrator", "/people"),
        ("liaison", "/cases"),
        ("auditor", "/review"),
        ("outsider", "/cases"),
    ],
)
def test_everybody_lands_on_the_page_that_they_work_on(
    cast: Cast, faces: Faces, who: str, place: str
) -> None:
    desk = AtTheDesk(faces.desk, cast, who)
    assert desk.get("/").headers["Location"].rstrip("/") == place
    assert desk.get(place).status_code == 200
    assert desk.get("/sign-in").headers["Location"] == "/"


def test_signing_out_ends_the_session_for_good(cast: Cast, faces: Faces) -> None:
    desk = AtTheDesk(faces.desk, cast, "liaison")
    kept = {
        name: desk.client.get_cookie(name, domain="localhost")
        for name in ("__Host-cd_desk", "__Host-cd_unlock")
    }
    desk.get("/account")
    out = desk.post("/sign-out")
    assert out.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "You are signed out" in words_of(desk.get(out.headers["Location"]))
    for name, cookie in kept.items():
        assert cookie is not None
        desk.client.set_cookie(name, cookie.value, domain="localhost", secure=True)
    assert desk.get("/account").headers["Location"].startswith("/sign-in")


def test_a_session_that_timed_out_leads_to_a_quiet_page(cast: Cast, faces: Faces) -> None:
    desk = AtTheDesk(faces.desk, cast, "liaison")
    with clock.at(clock.now() + timedelta(minutes=32)):
        assert desk.get("/").headers["Location"] == "/signed-out"
        said = words_of(desk.get("/signed-out"))
        assert "You are signed out" in said
        assert "30 minutes" in said
        assert cast["liaison"].account.name not in said
        assert desk.get("/").headers["Location"] == "/sign-in"


def test_nobody_stays_signed_in_for_longer_than_a_day_at_work(cast: Cast, faces: Faces) -> None:
    desk, begun = AtTheDesk(faces.desk, cast, "liaison"), clock.now()
    for minutes in range(20, 8 * 60 - 5, 20):
        with clock.at(begun + timedelta(minutes=minutes)):
            assert desk.get("/account").status_code == 200
    with clock.at(begun + timedelta(hours=8, minutes=2)):
        assert desk.get("/account").headers["Location"].startswith("/sign-in")


def test_the_help_page_is_there_for_whoever_cannot_sign_in(cast: Cast, faces: Faces) -> None:
    cast.db.commit()
    said = words_of(Visitor(faces.desk).get("/help"))
    assert "If you cannot sign in" in said


def test_signing_in_gives_the_keys_that_others_wait_for(cast: Cast, faces: Faces) -> None:
    case = cast.attested()
    lose_key(cast, "chair")
    assert not cast.keys(case, "chair").holds(Compartment.INTAKE)
    AtTheDesk(faces.desk, cast, "liaison")
    assert cast.keys(case, "chair").holds(Compartment.INTAKE)


def test_what_could_not_be_done_at_sign_in_is_said_and_does_not_keep_anybody_out(
    cast: Cast, faces: Faces
) -> None:
    broken = cast.attested()
    lose_key(cast, "chair")
    cast.keystore.destroy(broken.id)
    visitor = Visitor(faces.desk)
    with clock.at(clock.now() + LATER):
        said = visitor.post("/sign-in", typed(cast, "liaison"))
    assert "something is wrong" in words_of(said)
    assert visitor.get("/account").status_code == 200


def test_whoever_sent_something_after_the_session_had_gone_is_told_that_it_was_not_saved(
    faces: Faces,
) -> None:
    browser = faces.desk.test_client()
    sent = browser.post("/account/password", base_url=SITE)
    page = browser.get(sent.headers["Location"], base_url=SITE)
    assert "what you sent last was not saved" in page.text
