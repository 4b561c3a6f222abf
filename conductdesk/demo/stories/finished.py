"""Formal cases that are closed: in aftercare, reopened, and looked at by the auditor."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from conductdesk.cases.actions.corresponding import write_as_reporter
from conductdesk.cases.actions.following_up import start_aftercare
from conductdesk.cases.actions.identifying import reissue_receipt
from conductdesk.cases.actions.linking import (
    BadTreatment,
    answer_no,
    answer_yes,
    report_bad_treatment,
)
from conductdesk.cases.actions.reopening import reopen_case
from conductdesk.cases.actions.writing import acknowledge
from conductdesk.cases.closing_acts import Reason
from conductdesk.cases.concern import Concern, Identity, Mode, Part, PersonNamed
from conductdesk.cases.models import Case
from conductdesk.cases.needs import Route
from conductdesk.demo.course import (
    Follows,
    Inquiry,
    Item,
    Judgment,
    a_triage,
    began_carrying_out,
    closed,
    decided,
    investigated,
    proven,
    taken_up,
    told,
    triaged,
)
from conductdesk.demo.life import Life
from conductdesk.demo.papers import screenshot
from conductdesk.demo.schedule import Story
from conductdesk.demo.world import World
from conductdesk.policy import Capacity
from conductdesk.review.actions.reviewing import note_review
from conductdesk.vault.receipts import Receipt


def stories(world: World) -> list[Story]:
    """Return the stories that came to an end, or nearly."""
    return [_jokes(world), _favours(world), _nothing_found(world)]


JOKES = Inquiry(
    clause="1",
    account="Made jokes about the mentee’s body in a chat of the triad.",
    questions="What was written, by whom, and how did the others answer?",
    notice=(
        "It is said that you made jokes about your mentee’s body in the chat of the triad. That "
        "would go against clause 1. You may answer within ten working days."
    ),
    reply="They were jokes. I did not know that they hurt. I have deleted them.",
    items=(
        Item(
            "Pictures of the chat",
            "for",
            "Four messages on two days.",
            screenshot("chat.png", "A joke that is not one", "Please stop", "Do not be like that"),
        ),
        Item("The third in the triad", "for", "He recalls them, and that she asked him to stop."),
        Item("Earlier messages", "against", "In the first month they joked with each other."),
    ),
    facts="Four messages on two days. She asked him to stop after the first.",
    analysis="After she had asked it was no joke any more.",
    searched="The whole chat, from its first day.",
    why="The messages are there, and so is the request.",
)

JOKES_FOUND = Judgment(
    "upheld",
    "She asked him to stop, and he went on.",
    "The allegation was upheld: a warning, and an apology in writing. You may appeal.",
    "What you described was found to be so. He is warned, and writes to you. If anybody treats "
    "you badly for telling us, say so here: that is a matter of its own.",
    (
        Follows("warning", "A written warning, for two years.", "The chair", 25),
        Follows("apology", "Writes to her.", "The respondent", 25),
    ),
)


def _jokes(world: World) -> Story:
    """Aftercare: two check-ins were answered, the last one is waiting."""
    life = Life(world, 205)
    concern = Concern(
        kind="concern",
        mode=Mode.NAMED,
        account="In our chat he makes jokes about how I look. I asked him to stop. He did not.",
        happened="Twice in one week",
        people=(
            PersonNamed("Basil Uppingham", Part.RESPONDENT),
            PersonNamed("Orlando Tidewell", Part.WITNESS),
        ),
        sharing="Everything.",
        wish="That he stops",
        identity=Identity("Georgiana Merriweather", "georgiana@reporters.example"),
    )
    hello = (
        "Thank you. Please keep the messages. Nobody has to put up with that, here or elsewhere."
    )
    yield from taken_up(life, concern, hello)
    yield from triaged(life, 4, a_triage(Route.FORMAL, "It is there in writing."))
    yield from investigated(life, JOKES, opens=7, gathers=13, hears=20, reports=33)
    yield from decided(life, 44, JOKES_FOUND)
    yield from told(life, 48, JOKES_FOUND)
    yield from began_carrying_out(life, 75)
    yield from proven(life, 76, "Sent by post, and received.", "She has his letter.")
    learned = "Say at the start of a triad what its chat is for, and what it is not for."
    yield from closed(life, 84, learned, "upheld", "Everything that was decided is done.")
    yield life.on(86, "18:10")
    life.do("liaison", start_aftercare)
    yield from _answers_no(life, 108)
    yield from _answers_no(life, 124)
    yield life.on(130, "14:30")
    life.do("auditor", note_review, sign_in=secrets.token_bytes(32))


FAVOURS = Inquiry(
    clause="7",
    account="Recommended his own nephew to the mentee’s employer without saying so.",
    questions="Who recommended whom to whom, and what was said of the relation?",
    notice=(
        "It is said that you recommended your nephew to your mentee’s employer, without naming "
        "the relation. That would go against clause 7. You may answer within ten working days."
    ),
    reply="It is true that he is my nephew. He was the best of those I know.",
    items=(
        Item("The letter", "for", "It does not speak of the relation."),
        Item("The employer’s own list", "against", "He was first on theirs, before the letter."),
    ),
    facts="The letter was written, and the relation was not named.",
    analysis="A conflict of interest is to be named as early as possible, whoever is the best.",
    searched="The employer was asked how they chose.",
    why="The respondent agrees that he did not name it.",
)

FAVOURS_FOUND = Judgment(
    "upheld",
    "The relation ought to have been named. That he was first on the list weighs in his favour.",
    "The allegation was upheld: six hours of training. You may appeal.",
    "What you described was found to be so. He takes a course on conflicts of interest.",
    (Follows("retraining", "Six hours on conflicts of interest.", "The respondent", 40, 6),),
)


def _favours(world: World) -> Story:
    """Aftercare: one check-in was answered with yes, and opened a linked case."""
    life = Life(world, 172)
    concern = Concern(
        kind="concern",
        mode=Mode.CONFIDENTIAL,
        account="He placed his nephew with my employer, through me, and did not tell me who it is.",
        happened="In the winter",
        people=(PersonNamed("Horatio Saltmarsh", Part.RESPONDENT),),
        sharing="Not my name, please.",
        wish="That it is known",
        identity=Identity("Delphine Oakapple", "delphine@reporters.example"),
    )
    hello = "Thank you. I shall look for a way to ask about it that does not point to you."
    yield from taken_up(life, concern, hello)
    yield from triaged(life, 4, a_triage(Route.FORMAL, "It can be looked into without her."))
    yield from investigated(life, FAVOURS, opens=8, gathers=14, hears=22, reports=36)
    yield from decided(life, 47, FAVOURS_FOUND)
    yield life.on(51, "18:00")
    lost = "She rang, and named the day and the words of her first message."
    new = life.do("liaison", reissue_receipt, how_checked=lost)
    life.receipt = new if isinstance(new, Receipt) else life.receipt
    yield from told(life, 52, FAVOURS_FOUND)
    yield from began_carrying_out(life, 74)
    yield from proven(life, 90, "The certificate over six hours, dated and signed.")
    learned = "Ask mentors once a year about ties to the employers of their mentees."
    yield from closed(life, 96, learned, "minor", "The course is done.")
    yield life.on(98, "18:10")
    life.do("liaison", start_aftercare)
    yield from _answers_yes(life, 120)


def _answers_no(life: Life, day: int) -> Story:
    yield life.on(day, "20:10")
    life.tell(answer_no)


def _answers_yes(life: Life, day: int) -> Story:
    """Tell how a second case began, and was taken up."""
    account = "Since the decision I get no invitations any more. He chairs the programme group."
    yield life.on(day, "20:40")
    linked = _linked(life, answer_yes, account, "Horatio Saltmarsh")
    thanks = "Thank you for saying so at once. That is not to happen, and I take it up today."
    yield from _taken_up(linked, day, thanks)
    yield life.on(day + 3, "19:30")
    linked.tell(write_as_reporter, text="The next meeting is on the 12th, if that helps.")


def _is_treated_badly(life: Life, day: int) -> Story:
    """Tell the same of a case that is open, and name nobody: then its officers hear of it there."""
    account = "Since you look into it again she tells the others that I want to get rid of her."
    yield life.on(day, "21:10")
    linked = _linked(life, report_bad_treatment, account)
    thanks = "Thank you. I shall speak with her about that alone, tomorrow."
    yield from _taken_up(linked, day, thanks)


def _linked(life: Life, act: Callable[..., Case], account: str, *by: str) -> Life:
    """Let the reporter say that somebody treats them badly, and return the life of that case."""
    linked, world = Life(life.world, life.start), life.world
    people = tuple(PersonNamed(name, Part.RESPONDENT) for name in by)
    treatment = BadTreatment(linked.receipt, account, people)
    db, keystore, keys = world.db, world.keystore, life.keys()
    linked.case_id = act(db, keystore, world.pack, life.case, keys, treatment=treatment).id
    return linked


def _taken_up(linked: Life, day: int, thanks: str) -> Story:
    yield linked.on(day + 1, "08:20")
    linked.meets("liaison")
    yield linked.on(day + 1, "17:55")
    linked.do("liaison", acknowledge, text=thanks)


NOTHING = Inquiry(
    clause="3",
    account="Changed the agreed hours of the sessions at will.",
    questions="What was agreed, and how often was it changed?",
    notice="It is said that you changed the agreed hours at will. You may answer in ten days.",
    reply="We changed them together, each time. Here are the letters.",
    items=(
        Item("Letters of both", "against", "Each change was agreed, with a day’s notice."),
        Item("The calendar", "neutral", "Eleven sessions, four of them moved."),
    ),
    facts="Four of eleven sessions were moved, each time by agreement.",
    analysis="He felt that he could not say no. Nobody could see that from the letters.",
    searched="All letters about dates, of both sides.",
    why="He says that he could not say no.",
)


def _nothing_found(world: World) -> Story:
    """Closed as not upheld, and reopened: a new letter came to light."""
    life = Life(world, 118)
    concern = Concern(
        kind="concern",
        mode=Mode.NAMED,
        account="She moves our sessions as it suits her, and I have to take time off work.",
        happened="All summer",
        people=(PersonNamed("Lavinia Throckmorton", Part.RESPONDENT),),
        sharing="Everything.",
        wish="Fixed hours",
        identity=Identity("Percival Greenhalgh", "percival@reporters.example"),
    )
    hello = "Thank you. Fixed hours are something that you can agree on now; may I propose it?"
    yield from taken_up(life, concern, hello)
    yield from triaged(life, 4, a_triage(Route.FORMAL, "He asked for it to be looked into."))
    yield from investigated(life, NOTHING, opens=8, gathers=14, hears=21, reports=34)
    judgment = Judgment(
        "not_upheld",
        "Every change was agreed in writing.",
        "The allegation was not upheld. The case is closed when the time to appeal is over.",
        "It was found that the changes were agreed. I know that you hoped for something else.",
    )
    yield from decided(life, 45, judgment)
    yield from told(life, 50, judgment)
    yield from began_carrying_out(life, 74)
    learned = "Ask both sides, not only in writing, whether a change of dates suits them."
    yield from closed(life, 78, learned, "no_breach", "Nothing was found, and nothing is open.")
    yield from _reopened(life)
    yield from _is_treated_badly(life, 113)


def _reopened(life: Life) -> Story:
    """Tell how somebody without a part in a closed case took it up again."""
    yield life.on(100, "19:15")
    life.tell(write_as_reporter, text="I found the letter in which I said no. It was in my spam.")
    yield life.on(103, "18:20")
    life.appoints("appeals", Capacity.SECOND)
    yield life.on(104, "20:20")
    life.meets("appeals")
    yield life.on(106, "19:40")
    reason = Reason("A letter has come to light that nobody had seen: he did say no.")
    life.do("appeals", reopen_case, reason=reason)
