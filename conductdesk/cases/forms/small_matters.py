"""The form about a low-level record."""

from __future__ import annotations

from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.web.fields import day, text


class ActingForm(VersionedForm):
    """When a low-level matter was acted on, and how."""

    acted_on = day("When did they act?", "Give the day on which they acted")
    what = text("What did they do?", "Say what was done", rows=3)
