"""No input to the pages of a register gives a 500: every form, with the worst that comes."""

from __future__ import annotations

import io

import pytest

from conductdesk.participants.rules import GroupKind, TieKind
from tests.actions.register_steps import PEOPLE, QUILL, THISTLEWOOD, begun
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.desk_visitor import AtTheDesk
from tests.web.shooting import FAULT, crawled, in_order, shoot
from tests.web.shots import large, shots_at

HOME = "/participants/wcc"


@pytest.mark.both_backends
def test_no_form_of_the_register_breaks(faces: Faces, cast: Cast) -> None:
    kept = begun(cast)
    member = kept.add(THISTLEWOOD)
    kept.tie(member, TieKind.FAMILY, "deputy")
    kept.group(GroupKind.PAIRING, member, kept.add(QUILL))
    browser = AtTheDesk(faces.desk, cast, "chair")
    browser.get(f"{HOME}/imports/new")
    file = {"file": (io.BytesIO(PEOPLE.encode()), "people.csv")}
    waiting = browser.post(f"{HOME}/imports", file).headers["Location"]
    found = crawled(browser, [HOME, waiting])
    broken = []
    ours = {key: form for key, form in found.items() if key.startswith("participants.")}
    for form in in_order(ours):
        for shot in (*shots_at(form, browser.token), large(form, browser.token)):
            sent = shoot(browser, form.action, shot)
            if sent.status_code >= FAULT:
                broken.append((sent.status_code, form.action, shot.name))
    assert broken == []
    assert len(ours) == 12, sorted(ours)
