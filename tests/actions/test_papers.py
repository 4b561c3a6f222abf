"""Working papers: kept sealed, signed off once, and by the checklist of the scheme."""

from __future__ import annotations

import pytest

from conductdesk.cases.models import Case, WorkingPaper
from conductdesk.refusal import Refused
from conductdesk.review.actions.papers import Checked, keep_paper, sign_paper
from conductdesk.review.faces.papers import own_paper, papers_on
from tests.actions.closing_steps import closed, types_of, verified
from tests.cast import Cast


def sheet(cast: Cast, answer: str = "yes", note: str = "") -> dict[str, Checked]:
    return {line.key: Checked(answer, note) for line in cast.pack.checklist}


def refused(cast: Cast, case: Case, who: str = "auditor") -> str:
    with pytest.raises(Refused) as error:
        cast.let(who, case, sign_paper)
    cast.db.rollback()
    return str(error.value)


def test_a_paper_is_kept_and_signed_off_and_then_never_changes(cast: Cast) -> None:
    case = closed(cast)
    before = len(types_of(cast, case))
    assert "Answer the checklist first" in refused(cast, case)
    cast.let("auditor", case, keep_paper, sheet={"reads": Checked("yes", "zinnwaldite")})
    assert b"zinnwaldite" not in cast.db.query(WorkingPaper).one().body
    assert "Answer this first" in refused(cast, case)
    cast.let("auditor", case, keep_paper, sheet=sheet(cast, "no"))
    assert "Note what you saw" in refused(cast, case)
    cast.let("auditor", case, keep_paper, sheet=sheet(cast, "no", "Nothing at all."))
    cast.let("auditor", case, sign_paper)
    assert "already" in refused(cast, case)
    with pytest.raises(Refused, match="Nothing in it changes"):
        cast.let("auditor", case, keep_paper, sheet=sheet(cast))
    cast.db.rollback()
    assert types_of(cast, case)[before:] == ["audit.paper_kept"] * 3 + ["audit.paper_signed"]
    keys, viewer = cast.keys(case, "auditor"), cast.viewer("auditor")
    face = own_paper(cast.db, case, keys, cast.pack, viewer)
    assert {(line.answer, line.note) for line in face.lines} == {("No", "Nothing at all.")}
    assert [row.by for row in papers_on(cast.db, case)] == ["Euphemia Longbarrow"]
    assert verified(cast).problem is None


def test_papers_are_for_the_auditors_of_the_case(cast: Cast) -> None:
    case = closed(cast)
    for who in ("liaison", "outsider", "administrator"):
        assert "auditor" in refused(cast, case, who)
