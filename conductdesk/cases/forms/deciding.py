"""The form of a decision: a finding for each allegation, and what follows, in rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from conductdesk.cases.acts import Decision, FindingGiven, OutcomeOrdered
from conductdesk.cases.days import today
from conductdesk.cases.forms.drafting import DraftedForm
from conductdesk.cases.forms.inquiry import CHOOSE, choice
from conductdesk.cases.forms.rows import RowsForm, how_many_rows
from conductdesk.cases.words import FINDINGS, STANDARDS
from conductdesk.schemes.pack import OutcomeKind
from conductdesk.web.fields import day, line, radio, select, text

MOST_OUTCOMES = 12
NO_ACTION = "no_action"
"""The outcome that asks nothing of anybody, so that it needs no day."""
NOT_HOURS = "Write the hours as a whole number, such as 6"


class DecisionForm(DraftedForm, RowsForm):
    """A decision; `decision_form` adds the fields of each finding and each outcome."""

    kinds: Mapping[str, OutcomeKind] = {}
    letters: Mapping[str, UUID] = {}
    begins_with = ("kind", "what", "owner", "hours")
    wanted: Mapping[str, str] = {
        "kind": "Choose what follows in outcome {}",
        "what": "Say what must be done in outcome {}",
        "owner": "Say who must do outcome {}",
    }

    def check_row(self, row: int) -> bool:
        """Ask for what a row that was begun lacks; hours and a day where they are needed."""
        checks = [super().check_row(row), self._check_hours(row)]
        if self._has_a_day(row):
            words = f"Give the day by which outcome {row + 1} is due"
            checks.append(self.need(f"due_{row}", words))
        return all(checks)

    def to_decision(self) -> Decision:
        """Return the decision as a value."""
        return Decision(
            findings=tuple(
                self._finding(letter, row_id) for letter, row_id in self.letters.items()
            ),
            outcomes=tuple(self._outcome(row) for row in self.filled()),
        )

    def _check_hours(self, row: int) -> bool:
        field, kind = self[f"hours_{row}"], self.kinds.get(self[f"kind_{row}"].data)
        if field.data and not _is_count(field.data):
            field.errors = [NOT_HOURS]
        elif kind and kind.hours and not field.data:
            field.errors = [f"Say how many hours of {kind.name.lower()} there must be"]
        elif kind and not kind.hours and field.data:
            field.errors = [f"{kind.name} is not counted in hours. Leave them empty"]
        elif kind and kind.of_hours and int(field.data) > kind.of_hours:
            field.errors = [f"Give {kind.of_hours} hours or less: the code asks for no more a year"]
        return not field.errors

    def _has_a_day(self, row: int) -> bool:
        """Answer whether a day must be given; what lasts for a length of time ends by itself."""
        kind = self.kinds.get(self[f"kind_{row}"].data)
        return kind is None or (kind.key != NO_ACTION and kind.length is None)

    def _finding(self, letter: str, row_id: UUID) -> FindingGiven:
        return FindingGiven(
            allegation_id=row_id,
            result=self[f"result_{letter}"].data,
            standard=self[f"standard_{letter}"].data,
            reasons=self[f"reasons_{letter}"].data,
        )

    def _outcome(self, row: int) -> OutcomeOrdered:
        about, hours = self[f"party_{row}"].data, self[f"hours_{row}"].data
        return OutcomeOrdered(
            kind=self[f"kind_{row}"].data,
            what=self[f"what_{row}"].data,
            owner=self[f"owner_{row}"].data,
            due_on=self[f"due_{row}"].data or today(),
            party_id=UUID(about) if about else None,
            hours=int(hours) if hours else None,
        )


def decision_form(
    letters: Mapping[str, UUID],
    kinds: Mapping[str, OutcomeKind],
    parties: Mapping[str, str],
    typed: str | None,
) -> type[DecisionForm]:
    """Return the form for these allegations, and as many outcomes as the page had (*typed*)."""
    rows = how_many_rows(typed, 0, MOST_OUTCOMES)
    fields: dict[str, Any] = {"rows": rows, "most": MOST_OUTCOMES}
    fields |= {"kinds": kinds, "letters": letters}
    for letter in letters:
        fields |= _finding_fields(letter)
    for row in range(rows):
        fields |= _outcome_fields(row, kinds, parties)
    return type("DecisionOnSome", (DecisionForm,), fields)


def _finding_fields(letter: str) -> dict[str, Any]:
    missing = f"Choose a finding on allegation {letter}"
    standard = f"Choose the standard of proof for allegation {letter}"
    return {
        f"result_{letter}": radio("Finding", missing, FINDINGS),
        f"standard_{letter}": select("Standard of proof", standard, STANDARDS),
        f"reasons_{letter}": text("Reasons", f"Give reasons on allegation {letter}"),
    }


def _outcome_fields(
    row: int, kinds: Mapping[str, OutcomeKind], parties: Mapping[str, str]
) -> dict[str, Any]:
    names = {key: _offered(kind) for key, kind in kinds.items()}
    return {
        f"kind_{row}": choice("What follows", CHOOSE | names),
        f"party_{row}": choice("About whom", {"": "Nobody in particular", **parties}),
        f"what_{row}": text("What must be done", rows=2),
        f"owner_{row}": line("Who must do it"),
        f"hours_{row}": line("Hours, for training alone"),
        f"due_{row}": day("By when"),
    }


def _offered(kind: OutcomeKind) -> str:
    """Return what an outcome is called in the list, with what the code says of it."""
    if kind.length is not None:
        return f"{kind.name} (for {kind.length})"
    return f"{kind.name} (of {kind.of_hours} hours a year)" if kind.of_hours else kind.name


def _is_count(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) <= len("1000")
