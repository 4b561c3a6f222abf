"""The fixed cast: invented people with real keys in the offices of the `wcc` pack.

Every member was made by the actions that make real people, so that a test sees what users see.
"""

from __future__ import annotations

import importlib.resources
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import TypeVar
from uuid import UUID, uuid4

import pyotp
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.models import INSTALLATION
from conductdesk.cases.actions.attesting import attest
from conductdesk.cases.actions.receiving import receive
from conductdesk.cases.actions.small_matters import SmallMatter
from conductdesk.cases.actions.triaging import QUESTIONS, Triage, TriageAnswer, triage
from conductdesk.cases.actions.writing import acknowledge
from conductdesk.cases.concern import Answer, Concern, Identity, Mode, Part, PersonNamed
from conductdesk.cases.models import Case, TieCheck
from conductdesk.cases.needs import Route
from conductdesk.cases.packs import kernel_problems
from conductdesk.cases.queries import seats_of, ties_to_look_for
from conductdesk.people.actions.activating import Setup, activate
from conductdesk.people.actions.founding import found
from conductdesk.people.actions.inviting import add_custodian, invite
from conductdesk.people.actions.offices import appoint_auditor, give_office
from conductdesk.people.models import Account
from conductdesk.people.queries import viewer_of
from conductdesk.people.rules import NewPerson
from conductdesk.policy import Viewer
from conductdesk.schemes.actions import load_scheme
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Keyring
from conductdesk.vault.receipts import Receipt
from conductdesk.vault.recovery import RecoveryKey, keygen
from conductdesk.vault.unlocking import Argon2Cost
from tests.remembering import remembered

Done = TypeVar("Done")

HOST = "conduct.example"
CHEAP = Argon2Cost(memory_kib=8, passes=1)
"""Tests have no secrets to protect from guessing."""

PASSWORD = "correct-otter-battery-lantern"

OFFICERS = {
    "liaison": ("liaison", "Isolde Brackenthwaite"),
    "chair": ("chair", "Caspian Underhollow"),
    "lead": ("safeguarding", "Philippa Yarborough"),
    "deputy": ("safeguarding", "Tobias Wrexingham"),
    "investigator": ("committee", "Rosalind Pettifer"),
    "decision_maker": ("committee", "Ambrose Kettlewick"),
    "appeal_body": ("committee", "Henrietta Silverdale"),
    "outside": ("outside", "Leopold Featherstone"),
}
"""Each member's office and invented name."""


@cache
def wcc_source() -> str:
    """Return the TOML text of the `wcc` pack."""
    return (importlib.resources.files("conductdesk.schemes") / "packs" / "wcc.toml").read_text(
        "utf-8"
    )


@dataclass
class Member:
    """One member of the cast: an account, its unlocked keys, and its sign-in."""

    account: Account
    keyring: Keyring
    totp_secret: str
    recovery_code: Receipt

    @property
    def id(self) -> UUID:
        """The account's id."""
        return self.account.id


@dataclass
class Cast:
    """Everybody, and the shortest way to a case in some state."""

    db: Session
    keystore: Keystore
    pack: Pack
    recovery: RecoveryKey
    members: dict[str, Member] = field(default_factory=dict)
    receipts: dict[UUID, Receipt] = field(default_factory=dict)
    made_at: datetime = field(default_factory=clock.now)
    """When everybody was in office."""

    def __getitem__(self, who: str) -> Member:
        """Return a member by name: `cast["liaison"]`."""
        return self.members[who]

    def viewer(self, who: str) -> Viewer:
        """Return what the policy knows of a member."""
        return viewer_of(self.db, self.members[who].account)

    def keys(self, case: Case, who: str | None = None) -> CaseKeys:
        """Return the case's keys in a member's hands; without one they only seal."""
        keyring = self.members[who].keyring if who else None
        return CaseKeys.load(self.db, self.keystore, case.id, keyring)

    def reporter_keys(self, case: Case) -> CaseKeys:
        """Return the case's keys in the hands of whoever has the receipt."""
        from conductdesk.cases.models import Reporter  # noqa: PLC0415 - one use, in a helper

        reporter = self.db.query(Reporter).filter_by(lookup=self.receipts[case.id].lookup).one()
        keyring = Keyring(reporter.principal_id, self.receipts[case.id].private_key)
        return CaseKeys.load(self.db, self.keystore, case.id, keyring)

    def let(self, who: str, case: Case, action: Callable[..., Done], **given: object) -> Done:
        """Let a member do *action* on the case as it stands, and commit."""
        offered = {"pack": self.pack, "actor": self.viewer(who), "seen_version": case.version}
        wanted = inspect.signature(action).parameters
        fitting = {name: value for name, value in offered.items() if name in wanted}
        done = action(self.db, case, self.keys(case, who), **{**fitting, **given})
        self.db.commit()
        return done

    @remembered
    def received(self, concern: Concern | None = None) -> Case:
        """Return a case that has just been received."""
        receipt = Receipt.mint()
        case = receive(self.db, self.keystore, self.pack, concern or a_concern(), receipt)
        self.receipts[case.id] = receipt
        self.db.commit()
        return case

    @remembered
    def attested(self, concern: Concern | None = None) -> Case:
        """Return a case in which everybody seated has attested that they have no conflict."""
        case = self.received(concern)
        for seat in seats_of(self.db, case):
            self.let_attest(case, self.who(seat.account_id))
        return case

    def let_attest(self, case: Case, who: str) -> None:
        """Let a member attest that they have no conflict."""
        self.let(who, case, attest)

    @remembered
    def acknowledged(self, concern: Concern | None = None) -> Case:
        """Return a case whose handler has written to the reporter."""
        case = self.attested(concern)
        text = "Thank you for telling us. I have read it."
        self.let("liaison", case, acknowledge, text=text)
        return case

    @remembered
    def triaged(self, route: Route = Route.FORMAL, concern: Concern | None = None) -> Case:
        """Return a case that was triaged to *route*."""
        case = self.acknowledged(concern)
        self.let("liaison", case, triage, given=a_triage(route))
        return case

    def who(self, account_id: UUID | None) -> str:
        """Return the name in the cast of the account's member."""
        for name, member in self.members.items():
            if member.id == account_id:
                return name
        raise KeyError(account_id)


