"""A linked case and the first one name each other, to those who may know of both and to nobody else."""

from __future__ import annotations

import pytest

from conductdesk.cases.actions.linking import BadTreatment, report_bad_treatment
from conductdesk.cases.actions.rerouting import find_conflict
from conductdesk.cases.concern import Part, PersonNamed
from conductdesk.cases.faces.links import FIRST, LINKED, linked_to
from conductdesk.cases.models import Case
from conductdesk.cases.queries import seats_of
from conductdesk.vault.receipts import Receipt
from tests.cast import Cast
from tests.web.case_pages import SignIn
from tests.web.desk_visitor import AtTheDesk, words_of

LIAISON = PersonNamed("Isolde Brackenthwaite", Part.RESPONDENT, ("liaison",))


def two_cases(cast: Cast, *by: PersonNamed) -> tuple[Case, Case]:
    """Return a case, and one that is linked to it; everybody seated has attested on both."""
    first = cast.acknowledged()
    treatment, keys = BadTreatment(Receipt.mint(), "He left me out.", by), cast.reporter_keys(first)
    linked = report_bad_treatment(
        cast.db, cast.keystore, cast.pack, first, keys, treatment=treatment
    )
    cast.db.commit()
    for seat in seats_of(cast.db, linked):
        cast.let_attest(linked, cast.who(seat.account_id))
    return first, linked


def page(case: Case) -> str:
    return f"/cases/{case.id}"


def says_nothing_of(officer: AtTheDesk, shown: Case, other: Case) -> bool:
    """Answer whether no page of one case tells of the other."""
    answers = [officer.get(f"{page(shown)}{part}") for part in ("", "/history", "/closing")]
    assert [one.status_code for one in answers] == [200, 200, 200]
    words = (other.code_name, str(other.id), other.pseudonym, FIRST, LINKED, "Linked cases")
    return not any(word in one.text for one in answers for word in words)


def test_whoever_may_know_of_both_finds_one_from_the_other(cast: Cast, sign_in: SignIn) -> None:
    first, linked = two_cases(cast)
    liaison = sign_in("liaison")
    for shown, other, says in ((first, linked, LINKED), (linked, first, FIRST)):
        answer = liaison.get(page(shown))
        assert f"{other.code_name} {says}" in words_of(answer)
        assert f'href="{page(other)}"' in answer.text
        assert liaison.get(page(other)).status_code == 200


def test_a_case_that_is_new_to_the_viewer_is_reached_by_its_names(
    cast: Cast, sign_in: SignIn
) -> None:
    first = cast.acknowledged()
    keys, treatment = cast.reporter_keys(first), BadTreatment(Receipt.mint())
    linked = report_bad_treatment(
        cast.db, cast.keystore, cast.pack, first, keys, treatment=treatment
    )
    cast.db.commit()
    shown = sign_in("liaison").get(page(first)).text
    assert f'href="{page(linked)}/names"' in shown


def test_an_officer_who_is_named_in_the_linked_case_sees_nothing_of_it_in_the_first(
    cast: Cast, sign_in: SignIn
) -> None:
    first, linked = two_cases(cast, LIAISON)
    liaison, chair = sign_in("liaison"), sign_in("chair")
    assert linked.code_name in chair.get(page(first)).text
    assert says_nothing_of(liaison, first, linked)
    assert liaison.get(page(linked)).status_code == 404


def test_whoever_is_kept_from_the_first_case_sees_nothing_of_it_in_the_linked_one(
    cast: Cast, sign_in: SignIn
) -> None:
    first, linked = two_cases(cast)
    keys, actor = cast.keys(first, "liaison"), cast.viewer("liaison")
    leaving = cast["chair"].account
    find_conflict(cast.db, first, keys, pack=cast.pack, actor=actor, leaving=leaving)
    cast.db.commit()
    assert first.code_name in sign_in("liaison").get(page(linked)).text
    chair = sign_in("chair")
    assert says_nothing_of(chair, linked, first)
    assert chair.get(page(first)).status_code == 404


@pytest.mark.both_backends
def test_nobody_without_a_seat_finds_a_link(cast: Cast) -> None:
    first, linked = two_cases(cast)
    for who in ("lead", "investigator", "outside", "administrator", "auditor", "outsider"):
        assert linked_to(cast.db, first, cast.viewer(who)) == ()
        assert linked_to(cast.db, linked, cast.viewer(who)) == ()
    assert [one.id for one in linked_to(cast.db, first, cast.viewer("chair"))] == [linked.id]
    assert [one.id for one in linked_to(cast.db, linked, cast.viewer("chair"))] == [first.id]
