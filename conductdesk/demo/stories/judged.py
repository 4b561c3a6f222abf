"""Formal cases that were decided: told, appealed, and carried out after an appeal."""

from __future__ import annotations

from conductdesk.cases.actions.appealing import lodge_appeal
from conductdesk.cases.actions.measuring import impose_measure, measures_in_force, review_measure
from conductdesk.cases.acts import (
    AppealLodged,
    GroundGiven,
    Side,
)
from conductdesk.cases.closing_acts import MeasureImposed, MeasureReview
from conductdesk.cases.concern import Concern, Identity, Mode, Part, PersonNamed
from conductdesk.cases.days import today
from conductdesk.cases.needs import Route
from conductdesk.demo.course import (
    Follows,
    Inquiry,
    Item,
    Judgment,
    a_triage,
    decided,
    gathered,
    heard,
    investigated,
    opened,
    reported,
    taken_up,
    told,
    triaged,
)
from conductdesk.demo.life import Life
from conductdesk.demo.papers import photograph, text_file
from conductdesk.demo.schedule import Story
from conductdesk.demo.world import World
from conductdesk.policy import Capacity


def stories(world: World) -> list[Story]:
    """Return the stories of what was decided."""
    return [_credit(world), _shouting(world)]


CREDIT = Inquiry(
    clause="5",
    account="Presented the mentee’s study as his own to the committee.",
    questions="Whose work is the study? Was it agreed that he presents it?",
    notice=(
        "It is said that you presented a study of your mentee’s to the committee as your own. "
        "That would go against clause 5. You may answer within ten working days."
    ),
    reply="We did it together. I gave the idea and most of the sources. I ought to have said so.",
    items=(
        Item(
            "Draft with dates",
            "for",
            "The mentee’s drafts, from a month earlier.",
            text_file("drafts.txt", "2 May  first outline", "9 May  second draft", "30 May  sent"),
        ),
        Item("Letters between the two", "against", "He sent a list of sources in April."),
    ),
    facts="The text is hers. The sources are for the most part his. The talk named him alone.",
    analysis="It was joint work, of which the larger part was hers; he let it pass as his.",
    searched="All letters between the two, and the committee’s own papers.",
    why="He says himself that her name was missing.",
)


def _credit(world: World) -> Story:
    """Decided, and both sides told: the time to appeal runs."""
    life = Life(world, 76)
    concern = Concern(
        kind="concern",
        mode=Mode.NAMED,
        account=(
            "He gave a talk on my study to the committee. My name was on none of the slides. When "
            "I asked he said that mentees profit from their mentors’ names."
        ),
        happened="At the June meeting",
        people=(PersonNamed("Roderick Plumtree", Part.RESPONDENT),),
        sharing="Everything.",
        wish="My name on my work, said in front of the same people",
        identity=Identity("Wilhelmina Darkwater", "wilhelmina@reporters.example"),
    )
    hello = "Thank you. Please keep every draft as it is, with its date. I shall ask for them soon."
    yield from taken_up(life, concern, hello)
    yield from triaged(life, 5, a_triage(Route.FORMAL, "It is disputed, and can be looked into."))
    yield from investigated(life, CREDIT, opens=9, gathers=16, hears=25, reports=44)
    judgment = Judgment(
        "partly_upheld",
        "The text is hers, and he let it pass as his. The sources were a real part of it.",
        "The allegation was upheld in part. You correct it at the next meeting. You may appeal "
        "within ten working days.",
        "It was found that the text is yours, and that he ought to have said so. He puts it right "
        "in front of the same people. He has the right to appeal; I shall tell you if he does.",
        (
            Follows("apology", "Corrects it at the next meeting, by name.", "The respondent", 30),
            Follows("advice", "A conversation about joint work.", "The chair", 21),
        ),
    )
    yield from decided(life, 66, judgment)
    yield from told(life, 71, judgment)


