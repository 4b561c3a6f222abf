"""The verbs of people; each leaves its entry in the installation's log."""

from conductdesk.people.actions.activating import (
    AccountDrawnUp,
    Activated,
    KeyReplaced,
    LinkOver,
    Setup,
    activate,
    begin_account,
    draw_up_account,
)
from conductdesk.people.actions.credentials import (
    AuthenticatorChange,
    Confirmed,
    NewPassword,
    SignedOut,
    change_authenticator,
    change_password,
    confirm_password,
    draw_up_password,
    held,
    renew_recovery_code,
)
from conductdesk.people.actions.entries import Blockers, QueueMail
from conductdesk.people.actions.failures import forget_failures
from conductdesk.people.actions.inviting import Invited, add_custodian, invite, reset
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
    "AccountDrawnUp",
    "Activated",
    "Attempt",
    "AuthenticatorChange",
    "Blockers",
    "Confirmed",
    "Invited",
    "KeyReplaced",
    "LinkOver",
    "NewPassword",
    "NotSignedIn",
    "QueueMail",
    "Setup",
    "SignedIn",
    "SignedOut",
    "activate",
    "add_custodian",
    "appoint_auditor",
    "begin_account",
    "change_authenticator",
    "change_password",
    "confirm_password",
    "draw_up_account",
    "draw_up_password",
    "end_account",
    "end_auditor",
    "end_office",
    "forget_failures",
    "give_office",
    "held",
    "invite",
    "renew_recovery_code",
    "reset",
    "sign_in",
    "sign_out_everywhere",
    "use_code",
]
