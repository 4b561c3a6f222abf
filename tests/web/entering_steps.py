"""What an officer writes down who enters a concern for somebody, and what comes of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from conductdesk.cases.models import Case
from conductdesk.vault.receipts import Receipt
from tests.cast import Cast
from tests.web.desk_visitor import AtTheDesk
from tests.web.visitor import receipt_in

TOLD: dict[str, str] = {
    "channel": "telephone",
    "kind": "concern",
    "danger": "no",
    "at_risk": "no",
    "account": "He passed on what she had said in private.",
    "happened": "Since the summer",
    "rows": "1",
    "name_0": "Barnaby Thistlewood",
    "part_0": "respondent",
    "holds_0": "none",
    "mode": "confidential",
    "name": "Marigold Ashdown",
    "contact": "01632 960001",
    "sharing": "You may ask him about it.",
    "wish": "Another mentor",
    "outside": "no",
    "act": "check",
}
"""Everything that an officer writes down on the one page."""


def write(officer: AtTheDesk, **changes: str) -> Any:
    """Write down what was told, with some answers changed, and ask to read it back."""
    officer.get("/entry/wcc")
    return officer.post("/entry/wcc", {**TOLD, **changes})


def enter(officer: AtTheDesk, **changes: str) -> Receipt:
    """Enter a concern, and return the receipt that the officer is shown."""
    assert write(officer, **changes).headers["Location"] == "/entry/wcc/check"
    officer.get("/entry/wcc/check")
    assert officer.post("/entry/wcc/concern").headers["Location"] == "/entry/wcc/receipt"
    return receipt_on(officer)


def receipt_on(officer: AtTheDesk) -> Receipt:
    """Return the receipt that the officer is shown."""
    return receipt_in(officer.get("/entry/wcc/receipt").text)


def the_case(cast: Cast) -> Case:
    """Return the only case."""
    cast.db.expire_all()
    return cast.db.scalars(select(Case)).one()


def how_many(cast: Cast, model: Any) -> int:
    """Return how many rows there are."""
    found = cast.db.scalar(select(func.count()).select_from(model)) or 0
    cast.db.commit()
    return found
