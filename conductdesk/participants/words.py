"""What the desk calls things in the register; pure."""

from __future__ import annotations

from collections.abc import Mapping

from conductdesk.participants.interests import InterestKind
from conductdesk.participants.rules import Age, GroupKind, TieKind

AGES: Mapping[str, str] = {
    Age.NOT_KNOWN: "Not known",
    Age.UNDER_18: "Under 18",
    Age.ADULT: "18 or over",
}
GROUPS: Mapping[str, str] = {
    GroupKind.PAIRING: "Pairing",
    GroupKind.TRIAD: "Triad",
    GroupKind.GROUP: "Group",
}
TIES: Mapping[str, str] = {
    TieKind.MANAGES: "Manages",
    TieKind.MANAGED_BY: "Is managed by",
    TieKind.FAMILY: "Is family of",
    TieKind.SAME: "Is the same person as",
}
TIES_TURNED: Mapping[str, str] = {
    **TIES,
    TieKind.MANAGES: TIES[TieKind.MANAGED_BY],
    TieKind.MANAGED_BY: TIES[TieKind.MANAGES],
}
"""The same told from the other end."""
INTERESTS: Mapping[str, str] = {
    InterestKind.FAMILY: "Family",
    InterestKind.FRIEND: "Friend",
    InterestKind.LINE_MANAGEMENT: "Line management, either way",
    InterestKind.BUSINESS: "Business",
    InterestKind.OTHER: "Something else",
}

EVENTS: Mapping[str, str] = {
    "register.begun": "Register begun",
    "register.read": "Register read",
    "register.imported": "File imported",
    "register.keys_tended": "Keys brought up to date",
    "register.grant_requested": "Key asked for",
    "register.keeper_left": "Keeper left",
    "register.recovered": "Opened with the recovery key",
    "participant.added": "Participant added",
    "participant.changed": "Participant changed",
    "participant.ended": "Participant ended",
    "participant.removed": "Participant removed",
    "participant.accepted": "Code accepted",
    "participant.grouped": "Pairing, triad or group begun",
    "participant.ungrouped": "Pairing, triad or group ended",
    "participant.tied": "Tie added",
    "participant.untied": "Tie removed",
    "check_in.asked": "Check-ins sent",
    "check_in.filled": "Check-in filled in",
    "grant.made": "Key given",
    "grant.ended": "Key taken back",
    "request.closed": "Waiting key no longer needed",
}


def event_words(event: str) -> str:
    """Return what the desk calls an entry; an unknown type is shown as it is."""
    return EVENTS.get(event, event.replace(".", ": ").replace("_", " "))
