"""The audit copy tells of everything on the case, in the desk's words, and says when it is old."""

from __future__ import annotations

import pytest

from conductdesk.cases.actions.closing import propose_closure
from conductdesk.cases.actions.copying import draft_audit_copy, keep_audit_copy
from conductdesk.cases.actions.identifying import add_party
from conductdesk.cases.actions.measuring import end_measure, impose_measure
from conductdesk.cases.closing_acts import CheckedCopy, MeasureEnding, MeasureImposed
from conductdesk.cases.concern import Part
from conductdesk.cases.models import Case
from conductdesk.refusal import Refused
from tests.actions.closing_steps import WHY, by, by_pack, closable
from tests.cast import Cast


def section(cast: Cast, case: Case, title: str) -> str:
    """Return one section of the draft of a copy."""
    drafted = draft_audit_copy(cast.db, case, cast.keys(case, "liaison"))
    return next(one.text for one in drafted if one.title == title)


@pytest.mark.both_backends
def test_a_copy_that_knows_nothing_of_a_party_is_checked_again(cast: Cast) -> None:
    case = closable(cast)
    keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
    add_party(cast.db, case, keys, actor=actor, name="Somebody Else", part=Part.WITNESS)
    with pytest.raises(Refused, match="Something was added"):
        propose_closure(cast.db, case, keys, reason=WHY, **by_pack(cast, case, "liaison"))
    assert "Witness A" in section(cast, case, "Who was involved")
    copy = CheckedCopy(draft_audit_copy(cast.db, case, keys))
    keep_audit_copy(cast.db, case, keys, copy=copy, **by(cast, case, "liaison"))
    propose_closure(cast.db, case, keys, reason=WHY, **by_pack(cast, case, "liaison"))


def test_a_copy_that_does_not_know_that_a_measure_ended_is_checked_again(cast: Cast) -> None:
    case = closable(cast)
    keys = cast.keys(case, "liaison")
    apart = MeasureImposed("Apart.", "Risk.", "None.")
    row = impose_measure(cast.db, case, keys, measure=apart, **by_pack(cast, case, "liaison"))
    copy = CheckedCopy(draft_audit_copy(cast.db, case, keys))
    keep_audit_copy(cast.db, case, keys, copy=copy, **by(cast, case, "liaison"))
    ending = MeasureEnding(row.id, "He has left.")
    end_measure(cast.db, case, keys, ending=ending, **by(cast, case, "liaison"))
    with pytest.raises(Refused, match="Something was added"):
        propose_closure(cast.db, case, keys, reason=WHY, **by_pack(cast, case, "liaison"))
