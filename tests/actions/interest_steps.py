"""What the tests of declared interests share."""

from __future__ import annotations

from conductdesk.cases.actions.declaring import declare_interest
from conductdesk.cases.concern import Concern, Part, PersonNamed
from conductdesk.cases.models import Case
from conductdesk.cases.queries import seats_of
from conductdesk.participants.actions.declaring import take_back
from conductdesk.participants.interests import Declared, InterestKind
from conductdesk.participants.queries import Declaration, declarations_of
from tests.cast import Cast, a_concern

BARNABY = Declared(InterestKind.FAMILY, "Barnaby Thistlewood")


def declare(cast: Cast, who: str, declared: Declared = BARNABY) -> int:
    """Let a member declare a tie; return from how many open cases it took them."""
    actor, keyring = cast.viewer(who), cast[who].keyring
    left = declare_interest(cast.db, cast.keystore, keyring, actor=actor, declared=declared)
    cast.db.commit()
    return left


def to_officer(cast: Cast, who: str) -> Declared:
    """Return a tie to another member."""
    account = cast[who].account
    return Declared(InterestKind.LINE_MANAGEMENT, account.name, account.id)


def declared(cast: Cast, who: str) -> list[Declaration]:
    """Return what a member declared, in their own hands."""
    return declarations_of(cast.db, cast[who].keyring, cast[who].id)


def end_last(cast: Cast, who: str) -> None:
    """Let a member take their newest declaration back."""
    newest = declared(cast, who)[0].id
    take_back(cast.db, actor=cast.viewer(who), interest_id=newest)
    cast.db.commit()


def naming(name: str, *offices: str) -> Concern:
    """Return a concern about somebody, who may hold some offices."""
    return a_concern(people=(PersonNamed(name, Part.RESPONDENT, offices),))


def seats(cast: Cast, case: Case) -> dict[str, str]:
    """Return who sits where, by the names of the cast."""
    return {cast.who(seat.account_id): seat.capacity for seat in seats_of(cast.db, case)}
