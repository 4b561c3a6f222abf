"""Findings of an audit that rest on several of its cases, or on none: about the scheme as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from conductdesk.audit.record import Event, Pub, append
from conductdesk.cases.actions.asking import require
from conductdesk.cases.actions.naming_nobody import name_nobody
from conductdesk.cases.audit_acts import Observed, Verdict
from conductdesk.cases.models import Case, Engagement, FindingCase, SchemeFinding
from conductdesk.cases.scheme_findings import (
    VERDICT,
    WORDS,
    finding_to_act_on,
    readers_of,
    write_words,
)
from conductdesk.notice import Notice
from conductdesk.notices.actions import notify
from conductdesk.people.queries import in_office
from conductdesk.policy import Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.review.actions.finding import first_steps, settle
from conductdesk.review.actions.reviewing import need_auditor
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.keystore import Keystore


def make_scheme_finding(
    db: Session,
    keystore: Keystore,
    *,
    actor: Viewer,
    engagement: Engagement,
    observed: Observed,
    seen_on: Sequence[tuple[Case, CaseKeys]],
) -> SchemeFinding:
    """Record a finding that was *seen_on* several cases, or on none, and tell those who answer it."""
    _check(db, actor, engagement, observed, seen_on)
    made = SchemeFinding(
        id=uuid4(),
        engagement_id=engagement.id,
        scheme=engagement.scheme,
        account_id=actor.account_id,
        rests_on=len(seen_on),
        words="",
        **first_steps(observed),
    )
    db.add(made)
    db.flush()
    db.add_all(FindingCase(finding_id=made.id, case_id=case.id) for case, _keys in seen_on)
    db.flush()
    write_words(db, keystore, made, WORDS, observed.to_json())
    _record(db, actor, made, "audit.finding_made")
    return made


def settle_scheme_finding(
    db: Session, keystore: Keystore, *, actor: Viewer, finding_id: UUID, verdict: Verdict
) -> None:
    """Close a finding that is proven, or send its proof back with the reason."""
    found = finding_to_act_on(db, actor, finding_id)
    need_auditor(actor, found.scheme)
    event = settle(found, actor, verdict)
    write_words(db, keystore, found, VERDICT, verdict.words)
    _record(db, actor, found, event)


def offices_held(db: Session, scheme: str) -> frozenset[str]:
    """Return the offices of *scheme* that somebody with a key holds now."""
    return frozenset(one.office for one in in_office(db, scheme) if one.key is not None)


def _check(
    db: Session,
    actor: Viewer,
    engagement: Engagement,
    observed: Observed,
    seen_on: Sequence[tuple[Case, CaseKeys]],
) -> None:
    need_auditor(actor, engagement.scheme)
    if engagement.account_id != actor.account_id:
        raise Refused("Only whoever began an audit records findings of it. Begin one of your own.")
    if len(seen_on) == 1:
        raise Refused("For one case, record the finding on that case, under “Audit work”.")
    for case, keys in seen_on:
        require(db, case, actor, Permission.REVIEW)
        if case.scheme != engagement.scheme:
            raise Refused("Choose cases of this audit.")
        name_nobody(db, case, keys, f"{observed.observation}\n{observed.recommendation}")
    if observed.owner not in offices_held(db, engagement.scheme):
        raise Refused("Choose an office that somebody holds: they answer the finding.")


def _record(db: Session, actor: Viewer, finding: SchemeFinding, event: str) -> None:
    for account_id, _reader in readers_of(db, finding):
        if account_id != actor.account_id:
            notify(db, account_id, Notice.UPDATE)
    pub: Mapping[str, Pub] = {"grade": finding.grade, "owner": finding.owner}
    append(db, finding.scheme, [Event(event, actor.pseudonym, pub)])
