"""Forms of long texts, which can be saved before they are finished."""

from __future__ import annotations

from wtforms import Field, HiddenField

from conductdesk.cases.actions.drafting import Unfinished
from conductdesk.cases.drafts import Answers, DraftFace
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.forms.rows import RowsForm
from conductdesk.web.fields import SHORT, AtMost

ABOUT_THE_PAGE = frozenset({"version", "page", "known"})
"""Fields that say which page it is, and nothing of the text."""


class DraftedForm(VersionedForm):
    """A form that knows its page, so that a page that is older saves nothing over a newer one."""

    page = HiddenField()
    known = HiddenField()
    saved: DraftFace | None = None
    """What was saved last, and by whom."""

    def fits(self) -> bool:
        """Check lengths and nothing else: what is not finished may lack anything."""
        return not [field for field in self if not _fits(field)]

    def unfinished(self) -> Unfinished:
        """Return what the page holds as a value."""
        return Unfinished(self._answers(), self.page.data or "", self.known.data or "")

    def _answers(self) -> Answers:
        answers = {
            field.name: list(field.raw_data or ())
            for field in self
            if field.name not in ABOUT_THE_PAGE
        }
        return answers | {"rows": [str(self.rows)]} if isinstance(self, RowsForm) else answers


def _fits(field: Field) -> bool:
    limit = next((one for one in field.validators if isinstance(one, AtMost)), AtMost(SHORT))
    problem = limit.problem("".join(field.raw_data or ()))
    if problem:
        field.errors = [problem]
    return not problem
