"""Who may do what: one written table for people, and one for pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest
from flask import Flask

from conductdesk.cases.actions.appointing import appoint
from conductdesk.cases.actions.rerouting import find_conflict
from conductdesk.cases.concern import Answer
from conductdesk.cases.models import Case
from conductdesk.cases.needs import Route
from conductdesk.cases.queries import facts_of
from conductdesk.people.actions.offices import give_office
from conductdesk.people.queries import custodians, viewer_of
from conductdesk.policy import (
    NOBODY,
    WAYS_IN,
    Capacity,
    CaseFacts,
    Permission,
    Viewer,
    may,
    may_enter,
)
from tests.actions.closing_steps import bring_in
from tests.cast import Cast, _join, a_concern, note_looked
from tests.conftest import Faces

PEOPLE = (
    "nobody",
    "reporter",
    "administrator",
    "custodian",
    "outsider",
    "handler",
    "alternate",
    "lead",
    "investigator",
    "decider",
    "appeal",
    "second",
    "unsworn",
    "barred",
    "auditor",
)
"""`lead`: for safeguarding. `unsworn`: a second person who has not attested. `barred`: was seated,
and an interest was found. `custodian`: of the recovery key. Everybody else goes by their seat."""

TABLE = """
                 nob rep adm cus out han alt lea inv dec app sec uns bar aud
