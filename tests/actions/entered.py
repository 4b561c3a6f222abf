"""A concern that an officer of the cast entered for somebody else."""

from __future__ import annotations

from conductdesk.cases.actions.receiving import Intake, receive
from conductdesk.cases.concern import Concern
from conductdesk.cases.models import Case
from conductdesk.vault.receipts import Receipt
from tests.cast import Cast, a_concern


def entered(cast: Cast, concern: Concern | None = None, who: str = "chair") -> Case:
    """Return a case that a member entered for somebody who phoned."""
    receipt, told = Receipt.mint(), concern or a_concern(channel="telephone")
    intake = Intake(actor=cast.viewer(who))
    case = receive(cast.db, cast.keystore, cast.pack, told, receipt, intake)
    cast.receipts[case.id] = receipt
    cast.db.commit()
    return case
