"""Cases that went another way: the liaison officer is named, somebody outside takes part."""

from __future__ import annotations

from conductdesk.cases.actions.corresponding import write_as_reporter
from conductdesk.cases.actions.rerouting import find_conflict
from conductdesk.cases.actions.writing import write_to_reporter
from conductdesk.cases.concern import Concern, Identity, Mode, Part, PersonNamed
from conductdesk.cases.needs import Route
from conductdesk.demo.course import Inquiry, Item, a_triage, gathered, opened, taken_up, triaged
from conductdesk.demo.life import Life
from conductdesk.demo.schedule import Story
from conductdesk.demo.world import World
from conductdesk.people.models import Account


def stories(world: World) -> list[Story]:
    """Return the stories of unusual routes."""
    return [_liaison_is_named(world), _asked_for_somebody_outside(world)]


ANSWERED_FOR_HER = Inquiry(
    clause="14",
    account="Kept a concern that was sent to her for seven weeks, and told the person it was about.",
    questions="When did it come, who was told of it, and when?",
    notice=(
        "It is said that you left a concern unanswered for seven weeks, and spoke of it with the "
        "person whom it was about. That would go against clause 14. You may answer in ten days."
    ),
    reply="",
    items=(
        Item("The first letter, with its date", "for", "Sent seven weeks before any answer."),
        Item("The calendar of the office", "against", "Three of those weeks were sick leave."),
    ),
    facts="",
    analysis="",
    searched="",
    why="",
)


def _liaison_is_named(world: World) -> Story:
    """The liaison officer is named: the chair is in charge, and she cannot see that it exists."""
    life = Life(world, 29, handler="chair")
    concern = Concern(
        kind="concern",
        mode=Mode.NAMED,
        account=(
            "Before this page existed I wrote to the mentoring liaison officer about my mentor. "
            "For seven weeks nothing came. Then my mentor told me that she had “had a word” with "
            "him, and knew what was in my letter, line by line."
        ),
        happened="In the summer",
        people=(PersonNamed("Isolde Brackenthwaite", Part.RESPONDENT, ("liaison",)),),
        sharing="With the chair, and with nobody who works with her.",
        wish="That letters to that desk stay at that desk",
        identity=Identity("Evangeline Foxcombe", "evangeline@reporters.example"),
    )
    hello = (
        "Thank you for writing although the last time went wrong. I am the chair. The liaison "
        "officer has not received this and cannot see it."
    )
    yield from taken_up(life, concern, hello, ("outside",))
    given = a_triage(
        Route.FORMAL,
        "It is about the very thing that people must be able to rely on.",
        severity="high",
        because="Whoever hears of it will think twice before they write.",
    )
    yield from triaged(life, 5, given)
    yield from opened(life, 8, ANSWERED_FOR_HER)
    yield from gathered(life, 15, ANSWERED_FOR_HER)
    yield life.on(20, "18:50")
    life.do("chair", write_to_reporter, text="She has until next week to answer. I shall write.")
    yield life.on(21, "21:15")
    life.tell(write_as_reporter, text="Thank you. This time it feels different.")


def _asked_for_somebody_outside(world: World) -> Story:
    """The reporter asked for the contact outside; an interest of one officer was found later."""
    life = Life(world, 37)
    concern = Concern(
        kind="concern",
        mode=Mode.CONFIDENTIAL,
        account=(
            "A member of the committee decides about travel money and gives it to the same three "
            "people every year. All of them are in the triad that she leads."
        ),
        happened="Three years in a row",
        people=(
            PersonNamed("Georgette Millhaven", Part.RESPONDENT),
            PersonNamed("Ulysses Barnstaple", Part.WITNESS),
        ),
        sharing="The lists are public. My name is not.",
        wish="Clear rules, and somebody from outside who looks at it",
        wants_outside=True,
        identity=Identity("Marguerite Swallowfield", "marguerite@reporters.example"),
    )
    hello = "Thank you. The contact outside takes part from the start, as you asked."
    yield from taken_up(life, concern, hello, ("chair", "outside"))
    yield life.on(4, "18:00")
    chair = life.world.db.get_one(Account, life.world.members["chair"].account_id)
    life.do("liaison", find_conflict, leaving=chair)
    given = a_triage(Route.FORMAL, "Somebody from outside is to look at it, with the lists.")
    yield from triaged(life, 5, given)
    yield life.on(8, "17:45")
    text = "The chair takes no part in this: an interest was found, and has been put on record."
    life.do("liaison", write_to_reporter, text=text)
