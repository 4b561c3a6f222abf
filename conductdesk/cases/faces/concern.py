"""The concern as the desk shows it: the reporter's own words, and how it was routed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.concern import Concern
from conductdesk.cases.models import Case, Consent, Document, DocumentKind
from conductdesk.cases.models import Concern as ConcernRow
from conductdesk.cases.sharing import Sharing
from conductdesk.cases.words import ANSWERS, MODES
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys


@dataclass(frozen=True)
class ConcernFace:
    """What was sent, row by row, and the trace of the routing."""

    sent_at: datetime
    kind: str
    rows: tuple[tuple[str, str], ...]
    mode: str
    consents: tuple[tuple[datetime, str], ...]
    trace: tuple[str, ...]


def concern_of(db: Session, case: Case, keys: CaseKeys, pack: Pack) -> ConcernFace:
    """Return the concern of *case*; raises `NotGranted` for whoever holds no key to it."""
    row = db.scalars(select(ConcernRow).where(ConcernRow.case_id == case.id)).one()
    concern = Concern.from_json(keys.open(ConcernRow.answers, row))
    return ConcernFace(
        sent_at=row.sent_at,
        kind=pack.kind(concern.kind).name,
        rows=tuple(rows_of_concern(concern, pack)),
        mode=MODES[concern.mode],
        consents=_consents(db, case, keys),
        trace=_trace(db, case, keys),
    )


def rows_of_concern(concern: Concern, pack: Pack) -> list[tuple[str, str]]:
    """Return what a concern says, as rows of question and answer."""
    people = "\n".join(
        f"{person.name or 'Somebody without a name'}{_offices(person.offices, pack)}"
        for person in concern.people
    )
    return [
        ("What happened", concern.account),
        ("When", concern.happened),
        *_organisation(concern, pack),
        ("Anyone in danger now", ANSWERS[concern.danger_now]),
        ("Anyone under age or at risk", ANSWERS[concern.at_risk]),
        ("The people", people),
        ("What may be shared", concern.sharing),
        ("What they would like", concern.wish),
        *_own(concern, pack),
    ]


def _organisation(concern: Concern, pack: Pack) -> Iterator[tuple[str, str]]:
    if pack.organisations:
        names = {one.key: one.name for one in pack.organisations}
        yield "Organisation", names.get(concern.organisation, "")


def _own(concern: Concern, pack: Pack) -> Iterator[tuple[str, str]]:
    """Yield what was answered to the pack's own questions."""
    asked = {question.key: question for question in pack.questions}
    for key, said in concern.answers:
        if key in asked:
            names = {**ANSWERS, **{one.key: one.name for one in asked[key].choices}}
            yield asked[key].text, names.get(said, said)


def _offices(offices: tuple[str, ...], pack: Pack) -> str:
    names = ", ".join(pack.office(key).name for key in offices)
    return f" ({names})" if names else ""


def _consents(db: Session, case: Case, keys: CaseKeys) -> tuple[tuple[datetime, str], ...]:
    rows = db.scalars(
        select(Consent).where(Consent.case_id == case.id, Consent.withdrawn_at.is_(None))
    )
    opened = ((row.given_at, keys.open(Consent.terms, row)) for row in rows)
    return tuple((given_at, Sharing.from_json(terms).in_words) for given_at, terms in opened)


def _trace(db: Session, case: Case, keys: CaseKeys) -> tuple[str, ...]:
    row = db.scalars(
        select(Document).where(Document.case_id == case.id, Document.kind == DocumentKind.ROUTING)
    ).first()
    if row is None:
        return ()
    return tuple(words for _rule, words in json.loads(keys.open(Document.body, row)))
