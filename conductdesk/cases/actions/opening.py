"""The rows that a new case begins with, each sealed for its place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID, uuid4

from conductdesk import clock
from conductdesk.cases.concern import Concern, Mode, PersonNamed
from conductdesk.cases.models import (
    Appointment,
    Barrier,
    Case,
    CaseClock,
    Consent,
    Document,
    DocumentKind,
    Message,
    MessageKind,
    Party,
    Reporter,
)
from conductdesk.cases.models import Concern as ConcernRow
from conductdesk.cases.sharing import sharing_of
from conductdesk.cases.words import alias
from conductdesk.db import NewRow, new_row
from conductdesk.routing.rules import Routing
from conductdesk.schemes.calendar import due
from conductdesk.schemes.kinds import path_of
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Principal
from conductdesk.vault.receipts import Receipt

AUTOMATIC_MESSAGE = (
    "We have what you told us. A person, not a computer, will write to you here by the date above."
)


@dataclass
class Opening:
    """The rows of a new case, and the keys that seal them."""

    pack: Pack
    case: Case
    keys: CaseKeys
    concern: Concern
    entered_by: UUID | None = None
    """The officer who entered the concern for somebody else."""
    moment: datetime = field(default_factory=lambda: clock.now())  # looked up at each call

    def rows(self, routing: Routing, reporter: Principal, receipt: Receipt) -> list[NewRow]:
        """Return everything that a concern leaves beside the case itself, sealed."""
        return [
            self._concern(),
            self._reporter(reporter, receipt),
            self._message(),
            self._trace(routing),
            *self._parties(),
            *self._consents(),
            *self._clocks(),
            *self._seats(routing),
            *self._barriers(routing),
        ]

    def _concern(self) -> NewRow:
        row_id, text = uuid4(), replace(self.concern, people=self._people()).to_json()
        answers = self.keys.seal(ConcernRow.answers, row_id, text)
        return new_row(
            ConcernRow,
            id=row_id,
            case_id=self.case.id,
            sent_at=self.moment,
            entered_by=self.entered_by,
            answers=answers,
        )

    def _reporter(self, principal: Principal, receipt: Receipt) -> NewRow:
        row_id, identity = uuid4(), self.concern.identity
        keep = bool(identity) and self.concern.mode is not Mode.ANONYMOUS
        return new_row(
            Reporter,
            id=row_id,
            case_id=self.case.id,
            lookup=receipt.lookup,
            principal_id=principal.id,
            issued_at=self.moment,
            shown_to_officer=self.entered_by is not None,
            identity=self.keys.seal(Reporter.identity, row_id, identity.to_json())
            if keep
            else None,
        )

    def _message(self) -> NewRow:
        row_id = uuid4()
        return new_row(
            Message,
            id=row_id,
            case_id=self.case.id,
            from_reporter=False,
            kind=MessageKind.AUTOMATIC,
            sent_at=self.moment,
            body=self.keys.seal(Message.body, row_id, AUTOMATIC_MESSAGE),
        )

    def _trace(self, routing: Routing) -> NewRow:
        row_id = uuid4()
        text = json.dumps([[step.rule, step.words] for step in routing.trace])
        return new_row(
            Document,
            id=row_id,
            case_id=self.case.id,
            kind=DocumentKind.ROUTING,
            made_at=self.moment,
            body=self.keys.seal(Document.body, row_id, text),
        )

    def _people(self) -> tuple[PersonNamed, ...]:
        """Return whom the concern names; where advice is asked for, nobody is ever stored."""
        return self.concern.people if path_of(self.case.kind).names_others else ()

    def _parties(self) -> Sequence[NewRow]:
        counts: dict[str, int] = {}
        parties = []
        for person in self._people():
            row_id, place = uuid4(), counts.get(person.part, 0)
            counts[person.part] = place + 1
            parties.append(
                new_row(
                    Party,
                    id=row_id,
                    case_id=self.case.id,
                    part=person.part,
                    alias=alias(person.part, place),
                    name=self.keys.seal(Party.name, row_id, person.name),
                )
            )
        return parties

    def _consents(self) -> Sequence[NewRow]:
        sharing = sharing_of(self.concern, self.pack)
        if sharing is None:
            return ()
        row_id = uuid4()
        terms = self.keys.seal(Consent.terms, row_id, sharing.to_json())
        return [
            new_row(Consent, id=row_id, case_id=self.case.id, given_at=self.moment, terms=terms)
        ]

    def _clocks(self) -> Sequence[NewRow]:
        names = ["acknowledge"]
        if self.case.at_risk:
            names.append("safeguarding_triage")
        names += path_of(self.case.kind).clocks
        dues = {name: due(self.moment, self.pack.clocks[name], self.pack.nation) for name in names}
        self.case.next_due_at = min(dues.values())
        return [
            new_row(
                CaseClock,
                case_id=self.case.id,
                name=name,
                starts_at=self.moment,
                due_at=due_at,
            )
            for name, due_at in dues.items()
        ]

    def _seats(self, routing: Routing) -> Sequence[NewRow]:
        return [
            new_row(
                Appointment,
                case_id=self.case.id,
                account_id=seat.account_id,
                capacity=seat.capacity,
                office=seat.office,
                since=self.moment,
            )
            for seat in routing.seats
        ]

    def _barriers(self, routing: Routing) -> Sequence[NewRow]:
        barriers = []
        for account_id, why in routing.kept_away:
            row_id = uuid4()
            barriers.append(
                new_row(
                    Barrier,
                    id=row_id,
                    case_id=self.case.id,
                    account_id=account_id,
                    since=self.moment,
                    why=self.keys.seal(Barrier.why, row_id, why),
                )
            )
        return barriers
