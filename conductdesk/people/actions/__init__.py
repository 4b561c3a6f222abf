"""The verbs of people; each leaves its entry in the installation's log."""

from conductdesk.people.actions.credentials import (
    AuthenticatorChange,
    change_authenticator,
    change_password,
    confirm_password,
    renew_recovery_code,
)
from conductdesk.people.actions.entries import SYSTEM, Blockers, Post
from conductdesk.people.actions.failures import forget_failures
from conductdesk.people.actions.inviting import (
    Activated,
    Invited,
    KeyReplaced,
    LinkOver,
    Setup,
    activate,
    add_custodian,
    invite,
    reset,
)
from conductdesk.people.actions.leaving import end_account
from conductdesk.people.actions.offices import (
    appoint_auditor,
    end_auditor,
    end_office,
    give_office,
)
from conductdesk.people.actions.signing_in import (
    Attempt,
    NotSignedIn,
    SignedIn,
    sign_in,
    sign_out_everywhere,
    use_code,
)

__all__ = [
    "SYSTEM",
    "Activated",
    "Attempt",
    "AuthenticatorChange",
    "Blockers",
    "Invited",
    "KeyReplaced",
    "LinkOver",
    "NotSignedIn",
    "Post",
    "Setup",
    "SignedIn",
    "activate",
    "add_custodian",
    "appoint_auditor",
    "change_authenticator",
    "change_password",
    "confirm_password",
    "end_account",
    "end_auditor",
    "end_office",
    "forget_failures",
    "give_office",
    "invite",
    "renew_recovery_code",
    "reset",
    "sign_in",
    "sign_out_everywhere",
    "use_code",
]
