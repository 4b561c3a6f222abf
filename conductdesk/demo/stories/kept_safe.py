"""Safeguarding: a case that is on hold for the agencies, and one that was referred and closed."""

from __future__ import annotations

from sqlalchemy import select

from conductdesk.cases.actions.closing import give_feedback
from conductdesk.cases.actions.corresponding import write_as_reporter
from conductdesk.cases.actions.following_up import start_aftercare
from conductdesk.cases.actions.holding import begin_hold, end_hold
from conductdesk.cases.actions.referring import record_answer, record_override, refer
from conductdesk.cases.actions.writing import write_to_reporter
from conductdesk.cases.closing_acts import (
    Hold,
    HoldBegun,
    HoldEnded,
    OverrideMade,
    ReferralAnswer,
    ReferralMade,
)
from conductdesk.cases.concern import Answer, Concern, Identity, Mode, Part, PersonNamed
from conductdesk.cases.days import today
from conductdesk.cases.models import Referral
from conductdesk.cases.needs import Route
from conductdesk.demo.course import (
    a_triage,
    began_carrying_out,
    closed,
    taken_up,
    triaged,
)
from conductdesk.demo.life import Life
from conductdesk.demo.schedule import Story
from conductdesk.demo.world import World


def stories(world: World) -> list[Story]:
    """Return the stories in which somebody was to be kept safe."""
    return [_on_hold(world), _referred(world)]


def _on_hold(world: World) -> Story:
    """Triaged, and on hold: no notice is served before the agencies’ advice is on record."""
    life = Life(world, 22)
    concern = Concern(
        kind="safeguarding",
        mode=Mode.NAMED,
        account=(
            "I am a mentor. My mentee’s sister, who is sixteen, helps at our open evenings. One of "
            "the other mentors writes to her late at night and has asked her not to tell anybody. "
            "She showed it to my mentee, and my mentee told me."
        ),
        happened="For about three weeks",
        danger_now=Answer.NOT_SURE,
        at_risk=Answer.YES,
        people=(
            PersonNamed("Jasper Ravensworth", Part.RESPONDENT),
            PersonNamed("Imogen Sallowfield", Part.AFFECTED),
        ),
        sharing="Whatever is needed to keep her safe. Her parents do not know yet.",
        wish="That she is safe, and that nobody warns him",
        identity=Identity("Alistair Fernsby", "alistair@reporters.example", "Any time"),
    )
    hello = (
        "Thank you. You did exactly what was needed. Please do not speak with him, and keep what "
        "you were shown. The safeguarding lead has it, and acts today."
    )
    yield from taken_up(life, concern, hello, ("safeguarding", "chair"))
    given = a_triage(
        Route.FORMAL,
        "A child is concerned, and a mentor. The agencies come first.",
        risk=Answer.YES,
        crime=Answer.NOT_SURE,
        severity="high",
        because="An adult asks a child to keep a secret.",
    )
    yield from triaged(life, 2, given)
    yield life.on(3, "09:20")
    hold = HoldBegun(Hold.SAFEGUARDING, "He must not learn of it before the agencies have advised.")
    life.do("safeguarding", begin_hold, hold=hold)
    yield life.on(3, "11:00")
    referral = ReferralMade(
        "The council’s children’s services",
        "What was shown, the names, and how the two know each other.",
        "A child may be at risk of harm.",
        "Her parents were not asked first: the agency is to decide on that.",
        "Taken by telephone, written report sent the same day",
    )
    life.do("safeguarding", refer, referral=referral)
    yield life.on(3, "12:30")
    override = OverrideMade(
        "The reporter’s account, with the names of both",
        "The council’s children’s services",
        "safety",
        "A child may be at risk of serious harm (clause 13).",
        told_on=today(),
    )
    life.do("safeguarding", record_override, override=override)
    yield life.on(9, "19:10")
    life.tell(write_as_reporter, text="She says that he wrote again on Saturday. She is scared.")
    yield life.on(10, "08:40")
    life.reads("liaison")
    life.do(
        "liaison",
        write_to_reporter,
        text="Thank you. It was passed on within the hour. If she is in danger, call 999.",
    )


def _referred(world: World) -> Story:
    """Referred, answered, settled and closed, with its own time to be kept."""
    life = Life(world, 132)
    concern = Concern(
        kind="safeguarding",
        mode=Mode.CONFIDENTIAL,
        account=(
            "My mentee lives with an uncle who takes her wages. She is an adult, but she has a "
            "learning disability and is afraid of him."
        ),
        happened="As long as I know her",
        danger_now=Answer.NO,
        at_risk=Answer.YES,
        people=(PersonNamed("Maribel Stonebridge", Part.AFFECTED),),
        sharing="With people who can help. I have told her that I would ask.",
        wish="Help for her",
        identity=Identity("Silvester Haywood", "silvester@reporters.example"),
    )
    hello = "Thank you. You told her before you told us: that was right. The lead takes it up now."
    yield from taken_up(life, concern, hello, ("safeguarding", "chair"))
    given = a_triage(
        Route.REFERRAL,
        "It is for those who look after adults at risk, not for an inquiry of ours.",
        risk=Answer.YES,
        crime=Answer.NOT_SURE,
        severity="high",
        because="Somebody depends on the person who harms her.",
    )
    yield from triaged(life, 2, given)
    yield from _waits_for_others(life)
    yield from began_carrying_out(life, 28)
    yield life.on(30, "18:00")
    life.do("liaison", give_feedback, text="She has help now, and knows where to call. Thank you.")
    learned = "Keep the number of adult social care where mentors look first."
    yield from closed(life, 33, learned, "safeguarding", "Those who can help do.")
    yield life.on(36, "18:00")
    life.do("liaison", start_aftercare)


def _waits_for_others(life: Life) -> Story:
    """Tell how it was referred, held for the police, and answered."""
    yield life.on(2, "19:40")
    referral = ReferralMade(
        "The council’s adult social care",
        "What the mentor reported, and how to reach her without the uncle.",
        "An adult at risk may be abused (clause 13).",
        "She agreed, with her mentor beside her.",
    )
    life.do("safeguarding", refer, referral=referral)
    yield life.on(4, "10:00")
    hold = HoldBegun(Hold.POLICE, "The police asked us to wait with everything.")
    life.do("safeguarding", begin_hold, hold=hold)
    yield life.on(26, "15:10")
    made = life.world.db.scalars(select(Referral).where(Referral.case_id == life.case_id)).one()
    answer = ReferralAnswer(made.id, "They see her every week. The wages are hers again.", "A-2207")
    life.do("safeguarding", record_answer, answer=answer)
    ended = HoldEnded(Hold.POLICE, "The police have what they need.", "Police", "Go on as usual.")
    life.do("safeguarding", end_hold, hold=ended)
