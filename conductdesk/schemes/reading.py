"""Read a scheme pack from TOML, and say everything that is wrong with it at once."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from fractions import Fraction

from conductdesk.schemes.checking import CLOCKS, check
from conductdesk.schemes.pack import (
    Appeal,
    Clause,
    HelpLine,
    Kind,
    Office,
    OutcomeKind,
    Pack,
    RetentionClass,
    Wording,
)
from conductdesk.schemes.parts import (
    ONE_OFFICER,
    AnswerKind,
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
from conductdesk.schemes.table import Described, KeyShown, Table, whole

REQUEST = OutcomeKind(
    "request",
    "What was asked for",
    hours=False,
    waits_for_appeal=False,
    adverse=False,
    offered=False,
)
"""The obligation that a request becomes; every pack has it, and no decision orders it."""


class PackError(Exception):
    """A pack that cannot be used; `problems` has one line for each mistake."""

    def __init__(self, source: str, problems: Sequence[str]) -> None:
        super().__init__("\n".join(f"{source}: {problem}" for problem in problems))
        self.problems = tuple(problems)


Check = Callable[[Pack], Iterable[str]]
"""Returns a sentence for each mistake; the kernel's own comes from `cases.packs`."""


def read_pack(text: str, source: str, kernel: Check = lambda _pack: ()) -> Pack:
    """Return the pack that *text* describes, or raise `PackError` with every mistake in it.

    Whoever puts a pack in force passes the *kernel*'s check; one that is in force has passed it.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PackError(source, [f"this is not TOML: {error}"]) from error
    problems: list[str] = []
    pack = whole(Table(values, "", problems), _pack)
    known = {_subject(problem) for problem in problems}
    found = (*check(pack), *kernel(pack))
    problems += [problem for problem in found if _subject(problem) not in known]
    if problems:
        raise PackError(source, problems)
    return pack


def every_key() -> list[KeyShown]:
    """Return each key that a pack may have, in the order in which it is read."""
    keys: list[KeyShown] = []
    _pack(Described("", keys))
    return keys


def _subject(problem: str) -> str:
    """Return the key that a problem is about: what was misread is not complained of twice."""
    return problem.partition(":")[0].partition("[")[0]


def _pack(top: Table) -> Pack:
    key = top.text("key", "A short word for addresses, in small letters: `wcc`.")
    version = top.number("version", "Goes up by one with every change.")
    routing = top.table("routing", "Who receives a concern.")
    pack = Pack(
        key=key,
        version=version,
        name=top.text("name", "What the scheme is called."),
        organisation=top.text("organisation", "Who runs it."),
        nation=top.text("nation", "Whose public holidays count: ENG, WLS, SCT or NIR."),
        child_age=top.number("child_age", "Anybody younger is a child; 18 or more.", 18),
        participants=top.texts("participants", "What those who take part are called."),
        organisations=top.each(
            "organisations", _organisation, "Where several organisations take part.", least=0
        ),
        clauses=top.each("clauses", _clause, "The rules of your code."),
        offices=top.each("offices", _office, "The posts that receive or decide."),
        kinds=top.each("kinds", _kind, "What the public form offers."),
        questions=top.each("questions", _question, "What the form asks beside the usual.", least=0),
        chain=routing.texts("chain", "The offices that receive, the first one who is clear."),
        safeguarding=routing.texts("safeguarding", "The offices that hear of a risk of harm."),
        rules=routing.each("rules", _rule, "Other chains; the first that fits counts.", least=0),
        confidentiality=top.each(
            "confidentiality", _confidentiality, "When a confidence may be broken."
        ),
        clocks=top.table("clocks", "By when things must be done.").spans(CLOCKS),
        outcomes=(*top.each("outcomes", _outcome, "What may follow a finding."), REQUEST),
        decision=_decision_or_default(
            top.table_or_none("decision", "Who decides; left out: one officer.")
        ),
        appeal=whole(top.table("appeal", "How a decision can be appealed."), _appeal),
        retention=top.each("retention", _retention, "How long closed cases are kept."),
        left_out=frozenset(top.texts("left_out", "Moves that your procedure does not have.", ())),
        stricter={
            rule.move: rule
            for rule in top.each("stricter", _stricter, "Moves that need more.", least=0)
        },
        wording=whole(top.table("wording", "What public pages say."), _wording),
    )
    routing.refuse_unknown()
    return pack


def _organisation(row: Table) -> Organisation:
    return Organisation(
        key=row.text("key", "A short word for it."), name=row.text("name", "Its name.")
    )


def _clause(row: Table) -> Clause:
    return Clause(
        number=row.text("number", "The clause's number in your code."),
        title=row.text("title", "A short title of your own."),
        text=row.text("text", "What the clause asks for, in your own words."),
        in_force_from=row.day("from", "The first day on which it holds.") or date.min,
        in_force_to=row.day("to", "The last day, where a later wording replaced it."),
    )


def _office(row: Table) -> Office:
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
        per_organisation=row.text("per", "`organisation`: each has its own holders.", "")
        == "organisation",
        reports_to=row.text("reports_to", "The office above it, whose cases it never handles.", ""),
    )


def _kind(row: Table) -> Kind:
    return Kind(
        key=row.text("key", "Which of the kinds that ConductDesk knows."),
        name=row.text("name", "How the form offers it."),
        hint=row.text("hint", "A line below, for whoever is not sure."),
    )


def _question(row: Table) -> Question:
    used_for = row.text("used_for", "`routing` or `handling`.", "")
    return Question(
        key=row.text("key", "A short word for it."),
        kinds=row.texts("kinds", "The kinds of intake that ask it."),
        text=row.text("text", "The question."),
        why=row.text("why", "Why you ask, shown below it."),
        answer=row.word("answer", AnswerKind, "How it is answered."),
        choices=row.each("choices", _choice, "The answers to choose from.", least=0),
        when=row.pairs("when", "Earlier questions and the answers that open this one."),
        used_for=UsedFor(used_for) if used_for in set(UsedFor) else None,
    )


def _choice(row: Table) -> Choice:
    return Choice(key=row.text("key", "A short word for it."), name=row.text("name", "The answer."))


def _rule(row: Table) -> RoutingRule:
    return RoutingRule(
        key=row.text("key", "A short word for it."),
        words=row.text("words", "Why, for the officer who reads how it was routed."),
        when=row.pairs("when", "What must be true: kind, danger, risk, or a question of yours."),
        chain=row.texts("chain", "The offices that receive then."),
    )


def _confidentiality(row: Table) -> Confidentiality:
    return Confidentiality(
        key=row.text("key", "A short word for it."),
        ground=row.text("ground", "The ground, in a sentence."),
        clause=row.text("clause", "The number of the clause that allows it."),
        decides=row.texts("decides", "The offices that may decide it."),
        told=row.word("told", Told, "When the person is told."),
    )


def _outcome(row: Table) -> OutcomeKind:
    return OutcomeKind(
        key=row.text("key", "A short word for it."),
        name=row.text("name", "What it is called."),
        hours=row.flag("hours", "True where it has a number of hours."),
        of_hours=row.number("of_hours", "The yearly hours of which they are a part.", 0),
        length=row.span_or_none("length", "How long it lasts."),
        proof_by=row.text("proof_by", "Who shows that it was done.", "handler"),
        waits_for_appeal=row.flag("waits_for_appeal", "True where an appeal holds it up."),
        adverse=row.flag("adverse", "True where it weighs on the respondent."),
    )


def _decision_or_default(table: Table | None) -> DecisionBody:
    return ONE_OFFICER if table is None else whole(table, _decision)


def _decision(row: Table) -> DecisionBody:
    return DecisionBody(
        by=row.word("by", DecidedBy, "One officer, or a panel that votes."),
        members=row.number("members", "How many sit on the panel.", 1),
        majority=_share(row, row.text("majority", "How many must agree: `2/3`.", "1/1")),
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


def _appeal(row: Table) -> Appeal:
    return Appeal(
        grounds=row.texts("grounds", "On what grounds."),
        lodge=row.span("lodge", "The time to lodge it."),
        decide=row.span("decide", "The time to decide it."),
    )


def _retention(row: Table) -> RetentionClass:
    return RetentionClass(
        key=row.text("key", "A short word for it."),
        name=row.text("name", "What falls into it."),
        keep=row.span("keep", "How long it is kept."),
    )


def _stricter(row: Table) -> Stricter:
    return Stricter(
        move=row.text("move", "The move that it makes stricter."),
        reason=row.flag("reason", "True where a reason must be given."),
        second=row.flag("second", "True where a second person must have agreed."),
        office=row.text("office", "The office that must make it.", ""),
    )


def _wording(row: Table) -> Wording:
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
