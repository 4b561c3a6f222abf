"""Who can open what, tried with private keys on the raw rows: no view and no query is asked.

The table below is written out by hand, not read from the code. Each key is tried on every wrap of the case,
whoever the wrap says that it is for, and what comes out on every ciphertext of the case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from sqlalchemy import LargeBinary, select

from conductdesk.cases.actions.corresponding import write_as_reporter
from conductdesk.cases.actions.identifying import reissue_receipt
from conductdesk.cases.actions.recovering import open_recovery
from conductdesk.cases.actions.rerouting import find_conflict, recuse
from conductdesk.cases.actions.tending import tend
from conductdesk.cases.actions.writing import write_to_reporter
from conductdesk.cases.concern import Answer, Concern, Mode, Part, PersonNamed
from conductdesk.cases.models import Case, Reporter
from conductdesk.cases.needs import Route
from conductdesk.db import Base
from conductdesk.vault import seal as primitives
from conductdesk.vault.models import Compartment, DataKey, KeyGrant, Principal
from conductdesk.vault.receipts import Receipt
from conductdesk.vault.recovery import RecoveryRefused, combine, read_part
from tests.actions.closing_steps import closed, proposed
from tests.actions.inquiry_steps import decided, heard, investigating, reported
from tests.actions.key_trials import keyrings, opened_by, sealed_blobs, tried
from tests.cast import OFFICERS, Cast, a_concern

INTAKE, IDENTITY, INTERNAL, RESPONDENT, RECORD = (
    Compartment.INTAKE,
    Compartment.IDENTITY,
    Compartment.INTERNAL,
    Compartment.RESPONDENT,
    Compartment.RECORD,
)
EVERYTHING = {INTAKE, IDENTITY, INTERNAL, RESPONDENT, RECORD}
INQUIRY = {INTAKE, INTERNAL, RESPONDENT, RECORD}
DECISION = {INTERNAL, RESPONDENT, RECORD}
NOTHING: set[Compartment] = set()

ALWAYS: Mapping[str, set[Compartment]] = {
    "liaison": EVERYTHING,
    "chair": EVERYTHING,
    "reporter": {INTAKE},
    "recovery": EVERYTHING,
    "lead": NOTHING,
    "deputy": NOTHING,
    "outside": NOTHING,
    "investigator": NOTHING,
    "decision_maker": NOTHING,
    "appeal_body": NOTHING,
    "auditor": NOTHING,
    "outsider": NOTHING,
    "administrator": NOTHING,
}
"""A plain concern: the liaison officer handles it, the chair stands in."""

SEATED = {
    **ALWAYS,
    "investigator": INQUIRY,
    "decision_maker": DECISION,
    "appeal_body": DECISION,
}


def at_risk(cast: Cast) -> Case:
    return cast.attested(a_concern(at_risk=Answer.NOT_SURE))


def names_the_liaison(cast: Cast) -> Case:
    return cast.received(about("liaison"))


STATES: Mapping[str, tuple[Callable[[Cast], Case], Mapping[str, set[Compartment]]]] = {
    "received": (lambda cast: cast.received(), ALWAYS),
    "acknowledged": (lambda cast: cast.acknowledged(), ALWAYS),
    "informal": (lambda cast: cast.triaged(Route.INFORMAL), ALWAYS),
    "investigating": (investigating, SEATED),
    "reported": (reported, SEATED),
    "decided": (decided, SEATED),
    "closing proposed": (proposed, ALWAYS),
    "closed": (closed, {**ALWAYS, "auditor": {RECORD}}),
    "at risk": (at_risk, {**ALWAYS, "lead": EVERYTHING}),
    "names the liaison": (
        names_the_liaison,
        {**ALWAYS, "liaison": NOTHING, "outside": EVERYTHING},
    ),
}


def about(who: str) -> Concern:
    """Return a concern about a member of the cast, matched to their office."""
    office, name = OFFICERS[who]
    return a_concern(people=(PersonNamed(name, Part.RESPONDENT, (office,)),))


def test_every_sealed_column_hangs_on_a_case_or_on_a_register() -> None:
    sealed = [
        column
        for table in Base.metadata.sorted_tables
        for column in table.c
        if "compartment" in column.info
    ]
    assert len(sealed) > 15
    for column in sealed:
        assert isinstance(column.type, LargeBinary)
        assert {"case_id", "register_id"} & set(column.table.c.keys()), column


@pytest.mark.parametrize("state", STATES)
def test_a_key_opens_what_its_holder_was_granted_and_nothing_else(cast: Cast, state: str) -> None:
    make, expected = STATES[state]
    case = make(cast)
    opened = {who: tried(cast, case, key) for who, key in keyrings(cast, case).items()}
    assert {who: trial.compartments for who, trial in opened.items()} == expected
    for who, trial in opened.items():
        assert bool(trial.texts) == bool(trial.compartments), who
    everything = sorted(opened["recovery"].texts)
    assert len(everything) == len(list(sealed_blobs(cast, case)))  # the trial can open all
    assert b"passed on what I had said" in b"".join(everything)


@pytest.mark.parametrize("state", ["investigating", "reported", "decided", "closed"])
def test_the_reporters_name_opens_to_identity_alone(cast: Cast, state: str) -> None:
    """WB-13, WB-17, V14.2.6: not in the log's details, and not beside the concern either."""
    make, expected = STATES[state]
    case = make(cast)
    for who, key in keyrings(cast, case).items():
        text = b"".join(tried(cast, case, key).texts)
        may_know = IDENTITY in expected[who]
        assert (b"Marigold" in text) == may_know, who
        assert (b"marigold@reporter.example" in text) == may_know, who