def add_bare_case(db: Session, scheme: str, state: str, moment: datetime) -> Case:
    """Put a case's row into the transaction, with nothing of what a real case has beside it."""
    case_id = uuid4()
    case = Case(
        id=case_id,
        scheme=scheme,
        pack_version=1,
        code_name=case_id.hex,
        pseudonym=case_id.hex,
        kind="concern",
        channel="form",
        reporter_mode="confidential",
        state=state,
        received_at=moment,
        closed_at=moment,
        last_activity_at=moment,
        last_activity="concern.received",
    )
    db.add(case)
    db.flush()
    return case


def note_looked(db: Session, case: Case) -> Case:
    """Note that somebody compared a case with the auditors, as those do who propose to close it."""
    db.add_all(TieCheck(case_id=case.id, tie_id=one) for one in ties_to_look_for(db, case))
    db.flush()
    return case


def a_concern(**changes: object) -> Concern:
    """Return an invented concern about a mentor, with some things changed."""
    concern = Concern(
        kind="concern",
        mode=Mode.CONFIDENTIAL,
        account="He passed on what I had said in private.",
        happened="Since the summer",
        people=(PersonNamed("Barnaby Thistlewood", Part.RESPONDENT),),
        identity=Identity(name="Marigold Ashdown", contact="marigold@reporter.example"),
        sharing="You may ask him about it.",
        wish="Another mentor",
    )
    return replace(concern, **changes)  # type: ignore[arg-type]  # each test names real fields


def a_triage(route: Route, risk: Answer = Answer.NO) -> Triage:
    """Return a complete triage that chooses *route*."""
    answers = {key: TriageAnswer(Answer.NO, "Nothing points to it.") for key in QUESTIONS}
    answers["at_risk"] = TriageAnswer(risk, "As the reporter said.")
    said = ("medium", "It went on for months.", route, "It fits the code.")
    small = SmallMatter("The mentor") if route is Route.LOW_LEVEL else None
    return Triage(answers, *said, small=small)


def make_cast(
    db: Session,
    keystore: Keystore,
    source: str | None = None,
    officers: Mapping[str, tuple[str, str]] = OFFICERS,
) -> Cast:
    """Make the installation, load a scheme, and let everybody set up their account.

    *officers* has, for each, the post (`office` or `office/organisation`) and the name.
    """
    recovery = keygen()
    first = found(
        db,
        keystore,
        host=HOST,
        recovery_public_key=recovery.public_key,
        administrator=NewPerson("admin@cast.example", "Quentin Marlowby", administrator=True),
    )
    pack = load_scheme(
        db,
        source or wcc_source(),
        file_name="pack.toml",
        actor="system",
        host=HOST,
        kernel=kernel_problems,
    )
    cast = Cast(db, keystore, pack, recovery)
    cast.members["administrator"] = _set_up(db, keystore, first.token)
    for who, (post, name) in officers.items():
        office, _slash, organisation = post.partition("/")
        member = _join(db, keystore, who, name)
        give_office(
            db,
            member.account,
            scheme=pack.key,
            office=office,
            organisation=organisation,
            actor="system",
        )
        cast.members[who] = member
    cast.members["auditor"] = _join(db, keystore, "auditor", "Euphemia Longbarrow")
    appoint_auditor(db, cast["auditor"].account, scheme=pack.key, actor="system")
    cast.members["outsider"] = _join(db, keystore, "outsider", "Gwendolen Farthingale")
    for place in (1, 2, 3):
        person = NewPerson(f"custodian{place}@cast.example", f"Custodian Number {place}")
        add_custodian(db, person, actor="system")
    db.commit()
    cast.made_at = clock.now()
    return cast


def _join(db: Session, keystore: Keystore, who: str, name: str) -> Member:
    person = NewPerson(f"{who.replace('_', '-')}@cast.example", name)
    return _set_up(db, keystore, invite(db, person, actor="system").token)


def _set_up(db: Session, keystore: Keystore, token: str) -> Member:
    secret = pyotp.random_base32()
    setup = Setup(PASSWORD, secret, pyotp.TOTP(secret).at(clock.now()))
    done = activate(db, keystore, token, setup, cost=CHEAP)
    return Member(done.account, done.keyring, secret, done.recovery_code)


__all__ = ["INSTALLATION", "Cast", "Member", "a_concern", "a_triage", "make_cast"]
