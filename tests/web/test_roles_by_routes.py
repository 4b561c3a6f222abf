"""Every route of a case, as every member, on their own case, another's, and one that names them.

The expected status follows from the policy, asked with the facts of that moment: whoever it
refuses gets 404 and nothing else, byte for byte; whoever it lets in never gets one for the case.
Sources: ASVS V8.2.1 to V8.2.3; WB-12, WB-26.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from conductdesk.cases.concern import Answer, Concern, Part, PersonNamed
from conductdesk.cases.models import Case
from conductdesk.cases.queries import facts_of
from conductdesk.policy import CaseFacts, Permission, may
from tests.actions.closing_steps import closed
from tests.actions.inquiry_steps import decided
from tests.cast import OFFICERS, Cast, a_concern
from tests.conftest import Faces
from tests.web.desk_visitor import SITE, TOKEN, AtTheDesk

MEMBERS = (*OFFICERS, "auditor", "administrator", "outsider", "nobody")
CHANGES_WHO_IS_ON_IT = ("recusal", "conflicts", "attestation", "stepping-away")
"""Tried last: after it, the same person is somebody else on the case."""

REVIEWS = ("auditor",)
"""Who comes to a case only when it is closed."""
NEEDS_AN_APPEAL = ("/cases/<uuid:case_id>/outcomes/appeal/conclusion",)
"""Pages that are not there, for anybody, before somebody appeals."""

LET_IN = {200, 303, 409, 422}
WORDS_OF_A_CASE = (b"Thistlewood", b"Marigold", b"Respondent A", b"private")


@dataclass(frozen=True)
class Door:
    """A route of a case, with the permission that its gate declares."""

    rule: Rule
    method: str
    permission: Permission

    @property
    def needs_more_than_a_case(self) -> bool:
        """Whether the page is about a second thing, which may be missing for anybody."""
        return len(self.rule.arguments) > 1 or self.rule.rule in NEEDS_AN_APPEAL

    @property
    def order(self) -> tuple[bool, str, str]:
        """Where this comes among the others."""
        last = any(word in self.rule.rule for word in CHANGES_WHO_IS_ON_IT)
        return last and self.method == "POST", self.rule.rule, self.method


def doors(app: Flask) -> list[Door]:
    """Return every route that names a case."""
    permissions: dict[str, Permission] = {
        name: vars(view)["permission"]
        for name, view in app.view_functions.items()
        if "permission" in vars(view)
    }
    found = [
        Door(rule, method, permissions[rule.endpoint])
        for rule in app.url_map.iter_rules()
        if "case_id" in rule.arguments
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
    ]
    return sorted(found, key=lambda door: door.order)


def address(app: Flask, door: Door, case_id: UUID, other: UUID) -> str:
    """Return the address behind *door*; every other id in it is *other*."""
    words = {"capacity": "second", "which": "safeguarding_hold", "kind": "closure"}
    given: dict[str, object] = {name: words.get(name, other) for name in door.rule.arguments}
    bound = app.url_map.bind("localhost")
    return bound.build(door.rule.endpoint, {**given, "case_id": case_id}, method=door.method)


def knock(desk: Flask, browser: AtTheDesk | None, door: Door, path: str) -> TestResponse:
    """Come to the door, with a token in hand where one is asked for."""
    client = browser.client if browser else desk.test_client()
    data = {"csrf_token": browser.token if browser else "", "version": "0"}
    sent = client.open(
        path, method=door.method, base_url=SITE, data=data if door.method == "POST" else None
    )
    found = TOKEN.search(sent.text) if sent.mimetype == "text/html" else None
    if browser is not None and found:
        browser.token = found[1]
    return sent


def facts(cast: Cast, case: Case) -> CaseFacts:
    cast.db.rollback()
    cast.db.expire_all()
    found = facts_of(cast.db, case)
    cast.db.commit()
    return found


def naming(who: str) -> Concern:
    """Return a concern about a member; it would reach everybody else in charge."""
    office, name = OFFICERS.get(who, ("liaison", "Barnaby Thistlewood"))
    about = PersonNamed(name, Part.RESPONDENT, (office,) if who in OFFICERS else ())
    return a_concern(people=(about,), at_risk=Answer.YES)


def some_cases(cast: Cast, who: str) -> Iterator[Case]:
    """Yield cases that the member works on, may review, and is named in."""
    yield decided(cast)
    if who in REVIEWS:
        yield closed(cast)
    yield cast.received(naming(who))


@pytest.mark.parametrize("who", MEMBERS)
def test_a_route_opens_to_whom_the_policy_lets_in_and_to_nobody_else(
    faces: Faces, cast: Cast, who: str
) -> None:
    cases = list(some_cases(cast, who))
    browser = AtTheDesk(faces.desk, cast, who) if who != "nobody" else None
    wrong: list[str] = []
    opened = refused = 0
    if browser is not None:
        browser.get("/help")  # a form's token, so that nothing else refuses what is sent
    chair = cast["chair"].id
    known = [(case, case.id, case.state) for case in cases]
    cast.db.commit()
    for case, case_id, state in known:
        for door in doors(faces.desk):
            allowed = who != "nobody" and _allowed(cast, who, door, case)
            path = address(faces.desk, door, case_id, chair)
            sent = knock(faces.desk, browser, door, path)
            what = f"{door.method} {door.rule.rule} in {state}: {sent.status_code}"
            wrong += [f"{fault} {what}" for fault in faults(who, door, sent, allowed)]
            opened, refused = opened + allowed, refused + (not allowed)
    assert wrong == []
    assert refused > 100
    assert opened > 20 or who not in ("liaison", "chair", "investigator", "decision_maker")


def faults(who: str, door: Door, sent: TestResponse, allowed: bool) -> Iterator[str]:
    """Yield what is wrong with an answer."""
    if allowed:
        missing = sent.status_code == 404 and door.needs_more_than_a_case
        if sent.status_code not in LET_IN and not missing:
            yield "shut:"
        return
    if sent.status_code != (303 if who == "nobody" else 404):
        yield "open:"
    if any(word in sent.data for word in WORDS_OF_A_CASE):
        yield "says something:"


def _allowed(cast: Cast, who: str, door: Door, case: Case) -> bool:
    found = facts(cast, case)
    allowed = may(cast.viewer(who), door.permission, found)
    cast.db.commit()
    return allowed


def test_a_case_route_that_is_new_is_asked_for_too(faces: Faces) -> None:
    found = doors(faces.desk)
    assert len(found) > 90
    assert {door.permission for door in found} >= {
        Permission.SEE,
        Permission.READ,
        Permission.HANDLE,
        Permission.SAFEGUARD,
        Permission.INVESTIGATE,
        Permission.DECIDE,
        Permission.HEAR_APPEAL,
        Permission.SECOND,
        Permission.REVIEW,
    }
