"""Formal investigations that are going on."""

from __future__ import annotations

from conductdesk.cases.actions.answering import answer_withdrawal
from conductdesk.cases.actions.corresponding import withdraw, write_as_reporter
from conductdesk.cases.actions.gathering import add_sent_file
from conductdesk.cases.actions.identifying import reveal_identity
from conductdesk.cases.actions.investigating import add_note
from conductdesk.cases.actions.measuring import impose_measure
from conductdesk.cases.actions.writing import write_to_reporter
from conductdesk.cases.closing_acts import MeasureImposed
from conductdesk.cases.concern import Concern, Identity, Mode, Part, PersonNamed
from conductdesk.cases.needs import Route
from conductdesk.demo.course import (
    Inquiry,
    Item,
    a_triage,
    gathered,
    heard,
    investigated,
    opened,
    taken_up,
    triaged,
)
from conductdesk.demo.life import Life
from conductdesk.demo.papers import photograph, scan, screenshot
from conductdesk.demo.schedule import Story
from conductdesk.demo.stories.receipts import Receipts
from conductdesk.demo.world import World


def stories(world: World, receipts: Receipts) -> list[Story]:
    """Return the stories that are being investigated, or were just reported on."""
    return [_what_was_said(world, receipts), _goes_on_without(world), _in_the_minutes(world)]


TOLD_A_MANAGER = Inquiry(
    clause="2",
    account="Told the mentee’s line manager that she is looking for another post.",
    questions=(
        "What did the respondent tell the manager, when and how? Had the mentee agreed to it? "
        "What followed for her?"
    ),
    notice=(
        "It is said that in the second week of last month you told your mentee’s manager that she "
        "is looking for another post. That would be a breach of clause 2 (Confidence). You may "
        "answer in writing or in a conversation, with somebody beside you, within ten working days."
    ),
    reply=(
        "I met her manager at a conference. He asked how she was doing. I said that she was "
        "thinking about her next step. I did not think of it as a secret, and I am sorry."
    ),
    items=(
        Item(
            "Message of the manager to the mentee",
            "for",
            "He writes that he heard about it over coffee.",
            screenshot(
                "message.png",
                "I hear that you are leaving us?",
                "Who told you that?",
                "Somebody who knows you well. Over coffee.",
            ),
        ),
        Item(
            "Programme of the conference",
            "neutral",
            "Both took part on the same day.",
            scan("programme.pdf", "Autumn conference", "Coffee from 10.30 to 11.15, east hall"),
        ),
        Item(
            "Conversation with a colleague",
            "against",
            "She stood beside them for some minutes, and recalls nothing of the kind.",
        ),
    ),
    facts="They spoke on the day in question. He said that she thinks about her next step.",
    analysis="It was hers to tell. It was said without thinking, and not to harm her.",
    searched="The colleague beside them was asked, and two more who stood near.",
    why="He says himself that he spoke of it.",
)


def _what_was_said(world: World, receipts: Receipts) -> Story:
    """In investigation, by somebody who gave her name: the receipt that is printed."""
    life = Life(world, 44, receipt=receipts.named)
    concern = Concern(
        kind="concern",
        mode=Mode.NAMED,
        account=(
            "I told my mentor in confidence that I am looking for another post. Ten days later my "
            "line manager asked me about it in front of others. Nobody else knew. I had to say "
            "something, and now I am left out of the planning for next year."
        ),
        happened="I told him in September. My manager asked me two weeks ago.",
        people=(
            PersonNamed("Leander Hollingbury", Part.RESPONDENT),
            PersonNamed("Winston Cholmondeley", Part.WITNESS),
        ),
        sharing="My mentor may know that it comes from me. My manager must not hear of it.",
        wish="That he understands what he did. And another mentor.",
        identity=Identity("Seraphina Mudeford", "seraphina@reporters.example", "Evenings"),
    )
    hello = (
        "Thank you for telling us, and for giving your name. What you told your mentor was to "
        "stay with him (clause 2). I shall not write to your manager. You get another mentor "
        "whatever comes out of this: say if you would like that now."
    )
    yield from taken_up(life, concern, hello)
    yield life.on(3, "20:40")
    life.tell(write_as_reporter, text="Thank you. Yes, another mentor, please. It can wait a week.")
    given = a_triage(
        Route.FORMAL, "If it is true it is a breach of clause 2 with consequences for her work."
    )
    yield from triaged(life, 5, given)
    yield life.on(6, "08:30")
    reason = "To arrange another mentor with her, as she asked."
    life.do("liaison", reveal_identity, reason=reason)
    life.do("liaison", write_to_reporter, text="A new mentor would have time from next week on.")
    yield from opened(life, 9, TOLD_A_MANAGER)
    yield life.on(13, "18:00")
    life.do(
        "liaison",
        impose_measure,
        measure=MeasureImposed(
            "The sessions of these two are paused.",
            "Neither of them can speak freely while this is open.",
            "A third person in the sessions; neither of them wanted that.",
        ),
    )
    yield from _sends_her_diary(life)
    yield from gathered(life, 15, TOLD_A_MANAGER)
    yield from heard(life, 20, TOLD_A_MANAGER)
    yield life.on(27, "19:00")
    life.do(
        "liaison",
        write_to_reporter,
        text=(
            "He has answered. I cannot show you his answer, but nobody disputes that the two met. "
            "Next news by the end of the month, also if there is none."
        ),
    )
    yield life.on(28, "07:45")
    life.tell(write_as_reporter, text="Thank you for keeping me posted. It helps.")


