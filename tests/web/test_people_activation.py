"""An account begins with a link, and begins again with another."""

from __future__ import annotations

from uuid import UUID

import pytest

from conductdesk.notices.actions import queue_mail_for
from conductdesk.people.actions import reset
from conductdesk.people.models import Account, AccountState, Invitation
from conductdesk.vault.models import Compartment, DataKey, KeyGrant
from tests.cast import PASSWORD as OLD_PASSWORD
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.desk_visitor import AtTheDesk, words_of
from tests.web.newcomer import Newcomer, invite_newcomer, mailed_token
from tests.web.visitor import Visitor

OVER = "This link was used already, or has run out."


@pytest.fixture
def invited(cast: Cast) -> Account:
    return invite_newcomer(cast)


@pytest.fixture
def newcomer(cast: Cast, faces: Faces, invited: Account) -> Newcomer:
    return Newcomer(faces.desk, mailed_token(cast.db, cast.keystore, invited))


def again(cast: Cast, faces: Faces, who: str) -> Newcomer:
    """Send a member a new link, and return the browser in which they open it."""
    account = cast[who].account
    reset(cast.db, account, actor="system", queue_mail=queue_mail_for(cast.keystore))
    cast.db.commit()
    begun = Newcomer(faces.desk, mailed_token(cast.db, cast.keystore, account))
    begun.follow()
    return begun


def test_following_the_link_changes_nothing(cast: Cast, newcomer: Newcomer) -> None:
    for _time in range(2):
        shown = newcomer.get(newcomer.link)
        assert (shown.status_code, "Set-Cookie" in shown.headers) == (200, False)
    unused = cast.db.query(Invitation).filter(Invitation.used_at.is_(None)).count()
    cast.db.commit()
    assert unused == 1


def test_the_link_becomes_a_session_and_leaves_the_address(newcomer: Newcomer) -> None:
    begun = newcomer.follow()
    assert (begun.status_code, begun.headers["Location"]) == (303, "/activation")
    assert newcomer.link.rpartition("/")[2] not in newcomer.get("/activation").text


def test_a_newcomer_sets_up_an_account_and_is_signed_in(
    cast: Cast, newcomer: Newcomer, invited: Account
) -> None:
    newcomer.follow()
    done = newcomer.finish()
    assert (done.status_code, done.headers["Location"]) == (303, "/account/recovery-code")
    assert newcomer.get("/account").status_code == 200
    cast.db.refresh(invited)
    assert invited.state == AccountState.ACTIVE
    assert invited.principal_id is not None


def test_the_recovery_code_is_shown_until_it_is_kept(newcomer: Newcomer) -> None:
    newcomer.follow()
    newcomer.finish()
    code = newcomer.printed_code()
    assert code.split()[0] in newcomer.get("/account/recovery-code/print").text
    newcomer.get("/account/recovery-code")
    newcomer.post("/account/recovery-code/kept")
    assert code.split()[0] not in newcomer.get("/account/recovery-code").text
    assert newcomer.get("/account/recovery-code/print").status_code == 303


def test_a_link_works_once(newcomer: Newcomer, faces: Faces) -> None:
    newcomer.follow()
    newcomer.finish()
    other = Visitor(faces.desk)
    assert other.get(newcomer.link).status_code == 404
    assert OVER in words_of(other.post(newcomer.link))
    assert other.get("/activation").status_code == 404


@pytest.mark.parametrize("token", ["0" * 32, "x", "%00", "🙈", "a" * 2_000, "..%2f..%2f"])
def test_an_invented_link_says_only_that_it_is_over(cast: Cast, faces: Faces, token: str) -> None:
    cast.db.commit()
    shown = Visitor(faces.desk).get(f"/activate/{token}")
    assert shown.status_code == 404


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "at least 15 characters"),
        ("passwordpassword", "one of the first"),
        ("newton personne wcc uk", "words that belong to you"),
        ("", "Choose a password"),
    ],
)
def test_a_weak_password_is_refused_in_place(newcomer: Newcomer, password: str, words: str) -> None:
    newcomer.follow()
    refused = newcomer.finish(password)
    assert refused.status_code == 422
    assert words in words_of(refused)
    assert newcomer.secret[:4] in refused.text  # the same secret: it is in the authenticator now
    assert newcomer.finish().status_code == 303


