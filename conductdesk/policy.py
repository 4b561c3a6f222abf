"""Who may do what: every permission, and every way in to it, on one page.

A permission has two halves. `may_enter` asks about the person alone, before anything is loaded;
`may` asks again with the facts of one case. Barriers (named, tied, recused) come before every way
in, and so does being an administrator: administrators never read a case.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Permission(StrEnum):
    """One thing that a page or an action is for."""

    VISIT = "visit"
    """Open a public page."""
    TELL = "tell"
    """Write and send a concern."""
    CORRESPOND = "correspond"
    """Read and write in the mailbox that a receipt opens."""
    SIGN_IN = "sign-in"
    """Prove who one is, or set up one's account."""
    ACCOUNT = "account"
    """Look after one's own account."""
    ADMINISTER = "administer"
    """Set up people, offices and schemes."""
    AUDIT = "audit"
    """Enter the auditor's desk."""
    CASELOAD = "caseload"
    """See the list of one's own cases."""
    REGISTER = "register"
    """Keep the register of a scheme's participants."""
    ENTER = "enter"
    """Enter a concern for somebody who phoned, wrote or came in person."""
    DECLARE = "declare"
    """Declare whom one is tied to."""
    SEE = "see"
    """Know that a case exists, and the names of its parties."""
    READ = "read"
    """Read a case."""
    HANDLE = "handle"
    """Be in charge of a case."""
    SAFEGUARD = "safeguard"
    """Hold a case, refer it, and record the agencies' advice."""
    INVESTIGATE = "investigate"
    """Find the facts."""
    DECIDE = "decide"
    """Decide on the facts."""
    HEAR_APPEAL = "hear-appeal"
    """Decide on an appeal."""
    SECOND = "second"
    """Agree, as a second person, to what somebody else proposed."""
    REVIEW = "review"
    """Look at a closed case as its auditor."""


class Capacity(StrEnum):
    """What somebody is on one case."""

    HANDLER = "handler"
    ALTERNATE = "alternate"
    SAFEGUARDING = "safeguarding"
    OUTSIDE = "outside"
    INVESTIGATOR = "investigator"
    DECISION_MAKER = "decision_maker"
    APPEAL_BODY = "appeal_body"
    SECOND = "second"


IN_CHARGE = frozenset({Capacity.HANDLER, Capacity.ALTERNATE, Capacity.OUTSIDE})
SECONDS = IN_CHARGE | {Capacity.SAFEGUARDING, Capacity.SECOND}


@dataclass(frozen=True)
class Viewer:
    """The person who asks."""

    account_id: UUID | None = None
    pseudonym: str = "nobody"
    name: str = ""
    administrator: bool = False
    custodian: bool = False
    offices: frozenset[tuple[str, str]] = frozenset()
    """(scheme key, office key) of each post held today."""
    posts: frozenset[tuple[str, str, str]] = frozenset()
    """The same, with the organisation for which each is held; empty where it is for all."""
    audits: frozenset[str] = frozenset()
    """The keys of the schemes that this person audits."""
    reporter_of: UUID | None = None
    """The case whose receipt was shown."""

    def offices_in(self, scheme: str) -> frozenset[str]:
        """Return the keys of the posts held in *scheme* today."""
        return frozenset(office for of, office in self.offices if of == scheme)


NOBODY = Viewer()
SYSTEM = Viewer(pseudonym="system", name="ConductDesk")
"""Who acts when a command, a job or the server itself does."""


@dataclass(frozen=True)
class CaseFacts:
    """What the policy needs to know of one case."""

    case_id: UUID
    scheme: str
    closed: bool = False
    seats: Mapping[UUID, frozenset[Capacity]] = field(default_factory=dict)
    """What each account is on this case today."""
    served: frozenset[UUID] = frozenset()
    """Everybody who is or ever was anything on it."""
    attested: frozenset[UUID] = frozenset()
    """Those who said that they have no conflict of interest."""
    barred: frozenset[UUID] = frozenset()
    """Those who are named in the case, tied to somebody named, or recused."""
    unchecked: frozenset[UUID] = frozenset()
    """Those with a tie of which nobody has looked yet whether it is to somebody named."""


Entry = Callable[[Viewer], bool]
Way = Callable[[Viewer, CaseFacts], bool]


def anyone(_viewer: Viewer) -> bool:
    """Hold for everybody, signed in or not."""
    return True


def signed_in(viewer: Viewer) -> bool:
    """Hold for whoever has an account and signed in to it."""
    return viewer.account_id is not None


def has_receipt(viewer: Viewer) -> bool:
    """Hold for whoever showed a receipt."""
    return viewer.reporter_of is not None


def administers(viewer: Viewer) -> bool:
    """Hold for administrators."""
    return signed_in(viewer) and viewer.administrator


