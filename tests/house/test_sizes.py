"""What a reader takes in at once stays small: a view, a file, a template."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from tests.conftest import Faces
from tests.house.sources import ROOT, modules, templates

LONGEST_VIEW = 15
"""Lines of a view from its `def`: the decorators say who it is for, and how it refuses."""
LONGEST_FILE = 300
"""Lines, as everywhere here."""
LONGEST_TEMPLATE = 120

STAND_ALONE = "conductdesk/audit/offline/verify.py"
"""It checks a bundle without any of our code, so it is one file: fewer than 400 lines."""

CODE = frozenset({".py", ".js"})
"""The endings of code; a scheme pack is one file whatever it says, and style sheets are compiled."""

A_VIEW = '@bp.get("/cases")\n@gate(Permission.CASELOAD)\ndef caseload():\n'
"""A view, but for its body."""


def views_in(module: ast.Module) -> Iterator[ast.FunctionDef]:
    """Yield each view of *module*: no address is answered by a function without a gate."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and any(map(_is_gate, node.decorator_list)):
            yield node


def long_views(sources: Mapping[str, ast.Module]) -> list[str]:
    """Return the views that are too long; Python counts a function from its `def`."""
    return [
        f"{path}: {view.name} has {lines} lines"
        for path, module in sources.items()
        for view in views_in(module)
        if (lines := (view.end_lineno or view.lineno) - view.lineno + 1) > LONGEST_VIEW
    ]


def long_texts(texts: Mapping[str, str], longest: int) -> list[str]:
    """Return the texts that have more than *longest* lines."""
    return [
        f"{path} has {lines} lines"
        for path, text in texts.items()
        if (lines := text.count("\n")) > longest
    ]


def code() -> dict[str, str]:
    """Return the source of every file of the package and of its tests."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
        for folder in ("conductdesk", "tests")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in CODE
    }


def _is_gate(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else None
    return isinstance(called, ast.Name) and called.id == "gate"


def test_a_long_view_and_a_long_file_would_be_found() -> None:
    fits, too_long = (A_VIEW + "    look()\n" * (LONGEST_VIEW - more) for more in (1, 0))
    sources = {"fits.py": ast.parse(fits), "long.py": ast.parse(too_long)}
    assert long_views(sources) == [f"long.py: caseload has {LONGEST_VIEW + 1} lines"]
    assert long_texts({"a": "\n" * 3, "b": "\n" * 4}, 3) == ["b has 4 lines"]


def test_every_view_of_both_faces_is_looked_at(faces: Faces) -> None:
    found = {view.name for module in modules().values() for view in views_in(module)}
    for app in faces:
        views = {view.__name__ for at, view in app.view_functions.items() if at != "static"}
        assert views <= found


def test_no_view_is_long() -> None:
    assert long_views(modules()) == []


def test_no_file_is_long() -> None:
    texts = code()
    assert long_texts({STAND_ALONE: texts.pop(STAND_ALONE)}, 399) == []
    assert long_texts(texts, LONGEST_FILE) == []


def test_no_template_is_long() -> None:
    assert long_texts(templates(), LONGEST_TEMPLATE) == []
