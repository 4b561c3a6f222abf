"""Another route with a reason, and low-level records that are told before they are acted on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conductdesk.cases.actions.carrying_out import begin_carrying_out
from conductdesk.cases.actions.retriaging import AnotherRoute, other_routes, triage_again
from conductdesk.cases.actions.settling import end_agreement, record_agreement
from conductdesk.cases.actions.small_matters import SmallMatter, record_acting
from conductdesk.cases.actions.triaging import triage
from conductdesk.cases.closing_acts import Agreement, AgreementEnded
from conductdesk.cases.days import today
from conductdesk.cases.inquiry import documents_of, outcomes_of
from conductdesk.cases.models import Case, DocumentKind
from conductdesk.cases.needs import Route
from conductdesk.cases.request_acts import Obligation
from conductdesk.refusal import Refused
from tests.actions import inquiry_steps as steps
from tests.actions.closing_steps import documents, pub_of
from tests.actions.joining_steps import joined
from tests.actions.request_steps import asked_for, give_triage, short_triage
from tests.cast import Cast, a_triage
from tests.changed_packs import every_kind, put_in_force

EARLIER = today() - timedelta(days=3)


def again(cast: Cast, case: Case, route: Route, **said: Any) -> None:
    chosen = AnotherRoute(route, said.pop("reason", "It was the third time."), **said)
    cast.let("liaison", case, triage_again, chosen=chosen)


def small(cast: Cast, **said: Any) -> Case:
    """Return a case that is kept as a low-level record."""
    case, matter = cast.acknowledged(), SmallMatter(**{"handled_by": "Her mentor", **said})
    given = replace(a_triage(Route.LOW_LEVEL), small=matter)
    cast.let("liaison", case, triage, given=given)
    return case


def test_a_low_level_record_says_who_handles_it_and_when_it_was_told(cast: Cast) -> None:
    case = small(cast)
    kept = documents(cast, case, "low_level")[0]
    assert kept.startswith("Handled by: Her mentor\nBrought to attention on ")
    assert kept.endswith("Not acted on yet.")
    assert pub_of(cast, case, "case.triaged")["acted_first"] is False


def test_a_low_level_record_without_anybody_who_handles_it_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="Say who handles it"):
        small(cast, handled_by=" ")


def test_whoever_acted_before_it_was_told_is_warned_and_it_is_on_record(cast: Cast) -> None:
    case = small(cast, acted_on=EARLIER)
    kept = documents(cast, case, "low_level")[0]
    assert "Warning: that was before it was brought to attention." in kept
    assert pub_of(cast, case, "case.triaged")["acted_first"] is True


def test_nobody_has_acted_on_a_day_to_come(cast: Cast) -> None:
    with pytest.raises(Refused, match="has not come yet"):
        small(cast, acted_on=today() + timedelta(days=1))


def test_acting_is_recorded_when_it_comes(cast: Cast) -> None:
    case = small(cast)
    said = {"acted_on": today(), "what": "They spoke about being on time."}
    cast.let("liaison", case, record_acting, **said)
    assert "They spoke about being on time." in documents(cast, case, "low_level")[1]
    assert "Warning" not in documents(cast, case, "low_level")[1]
    assert pub_of(cast, case, "low_level.acted") == {"acted_first": False}
    with pytest.raises(Refused, match="Say what was done"):
        cast.let("liaison", case, record_acting, acted_on=today(), what=" ")


def test_a_case_that_is_no_low_level_record_is_not_acted_on_as_one(cast: Cast) -> None:
    case = cast.triaged(Route.ADVICE)
    with pytest.raises(Refused, match="not kept as a low-level record"):
        cast.let("liaison", case, record_acting, acted_on=today(), what="They spoke.")


@pytest.mark.parametrize("route", [Route.FORMAL, Route.INFORMAL])
def test_a_low_level_record_is_raised_with_a_reason(cast: Cast, route: Route) -> None:
    case = small(cast)
    cast.let("liaison", case, begin_carrying_out)
    again(cast, case, route)
    assert (case.state, case.route) == ("triaged", route)
    assert "Why: It was the third time." in documents(cast, case, "event")[0]
    said = pub_of(cast, case, "case.triaged_again")
    assert (said["before"], said["route"]) == ("low_level", route)
    assert (said["from"], said["to"]) == ("carrying_out", "triaged")


@pytest.mark.parametrize(
    ("route", "said", "sentence"),
    [
        (Route.LOW_LEVEL, {}, "another route than the one"),
        (Route.REQUEST, {}, "another route than the one"),
        (Route.FORMAL, {"reason": " "}, "Say why"),
    ],
)
def test_another_route_is_another_of_the_kind_and_has_a_reason(
    cast: Cast, route: Route, said: dict[str, Any], sentence: str
) -> None:
    case = small(cast)
    with pytest.raises(Refused, match=sentence):
        again(cast, case, route, **said)


def test_a_concern_may_turn_out_to_be_small(cast: Cast) -> None:
    case = cast.triaged(Route.FORMAL)
    with pytest.raises(Refused, match="Say who handles it"):
        again(cast, case, Route.LOW_LEVEL)
    cast.db.rollback()
    again(cast, case, Route.LOW_LEVEL, small=SmallMatter("Her mentor"))
    assert case.route == Route.LOW_LEVEL


def test_allegations_are_never_left_without_a_finding_by_another_route(cast: Cast) -> None:
    case = steps.with_terms(cast)
    with pytest.raises(Refused, match="There are allegations on this case"):
        again(cast, case, Route.ADVICE)


def test_what_was_decided_goes_no_other_way(cast: Cast) -> None:
    case = steps.carried(cast, "apology")
    with pytest.raises(Refused, match="This case was decided"):
        again(cast, case, Route.INFORMAL)


def test_an_agreement_that_did_not_hold_is_ended_before_the_case_goes_another_way(
    cast: Cast,
) -> None:
    case = cast.triaged(Route.INFORMAL)
    given = Agreement("A new pairing.", "The chair", today(), "Both wrote so.")
    cast.let("liaison", case, record_agreement, agreement=given)
    with pytest.raises(Refused, match="what became of what was agreed"):
        again(cast, case, Route.FORMAL)
    cast.db.rollback()
    agreed = documents_of(cast.db, case, DocumentKind.AGREEMENT)[0]
    ended = AgreementEnded(agreed.id, done=False, words="He did not keep to it.")
    cast.let("liaison", case, end_agreement, ended=ended)
    again(cast, case, Route.FORMAL)
    assert case.state == "triaged"


def test_a_declared_interest_may_become_something_to_do_after_all(cast: Cast) -> None:
    put_in_force(cast, every_kind)
    case = cast.acknowledged(asked_for("interest"))
    give_triage(cast, case, short_triage("interest", Route.ADVICE))
    assert other_routes(case, cast.pack) == {Route.REQUEST, Route.OUT_OF_SCOPE}
    owed = Obligation("Note it.", "The chair", due_on=today() + timedelta(days=4))
    again(cast, case, Route.REQUEST, obligation=owed)
    assert [one.kind for one in outcomes_of(cast.db, case)] == ["request"]


def test_a_joined_case_goes_the_way_of_the_other(cast: Cast) -> None:
    _into, case = joined(cast)
    with pytest.raises(Refused, match="joined to another"):
        again(cast, case, Route.ADVICE)
