"""Cases that are settled by talking: informal, carrying out, and one that somebody stepped away from."""

from __future__ import annotations

from datetime import timedelta

from conductdesk.cases.actions.rerouting import recuse
from conductdesk.cases.actions.settling import record_agreement
from conductdesk.cases.actions.writing import acknowledge, write_to_reporter
from conductdesk.cases.closing_acts import Agreement
from conductdesk.cases.concern import Concern, Identity, Mode, Part, PersonNamed
from conductdesk.cases.days import today
from conductdesk.cases.needs import Route
from conductdesk.demo.course import a_triage, began_carrying_out, taken_up, triaged
from conductdesk.demo.life import Life
from conductdesk.demo.schedule import Story
from conductdesk.demo.world import World


def stories(world: World) -> list[Story]:
    """Return the stories that are settled by talking."""
    return [_borrowed_words(world), _late_again(world), _stepped_away(world)]


def _borrowed_words(world: World) -> Story:
    """Informal: agreed, and due in some days."""
    life = Life(world, 26)
    concern = Concern(
        kind="concern",
        mode=Mode.NAMED,
        account=(
            "My mentor answers for me. In meetings with my manager, to which I had asked him to "
            "come along, he speaks before I can, and twice promised things in my name."
        ),
        happened="Two meetings, in the spring and last month",
        people=(PersonNamed("Thaddeus Wetherby", Part.RESPONDENT),),
        sharing="You may tell him that it comes from me.",
        wish="That he lets me speak. Otherwise he is a good mentor.",
        identity=Identity("Jemima Cloverdale", "jemima@reporters.example", "Mornings"),
    )
    hello = "Thank you. That is easy to say and hard to live with. I would like to speak with both."
    yield from taken_up(life, concern, hello)
    given = a_triage(
        Route.INFORMAL,
        "She wants to keep him as her mentor, and both are willing to talk.",
        severity="low",
        because="It was well meant, and can be mended.",
    )
    yield from triaged(life, 5, given)
    yield life.on(11, "18:00")
    life.do(
        "liaison",
        record_agreement,
        agreement=Agreement(
            what="She opens every meeting; he speaks when she asks him to, and promises nothing.",
            who="Both. The liaison officer asks each of them after the next two meetings.",
            by_when=today() + timedelta(days=24),
            consent="Each of them said yes on the telephone, and again by e-mail.",
        ),
    )
    yield life.on(12, "17:20")
    life.do(
        "liaison",
        write_to_reporter,
        text="It is agreed as you wished. I ask you both again after the next two meetings.",
    )


def _late_again(world: World) -> Story:
    """Carrying out what was agreed."""
    life = Life(world, 41)
    concern = Concern(
        kind="concern",
        mode=Mode.NAMED,
        account=(
            "My mentee comes late or not at all, five times now, and does not write. I keep my "
            "evenings free. I do not want her to be punished. I want my evenings back."
        ),
        happened="From the second session on",
        people=(PersonNamed("Araminta Dewsbury", Part.RESPONDENT),),
        sharing="Everything.",
        wish="A clear word, or another mentee",
        identity=Identity("Lancelot Puddifoot", "lancelot@reporters.example"),
    )
    hello = "Thank you for saying it before it grew into anger. I shall ask her how she sees it."
    yield from taken_up(life, concern, hello)
    given = a_triage(
        Route.INFORMAL,
        "Both want to go on. It is about time that was agreed and not kept (clause 9).",
        severity="low",
        because="A nuisance, and nobody was hurt.",
    )
    yield from triaged(life, 5, given)
    yield life.on(13, "18:00")
    life.do(
        "liaison",
        record_agreement,
        agreement=Agreement(
            what="One session in three weeks, on Thursdays. Whoever cannot come writes the day before.",
            who="Both of them",
            by_when=today() + timedelta(days=40),
            consent="Both wrote that they agree.",
        ),
    )
    yield from began_carrying_out(life, 15)


def _stepped_away(world: World) -> Story:
    """The liaison officer saw the names and stepped away; the chair took over."""
    life = Life(world, 33)
    yield life.on(0, "09:30")
    life.begins(
        Concern(
            kind="concern",
            mode=Mode.CONFIDENTIAL,
            account=(
                "He forwarded my message, in which I wrote about my illness, to the whole triad "
                "with the words “so that we all know”. I had not agreed to that."
            ),
            happened="Last week",
            people=(PersonNamed("Evander Brackenthwaite", Part.RESPONDENT),),
            sharing="You may show him the message. He has it anyway.",
            wish="That he asks next time. And that it is deleted.",
            identity=Identity("Philomena Starkey", "philomena@reporters.example"),
        )
    )
    yield life.on(1, "12:20")
    life.meets("chair")
    yield life.on(1, "19:00")
    life.do("liaison", recuse)
    life.handler = "chair"
    yield life.on(2, "08:30")
    life.reads("chair")
    life.do("chair", acknowledge, text="Thank you. I am the chair, and I look after this myself.")
    yield life.on(2, "21:00")
    life.meets("outside")
    given = a_triage(
        Route.INFORMAL,
        "He says at once that it was wrong, and wants to put it right.",
        because="An illness was made known without consent (clauses 2 and 14).",
    )
    yield from triaged(life, 6, given)
    yield life.on(9, "18:10")
    life.do(
        "chair",
        record_agreement,
        agreement=Agreement(
            what="He asks the others to delete the message, and apologises in writing.",
            who="The respondent; the chair checks with each of them",
            by_when=today() + timedelta(days=21),
            consent="Both agreed in separate calls with the chair.",
        ),
    )
