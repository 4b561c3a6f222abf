"""The questions of the public form on one page, in words for an officer who asks them aloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from wtforms import RadioField
from wtforms.fields.core import UnboundField

from conductdesk.cases.concern import Answer, Mode, Part
from conductdesk.cases.words import ANSWERS
from conductdesk.intake.answers import Answers, Match, PersonTyped
from conductdesk.intake.entry import TO_AN_OFFICER, Entry
from conductdesk.intake.forms.fields import line, text
from conductdesk.intake.forms.own import own_form
from conductdesk.intake.forms.people import PARTS as REPORTERS_PARTS
from conductdesk.intake.forms.people import PeopleForm, people_form
from conductdesk.intake.forms.questions import FORMS
from conductdesk.intake.paths import CALL_ME, FULL, PATHS, Ask
from conductdesk.intake.rules import LONGEST_ACCOUNT, is_answered, parts_of, questions
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.parts import AnswerKind
from conductdesk.schemes.parts import Question as PackQuestion

ASKED = tuple(ask for ask in FORMS if ask is not Ask.MATCH)
"""The questions that have one form each; people, matches and the pack's own have their own ways."""

PARTS: Mapping[str, str] = {
    **REPORTERS_PARTS,
    Part.RESPONDENT: "The concern is about what they did",
    Part.PARTNER: "They take part in the mentoring",
}
"""The same in an officer's words: theirs is neither the worry nor the mentoring."""

MISSING: Mapping[Ask, tuple[str, str]] = {
    Ask.KIND: ("kind", "Choose what it is about"),
    Ask.DANGER: ("danger", "Say whether anyone is in danger now"),
    Ask.AT_RISK: ("at_risk", "Say whether anyone is under age, or at risk"),
    Ask.ORGANISATION: ("organisation", "Choose the organisation, or not sure"),
    Ask.ACCOUNT: ("account", "Write down what they tell you"),
    Ask.PEOPLE: ("part_0", "Choose a part that fits what it is about"),
    Ask.KNOWN: ("mode", "Choose how they want to be known"),
    Ask.CONTACT: ("name", "Write down their name"),
    Ask.OUTSIDE: ("outside", "Say whether someone outside takes part"),
}
"""Which field to fill in where a question of the path has no answer, and the sentence for it."""
NO_WAY_TO_CALL = ("contact", "Write down how to reach them")

PublicQuestions: type[PeopleForm] = type(
    "PublicQuestions", (PeopleForm, *(FORMS[ask] for ask in ASKED)), {}
)


def choose(label: str, choices: Mapping[str, str], *, name: str | None = None) -> RadioField:
    """Return a choice that may be open while somebody is still talking.

    *name* is what the page calls it, where that is not how the form does.
    """
    given = {"choices": dict(choices), "validate_choice": False, "name": name}
    return RadioField(label, widget=GovRadioInput(), **given)