SHOUTING = Inquiry(
    clause="1",
    account="Shouted at two mentees in front of the group, and called one of them stupid.",
    questions="What was said, how loud, and what came before?",
    notice=(
        "It is said that at the workshop you shouted at two mentees and called one of them stupid. "
        "That would go against clause 1. You may answer within ten working days."
    ),
    reply="I raised my voice once. I was ill. I did not call anybody stupid.",
    items=(
        Item("Three who were there", "for", "All three heard the word."),
        Item(
            "The other mentee",
            "against",
            "She heard him shout, but not that word.",
        ),
        Item(
            "Notes made the same evening",
            "for",
            "A photograph of a page in a notebook.",
            photograph("notebook.jpg", "Workshop. He shouted again.", "The word was: stupid."),
        ),
    ),
    facts="He shouted at two people. Three of four heard the word.",
    analysis="It was not the first time: two older complaints had been settled by talking.",
    searched="The other mentee and the caretaker were asked.",
    why="Three people say so, and one wrote it down that evening.",
)


def _shouting(world: World) -> Story:
    """Decided on removal, and appealed: nothing takes effect until the appeal ends."""
    life = Life(world, 98)
    concern = Concern(
        kind="concern",
        mode=Mode.CONFIDENTIAL,
        account=(
            "Our mentor shouted at Finn and me in front of the whole workshop and called Finn "
            "stupid. It is the third time this year. Finn has not come back since."
        ),
        happened="At the workshop, and twice in spring",
        people=(
            PersonNamed("Mortimer Gravelstone", Part.RESPONDENT),
            PersonNamed("Finnegan Overbury", Part.AFFECTED),
        ),
        sharing="You may ask those who were there.",
        wish="That he does not do this to the next ones",
        identity=Identity("Beatrix Hollowell", "beatrix@reporters.example"),
    )
    hello = "Thank you, also on behalf of Finn. You were right to write down the day and the room."
    yield from taken_up(life, concern, hello)
    given = a_triage(Route.FORMAL, "It is the third time, with witnesses.", severity="high")
    yield from triaged(life, 4, given)
    yield life.on(5, "18:10")
    measure = MeasureImposed(
        "He leads no workshop while this is open.",
        "The next one is in two weeks, with the same people.",
        "Another mentor beside him; there was none in time.",
    )
    life.do("liaison", impose_measure, measure=measure)
    yield from opened(life, 8, SHOUTING)
    yield from gathered(life, 15, SHOUTING)
    yield from _measure_goes_on(life, 19)
    yield from heard(life, 24, SHOUTING)
    yield from _measure_goes_on(life, 33)
    yield from reported(life, 42, SHOUTING)
    yield from _measure_goes_on(life, 46)
    judgment = Judgment(
        "upheld",
        "Three of four heard it, one wrote it down that evening, and it was the third time.",
        "The allegation was upheld. You are removed from the scheme, subject to appeal: it does "
        "not take effect before the time to appeal, or an appeal, has ended.",
        "What you described was found to be so. What follows takes effect when the time to appeal "
        "is over. Until then he leads no workshop.",
        (
            Follows("removal", "Leaves the scheme as a mentor.", "The chair", 14),
            Follows("apology", "Writes to both of them.", "The respondent", 28),
        ),
    )
    yield from decided(life, 58, judgment)
    yield from _measure_goes_on(life, 62)
    yield from told(life, 64, judgment)
    grounds = (
        GroundGiven("The procedure was not followed", "One who was there was never asked."),
        GroundGiven("The outcome is out of proportion", "A warning would have been enough."),
    )
    yield from appealed(life, 75, *grounds)
    yield from _measure_goes_on(life, 79)
    yield from _measure_goes_on(life, 92)


def appealed(life: Life, day: int, *grounds: GroundGiven) -> Story:
    """Tell how the respondent appealed, and who hears it."""
    yield life.on(day, "10:05")
    life.do("liaison", lodge_appeal, appeal=AppealLodged(Side.RESPONDENT, today(), grounds))
    yield life.on(day + 1, "17:30")
    life.appoints("appeals", Capacity.APPEAL_BODY)
    yield life.on(day + 3, "20:20")
    life.meets("appeals")


def _measure_goes_on(life: Life, day: int) -> Story:
    yield life.on(day, "18:45")
    measure = measures_in_force(life.world.db, life.case)[0]
    review = MeasureReview(measure.id, "The same people still meet every two weeks.")
    life.do(life.handler, review_measure, review=review)
