"""A page that is shown again because an act was refused says so, in whatever state it is now."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.sources import modules


def test_every_page_that_can_be_shown_again_says_why_on_each_of_its_branches() -> None:
    silent = [
        f"{path}:{line}"
        for path, module in modules().items()
        if "/views/" in path
        for function in ast.walk(module)
        if isinstance(function, ast.FunctionDef) and "refusal" in _taken(function)
        for line in _silent_pages(function)
    ]
    assert silent == []


def _taken(function: ast.FunctionDef) -> set[str]:
    return {one.arg for one in (*function.args.args, *function.args.kwonlyargs)}


def _silent_pages(function: ast.FunctionDef) -> Iterator[int]:
    """Yield the lines that return a page of a template and do not hand the refusal on to it."""
    saying = {"refusal"}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and _names(node.value) & saying:
            saying |= {name for target in node.targets for name in _names(target)}

    for node in ast.walk(function):
        shown = node.value if isinstance(node, ast.Return) else None
        if shown and _shows_template(shown) and not _names(shown) & saying:
            yield shown.lineno


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _shows_template(node: ast.AST) -> bool:
    texts = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
    return any(isinstance(text, str) and text.endswith(".html") for text in texts)
