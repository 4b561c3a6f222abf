"""Consents: as whom, with whom, how and when; given at the desk, taken back on either side."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.audit.queries import entries_of_case
from conductdesk.cases.actions.consenting import end_consent, note_consent, take_back_consent
from conductdesk.cases.faces.consents import consents_of
from conductdesk.cases.models import Case, Consent
from conductdesk.cases.sharing import Sharing
from conductdesk.notices.models import OutboxRow
from conductdesk.refusal import Refused
from tests.cast import Cast, a_concern

SHARING = Sharing("That she is afraid.", "By her name", "Her school", "In a letter", "At once")
NOTHING = a_concern(sharing="")


def consented(cast: Cast) -> tuple[Case, Consent]:
    """Return a case in which the handler has noted one consent."""
    case = cast.acknowledged(NOTHING)
    cast.let("liaison", case, note_consent, sharing=SHARING)
    return case, cast.db.scalars(select(Consent).where(Consent.case_id == case.id)).one()


def test_a_consent_is_noted_in_all_its_parts(cast: Cast) -> None:
    case, given = consented(cast)
    assert Sharing.from_json(cast.keys(case, "liaison").open(Consent.terms, given)) == SHARING


@pytest.mark.parametrize("part", ["what", "as_whom", "with_whom", "how", "when"])
def test_no_part_of_it_is_left_open_at_the_desk(cast: Cast, part: str) -> None:
    case = cast.acknowledged(NOTHING)
    missing = part.replace("_", " ")
    with pytest.raises(Refused, match=f"Left open: {missing}"):
        cast.let("liaison", case, note_consent, sharing=replace(SHARING, **{part: " "}))


def test_only_those_in_charge_note_one(cast: Cast) -> None:
    case = cast.acknowledged(NOTHING)
    with pytest.raises(Refused):
        cast.let("outsider", case, note_consent, sharing=SHARING)


def test_the_reporter_takes_it_back_and_those_in_charge_hear_of_it(
    any_database: object, db: Session, cast: Cast
) -> None:
    case, given = consented(cast)
    db.query(OutboxRow).delete()
    take_back_consent(db, case, cast.reporter_keys(case), consent_id=given.id)
    db.commit()
    assert given.withdrawn_at is not None
    newest = entries_of_case(db, "wcc", case.pseudonym, newest_first=True, limit=1)[0]
    assert (newest.type, newest.actor) == ("consent.withdrawn", "reporter")
    assert {cast.who(row.account_id) for row in db.query(OutboxRow)} == {"liaison", "chair"}
    with pytest.raises(Refused, match="taken back already"):
        cast.let("liaison", case, end_consent, consent_id=given.id)


def test_nobody_takes_back_what_another_reporter_agreed_to(cast: Cast) -> None:
    _case, given = consented(cast)
    other = cast.acknowledged(NOTHING)
    with pytest.raises(Refused, match="not part of this case"):
        take_back_consent(cast.db, other, cast.reporter_keys(other), consent_id=given.id)


def test_the_reporter_reads_what_an_officer_noted(cast: Cast) -> None:
    case, _given = consented(cast)
    faces = consents_of(cast.db, case, cast.reporter_keys(case))
    assert faces is not None
    assert faces[0].terms == SHARING.in_words
    assert "With whom: Her school" in faces[0].terms


def test_what_the_form_was_told_alone_is_shown_as_it_came(cast: Cast) -> None:
    case = cast.acknowledged()
    faces = consents_of(cast.db, case, cast.keys(case, "liaison"))
    assert faces is not None
    assert [face.terms for face in faces] == ["You may ask him about it."]
