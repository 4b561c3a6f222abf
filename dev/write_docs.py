"""Write the documents that are made from the code: the procedure, who may do what, scheme packs.

`python dev/write_docs.py` writes them; a house test fails when they are not current.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from conductdesk.cases.needs import Need  # noqa: E402 - the path comes first
from conductdesk.cases.rules import READS  # noqa: E402 - the path comes first
from conductdesk.cases.workflow import FROM_STATE_NEEDS, MOVES, Move, State  # noqa: E402 - the path comes first
from conductdesk.policy import WAYS_IN, Capacity, Permission  # noqa: E402 - the path comes first
from dev.pack_manual import MANUAL, manual  # noqa: E402 - the path comes first

MADE = "<!-- Made by dev/write_docs.py from the code. Do not edit. -->\n"


def procedure() -> str:
    """Return docs/procedure.md: every move, from where to where, by whom, and what it needs."""
    lines = [
        MADE,
        "# The procedure\n",
        "The kernel, `conductdesk/cases/workflow.py`. A scheme pack may leave moves out; it can never",
        "add a state or a move, nor drop what a move needs.\n",
        "| Move | From | To | Who | What must be true |",
        "|---|---|---|---|---|",
    ]
    for move, rule in MOVES.items():
        sources = ", ".join(_words(state) for state in State if state in rule.sources)
        needs = "<br>".join(_need(need) for need in rule.needs)
        needs += "".join(f"<br>{extra}" for extra in _extra_needs(move))
        who = rule.permission.value
        lines.append(
            f"| {_words(move)} | {sources} | {_words(rule.target)} | {who} | {needs.removeprefix('<br>') or '–'} |"
        )
    return "\n".join(lines) + "\n"


def access() -> str:
    """Return docs/access.md: every permission, and which compartments each capacity reads."""
    lines = [
        MADE,
        "# Who may do what\n",
        "From `conductdesk/policy.py`. Before every way in come the barriers: whoever is named in a case,",
        "tied to somebody named in it, or recused, gets the same 404 as for an invented address.",
        "Administrators never read a case.\n",
        "| Permission | Who comes to the door | Who passes it, on one case |",
        "|---|---|---|",
    ]
    for permission, door in WAYS_IN.items():
        way = door.way.__doc__ if door.way else None
        lines.append(f"| {permission.value} | {_first(door.entry.__doc__)} | {_first(way)} |")
    lines += ["", "## What each capacity's key opens\n", "| Capacity | Compartments |", "|---|---|"]
    for capacity in Capacity:
        parts = ", ".join(sorted(READS[capacity]))
        lines.append(f"| {_words(capacity)} | {parts} |")
    return "\n".join(lines) + "\n"


DOCUMENTS: Mapping[Path, Callable[[], str]] = {
    ROOT / "docs" / "procedure.md": procedure,
    ROOT / "docs" / "access.md": access,
    MANUAL: manual,
}


def write() -> None:
    """Write every document."""
    for path, make in DOCUMENTS.items():
        path.write_text(make(), "utf-8")


def _extra_needs(move: Move) -> list[str]:
    return [
        f"from {_words(state)}: {_need(need)}"
        for (one, state), needs in FROM_STATE_NEEDS.items()
        if one is move
        for need in needs
    ]


def _need(need: Need) -> str:
    return need.otherwise


def _words(name: State | Move | Capacity | Permission) -> str:
    return name.value.replace("_", " ")


def _first(text: str | None) -> str:
    return (text or "–").strip().split("\n")[0]


if __name__ == "__main__":
    write()
