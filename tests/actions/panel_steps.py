"""The shortest way to a case on which a panel decides, by the real actions."""

from __future__ import annotations

from conductdesk.cases.actions.investigating import open_investigation
from conductdesk.cases.models import Case
from conductdesk.policy import Capacity
from tests.actions import inquiry_steps as steps
from tests.actions.closing_steps import bring_in
from tests.cast import Cast
from tests.remembering import remembered

PANEL = ("decision_maker", "appeal_body", "outside")
"""Three of the cast in offices that decide; whoever hears appeals elsewhere sits on it here."""


@remembered
def panel_reported(cast: Cast, *members: str) -> Case:
    """Return a case with a locked report, and a panel that has attested."""
    case = steps.with_terms(cast)
    bring_in(cast, case, "investigator", Capacity.INVESTIGATOR)
    for who in members:
        bring_in(cast, case, who, Capacity.DECISION_MAKER)
    cast.let("liaison", case, open_investigation)
    steps.serve(cast, case)
    steps.reply(cast, case)
    steps.add_item(cast, case)
    steps.consider_all(cast, case)
    steps.lock(cast, case)
    return case
