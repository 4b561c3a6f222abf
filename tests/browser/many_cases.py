"""One case for each state that pages show differently, made by the real actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

from conductdesk.cases.actions.answering_auditors import answer_auditor
from conductdesk.cases.actions.appealing import lodge_appeal
from conductdesk.cases.actions.checking import correct_note
from conductdesk.cases.actions.destroying import propose_destruction
from conductdesk.cases.actions.following_up import start_aftercare
from conductdesk.cases.actions.holding import begin_hold
from conductdesk.cases.actions.joining import join_case
from conductdesk.cases.actions.linking import BadTreatment, report_bad_treatment
from conductdesk.cases.actions.reopening import reopen_case
from conductdesk.cases.actions.settling import record_agreement
from conductdesk.cases.actions.triaging import triage
from conductdesk.cases.actions.writing import acknowledge
from conductdesk.cases.acts import AppealLodged, GroundGiven, Side
from conductdesk.cases.closing_acts import Agreement, Hold, HoldBegun, Reason
from conductdesk.cases.concern import Answer, Concern, Identity, Mode, Part, PersonNamed
from conductdesk.cases.days import today
from conductdesk.cases.models import Case
from conductdesk.cases.needs import Route
from conductdesk.review.actions.engaging import Period, begin_audit
from conductdesk.review.actions.finding import ask_question
from conductdesk.review.actions.papers import Checked, keep_paper
from conductdesk.vault.receipts import Receipt
from tests.actions.audit_steps import asked_for_more, found, in_days, proven
from tests.actions.closing_steps import bring_in, by_pack, closed, proposed
from tests.actions.entered import entered
from tests.actions.inquiry_steps import (
    add_item,
    carried,
    heard,
    investigating,
    reported,
    serve,
    told,
    with_terms,
)
from tests.browser.serving import House
from tests.cast import Cast, a_concern, a_triage

LONG_WORD = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 3
LONG_TEXT = f"{LONG_WORD}\n\n" + "It went on for a long time, and nobody said a word. " * 40
TWO = ("Respondent A", "Respondent B")


def long_concern() -> Concern:
    """Return a concern with everything too long: names, words and text, in several scripts."""
    names = (LONG_WORD[:150], "عبد الرحمن " * 8, "O’Brien-Łukasiewicz 🙂", "名" * 60)
    parts = (Part.RESPONDENT, Part.AFFECTED, Part.WITNESS, Part.SUPPORTER)
    people = tuple(map(PersonNamed, names, parts))
    identity = Identity(name=LONG_WORD[:150], contact="0" * 150, safe_times="Never. " * 20)
    return a_concern(
        account=LONG_TEXT, happened=LONG_TEXT, people=people, identity=identity, wish=LONG_TEXT
    )


def nameless_concern() -> Concern:
    """Return a concern with as little in it as can be, that mentions a risk."""
    return Concern(
        kind="concern", mode=Mode.ANONYMOUS, account="Somebody should look.", at_risk=Answer.YES
    )


def served(cast: Cast) -> Case:
    """Return a case against two people, one of whom was told."""
    case = investigating(cast, TWO)
    serve(cast, case, TWO[0])
    for bearing in ("for", "against", "neutral"):
        add_item(cast, case, bearing)
    return case


def held(cast: Cast) -> Case:
    """Return a case on hold."""
    case, hold = served(cast), HoldBegun(Hold.POLICE, "The police asked us to wait.")
    cast.let("liaison", case, begin_hold, hold=hold)
    return case


def appealed(cast: Cast) -> Case:
    """Return a case with an appeal."""
    case = told(cast)
    appeal = AppealLodged(
        Side.RESPONDENT, today(), (GroundGiven("There is new evidence", "A letter turned up."),)
    )
    keys, acting = cast.keys(case, "liaison"), by_pack(cast, case, "liaison")
    lodge_appeal(cast.db, case, keys, appeal=appeal, **acting)
    cast.db.commit()
    return case


def settled(cast: Cast) -> Case:
    """Return a case in which something was agreed, and to which another is linked."""
    case = cast.triaged(Route.INFORMAL)
    given = Agreement("A new pairing.", "The handler", today(), "Both wrote so.")
    cast.let("liaison", case, record_agreement, pack=cast.pack, agreement=given)
    keys, treatment = cast.reporter_keys(case), BadTreatment(Receipt.mint())
    report_bad_treatment(cast.db, cast.keystore, cast.pack, case, keys, treatment=treatment)
    cast.db.commit()
    return case


def joined(cast: Cast) -> Case:
    """Return a case that an officer entered, and that is looked into in another one."""
    into, case = cast.triaged(), entered(cast)
    for who in ("liaison", "chair"):
        cast.let_attest(case, who)
    cast.let("liaison", case, acknowledge, text="Thank you for calling.")
    cast.let("liaison", case, triage, given=a_triage(Route.FORMAL))
    cast.let("liaison", case, join_case, into=into, reason=Reason("One meeting."))
    correct_note(cast.db, case, cast.reporter_keys(case), text="It began in spring.")
    cast.db.commit()
    return case


def audited(cast: Cast) -> Case:
    """Return a closed case that auditors wrote on: each thing once with and without an answer."""
    case = closed(cast)
    begin_audit(cast.db, actor=cast.viewer("auditor"), period=Period("wcc", today(), in_days(9)))
    proven(cast, case)
    found(cast, case)
    for words in ("Why so late?", "Who else knew?"):
        asked = cast.let("auditor", case, ask_question, words=words)
    cast.let("liaison", case, answer_auditor, question_id=asked.id, words="Nobody.")
    said = {"reads": Checked("no", "Somebody read it twice.")}
    cast.let("auditor", case, keep_paper, sheet=said)
    asked_for_more(cast, case)
    return case


def after_closing(house: House) -> dict[str, UUID]:
    """Return cases, by their ids, that were closed: for long, a while ago, and to be looked into again.

    Time passes inside the server, so that retention ends and a check-in is due.
    """
    with house.settled() as cast:
        old = closed(cast)
    house.later(timedelta(days=352))
    with house.settled() as cast:
        asked = closed(cast)
        cast.let("liaison", asked, start_aftercare)
    house.later(timedelta(days=15))
    with house.settled() as cast:
        cast.let("liaison", old, propose_destruction, reason=Reason("Its time is over."))
        again = closed(cast)
        bring_in(cast, again, "deputy")
        cast.let("deputy", again, reopen_case, reason=Reason("A witness came forward."))
        found = {"destruction proposed": old, "in aftercare": asked, "reopened": again}
        return {state: case.id for state, case in found.items()}


STATES: Mapping[str, Callable[[Cast], Case]] = {
    "acknowledged, long": lambda cast: cast.acknowledged(long_concern()),
    "acknowledged, nameless": lambda cast: cast.acknowledged(nameless_concern()),
    "triaged, informal": lambda cast: cast.triaged(Route.INFORMAL),
    "informal, and linked": settled,
    "entered, and joined": joined,
    "terms set": with_terms,
    "investigating": served,
    "on hold": held,
    "heard": heard,
    "reported": lambda cast: reported(cast, TWO),
    "told": told,
    "appealed": appealed,
    "carried out": carried,
    "proposed": proposed,
    "closed": closed,
    "closed, and audited": audited,
}
"""Beside the journey's own; the newest state of a page is the one that differs most."""
