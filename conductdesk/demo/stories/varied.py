"""A formal case that was appealed, varied, and is being carried out."""

from __future__ import annotations

from datetime import timedelta

from conductdesk.cases.actions.appealing import conclude_appeal
from conductdesk.cases.acts import (
    AppealConcluded,
    AppealResult,
    GroundAnswered,
    GroundGiven,
    OutcomeOrdered,
)
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
    investigated,
    proven,
    taken_up,
    told,
    triaged,
)
from conductdesk.demo.life import Life
from conductdesk.demo.papers import text_file
from conductdesk.demo.schedule import Story
from conductdesk.demo.stories.judged import appealed
from conductdesk.demo.world import World


def stories(world: World) -> list[Story]:
    """Return the story of an appeal that changed something."""
    return [_letters(world)]


LETTERS = Inquiry(
    clause="9",
    account="Wrote to the mentee several times a day and at night, after being asked to stop.",
    questions="How many letters, when, and after which request?",
    notice=(
        "It is said that you went on writing to your mentee several times a day, and at night, "
        "after she had asked you to stop. You may answer within ten working days."
    ),
    reply="I was worried about her. I did not count. I have stopped now.",
    items=(
        Item(
            "List of letters with times",
            "for",
            "113 in five weeks, 41 of them after ten at night.",
            text_file("list.txt", "Week 1: 19", "Week 2: 22", "Week 3: 31", "Week 4: 41"),
        ),
        Item("Her request to stop", "for", "Polite and clear, in the second week."),
        Item("Two letters of thanks", "against", "From the first week, before the request."),
    ),
    facts="113 letters in five weeks, 82 of them after her request.",
    analysis="He had a reason to worry once. It does not carry five weeks.",
    searched="All her letters were read, among them two that thank him.",
    why="The number is not disputed.",
)


def _letters(world: World) -> Story:
    """Appealed, varied, and being carried out: the retraining has a way to go."""
    life = Life(world, 140)
    concern = Concern(
        kind="concern",
        mode=Mode.NAMED,
        account=(
            "My mentor writes to me all day and at night. I asked him to stop. He writes that he "
            "means well, and then he writes again. I sleep badly."
        ),
        happened="For five weeks",
        people=(PersonNamed("Algernon Thripp", Part.RESPONDENT),),
        sharing="Everything. I will show you all the letters.",
        wish="That it stops today. Another mentor later, perhaps.",
        identity=Identity("Cressida Longmeadow", "cressida@reporters.example", "Daytime only"),
    )
    hello = "Thank you. You need not answer him. I have asked him today not to write to you."
    yield from taken_up(life, concern, hello)
    given = a_triage(Route.FORMAL, "She asked him to stop, in writing.", severity="high")
    yield from triaged(life, 3, given)
    yield from investigated(life, LETTERS, opens=6, gathers=12, hears=21, reports=34)
    judgment = Judgment(
        "upheld",
        "82 letters after a clear request are not a slip.",
        "The allegation was upheld: a warning, and ten hours of training. You may appeal.",
        "What you described was found to be so. He is warned, and learns where the limits are.",
        (
            Follows("warning", "A written warning, for two years.", "The chair", 21),
            Follows("retraining", "Ten hours on limits in mentoring.", "The respondent", 60, 10),
        ),
    )
    yield from decided(life, 48, judgment)
    yield from told(life, 54, judgment)
    yield from _appeal_varies(life, 62)
    yield from proven(life, 112, "Sent by registered post; the receipt is with the chair.")


def _appeal_varies(life: Life, day: int) -> Story:
    """Tell how the appeal body kept the finding, and asked for less."""
    ground = "The outcome is out of proportion"
    why = "Ten hours and a warning are two punishments for one thing."
    yield from appealed(life, day, GroundGiven(ground, why))
    yield life.on(day + 20, "19:10")
    life.do(
        "appeals",
        conclude_appeal,
        conclusion=AppealConcluded(
            AppealResult.VARIED,
            (GroundAnswered(ground, accepted=True, reasons="Six hours reach the same aim."),),
            set_aside=frozenset(life.open_outcomes()[1:]),
            outcomes=(_six_hours(life),),
        ),
    )


def _six_hours(life: Life) -> OutcomeOrdered:
    return OutcomeOrdered(
        "retraining",
        "Six hours on limits in mentoring.",
        "The respondent",
        today() + timedelta(days=75),
        life.party(),
        6,
    )
