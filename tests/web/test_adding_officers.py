"""A name that may be an officer's is asked about before it is added to a case."""

from __future__ import annotations

import pytest

from conductdesk.cases.queries import facts_of
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.case_pages import at
from tests.web.desk_visitor import AtTheDesk, words_of


@pytest.mark.parametrize(
    ("answer", "status"), [("yes", 404), ("not_sure", 404), ("no", 200)], ids=lambda one: str(one)
)
def test_an_officer_who_may_be_meant_is_asked_about_and_kept_away(
    cast: Cast, faces: Faces, answer: str, status: int
) -> None:
    case, name = cast.acknowledged(), cast["chair"].account.name
    cast.db.commit()
    officer, sent = AtTheDesk(faces.desk, cast, "liaison"), {"name": name, "part": "respondent"}
    officer.get(at(case.id, "people"))
    asked = officer.post(at(case.id, "parties"), sent)
    assert asked.status_code == 422
    assert f"Is {name} the Chair?" in words_of(asked)
    assert facts_of(cast.db, case).barred == frozenset()
    cast.db.commit()
    other = {**sent, "asked": "Somebody Else", "is_chair": "no"}
    assert officer.post(at(case.id, "parties"), other).status_code == 422
    added = officer.post(at(case.id, "parties"), {**sent, "asked": name, "is_chair": answer})
    assert added.status_code == 303
    shown = words_of(officer.get(added.headers["Location"]))
    assert ("They are kept away from now on" in shown) == (status == 404)
    chair = AtTheDesk(faces.desk, cast, "chair")
    assert chair.get(at(case.id, "people")).status_code == status
