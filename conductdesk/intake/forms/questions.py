"""The questions of the public form: each turns what was typed into one more answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from wtforms import HiddenField

from conductdesk.cases.concern import Answer, Identity, Mode
from conductdesk.intake.answers import Answers
from conductdesk.intake.forms.fields import line, radio, text
from conductdesk.intake.paths import Ask
from conductdesk.intake.rules import LONGEST_ACCOUNT
from conductdesk.schemes.kinds import IntakeKind
from conductdesk.web.fields import Wanted
from conductdesk.web.form import PageForm


class QuestionForm(PageForm):
    """One question of the public form."""

    def show(self, answers: Answers) -> None:
        """Put in what was answered before."""

    def answered(self, answers: Answers) -> Answers:
        """Return *answers* with this one; what asks nothing adds nothing."""
        return answers


class KindForm(QuestionForm):
    """What it is about."""

    kind = radio("What do you want to tell us about?", "Choose what it is about", choices={})

    def show(self, answers: Answers) -> None:
        """Put in what was answered before."""
        self.kind.data = answers.kind

    def answered(self, answers: Answers) -> Answers:
        """Return *answers* with this one."""
        return replace(answers, kind=self.kind.data)


class DangerForm(QuestionForm):
    """Whether anybody is in danger now."""

    danger = radio("Is anyone in danger now?", "Choose yes, no or not sure")

    def show(self, answers: Answers) -> None:
        """Put in what was answered before."""
        self.danger.data = answers.danger

    def answered(self, answers: Answers) -> Answers:
        """Return *answers* with this one."""
        return replace(answers, danger=Answer(self.danger.data))


class AtRiskForm(QuestionForm):
    """Whether anybody is under age, or an adult at risk."""

    at_risk = radio("Is anyone in this under 18, or at risk?", "Choose yes, no or not sure")

    def show(self, answers: Answers) -> None:
        """Put in what was answered before."""
        self.at_risk.data = answers.at_risk

    def answered(self, answers: Answers) -> Answers:
        """Return *answers* with this one."""
        return replace(answers, at_risk=Answer(self.at_risk.data))


WHAT_HAPPENED = "What happened?"
ACCOUNT_LABELS: Mapping[str, str] = {
    IntakeKind.ADVICE: "What do you need advice about?",
    IntakeKind.INTEREST: "What is the interest, and since when?",
    IntakeKind.DATA_PROTECTION: "How was your personal data used, and what is wrong with that?",
    IntakeKind.RECORDS: "What would you like to see?",
}
"""What the box is called for the kinds that are not about something that happened."""


class AccountForm(QuestionForm):
    """What happened."""

    account = text(
        WHAT_HAPPENED,
        Wanted("Tell us what happened, or ask us to call you"),
        limit=LONGEST_ACCOUNT,
        remedy=" You can send the rest as a message when you have your receipt.",
    )

    def show(self, answers: Answers) -> None:
        """Put in what was answered before."""
        self.account.data = answers.account

    def answered(self, answers: Answers) -> Answers:
        """Return *answers* with this one."""
        return replace(answers, account=self.account.data)


class WhenForm(QuestionForm):
    """When it happened."""

    happened = text("When did it happen? (optional)")

    def show(self, answers: Answers) -> None:
        """Put in what was answered before."""
        self.happened.data = answers.happened

    def answered(self, answers: Answers) -> Answers:
        """Return *answers* with this one."""
        return replace(answers, happened=self.happened.data)


ASKED_ANEW = (
    "Who was involved was changed on another page. Your answer was not taken. Answer this question"
)


class MatchForm(QuestionForm):
    """Whether somebody who was named is the holder of an office."""

    index = 0
    asked_now = ""
    """The key of the match that has this place now; another tab may have changed the people."""
    about = HiddenField()
    match = radio("Is this them?", "Choose yes, no or not sure")

    def fit(self, index: int, answers: Answers) -> None:
        """Let the form ask about the match at *index*."""
        self.index, self.asked_now = index, answers.matches[index].key

    def show(self, answers: Answers) -> None:
        """Put in what was answered before."""
        self.match.data, self.about.data = answers.matches[self.index].answer, self.asked_now

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Check the answer; one to another question is not taken, and this one is asked anew."""
        sound = bool(super().validate(extra_validators))
        if self.about.data == self.asked_now:
            return sound
        self.about.data, self.match.data, self.match.errors = self.asked_now, None, [ASKED_ANEW]
        return False

    def answered(self, answers: Answers) -> Answers:
        """Return *answers* with this one."""
        return answers.with_match_answered(self.index, Answer(self.match.data))


