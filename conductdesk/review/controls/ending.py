"""Whether a case ended as it should: feedback, retention, and nobody left with access; pure."""

from __future__ import annotations

from conductdesk.cases.models import (
    Appointment,
    CaseClock,
    Document,
    DocumentKind,
    Message,
    MessageKind,
)
from conductdesk.people.models import AccountState
from conductdesk.review.controls.control import Control, Fault, Verdict
from conductdesk.review.controls.material import LoggedFact, Material, days_late, in_days
from conductdesk.review.purposes import OF_BUNDLES, OF_LISTS
from conductdesk.vault.models import KeyGrant

EXPORTED = {"population.exported": frozenset(OF_LISTS), "log.exported": frozenset(OF_BUNDLES)}
"""The entries of what leaves the desk as a whole, and what each may be for."""


def fed_back(material: Material) -> Verdict:
    """Pass where the reporter got feedback in time, or why not is on the case."""
    given = any(one.kind == MessageKind.FEEDBACK for one in material.of(Message))
    withheld = any(one.kind == DocumentKind.NO_FEEDBACK for one in material.of(Document))
    if not given and not withheld:
        return [Fault("The reporter got no feedback, and no reason is on the case.")]
    late = [
        days_late(one.due_at, one.met_at)
        for one in material.of(CaseClock)
        if one.name == "feedback" and one.met_at is not None
    ]
    return [Fault(f"Feedback was given {in_days(days)} late.") for days in late if days > 0]


def kept_for(material: Material) -> Verdict:
    """Pass where the case has a retention class of its code, and a day on which it ends."""
    known = {one.key for one in material.pack.retention}
    if material.case.retention_class not in known:
        return [Fault("The case has no retention class of its code.")]
    return [] if material.case.keep_until else [Fault("The case has no day on which it ends.")]


def left_behind(material: Material) -> Verdict:
    """Pass where whoever left, or gave up the office, has neither a seat nor a key."""
    people, case = material.people, material.case
    live = [one for one in material.of(Appointment) if one.until is None]
    faults = []
    for seat in live:
        account = people.accounts[seat.account_id]
        if account.state == AccountState.ENDED:
            faults.append(Fault("Has left, and still has a seat.", account.pseudonym))
        elif (account.id, case.scheme, seat.office) not in people.offices:
            faults.append(Fault("Gave up the office, and still has the seat.", account.pseudonym))
    seated = {one.account_id for one in live}
    holders = {one.principal_id for one in material.of(KeyGrant)}
    for account in (people.by_principal[one] for one in holders if one in people.by_principal):
        audits = (account.id, case.scheme) in people.auditors
        if account.state == AccountState.ENDED:
            faults.append(Fault("Has left, and still holds a key.", account.pseudonym))
        elif account.id not in seated and not audits:
            reason = "Has no part in the case any more, and still holds a key."
            faults.append(Fault(reason, account.pseudonym))
    return faults


def explained(entry: LoggedFact) -> Verdict:
    """Pass where a list or a bundle that was taken away has one of the purposes that there are."""
    if entry.pub.get("purpose") in EXPORTED[entry.type]:
        return []
    return [Fault("Something was taken away, and nobody said what for.", entry.actor, entry.idx)]


ENDING = (
    Control(
        key="feedback",
        title="Feedback given",
        criterion="The reporter got feedback within the time that the scheme sets, or why not is on "
        "the case.",
        reference="Procedure: closed; clock “feedback” of the scheme",
        rows=frozenset({CaseClock, Document, Message}),
        of_case=fed_back,
    ),
    Control(
        key="retention",
        title="Retention class set",
        criterion="The case has a retention class of its code, and a day on which it ends.",
        reference="Procedure: closed",
        of_case=kept_for,
    ),
    Control(
        key="leavers",
        title="Leavers’ access ended",
        criterion="Nobody who left, gave up the office or ceased to audit has a seat or a key.",
        reference="docs/key-lifecycle.md",
        rows=frozenset({Appointment, KeyGrant}),
        of_case=left_behind,
    ),
    Control(
        key="exports",
        title="Bulk exports explained",
        criterion="Each list and each bundle that was taken away has a purpose in the log.",
        reference="docs/auditing.md",
        entries=frozenset(EXPORTED),
        of_entry=explained,
    ),
)
