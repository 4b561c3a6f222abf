"""The pages of the desk: the caseload, and the pages of a case."""

from conductdesk.cases.views import caseload, entering, handling, people, reading
from conductdesk.cases.views.blueprint import bp

__all__ = ["bp", "caseload", "entering", "handling", "people", "reading"]
