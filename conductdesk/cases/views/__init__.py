"""The pages of the desk: the caseload, and the pages of a case."""

from conductdesk.cases.views import (
    aftercare,
    appealing,
    caseload,
    closing,
    consenting,
    deciding,
    entering,
    evidence,
    handling,
    holding,
    inquiry,
    outcomes,
    people,
    reading,
    referring,
    serving,
    steps,
)
from conductdesk.cases.views.blueprint import bp

__all__ = [
    "aftercare",
    "appealing",
    "bp",
    "caseload",
    "closing",
    "consenting",
    "deciding",
    "entering",
    "evidence",
    "handling",
    "holding",
    "inquiry",
    "outcomes",
    "people",
    "reading",
    "referring",
    "serving",
    "steps",
]
