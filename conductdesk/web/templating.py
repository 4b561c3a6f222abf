"""The templates' environment: strict about names, and every macro at hand without an import.

A fragment is a block rendered alone, without the top of its template; an import there would not be
seen, so the macros are global.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from flask import Flask
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    Undefined,
)
from jinja2.utils import missing
from markupsafe import Markup

TEMPLATES = Path(__file__).parents[2] / "templates"
GOVUK = "govuk_frontend_jinja"
MACRO = re.compile(r"{%-?\s*macro\s+([a-zA-Z]\w*)\(")


class StrictNames(Undefined):
    """An unknown name raises; a key that a mapping lacks is empty, as GOV.UK's macros expect."""

    def __bool__(self) -> bool:
        self._refuse()
        return super().__bool__()

    def __str__(self) -> str:
        self._refuse()
        return super().__str__()

    def __iter__(self) -> Iterator[Any]:
        self._refuse()
        return super().__iter__()

    def __len__(self) -> int:
        self._refuse()
        return super().__len__()

    def __eq__(self, other: object) -> bool:
        self._refuse()
        return super().__eq__(other)

    def __hash__(self) -> int:
        self._refuse()
        return super().__hash__()

    def _refuse(self) -> None:
        if self._undefined_obj is missing:
            empty = self._undefined_hint is not None  # an argument left out, or no caller
        else:
            empty = isinstance(self._undefined_obj, Mapping | list | tuple)
        if not empty:
            self._fail_with_undefined_error()


class LateMacro:
    """A macro that is compiled when a page first uses it."""

    def __init__(self, environment: Environment, template: str, name: str) -> None:
        self._environment = environment
        self._template = template
        self._name = name

    def __call__(self, *values: Any, **named: Any) -> Markup:
        """Render the macro with whatever the template gave it."""
        rendered: Markup = self._macro(*values, **named)
        return rendered

    @cached_property
    def _macro(self) -> Callable[..., Markup]:
        module = self._environment.get_template(self._template).module
        return cast(Callable[..., Markup], getattr(module, self._name))


def install_templates(app: Flask) -> None:
    """Give *app* its loaders, the strict environment and the macros."""
    app.jinja_options = {"undefined": StrictNames, "trim_blocks": True, "lstrip_blocks": True}
    libraries = {name: PackageLoader(name) for name in (GOVUK, "govuk_frontend_wtf")}
    app.jinja_loader = ChoiceLoader([FileSystemLoader(TEMPLATES), PrefixLoader(dict(libraries))])
    environment = app.jinja_env
    for name in ("undefined", "null"):
        environment.globals[name] = StrictNames("what the macros of GOV.UK compare with")
    for template in environment.list_templates():
        if template.startswith("parts/") or template.endswith("/macro.html"):
            for name in _macros_in(environment, template):
                environment.globals[name] = LateMacro(environment, template, name)


def _macros_in(environment: Environment, template: str) -> list[str]:
    loader = cast(BaseLoader, environment.loader)
    source, _file, _fresh = loader.get_source(environment, template)
    return MACRO.findall(source)
