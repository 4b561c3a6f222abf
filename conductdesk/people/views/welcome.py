"""What happens whenever somebody proves who they are."""

from __future__ import annotations

from conductdesk.people.above import above
from conductdesk.people.models import Account
from conductdesk.people.presence import let_in
from conductdesk.people.queries import viewer_of
from conductdesk.people.views.recovery import begin_session_of
from conductdesk.refusal import Refused
from conductdesk.vault.models import Keyring
from conductdesk.web.state import db, keystore


def welcome(account: Account, keyring: Keyring) -> list[str]:
    """Sign *account* in under a new session, then let its key do what waited for it.

    Return, in sentences, what could not be done; sign-in stands, whatever becomes of that.
    """
    begin_session_of(account)
    let_in(account, keyring)
    db().commit()
    return tend(account, keyring)


def tend(account: Account, keyring: Keyring) -> list[str]:
    """Do what waited for the key of *account*."""
    try:
        here = viewer_of(db(), account)
        undone = above().after_sign_in(db(), keystore(), here, keyring)
        db().commit()
    except Refused as error:
        db().rollback()
        return [str(error)]
    return undone
