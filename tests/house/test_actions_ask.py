"""Every action asks the policy itself, so that no page, job or command can forget to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest

from conductdesk.cases.actions.adding import add_party
from conductdesk.cases.actions.appointing import appoint
from conductdesk.cases.actions.identifying import reissue_receipt, reveal_identity
from conductdesk.cases.actions.rerouting import find_conflict
from conductdesk.cases.actions.triaging import triage
from conductdesk.cases.actions.writing import acknowledge, write_to_reporter
from conductdesk.cases.concern import Answer, Part
from conductdesk.cases.models import Case
from conductdesk.cases.needs import Route
from conductdesk.cases.queries import facts_of
from conductdesk.policy import Capacity, may
from conductdesk.refusal import Refused
from tests.actions.closing_steps import bring_in
from tests.cast import Cast, a_concern, a_triage
from tests.conftest import Faces
from tests.house.action_spy import calls_of, public_actions
from tests.house.test_permissions import declared

ASKED_OTHERWISE: Mapping[str, str] = {
    "receive": "anybody may tell",
    "take_in": "anybody may tell",
    "write_as_reporter": "the receipt's key signs for the reporter",
    "take_back_consent": "the receipt's key signs for the reporter",
    "withdraw": "the receipt's key signs for the reporter",
    "confirm_note": "the receipt's key signs for the reporter",
    "correct_note": "the receipt's key signs for the reporter",
    "exchange_receipt": "the receipt's key signs for the reporter",
    "report_bad_treatment": "the receipt's key signs for the reporter",
    "answer_no": "the receipt's key signs for the reporter",
    "answer_yes": "the receipt's key signs for the reporter",
    "attest": "it asks for a seat",
    "recuse": "it asks for a seat",
    "declare_interest": "it asks who may be given a case at all",
    "note_parties_shown": "it is how a page that was asked for leaves its entry",
    "note_read": "it is how a page that was asked for leaves its entry",
    "note_refusal": "it notes that the policy said no",
    "note_still_named": "it notes that a text was refused, to whoever sent it",
    "note_malware": "it notes that a file was refused, to whoever sent it",
    "open_recovery": "two parts of the recovery key open it",
    "replace_recovery_key": "whoever runs the server does it; it asks for keys, and gives none",
    "leave_cases": "an administrator ends an office, and reads nothing",
    "tend": "it gives what the policy says to those whom it names",
    "ask_anew": "it asks for what the policy says, and gives nothing",
    "ask_for_auditors": "a job: it asks for what the policy says, and gives nothing",
    "ask_what_is_due": "a job",
    "end_what_ran_out": "a job",
    "end_glass": "a job",
    "shut_former_out": "a job",
    "reply_to_scheme_finding": "it asks whose office the finding is for",
    "confirm_ending": "it asks for which organisation somebody acts, and whether they were told",
    "prove_scheme_finding": "it asks whose office the finding is for",
    "leave_as_auditor": "it takes from whoever asks for it, and gives nothing",
    "destroy_rows": "a job: two people ordered it",
}
"""The actions that do not call `require`, each with the reason."""

ACTORS = (
    "liaison",
    "chair",
    "lead",
    "deputy",
    "investigator",
    "decision_maker",
    "administrator",
    "auditor",
    "outsider",
)

Act = Callable[..., Any]
Named = dict[str, Any]


def acts(cast: Cast, case: Case) -> dict[str, tuple[str, Act]]:
    """Return what is done by hand in a case: the page that does it, and the action."""
    chosen: Named = {"account_id": cast["appeal_body"].id, "capacity": Capacity.APPEAL_BODY}
    version: Named = {"pack": cast.pack, "seen_version": case.version}
    witness: Named = {"name": "Somebody Else", "part": Part.WITNESS}
    conflict: Named = {"pack": cast.pack, "leaving": cast["outside"].account}
    return {
        "acknowledge": ("cases.acknowledged", partial(acknowledge, **version, text="Thank you.")),
        "triage": ("cases.triaged", partial(triage, **version, given=a_triage(Route.FORMAL))),
        "write": ("cases.message", partial(write_to_reporter, text="We go on.")),
        "appoint": ("cases.appointed", partial(appoint, pack=cast.pack, **chosen)),
        "keep away": ("cases.kept_away", partial(find_conflict, **conflict)),
        "reveal": ("cases.reporter", partial(reveal_identity, reason="To call her.")),
        "reissue": ("cases.receipt", partial(reissue_receipt, how_checked="By phone.")),
        "add": ("cases.party", partial(add_party, **witness)),
    }


@pytest.fixture
def case(cast: Cast) -> Case:
    """A formal case with people of every kind on it; `deputy` has been kept away."""
    case = cast.triaged(Route.FORMAL, a_concern(at_risk=Answer.YES))
    bring_in(cast, case, "investigator", Capacity.INVESTIGATOR)
    bring_in(cast, case, "decision_maker", Capacity.DECISION_MAKER)
    keep_away = acts(cast, case)["keep away"][1]
    leaving = {"leaving": cast["deputy"].account}
    keep_away(cast.db, case, cast.keys(case, "liaison"), actor=cast.viewer("liaison"), **leaving)
    cast.db.commit()
    return case


def is_asked_away(cast: Cast, case: Case, who: str, act: Act) -> bool:
    """Answer whether the action refuses *who* for want of a permission; nothing of it stays."""
    try:
        act(cast.db, case, cast.keys(case, who), actor=cast.viewer(who))
    except Refused as refusal:
        return "can do this, after saying" in str(refusal)
    finally:
        cast.db.rollback()
    return False


@pytest.mark.parametrize(
    "name", ["acknowledge", "triage", "write", "appoint", "keep away", "reveal", "reissue", "add"]
)
def test_an_action_asks_for_the_permission_of_its_page(
    cast: Cast, faces: Faces, case: Case, name: str
) -> None:
    page, act = acts(cast, case)[name]
    permission = declared(faces.desk, page)
    assert permission is not None
    facts = facts_of(cast.db, case)
    expected = {who: not may(cast.viewer(who), permission, facts) for who in ACTORS}
    assert set(expected.values()) == {True, False}
    assert {who: is_asked_away(cast, case, who, act) for who in ACTORS} == expected


def asks(name: str, calls: Mapping[str, set[str]], seen: frozenset[str] = frozenset()) -> bool:
    """Answer whether an action calls `require`, itself or through another function."""
    if name == "require":
        return True
    return any(asks(one, calls, seen | {name}) for one in calls.get(name, set()) - seen)


def test_every_action_asks_or_says_why_not() -> None:
    calls = calls_of()
    assert {name for name in public_actions() if not asks(name, calls)} == set(ASKED_OTHERWISE)