def test_a_code_that_does_not_fit_is_refused_in_place(newcomer: Newcomer) -> None:
    newcomer.follow()
    refused = newcomer.finish(code="000000")
    assert refused.status_code == 422
    assert "does not fit" in words_of(refused)


def test_the_picture_of_the_secret_is_for_its_own_session(newcomer: Newcomer, faces: Faces) -> None:
    newcomer.follow()
    picture = newcomer.get("/authenticator.svg")
    assert picture.mimetype == "image/svg+xml"
    assert picture.headers["Cache-Control"] == "no-store"
    assert "style=" not in picture.text
    assert Visitor(faces.desk).get("/authenticator.svg").status_code == 404
    newcomer.finish()
    assert newcomer.get("/authenticator.svg").status_code == 404


def test_a_newcomer_is_not_asked_for_an_old_recovery_code(newcomer: Newcomer) -> None:
    newcomer.follow()
    assert "old recovery code" not in words_of(newcomer.get("/activation"))


def test_the_printed_code_brings_the_cases_back_after_a_reset(cast: Cast, faces: Faces) -> None:
    place = f"/cases/{cast.attested().id}"
    principal, printed = cast["liaison"].account.principal_id, cast["liaison"].recovery_code
    begun = again(cast, faces, "liaison")
    assert begun.finish(recovery_code=" ".join(printed.words)).status_code == 303
    assert begun.get(place).status_code == 200
    cast.db.refresh(cast["liaison"].account)
    assert cast["liaison"].account.principal_id == principal


def test_without_the_printed_code_another_officer_gives_the_cases_back(
    cast: Cast, faces: Faces
) -> None:
    case_id = cast.attested().id
    begun = again(cast, faces, "liaison")
    assert "Without it you can sign in" in words_of(begun.get("/activation"))
    assert begun.finish().status_code == 303
    assert not _holds(cast, case_id)
    AtTheDesk(faces.desk, cast, "chair")
    assert _holds(cast, case_id)
    assert begun.get(f"/cases/{case_id}").status_code == 200


def test_a_wrong_recovery_code_is_refused_and_nothing_is_lost(cast: Cast, faces: Faces) -> None:
    cast.attested()
    begun = again(cast, faces, "liaison")
    refused = begun.finish(recovery_code="not a code")
    assert refused.status_code == 422
    assert "This recovery code is not right" in words_of(refused)
    assert 'value="not a code"' in refused.text
    assert begun.finish(recovery_code=cast["liaison"].recovery_code.code).status_code == 303


def test_a_reset_ends_the_old_password_and_every_session(cast: Cast, faces: Faces) -> None:
    desk = AtTheDesk(faces.desk, cast, "liaison")
    again(cast, faces, "liaison")
    assert desk.get("/account").headers["Location"].startswith("/sign-in")
    email = cast["liaison"].account.email
    cast.db.commit()
    refused = Visitor(faces.desk).post(
        "/sign-in", {"email": email, "password": OLD_PASSWORD, "code": "123456"}
    )
    assert refused.status_code == 422


def _holds(cast: Cast, case_id: UUID) -> bool:
    account = cast["liaison"].account
    cast.db.refresh(account)
    held = (
        cast.db.query(KeyGrant)
        .join(DataKey, DataKey.id == KeyGrant.data_key_id)
        .filter(DataKey.case_id == case_id, KeyGrant.principal_id == account.principal_id)
        .filter(DataKey.compartment == Compartment.INTAKE)
        .count()
    )
    cast.db.commit()
    return bool(held)
