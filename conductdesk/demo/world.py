"""The installation that the stories happen in: its people, their keys, its scheme."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.tending import tend
from conductdesk.cases.packs import kernel_problems
from conductdesk.db import Database
from conductdesk.demo.cast import (
    ADMINISTRATOR,
    AUDITOR,
    CUSTODIANS,
    OFFICERS,
    PASSWORD,
    SCHEME,
    Person,
)
from conductdesk.demo.others import load_others, pack_source
from conductdesk.demo.schedule import Story
from conductdesk.people.actions import (
    Setup,
    activate,
    add_custodian,
    appoint_auditor,
    give_office,
    invite,
)
from conductdesk.people.actions.founding import found
from conductdesk.people.models import Account
from conductdesk.people.queries import viewer_of
from conductdesk.people.rules import NewPerson
from conductdesk.policy import Viewer
from conductdesk.schemes.actions import load_scheme
from conductdesk.schemes.calendar import ZONE, local_day
from conductdesk.schemes.pack import Pack
from conductdesk.settings import Settings
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Keyring
from conductdesk.vault.recovery import RecoveryKey
from conductdesk.vault.unlocking import PRODUCTION_COST, Argon2Cost


@dataclass(frozen=True)
class Member:
    """Somebody who has set up their account, with their unlocked key."""

    account_id: UUID
    keyring: Keyring


@dataclass
class World:
    """Everything that a story can reach."""

    settings: Settings
    database: Database
    keystore: Keystore
    recovery: RecoveryKey
    cost: Argon2Cost = PRODUCTION_COST
    members: dict[str, Member] = field(default_factory=dict)
    present: datetime = field(default_factory=clock.now)
    """When the stories are told: inside an act, `clock.now` is the moment of the act."""
    _db: Session | None = None
    _pack: Pack | None = None

    @property
    def db(self) -> Session:
        """The session of the act that is going on."""
        if self._db is None:
            raise RuntimeError("a story may act only when it is resumed")
        return self._db

    @property
    def pack(self) -> Pack:
        """The scheme's pack, once it is loaded."""
        if self._pack is None:
            raise RuntimeError("the scheme is not loaded yet")
        return self._pack

    def days_ago(self, days: int, hour: str) -> datetime:
        """Return the moment *days* before today, at an hour such as `18:45` of the local day."""
        day = local_day(self.present) - timedelta(days=days)
        return datetime.combine(day, time.fromisoformat(hour), ZONE).astimezone(UTC)

    def minutes_ago(self, minutes: int) -> datetime:
        """Return a moment shortly before the present."""
        return self.present - timedelta(minutes=minutes)

    def resume(self, story: Story) -> datetime | None:
        """Let *story* act, in a transaction of its own, and return when it acts next."""
        with self._acting():
            return next(story, None)

    def viewer(self, who: str) -> Viewer:
        """Return what the policy knows of a member now."""
        account = self.db.get_one(Account, self.members[who].account_id)
        return viewer_of(self.db, account)

    def unlocks(self, who: str) -> None:
        """Do what a sign-in does for the cases: waiting grants are filled, epochs opened."""
        tend(self.db, self.keystore, self.viewer(who), self.members[who].keyring)

    @contextmanager
    def _acting(self) -> Iterator[None]:
        with self.database.writing() as db:
            self._db = db
            try:
                yield
                db.commit()
            finally:
                self._db = None

    def begin(self) -> None:
        """Found the installation, load the scheme, and let everybody set up their account."""
        first = found(
            self.db,
            self.keystore,
            host=self.settings.host,
            recovery_public_key=self.recovery.public_key,
            administrator=NewPerson(ADMINISTRATOR.email, ADMINISTRATOR.name, administrator=True),
        )
        self._set_up(ADMINISTRATOR, first.token)
        by = first.account.pseudonym
        self._pack = load_scheme(
            self.db,
            pack_source(SCHEME),
            file_name=f"{SCHEME}.toml",
            actor=by,
            host=self.settings.host,
            kernel=kernel_problems,
        )
        people = {one.key: self._join(one, by) for one in (*OFFICERS, AUDITOR)}
        for one in OFFICERS:
            give_office(self.db, people[one.key], scheme=SCHEME, office=one.office, actor=by)
        appoint_auditor(self.db, people[AUDITOR.key], scheme=SCHEME, actor=by)
        load_others(self.db, people, actor=by, host=self.settings.host)
        for keeper in CUSTODIANS:
            add_custodian(self.db, NewPerson(keeper.email, keeper.name), actor=by)

    def _join(self, person: Person, by: str) -> Account:
        invited = invite(self.db, NewPerson(person.email, person.name), actor=by)
        return self._set_up(person, invited.token)

    def _set_up(self, person: Person, token: str) -> Account:
        setup = Setup(PASSWORD, person.totp_secret, person.code_at(clock.now()))
        done = activate(self.db, self.keystore, token, setup, cost=self.cost)
        self.members[person.key] = Member(done.account.id, done.keyring)
        return done.account


def founding(world: World) -> Story:
    """Tell how the installation began, before anybody had a concern."""
    yield world.days_ago(BEGAN, "10:00")
    world.begin()


BEGAN = 480
"""Days ago; a case whose retention has ended must have had the time for it."""