def test_an_auditor_opens_no_name_of_a_party(cast: Cast) -> None:
    case = closed(cast)
    text = b"".join(tried(cast, case, cast["auditor"].keyring.private_key).texts)
    assert b"Respondent A" in text
    for name in (b"Thistlewood", b"Barnaby", b"Marigold"):
        assert name not in text


def test_an_anonymous_reporters_name_is_nowhere(cast: Cast) -> None:
    case = cast.received(a_concern(mode=Mode.ANONYMOUS))
    text = b"".join(tried(cast, case, keyrings(cast, case)["recovery"]).texts)
    assert b"passed on what I had said" in text
    assert b"Marigold" not in text


def test_a_recusal_closes_everything_and_opens_it_to_the_next(cast: Cast) -> None:
    case = cast.acknowledged()
    before = tried(cast, case, cast["liaison"].keyring.private_key)
    cast.let("liaison", case, recuse)
    after = {who: tried(cast, case, key) for who, key in keyrings(cast, case).items()}
    assert before.compartments == EVERYTHING
    assert after["liaison"].compartments == NOTHING
    assert after["liaison"].texts == []
    assert after["chair"].compartments == EVERYTHING
    assert len(after["chair"].texts) == len(list(sealed_blobs(cast, case)))


def test_after_a_conflict_a_kept_wrap_opens_nothing_that_was_written_later(cast: Cast) -> None:
    """An older backup keeps the wrap; WB-27 closes what comes, at once."""
    case = cast.acknowledged()
    kept = tried(cast, case, cast["liaison"].keyring.private_key)
    cast.let("chair", case, find_conflict, leaving=cast["liaison"].account)
    cast.let("chair", case, write_to_reporter, text="Somebody else looks after this from now on.")
    old = b"".join(opened_by(cast, case, kept))
    now = tried(cast, case, cast["liaison"].keyring.private_key)
    by_chair = b"".join(tried(cast, case, cast["chair"].keyring.private_key).texts)
    assert now.compartments == NOTHING
    assert b"passed on what I had said" in old  # what was read was read: the docs say so
    assert b"from now on" in by_chair
    assert b"from now on" not in old


