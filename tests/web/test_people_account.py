"""One's own account: password, authenticator, recovery code, sign-ins."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest

from conductdesk import clock
from conductdesk.vault.unlocking import unlock_with_recovery_code
from tests.cast import PASSWORD, Cast
from tests.conftest import Faces
from tests.web.desk_visitor import AtTheDesk, words_of
from tests.web.newcomer import SPELLED
from tests.web.visitor import SITE, receipt_in

NEW = "velvet harbour compass juniper"


@pytest.fixture
def desk(cast: Cast, faces: Faces) -> AtTheDesk:
    visitor = AtTheDesk(faces.desk, cast, "liaison")
    visitor.get("/account")
    return visitor


@pytest.fixture
def other(cast: Cast, faces: Faces, desk: AtTheDesk) -> AtTheDesk:
    """A second browser of the same person; its code is a later one."""
    with clock.at(clock.now() + timedelta(minutes=2)):
        return AtTheDesk(faces.desk, cast, "liaison")


def sign_in_with(desk: AtTheDesk, cast: Cast, password: str, secret: str = "") -> int:
    """Sign in from another browser, and return the status."""
    member = cast["liaison"]
    moment = clock.now() + timedelta(minutes=5)
    code = pyotp.TOTP(secret or member.totp_secret).at(moment)
    values = {"email": member.account.email, "password": password, "code": code}
    cast.db.commit()
    with clock.at(moment):
        return desk.client.post("/sign-in", data=values, base_url=SITE).status_code


def test_a_new_password_ends_every_sign_in(cast: Cast, desk: AtTheDesk, other: AtTheDesk) -> None:
    done = desk.post("/account/password", {"old": PASSWORD, "new": NEW})
    assert done.headers["Location"] == "/signed-out?because=password"
    assert "Your password is changed" in words_of(desk.get(done.headers["Location"]))
    for visitor in (desk, other):
        assert visitor.get("/account").headers["Location"].startswith("/sign-in")
    assert sign_in_with(desk, cast, PASSWORD) == 422
    assert sign_in_with(desk, cast, NEW) == 303


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("not the password", NEW, "Your present password is not right"),
        (PASSWORD, "short", "at least 15 characters"),
        ("", "", "Enter your present password"),
        (PASSWORD, "isolde brackenthwaite", "words that belong to you"),
    ],
)
def test_a_password_is_not_changed_without_the_old_and_a_good_new_one(
    desk: AtTheDesk, old: str, new: str, words: str
) -> None:
    refused = desk.post("/account/password", {"old": old, "new": new})
    assert refused.status_code == 422
    assert words in words_of(refused)
    assert desk.get("/account").status_code == 200


def test_a_browser_left_open_is_no_place_to_guess_a_password(desk: AtTheDesk) -> None:
    for _try in range(10):
        desk.post("/account/recovery-code", {"password": "a wrong one, again"})
    refused = desk.post("/account/recovery-code", {"password": PASSWORD})
    assert refused.status_code == 422
    assert "too many tries" in words_of(refused)


def test_a_new_authenticator_replaces_the_old_one(cast: Cast, desk: AtTheDesk) -> None:
    assert SPELLED.search(desk.get("/account/authenticator").text) is None
    desk.post("/account/authenticator/secret")
    spelled = SPELLED.search(desk.get("/account/authenticator").text)
    assert spelled is not None
    secret = spelled[1].replace(" ", "")
    refused = desk.post("/account/authenticator", {"password": PASSWORD, "code": "000000"})
    assert refused.status_code == 422
    code = pyotp.TOTP(secret).at(clock.now())
    done = desk.post("/account/authenticator", {"password": PASSWORD, "code": code})
    assert "new authenticator is set up" in words_of(desk.get(done.headers["Location"]))
    desk.post("/sign-out")
    assert sign_in_with(desk, cast, PASSWORD) == 422
    assert sign_in_with(desk, cast, PASSWORD, secret) == 303


def test_an_authenticator_is_not_set_up_without_a_secret(desk: AtTheDesk) -> None:
    values = {"password": PASSWORD, "code": "123456"}
    assert desk.post("/account/authenticator", values).status_code == 422


def test_a_new_recovery_code_opens_the_key_and_the_old_one_does_not(
    cast: Cast, desk: AtTheDesk
) -> None:
    desk.post("/account/recovery-code", {"password": PASSWORD})
    code = receipt_in(desk.get("/account/recovery-code").text)
    account = cast["liaison"].account
    cast.db.refresh(account)
    assert account.principal_id is not None
    assert account.recovery_wrapped is not None
    opened = unlock_with_recovery_code(
        cast.keystore, account.principal_id, account.recovery_wrapped, code.code
    )
    assert opened.private_key == cast["liaison"].keyring.private_key


def test_signing_out_everywhere_ends_the_other_browser_too(
    desk: AtTheDesk, other: AtTheDesk
) -> None:
    assert desk.get("/account").text.count('data-label="Last used"') == 2
    done = desk.post("/account/sign-out-everywhere")
    assert "signed out everywhere" in words_of(desk.get(done.headers["Location"]))
    assert other.get("/account").headers["Location"].startswith("/sign-in")


def test_the_account_page_says_what_the_person_does(desk: AtTheDesk) -> None:
    said = words_of(desk.get("/account"))
    assert "Mentoring Liaison Officer, WCC UK mentoring" in said
    assert "liaison@cast.example" in said
