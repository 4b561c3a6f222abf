"""Forms in which a reporter says that somebody treats them badly for telling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from wtforms import HiddenField

from conductdesk.cases.concern import Answer, Part
from conductdesk.intake.answers import NO_POST, POST_UNKNOWN, PersonTyped
from conductdesk.intake.forms.fields import line, radio, text
from conductdesk.intake.forms.people import choice, posts
from conductdesk.intake.rules import LONGEST_ACCOUNT
from conductdesk.schemes.pack import Pack
from conductdesk.web.fields import Wanted
from conductdesk.web.form import PageForm

BOTH = "You said no, but you wrote something below. Choose yes to send it, or take it out."


class TreatmentForm(PageForm):
    """Who it is and what happens; `treatment_form` adds the posts of one scheme."""

    turn = HiddenField()
    """Which page it is: a second click on it sends nothing twice, and a second page is heard."""
    by = line("Who is doing it? (optional)", hint="If it is an officer here, they do not see it.")

    @property
    def who(self) -> PersonTyped | None:
        """Return who is said to do it, or None where nothing tells."""
        name, holds = self.by.data, self["holds"].data
        if not name and holds in (NO_POST, POST_UNKNOWN):
            return None
        return PersonTyped(name, Part.RESPONDENT, holds)


class TreatedBadlyForm(TreatmentForm):
    """How the reporter is treated for telling."""

    account = text("What is happening?", Wanted("Tell us what is happening"), limit=LONGEST_ACCOUNT)


class CheckInForm(TreatmentForm):
    """The answer to a check-in, and what there is to say about a yes."""

    treated_badly = radio(
        "Is anyone treating you badly for telling us?",
        "Choose yes or no",
        choices={"no": "No", "yes": "Yes"},
    )
    account = text("What is happening? (optional)", limit=LONGEST_ACCOUNT)

    @property
    def says_yes(self) -> bool:
        """Answer whether somebody treats the reporter badly."""
        return bool(self.treated_badly.data == Answer.YES)

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Check the answer; what was written below a no must not be lost without a word."""
        sound = bool(super().validate(extra_validators))
        if self.treated_badly.data == Answer.NO and (self.account.data or self.who):
            self.treated_badly.errors = [BOTH]
            return False
        return sound


Form = TypeVar("Form", bound=TreatmentForm)


def treatment_form(kind: type[Form], pack: Pack) -> type[Form]:
    """Return the form of a *kind* with the posts of *pack*."""
    return type(kind.__name__, (kind,), {"holds": choice("Do they hold a post here?", posts(pack))})
