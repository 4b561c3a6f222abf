"""Who is here: the account that is signed in at the desk, and its unlocked key."""

from __future__ import annotations

import hashlib
from uuid import UUID

from flask import Flask, Response, after_this_request, g, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from conductdesk.people.models import Account, AccountState
from conductdesk.people.queries import account_by_id, viewer_of
from conductdesk.policy import NOBODY, Viewer
from conductdesk.refusal import Refused
from conductdesk.vault.models import Keyring
from conductdesk.vault.seal import SealBrokenError
from conductdesk.vault.unlocking import new_unlock, open_unlock
from conductdesk.web.sessions import belong_to, end, set_unlock_cookie, unlock_token
from conductdesk.web.state import db, keystore

UNLOCKED = "unlocked"
"""Where the session keeps the locked private key; its token lies in a cookie of its own."""


class NotUnlocked(Refused):
    """The browser no longer has the token that unlocks the person's key."""

    def __init__(self) -> None:
        super().__init__("Your sign-in has ended. Sign out, then sign in again.")


class Present(UserMixin):  # type: ignore[misc]  # flask-login has no types
    """What flask-login knows of somebody who is signed in."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.id = account.id.hex


def install_login(app: Flask) -> None:
    """Let flask-login find the account of a session; a closed account is not signed in."""
    login = LoginManager()
    login.session_protection = None  # it would look at address and browser, which nobody stores
    login.init_app(app)
    login.user_loader(_load)


def load_viewer() -> Viewer:
    """Return who asks, for the gate."""
    return viewer_of(db(), current_user.account) if current_user.is_authenticated else NOBODY


def this_account() -> Account:
    """Return the account that is signed in; for pages whose gate lets nobody else in."""
    account: Account = current_user.account
    return account


def this_account_id() -> UUID:
    """Return whose account that is, without asking the database again."""
    return UUID(hex=current_user.id)


def let_in(account: Account, keyring: Keyring) -> None:
    """Sign *account* in: a new session, and the token that unlocks its key in a cookie."""
    belong_to(account.id)
    login_user(Present(account))
    token, locked = new_unlock(keystore(), keyring)
    session[UNLOCKED] = locked

    @after_this_request
    def give_token(response: Response) -> Response:
        set_unlock_cookie(response, token)
        return response


def let_out() -> None:
    """Sign out: the session and the locked key are deleted, the cookies expired."""
    logout_user()
    end()


def keyring() -> Keyring:
    """Return the unlocked key of whoever is signed in, or raise `NotUnlocked`."""
    if "keyring" not in g:
        token, locked = unlock_token(), session.get(UNLOCKED)
        if token is None or locked is None:
            raise NotUnlocked
        try:
            g.keyring = open_unlock(keystore(), token, locked)
        except SealBrokenError as error:
            raise NotUnlocked from error
    found: Keyring = g.keyring
    return found


def this_sign_in() -> bytes:
    """Return what tells this sign-in from every other, so that a read is noted once for each."""
    return hashlib.sha256(b"sign-in" + session[UNLOCKED]).digest()


def _load(account_id: str) -> Present | None:
    account = account_by_id(db(), UUID(hex=account_id))
    if account is None or account.state != AccountState.ACTIVE or account.custodian:
        return None
    return Present(account)
