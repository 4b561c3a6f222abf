"""Faults that a person at the command line can mend, in words."""

from __future__ import annotations

from conductdesk.audit.note import NoteError
from conductdesk.refusal import Refused
from conductdesk.settings import SettingsError

NOT_SET_UP = ("no such table", "does not exist", "unable to open database file")
"""What SQLite and PostgreSQL say when nobody has run `init` yet."""


def in_words(error: Exception) -> str | None:
    """Return what is wrong and what to do, or None where it is our mistake."""
    if isinstance(error, Refused | SettingsError):
        return str(error)
    if isinstance(error, NoteError):
        return f"A key or a note cannot be used: {error}."
    if isinstance(error, UnicodeDecodeError):
        return "That is not a text file in UTF-8. Check that it is the right one."
    if isinstance(error, OSError):
        return f"{error.strerror or 'It cannot be read or written'}: {error.filename or 'a file'}"
    return _of_the_database(error)


def _of_the_database(error: Exception) -> str | None:
    # Imported late: `recovery keygen` fails and succeeds without any database.
    from alembic.util import CommandError  # noqa: PLC0415 - heavy, and seldom needed
    from sqlalchemy.exc import DatabaseError  # noqa: PLC0415 - heavy, and seldom needed

    from conductdesk.schemes.reading import PackError  # noqa: PLC0415 - heavy, and seldom needed
    from conductdesk.vault.keystore import KeystoreError  # noqa: PLC0415 - heavy, and seldom needed

    if isinstance(error, PackError | KeystoreError):
        return str(error)
    if isinstance(error, CommandError):
        return f"The database belongs to another version of ConductDesk: {error}. Use that one."
    if not isinstance(error, DatabaseError):
        return None
    said = str(error.orig)
    if any(sign in said for sign in NOT_SET_UP):
        return "The database is not set up. Begin with `conductdesk init`, or run `upgrade`."
    return f"The database cannot be used: {said.strip()}"
