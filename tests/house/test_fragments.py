"""A part of a page that is asked for alone tells a stranger no more than the whole page would."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from conductdesk.cases.actions.writing import write_to_reporter
from conductdesk.cases.models import Case
from tests.actions.register_steps import QUILL, begun
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.desk_visitor import SITE, AtTheDesk

CODE = Path(__file__).parents[2] / "conductdesk"
FRAGMENT = re.compile(r'fragment="(\w+)"')
ALONE = {"HX-Request": "true"}
MARKER = "a marker that only the case knows"

ADDRESSES = {
    "caseload": "/cases",
    "thread": "/cases/{case}/messages",
    "found": "/participants/wcc",
    "progress": "/participants/wcc/imports/{case}",
    "names": "/cases/{case}/parties/suggestions",
    "trial": "/review/controls",
}
"""Where each part of a page is asked for."""
SENT = {"names": {"name": MARKER}}
"""What is sent for a part that is not just asked for."""
SHOWN = {
    "caseload": "{name}",
    "thread": MARKER,
    "found": MARKER,
    "progress": "is imported",
    "names": MARKER,
    "trial": "Retention class set",
}
"""What whoever may read a part finds in it; `{name}` is the case's."""
READERS = {"trial": "auditor"}
"""Who may read a part, where it is not the liaison officer."""


@pytest.fixture
def case(cast: Cast) -> Case:
    """A case that has something to leak."""
    case = cast.acknowledged()
    keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
    write_to_reporter(cast.db, case, keys, actor=actor, text=MARKER)
    begun(cast).add(replace(QUILL, name=MARKER))
    cast.db.commit()
    return case


def ask_alone(faces: Faces, cast: Cast, case: Case, who: str, name: str) -> TestResponse:
    """Ask for one part as a member of the cast."""
    desk = AtTheDesk(faces.desk, cast, who)
    address = ADDRESSES[name].format(case=case.id)
    desk.get("/account")  # for its token; and a test session that may write keeps others waiting
    if name not in SENT:
        return desk.client.get(address, headers=ALONE, base_url=SITE)
    sent = {"csrf_token": desk.token, **SENT[name]}
    return desk.client.post(address, data=sent, headers=ALONE, base_url=SITE)


def test_every_part_that_is_rendered_alone_is_tried_here() -> None:
    named = {name for file in CODE.rglob("*.py") for name in FRAGMENT.findall(file.read_text())}
    assert named == set(ADDRESSES)


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("who", ["outsider", "administrator", "auditor"])
def test_a_stranger_gets_no_word_of_the_case_with_a_part(
    faces: Faces, cast: Cast, case: Case, who: str, name: str
) -> None:
    shown = ask_alone(faces, cast, case, who, name).text
    assert MARKER not in shown
    assert case.code_name not in shown


@pytest.mark.parametrize("name", ADDRESSES)
def test_whoever_may_read_it_gets_the_part_and_nothing_around_it(
    faces: Faces, cast: Cast, case: Case, name: str
) -> None:
    shown = ask_alone(faces, cast, case, READERS.get(name, "liaison"), name)
    assert shown.status_code == 200
    assert "<html" not in shown.text
    assert SHOWN[name].format(name=case.code_name) in shown.text
