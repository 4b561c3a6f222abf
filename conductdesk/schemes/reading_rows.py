"""Read each table of a scheme pack into its value; what a key says here is what the manual says."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from conductdesk.schemes.pack import (
    Appeal,
    Clause,
    HelpLine,
    Kind,
    Office,
    OutcomeKind,
    RetentionClass,
    Wording,
)
from conductdesk.schemes.parts import (
    ONE_OFFICER,
    AnswerKind,
    ChecklistLine,
    Choice,
    Confidentiality,
    DecidedBy,
    DecisionBody,
    Organisation,
    Question,
    RoutingRule,
    Stricter,
    Told,
    UsedFor,
)
from conductdesk.schemes.table import Table, whole


def read_organisation(row: Table) -> Organisation:
    """Read one organisation that takes part."""
    return Organisation(
        key=row.text("key", "A short word for it."), name=row.text("name", "Its name.")
    )


def read_clause(row: Table) -> Clause:
    """Read one rule of the code."""
    return Clause(
        number=row.text("number", "The clause's number in your code."),
        title=row.text("title", "A short title of your own."),
        text=row.text("text", "What the clause asks for, in your own words."),
        in_force_from=row.day("from", "The first day on which it holds; left out: since ever.")
        or date.min,
        in_force_to=row.day("to", "The last day, where a later wording replaced it."),
    )


def read_office(row: Table) -> Office:
    """Read one post."""
    return Office(
        key=row.text("key", "A short word for it."),
        name=row.text("name", "What the post is called."),
        plain=row.text("plain", "How a public page names it: *the liaison officer*."),
        ours=row.flag("ours", "True where your code names no such post."),
        outside=row.flag("outside", "True for the contact outside your organisation."),
        takes=frozenset(
            row.texts(
                "takes", "Roles its holders may take: investigate, decide, appeal, second.", ()
            )
        ),
        per_organisation=_per_organisation(row),
        reports_to=row.text("reports_to", "The office above it, whose cases it never handles.", ""),
    )


def _per_organisation(row: Table) -> bool:
    word = row.text("per", "`organisation`: each has its own holders.", "")
    if word not in ("", "organisation"):
        row.wrong("per", f"“{word}” is not known", 'Write "organisation", or leave it out.')
    return word == "organisation"


def read_kind(row: Table) -> Kind:
    """Read one kind of intake."""
    return Kind(
        key=row.text("key", "Which of the kinds that ConductDesk knows."),
        name=row.text("name", "How the form offers it."),
        hint=row.text("hint", "A line below, for whoever is not sure."),
    )


def read_question(row: Table) -> Question:
    """Read one question of the scheme's own."""
    return Question(
        key=row.text("key", "A short word for it."),
        kinds=row.texts("kinds", "The kinds of intake that ask it."),
        text=row.text("text", "The question."),
        why=row.text("why", "Why you ask, shown below it."),
        answer=row.word("answer", AnswerKind, "How it is answered."),
        choices=row.each("choices", _choice, "The answers to choose from.", least=0),
        when=row.pairs("when", "Earlier questions and the answers that open this one."),
        used_for=_used_for(row),
        means_risk=row.flag("means_risk", "True where “yes” says that somebody may be harmed."),
    )


def _used_for(row: Table) -> UsedFor | None:
    """Return None where nothing, or no such use, is said: checking refuses both in one way."""
    says = (
        "Needed: `routing` or `handling`, or the part of a consent that it asks for: "
        "`sharing as whom`, `sharing with whom`, `sharing how` or `sharing when`. "
        "What is used for nothing cannot be asked."
    )
    word = row.text("used_for", says, "")
    return UsedFor(word) if word in set(UsedFor) else None


def _choice(row: Table) -> Choice:
    return Choice(key=row.text("key", "A short word for it."), name=row.text("name", "The answer."))


def read_rule(row: Table) -> RoutingRule:
    """Read one routing rule."""
    return RoutingRule(
        key=row.text("key", "A short word for it."),
        words=row.text("words", "Why, for the officer who reads how it was routed."),
        when=row.pairs(
            "when", "Needed: what must be true of `kind`, `danger`, `risk`, or a question of yours."
        ),
        chain=row.texts("chain", "The offices that receive then."),
    )


