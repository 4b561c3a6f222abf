"""What the package defines is used by the package, and not by its tests alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.sources import ROOT, modules

BESIDE = ("bench/**/*.py", "dev/**/*.py", "migrations/**/*.py", "wsgi.py")
BY_NAME = {
    "conductdesk.review.pdf": "as_pdf",  # loaded where a report is printed
    "conductdesk.vault.stripping": "clean_",  # one for each kind of file
}
"""What is found by a name that is put together at run time: how it begins, by its module."""


def test_every_function_class_and_constant_is_used() -> None:
    beside = (path for place in BESIDE for path in ROOT.glob(place))
    trees = {str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8")) for path in beside}
    used = {use for path, tree in {**modules(), **trees}.items() for use in read(path, tree)}
    left = {
        f"{module}.{name}"
        for module, tree in ((module_of(path), tree) for path, tree in modules().items())
        for name in defined(tree)
        if not used.intersection((place, name) for place in places(module))
        if not any(module.startswith(of) and name.startswith(it) for of, it in BY_NAME.items())
    }
    assert left == set()


def defined(tree: ast.Module) -> Iterator[str]:
    """Yield what a module defines; a decorated function is registered by its decorator."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not (
            isinstance(node, ast.FunctionDef) and node.decorator_list
        ):
            yield node.name
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        yield from (one.id for one in targets if isinstance(one, ast.Name) and one.id != "__all__")


def read(path: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield every name that a module reads, with the place that it is read from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield module_of(path), node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node.value.id, node.attr
        elif isinstance(node, ast.ImportFrom) and not path.endswith("__init__.py"):
            yield from ((node.module or "", one.name) for one in node.names)


def places(module: str) -> set[str]:
    """Return what its names are read from: itself, a package above, the last word of either."""
    above = {module, *(module.rsplit(".", up)[0] for up in range(1, module.count(".") + 1))}
    return above | {one.rpartition(".")[2] for one in above}


def module_of(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
