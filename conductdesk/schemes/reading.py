"""Read a scheme pack from TOML, and say everything that is wrong with it at once."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Sequence

from conductdesk.refusal import Refused
from conductdesk.schemes.checking import check
from conductdesk.schemes.clock_rules import CLOCKS
from conductdesk.schemes.pack import OutcomeKind, Pack
from conductdesk.schemes.parts import Stricter
from conductdesk.schemes.reading_rows import (
    read_appeal,
    read_checklist_line,
    read_clause,
    read_confidentiality,
    read_decision,
    read_kind,
    read_office,
    read_organisation,
    read_outcome,
    read_question,
    read_retention,
    read_rule,
    read_stricter,
    read_wording,
)
from conductdesk.schemes.table import Described, KeyShown, Table, whole
from conductdesk.schemes.unreadable import unreadable

REQUEST = OutcomeKind(
    "request",
    "What was asked for",
    hours=False,
    waits_for_appeal=False,
    adverse=False,
    offered=False,
)
"""The obligation that a request becomes; every pack has it, and no decision orders it."""


LARGEST_FILE = 200_000
"""Bytes; the largest pack that anybody wrote has a tenth of it."""


class PackError(Refused):
    """A pack that cannot be used; `problems` has one line for each mistake."""

    def __init__(self, source: str, problems: Sequence[str]) -> None:
        super().__init__("\n".join(f"{source}: {problem}" for problem in problems))
        self.problems = tuple(problems)


Check = Callable[[Pack], Iterable[str]]
"""Returns a sentence for each mistake; the kernel's own comes from `cases.packs`."""


def read_pack(text: str, source: str, kernel: Check = lambda _pack: ()) -> Pack:
    """Return the pack that *text* describes, or raise `PackError` with every mistake in it.

    Whoever puts a pack in force passes the *kernel*'s check.
    """
    pack, problems = _read(text, source)
    known = {_subject(problem) for problem in problems}
    found = (*check(pack), *kernel(pack))
    problems += [problem for problem in found if _subject(problem) not in known]
    if problems:
        raise PackError(source, problems)
    return pack


def read_stored(text: str, source: str) -> Pack:
    """Return a pack that was checked when it was put in force.

    Its cases go on under it, also where a later release would check more.
    """
    pack, problems = _read(text, source)
    if problems:
        raise PackError(source, problems)
    return pack


def _read(text: str, source: str) -> tuple[Pack, list[str]]:
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise PackError(source, [unreadable(text, error)]) from error
    problems: list[str] = []
    return whole(Table(values, "", problems), _pack), problems


def text_of(data: bytes, source: str) -> str:
    """Return the text of a pack's file, or raise `PackError` where it holds no text."""
    if len(data) > LARGEST_FILE:
        limit = f"{LARGEST_FILE // 1000} KB"
        raise PackError(source, [f"this file is larger than {limit}. Choose the pack’s own file."])
    try:
        text = data.decode("utf-8-sig")  # some editors put a mark before the first letter
    except UnicodeDecodeError as error:
        words = "this is not a text file in UTF-8. Save it as plain text, with the encoding UTF-8."
        raise PackError(source, [words]) from error
    if not text.strip():
        raise PackError(source, ["this file is empty. Choose the pack’s own file."])
    return text


def every_key() -> list[KeyShown]:
    """Return each key that a pack may have, in the order in which it is read."""
    keys: list[KeyShown] = []
    _pack(Described("", keys))
    return keys


def _subject(problem: str) -> str:
    """Return the key that a problem is about: what was misread is not complained of twice."""
    return problem.partition(":")[0]


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
        child_age=top.number(
            "child_age", "Anybody younger is a child; 18 or more, and 18 if left out.", 18
        ),
        unlisted=top.flag(
            "unlisted", "True where the first page of the installation does not name the scheme."
        ),
        participants=top.texts(
            "participants",
            "What those who take part are called. Where organisations receive, it is that of the first.",
        ),
        organisations=top.each(
            "organisations", read_organisation, "Where several organisations take part.", least=0
        ),
        clauses=top.each("clauses", read_clause, "The rules of your code."),
        offices=top.each("offices", read_office, "The posts that receive or decide."),
        kinds=top.each("kinds", read_kind, "What the public form offers."),
        questions=top.each(
            "questions", read_question, "What the form asks beside the usual.", least=0
        ),
        chain=routing.texts("chain", "The offices that receive, the first one who is clear."),
        safeguarding=routing.texts("safeguarding", "The offices that hear of a risk of harm."),
        rules=routing.each(
            "rules", read_rule, "Other chains; the first that fits counts.", least=0
        ),
        confidentiality=top.each(
            "confidentiality", read_confidentiality, "When a confidence may be broken."
        ),
        clocks=top.table("clocks", "By when things must be done.").spans(CLOCKS),
        outcomes=(*top.each("outcomes", read_outcome, "What may follow a finding."), REQUEST),
        decision=read_decision(
            top.table_or_none("decision", "Who decides; left out: one officer.")
        ),
        appeal=whole(top.table("appeal", "How a decision can be appealed."), read_appeal),
        retention=top.each("retention", read_retention, "How long closed cases are kept."),
        left_out=frozenset(top.texts("left_out", "Moves that your procedure does not have.", ())),
        stricter=_by_move(
            top, top.each("stricter", read_stricter, "Moves that need more.", least=0)
        ),
        wording=whole(top.table("wording", "What public pages say."), read_wording),
        audit_checklist=top.each(
            "audit_checklist",
            read_checklist_line,
            "What auditors check on each sampled case, in place of the usual list.",
            least=0,
        ),
    )
    routing.refuse_unknown()
    return pack


def _by_move(top: Table, rules: Iterable[Stricter]) -> dict[str, Stricter]:
    by_move: dict[str, Stricter] = {}
    for rule in rules:
        if rule.move in by_move:
            top.wrong(
                "stricter", f"“{rule.move}” stands there more than once", "Make one of the two."
            )
        by_move[rule.move] = rule
    return by_move
