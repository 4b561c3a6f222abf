"""The shortest way to a case of each kind that is no concern, by the real actions."""

from __future__ import annotations

from typing import Any

from conductdesk.cases.actions.carrying_out import begin_carrying_out
from conductdesk.cases.actions.triaging import Triage, TriageAnswer, questions_of, triage
from conductdesk.cases.concern import Answer, Concern, Part, PersonNamed
from conductdesk.cases.models import Case
from conductdesk.cases.needs import Route
from conductdesk.cases.request_acts import ASKED, Obligation
from conductdesk.schemes.kinds import is_request
from tests.actions.closing_steps import by_pack
from tests.cast import Cast, a_concern
from tests.remembering import remembered

PARTNERS = (PersonNamed("Barnaby Thistlewood", Part.PARTNER),)


def asked_for(kind: str, *partners: str) -> Concern:
    """Return what somebody asks for, without a reason."""
    people = tuple(PersonNamed(name, Part.PARTNER) for name in partners) or PARTNERS
    return a_concern(kind=kind, account="", people=people, sharing="", wish="")


def short_triage(kind: str, route: Route = Route.REQUEST, risk: Answer = Answer.NO) -> Triage:
    """Return the triage of *kind*."""
    answers = {key: TriageAnswer(Answer.NO, "Nothing points to it.") for key in questions_of(kind)}
    answers["at_risk"] = TriageAnswer(risk, "As was said.")
    severity = "" if is_request(kind) else "low"
    return Triage(answers, severity, severity, route, "It fits.")


def give_triage(cast: Cast, case: Case, given: Triage, **owed: Any) -> None:
    """Let the handler triage; *owed* says more of the obligation."""
    keys, said = cast.keys(case, "liaison"), by_pack(cast, case, "liaison")
    what = {"what": ASKED.get(case.kind, ""), "owner": "The liaison officer", **owed}
    triage(cast.db, case, keys, given=given, obligation=Obligation(**what), **said)
    cast.db.commit()


@remembered
def requested(cast: Cast, /, kind: str, *partners: str, **owed: Any) -> Case:
    """Return a request that is being carried out."""
    case = cast.acknowledged(asked_for(kind, *partners))
    give_triage(cast, case, short_triage(kind), **owed)
    cast.let("liaison", case, begin_carrying_out)
    return case
