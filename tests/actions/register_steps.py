"""What the tests of the register share: a register in somebody's hands, and invented people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TypedDict
from uuid import UUID

from sqlalchemy import event, select

from conductdesk.audit.checkpoints import verifier_key
from conductdesk.audit.models import LogEntry
from conductdesk.audit.verify import Verdict, verify_log
from conductdesk.participants.actions.beginning import begin_register
from conductdesk.participants.actions.grouping import begin_group
from conductdesk.participants.actions.keeping import add_participant
from conductdesk.participants.actions.tying import tie
from conductdesk.participants.index import index_facts
from conductdesk.participants.models import Register
from conductdesk.participants.queries import keys_of_register, open_people, register_of
from conductdesk.participants.rules import Age, Bond, Group, GroupKind, NameFacts, Person, TieKind
from conductdesk.policy import Viewer
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys
from tests.cast import Cast

THISTLEWOOD = Person(
    name="Barnaby Thistlewood",
    role="mentor",
    ref="M-1",
    email="barnaby@members.example",
    organisation="north",
    age=Age.ADULT,
)
QUILL = Person(name="Clementine Quill", role="mentee", ref="M-2", age=Age.UNDER_18)
ROOKE = Person(name="Dorothea Rooke", role="mentee", ref="M-3", age=Age.ADULT)
A_DAY = date(2026, 3, 27)

PEOPLE = """ref,name,role,email,organisation,age_band,code_version,accepted_on
M-1,Barnaby Thistlewood,mentor,b@members.example,north,18+,2024,2026-03-27
M-2,Clementine Quill,mentee,,,under 18,,
M-3,Dorothea Rooke,mentee,,south,,2024,2026-04-01
"""
"""A file of three participants."""
GROUPS = """group,kind,ref,from,to
P-1,pairing,M-1,2026-01-01,
P-1,pairing,M-2,2026-01-01,
"""
"""A pairing of two of them."""
TIES = """ref,tie,other_ref,officer_email
M-1,same person,,chair@cast.example
M-3,family,M-1,
"""
"""Their ties, one of them to an officer."""


class By(TypedDict):
    """Who acts, in which scheme."""

    pack: Pack
    actor: Viewer


@dataclass
class Kept:
    """A register, and whoever keeps it."""

    cast: Cast
    who: str = "liaison"

    @property
    def register(self) -> Register:
        """The register's row."""
        found = register_of(self.cast.db, self.cast.pack.key)
        assert found is not None
        return found

    def keys(self, who: str | None = None) -> CaseKeys:
        """The register's keys in a member's hands."""
        keyring = self.cast[who or self.who].keyring
        return keys_of_register(self.cast.db, self.cast.keystore, self.register, keyring)

    def by(self, who: str | None = None) -> By:
        """What every act needs, beside what it is about."""
        return {"pack": self.cast.pack, "actor": self.cast.viewer(who or self.who)}

    def add(self, person: Person) -> UUID:
        """Add somebody."""
        db, keys = self.cast.db, self.keys()
        found = add_participant(
            db,
            self.register,
            keys,
            pack=self.cast.pack,
            actor=self.cast.viewer(self.who),
            person=person,
        )
        db.commit()
        return found

    def tie(self, participant_id: UUID, kind: TieKind, officer: str) -> None:
        """Tie a participant to an officer."""
        bond = Bond(participant_id, kind, account_id=self.cast[officer].id)
        self.bind(bond)

    def bind(self, bond: Bond) -> None:
        """Note a tie."""
        actor = self.cast.viewer(self.who)
        tie(self.cast.db, self.register, self.keys(), pack=self.cast.pack, actor=actor, bond=bond)
        self.cast.db.commit()

    def group(self, kind: GroupKind, *members: UUID) -> UUID:
        """Put people together."""
        found = begin_group(
            self.cast.db,
            self.register,
            self.keys(),
            pack=self.cast.pack,
            actor=self.cast.viewer(self.who),
            group=Group(kind),
            members=members,
            since=A_DAY,
        )
        self.cast.db.commit()
        return found

    def people(self, who: str | None = None) -> dict[str, Person]:
        """Everybody in the register, by name."""
        opened = open_people(self.cast.db, self.keys(who), self.register)
        return {person.name: person for _id, person in opened}

    def facts(self, name: str) -> NameFacts:
        """What intake would learn of a name."""
        return index_facts(self.cast.db, self.cast.keystore, self.cast.pack.key, [name])[0]

    def entries(self) -> list[dict[str, object]]:
        """The entries of the register, the oldest first, without those of keys."""
        return [entry for entry in self._entries() if str(entry["type"])[:6] != "grant."]

    def verdict(self) -> Verdict:
        """Whether the scheme's log and its rows agree."""
        db, keystore = self.cast.db, self.cast.keystore
        return verify_log(db, self.cast.pack.key, verifier_key(db, keystore, "wcc"))

    def _entries(self) -> Iterator[dict[str, object]]:
        raw = select(LogEntry.entry).where(LogEntry.case_ref == self.register.pseudonym)
        for entry in self.cast.db.scalars(raw.order_by(LogEntry.idx)):
            yield json.loads(entry)


def begun(cast: Cast, who: str = "liaison") -> Kept:
    """Return the register that *who* has just begun."""
    begin_register(cast.db, cast.keystore, pack=cast.pack, actor=cast.viewer(who))
    cast.db.commit()
    return Kept(cast, who)


@contextmanager
def statements(cast: Cast) -> Iterator[list[str]]:
    """Collect every statement that is sent to the database."""
    sent: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    engine = cast.db.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
