"""Forms about people; passwords are never shown again after a mistake, everything else is."""

from __future__ import annotations

from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxInput,
    GovPasswordInput,
    GovSelect,
    GovTextInput,
)
from wtforms import BooleanField, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from conductdesk.people.actions import Attempt, AuthenticatorChange, Setup
from conductdesk.people.rules import LONGEST_EMAIL, LONGEST_NAME, NewPerson
from conductdesk.web.fields import OneOf, Wanted
from conductdesk.web.form import PageForm

LONGEST_SECRET = 1_000
"""Characters of a field for a password, a code or a recovery code: no box takes a novel."""
TOO_LONG = f"Write {LONGEST_SECRET:,} characters or less"


def stripped(text: str | None) -> str:
    """Return *text* without white space around it."""
    return (text or "").strip()


def secret(label: str, sentence: str) -> PasswordField:
    """Return a box for a password, with a button that shows it."""
    return PasswordField(
        label,
        widget=GovPasswordInput(),
        validators=[InputRequired(sentence), Length(max=LONGEST_SECRET, message=TOO_LONG)],
    )


def one_time_code(label: str, hint: str = "") -> StringField:
    """Return a box for the six digits of an authenticator."""
    return StringField(
        label,
        description=hint,
        widget=GovTextInput(),
        filters=[stripped],
        validators=[
            InputRequired("Enter the 6 digits that your authenticator shows"),
            Length(max=40, message="A code has 6 digits"),
        ],
    )


class SignInForm(PageForm):
    """Address, password and one-time code: all three at once, so that none is told apart."""

    email = StringField(
        "E-mail address",
        widget=GovTextInput(),
        filters=[stripped],
        validators=[
            InputRequired("Enter your e-mail address"),
            Length(max=LONGEST_EMAIL, message=f"Write {LONGEST_EMAIL} characters or less"),
        ],
    )
    password = secret("Password", "Enter your password")
    code = one_time_code("Code from your authenticator", "6 digits. Each works once.")
    back = HiddenField()

    @property
    def attempt(self) -> Attempt:
        """What somebody typed, for the action."""
        return Attempt(self.email.data, self.password.data, self.code.data)


class ActivationForm(PageForm):
    """What a person chooses when their account begins, or begins again."""

    password = secret("Choose a password", "Choose a password")
    code = one_time_code("Code from your authenticator", "The 6 digits that it shows now.")
    recovery_code = StringField(
        "Your old recovery code (optional)",
        widget=GovTextInput(),
        filters=[stripped],
        validators=[Length(max=LONGEST_SECRET, message=TOO_LONG)],
    )

    def setup(self, totp_secret: str) -> Setup:
        """Return what was chosen, with the authenticator's secret that the page showed."""
        recovery = self.recovery_code.data or ""
        return Setup(self.password.data, totp_secret, self.code.data, recovery)


class PasswordForm(PageForm):
    """A new password, and the present one."""

    old = secret("Your present password", "Enter your present password")
    new = secret("Your new password", "Choose a new password")


class AuthenticatorForm(PageForm):
    """A new authenticator, confirmed by a code of its own."""

    password = secret("Your password", "Enter your password")
    code = one_time_code("Code from your new authenticator", "The 6 digits that it shows now.")

    def change(self, secret: str) -> AuthenticatorChange:
        """Return what was typed, with the authenticator's *secret* that the page showed."""
        return AuthenticatorChange(self.password.data, secret, self.code.data)


class ConfirmForm(PageForm):
    """The password again, before something that must not happen by a borrowed browser."""

    password = secret("Your password", "Enter your password")


class PersonForm(PageForm):
    """Somebody who is to get an account."""

    name = StringField(
        "Full name",
        widget=GovTextInput(),
        filters=[stripped],
        validators=[
            InputRequired("Enter the person’s name"),
            Length(max=LONGEST_NAME, message=f"Write {LONGEST_NAME} characters or less"),
        ],
    )
    email = StringField(
        "E-mail address",
        widget=GovTextInput(),
        filters=[stripped],
        validators=[
            InputRequired("Enter the person’s e-mail address"),
            Length(max=LONGEST_EMAIL, message=f"Write {LONGEST_EMAIL} characters or less"),
        ],
    )

    @property
    def person(self) -> NewPerson:
        """The person, for the action."""
        return NewPerson(self.email.data, self.name.data)


class InvitationForm(PersonForm):
    """Somebody who is to sign in."""

    administrator = BooleanField("An administrator", widget=GovCheckboxInput())

    @property
    def person(self) -> NewPerson:
        """The person, for the action."""
        return NewPerson(self.email.data, self.name.data, self.administrator.data)


class ChoiceForm(PageForm):
    """One thing out of a list; its choices are set by the view."""

    chosen = SelectField("", widget=GovSelect(), validate_choice=False)

    @classmethod
    def among(cls, label: str, prefix: str, choices: dict[str, str], sentence: str) -> ChoiceForm:
        """Return the form with its *label* and *choices*; *sentence* asks for one of them.

        *prefix* keeps two such forms on one page apart.
        """
        form = cls(prefix=prefix)
        form.chosen.label.text = label
        form.chosen.choices = {"": "Choose", **choices}
        form.chosen.validators = [Wanted(sentence), OneOf(sentence)]
        return form
