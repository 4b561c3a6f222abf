"""Stories for the spy of `test_action_entries`: what no story of the demo does."""

from __future__ import annotations

from datetime import timedelta

from conductdesk import clock
from conductdesk.cases.actions import everywhere, proving, requesting
from conductdesk.cases.actions.carrying_out import begin_carrying_out
from conductdesk.cases.actions.deciding import decide_together
from conductdesk.cases.actions.placing import set_organisation
from conductdesk.cases.actions.preparing import agree_step, write_reason
from conductdesk.cases.actions.retriaging import AnotherRoute, triage_again
from conductdesk.cases.actions.small_matters import record_acting
from conductdesk.cases.actions.voting import propose_decision, vote
from conductdesk.cases.acts import Ballot, Decision, HoursSpent, OutcomeOrdered
from conductdesk.cases.closing_acts import Placed, Reason
from conductdesk.cases.days import today
from conductdesk.cases.inquiry import outcomes_of
from conductdesk.cases.models import Party
from conductdesk.cases.needs import Route
from conductdesk.cases.request_acts import Confirmed, Extension, RequestRefused, Told
from conductdesk.cases.workflow import Move
from conductdesk.schemes.calendar import local_day
from tests.actions import inquiry_steps as steps
from tests.actions.everywhere_steps import an_end, later, outcome_id, telling_id
from tests.actions.panel_steps import PANEL, panel_reported
from tests.actions.request_steps import requested
from tests.cast import Cast
from tests.changed_packs import (
    a_panel,
    every_kind,
    organisations,
    outcome,
    put_in_force,
    stricter,
)


def ask_for_things(cast: Cast) -> None:
    """End a mentoring, ask for records, take longer over them, and refuse a part."""
    put_in_force(cast, every_kind)
    db, actor = cast.db, cast.viewer("liaison")
    case = requested(cast, "ending")
    partner = db.query(Party).filter_by(case_id=case.id).one()
    told = Told(outcomes_of(db, case)[0].id, partner.id, today(), "By telephone.")
    requesting.tell_of_request(db, case, cast.keys(case, "liaison"), actor=actor, told=told)
    case = requested(cast, "records")
    keys, asked = cast.keys(case, "liaison"), outcomes_of(db, case)[0]
    until = local_day(asked.due_at) + timedelta(days=20)
    longer = Extension(asked.id, until, "Nine boxes.", "We need until then.")
    requesting.extend_request(db, case, keys, pack=cast.pack, actor=actor, extension=longer)
    refused = RequestRefused(asked.id, whole=False, what="Others.", reasons="Law.", message="No.")
    requesting.refuse_request(db, case, keys, actor=actor, refused=refused)
    db.commit()


def find_the_organisation(cast: Cast) -> None:
    """Set the organisation of a case, when it is known."""
    put_in_force(cast, organisations)
    cast.let("liaison", cast.attested(), set_organisation, placed=Placed("north", "He said so."))


def end_everywhere(cast: Cast) -> None:
    """Tell two organisations of an end; one confirms it at its desk, and one in a letter."""
    case = an_end(cast, north="deputy")
    said = Confirmed(outcome_id(cast, case), "south", "By letter.")
    with later():
        cast.let("liaison", case, everywhere.tell_organisations, outcome_id=said.outcome_id)
        actor, about = cast.viewer("deputy"), telling_id(cast, case, "north")
        everywhere.confirm_ending(
            cast.db, cast.keystore, cast["deputy"].keyring, actor=actor, telling_id=about
        )
        cast.db.commit()
        cast.let("liaison", case, everywhere.note_confirmation, confirmed=said)


def prepare_a_step(cast: Cast) -> None:
    """Write down the reason for a step, and let a second person agree."""
    put_in_force(cast, stricter("carry_out", second=True))
    case, why = cast.triaged(Route.ADVICE), Reason("It is advice.")
    written = cast.let("liaison", case, write_reason, which=Move.CARRY_OUT, reason=why)
    cast.let("chair", case, agree_step, proposal_id=written.id)


def vote_together(cast: Cast) -> None:
    """Let a panel of three propose, vote and decide."""
    put_in_force(cast, a_panel(3, "2/3"))
    case, db = panel_reported(cast, *PANEL), cast.db
    decision = Decision(steps.findings(db, case), (steps.ordered(db, case, "apology"),))
    proposed = cast.let("outside", case, propose_decision, decision=decision)
    for who in PANEL:
        cast.let(who, case, vote, ballot=Ballot(proposed.id, agrees=True, reason="Yes."))
    cast.let("outside", case, decide_together, proposed_id=proposed.id)


def raise_a_small_matter(cast: Cast) -> None:
    """Act on a low-level matter, and raise it to an investigation."""
    case = cast.triaged(Route.LOW_LEVEL)
    cast.let("liaison", case, record_acting, acted_on=today(), what="They spoke.")
    chosen = AnotherRoute(Route.FORMAL, "It was the third time.")
    cast.let("liaison", case, triage_again, chosen=chosen)


def spend_hours(cast: Cast) -> None:
    """Spend an hour of an outcome, and let another end by itself."""
    put_in_force(
        cast, outcome("cpd", hours=True, of_hours=40), outcome("watched", length="6 months")
    )
    case, db = steps.reported(cast), cast.db
    about, due_on = steps.party(db, case), today() + timedelta(days=9)
    cpd = OutcomeOrdered("cpd", "A course.", "Barnaby", due_on, about, 12)
    watched = OutcomeOrdered("watched", "Meets his supervisor.", "Barnaby", due_on, about)
    steps.give(cast, case, Decision(steps.findings(db, case), (cpd, watched)))
    steps.tell(cast, case)
    cast.let("liaison", case, begin_carrying_out)
    by_kind = {one.kind: one for one in outcomes_of(db, case)}
    keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
    spent = HoursSpent(by_kind["cpd"].id, today(), 60, "A course")
    proving.record_hours(db, case, keys, actor=actor, spent=spent)
    with clock.at(by_kind["watched"].due_at + timedelta(hours=1)):
        proving.end_what_ran_out(db, case, cast.keys(case))
    db.commit()
