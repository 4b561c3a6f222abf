"""Begin an audit, and say what it comes to."""

from __future__ import annotations

from collections.abc import Mapping

from conductdesk.review.actions.engaging import OPINIONS, Period
from conductdesk.web.fields import day, radio, select, text
from conductdesk.web.form import PageForm


class AuditForm(PageForm):
    """Which scheme is audited, and over which cases."""

    scheme = select("Which scheme?", "Choose a scheme", {})
    closed_from = day("Cases closed from", "Give the first day")
    closed_to = day("Cases closed to", "Give the last day")

    @classmethod
    def on(cls, schemes: Mapping[str, str]) -> AuditForm:
        """Return the form with the schemes that the viewer audits."""
        form = cls()
        form.scheme.choices = dict(schemes)
        return form

    def to_period(self) -> Period:
        """Return the period as a value; raises `Refused` where it ends before it begins."""
        return Period(self.scheme.data, self.closed_from.data, self.closed_to.data)


class ReportForm(PageForm):
    """What an audit comes to."""

    opinion = radio("What does the audit come to?", "Choose what the audit comes to", OPINIONS)
    conclusion = text(
        "Conclusion",
        "Write the conclusion",
        hint="It stands in the report alone, which you take away: it is not kept here. Name nobody.",
    )

    @property
    def opinion_words(self) -> str:
        """What the audit comes to, in words."""
        return OPINIONS[self.opinion.data]
