"""The page of the walk: verified lines, a changed row in red, and never a name."""

from __future__ import annotations

from sqlalchemy import update

from conductdesk.cases.models import CaseClock
from tests.actions.closing_steps import closed
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.desk_visitor import AtTheDesk, words_of


def test_the_walk_shows_what_is_verified_and_what_is_not(cast: Cast, faces: Faces) -> None:
    case = closed(cast)
    case_id = case.id
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    page = auditor.get(f"/review/cases/{case_id}/walk")
    assert page.status_code == 200
    assert "Not verified" not in page.text
    assert page.text.count("<span>Verified") > 20
    for chapter in ("Clocks kept and missed", "Who read it", "Keys given and taken back"):
        assert chapter in page.text
    assert "Read by an auditor" in page.text  # this very read
    for name in ("Thistlewood", "Marigold"):
        assert name not in page.text
    triage = (CaseClock.case_id == case_id) & (CaseClock.name == "triage")
    cast.db.connection().execute(update(CaseClock).where(triage).values(met_at=None))
    cast.db.commit()
    broken = auditor.get(f"/review/cases/{case_id}/walk")
    assert "The row differs from entry" in words_of(broken)
    assert "did not verify just now" in words_of(broken)


def test_nobody_but_an_auditor_walks_through(cast: Cast, faces: Faces) -> None:
    case_id = closed(cast).id
    for who in ("liaison", "administrator", "outsider"):
        visitor = AtTheDesk(faces.desk, cast, who)
        assert visitor.get(f"/review/cases/{case_id}/walk").status_code == 404