class KnownForm(QuestionForm):
    """How the reporter wants to be known."""

    mode = radio(
        "How do you want to be known?",
        "Choose how you want to be known",
        choices={
            Mode.NAMED.value: "By my name",
            Mode.CONFIDENTIAL.value: "In confidence",
            Mode.ANONYMOUS.value: "Without a name",
        },
    )

    def show(self, answers: Answers) -> None:
        """Put in what was answered before."""
        self.mode.data = answers.mode

    def answered(self, answers: Answers) -> Answers:
        """Return *answers* with this one; who stays without a name leaves no name behind."""
        mode = Mode(self.mode.data)
        kept = None if mode is Mode.ANONYMOUS else answers.identity
        return replace(answers, mode=mode, identity=kept)


class ContactForm(QuestionForm):
    """Who the reporter is, and how to reach them safely."""

    name = line("Your name", Wanted("Enter your name"))
    contact = line(
        "How can we reach you? (optional)",
        hint="For example a phone number. We do not write e-mail from here.",
    )
    safe_times = line(
        "When is it safe to reach you? (optional)", hint="For example: weekdays after 6pm."
    )

    def show(self, answers: Answers) -> None:
        """Put in what was answered before."""
        identity = answers.identity or Identity()
        self.name.data = identity.name
        self.contact.data = identity.contact
        self.safe_times.data = identity.safe_times

    def answered(self, answers: Answers) -> Answers:
        """Return *answers* with this one."""
        identity = Identity(self.name.data, self.contact.data, self.safe_times.data)
        return replace(answers, identity=identity)


class CallForm(ContactForm):
    """How to call somebody who wants to talk first."""

    name = line("What should we call you? (optional)", hint="Any name will do.")
    contact = line("Your phone number", Wanted("Tell us how we can reach you"))


WHAT_TO_SHARE = "What may we share? (optional)"
"""How it is asked where the scheme has a question of its own on with whom."""


class SharingForm(QuestionForm):
    """What may be shared, and with whom."""

    sharing = text("What may we share, and with whom? (optional)")

    def show(self, answers: Answers) -> None:
        """Put in what was answered before."""
        self.sharing.data = answers.sharing

    def answered(self, answers: Answers) -> Answers:
        """Return *answers* with this one."""
        return replace(answers, sharing=self.sharing.data)


class WishForm(QuestionForm):
    """What the reporter would like to happen."""

    wish = text("What would you like to happen? (optional)")

    def show(self, answers: Answers) -> None:
        """Put in what was answered before."""
        self.wish.data = answers.wish

    def answered(self, answers: Answers) -> Answers:
        """Return *answers* with this one."""
        return replace(answers, wish=self.wish.data)


class OutsideForm(QuestionForm):
    """Whether the contact outside the organisation takes part from the start."""

    outside = radio(
        "Should someone outside take part?",
        "Choose yes or no",
        choices={"no": "No", "yes": "Yes, from the start"},
    )

    def show(self, answers: Answers) -> None:
        """Put in what was answered before."""
        self.outside.data = answers.outside

    def answered(self, answers: Answers) -> Answers:
        """Return *answers* with this one."""
        return replace(answers, outside=Answer(self.outside.data))


class OrganisationForm(QuestionForm):
    """The organisation of the person whom it is about."""

    organisation = radio(
        "Which organisation does the mentor belong to?", "Choose one, or not sure", choices={}
    )

    def show(self, answers: Answers) -> None:
        """Put in what was answered before."""
        self.organisation.data = answers.organisation

    def answered(self, answers: Answers) -> Answers:
        """Return *answers* with this one."""
        return replace(answers, organisation=self.organisation.data)


FORMS: Mapping[Ask, type[QuestionForm]] = {
    Ask.KIND: KindForm,
    Ask.DANGER: DangerForm,
    Ask.AT_RISK: AtRiskForm,
    Ask.ACCOUNT: AccountForm,
    Ask.WHEN: WhenForm,
    Ask.MATCH: MatchForm,
    Ask.KNOWN: KnownForm,
    Ask.CONTACT: ContactForm,
    Ask.SHARING: SharingForm,
    Ask.WISH: WishForm,
    Ask.OUTSIDE: OutsideForm,
    Ask.ORGANISATION: OrganisationForm,
}
