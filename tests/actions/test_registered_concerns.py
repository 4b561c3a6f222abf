"""What the register brings about when a concern names somebody who is in it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from conductdesk.cases.actions.receiving import draw_up
from conductdesk.cases.concern import Concern, Part, PersonNamed
from conductdesk.cases.models import Barrier, Case, Document, DocumentKind
from conductdesk.cases.queries import facts_of, seats_of
from conductdesk.participants.rules import Age, TieKind
from conductdesk.routing.rules import Why
from conductdesk.vault.receipts import Receipt
from tests.actions.register_steps import QUILL, THISTLEWOOD, Kept, statements
from tests.cast import Cast, a_concern

INVENTED = "Ulysses Invented-Nowhere"


def naming(name: str, part: Part = Part.RESPONDENT) -> Concern:
    """Return a concern that names somebody, and mentions no risk."""
    return a_concern(people=(PersonNamed(name, part),))


def seats(cast: Cast, case: Case) -> dict[str, str]:
    return {cast.who(seat.account_id): seat.capacity for seat in seats_of(cast.db, case)}


def trace(cast: Cast, case: Case, who: str) -> str:
    row = cast.db.query(Document).filter_by(case_id=case.id, kind=DocumentKind.ROUTING).one()
    return "\n".join(
        words for _rule, words in json.loads(cast.keys(case, who).open(Document.body, row))
    )


@pytest.mark.both_backends
def test_an_officer_who_is_tied_to_somebody_named_is_kept_away(cast: Cast, kept: Kept) -> None:
    kept.tie(kept.add(THISTLEWOOD), TieKind.FAMILY, "liaison")
    case = cast.received(naming("Thistlewood, Barnaby"))
    assert seats(cast, case) == {"chair": "handler", "outside": "alternate"}
    assert facts_of(cast.db, case).barred == {cast["liaison"].id}
    barrier = cast.db.query(Barrier).filter_by(case_id=case.id).one()
    assert cast.keys(case, "chair").open(Barrier.why, barrier) == Why.TIED
    said = trace(cast, case, "chair")
    assert "Mentoring Liaison Officer: kept away, because they are tied to somebody named." in said
    assert "Thistlewood" not in said


def test_a_tie_counts_whatever_part_the_person_has(cast: Cast, kept: Kept) -> None:
    kept.tie(kept.add(THISTLEWOOD), TieKind.MANAGED_BY, "liaison")
    case = cast.received(naming(THISTLEWOOD.name, Part.WITNESS))
    assert cast["liaison"].id in facts_of(cast.db, case).barred


def test_somebody_under_age_brings_safeguarding_in_though_nobody_mentioned_a_risk(
    cast: Cast, kept: Kept
) -> None:
    kept.add(QUILL)
    case = cast.received(naming(QUILL.name, Part.AFFECTED))
    assert seats(cast, case)["lead"] == "safeguarding"
    assert case.at_risk
    said = trace(cast, case, "liaison")
    assert "under 18" in said
    assert "Quill" not in said


def test_an_adult_and_an_invented_name_change_nothing(cast: Cast, kept: Kept) -> None:
    kept.add(THISTLEWOOD)
    for name in (THISTLEWOOD.name, INVENTED):
        case = cast.received(naming(name))
        assert seats(cast, case) == {"liaison": "handler", "chair": "alternate"}
        assert not case.at_risk
        assert case.organisation == ""


def test_without_a_register_nothing_changes(cast: Cast) -> None:
    case = cast.received(naming(THISTLEWOOD.name))
    assert seats(cast, case) == {"liaison": "handler", "chair": "alternate"}


@pytest.mark.both_backends
def test_the_same_statements_are_sent_for_a_member_and_for_an_invented_name(
    cast: Cast, kept: Kept
) -> None:
    kept.tie(kept.add(replace(THISTLEWOOD, age=Age.UNDER_18)), TieKind.FAMILY, "liaison")
    kept.tie(kept.add(replace(THISTLEWOOD, ref="M-9")), TieKind.FAMILY, "chair")
    sent = {}
    for name in (INVENTED, THISTLEWOOD.name):
        draw_up(cast.db, cast.keystore, cast.pack, naming(INVENTED), Receipt.mint())  # warm
        with statements(cast) as sent[name]:
            draw_up(cast.db, cast.keystore, cast.pack, naming(name), Receipt.mint())
    assert sent[THISTLEWOOD.name] == sent[INVENTED]
    assert any("routing_index" in one for one in sent[INVENTED])


def test_ten_names_ask_as_much_of_the_index_as_none(cast: Cast, kept: Kept) -> None:
    counted = []
    for count in (0, 1, 10):
        people = tuple(PersonNamed(f"{INVENTED} {n}", Part.WITNESS) for n in range(count))
        with statements(cast) as sent:
            draw_up(cast.db, cast.keystore, cast.pack, a_concern(people=people), Receipt.mint())
        counted.append([one for one in sent if "routing_index" in one])
    assert counted[0] == counted[1] == counted[2]
    assert len(counted[0]) == 1
