"""Short cases that are closed, and one whose time to be kept is over: destroyed."""

from __future__ import annotations

import secrets

from conductdesk.cases.actions.closing import give_feedback, withhold_feedback
from conductdesk.cases.actions.destroying import agree_destruction, propose_destruction
from conductdesk.cases.actions.settling import record_agreement
from conductdesk.cases.closing_acts import Agreement, Reason
from conductdesk.cases.concern import Concern, Identity, Mode, Part, PersonNamed
from conductdesk.cases.days import today
from conductdesk.cases.needs import Route
from conductdesk.demo.course import a_triage, began_carrying_out, closed, kept, taken_up, triaged
from conductdesk.demo.life import Life
from conductdesk.demo.schedule import Story
from conductdesk.demo.world import World
from conductdesk.review.actions.reviewing import note_review


def stories(world: World) -> list[Story]:
    """Return the stories of short cases that are over."""
    return [_kept_its_time(world), _how_to_end(world), _so_that_you_know(world), _elsewhere(world)]


def _kept_its_time(world: World) -> Story:
    """Closed more than a year ago, and destroyed by two people: the tombstone stays in the log."""
    life = Life(world, 470)
    concern = Concern(
        kind="concern",
        mode=Mode.ANONYMOUS,
        account="The newsletter named the wrong day for the summer meeting, and nobody corrected it.",
        happened="Last month",
        sharing="Everything.",
        wish="A correction",
    )
    hello = "Thank you. That is for the editor and not for this desk; I have passed it on."
    yield from taken_up(life, concern, hello)
    given = a_triage(
        Route.OUT_OF_SCOPE,
        "It is not about anybody’s conduct.",
        severity="low",
        because="Nobody was hurt.",
    )
    yield from triaged(life, 4, given)
    yield from began_carrying_out(life, 5)
    yield life.on(6, "18:00")
    life.do("liaison", give_feedback, text="The correction is in the next newsletter. Thank you.")
    yield from closed(life, 7, "Say on the first page what this desk is for.", "no_breach", "Done.")
    yield life.on(380, "18:15")
    life.reads("liaison")
    life.do("liaison", propose_destruction, reason=Reason("It was to be kept for one year."))
    yield life.on(382, "20:05")
    life.reads("chair")
    life.do("chair", agree_destruction)


def _how_to_end(world: World) -> Story:
    """Advice that was given, and closed."""
    life = Life(world, 88)
    concern = Concern(
        kind="concern",
        mode=Mode.NAMED,
        account="We have reached the end of our year and I do not know how to end it well.",
        happened="Now",
        sharing="Nothing to share.",
        wish="A few words of advice",
        identity=Identity("Gideon Partridge", "gideon@reporters.example"),
    )
    hello = "Thank you. There is a clause for that (11), and a page with questions to end with."
    yield from taken_up(life, concern, hello)
    given = a_triage(
        Route.ADVICE, "He asks for advice.", severity="low", because="Nothing happened."
    )
    yield from triaged(life, 3, given)
    yield from began_carrying_out(life, 4)
    yield life.on(8, "17:00")
    life.do("liaison", give_feedback, text="We spoke, and you have the questions. Good luck.")
    learned = "Put the questions to end with on the scheme’s own pages."
    yield from closed(life, 10, learned, "no_breach", "The advice was given.")
    yield life.on(40, "15:00")
    life.do("auditor", note_review, sign_in=secrets.token_bytes(32))


def _so_that_you_know(world: World) -> Story:
    """A low-level matter, settled and closed."""
    life = Life(world, 69)
    concern = Concern(
        kind="concern",
        mode=Mode.NAMED,
        account=(
            "My mentee shared my telephone number with two friends. She has apologised and asked "
            "them to delete it. I only want you to know, in case that it happens again."
        ),
        happened="Two weeks ago",
        people=(PersonNamed("Tabitha Quickthorn", Part.RESPONDENT),),
        sharing="She knows that I am writing this.",
        wish="Nothing more",
        identity=Identity("Cornelius Ashdown", "cornelius@reporters.example"),
    )
    hello = "Thank you both: that is how it should be done. I keep it as a note, and no more."
    yield from taken_up(life, concern, hello)
    given = a_triage(
        Route.INFORMAL,
        "It is settled between the two; it remains to write it down.",
        severity="low",
        because="Put right at once.",
    )
    yield from triaged(life, 3, given)
    yield life.on(5, "18:00")
    life.do(
        "liaison",
        record_agreement,
        agreement=Agreement(
            "The number is deleted. She asks before she passes anything on.",
            "The mentee",
            today(),
            "Both wrote so, in the same message.",
        ),
    )
    yield from began_carrying_out(life, 6)
    yield life.on(7, "18:00")
    life.do("liaison", give_feedback, text="It is noted, and nothing more follows.")
    yield from kept(life, 8, "She wrote that the number is deleted, and he thanked her.")
    learned = "Nothing beyond the case: both did what the code asks for."
    yield from closed(life, 9, learned, "minor", "It was settled before it came to us.")


def _elsewhere(world: World) -> Story:
    """Out of scope, and the reporter could not be told, because they asked not to be written to."""
    life = Life(world, 57)
    concern = Concern(
        kind="concern",
        mode=Mode.ANONYMOUS,
        account="My landlord takes part in your scheme and does not mend the heating.",
        happened="Since October",
        people=(PersonNamed("Ebenezer Coldharbour", Part.RESPONDENT),),
        sharing="Do as you like. Please do not write to me, I shall not look in again.",
        wish="A warm flat",
    )
    hello = "We cannot help with a flat; the council’s housing office can. We keep this short."
    yield from taken_up(life, concern, hello)
    given = a_triage(
        Route.OUT_OF_SCOPE,
        "It has nothing to do with the mentoring.",
        severity="low",
        because="No clause speaks of it.",
    )
    yield from triaged(life, 4, given)
    yield from began_carrying_out(life, 5)
    yield life.on(6, "18:00")
    reason = Reason("The reporter asked us not to write, and does not look in again.")
    life.do("liaison", withhold_feedback, reason=reason)
    learned = "Name the places to turn to for what is not ours."
    yield from closed(life, 7, learned, "no_breach", "Not for this desk.")
