"""The parts of docs/scheme-packs.md that are made from the code and from the pack of WCC UK."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from conductdesk.cases.packs import BY_OFFICERS, MAY_BE_LEFT_OUT
from conductdesk.schemes.clock_rules import RULES
from conductdesk.schemes.describing import bounds_in_words
from conductdesk.schemes.kinds import KINDS, IntakeKind, KindPath
from conductdesk.schemes.reading import every_key
from conductdesk.schemes.table import KeyShown
from conductdesk.schemes.table_words import A_TABLE

ROOT = Path(__file__).resolve().parent.parent
MANUAL = ROOT / "docs" / "scheme-packs.md"
EXAMPLE = ROOT / "conductdesk" / "schemes" / "packs" / "wcc.toml"
PART = re.compile(
    r"(<!-- made: (?P<name>[^>]+?) -->\n).*?(<!-- end of what is made -->)", re.DOTALL
)

TABLE = re.compile(r"^(?=\[)", re.MULTILINE)
"""Where a table begins: the lines of a list that goes over several are indented."""

KIND_WORDS: Mapping[IntakeKind, str] = {
    IntakeKind.CONCERN: "somebody's conduct, under one or more clauses",
    IntakeKind.SAFEGUARDING: "a risk of harm, a child, an adult at risk, something illegal",
    IntakeKind.CALL_ME: "the person wants to talk first, and says only how to reach them",
    IntakeKind.ADVICE: "a mentor out of their depth asks what to do, without naming the mentee",
    IntakeKind.INTEREST: "a conflict of interest is declared",
    IntakeKind.REPAIRING: "another pairing, without a reason",
    IntakeKind.PAUSE: "the mentoring is paused or put off",
    IntakeKind.ENDING: "the mentoring ends",
    IntakeKind.RECORDS: "somebody asks what is held about them",
    IntakeKind.DATA_PROTECTION: "somebody complains about how their personal data is used",
    IntakeKind.NOTES: "a mentee asks for the notes that the mentor keeps",
    IntakeKind.INFORMATION: "a small matter, told so that a pattern can be seen",
    IntakeKind.CHECK_IN: "the programme's own regular form, by a link in a mail",
}


def manual() -> str:
    """Return docs/scheme-packs.md with every part that is made written anew."""
    return PART.sub(
        lambda found: found[1] + _part(found["name"]) + found[3], MANUAL.read_text("utf-8")
    )


def _part(name: str) -> str:
    made = _excerpt(name.removeprefix("wcc ")) if name.startswith("wcc ") else PARTS[name]()
    return "\n".join(made) + "\n"


def _excerpt(wanted: str) -> Iterator[str]:
    """Yield the tables of the example that *wanted* names: `top`, or `[[clauses]] 1 13`."""
    header, _space, keys = wanted.partition(" ")
    top, *tables = TABLE.split(EXAMPLE.read_text("utf-8"))
    found = [top] if header == "top" else [one for one in tables if one.startswith(f"{header}\n")]
    if keys:
        signs = [f'"{key}"' for key in keys.split()]
        found = [one for one in found if any(sign in one.splitlines()[1] for sign in signs)]
    if not found:
        raise LookupError(f"{EXAMPLE.name} has nothing for: {wanted}")
    yield from ("```toml", "\n\n".join(one.strip() for one in found), "```")


def _keys() -> Iterator[str]:
    tables = {key.path: key for key in every_key() if key.value == A_TABLE}
    yield from _heading("At the top of the file", "Before the first line in brackets.")
    yield from (_row(key) for key in _in_table(""))
    for path, table in tables.items():
        rows = [_row(key) for key in (*_in_table(path), *_in_table(f"{path}[]"))]
        if rows:
            name = path.replace("[]", "")
            brackets = f"[[{name}]]" if _in_table(f"{path}[]") else f"[{name}]"
            yield from _heading(f"`{brackets}`", _about(table))
            yield from rows


def _in_table(path: str) -> list[KeyShown]:
    """Return the keys that stand in one table; the clocks have a list of their own."""
    return [
        key
        for key in every_key()
        if key.path.rpartition(".")[0] == path and key.value != A_TABLE and path != "clocks"
    ]


def _row(key: KeyShown) -> str:
    needed = "yes" if key.required else ""
    return (
        f"| `{key.path.rpartition('.')[2]}` | {_cell(key.value)} | {needed} | {_cell(key.says)} |"
    )


def _heading(title: str, says: str) -> Iterator[str]:
    yield from (
        "",
        f"### {title}",
        "",
        says,
        "",
        "| Key | Value | Needed | What it says |",
        "|---|---|---|---|",
    )


def _about(table: KeyShown) -> str:
    return f"{table.says} {'Needed.' if table.required else 'May be left out.'}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _clocks() -> Iterator[str]:
    yield from ("| Key | What it says | How far it can be set | Needed |", "|---|---|---|---|")
    for name, rule in RULES.items():
        needed = "yes" if rule.required else _needed_for(name)
        yield f"| `{name}` | {rule.says} | {bounds_in_words(rule)} | {needed} |"


def _needed_for(clock: str) -> str:
    kinds = [f"`{kind}`" for kind, path in KINDS.items() if clock in path.clocks]
    return f"with the kind {', '.join(kinds)}" if kinds else ""


def _kinds() -> Iterator[str]:
    yield from ("| Key | What it is | What becomes of it |", "|---|---|---|")
    for kind, path in KINDS.items():
        yield f"| `{kind}` | {KIND_WORDS[kind]} | {_becomes(path)} |"


def _becomes(path: KindPath) -> str:
    said = ["a request: nobody is accused, nothing is found"] if "request" in path.routes else []
    said += [] if path.may_refuse else ["there is no ground to refuse it"]
    said += [f"its own clock, `{clock}`" for clock in path.clocks]
    said += [] if path.on_form else ["not on the form, but on a page of its own"]
    return "; ".join(said) or "a case that can go every way"


def _moves() -> Iterator[str]:
    yield f"Can be left out: {_listed(MAY_BE_LEFT_OUT)}."
    yield ""
    yield f"Can be made stricter: {_listed(BY_OFFICERS)}."


def _listed(moves: frozenset[str]) -> str:
    return ", ".join(f"`{move}`" for move in sorted(moves))


PARTS: Mapping[str, Callable[[], Iterator[str]]] = {
    "keys": _keys,
    "clocks": _clocks,
    "kinds": _kinds,
    "moves": _moves,
}
