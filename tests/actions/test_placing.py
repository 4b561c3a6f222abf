"""Where each organisation has officers of its own: who receives, and how that is put right."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.queries import entries_of_case
from conductdesk.cases.actions.linking import BadTreatment, report_bad_treatment
from conductdesk.cases.actions.placing import set_organisation
from conductdesk.cases.actions.rerouting import recuse
from conductdesk.cases.closing_acts import Placed
from conductdesk.cases.concern import Concern, Part, PersonNamed
from conductdesk.cases.models import Case, CaseClock, Document, DocumentKind
from conductdesk.cases.queries import facts_of, seats_of
from conductdesk.participants.actions.beginning import begin_register
from conductdesk.participants.rules import Person, TieKind
from conductdesk.policy import Permission, may
from conductdesk.refusal import Refused
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Compartment
from conductdesk.vault.receipts import Receipt
from tests.actions.register_steps import Kept
from tests.cast import Cast, a_concern, make_cast
from tests.packs import pack_source

OFFICERS = {
    "fernhill": ("hr/fernhill", "Perpetua Ashgrove"),
    "harbour": ("hr/harbour", "Hildebrand Overstrand"),
    "network": ("network", "Ottoline Harkaway"),
    "lead": ("safeguarding", "Lucasta Merriweather"),
    "outside": ("outside", "Ambrose Tattersall"),
}
MENTOR = Person("Barnaby Thistlewood", "mentor", organisation="fernhill")
MENTEE = Person("Clementine Quill", "mentee", organisation="harbour")
AT_FERNHILL = {"fernhill": "handler", "network": "alternate"}
AT_THE_NETWORK = {"network": "handler", "outside": "alternate"}


@pytest.fixture
def cmn(db: Session, keystore: Keystore) -> Cast:
    """The network, with a register of a mentor of Fernhill and a mentee of Harbour."""
    cast = make_cast(db, keystore, pack_source("cmn"), OFFICERS)
    begin_register(db, keystore, pack=cast.pack, actor=cast.viewer("network"))
    db.commit()
    return cast


@pytest.fixture
def kept(cmn: Cast) -> Kept:
    """The register, with both of them in it."""
    register = Kept(cmn, "network")
    register.add(MENTEE)
    return register


def about(organisation: str, *people: tuple[Person, Part], **changes: object) -> Concern:
    """Return a concern that names *people*, and for which the reporter chose an organisation."""
    named = tuple(PersonNamed(person.name, part) for person, part in people)
    return a_concern(organisation=organisation, people=named, **changes)


def seats(cast: Cast, case: Case) -> dict[str, str]:
    return {cast.who(seat.account_id): str(seat.capacity) for seat in seats_of(cast.db, case)}


def trace(cast: Cast, case: Case, who: str) -> str:
    wanted = select(Document).where(Document.kind == DocumentKind.ROUTING)
    row = cast.db.scalars(wanted.where(Document.case_id == case.id)).one()
    return str(json.loads(cast.keys(case, who).open(Document.body, row)))


def test_nobody_of_the_mentees_organisation_receives_whatever_the_reporter_chose(
    cmn: Cast, kept: Kept
) -> None:
    reported = (MENTEE, Part.RESPONDENT)
    for organisation, expected in (
        ("", AT_THE_NETWORK),
        ("harbour", AT_THE_NETWORK),
        ("fernhill", AT_FERNHILL),
    ):
        case = cmn.received(about(organisation, reported))
        assert seats(cmn, case) == expected, organisation
        assert not cmn.keys(case, "harbour").holds(Compartment.INTAKE)


def test_the_register_never_chooses_an_organisation_and_a_contradiction_goes_to_the_network(
    cmn: Cast, kept: Kept
) -> None:
    mentor = (MENTOR, Part.RESPONDENT)
    before = cmn.received(about("harbour", mentor))
    assert "harbour" in seats(cmn, before)  # the register has nobody of that name yet
    kept.add(MENTOR)
    for organisation, expected, said in (
        ("", AT_THE_NETWORK, "was not sure of the organisation"),
        ("harbour", AT_THE_NETWORK, "The register does not agree"),
        ("fernhill", AT_FERNHILL, "HR partner: in charge"),
    ):
        case = cmn.received(about(organisation, mentor))
        assert seats(cmn, case) == expected, organisation
        assert case.organisation == ("fernhill" if expected is AT_FERNHILL else "")
        assert said in trace(cmn, case, "network")


def test_a_mentor_and_a_mentee_of_one_organisation_leave_no_doubt(cmn: Cast, kept: Kept) -> None:
    kept.add(Person("Dorothea Rooke", "mentee", organisation="fernhill"))
    kept.add(MENTOR)
    mentee = (Person("Dorothea Rooke", "mentee"), Part.AFFECTED)
    case = cmn.received(about("fernhill", (MENTOR, Part.RESPONDENT), mentee))
    assert seats(cmn, case) == AT_FERNHILL


@pytest.mark.both_backends
def test_the_network_sets_the_organisation_and_its_hr_partner_gets_seat_and_keys(
    cmn: Cast, kept: Kept
) -> None:
    case = cmn.attested(about("", (MENTOR, Part.RESPONDENT)))
    due = cmn.db.scalars(select(CaseClock.due_at).where(CaseClock.case_id == case.id)).all()
    placed = Placed("fernhill", "Barnaby Thistlewood says so.")
    cmn.let("network", case, set_organisation, placed=placed)
    assert seats(cmn, case) == AT_FERNHILL
    assert case.organisation == "fernhill"
    assert case.taken
    facts = facts_of(cmn.db, case)
    assert may(cmn.viewer("network"), Permission.HANDLE, facts)
    assert may(cmn.viewer("fernhill"), Permission.SEE, facts)
    assert not may(cmn.viewer("fernhill"), Permission.READ, facts)  # not before they attest
    for part in Compartment:
        assert cmn.keys(case, "fernhill").holds_every_epoch(part)
        assert not cmn.keys(case, "outside").holds(part)
    after = cmn.db.scalars(select(CaseClock.due_at).where(CaseClock.case_id == case.id)).all()
    assert after == due
    entries = entries_of_case(cmn.db, "cmn", case.pseudonym, newest_first=False)
    assert [one.pub for one in entries if one.type == "organisation.set"] == [{"left": 1}]


@pytest.mark.both_backends
def test_whoever_received_for_the_wrong_organisation_loses_seat_and_keys_with_new_epochs(
    cmn: Cast,
) -> None:
    case = cmn.attested(about("harbour", (MENTOR, Part.RESPONDENT), wants_outside=True))
    assert set(seats(cmn, case)) == {"harbour", "network", "outside"}
    placed = Placed("fernhill", "His manager is there.")
    with pytest.raises(Refused, match="whole scheme"):
        cmn.let("harbour", case, set_organisation, placed=placed)
    cmn.db.rollback()
    cmn.let("network", case, set_organisation, placed=placed)
    assert seats(cmn, case) == {**AT_FERNHILL, "outside": "outside"}
    assert not may(cmn.viewer("harbour"), Permission.SEE, facts_of(cmn.db, case))
    for part in Compartment:
        assert not cmn.keys(case, "harbour").holds(part)
        assert [key.epoch for key in cmn.keys(case, "network").epochs(part)] == [1, 2]
        assert cmn.keys(case, "fernhill").holds_every_epoch(part)


def test_an_hr_partner_in_conflict_gets_no_seat_when_the_organisation_is_set(
    cmn: Cast, kept: Kept
) -> None:
    kept.tie(kept.add(MENTOR), TieKind.FAMILY, "fernhill")
    case = cmn.attested(about("", (MENTOR, Part.RESPONDENT)))
    cmn.let("network", case, set_organisation, placed=Placed("fernhill", "The register."))
    assert seats(cmn, case) == AT_THE_NETWORK
    assert not may(cmn.viewer("fernhill"), Permission.SEE, facts_of(cmn.db, case))


def test_who_follows_later_and_who_looks_into_bad_treatment_is_of_the_organisation_that_was_set(
    cmn: Cast,
) -> None:
    case = cmn.attested(about("harbour", (MENTOR, Part.RESPONDENT)))
    cmn.let("network", case, set_organisation, placed=Placed("fernhill", "His manager said so."))
    keys = cmn.reporter_keys(case)
    treated = BadTreatment(Receipt.mint())
    linked = report_bad_treatment(cmn.db, cmn.keystore, cmn.pack, case, keys, treatment=treated)
    assert seats(cmn, linked) == AT_FERNHILL
    assert linked.organisation == "fernhill"
    cmn.let("network", case, recuse)
    assert seats(cmn, case) == {"fernhill": "handler", "outside": "alternate"}


def test_an_organisation_is_set_once_to_one_of_the_scheme_and_in_an_open_case(cmn: Cast) -> None:
    case = cmn.attested(about("fernhill", (MENTOR, Part.RESPONDENT)))
    for key, words in (("fernhill", "already"), ("nowhere", "of this scheme")):
        with pytest.raises(Refused, match=words):
            cmn.let("network", case, set_organisation, placed=Placed(key, "A slip."))
    with pytest.raises(Refused, match="Say how you know"):
        Placed("harbour", " ")
    case.state, case.closed_at = "closed", clock.now()
    with pytest.raises(Refused):
        cmn.let("network", case, set_organisation, placed=Placed("harbour", "A slip."))
