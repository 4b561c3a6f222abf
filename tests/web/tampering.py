"""What somebody with the database's file could do to the log."""

from __future__ import annotations

from sqlalchemy import text

from tests.actions.audit_rows import lift_triggers
from tests.cast import Cast

CHANGE = text(
    "UPDATE log_entry SET entry = CAST(replace(CAST(entry AS TEXT), :was, :becomes) AS BLOB)"
    " WHERE log_id = 'wcc'"
)


def change_entries(cast: Cast, was: str, becomes: str) -> None:
    """Exchange words in the entries of the scheme's log, behind its back."""
    cast.db.commit()
    lift_triggers(cast.db)
    cast.db.execute(CHANGE, {"was": was, "becomes": becomes})
    cast.db.commit()