def audits(viewer: Viewer) -> bool:
    """Hold for the auditors of some scheme."""
    return signed_in(viewer) and bool(viewer.audits) and not viewer.administrator


def works_on_cases(viewer: Viewer) -> bool:
    """Hold for people who may be given a seat on a case."""
    return signed_in(viewer) and not viewer.administrator and not viewer.custodian


def in_some_office(viewer: Viewer) -> bool:
    """Hold for whoever holds an office; the page asks again for one that receives concerns."""
    return works_on_cases(viewer) and bool(viewer.offices)


def is_reporter(viewer: Viewer, facts: CaseFacts) -> bool:
    """Hold where the receipt shown is this case's."""
    return viewer.reporter_of == facts.case_id


def seated(viewer: Viewer, facts: CaseFacts) -> bool:
    """Hold for whoever is anything on this case."""
    return bool(_capacities(viewer, facts))


def attested(viewer: Viewer, facts: CaseFacts) -> bool:
    """Hold for whoever is seated and said that they have no conflict."""
    return seated(viewer, facts) and viewer.account_id in facts.attested


def audits_this_closed_case(viewer: Viewer, facts: CaseFacts) -> bool:
    """Hold for the scheme's auditors, once the case is closed, unless they ever had a part in it.

    Somebody must have looked whether each tie of theirs is to somebody whom it names.
    """
    apart = facts.served | facts.unchecked
    return facts.closed and facts.scheme in viewer.audits and viewer.account_id not in apart


def _as(*capacities: Capacity) -> Way:
    wanted = frozenset(capacities)

    def serves(viewer: Viewer, facts: CaseFacts) -> bool:
        return attested(viewer, facts) and bool(_capacities(viewer, facts) & wanted)

    names = ", ".join(capacity.replace("_", " ") for capacity in Capacity if capacity in wanted)
    serves.__doc__ = f"Hold for whoever attested, and is on this case as: {names}."
    return serves


def _capacities(viewer: Viewer, facts: CaseFacts) -> frozenset[Capacity]:
    if viewer.account_id is None:
        return frozenset()
    return facts.seats.get(viewer.account_id, frozenset())


@dataclass(frozen=True)
class Door:
    """Who may come to the door (`entry`), and who may pass it on one case (`way`)."""

    entry: Entry
    way: Way | None = None


WAYS_IN: Mapping[Permission, Door] = {
    Permission.VISIT: Door(anyone),
    Permission.TELL: Door(anyone),
    Permission.CORRESPOND: Door(has_receipt, is_reporter),
    Permission.SIGN_IN: Door(anyone),
    Permission.ACCOUNT: Door(signed_in),
    Permission.ADMINISTER: Door(administers),
    Permission.AUDIT: Door(audits),
    Permission.CASELOAD: Door(works_on_cases),
    Permission.REGISTER: Door(in_some_office),
    Permission.ENTER: Door(in_some_office),
    Permission.DECLARE: Door(works_on_cases),
    Permission.SEE: Door(works_on_cases, seated),
    Permission.READ: Door(works_on_cases, attested),
    Permission.HANDLE: Door(works_on_cases, _as(*IN_CHARGE)),
    Permission.SAFEGUARD: Door(works_on_cases, _as(*IN_CHARGE, Capacity.SAFEGUARDING)),
    Permission.INVESTIGATE: Door(works_on_cases, _as(Capacity.INVESTIGATOR)),
    Permission.DECIDE: Door(works_on_cases, _as(Capacity.DECISION_MAKER)),
    Permission.HEAR_APPEAL: Door(works_on_cases, _as(Capacity.APPEAL_BODY)),
    Permission.SECOND: Door(works_on_cases, _as(*SECONDS)),
    Permission.REVIEW: Door(audits, audits_this_closed_case),
}


def may_enter(viewer: Viewer, permission: Permission) -> bool:
    """Answer the half of *permission* that needs no case."""
    return WAYS_IN[permission].entry(viewer)


def may(viewer: Viewer, permission: Permission, facts: CaseFacts) -> bool:
    """Answer whether *viewer* has *permission* on the case with these *facts*."""
    door = WAYS_IN[permission]
    if door.way is None or not door.entry(viewer) or barred(viewer, facts):
        return False
    return door.way(viewer, facts)


def may_keep_register(viewer: Viewer, scheme: str, receiving: Collection[str]) -> bool:
    """Answer whether *viewer* holds one of the offices of *scheme* that receive concerns."""
    return may_enter(viewer, Permission.REGISTER) and any(
        (scheme, office) in viewer.offices for office in receiving
    )


def barred(viewer: Viewer, facts: CaseFacts) -> bool:
    """Answer whether something keeps *viewer* from this case, whatever else they are."""
    return viewer.account_id is not None and viewer.account_id in facts.barred
