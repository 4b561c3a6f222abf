"""Forms of the handler: messages, appointments, parties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextArea, GovTextInput
from wtforms import Field, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from conductdesk.cases.concern import Answer, Part
from conductdesk.cases.meant import MayBe
from conductdesk.cases.words import ANSWERS, PARTS
from conductdesk.web.form import PageForm

LONG = 20_000
"""Characters of the longest text that a desk form takes."""
SHORT = 200


def wanted(sentence: str) -> list[Any]:
    """Return the validators of a text that must be there."""
    return [InputRequired(sentence), Length(max=LONG, message=f"Write {LONG:,} characters or less")]


class VersionedForm(PageForm):
    """A form that remembers which state of the case its page showed."""

    version = HiddenField()

    @property
    def seen_version(self) -> int:
        """The case's version when the page was shown; -1 where the field was tampered with."""
        text = (self.version.data or "").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


class MessageForm(PageForm):
    """A message to the reporter."""

    text = TextAreaField(
        "Write to the reporter", widget=GovTextArea(), validators=wanted("Write a message first")
    )


class AcknowledgementForm(VersionedForm):
    """The first message by a person."""

    text = TextAreaField(
        "Your first message to the reporter",
        description="Say who you are, that you have read it, and when they will hear from you.",
        widget=GovTextArea(),
        validators=wanted("Write a message first"),
    )


class ReasonForm(PageForm):
    """A reason, where nothing but a reason is asked."""

    reason = TextAreaField("Reason", widget=GovTextArea(), validators=wanted("Give a reason"))


class PartyForm(PageForm):
    """Somebody whom the case is about."""

    name = StringField(
        "Full name",
        widget=GovTextInput(),
        validators=[
            InputRequired("Write the person’s name"),
            Length(max=SHORT, message=f"Write {SHORT} characters or less"),
        ],
    )
    part = SelectField("Their part", widget=GovSelect())
    asked = HiddenField()
    """The name about which the page asked whether it means an officer."""
    posts: tuple[str, ...] = ()
    """The posts whose holder the name may mean, by their keys."""

    @property
    def may_be(self) -> list[Field]:
        """Return the questions whether the name means an officer."""
        return [self[_field_of(post)] for post in self.posts]

    @property
    def not_meant(self) -> frozenset[str]:
        """The posts of which the officer said that another person is meant."""
        return frozenset(post for post in self.posts if self[_field_of(post)].data == Answer.NO)

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Check the form; what was answered about another name is asked again."""
        if self.asked.data != self.name.data:
            for one in self.may_be:
                one.data, one.raw_data = None, []
        self.asked.data = self.name.data
        return bool(super().validate(extra_validators))

    def offer(self, parts: Iterable[Part]) -> PartyForm:
        """Fill in what somebody can be in this case, and return the form."""
        self.part.choices = {part.value: PARTS[part] for part in parts}
        return self

    def to_part(self) -> Part:
        """Return the part as a value."""
        return Part(self.part.data)


def party_form(name: str, may_be: Iterable[MayBe]) -> type[PartyForm]:
    """Return the form that also asks whether *name* means one officer or another."""
    found = tuple(may_be)
    asked = {_field_of(one.post): _is_officer(name, one.words) for one in found}
    posts = tuple(one.post for one in found)
    return type("PartyWhoMayBeOfficer", (PartyForm,), {**asked, "posts": posts})


def _field_of(post: str) -> str:
    return f"is_{post.replace('/', '_')}"


def _is_officer(name: str, post: str) -> RadioField:
    missing = f"Say whether {name} is the {post}"
    return RadioField(
        f"Is {name} the {post}?",
        description="If it is them, or you are not sure, they are kept away from this case.",
        widget=GovRadioInput(),
        choices=dict(ANSWERS),
        validators=[InputRequired(missing)],
    )


class AppointmentForm(PageForm):
    """Whom to appoint."""

    account_id = SelectField("Who", widget=GovSelect())