visit             +   +   +   +   +   +   +   +   +   +   +   +   +   +   +
tell              +   +   +   +   +   +   +   +   +   +   +   +   +   +   +
sign-in           +   +   +   +   +   +   +   +   +   +   +   +   +   +   +
account           .   .   +   +   +   +   +   +   +   +   +   +   +   +   +
administer        .   .   +   .   .   .   .   .   .   .   .   .   .   .   .
audit             .   .   .   .   .   .   .   .   .   .   .   .   .   .   +
caseload          .   .   .   .   +   +   +   +   +   +   +   +   +   +   +
register          .   .   .   .   .   +   +   +   +   +   +   +   +   +   .
enter             .   .   .   .   .   +   +   +   +   +   +   +   +   +   .
declare           .   .   .   .   +   +   +   +   +   +   +   +   +   +   +
correspond        .   C   .   .   .   .   .   .   .   .   .   .   .   .   .
see               .   .   .   .   d   C   C   C   C   C   C   C   C   d   d
read              .   .   .   .   d   C   C   C   C   C   C   C   d   d   d
handle            .   .   .   .   d   C   C   d   d   d   d   d   d   d   d
safeguard         .   .   .   .   d   C   C   C   d   d   d   d   d   d   d
investigate       .   .   .   .   d   d   d   d   C   d   d   d   d   d   d
decide            .   .   .   .   d   d   d   d   d   C   d   d   d   d   d
hear-appeal       .   .   .   .   d   d   d   d   d   d   C   d   d   d   d
second            .   .   .   .   d   C   C   C   d   d   d   C   d   d   d
review            .   .   .   .   .   .   .   .   .   .   .   .   .   .   z
"""
"""`.` never; `+` yes, and no case is asked; `d` comes to the door, and this case stays shut;
`C` this case, open or closed; `z` this case, once it is closed."""

SIGNS: Mapping[tuple[bool, bool, bool, bool], str] = {
    # needs a case, may come to the door, opens it now, opens it once closed
    (False, False, False, False): ".",
    (False, True, False, False): "+",
    (True, False, False, False): ".",
    (True, True, False, False): "d",
    (True, True, True, True): "C",
    (True, True, False, True): "z",
}

ON_A_CASE = frozenset(permission for permission, door in WAYS_IN.items() if door.way)
OF_OFFICERS = ON_A_CASE - {Permission.REVIEW, Permission.CORRESPOND}
IN_THE_MAILBOX = frozenset({Permission.CORRESPOND, Permission.VISIT})

PUBLIC_PAGES: tuple[tuple[str, frozenset[Permission]], ...] = (
    (r"/<scheme>/messages(/.*)?", IN_THE_MAILBOX),
    (
        r"/<scheme>/(start|question|check|concern|receipt|help-now|weekly)(/.*)?",
        frozenset({Permission.TELL}),
    ),
    (r"/.*", frozenset({Permission.VISIT})),
)
DESK_PAGES: tuple[tuple[str, frozenset[Permission]], ...] = (
    (r"/cases/<uuid:case_id>(/.*)?", OF_OFFICERS),
    (r"/cases|/stepped-away|/(audit-findings|endings)(/.*)?", frozenset({Permission.CASELOAD})),
    (r"/interests(/.*)?", frozenset({Permission.DECLARE})),
    (r"/(participants|check-ins)(/.*)?", frozenset({Permission.REGISTER})),
    (r"/entry(/.*)?", frozenset({Permission.ENTER})),
    (r"/review/cases/<uuid:case_id>(/.*)?", frozenset({Permission.REVIEW})),
    (r"/review(/.*)?", frozenset({Permission.AUDIT})),
    (r"/(people|schemes)(/.*)?", frozenset({Permission.ADMINISTER})),
    (r"/(account|sign-out)(/.*)?", frozenset({Permission.ACCOUNT})),
    (r"/still-here", frozenset({Permission.VISIT})),
    (r"/.*", frozenset({Permission.SIGN_IN})),
)
"""Which permissions a page may ask for, by its address; the first row that fits counts."""


@dataclass(frozen=True)
class World:
    """One formal case with everybody on it, and everybody as the policy knows them."""

    facts: CaseFacts
    viewers: Mapping[str, Viewer]

    def sign(self, permission: Permission, who: str) -> str:
        """Return the sign that the table has for *who* and *permission*."""
        viewer, door = self.viewers[who], WAYS_IN[permission]
        closed = replace(self.facts, closed=True)
        answers = (
            door.way is not None,
            may_enter(viewer, permission),
            may(viewer, permission, self.facts),
            may(viewer, permission, closed),
        )
        return SIGNS[answers]


@pytest.fixture
def world(cast: Cast) -> World:
    case = cast.triaged(Route.FORMAL, a_concern(at_risk=Answer.YES))
    bring_in(cast, case, "investigator", Capacity.INVESTIGATOR)
    bring_in(cast, case, "decision_maker", Capacity.DECISION_MAKER)
    bring_in(cast, case, "appeal_body", Capacity.APPEAL_BODY)
    for who in ("second", "barred", "unsworn"):
        join_committee(cast, who)
    bring_in(cast, case, "second")
    bring_in(cast, case, "barred")
    find_a_conflict(cast, case, "barred")
    seat_without_oath(cast, case, "unsworn")
    known = {
        "handler": "liaison",
        "alternate": "chair",
        "lead": "lead",
        "investigator": "investigator",
        "decider": "decision_maker",
        "appeal": "appeal_body",
        **{who: who for who in ("second", "unsworn", "barred")},
        **{who: who for who in ("administrator", "outsider", "auditor")},
    }
    return World(
        facts_of(cast.db, note_looked(cast.db, case)),
        {
            "nobody": NOBODY,
            "reporter": Viewer(reporter_of=case.id),
            "custodian": viewer_of(cast.db, custodians(cast.db)[0]),
            **{name: cast.viewer(who) for name, who in known.items()},
        },
    )


def join_committee(cast: Cast, who: str) -> None:
    member = _join(cast.db, cast.keystore, who, f"Committee Member {who.title()}")
    give_office(cast.db, member.account, scheme="wcc", office="committee", actor="system")
    cast.members[who] = member
    cast.db.commit()


def find_a_conflict(cast: Cast, case: Case, who: str) -> None:
    cast.let("liaison", case, find_conflict, leaving=cast[who].account)


def seat_without_oath(cast: Cast, case: Case, who: str) -> None:
    cast.let("liaison", case, appoint, account_id=cast[who].id, capacity=Capacity.SECOND)


def written() -> dict[str, list[str]]:
    """Return the signs of each row of the table by its permission."""
    _heading, *rows = TABLE.strip("\n").splitlines()
    return {name: signs for name, *signs in (row.split() for row in rows)}


def test_the_table_has_every_permission_and_everybody() -> None:
    heading = TABLE.strip("\n").splitlines()[0].split()
    assert heading == [who[:3] for who in PEOPLE]
    assert set(written()) == set(Permission)
    assert {len(signs) for signs in written().values()} == {len(PEOPLE)}


def test_everybody_may_do_what_the_table_says_and_nothing_else(world: World) -> None:
    found = {
        permission.value: [world.sign(permission, who) for who in PEOPLE]
        for permission in Permission
    }
    assert found == written()


def test_whoever_is_barred_is_kept_out_whatever_else_they_are(world: World) -> None:
    for who, viewer in world.viewers.items():
        if viewer.account_id is None:
            continue
        kept_out = replace(world.facts, closed=True, barred=frozenset({viewer.account_id}))
        allowed = {one for one in Permission if may(viewer, one, kept_out)}
        assert allowed == set(), who


def test_an_administrator_never_opens_a_case_whatever_else_they_are(world: World) -> None:
    for viewer in world.viewers.values():
        too = replace(viewer, administrator=True, reporter_of=None)
        for closed in (False, True):
            facts = replace(world.facts, closed=closed)
            assert not any(may(too, permission, facts) for permission in Permission)


@pytest.mark.parametrize("name", ["public", "desk"])
def test_every_page_asks_for_a_permission_that_fits_its_address(faces: Faces, name: str) -> None:
    app: Flask = getattr(faces, name)
    table = PUBLIC_PAGES if name == "public" else DESK_PAGES
    wrong = {
        f"{rule.rule} ({rule.endpoint})": declared(app, rule.endpoint)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        and declared(app, rule.endpoint) not in fitting(table, rule.rule)
    }
    assert wrong == {}


@pytest.mark.parametrize("name", ["public", "desk"])
def test_a_page_about_one_case_asks_for_a_permission_on_that_case(faces: Faces, name: str) -> None:
    app: Flask = getattr(faces, name)
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static" and name == "desk":
            about_one = "case_id" in rule.arguments
            assert (declared(app, rule.endpoint) in ON_A_CASE) == about_one, rule.rule
        assert name == "desk" or "case_id" not in rule.arguments, rule.rule


def declared(app: Flask, endpoint: str) -> Permission | None:
    """Return what the gate of an endpoint asks for."""
    found: Permission | None = getattr(app.view_functions[endpoint], "permission", None)
    return found


def fitting(table: tuple[tuple[str, frozenset[Permission]], ...], rule: str) -> set[Permission]:
    """Return what a page at this address may ask for."""
    return set(next(asked for pattern, asked in table if re.fullmatch(pattern, rule)))
