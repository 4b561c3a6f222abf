"""What came in lately: received, acknowledged, triaged, and one that waits too long."""

from __future__ import annotations

from conductdesk.cases.actions.corresponding import withdraw, write_as_reporter
from conductdesk.cases.actions.investigating import add_note
from conductdesk.cases.actions.writing import write_to_reporter
from conductdesk.cases.concern import Answer, Concern, Identity, Mode, Part, PersonNamed
from conductdesk.cases.needs import Route
from conductdesk.demo.course import a_triage, taken_up, triaged
from conductdesk.demo.life import Life
from conductdesk.demo.schedule import Story
from conductdesk.demo.stories.receipts import Receipts
from conductdesk.demo.world import World


def stories(world: World, receipts: Receipts) -> list[Story]:
    """Return the stories of what came in lately."""
    return [
        _this_morning(world),
        _last_night(world),
        _call_me(world),
        _nobody_answered(world),
        _without_a_name(world, receipts),
        _does_not_want_to_go_on(world),
        _out_of_their_depth(world),
        _wants_another_triad(world),
    ]


def _this_morning(world: World) -> Story:
    """Received less than an hour ago; nobody has opened it."""
    yield world.minutes_ago(40)
    Life(world, 0).begins(
        Concern(
            kind="concern",
            mode=Mode.CONFIDENTIAL,
            account=(
                "In our triad we agreed that each of us gets a third of the time. For two months "
                "all three calls were about Fergus and his new post. When I said so he laughed and "
                "said that I would have something to talk about one day."
            ),
            happened="The last three calls, since September",
            people=(PersonNamed("Fergus Wibberley", Part.RESPONDENT),),
            sharing="You may tell him that it is about the time in our calls.",
            wish="That we start again with the agreement",
            identity=Identity("Sunniva Applegarth", "sunniva@reporters.example", "After six"),
        )
    )


def _last_night(world: World) -> Story:
    """Received last night, with a risk; the safeguarding lead has seen the names."""
    life = Life(world, 1)
    yield life.on(0, "21:40")
    life.begins(
        Concern(
            kind="safeguarding",
            mode=Mode.NAMED,
            account=(
                "My mentee wrote late last night that she cannot see a reason to get up any more. "
                "She answered when I called and says that she is safe tonight, her sister is with "
                "her. I am not trained for this and do not want to do the wrong thing."
            ),
            happened="Last night, and once before, two weeks ago",
            danger_now=Answer.NOT_SURE,
            at_risk=Answer.NOT_SURE,
            people=(PersonNamed("Ottilie Brambleworth", Part.AFFECTED),),
            sharing="Tell her that I asked you. I have told her that I would.",
            wish="Somebody who knows what to do",
            identity=Identity("Hamish Quillfeather", "hamish@reporters.example", "Any time"),
        )
    )
    yield life.on(0, "22:05")
    life.meets("safeguarding")


def _call_me(world: World) -> Story:
    """Somebody who would rather talk."""
    life = Life(world, 4, handler="liaison")
    concern = Concern(
        kind="call_me",
        mode=Mode.CONFIDENTIAL,
        identity=Identity(
            "Perpetua Larkhill", "01632 960 118", "Between 12 and 1, I am at work otherwise"
        ),
    )
    hello = (
        "Thank you for asking us to call. I shall ring you tomorrow at ten past twelve, from a "
        "number that is not shown. If you do not pick up I leave no message, and write here."
    )
    yield from taken_up(life, concern, hello)
    yield life.on(3, "12:20")
    note = "Called at ten past twelve. She wants to think about it, and writes by the weekend."
    life.do("liaison", add_note, text=note)


def _nobody_answered(world: World) -> Story:
    """Received twelve days ago, and still no person has written: overdue."""
    life = Life(world, 12)
    yield life.on(0, "13:05")
    life.begins(
        Concern(
            kind="concern",
            mode=Mode.CONFIDENTIAL,
            account=(
                "My mentor copied two paragraphs of the plan that I had shown her into a proposal "
                "of her own. I saw it by chance, on a shared drive. She does not know that I know."
            ),
            happened="I saw it on the Tuesday before last",
            people=(PersonNamed("Drusilla Penhaligon", Part.RESPONDENT),),
            sharing="Please ask me before you speak with her.",
            wish="To understand how that could happen, and perhaps another mentor",
            identity=Identity("Ignatius Thornbury", "ignatius@reporters.example"),
        )
    )
    yield life.on(2, "18:30")
    life.meets("liaison")


