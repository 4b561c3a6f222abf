"""The form in which an officer declares whom they are tied to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from wtforms import StringField
from wtforms.validators import ValidationError

from conductdesk.participants.interests import Declared, InterestKind
from conductdesk.participants.words import INTERESTS
from conductdesk.web.fields import day, line, radio, select
from conductdesk.web.form import PageForm

NOBODY = {"": "Nobody"}


class InterestForm(PageForm):
    """One tie: to a person by name, or to another officer."""

    name = line("Who is it?", hint="Their name, as somebody would write it in a concern.")
    officer = select("Or another officer", "Choose an officer", NOBODY)
    kind = radio("What ties you to them?", "Choose what ties you to them", INTERESTS)
    since = day("Since when, if you want to note it", hint="It counts from now on in any case.")
    until = day(
        "The last day on which it keeps you away",
        hint="Leave it empty if the tie goes on, or if it is over and may still matter.",
    )

    @classmethod
    def among(cls, officers: Mapping[str, str], **given: Any) -> InterestForm:
        """Return the form for somebody whose colleagues are *officers*."""
        form = cls(**given)
        form.officer.choices = {**NOBODY, **officers}
        return form

    def validate_name(self, field: StringField) -> None:
        """Ask for one person, and for one only."""
        if bool(field.data) == bool(self.officer.data):
            raise ValidationError("Write a name, or choose an officer, and not both")

    def to_declared(self) -> Declared:
        """Return the tie as a value."""
        officer = UUID(self.officer.data) if self.officer.data else None
        name = self.name.data or self.officer.choices[self.officer.data]
        kind, days = InterestKind(self.kind.data), (self.since.data, self.until.data)
        return Declared(kind, " ".join(name.split()), officer, *days)
