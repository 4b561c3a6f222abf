"""Every address that a template or a view names exists."""

from __future__ import annotations

import ast
import re

from tests.conftest import Faces
from tests.house.sources import modules, templates

NAMED = re.compile(r"""url_for\(\s*["']([\w.]+)["']""")
NAMING = {"url_for", "see_other"}
"""Functions whose first argument is an endpoint."""


def test_every_named_endpoint_exists(faces: Faces) -> None:
    known = {endpoint for app in faces for endpoint in app.view_functions}
    named = {name for source in templates().values() for name in NAMED.findall(source)}
    named |= {name for module in modules().values() for name in _named_in(module)}
    assert named
    assert named - known == set()


def _named_in(module: ast.Module) -> set[str]:
    return {
        str(node.args[0].value)
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in NAMING
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
