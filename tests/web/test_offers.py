"""No page of a case offers what its reader may not do there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import pytest
from flask import Flask

from conductdesk.cases.models import Case
from conductdesk.cases.queries import facts_of
from conductdesk.policy import Permission, may
from conductdesk.web.gate import permission_of
from tests.actions.inquiry_steps import carried, heard
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.desk_visitor import AtTheDesk
from tests.web.robot import forms_on, links_on

STAGES: dict[str, Callable[[Cast], Case]] = {"heard": heard, "carried out": carried}
ON_A_CASE = re.compile(r"/cases/[0-9a-f-]{36}[^#?]*")


@pytest.mark.parametrize("stage", STAGES)
def test_whoever_reads_a_case_is_offered_only_what_they_may_do(
    faces: Faces, cast: Cast, stage: str
) -> None:
    case = STAGES[stage](cast)
    for who in ("lead", "investigator", "decision_maker"):
        facts, me = facts_of(cast.db, case), cast.viewer(who)
        browser = AtTheDesk(faces.desk, cast, who)
        first = browser.get(f"/cases/{case.id}").text
        for path in sorted(set(_on_a_case(links_on(first)))):
            page = browser.get(path)
            assert page.status_code == 200, (who, path)
            for method, found in (("GET", links_on(page.text)), ("POST", _actions(page.text))):
                for offered in set(_on_a_case(found)):
                    assert may(me, _wanted(faces.desk, method, offered), facts), (
                        who,
                        path,
                        offered,
                    )


def _on_a_case(addresses: Iterable[str]) -> Iterator[str]:
    for address in addresses:
        found = ON_A_CASE.match(address)
        if found:
            yield found[0]


def _actions(html: str) -> list[str]:
    return [form.action for form in forms_on(html)]


def _wanted(app: Flask, method: str, path: str) -> Permission:
    endpoint, _values = app.url_map.bind("localhost", url_scheme="https").match(path, method)
    with app.app_context():
        wanted = permission_of(endpoint)
    assert wanted is not None
    return wanted
