"""The form in which an officer of the whole scheme sets the organisation of a case."""

from __future__ import annotations

from conductdesk.cases.closing_acts import Placed
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.schemes.pack import Pack
from conductdesk.web.fields import radio, text


class PlacingForm(VersionedForm):
    """To which organisation the case belongs, and how one knows."""

    organisation = radio("Which organisation is it?", "Choose the organisation", {})
    reason = text(
        "How do you know?",
        "Say how you know which organisation it is",
        hint="Auditors read this later. Leave out who the reporter is.",
        rows=4,
    )

    @classmethod
    def among(cls, pack: Pack, now: str) -> PlacingForm:
        """Return the form with the organisations of *pack*, but for the one that is set *now*."""
        form = cls()
        found = {one.key: one.name for one in pack.organisations if one.key != now}
        form.organisation.choices = found
        return form

    def to_placed(self) -> Placed:
        """Return what was chosen as a value."""
        return Placed(self.organisation.data, self.reason.data)
