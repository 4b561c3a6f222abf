"""Steps that the tests of appeals share; each is made by real actions."""

from __future__ import annotations

from conductdesk.cases.actions.appealing import conclude_appeal, lodge_appeal
from conductdesk.cases.acts import (
    AppealConcluded,
    AppealLodged,
    AppealResult,
    GroundAnswered,
    GroundGiven,
    Side,
)
from conductdesk.cases.days import today
from conductdesk.cases.models import Case
from tests.actions import inquiry_steps as steps
from tests.cast import Cast
from tests.remembering import remembered

GROUND = "There is new evidence"
OTHER = "The decision was biased"


def an_appeal(*grounds: str, by: Side = Side.RESPONDENT) -> AppealLodged:
    """Return an appeal on some grounds."""
    given = [GroundGiven(ground, "The letter has turned up.") for ground in grounds or (GROUND,)]
    return AppealLodged(by, today(), tuple(given))


def lodge(cast: Cast, case: Case, appeal: AppealLodged | None = None) -> None:
    """Record an appeal."""
    cast.let("liaison", case, lodge_appeal, appeal=appeal or an_appeal())


def an_end(result: AppealResult = AppealResult.DISMISSED, *grounds: str) -> AppealConcluded:
    """Return an answer to every ground."""
    answers = [
        GroundAnswered(ground, accepted=False, reasons="It shows nothing new.")
        for ground in grounds or (GROUND,)
    ]
    return AppealConcluded(result, tuple(answers))


def conclude(
    cast: Cast, case: Case, conclusion: AppealConcluded | None = None, who: str = "appeal_body"
) -> None:
    """Conclude the appeal."""
    cast.let(who, case, conclude_appeal, conclusion=conclusion or an_end())


@remembered
def appealed(cast: Cast, *kinds: str) -> Case:
    """Return a case whose decision was appealed against."""
    case = steps.told(cast, *kinds)
    lodge(cast, case)
    return case
