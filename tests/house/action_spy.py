"""The actions on a case, found in the code, and what each call of one leaves in the log."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.audit.models import LogEntry, LogHead
from conductdesk.cases import actions as package

BESIDE = frozenset(
    {
        "clock.set_back",
        "grant.made",
        "grant.ended",
        "request.closed",
        "key.published",
        "rows.recorded",
    }
)
"""Entries that accompany an action: grants, requests for one that end without, a reporter's key
that they name, a clock that was put back before, and rows left over."""

RECORDERS = frozenset({"append", "record", "record_quietly", "move"})
"""What writes entries for an action, and is none itself."""


def modules() -> list[str]:
    found = pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
    return sorted(module.name for module in found)


def calls_of() -> dict[str, set[str]]:
    """Return which functions each function of the package calls, by name."""
    calls: dict[str, set[str]] = {}
    for name in modules():
        path = Path(str(importlib.import_module(name).__file__))
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                inner = (one for one in ast.walk(node) if isinstance(one, ast.Call))
                calls[node.name] = {one.func.id for one in inner if isinstance(one.func, ast.Name)}
    return calls


def recording() -> set[str]:
    """Return the functions that write an entry, themselves or through another one."""
    calls, found = calls_of(), set(RECORDERS)
    while True:
        more = {name for name, called in calls.items() if called & found} - found
        if not more:
            return found
        found |= more


def public_actions() -> dict[str, Callable[..., Any]]:
    """Return every public function of the package that writes an entry, by name."""
    wanted, found = recording() - RECORDERS, {}
    for name in modules():
        module = importlib.import_module(name)
        for key, value in vars(module).items():
            if key in wanted and not key.startswith("_") and value.__module__ == name:
                found[key] = value
    return found


@dataclass
class Spy:
    """Counts what every outermost call of an action leaves."""

    left: dict[str, list[Counter[str | None]]] = field(default_factory=dict)
    depth: int = 0

    def around(self, name: str, action: Callable[..., Any]) -> Callable[..., Any]:
        """Return *action*, counted."""

        @wraps(action)
        def spied(db: Session, *args: Any, **more: Any) -> Any:
            if self.depth:
                return action(db, *args, **more)
            before = sizes(db)
            self.depth += 1
            try:
                answer = action(db, *args, **more)
            finally:
                self.depth -= 1
            self.left.setdefault(name, []).append(Counter(new_entries(db, before)))
            return answer

        return spied


def sizes(db: Session) -> dict[str, int]:
    query = select(LogHead.log_id, LogHead.size)
    return {row.log_id: row.size for row in db.connection().execute(query)}


def new_entries(db: Session, before: dict[str, int]) -> Iterator[str | None]:
    """Yield the case of each action entry that is new."""
    for log_id, size in before.items():
        new = select(LogEntry.entry).where(LogEntry.log_id == log_id, LogEntry.idx >= size)
        for raw in db.connection().execute(new).scalars():
            entry = json.loads(raw)
            if entry["type"] not in BESIDE:
                yield entry.get("case")


def install(spy: Spy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put *spy* around every action, wherever a module has a name for it."""
    spied = {id(action): spy.around(name, action) for name, action in public_actions().items()}
    ours = [
        module for name, module in sys.modules.items() if name.startswith(("conductdesk", "tests."))
    ]
    for module in ours:
        for key, value in list(vars(module).items()):
            if id(value) in spied:
                monkeypatch.setattr(module, key, spied[id(value)])
