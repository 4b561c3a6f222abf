"""Where the house tests find templates, packs, and what the code says about them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "conductdesk"
TEMPLATES = ROOT / "templates"


@cache
def templates() -> dict[str, str]:
    """Return the source of every template by its name."""
    return {
        path.relative_to(TEMPLATES).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(TEMPLATES.rglob("*"))
        if path.suffix in {".html", ".txt"}
    }


@cache
def modules() -> dict[str, ast.Module]:
    """Return the syntax tree of every module of the package by its path."""
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def sentences(module: ast.Module) -> Iterator[str]:
    """Yield every text in *module* that could reach a person; docstrings cannot."""
    silent = {
        id(node.value)
        for node in ast.walk(module)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and id(node) not in silent:
            yield from [node.value] if isinstance(node.value, str) else []


def template_patterns(module: ast.Module) -> Iterator[str]:
    """Yield each template name in *module*; what is put together at run time becomes a `*`."""
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and _is_template(node.value):
            yield str(node.value)
        elif isinstance(node, ast.JoinedStr):
            pattern = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values
            )
            if _is_template(pattern):
                yield pattern


def _is_template(value: object) -> bool:
    return isinstance(value, str) and value.endswith((".html", ".txt")) and " " not in value
