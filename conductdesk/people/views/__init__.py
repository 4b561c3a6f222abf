"""The pages about people: sign-in, one's own account, and the administrator's directory."""

from conductdesk.people.views import (
    account,
    activating,
    authenticator,
    directory,
    first_code,
    guide,
    person,
    recovery,
    signing_in,
)
from conductdesk.people.views.blueprint import bp

__all__ = [
    "account",
    "activating",
    "authenticator",
    "bp",
    "directory",
    "first_code",
    "guide",
    "person",
    "recovery",
    "signing_in",
]
