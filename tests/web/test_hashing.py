"""Hashing a password takes tenths of a second: nobody waits for it, and what changed meanwhile counts."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from uuid import UUID

import pyotp
import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from conductdesk import clock
from conductdesk.db import Database
from conductdesk.notices.actions import queue_mail_for
from conductdesk.people.actions import (
    AuthenticatorChange,
    begin_account,
    change_authenticator,
    change_password,
    confirm_password,
    draw_up_account,
    draw_up_password,
    invite,
    renew_recovery_code,
    reset,
    sign_out_everywhere,
)
from conductdesk.people.actions.activating import Setup
from conductdesk.people.models import Account
from conductdesk.people.rules import NewPerson
from tests.cast import CHEAP, PASSWORD, Cast
from tests.conftest import Faces
from tests.web.desk_visitor import AtTheDesk, words_of
from tests.web.hashing_steps import at_each_hash, at_the_first_hash, write_beside
from tests.web.newcomer import SPELLED, Newcomer, mailed_token
from tests.web.visitor import SITE, receipt_in

NEW = "velvet harbour compass juniper"
OTHER = "lantern meadow copper thistle"


def secret_on(desk: AtTheDesk) -> str:
    """Ask for a new authenticator, and return its secret."""
    desk.get("/account/authenticator")
    desk.post("/account/authenticator/secret")
    spelled = SPELLED.search(desk.get("/account/authenticator").text)
    assert spelled is not None
    return spelled[1].replace(" ", "")


def new_authenticator(desk: AtTheDesk, secret: str) -> TestResponse:
    code = pyotp.TOTP(secret).at(clock.now())
    return desk.post("/account/authenticator", {"password": PASSWORD, "code": code})


def new_code(desk: AtTheDesk) -> TestResponse:
    return desk.post("/account/recovery-code", {"password": PASSWORD})


def new_password(desk: AtTheDesk, new: str = NEW) -> TestResponse:
    return desk.post("/account/password", {"old": PASSWORD, "new": new})


def newcomer(cast: Cast, faces: Faces) -> Newcomer:
    """Return somebody who has followed their link and can finish."""
    person = NewPerson("newton@cast.example", "Newton Personne")
    account = invite(
        cast.db, person, actor="system", queue_mail=queue_mail_for(cast.keystore)
    ).account
    cast.db.commit()
    begun = Newcomer(faces.desk, mailed_token(cast.db, cast.keystore, account))
    begun.follow()
    return begun


def secrets_of(cast: Cast, who: str) -> list[bytes | None]:
    """Return what an account keeps of password, authenticator and recovery code."""
    account = cast[who].account
    cast.db.refresh(account)
    kept = [account.wrapped_private_key, account.totp_sealed, account.recovery_wrapped]
    cast.db.commit()
    return kept


def act_on(me: UUID, act: Callable[[Session, Account], object], db: Session) -> None:
    """Let somebody act on an account, in a session of their own."""
    act(db, db.get_one(Account, me))


def refused(answer: TestResponse, words: str) -> None:
    """Check that the answer is a page that says these *words*, and no other way out."""
    assert answer.status_code == 422, words_of(answer)
    assert words in words_of(answer)


@pytest.mark.usefixtures("any_database")
def test_others_write_while_a_password_is_hashed(
    cast: Cast, faces: Faces, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, begun = AtTheDesk(faces.desk, cast, "liaison"), newcomer(cast, faces)
    secret = secret_on(desk)
    cast.db.commit()
    hashes = at_each_hash(monkeypatch, partial(write_beside, database))
    for act in (partial(new_authenticator, desk, secret), partial(new_code, desk)):
        assert act().status_code == 303
    assert hashes.times == 2
    assert new_password(desk).status_code == 303
    assert hashes.times == 4
    assert begun.finish().status_code == 303
    assert hashes.times == 5


@pytest.mark.usefixtures("any_database")
def test_a_password_that_changes_meanwhile_stops_every_act_that_asked_for_it(
    cast: Cast, faces: Faces, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts: dict[str, Callable[..., TestResponse]] = {
        "liaison": new_password,
        "chair": new_code,
        "decision_maker": new_authenticator,
    }
    for who, act in acts.items():
        desk, mine = AtTheDesk(faces.desk, cast, who), cast[who].account.id
        rest = (secret_on(desk),) if act is new_authenticator else ()
        desk.get("/account")
        draw_up = partial(draw_up_password, cast.db, cast.keystore, mine, cost=CHEAP)
        drawn, before = draw_up(old=PASSWORD, new=OTHER), secrets_of(cast, who)
        with monkeypatch.context() as patch:
            at_the_first_hash(patch, database, partial(change_password, drawn=drawn))
            refused(act(desk, *rest), "Your password was changed in the meantime")
        assert secrets_of(cast, who) == [drawn.lock.wrapped_private_key, *before[1:]]
        assert desk.get("/account").headers["Location"].startswith("/sign-in")
        assert draw_up(old=OTHER, new=NEW).confirmed.keyring == cast[who].keyring


def test_of_two_new_authenticators_the_second_is_told_and_the_first_works(
    cast: Cast, faces: Faces, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, secret, mine = AtTheDesk(faces.desk, cast, "liaison"), pyotp.random_base32(), "liaison"
    shown, me = secret_on(desk), cast["liaison"].account.id
    confirmed = confirm_password(cast.db, cast.keystore, me, PASSWORD)
    change = AuthenticatorChange(PASSWORD, secret, pyotp.TOTP(secret).at(clock.now()))

    def first(db: Session) -> None:
        change_authenticator(db, cast.keystore, confirmed, change)

    at_the_first_hash(monkeypatch, database, first)
    refused(new_authenticator(desk, shown), "Another authenticator was set up in the meantime")
    left = secrets_of(cast, mine)
    refused(new_authenticator(desk, pyotp.random_base32()), "does not fit")
    assert secrets_of(cast, mine) == left
    assert new_authenticator(desk, shown).status_code == 303


def test_of_two_new_recovery_codes_the_second_is_told_and_the_first_works(
    cast: Cast, faces: Faces, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, me = AtTheDesk(faces.desk, cast, "liaison"), cast["liaison"].account.id
    desk.get("/account/recovery-code")
    confirmed = confirm_password(cast.db, cast.keystore, me, PASSWORD)

    def first(db: Session) -> None:
        renew_recovery_code(db, cast.keystore, confirmed)

    at_the_first_hash(monkeypatch, database, first)
    answer = new_code(desk)
    refused(answer, "Another recovery code was made in the meantime")
    assert PASSWORD not in answer.text
    assert new_code(desk).status_code == 303


def test_a_second_click_is_shown_the_code_of_the_first(
    cast: Cast, faces: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, answers = AtTheDesk(faces.desk, cast, "liaison"), list[TestResponse]()
    desk.get("/account/recovery-code")

    def click_first() -> None:
        patch.undo()
        with ThreadPoolExecutor(1) as thread:  # a request of its own
            answers.append(thread.submit(new_code, desk).result())

    with monkeypatch.context() as patch:
        at_each_hash(patch, click_first)
        second = new_code(desk)
    assert answers[0].status_code == 303
    refused(second, "Another recovery code was made in the meantime")
    assert receipt_in(second.text) == receipt_in(desk.get("/account/recovery-code").text)


@pytest.mark.usefixtures("any_database")
def test_nothing_changes_for_whoever_is_signed_out_or_shut_out_meanwhile(
    cast: Cast, faces: Faces, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends: dict[str, Callable[..., object]] = {
        "liaison": sign_out_everywhere,
        "chair": partial(reset, actor="system"),
    }
    for who, end in ends.items():
        desk, before = AtTheDesk(faces.desk, cast, who), secrets_of(cast, who)
        desk.get("/account")
        with monkeypatch.context() as patch:
            at_the_first_hash(patch, database, partial(act_on, cast[who].account.id, end))
            refused(new_password(desk), "Your sign-in ended in the meantime")
        assert secrets_of(cast, who) == before


@pytest.mark.usefixtures("any_database")
def test_a_link_that_is_used_meanwhile_is_over_and_what_was_set_up_stands(
    cast: Cast, faces: Faces, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = newcomer(cast, faces)
    secret, token = pyotp.random_base32(), begun.link.rpartition("/")[2]
    setup = Setup(OTHER, secret, pyotp.TOTP(secret).at(clock.now()))
    drawn = draw_up_account(cast.db, cast.keystore, token, setup, cost=CHEAP)
    cast.db.commit()
    at_the_first_hash(monkeypatch, database, partial(begin_account, drawn=drawn))
    refused(begun.finish(), "This link was used already")
    confirmed = confirm_password(cast.db, cast.keystore, drawn.account_id, OTHER)
    assert confirmed.keyring == drawn.keyring
    assert confirmed.recovery_wrapped == drawn.recovery_wrapped


def test_a_second_click_on_finish_is_led_to_the_code_of_the_first(
    cast: Cast, faces: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, answers = newcomer(cast, faces), list[TestResponse]()

    def click_first() -> None:
        patch.undo()
        with ThreadPoolExecutor(1) as thread:  # a request of its own
            answers.append(thread.submit(begun.finish).result())

    with monkeypatch.context() as patch:
        at_each_hash(patch, click_first)
        answers.append(begun.finish())
    led = [answer.headers["Location"] for answer in answers]
    assert led == ["/account/recovery-code", "/activation/recovery-code"]
    assert begun.printed_code()


def test_a_link_that_is_withdrawn_meanwhile_sets_nothing_up(
    cast: Cast, faces: Faces, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = newcomer(cast, faces)

    def withdraw(db: Session) -> None:
        reset(db, db.query(Account).filter_by(email="newton@cast.example").one(), actor="system")

    at_the_first_hash(monkeypatch, database, withdraw)
    refused(begun.finish(), "This link was used already")
    assert begun.get("/account").headers["Location"].startswith("/sign-in")


@pytest.mark.usefixtures("any_database")
def test_of_two_new_passwords_sent_at_once_one_counts_and_the_other_is_told(
    cast: Cast, faces: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    desks = [AtTheDesk(faces.desk, cast, "liaison")]
    with clock.at(clock.now() + timedelta(minutes=2)):  # a code works once
        desks.append(AtTheDesk(faces.desk, cast, "liaison"))
    typed = [{"old": PASSWORD, "new": new} for new in (NEW, OTHER)]
    for desk, values in zip(desks, typed, strict=True):
        desk.get("/account/password")
        values["csrf_token"] = desk.token

    def send(desk: AtTheDesk, values: dict[str, str]) -> TestResponse:
        return desk.client.post("/account/password", data=values, base_url=SITE)

    at_each_hash(monkeypatch, Barrier(2, timeout=20).wait)  # neither gets ahead of the other
    with ThreadPoolExecutor(2) as threads:
        tried = list(threads.map(send, desks, typed))
    monkeypatch.undo()
    assert sorted(answer.status_code for answer in tried) == [303, 422], tried
    lost = next(answer for answer in tried if answer.status_code == 422)
    refused(lost, "Your password was changed in the meantime")
    won = (NEW, OTHER)[1 - tried.index(lost)]
    me = cast["liaison"].account.id
    cast.db.refresh(cast["liaison"].account)
    assert confirm_password(cast.db, cast.keystore, me, won).keyring == cast["liaison"].keyring
