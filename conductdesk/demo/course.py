"""The stretches of road that many cases have in common, as parts of stories."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from conductdesk.cases.actions.carrying_out import begin_carrying_out, prove_outcome
from conductdesk.cases.actions.closing import (
    agree_closure,
    choose_retention,
    note_learning,
    propose_closure,
)
from conductdesk.cases.actions.copying import draft_audit_copy, keep_audit_copy
from conductdesk.cases.actions.deciding import decide, tell_both_sides
from conductdesk.cases.actions.gathering import add_evidence, consider
from conductdesk.cases.actions.investigating import lock_report, open_investigation, set_terms
from conductdesk.cases.actions.proving import record_hours
from conductdesk.cases.actions.serving import record_no_reply, record_reply, serve_notice
from conductdesk.cases.actions.settling import end_agreement
from conductdesk.cases.actions.triaging import Triage, TriageAnswer, triage
from conductdesk.cases.actions.writing import acknowledge
from conductdesk.cases.acts import (
    BothSidesTold,
    CaseToAnswer,
    Decision,
    FindingGiven,
    HoursSpent,
    LetterTo,
    NewAllegation,
    NewEvidence,
    NoReply,
    NoticeServed,
    OutcomeOrdered,
    OutcomeProven,
    ReplyReceived,
    Report,
    Terms,
)
from conductdesk.cases.closing_acts import AgreementEnded, CheckedCopy, Reason
from conductdesk.cases.concern import Answer, Concern
from conductdesk.cases.days import today
from conductdesk.cases.inquiry import documents_of
from conductdesk.cases.models import DocumentKind, Outcome
from conductdesk.cases.needs import Route
from conductdesk.demo.life import Life
from conductdesk.demo.papers import File
from conductdesk.demo.schedule import Story
from conductdesk.policy import Capacity


@dataclass(frozen=True)
class Item:
    """One item of evidence, with a file or without."""

    title: str
    bearing: str
    text: str
    file: File | None = None


@dataclass(frozen=True)
class Inquiry:
    """What one formal investigation is about, and what it finds."""

    clause: str
    account: str
    questions: str
    notice: str
    reply: str
    """Empty where the respondent did not answer."""
    items: tuple[Item, ...]
    facts: str
    analysis: str
    searched: str
    why: str


@dataclass(frozen=True)
class Follows:
    """One outcome, due some days after the decision."""

    kind: str
    what: str
    owner: str
    days: int
    hours: int | None = None
    about_respondent: bool = True


@dataclass(frozen=True)
class Judgment:
    """What the decision maker makes of it, and what both sides read."""

    result: str
    reasons: str
    letter: str
    feedback: str
    follows: tuple[Follows, ...] = field(default=())


def taken_up(
    life: Life, concern: Concern, hello: str, others: tuple[str, ...] = ("chair",)
) -> Story:
    """Tell how the concern came, who looked at it, and that a person answered."""
    yield life.on(0, "19:05")
    life.begins(concern)
    yield life.on(1, "08:10")
    life.meets(life.handler)
    for other in others:
        yield life.on(1, "12:20")
        life.meets(other)
    yield life.on(2, "17:15")
    life.do(life.handler, acknowledge, text=hello)


def a_triage(
    route: Route,
    why: str,
    *,
    risk: Answer = Answer.NO,
    crime: Answer = Answer.NO,
    severity: str = "medium",
    because: str = "It was said more than once, and it hurt.",
) -> Triage:
    """Return a triage in which every answer has its reason."""
    harm = "Nothing that was said points to it."
    told = "What was said makes it possible; we would rather ask once too often."
    answers = {
        "scope": TriageAnswer(Answer.YES, "Those involved take part in the mentoring."),
        "danger": TriageAnswer(Answer.NO, "Nobody is in danger now, as far as we can tell."),
        "at_risk": TriageAnswer(risk, harm if risk is Answer.NO else told),
        "crime": TriageAnswer(crime, harm if crime is Answer.NO else told),
        "evidence": TriageAnswer(Answer.NO, "The messages are kept by those who wrote them."),
    }
    return Triage(answers, severity, because, route, why)


def triaged(life: Life, day: int, given: Triage) -> Story:
    """Tell how the handler weighed the case and chose its route."""
    yield life.on(day, "18:05")
    life.reads(life.handler)
    life.do(life.handler, triage, given=given)


def opened(life: Life, day: int, inquiry: Inquiry) -> Story:
    """Tell how terms were set, an investigator found, and the respondent told."""
    yield life.on(day, "18:40")
    allegation = NewAllegation(life.party(), inquiry.clause, inquiry.account)
    due_on = today() + timedelta(days=35)
    terms = Terms((allegation,), inquiry.questions, "balance", due_on)
    life.do(life.handler, set_terms, terms=terms)
    yield life.on(day + 1, "09:15")
    life.appoints("investigator", Capacity.INVESTIGATOR)
    yield life.on(day + 1, "20:10")
    life.meets("investigator")
    yield life.on(day + 2, "17:50")
    life.do(life.handler, open_investigation)
    yield life.on(day + 3, "10:30")
    notice = NoticeServed(life.party(), today(), inquiry.notice)
    life.do("investigator", serve_notice, notice=notice)


def gathered(life: Life, day: int, inquiry: Inquiry) -> Story:
    """Tell how evidence for and against was added."""
    for place, item in enumerate(inquiry.items):
        yield life.on(day + place, "19:25")
        evidence = NewEvidence(item.title, item.bearing, item.text)
        if item.file:
            life.adds_file("investigator", evidence, item.file)
        else:
            life.do("investigator", add_evidence, evidence=evidence)


def heard(life: Life, day: int, inquiry: Inquiry) -> Story:
    """Tell what the respondent answered, or that nothing came."""
    yield life.on(day, "11:40")
    if inquiry.reply:
        reply = ReplyReceived(life.party(), today(), inquiry.reply)
        life.do("investigator", record_reply, reply=reply)
    else:
        tried = "The notice went by post and by e-mail. Two reminders, and a call with no answer."
        no_reply = NoReply(life.party(), tried)
        life.do("investigator", record_no_reply, no_reply=no_reply)


def reported(life: Life, day: int, inquiry: Inquiry) -> Story:
    """Tell how the investigator weighed everything and locked the report."""
    yield life.on(day, "20:15")
    life.reads("investigator")
    for item in life.unconsidered():
        life.do("investigator", consider, evidence_id=item)
    yield life.on(day + 2, "21:05")
    answers = tuple(
        CaseToAnswer(one, to_answer=True, why=inquiry.why) for one in life.allegations()
    )
    report = Report(inquiry.facts, inquiry.analysis, inquiry.searched, answers)
    life.do("investigator", lock_report, report=report)


def investigated(
    life: Life, inquiry: Inquiry, *, opens: int, gathers: int, hears: int, reports: int
) -> Story:
    """Tell a whole investigation by the days of its steps, where nothing else comes between."""
    yield from opened(life, opens, inquiry)
    yield from gathered(life, gathers, inquiry)
    yield from heard(life, hears, inquiry)
    yield from reported(life, reports, inquiry)


def decided(life: Life, day: int, judgment: Judgment) -> Story:
    """Tell who decided, and what."""
    yield life.on(day, "09:05")
    life.appoints("decider", Capacity.DECISION_MAKER)
    yield life.on(day + 1, "18:30")
    life.meets("decider")
    yield life.on(day + 3, "19:45")
    findings = tuple(
        FindingGiven(one, judgment.result, "balance", judgment.reasons)
        for one in life.allegations()
    )
    ordered = tuple(_ordered(life, one) for one in judgment.follows)
    life.do("decider", decide, decision=Decision(findings, ordered))


def told(life: Life, day: int, judgment: Judgment) -> Story:
    """Tell how both sides heard of it on the same day."""
    yield life.on(day, "16:30")
    letters = (LetterTo(life.party(), judgment.letter),)
    life.do(life.handler, tell_both_sides, told=BothSidesTold(letters, judgment.feedback))


def began_carrying_out(life: Life, day: int) -> Story:
    """Tell how the handler went on to what follows."""
    yield life.on(day, "17:35")
    life.do(life.handler, begin_carrying_out)


def proven(life: Life, day: int, *proofs: str) -> Story:
    """Tell how one outcome after the other was carried out."""
    for place, proof in enumerate(proofs):
        yield life.on(day + 2 * place, "18:20")
        outcome = life.world.db.get_one(Outcome, life.open_outcomes()[0])
        if outcome.hours:
            spent = HoursSpent(outcome.id, today(), 60 * outcome.hours, proof)
            life.do(life.handler, record_hours, spent=spent)
        life.do(life.handler, prove_outcome, proven=OutcomeProven(outcome.id, proof))


def kept(life: Life, day: int, how: str) -> Story:
    """Tell how what was agreed informally was done."""
    yield life.on(day, "18:20")
    agreed = documents_of(life.world.db, life.case, DocumentKind.AGREEMENT)[0]
    life.do(life.handler, end_agreement, ended=AgreementEnded(agreed.id, done=True, words=how))


def closed(life: Life, day: int, learning: str, retention: str, why: str) -> Story:
    """Tell how the handler tidied up, and a second person agreed to close."""
    yield life.on(day, "18:00")
    life.reads(life.handler)
    life.do(life.handler, note_learning, text=learning)
    life.do(life.handler, choose_retention, chosen=retention)
    yield life.on(day, "18:50")
    draft = draft_audit_copy(life.world.db, life.case, life.keys(life.handler))
    life.do(life.handler, keep_audit_copy, copy=CheckedCopy(draft))
    life.do(life.handler, propose_closure, reason=Reason(why))
    yield life.on(day + 1, "20:30")
    life.reads(second_of(life))
    life.do(second_of(life), agree_closure)


def second_of(life: Life) -> str:
    """Return who agrees beside the handler: the alternate."""
    return "outside" if life.handler == "chair" else "chair"


def _ordered(life: Life, given: Follows) -> OutcomeOrdered:
    return OutcomeOrdered(
        given.kind,
        given.what,
        given.owner,
        today() + timedelta(days=given.days),
        life.party() if given.about_respondent else None,
        given.hours,
    )
