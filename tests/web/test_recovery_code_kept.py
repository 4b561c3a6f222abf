"""A server that dies after the commit loses no recovery code: the page can be opened again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from conductdesk import clock
from conductdesk.db import Database
from conductdesk.people.actions import reset
from conductdesk.people.models import Account, AccountState
from conductdesk.vault.unlocking import unlock_with_recovery_code
from conductdesk.web.models import WebSession
from tests.cast import PASSWORD, Cast
from tests.conftest import Faces
from tests.web.desk_visitor import AtTheDesk
from tests.web.newcomer import EMAIL, Newcomer, invite_newcomer, mailed_token
from tests.web.newcomer import PASSWORD as CHOSEN
from tests.web.visitor import SITE, Visitor, receipt_in

PAGE = "/account/recovery-code"
FIRST = "/activation/recovery-code"


class ServerDiedError(BaseException):
    """No exception that anything catches: not even the page for our own faults is shown."""


@pytest.fixture
def invited(cast: Cast) -> Account:
    return invite_newcomer(cast)


@pytest.fixture
def newcomer(cast: Cast, faces: Faces, invited: Account) -> Newcomer:
    """Somebody who has followed their link."""
    begun = Newcomer(faces.desk, mailed_token(cast.db, cast.keystore, invited))
    begun.follow()
    return begun


@contextmanager
def dies_after_commit(database: Database, which: int) -> Iterator[None]:
    """Let the server die right after commit number *which* of a request: no answer is given."""
    left = [which]

    def die(session: Session) -> None:
        of_request = "web_session" in session.info and not session.in_nested_transaction()
        if of_request and session.get_bind().engine.url == database.engine.url:
            left[0] -= 1
            if not left[0]:
                raise ServerDiedError

    event.listen(Session, "after_commit", die)
    try:
        with pytest.raises(ServerDiedError):
            yield
    finally:
        event.remove(Session, "after_commit", die)


@pytest.fixture
def stranded(newcomer: Newcomer, database: Database) -> Newcomer:
    """The same, whose account was set up by a server that died before it answered."""
    with dies_after_commit(database, 1):
        newcomer.finish()
    return newcomer


def code_on(visitor: Visitor) -> str:
    """Return the code that the session of the set-up shows."""
    return receipt_in(visitor.get(FIRST).text).code


def opens(cast: Cast, account: Account, code: str) -> bool:
    """Answer whether *code* opens the account's key; `WrongSecret` if not."""
    cast.db.refresh(account)
    wrapped, principal = account.recovery_wrapped, account.principal_id
    cast.db.commit()
    assert wrapped is not None
    assert principal is not None
    return bool(unlock_with_recovery_code(cast.keystore, principal, wrapped, code).private_key)


def signs_in(visitor: Visitor, email: str, password: str, secret: str) -> TestResponse:
    """Sign somebody in from this browser, a little later."""
    moment = clock.now() + timedelta(minutes=2)
    values = {"email": email, "password": password, "code": pyotp.TOTP(secret).at(moment)}
    with clock.at(moment):
        return visitor.client.post("/sign-in", data=values, base_url=SITE)


@pytest.mark.both_backends
def test_a_server_that_dies_after_an_activation_shows_the_same_code_again_until_it_is_kept(
    cast: Cast, stranded: Newcomer, invited: Account
) -> None:
    cast.db.refresh(invited)
    assert invited.state == AccountState.ACTIVE
    cast.db.commit()
    for place in ("/activation", stranded.link):
        assert stranded.get(place).headers["Location"] == FIRST
    assert stranded.post("/activation").headers["Location"] == FIRST
    code = code_on(stranded)
    assert opens(cast, invited, code)
    assert code.split()[0] in stranded.get(f"{FIRST}/print").text
    assert code_on(stranded) == code
    assert stranded.get(PAGE).headers["Location"].startswith("/sign-in")
    code_on(stranded)
    assert stranded.post(f"{FIRST}/kept").headers["Location"] == "/sign-in"
    assert stranded.get(FIRST).status_code == 303
    assert stranded.get(f"{FIRST}/print").status_code == 303


def test_whoever_signs_in_before_the_code_is_kept_is_led_to_it(stranded: Newcomer) -> None:
    code = code_on(stranded)
    entered = signs_in(stranded, EMAIL, CHOSEN, stranded.secret)
    assert entered.headers["Location"] == PAGE
    assert stranded.printed_code() == code
    assert stranded.get(FIRST).headers["Location"] == PAGE
    stranded.get(PAGE)
    stranded.post(f"{PAGE}/kept")
    assert "Make a new recovery code" in stranded.get(PAGE).text


def test_the_code_of_one_account_is_gone_when_another_signs_in(
    cast: Cast, stranded: Newcomer
) -> None:
    email, secret = cast["liaison"].account.email, cast["liaison"].totp_secret
    cast.db.commit()
    entered = signs_in(stranded, email, PASSWORD, secret)
    assert entered.status_code == 303
    assert entered.headers["Location"] != PAGE
    assert "Make a new recovery code" in stranded.get(PAGE).text


def test_the_code_is_shown_within_its_session_alone_and_not_after_a_reset(
    cast: Cast, faces: Faces, stranded: Newcomer, invited: Account
) -> None:
    assert code_on(stranded)
    for place in (FIRST, f"{FIRST}/print"):
        assert Visitor(faces.desk).get(place).status_code == 303
    reset(cast.db, invited, actor="system")
    cast.db.commit()
    assert stranded.get(FIRST).status_code == 303


def test_the_code_goes_with_its_session(stranded: Newcomer) -> None:
    with clock.at(clock.now() + timedelta(minutes=31)):
        assert stranded.get(FIRST).status_code == 303


def test_what_was_left_behind_at_an_activation_ends_when_the_code_is_kept(
    cast: Cast, newcomer: Newcomer, invited: Account
) -> None:
    before = newcomer.client.get_cookie("__Host-cd_desk")
    newcomer.finish()
    after = newcomer.client.get_cookie("__Host-cd_desk")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    newcomer.get(PAGE)
    newcomer.post(f"{PAGE}/kept")
    assert cast.db.query(WebSession).filter_by(owner_id=invited.id).count() == 1
    cast.db.commit()
    newcomer.client.set_cookie("__Host-cd_desk", before.value, secure=True)
    assert newcomer.get(FIRST).status_code == 303


def test_a_server_that_dies_after_a_renewal_shows_the_same_code_again_until_it_is_kept(
    cast: Cast, faces: Faces, database: Database
) -> None:
    desk = AtTheDesk(faces.desk, cast, "liaison")
    desk.get(PAGE)
    with dies_after_commit(database, 2):  # the first counts the try
        desk.post(PAGE, {"password": PASSWORD})
    code = receipt_in(desk.get(PAGE).text).code
    assert opens(cast, cast["liaison"].account, code)
    assert receipt_in(desk.get(PAGE).text).code == code
    desk.post(f"{PAGE}/kept")
    assert "Make a new recovery code" in desk.get(PAGE).text


def test_a_server_that_dies_before_the_commit_changes_nothing(
    cast: Cast, faces: Faces, database: Database
) -> None:
    desk, old = AtTheDesk(faces.desk, cast, "liaison"), cast["liaison"].recovery_code.code
    desk.get(PAGE)
    with dies_after_commit(database, 1):
        desk.post(PAGE, {"password": PASSWORD})
    assert "Make a new recovery code" in desk.get(PAGE).text
    assert opens(cast, cast["liaison"].account, old)