class EntryForm(PublicQuestions):  # type: ignore[misc,valid-type]  # the fields come from the table
    """Everything that the public form asks; `entry_form` adds people, matches and the pack's own."""

    pack: Pack
    matches: tuple[Match, ...] = ()

    channel = choose("How did it reach you?", TO_AN_OFFICER)
    kind = choose("What is it about?", {})
    danger = choose("Is anyone in danger now?", ANSWERS)
    at_risk = choose("Is anyone under age, or at risk?", ANSWERS)
    organisation = choose("Which organisation does the mentor belong to?", {})
    account = text(
        "What happened, in their words",
        limit=LONGEST_ACCOUNT,
        remedy=" They can send the rest as a message with their receipt.",
    )
    happened = text("When it happened (optional)")
    mode = choose(
        "How do they want to be known?",
        {
            Mode.NAMED: "By their name",
            Mode.CONFIDENTIAL: "In confidence",
            Mode.ANONYMOUS: "Without a name",
        },
    )
    name = line("Their name")
    contact = line("How to reach them (optional)", hint="For a call, this is needed.")
    safe_times = line("When it is safe to reach them (optional)")
    sharing = text("What may be shared, and with whom (optional)")
    wish = text("What they would like to happen (optional)")
    outside = choose(
        "Should someone outside take part?", {"no": "No", "yes": "Yes, from the start"}
    )

    def entry(self, before: Entry) -> Entry:
        """Return *before* with what stands in the form now, finished or not."""
        answers = replace(before.answers, people=self._people())
        for ask in ASKED:
            if self._is_chosen(ask):
                answers = FORMS[ask].answered(self, answers)
        if answers.mode is Mode.ANONYMOUS and Ask.KNOWN in PATHS.get(answers.kind or "", FULL):
            answers = replace(answers, identity=None)  # who stays without a name leaves no name
        answers = self._with_matches(self._with_own(answers))
        return replace(before, channel=self._chosen("channel"), answers=answers, rows=self.people())

    def show(self, entry: Entry) -> None:
        """Put in what was written down before; the people came in when the form was made."""
        for ask in ASKED:
            FORMS[ask].show(self, entry.answers)
        self.channel.data = entry.channel
        for question in self.pack.questions:
            self[own_name(question)].data = entry.answers.own_answers.get(question.key)
        for place, match in enumerate(self.matches):
            self[f"match_{place}"].data = match.answer

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Check what the chosen kind asks for; what it does not ask may say anything."""
        super().validate(extra_validators)
        answers = self.entry(Entry.begin()).answers
        path = questions(self.pack, answers)
        self._forgive_besides({question.ask for question in path})
        if not self._chosen("channel"):
            self.channel.errors = ["Choose how it reached you"]
        for question in path:
            if not is_answered(question, answers):
                self._miss(question.ask, question.own, answers)
        return not self.errors

    def ask_about_names(self) -> None:
        """Point to the names that may be an officer's and that nobody has been asked about."""
        for place, match in enumerate(self.matches):
            if match.answer is None:
                words = f"Ask if “{match.name}” is the officer. No answer counts as yes"
                self[f"match_{place}"].errors = [words]

    def _miss(self, ask: Ask, own: PackQuestion | None, answers: Answers) -> None:
        name, sentence = MISSING.get(ask, ("account", ""))
        if own is not None:
            name, sentence = own_name(own), f"Answer: {own.text}"
        elif ask is Ask.CONTACT and answers.kind == CALL_ME:
            name, sentence = NO_WAY_TO_CALL
        self[name].errors = self[name].errors or [sentence]

    def _forgive_besides(self, asked: set[Ask]) -> None:
        for ask in (*ASKED, Ask.PEOPLE):
            if ask not in asked:
                for name in self._fields_of(ask):
                    self[name].errors = []

    def _fields_of(self, ask: Ask) -> list[str]:
        if ask is Ask.PEOPLE:
            kinds = ("name", "part", "holds")
            return [f"{kind}_{row}" for row in range(self.rows) for kind in kinds]
        return [name for name, one in vars(FORMS[ask]).items() if isinstance(one, UnboundField)]

    def _is_chosen(self, ask: Ask) -> bool:
        """Answer whether each choice of a question is one that was offered; a text always is."""
        fields = (self[name] for name in self._fields_of(ask))
        return all(one.data in one.choices for one in fields if isinstance(one, RadioField))

    def _chosen(self, name: str) -> str:
        field = self[name]
        return str(field.data) if field.data in field.choices else ""

    def _people(self) -> tuple[PersonTyped, ...]:
        return tuple(person for person in self.named() if person.part in list(Part))

    def _with_own(self, answers: Answers) -> Answers:
        answers = replace(answers, own=())
        for question in self.pack.questions:
            field = self[own_name(question)]
            if question.answer is AnswerKind.TEXT or field.data in field.choices:
                answers = answers.with_own(question.key, field.data or "")
        return answers

    def _with_matches(self, answers: Answers) -> Answers:
        answers = replace(answers, matches=self.matches)
        for place in range(len(self.matches)):
            said = self._chosen(f"match_{place}")
            if said:
                answers = answers.with_match_answered(place, Answer(said))
        return answers


def entry_form(pack: Pack, matches: tuple[Match, ...], rows: int) -> type[EntryForm]:
    """Return the form of a scheme, with this many *rows* for people."""
    parts = [
        part for part in Part if any(part in parts_of(kind.key) for kind in pack.kinds_on_form)
    ]
    fields: dict[str, Any] = {"pack": pack, "matches": matches, **_own_fields(pack)}
    for place, match in enumerate(matches):
        said = f"Is “{match.name}” {pack.office(match.office).plain}?"
        fields[f"match_{place}"] = choose(said, ANSWERS, name=f"match_{match.key}")
    return type("EntryFormOfPack", (people_form(pack, parts, rows), EntryForm), fields)


def fitted(form: EntryForm) -> EntryForm:
    """Return *form* with the choices and words of its scheme."""
    pack = form.pack
    organisations = {one.key: one.name for one in pack.organisations}
    form.kind.choices = {kind.key: kind.name for kind in pack.kinds_on_form}
    form.organisation.choices = {**organisations, "": "Not sure"}
    form.at_risk.label.text = f"Is anyone under {pack.child_age}, or at risk?"
    form.outside.label.text = f"Should someone outside {pack.organisation} take part?"
    if not pack.takes_anonymous:
        known = {mode: words for mode, words in form.mode.choices.items() if mode != Mode.ANONYMOUS}
        form.mode.choices = known
    for row in range(form.rows):
        part = form[f"part_{row}"]
        part.choices = {key: PARTS[key] for key in part.choices}
    return form


def rows_of(people: Sequence[PersonTyped]) -> dict[str, str]:
    """Return what the fields of some people hold, by their names."""
    values: dict[str, str] = {}
    for row, person in enumerate(people):
        values |= {f"name_{row}": person.name, f"part_{row}": person.part}
        values[f"holds_{row}"] = person.holds
    return values


def own_name(question: PackQuestion) -> str:
    """Return the name of the field for one of the pack's own questions."""
    return f"own_{question.key}"


def _own_fields(pack: Pack) -> dict[str, Any]:
    return {own_name(one): vars(own_form(one))["own"] for one in pack.questions}
