"""The details of log entries, opened for an export with the auditor's own key."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.audit.bundle import Sealed
from conductdesk.cases.models import Case
from conductdesk.review.queries.entries import HELD_BACK
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Keyring
from conductdesk.vault.seal import SealBrokenError

CASES_AT_HAND = 500
"""How many cases' keys are kept: more than go on at once, so that most are loaded one time."""

BROKEN = b'"%b",{}' % (b"0" * 64)
"""Details that do not open as they should are given out as none, which no commitment fits."""


@dataclass(frozen=True)
class _Committed:
    commit: str | None
    sealed: bytes | None


class Openings:
    """Opens the details of entries, page by page; call it as `audit.bundle.Opener` says."""

    def __init__(self, keystore: Keystore, keyring: Keyring) -> None:
        self._keystore, self._keyring = keystore, keyring
        self._keys: dict[str, CaseKeys] = {}

    def __call__(self, db: Session, sealed: Sequence[Sealed]) -> list[bytes]:
        """Return the rest of the line of each entry."""
        bodies = [(json.loads(entry), details) for _idx, entry, details in sealed]
        self._fetch(db, {body["case"] for body, _details in bodies})
        return [
            self._line(body["case"], body["type"], body["commit"], details)
            for body, details in bodies
        ]

    def _fetch(self, db: Session, pseudonyms: Iterable[str]) -> None:
        wanted = set(pseudonyms)
        if len(self._keys) > CASES_AT_HAND:
            self._keys = {name: self._keys[name] for name in wanted & self._keys.keys()}
        missing = select(Case.pseudonym, Case.id).where(
            Case.pseudonym.in_(wanted - self._keys.keys())
        )
        found = {row.pseudonym: row.id for row in db.execute(missing)}
        keys = CaseKeys.load_many(db, self._keystore, found.values(), self._keyring)
        self._keys |= {name: keys[case_id] for name, case_id in found.items()}

    def _line(self, case: str, event: str, commit: str, details: bytes | None) -> bytes:
        keys = self._keys.get(case)
        if details is None:
            return b'"erased"'
        if event in HELD_BACK:
            return b'"held_back"'
        try:
            opened = keys.open_commitment(_Committed(commit, details)) if keys else None
        except SealBrokenError:
            return BROKEN
        return b'"no_key"' if opened is None else b'"%b",%b' % (opened[0].hex().encode(), opened[1])
