"""An officer who adds a party finds them in the register, and ties keep officers away."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from conductdesk.cases.models import Case, Party
from conductdesk.cases.queries import facts_of, seats_of
from conductdesk.participants.rules import Age, TieKind
from tests.actions.register_steps import QUILL, THISTLEWOOD, Kept, begun
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.case_pages import SignIn, at
from tests.web.desk_visitor import SITE, AtTheDesk, words_of

A_PARTY = {"name": "Thistlewood, Barnaby", "part": "witness"}


@pytest.fixture
def sign_in(faces: Faces, cast: Cast) -> SignIn:
    return lambda who: AtTheDesk(faces.desk, cast, who)


@pytest.fixture
def kept(cast: Cast) -> Kept:
    return begun(cast)


@pytest.fixture
def case(cast: Cast) -> Case:
    """A case that names nobody in the register."""
    return cast.acknowledged()


def seats(cast: Cast, case: Case) -> dict[str, str]:
    cast.db.expire_all()
    found = {cast.who(seat.account_id): seat.capacity for seat in seats_of(cast.db, case)}
    cast.db.commit()
    return found


def names_offered(officer: AtTheDesk, case_id: UUID, typed: str) -> str:
    officer.get(at(case_id, "people"))
    sent = officer.client.post(
        at(case_id, "parties/suggestions"),
        data={"csrf_token": officer.token, "name": typed},
        headers={"HX-Request": "true"},
        base_url=SITE,
    )
    assert sent.status_code == 200
    return sent.text


def test_names_are_offered_while_an_officer_types(
    cast: Cast, kept: Kept, case: Case, sign_in: SignIn
) -> None:
    kept.add(THISTLEWOOD)
    kept.add(QUILL)
    officer = sign_in("liaison")
    offered = names_offered(officer, case.id, "thistle")
    assert '<option value="Barnaby Thistlewood">mentor, north, M-1</option>' in offered
    assert "Quill" not in offered
    assert "<html" not in offered
    assert "<option" not in names_offered(officer, case.id, "")


def test_without_a_script_a_button_looks_in_the_register(
    cast: Cast, kept: Kept, case: Case, sign_in: SignIn
) -> None:
    kept.add(THISTLEWOOD)
    officer = sign_in("liaison")
    assert "Look in the register" in words_of(officer.get(at(case.id, "people")))
    shown = officer.post(at(case.id, "parties/suggestions"), {"name": "Barnaby", "part": "witness"})
    assert "Barnaby Thistlewood, mentor, north" in words_of(shown)
    assert 'value="Barnaby"' in shown.text
    shown = officer.post(at(case.id, "parties/suggestions"), {"name": "Nobody Known"})
    assert "Nobody in the register has these words" in words_of(shown)


def test_whoever_does_not_keep_the_register_is_offered_nothing(
    cast: Cast, kept: Kept, sign_in: SignIn
) -> None:
    kept.add(THISTLEWOOD)
    case = cast.received()
    stranger = sign_in("investigator")
    stranger.get("/account")
    assert stranger.post(at(case.id, "parties/suggestions"), {"name": "T"}).status_code == 404


def test_where_there_is_no_register_nothing_is_offered(
    cast: Cast, case: Case, sign_in: SignIn
) -> None:
    officer = sign_in("liaison")
    shown = officer.get(at(case.id, "people"))
    assert "register" not in words_of(shown)
    assert "<option" not in names_offered(officer, case.id, "T")


def test_an_officer_who_is_tied_to_a_party_that_is_added_is_kept_away(
    cast: Cast, kept: Kept, case: Case, sign_in: SignIn
) -> None:
    kept.tie(kept.add(THISTLEWOOD), TieKind.FAMILY, "chair")
    officer = sign_in("liaison")
    officer.get(at(case.id, "people"))
    sent = officer.post(at(case.id, "parties"), A_PARTY)
    assert sent.headers["Location"].endswith("/people?done=away")
    assert "is the person you added, is tied to them" in words_of(officer.get(sent.location))
    assert seats(cast, case) == {"liaison": "handler", "outside": "alternate"}
    assert facts_of(cast.db, case).barred == {cast["chair"].id}
    assert sign_in("chair").get(at(case.id, "people")).status_code == 404


def test_whoever_is_tied_themselves_steps_away_by_adding_the_party(
    cast: Cast, kept: Kept, case: Case, sign_in: SignIn
) -> None:
    kept.tie(kept.add(THISTLEWOOD), TieKind.MANAGES, "liaison")
    officer = sign_in("liaison")
    officer.get(at(case.id, "people"))
    sent = officer.post(at(case.id, "parties"), A_PARTY)
    assert sent.headers["Location"] == "/stepped-away"
    assert officer.get(at(case.id, "people")).status_code == 404
    assert seats(cast, case) == {"chair": "handler", "outside": "alternate"}
    assert cast.db.query(Party).filter_by(case_id=case.id).count() == 2


def test_a_party_under_age_brings_safeguarding_in(
    cast: Cast, kept: Kept, case: Case, sign_in: SignIn
) -> None:
    kept.add(replace(THISTLEWOOD, age=Age.UNDER_18))
    officer = sign_in("liaison")
    officer.get(at(case.id, "people"))
    officer.post(at(case.id, "parties"), A_PARTY)
    assert seats(cast, case)["lead"] == "safeguarding"
    assert "somebody of this name who is under 18" in words_of(officer.get(at(case.id, "history")))


def test_a_party_without_ties_is_just_added(
    cast: Cast, kept: Kept, case: Case, sign_in: SignIn
) -> None:
    kept.add(THISTLEWOOD)
    officer = sign_in("liaison")
    officer.get(at(case.id, "people"))
    assert officer.post(at(case.id, "parties"), A_PARTY).headers["Location"].endswith("/people")
    assert seats(cast, case) == {"liaison": "handler", "chair": "alternate"}


def test_the_page_of_a_party_says_what_the_register_knows(
    cast: Cast, kept: Kept, case: Case, sign_in: SignIn
) -> None:
    member = kept.add(THISTLEWOOD)
    kept.tie(member, TieKind.FAMILY, "deputy")
    party = cast.db.query(Party).filter_by(case_id=case.id).one()  # Barnaby Thistlewood
    cast.db.commit()
    officer = sign_in("liaison")
    page = at(case.id, f"parties/{party.id}")
    assert f'href="{page}"' in officer.get(at(case.id, "people")).text
    shown = words_of(officer.get(page))
    for word in ("Mentor", "north", "18 or over", "Is family of Tobias Wrexingham, officer"):
        assert word in shown
    assert officer.get(at(case.id, f"parties/{member}")).status_code == 404


def test_the_page_of_a_party_who_is_not_in_the_register_says_so(
    cast: Cast, kept: Kept, case: Case, sign_in: SignIn
) -> None:
    party = cast.db.query(Party).filter_by(case_id=case.id).one()
    cast.db.commit()
    shown = words_of(sign_in("liaison").get(at(case.id, f"parties/{party.id}")))
    assert "Nobody of this name" in shown
