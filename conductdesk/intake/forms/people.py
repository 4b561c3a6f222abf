"""Who was involved: several people on one page, added and removed without a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextInput
from wtforms import SelectField, StringField

from conductdesk.cases.concern import Part
from conductdesk.intake.answers import NO_POST, POST_UNKNOWN, PersonTyped, tidy_line
from conductdesk.intake.rules import LONGEST_LINE, MOST_PEOPLE
from conductdesk.schemes.pack import Pack
from conductdesk.web.fields import AtMost
from conductdesk.web.form import PageForm

PARTS = {
    "": "Choose one",
    Part.RESPONDENT.value: "I am worried about what they did",
    Part.AFFECTED.value: "It happened to them",
    Part.WITNESS.value: "They saw or heard it",
    Part.SUPPORTER.value: "They are helping",
    Part.PARTNER.value: "They are in the mentoring with me",
}
"""What somebody is in it, in the words of whoever reports."""


class PeopleForm(PageForm):
    """As many people as there are rows; `people_form` adds the fields of each."""

    rows = 0

    def people(self) -> tuple[PersonTyped, ...]:
        """Return every row as typed, the blank ones too."""
        return tuple(
            PersonTyped(
                self[f"name_{row}"].data,
                self[f"part_{row}"].data or "",
                self[f"holds_{row}"].data or NO_POST,
            )
            for row in range(self.rows)
        )

    def named(self) -> tuple[PersonTyped, ...]:
        """Return the people of the rows that are not blank."""
        return tuple(person for person in self.people() if not person.is_blank)

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Check each row that is not blank."""
        sound = bool(super().validate(extra_validators))
        for row, person in enumerate(self.people()):
            if not person.is_blank and person.part not in list(Part):
                self[f"part_{row}"].errors = [_ask_for_part(person)]
                sound = False
        return sound


def people_form(pack: Pack, parts: Sequence[Part], rows: int) -> type[PeopleForm]:
    """Return the form for this many *rows*, in which a person is one of *parts*."""
    fields: dict[str, Any] = {"rows": rows}
    choices = _parts_shown(parts)
    for row in range(rows):
        fields[f"name_{row}"] = StringField(
            "Name, or how you would describe them",
            widget=GovTextInput(),
            filters=[tidy_line],
            validators=[AtMost(LONGEST_LINE)],
        )
        fields[f"part_{row}"] = choice("Their part in it", choices)
        fields[f"holds_{row}"] = choice("Do they hold a post here?", posts(pack))
    return type("PeopleOfSomeRows", (PeopleForm,), fields)


def _parts_shown(parts: Sequence[Part]) -> dict[str, str]:
    """Return the parts to choose from; where there is one, nothing has to be chosen."""
    shown = {part.value: PARTS[part.value] for part in parts}
    return shown if len(shown) == 1 else {"": PARTS[""], **shown}


def how_many_rows(typed: str | None) -> int:
    """Return the number of rows that a posted page says it had, within bounds."""
    text = typed or ""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len("10") else 1
    return max(1, min(number, MOST_PEOPLE))


def rows_changed(rows: tuple[PersonTyped, ...], act: str) -> tuple[PersonTyped, ...] | None:
    """Return the rows after “add” or “remove”; None when *act* is neither."""
    if act == "add":
        return (*rows, PersonTyped())[:MOST_PEOPLE]
    removed = act.removeprefix("remove-")
    if act.startswith("remove-") and removed in [str(row) for row in range(len(rows))]:
        return rows[: int(removed)] + rows[int(removed) + 1 :]
    return None


def choice(label: str, choices: Mapping[str, str]) -> SelectField:
    """Return a list to choose from; the first of *choices* stands for nothing chosen.

    What is not a choice counts as nothing chosen, so that no forged value is stored.
    """
    nothing = next(iter(choices))
    return SelectField(
        label,
        widget=GovSelect(),
        choices=dict(choices),
        validate_choice=False,
        filters=[lambda value: value if value in choices else nothing],
    )


def posts(pack: Pack) -> dict[str, str]:
    """Return the offices of a scheme, as answers to whether somebody holds a post."""
    offices = {office.key: f"Yes: {office.plain}" for office in pack.offices}
    return {NO_POST: "No", POST_UNKNOWN: "I am not sure", **offices}


def _ask_for_part(person: PersonTyped) -> str:
    return f"Choose what part {person.name or 'this person'} had"
