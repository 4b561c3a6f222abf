"""Variants of the `wcc` pack, so that a test can ask more of a scheme than it asks."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from typing import Any

from conductdesk.cases.packs import kernel_problems
from conductdesk.schemes.actions import load_scheme
from conductdesk.schemes.kinds import KINDS
from tests.cast import HOST, Cast, wcc_source

Values = dict[str, Any]


def put_in_force(cast: Cast, *changes: Callable[[Values], None]) -> None:
    """Put a changed pack in force: every case from now on begins under it."""
    values = tomllib.loads(wcc_source())
    values["version"] = cast.pack.version + 1
    for change in changes:
        change(values)
    cast.pack = load_scheme(
        cast.db,
        toml(values),
        file_name="changed.toml",
        actor="system",
        host=HOST,
        kernel=kernel_problems,
    )
    cast.db.commit()


def every_kind(values: Values) -> None:
    """Offer every kind of intake, each with the clock of its own."""
    offered = {kind["key"] for kind in values["kinds"]}
    for kind, path in KINDS.items():
        if kind not in offered:
            values["kinds"].append({"key": kind.value, "name": f"A {kind}", "hint": "Invented."})
        for clock in path.clocks:
            values["clocks"].setdefault(clock, "30 days" if path.acknowledged_within else "1 month")


def stricter(move: str, **asked: object) -> Callable[[Values], None]:
    """Make a move stricter."""

    def change(values: Values) -> None:
        values.setdefault("stricter", []).append({"move": move, **asked})

    return change


def a_panel(members: int, majority: str) -> Callable[[Values], None]:
    """Let a panel decide."""

    def change(values: Values) -> None:
        values["decision"] = {"by": "panel", "members": members, "majority": majority}

    return change


def outcome(key: str, **said: object) -> Callable[[Values], None]:
    """Add a kind of outcome."""

    def change(values: Values) -> None:
        values["outcomes"].append({"key": key, "name": f"Outcome {key}", **said})

    return change


def organisations(values: Values) -> None:
    """Let two organisations take part, each with officers of its own, of whom there are none yet."""
    values["organisations"] = [{"key": key, "name": key.title()} for key in ("north", "south")]
    values["offices"].append({"key": "hr", "name": "HR", "plain": "HR", "per": "organisation"})
    values["offices"][-1]["takes"] = ["second"]
    values["routing"]["chain"].insert(0, "hr")


def toml(values: Values) -> str:
    """Return *values* as TOML, each table written in one line."""
    return "\n".join(f"{key} = {_value(value)}" for key, value in values.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key} = {_value(part)}' for key, part in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, bool | int | str):
        return json.dumps(value, ensure_ascii=False)
    return str(value)  # a date
