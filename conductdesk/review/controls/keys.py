"""Whether every wrapped key has its entry, and every entry its key; pure."""

from __future__ import annotations

from uuid import UUID

from conductdesk.review.controls.control import Control, Fault, Verdict
from conductdesk.review.controls.material import Material
from conductdesk.vault.models import KeyGrant

GRANTS = ("grant.made", "grant.ended", "rows.recorded")
"""An entry that has no room for all its rows leaves the rest to `rows.recorded`."""


def granted(material: Material) -> Verdict:
    """Pass where the keys that are there are those that the log gave and did not take back."""
    made: dict[UUID, int] = {}
    for entry in material.logged(*GRANTS):
        for key in entry.names("key_grant"):
            if entry.type == "grant.ended":
                made.pop(key, None)
            elif entry.type == "grant.made":
                made[key] = entry.idx
    holders = {one.id: one.principal_id for one in material.of(KeyGrant)}
    accounts = material.people.by_principal
    unlogged = [holders[key] for key in holders.keys() - made.keys()]
    return [
        Fault("A key is there that the log never gave.", _who(accounts.get(holder)))
        for holder in unlogged
    ] + [
        Fault("A key that the log gave is not there.", entry=made[key])
        for key in sorted(made.keys() - holders.keys(), key=made.__getitem__)
    ]


def _who(account: object) -> str:
    return getattr(account, "pseudonym", "")


KEYS = (
    Control(
        key="keys",
        title="Every wrapped key has its entry, and every entry its key",
        criterion="The keys to the case are those that the log gave and did not take back.",
        reference="docs/key-lifecycle.md",
        rows=frozenset({KeyGrant}),
        entries=frozenset(GRANTS),
        of_case=granted,
    ),
)