def _without_a_name(world: World, receipts: Receipts) -> Story:
    """Anonymous, acknowledged, and written to and fro."""
    life = Life(world, 16, receipt=receipts.anonymous)
    concern = Concern(
        kind="concern",
        mode=Mode.ANONYMOUS,
        account=(
            "A mentor tells stories about former mentees in the coffee room: who cried, who was "
            "let go, who is expecting a child. No names, but with all the rest one knows who it "
            "is. I take part in the scheme as well and now I say nothing in my own sessions."
        ),
        happened="Nearly every week, for about a year",
        people=(
            PersonNamed("Lysander Crumplehorn", Part.RESPONDENT),
            PersonNamed("Two people at the next table", Part.WITNESS),
        ),
        sharing="Anything that does not show who I am.",
        wish="That it stops",
    )
    hello = (
        "Thank you for writing. You need not tell us who you are. What you describe is something "
        "that the code speaks of (clauses 2 and 14), and I take it seriously. One question: has "
        "he told such things on paper or by mail too, or only by word of mouth?"
    )
    yield from taken_up(life, concern, hello)
    yield life.on(4, "22:10")
    life.tell(
        write_as_reporter,
        text="Only by word of mouth. But he did it at the spring meeting too, in front of ten.",
    )
    yield life.on(5, "18:25")
    life.reads("liaison")
    life.do(
        "liaison",
        write_to_reporter,
        text=(
            "That helps: there may be others who heard it, so that nothing has to come from you. "
            "I shall decide this week how to go on, and write to you here by Friday."
        ),
    )
    yield life.on(12, "23:00")
    life.tell(write_as_reporter, text="Is there any news? He was at it again on Monday.")


def _does_not_want_to_go_on(world: World) -> Story:
    """The reporter withdrew yesterday; somebody has to decide whether to go on."""
    life = Life(world, 8)
    concern = Concern(
        kind="concern",
        mode=Mode.NAMED,
        account=(
            "My mentor calls me on Sundays, although I asked him not to, and is short with me for "
            "days if I do not answer. He says that mentoring is not a job with office hours."
        ),
        happened="Since the beginning of the autumn",
        people=(PersonNamed("Cuthbert Oxenbridge", Part.RESPONDENT),),
        sharing="You may speak with him.",
        wish="Calls in the week, or none",
        identity=Identity("Rosamund Feverfew", "rosamund@reporters.example"),
    )
    hello = "Thank you. I have read all of it. Nobody has to answer calls on a Sunday. More soon."
    yield from taken_up(life, concern, hello)
    yield life.on(7, "20:45")
    life.tell(
        withdraw,
        reason="We talked, and it is better. I would rather that you leave it alone now.",
    )


def _out_of_their_depth(world: World) -> Story:
    """Triaged to advice, and waiting to be carried out."""
    life = Life(world, 10)
    concern = Concern(
        kind="concern",
        mode=Mode.NAMED,
        account=(
            "I mentor somebody who brings her divorce to every session. I listen, but I have "
            "reached the end of what I know how to do (clause 12). She has not done anything "
            "wrong and I would like to keep her name out of it."
        ),
        happened="The last four sessions",
        sharing="There is nothing to share.",
        wish="Advice on how to draw the line kindly",
        identity=Identity("Bartholomew Sedgewick", "bartholomew@reporters.example"),
    )
    hello = "You did right to ask, and without her name. I have an idea, and will write tomorrow."
    yield from taken_up(life, concern, hello)
    given = a_triage(
        Route.ADVICE,
        "A mentor asks for advice, as clause 12 says. There is nobody to investigate.",
        severity="low",
        because="Nobody has done anything wrong.",
    )
    yield from triaged(life, 5, given)


def _wants_another_triad(world: World) -> Story:
    """Triaged to a formal investigation, which nobody has begun yet."""
    life = Life(world, 9)
    concern = Concern(
        kind="concern",
        mode=Mode.CONFIDENTIAL,
        account=(
            "In front of the whole working group my co-mentor said that people with an accent like "
            "mine should write and not speak. Two others laughed. Afterwards he said that I have "
            "no sense of humour."
        ),
        happened="At the meeting in the first week of the month",
        people=(
            PersonNamed("Peregrine Snodsbury", Part.RESPONDENT),
            PersonNamed("Clementine Ashgrove", Part.WITNESS),
        ),
        sharing="Speak with him and with Clementine. Not with my employer.",
        wish="That he hears what that does, and another triad for me",
        identity=Identity("Anselm Winterbourne", "anselm@reporters.example"),
    )
    hello = (
        "Thank you for telling us. What he said goes against the first clause of the code. You can "
        "change your triad at any time without a reason; shall I arrange that at once?"
    )
    yield from taken_up(life, concern, hello)
    given = a_triage(
        Route.FORMAL, "There were witnesses, and he disputes that it matters.", severity="high"
    )
    yield from triaged(life, 6, given)
    yield life.on(7, "07:50")
    life.tell(write_as_reporter, text="Yes please, another triad, as soon as it can be done.")
