"""Note that a list of closed cases left the desk, and what for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy.orm import Session

from conductdesk.audit.record import Event, Pub, append
from conductdesk.policy import Viewer
from conductdesk.review.actions.reviewing import need_auditor
from conductdesk.review.purposes import Purpose
from conductdesk.review.sheets import Format


@dataclass(frozen=True)
class Taken:
    """What somebody takes away, what for, and as what kind of file."""

    what: str
    """`population`, `sample` or `control`, and what of it: `control leavers`."""
    purpose: Purpose
    how: Format


def note_export(
    db: Session, *, actor: Viewer, scheme: str, taken: Taken, cases: Sequence[str]
) -> None:
    """Leave the entry that *cases*, given by their pseudonyms, left the desk as a list."""
    need_auditor(actor, scheme)
    listed = "".join(f"{case}\n" for case in sorted(cases))
    facts: dict[str, Pub] = {
        "what": taken.what,
        "cases": len(cases),
        "list_sha256": sha256(listed.encode()).hexdigest(),
        "purpose": taken.purpose.value,
        "format": taken.how.value,
    }
    append(db, scheme, [Event("population.exported", actor.pseudonym, facts)])
