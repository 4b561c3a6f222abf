"""Forms of the register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from wtforms import StringField
from wtforms.validators import ValidationError

from conductdesk.participants.plan import LONGEST_VERSION
from conductdesk.participants.rules import Acceptance, Age, GroupKind, Person, Theirs, TieKind
from conductdesk.participants.words import AGES, GROUPS, TIES
from conductdesk.people.rules import email_problem
from conductdesk.schemes.pack import Pack
from conductdesk.web.fields import AtMost, day, line, radio, select, text
from conductdesk.web.form import PageForm

NOBODY = {"": "Nobody"}
NOT_SAID = {"": "Not known"}


class PersonForm(PageForm):
    """Somebody who takes part."""

    name = line("Full name", "Write the person’s name")
    role = select("Role", "Choose a role", {})
    ref = line("Reference", hint="A member number, say. By it an import finds the person again.")
    email = line("E-mail address")
    organisation = line("Organisation")
    age = radio("Age", "Say what is known of their age", AGES)

    @classmethod
    def of(cls, pack: Pack, theirs: Theirs, **given: Any) -> PersonForm:
        """Return the form for the words of a scheme, with the organisations that somebody keeps."""
        kind = OrganisationForm if pack.organisations else cls
        form = kind(**given)
        form.role.choices = {role: role.capitalize() for role in pack.participants}
        if pack.organisations:
            known = {one.key: one.name for one in pack.organisations}
            mine = {key: name for key, name in known.items() if key in (theirs.organisations or ())}
            form.organisation.choices = {**NOT_SAID, **known} if theirs.is_all else mine
        return form

    def validate_email(self, field: StringField) -> None:
        """Refuse what is no address."""
        if field.data and email_problem(field.data.lower()):
            raise ValidationError("Write an e-mail address like name@example.org")

    def to_person(self) -> Person:
        """Return the person as a value."""
        return Person(
            name=" ".join(self.name.data.split()),
            role=self.role.data,
            ref=self.ref.data,
            email=self.email.data,
            organisation=self.organisation.data,
            age=Age(self.age.data),
        )


class OrganisationForm(PersonForm):
    """The same for a scheme that lists its organisations."""

    organisation = select("Organisation", "Choose an organisation", NOT_SAID)


def filled_with(person: Person) -> Mapping[str, Any]:
    """Return what the form shows of somebody who is in the register."""
    texts = {key: getattr(person, key) for key in ("name", "role", "ref", "email", "organisation")}
    return {**texts, "age": person.age.value}


class DayForm(PageForm):
    """The day on which something ends."""

    last = day("Last day", "Write the last day")


class AcceptanceForm(PageForm):
    """Which version of the code somebody accepted, and when."""

    version = line("Version of the code", "Write which version they accepted")
    on = day("Day", "Write the day on which they accepted it")

    def validate_version(self, field: StringField) -> None:
        """Refuse a version that is too long for a file."""
        AtMost(LONGEST_VERSION)(self, field)

    def to_acceptance(self) -> Acceptance:
        """Return the acceptance as a value."""
        return Acceptance(self.on.data, self.version.data)


class TieForm(PageForm):
    """A tie: its kind, and one person at the other end."""

    kind = select("The tie", "Choose the tie", TIES)
    officer = select("To an officer", "Choose an officer", NOBODY)
    other = line("Or to a participant", hint="Their reference, or their full name.")

    @classmethod
    def among(cls, officers: Mapping[str, str], **given: Any) -> TieForm:
        """Return the form for the officers of a scheme."""
        form = cls(**given)
        form.officer.choices = {**NOBODY, **officers}
        return form

    def validate_other(self, field: StringField) -> None:
        """Ask for one end, and for one only."""
        if bool(field.data) == bool(self.officer.data):
            raise ValidationError("Choose an officer, or write a participant, and not both")

    def to_kind(self) -> TieKind:
        """Return the kind as a value."""
        return TieKind(self.kind.data)


class GroupForm(PageForm):
    """A pairing, a triad or a group."""

    kind = radio("What is it?", "Choose what it is", GROUPS)
    members = text(
        "Who is in it?",
        "Write who is in it",
        hint="One person on each line: their reference, or their full name.",
    )
    ref = line("Reference", hint="By it an import finds it again. It may stay empty.")
    since = day("First day, if you know it")

    def to_kind(self) -> GroupKind:
        """Return the kind as a value."""
        return GroupKind(self.kind.data)

    @property
    def lines(self) -> list[str]:
        """What was written on each line."""
        return [one.strip() for one in self.members.data.split("\n") if one.strip()]


class SearchForm(PageForm):
    """A name, or a part of one."""

    text = line("Name, reference or organisation")


class UploadForm(PageForm):
    """A file to import."""

    file = FileField(
        "File",
        description="CSV, at most 25 MB and 50,000 rows.",
        widget=GovFileInput(),
        render_kw={"accept": ".csv,text/csv"},
    )

    def validate_file(self, field: FileField) -> None:
        """Ask for a file."""
        if field.data is None:
            raise ValidationError("Choose a file")
