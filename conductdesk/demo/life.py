"""One case as a story lives through it: who does what, by the real actions."""

from __future__ import annotations

import inspect
import secrets
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from conductdesk.cases.actions.appointing import appoint
from conductdesk.cases.actions.attesting import attest, note_parties_shown, note_read
from conductdesk.cases.actions.corresponding import write_as_reporter
from conductdesk.cases.actions.gathering import add_evidence_file
from conductdesk.cases.actions.receiving import receive
from conductdesk.cases.acts import NewEvidence
from conductdesk.cases.concern import Concern
from conductdesk.cases.inquiry import allegations_of, evidence_of, open_outcomes
from conductdesk.cases.models import Case, Message, Party
from conductdesk.demo.papers import File
from conductdesk.demo.world import World
from conductdesk.intake.queries import keyring_of
from conductdesk.policy import Capacity
from conductdesk.vault.cleaning import FILE_LIMIT, PreparedFile, prepare
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.receipts import Receipt
from conductdesk.vault.streams import FileSealer


@dataclass
class Life:
    """A case from the day on which it began, *start* days ago."""

    world: World
    start: int
    handler: str = "liaison"
    receipt: Receipt = field(default_factory=Receipt.mint)
    case_id: UUID | None = None

    def on(self, day: int, hour: str) -> datetime:
        """Return a moment of the case's own count of days: day 0 is the one on which it began.

        A few minutes more or less, so that not everybody in the demo sits down at a quarter past.
        """
        return self.world.days_ago(self.start - day, hour) + timedelta(minutes=self.start * 7 % 43)

    @property
    def case(self) -> Case:
        """The case, as it stands in this act."""
        return self.world.db.get_one(Case, self.case_id)

    def begins(self, concern: Concern) -> None:
        """Let the reporter send what they wrote."""
        world = self.world
        case = receive(world.db, world.keystore, world.pack, concern, self.receipt)
        self.case_id = case.id

    def keys(self, who: str | None = None) -> CaseKeys:
        """Return the case's keys in somebody's hands; without a name, in the reporter's."""
        world = self.world
        keyring = world.members[who].keyring if who else keyring_of(world.db, self.receipt)
        return CaseKeys.load(world.db, world.keystore, self.case.id, keyring)

    # An action's signature holds everything that it needs. The stories say what is particular to
    # the act; who acts, the pack and the version that they see are the same question every time.
    def do(self, who: str, action: Callable[..., object], **given: object) -> object:
        """Let *who* do *action* at the desk."""
        offered = {
            "pack": self.world.pack,
            "actor": self.world.viewer(who),
            "seen_version": self.case.version,
        }
        wanted = inspect.signature(action).parameters
        fitting = {name: value for name, value in offered.items() if name in wanted}
        return action(self.world.db, self.case, self.keys(who), **fitting, **given)

    def tell(self, action: Callable[..., object], **given: object) -> object:
        """Let the reporter do *action* in the mailbox."""
        return action(self.world.db, self.case, self.keys(), **given)

    def meets(self, who: str) -> None:
        """Let *who* see the names, say that they have no conflict, and read the case."""
        self.do(who, note_parties_shown, sign_in=secrets.token_bytes(32))
        self.do(who, attest)
        self.reads(who)

    def reads(self, who: str) -> None:
        """Let *who* sign in and open the case."""
        self.world.unlocks(who)
        self.do(who, note_read, sign_in=secrets.token_bytes(32))

    def appoints(self, who: str, capacity: Capacity, by: str | None = None) -> None:
        """Let the handler appoint *who*."""
        account_id = self.world.members[who].account_id
        self.do(by or self.handler, appoint, account_id=account_id, capacity=capacity)

    def adds_file(self, who: str, evidence: NewEvidence, file: File) -> None:
        """Let *who* add a file as evidence."""
        with closing(_checked(file)) as prepared:
            self.do(who, add_evidence_file, evidence=evidence, file=prepared)

    def sends_file(self, text: str, file: File) -> None:
        """Let the reporter send a file with a message."""
        with closing(_checked(file)) as prepared:
            self.tell(write_as_reporter, text=text, file=prepared)

    def file_sent(self) -> UUID:
        """Return the message with which the reporter sent their only file."""
        wanted = (Message.case_id == self.case_id, Message.original_id.is_not(None))
        return self.world.db.scalars(select(Message.id).where(*wanted)).one()

    def party(self, alias: str = "Respondent A") -> UUID:
        """Return a party by its alias."""
        wanted = select(Party.id).where(Party.case_id == self.case_id, Party.alias == alias)
        return self.world.db.scalars(wanted).one()

    def allegations(self) -> list[UUID]:
        """Return the allegations, in the order of their letters."""
        return [one.id for one in allegations_of(self.world.db, self.case)]

    def unconsidered(self) -> list[UUID]:
        """Return the evidence that the investigator has not considered yet."""
        items = evidence_of(self.world.db, self.case)
        return [item.id for item in items if item.considered_at is None]

    def open_outcomes(self) -> list[UUID]:
        """Return the outcomes that are not carried out yet."""
        return [one.id for one in open_outcomes(self.world.db, self.case)]


def _checked(file: File) -> PreparedFile:
    """Return a file sealed, checked and stripped as any upload is."""
    sealer = FileSealer(FILE_LIMIT)
    sealer.write(file.content)
    return prepare(sealer, file.name, scanner=None)
