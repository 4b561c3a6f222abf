"""All control tests, in the order of the procedure."""

from __future__ import annotations

from collections.abc import Mapping

from conductdesk.review.controls.beginning import BEGINNING
from conductdesk.review.controls.control import Control
from conductdesk.review.controls.ending import ENDING
from conductdesk.review.controls.fairness import FAIRNESS
from conductdesk.review.controls.keys import KEYS
from conductdesk.review.controls.steps import STEPS

CONTROLS: Mapping[str, Control] = {
    control.key: control for control in (*BEGINNING, *STEPS, *FAIRNESS, *ENDING, *KEYS)
}
"""By their keys, which stand in addresses and in exports."""