def test_what_the_reporter_writes_after_a_recusal_is_for_those_who_are_left(cast: Cast) -> None:
    """Nobody who holds a key was there: the next holder's unlock opens the new epoch."""
    case = cast.acknowledged()
    kept = tried(cast, case, cast["liaison"].keyring.private_key)
    cast.let("liaison", case, recuse)
    tend(cast.db, cast.keystore, cast.viewer("chair"), cast["chair"].keyring)
    cast.db.commit()
    write_as_reporter(cast.db, case, cast.reporter_keys(case), text="It happened again on Friday.")
    cast.db.commit()
    assert b"again on Friday" not in b"".join(opened_by(cast, case, kept))
    for who in ("chair", "reporter", "recovery"):
        text = b"".join(tried(cast, case, keyrings(cast, case)[who]).texts)
        assert b"again on Friday" in text, who


def test_a_new_receipt_opens_the_mailbox_and_the_old_one_nothing(cast: Cast) -> None:
    case = cast.acknowledged()
    old = cast.receipts[case.id]
    new = cast.let(
        "liaison", case, reissue_receipt, how_checked="Called the number that was given."
    )
    assert tried(cast, case, old.private_key).compartments == NOTHING
    assert tried(cast, case, new.private_key).compartments == {INTAKE}
    assert tried(cast, case, Receipt.mint().private_key).compartments == NOTHING
    live = cast.db.scalars(select(Reporter).where(Reporter.ended_at.is_(None))).one()
    assert live.lookup == new.lookup


@pytest.mark.parametrize("pair", [(0, 1), (0, 2), (1, 2), (2, 0)])
def test_any_two_parts_of_the_recovery_key_open_a_case(cast: Cast, pair: tuple[int, int]) -> None:
    case = cast.received()
    key = combine(*(cast.recovery.parts[place] for place in pair))
    assert tried(cast, case, key).compartments == EVERYTHING


@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_part_of_the_recovery_key_opens_nothing(cast: Cast, place: int) -> None:
    case, part = cast.received(), cast.recovery.parts[place]
    with pytest.raises(RecoveryRefused):
        combine(part, part)
    with pytest.raises(RecoveryRefused):
        combine(part, "")
    assert tried(cast, case, read_part(part).private_key).compartments == NOTHING


def test_recovery_lets_one_clear_officer_in_and_nobody_else(cast: Cast) -> None:
    case = cast.received(about("liaison"))
    for who in ("chair", "outside"):
        actor = cast.viewer(who)
        recuse(cast.db, case, cast.keys(case, who), pack=cast.pack, actor=actor)
        cast.db.commit()
    before = {who: tried(cast, case, key) for who, key in keyrings(cast, case).items()}
    holders = {who for who, trial in before.items() if trial.compartments}
    assert "liaison" not in holders
    open_recovery(
        cast.db,
        cast.keystore,
        case_name=case.code_name,
        email=cast["deputy"].account.email,
        private_key=combine(cast.recovery.parts[0], cast.recovery.parts[1]),
        parts=(1, 2),
        custodians=("custodian1@cast.example", "custodian2@cast.example"),
    )
    cast.db.commit()
    after = {who: tried(cast, case, key) for who, key in keyrings(cast, case).items()}
    assert {who for who, trial in after.items() if trial.compartments} == holders | {"deputy"}
    assert after["deputy"].compartments == EVERYTHING


def test_a_key_of_another_case_opens_nothing_here(cast: Cast) -> None:
    here, there = heard(cast), cast.received()
    assert tried(cast, there, cast["investigator"].keyring.private_key).compartments == NOTHING
    assert tried(cast, here, cast.receipts[there.id].private_key).compartments == NOTHING
    assert tried(cast, there, cast.receipts[here.id].private_key).compartments == NOTHING


def test_every_public_key_in_a_grant_is_its_principals(cast: Cast) -> None:
    """A wrap to a key that nobody published would be a way in for whoever made it."""
    case = decided(cast)
    grants = cast.db.scalars(select(KeyGrant).join(DataKey).where(DataKey.case_id == case.id)).all()
    known = {one.id: one for one in cast.db.scalars(select(Principal))}
    for one in grants:
        principal = known[one.principal_id]
        assert one.fingerprint == principal.fingerprint
        assert primitives.fingerprint_of(principal.public_key) == principal.fingerprint
