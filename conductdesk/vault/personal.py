"""Text that belongs to one person, and to no case: their own key alone opens it."""

from __future__ import annotations

from uuid import UUID

from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Keyring
from conductdesk.vault.principals import Published, check_published
from conductdesk.vault.seal import bound_to, pad, unpad, unwrap, wrap


def seal_for_one(
    keystore: Keystore, principal: Published, table: str, row_id: UUID, text: str
) -> bytes:
    """Seal *text* for the row *row_id* of *table* to one person, or raise `KeySwapped`.

    Nobody needs to be signed in for that. The text opens in that very place only.
    """
    check_published(principal, keystore)
    return wrap(principal.public_key, pad(text.encode()), _place(table, row_id, principal.id))


def open_own(keyring: Keyring, table: str, row_id: UUID, sealed: bytes) -> str:
    """Return what was sealed to the holder of *keyring*, or raise `SealBrokenError`."""
    place = _place(table, row_id, keyring.principal_id)
    return unpad(unwrap(keyring.key, sealed, place)).decode()


def _place(table: str, row_id: UUID, principal_id: UUID) -> bytes:
    return bound_to("conductdesk/personal/v1", table, row_id, principal_id)
