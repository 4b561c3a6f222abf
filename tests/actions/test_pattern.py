"""Low-level records about one person: found again by name, and assessed as a whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conductdesk.cases.actions.rerouting import recuse
from conductdesk.cases.actions.triaging import triage
from conductdesk.cases.concern import Concern, Part, PersonNamed
from conductdesk.cases.inquiry import documents_of
from conductdesk.cases.models import Case, Document, DocumentKind
from conductdesk.cases.needs import Route
from conductdesk.cases.pattern import earlier_records
from conductdesk.refusal import Refused
from tests.cast import Cast, a_concern, a_triage

WHOLE = "Each is small, and together they are not."


def about(name: str, part: Part = Part.RESPONDENT) -> Concern:
    """Return a concern about somebody of that name."""
    return a_concern(people=(PersonNamed(name, part),))


def found(cast: Cast, case: Case, who: str = "liaison") -> list[str]:
    """Return the code names of the earlier records, as a member finds them."""
    records = earlier_records(cast.db, case, cast.keys(case, who), cast.viewer(who))
    return [one.name for one in records]


@pytest.mark.both_backends
def test_a_new_record_is_assessed_together_with_the_earlier_ones(cast: Cast) -> None:
    first = cast.triaged(Route.LOW_LEVEL)
    second = cast.acknowledged()
    with pytest.raises(Refused, match="Say what they show together"):
        cast.let("liaison", second, triage, given=a_triage(Route.LOW_LEVEL))
    cast.db.rollback()
    given = replace(a_triage(Route.LOW_LEVEL), as_a_whole=WHOLE)
    cast.let("liaison", second, triage, given=given)
    kept, _handled = documents_of(cast.db, second, DocumentKind.LOW_LEVEL)
    body = cast.keys(second, "liaison").open(Document.body, kept)
    assert body == f"Together with {first.code_name}: {WHOLE}"


@pytest.mark.parametrize("name", ["THISTLEWOOD, Barnaby", "Barnaby  Xavier Thistlewood"])
def test_the_same_person_is_found_under_another_form_of_the_name(cast: Cast, name: str) -> None:
    first = cast.triaged(Route.LOW_LEVEL)
    assert found(cast, cast.acknowledged(about(name))) == [first.code_name]


def test_neither_another_person_nor_another_route_nor_a_witness_counts(cast: Cast) -> None:
    cast.triaged(Route.LOW_LEVEL, about("Clementine Quill"))
    cast.triaged(Route.ADVICE)
    cast.triaged(Route.LOW_LEVEL, about("Barnaby Thistlewood", Part.WITNESS))
    assert found(cast, cast.acknowledged()) == []


def test_whoever_may_not_read_a_record_does_not_learn_that_there_is_one(cast: Cast) -> None:
    first = cast.triaged(Route.LOW_LEVEL)
    second = cast.acknowledged()
    cast.let_attest(second, "chair")
    assert found(cast, second) == [first.code_name]
    cast.let("liaison", first, recuse)
    assert found(cast, second) == []
