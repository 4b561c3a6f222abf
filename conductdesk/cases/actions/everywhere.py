"""An end that holds in every organisation: each is told of it, and confirms that it is so."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import need_text, require
from conductdesk.cases.actions.proving import need_open_outcome, refuse_before_effect
from conductdesk.cases.actions.recording import record
from conductdesk.cases.endings import endings_for, tellings_of, unconfirmed
from conductdesk.cases.inquiry import row_of, waiting_waiver
from conductdesk.cases.joined import lock_joined
from conductdesk.cases.models import Case, EndingCopy, EndingTelling, Outcome, Party
from conductdesk.cases.queries import facts_of, pack_of
from conductdesk.cases.request_acts import Confirmed
from conductdesk.cases.ties import opens_all_names, tied_to_case
from conductdesk.notice import Notice
from conductdesk.notices.actions import notify
from conductdesk.people.models import Account
from conductdesk.people.queries import in_office, principal_of
from conductdesk.policy import Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Keyring
from conductdesk.vault.personal import seal_for_one


def tell_organisations(
    db: Session, case: Case, keys: CaseKeys, *, pack: Pack, actor: Viewer, outcome_id: UUID
) -> None:
    """Tell each organisation that somebody's part has ended, once no appeal can change it.

    Its officers read the person's name, and nothing else of the case. Whoever is kept away from
    the case, or tied to somebody named in it, is not told.
    """
    require(db, case, actor, Permission.HANDLE)
    outcome = _need_everywhere(db, case, pack, outcome_id)
    refuse_before_effect(db, case, outcome)
    if tellings_of(db, outcome):
        raise Refused("Every organisation has been told already.")
    if waiting_waiver(db, case, outcome) is not None:
        raise Refused("Somebody proposed to give this up. A second person answers that first.")
    if not opens_all_names(db, case, keys):
        raise Refused(
            "Your key does not open every name in this case and those that belong to it, so nobody "
            "can tell who is tied to them. Let somebody else in charge do it, or wait until one of "
            "them has signed in."
        )
    name = _name(db, case, keys, outcome)
    for one in pack.organisations:
        telling = EndingTelling(
            id=uuid4(),
            case_id=case.id,
            outcome_id=outcome.id,
            organisation=one.key,
            told_at=clock.now(),
        )
        db.add(telling)
        db.flush()
        for account in _officers_of(db, case, keys, pack, one.key):
            _tell(db, keys.keystore, telling, account, name)
    record(
        db,
        case,
        keys,
        actor=actor,
        event="ending.told",
        pub={"organisations": len(pack.organisations)},
        detail={"said": "Every organisation was told of an end.", "outcome": outcome.kind},
    )


def confirm_ending(
    db: Session, keystore: Keystore, keyring: Keyring | None, *, actor: Viewer, telling_id: UUID
) -> EndingTelling:
    """Confirm for an organisation that the person does not take part in it any more."""
    telling = _need_told(db, actor, telling_id)
    case = next(one for one in lock_joined(db, telling.case_id) if one.id == telling.case_id)
    db.refresh(telling)
    if telling.id not in {one.id for one in endings_for(db, keystore, keyring, actor)}:
        raise Refused(GONE)
    if telling.confirmed_at is not None:
        raise Refused("Your organisation has confirmed this already.")
    telling.confirmed_at, telling.confirmed_by = clock.now(), actor.account_id
    keys = CaseKeys.load(db, keystore, case.id, None)
    _record_confirmed(db, case, keys, actor, telling)
    return telling


def note_confirmation(
    db: Session, case: Case, keys: CaseKeys, *, pack: Pack, actor: Viewer, confirmed: Confirmed
) -> None:
    """Record that an organisation confirmed it elsewhere: its office may be empty, or tied."""
    require(db, case, actor, Permission.HANDLE)
    outcome = _need_everywhere(db, case, pack, confirmed.outcome_id)
    found = [one for one in tellings_of(db, outcome) if one.organisation == confirmed.organisation]
    if not found or found[0].confirmed_at is not None:
        raise Refused("Choose an organisation that was told and has not confirmed it yet.")
    how = need_text(confirmed.how, "Say who confirmed it, and how.")
    telling = found[0]
    telling.confirmed_at, telling.confirmed_by = clock.now(), actor.account_id
    telling.how = keys.seal(EndingTelling.how, telling.id, how)
    _record_confirmed(db, case, keys, actor, telling)


GONE = "There is nothing for you to confirm here any more."


def refuse_before_confirmed(db: Session, case: Case, outcome: Outcome) -> None:
    """Refuse to call an end done before every organisation confirmed it."""
    pack = pack_of(db, case)
    if left := unconfirmed(db, pack, outcome):
        names = ", ".join(pack.organisation_named(one).name for one in left)
        raise Refused(
            f"Not confirmed yet by: {names}. Tell every organisation on the page of outcomes, and "
            "wait, or record there who confirmed it."
        )


def refuse_giving_up_what_was_told(db: Session, outcome: Outcome) -> None:
    """Refuse to give up an end of which the organisations were told."""
    if tellings_of(db, outcome):
        raise Refused("Every organisation was told of this, so it cannot be given up any more.")


def _need_everywhere(db: Session, case: Case, pack: Pack, outcome_id: UUID) -> Outcome:
    outcome = need_open_outcome(db, case, outcome_id)
    if not pack.outcome(outcome.kind).everywhere:
        raise Refused("This outcome is for one organisation alone. The others are not told.")
    return outcome


def _name(db: Session, case: Case, keys: CaseKeys, outcome: Outcome) -> str:
    if outcome.party_id is None:
        raise Refused("This outcome is about nobody, so there is nothing to tell.")
    return keys.open(Party.name, row_of(db, case, Party, outcome.party_id))


def _officers_of(
    db: Session, case: Case, keys: CaseKeys, pack: Pack, organisation: str
) -> Iterator[Account]:
    """Yield who receives for an organisation, is clear of the case, and has a key."""
    away = facts_of(db, case).barred | tied_to_case(db, case, keys)
    per = {office.key for office in pack.offices if office.per_organisation}
    found = {
        one.account_id
        for one in in_office(db, pack.key)
        if one.office in per and one.organisation == organisation and one.key is not None
    }
    for account_id in sorted(found - away):
        yield db.get_one(Account, account_id)


def _tell(
    db: Session, keystore: Keystore, telling: EndingTelling, account: Account, name: str
) -> None:
    principal, row_id = principal_of(db, account), uuid4()
    if principal is None:
        return
    sealed = seal_for_one(keystore, principal, EndingCopy.__tablename__, row_id, name)
    about = {"case_id": telling.case_id, "telling_id": telling.id, "account_id": account.id}
    db.add(EndingCopy(id=row_id, name=sealed, **about))
    notify(db, account.id, Notice.UPDATE)


def _need_told(db: Session, actor: Viewer, telling_id: UUID) -> EndingTelling:
    wanted = (
        select(EndingTelling)
        .join(EndingCopy, EndingCopy.telling_id == EndingTelling.id)
        .where(EndingTelling.id == telling_id, EndingCopy.account_id == actor.account_id)
    )
    found = db.scalars(wanted).first()
    if found is None:
        raise Refused(GONE)
    return found


def _record_confirmed(
    db: Session, case: Case, keys: CaseKeys, actor: Viewer, telling: EndingTelling
) -> None:
    pack = pack_of(db, case)
    db.flush()
    outcome = db.get_one(Outcome, telling.outcome_id)
    name = pack.organisation_named(telling.organisation).name
    record(
        db,
        case,
        keys,
        actor=actor,
        event="ending.confirmed",
        pub={"left": len(unconfirmed(db, pack, outcome))},
        detail={"said": f"{name} confirmed it.", "outcome": outcome.kind},
    )
