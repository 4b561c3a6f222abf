"""Somebody is added to the parties, and whoever must not know of it is kept away first."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import refuse_without_inquiry, require
from conductdesk.cases.actions.recording import record
from conductdesk.cases.actions.rerouting import NOBODY, bar, bar_from_joined
from conductdesk.cases.clocks import start_clock
from conductdesk.cases.concern import Part
from conductdesk.cases.meant import may_be, may_name, meant
from conductdesk.cases.models import Case, Party
from conductdesk.cases.queries import pack_of
from conductdesk.cases.registered import age_known
from conductdesk.cases.ties import NamedIn, tied_to
from conductdesk.cases.words import alias
from conductdesk.people.models import Account
from conductdesk.people.queries import custodians
from conductdesk.policy import Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.routing.rules import Why
from conductdesk.schemes.kinds import path_of
from conductdesk.vault.keys import CaseKeys


def add_party(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    actor: Viewer,
    name: str,
    part: Part,
    not_meant: Collection[str] = (),
) -> Party:
    """Add somebody whom the case is about; nobody is a respondent where nobody is at fault.

    A name that may be an officer's counts as theirs, but for the posts in *not_meant*. They are
    kept away before the name is stored, with everybody who is tied to them or reports to them.
    Whoever has a guardian is under age, and so may somebody be whom the register knows: then the
    safeguarding office is seated in parallel.
    """
    require(db, case, actor, Permission.HANDLE)
    _refuse_unfit(case, name, part)
    age = age_known(db, keys.keystore, pack_of(db, case), actor, name)
    at_risk = age.is_under_age or part is Part.GUARDIAN
    if at_risk:
        _note_risk(db, case)
    away = _to_keep_away(db, case, keys, name.strip(), not_meant)
    left = NOBODY
    if away or at_risk:
        left = bar(db, case, keys, pack=pack_of(db, case), leaving=away, actor=actor)
    sealing = CaseKeys.load(db, keys.keystore, case.id, keys.keyring)
    party = _store(db, case, sealing, name.strip(), part)
    record(
        db,
        case,
        sealing,
        actor=actor,
        event="party.added",
        pub={"part": part.value, "kept_away": left.pseudonyms},
        detail={"said": f"{party.alias} was added to the parties. {age.said}".strip()},
        grants=left.events,
    )
    for one, held, left_too in bar_from_joined(db, case, keys, away, actor):
        record(
            db,
            one,
            held,
            actor=actor,
            event="conflict.found",
            pub=left_too.pub,
            detail={"said": left_too.said},
            grants=left_too.events,
        )
    return party


def _refuse_unfit(case: Case, name: str, part: Part) -> None:
    if not path_of(case.kind).names_others:
        raise Refused("Whoever asks for advice names nobody, and nobody is stored.")
    if part is Part.RESPONDENT:
        refuse_without_inquiry(case)
    if not name.strip():
        raise Refused("Write the person’s name.")


def _to_keep_away(
    db: Session, case: Case, keys: CaseKeys, name: str, not_meant: Collection[str]
) -> dict[UUID, Why]:
    """Return who must not know: the officer meant, and whoever is tied to them or to *name*."""
    officers = meant(may_be(db, case, name), not_meant)
    keepers = may_name([name], custodians(db))  # of the recovery key, who would be told of one
    names = (db.get_one(Account, one).name for one in sorted(officers))
    tied = tied_to(db, case, keys, NamedIn((name, *names), officers))
    return {
        **dict.fromkeys(sorted(tied), Why.TIED),
        **dict.fromkeys(sorted(officers | keepers), Why.NAMED),
    }


def _note_risk(db: Session, case: Case) -> None:
    """Begin the referral's clock where triage did not."""
    known, case.at_risk = case.at_risk, True
    if not known and case.route is not None:
        start_clock(db, case, pack_of(db, case), "referral", at=clock.now())


def _store(db: Session, case: Case, keys: CaseKeys, name: str, part: Part) -> Party:
    row_id, called = uuid4(), alias(part, _count(db, case, part))
    party = Party(
        id=row_id,
        case_id=case.id,
        part=part,
        alias=called,
        name=keys.seal(Party.name, row_id, name),
    )
    db.add(party)
    return party


def _count(db: Session, case: Case, part: Part) -> int:
    counted = select(func.count()).select_from(Party)
    return db.scalar(counted.where(Party.case_id == case.id, Party.part == part)) or 0