def read_confidentiality(row: Table) -> Confidentiality:
    """Read one ground on which a confidence may be broken."""
    return Confidentiality(
        key=row.text("key", "A short word for it."),
        ground=row.text("ground", "The ground, in a sentence."),
        clause=row.text("clause", "The number of the clause that allows it."),
        decides=row.texts("decides", "The offices that may decide it."),
        told=row.word("told", Told, "When the person is told."),
        ours=row.flag("ours", "True where your code does not say so, or not as much."),
    )


def read_outcome(row: Table) -> OutcomeKind:
    """Read one thing that may follow a finding."""
    return OutcomeKind(
        key=row.text("key", "A short word for it."),
        name=row.text("name", "What it is called."),
        hours=row.flag("hours", "True where it has a number of hours."),
        of_hours=row.number("of_hours", "The yearly hours of which they are a part.", 0),
        length=row.span_or_none("length", "How long it lasts."),
        proof_by=row.text(
            "proof_by",
            "Who shows that it was done: `owner`, `handler` or `second`; left out: the handler.",
            "handler",
        ),
        waits_for_appeal=row.flag("waits_for_appeal", "True where an appeal holds it up."),
        adverse=row.flag("adverse", "True where it weighs on the respondent."),
        everywhere=row.flag(
            "everywhere",
            "True where it ends somebody's part in every organisation: each is told, and confirms.",
        ),
    )


def read_decision(table: Table | None) -> DecisionBody:
    """Read who decides; one officer where the table is left out."""
    return ONE_OFFICER if table is None else whole(table, _decision)


def _decision(row: Table) -> DecisionBody:
    return DecisionBody(
        by=row.word("by", DecidedBy, "One officer, or a panel that votes."),
        members=row.number("members", "How many sit on the panel: 3 or more.", 1),
        majority=_share(
            row,
            row.text("majority", "The share of them that must agree: `2/3`; left out: all.", "1/1"),
        ),
    )


def _share(row: Table, words: str) -> Fraction:
    try:
        share = Fraction(words)
    except (ValueError, ZeroDivisionError):
        share = Fraction(0)
    if not Fraction(1, 2) < share <= 1:
        row.wrong(
            "majority", f"“{words}” is no majority", 'Write a share above 1/2, such as "2/3".'
        )
        return Fraction(1)
    return share


def read_appeal(row: Table) -> Appeal:
    """Read how a decision can be appealed."""
    return Appeal(
        grounds=row.texts("grounds", "On what grounds."),
        lodge=row.span("lodge", "The time to lodge it."),
        decide=row.span("decide", "The time to decide it."),
    )


def read_retention(row: Table) -> RetentionClass:
    """Read one class of closed cases."""
    return RetentionClass(
        key=row.text("key", "A short word for it."),
        name=row.text("name", "What falls into it."),
        keep=row.span("keep", "How long it is kept."),
    )


def read_stricter(row: Table) -> Stricter:
    """Read one move that needs more than the kernel asks."""
    return Stricter(
        move=row.text("move", "The move that it makes stricter."),
        reason=row.flag("reason", "True where a reason must be given."),
        second=row.flag("second", "True where a second person must have agreed."),
        office=row.text("office", "The office that must make it.", ""),
    )


def read_checklist_line(row: Table) -> ChecklistLine:
    """Read one thing that auditors check."""
    return ChecklistLine(
        key=row.text("key", "A short word for it."),
        question=row.text("question", "What the auditor answers with yes, no, or does not apply."),
        clause=row.text("clause", "The number of the clause that asks for it.", ""),
    )


def read_wording(row: Table) -> Wording:
    """Read what public pages say."""
    return Wording(
        intro=row.text("intro", "The first lines of the public page."),
        limit=row.text("limit", "The limit of confidentiality, in plain words."),
        limit_clause=row.text("limit_clause", "The number of the clause that says so."),
        outside_route=row.text("outside_route", "How to reach somebody outside."),
        help_lines=row.each("help_lines", _help_line, "Numbers that every page shows."),
        rights=row.texts("rights", "What people who take part may expect, a sentence each.", ()),
        no_anonymous=row.text(
            "no_anonymous", "Why you take no concern without a name, and who does.", ""
        ),
    )


def _help_line(row: Table) -> HelpLine:
    return HelpLine(
        who=row.text("who", "For whom it is."),
        number=row.text("number", "The number."),
        words=row.text("words", "A line about it."),
    )
