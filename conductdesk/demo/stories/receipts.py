"""The two receipts that are printed, so that one can be the reporter too."""

from __future__ import annotations

from dataclasses import dataclass, field

from conductdesk.vault.receipts import Receipt


@dataclass
class Receipts:
    """Minted before the stories begin."""

    named: Receipt = field(default_factory=Receipt.mint)
    """Opens the mailbox of somebody who gave their name; the case is being investigated."""
    anonymous: Receipt = field(default_factory=Receipt.mint)
    """Opens the mailbox of somebody who did not."""
