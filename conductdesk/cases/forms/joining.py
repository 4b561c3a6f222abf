"""Forms for joining a case to another one, and for undoing that."""

from __future__ import annotations

from uuid import UUID

from govuk_frontend_wtf.wtforms_widgets import GovSelect
from wtforms import SelectField

from conductdesk.cases.closing_acts import Reason
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.web.fields import LABEL, OneOf, Wanted, text


class JoinForm(VersionedForm):
    """To which case, and why."""

    into = SelectField(
        "Which case is about the same matter?",
        widget=GovSelect(),
        render_kw={"params": {"label": {"classes": LABEL}}},
        validate_choice=False,
        validators=[Wanted("Choose a case"), OneOf("Choose a case")],
    )
    reason = text("Why do you think so?", "Say why they are about the same matter", rows=4)

    @property
    def chosen(self) -> UUID:
        """The id of the other case."""
        return UUID(self.into.data)

    def to_reason(self) -> Reason:
        """Return the reason as a value."""
        return Reason(self.reason.data)


class PartForm(VersionedForm):
    """Why a joining is undone."""

    reason = text("Why is it undone?", "Say why it is undone", rows=4)

    def to_reason(self) -> Reason:
        """Return the reason as a value."""
        return Reason(self.reason.data)