def _sends_her_diary(life: Life) -> Story:
    """The reporter adds a photograph through the mailbox, and it becomes evidence."""
    yield life.on(14, "21:10")
    page = photograph("diary.jpg", "Tuesday: told him of the other post.", "It stays between us.")
    life.sends_file("I wrote in my diary that day. This is the page.", page)
    yield life.on(15, "08:10")
    life.do("liaison", add_sent_file, message_id=life.file_sent())


def _goes_on_without(world: World) -> Story:
    """The reporter withdrew; the officers decided, with reasons, to go on."""
    life = Life(world, 52)
    concern = Concern(
        kind="concern",
        mode=Mode.CONFIDENTIAL,
        account=(
            "She lets her mentees do work for her own firm and calls it practice. I wrote texts "
            "for two customers, unpaid. I know of three others who did the same."
        ),
        happened="From January to June",
        people=(
            PersonNamed("Hermione Tattershall", Part.RESPONDENT),
            PersonNamed("Erasmus Locksley", Part.AFFECTED),
        ),
        sharing="Do not say that it comes from me.",
        wish="That nobody after me has to do it",
        identity=Identity("Fenella Marchbanks", "fenella@reporters.example"),
    )
    hello = "Thank you. There seem to be others, so that we need not speak of you. More by Monday."
    yield from taken_up(life, concern, hello)
    given = a_triage(
        Route.FORMAL,
        "Several people may be concerned, so it cannot rest on one.",
        severity="high",
        because="Work without pay, of several mentees.",
    )
    yield from triaged(life, 5, given)
    yield from opened(life, 8, UNPAID_WORK)
    yield life.on(16, "22:30")
    life.tell(withdraw, reason="I am afraid that she finds out. Please stop.")
    yield life.on(18, "18:15")
    life.reads("liaison")
    reason = "Three others are concerned. Nothing that is used from now on comes from the reporter."
    life.do("liaison", answer_withdrawal, go_on=True, reason=reason)
    text = "I understand. Your own account is not used any more; others have come forward."
    life.do("liaison", write_to_reporter, text=text)
    yield from gathered(life, 22, UNPAID_WORK)
    yield from heard(life, 36, UNPAID_WORK)
    yield life.on(40, "20:00")
    life.do("investigator", add_note, text="Asked both firms for the texts. One has answered.")


UNPAID_WORK = Inquiry(
    clause="6",
    account="Let mentees work for her own firm without pay, as part of the mentoring.",
    questions="Who did what, for whom, and was it agreed as part of the mentoring?",
    notice=(
        "It is said that mentees did unpaid work for your firm between January and June. That "
        "would go against clauses 5 and 6. You may answer within ten working days."
    ),
    reply="",
    items=(
        Item("Conversation with another mentee", "for", "He wrote two texts, unpaid, in spring."),
        Item("The agreement of the two", "against", "It speaks of “practice with real texts”."),
    ),
    facts="Not written yet.",
    analysis="Not written yet.",
    searched="Not written yet.",
    why="Not written yet.",
)


def _in_the_minutes(world: World) -> Story:
    """Reported a few days ago; nobody has been asked to decide yet."""
    life = Life(world, 62)
    concern = Concern(
        kind="concern",
        mode=Mode.NAMED,
        account=(
            "The convener of our mentoring group put what I had said in the closed round into the "
            "minutes, with my name. They went to forty people."
        ),
        happened="The minutes of the summer meeting",
        people=(PersonNamed("Montague Elderfield", Part.RESPONDENT),),
        sharing="Everything. It is in forty mailboxes anyway.",
        wish="That the minutes are called back, and an apology",
        identity=Identity("Theodora Nightingate", "theodora@reporters.example"),
    )
    hello = "Thank you. I have asked at once that the minutes be called back. The rest needs time."
    yield from taken_up(life, concern, hello)
    given = a_triage(Route.FORMAL, "Forty people have read it, and he sees nothing wrong in it.")
    yield from triaged(life, 4, given)
    yield from investigated(life, MINUTES, opens=8, gathers=14, hears=24, reports=55)


MINUTES = Inquiry(
    clause="2",
    account="Put what was said in a closed round into minutes that went to forty people.",
    questions="Was the round closed? Who wrote, read and sent the minutes?",
    notice=(
        "It is said that you put what was said in the closed round of the summer meeting into "
        "the minutes, with a name. That would be a breach of clause 2. You may answer in ten days."
    ),
    reply="The round was not announced as closed. I wrote down what I heard, as every year.",
    items=(
        Item(
            "The minutes",
            "for",
            "Page 3 names her.",
            scan("minutes-page-3.pdf", "Minutes of the summer meeting", "3. Closed round: …"),
        ),
        Item("The invitation", "against", "It does not say that any round is closed."),
        Item("Two who took part", "for", "Both recall that it was called closed at the start."),
    ),
    facts="The round was called closed at its start. The minutes name her, on page 3.",
    analysis="He came late and may not have heard it; he did not ask, though others had.",
    searched="The invitation, and the three who had come late as well.",
    why="Two people recall it in the same words, and the minutes are there.",
)
