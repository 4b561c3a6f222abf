"""The auditor's pages: the closed cases, one case, samples, and a check of the log."""

from conductdesk.review.views import (
    bundling,
    checking,
    controls,
    engaging,
    papers,
    population,
    reading,
    sampling,
    summing_up,
    walking,
    widening,
    working,
)
from conductdesk.review.views.blueprint import bp

__all__ = [
    "bp",
    "bundling",
    "checking",
    "controls",
    "engaging",
    "papers",
    "population",
    "reading",
    "sampling",
    "summing_up",
    "walking",
    "widening",
    "working",
]
