"""No template weakens the policy, promises too much, or is out of reach."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatch

import pytest
from jinja2 import Environment
from jinja2.nodes import Call, Name, Template
from jinja2.visitor import NodeVisitor

from tests.house import lints
from tests.house.sources import PACKAGE, modules, sentences, template_patterns, templates

REFERENCE = re.compile(r"""["']([\w/.-]+\.(?:html|txt))["']""")
MACRO = re.compile(r"{%-?\s*macro\s+(\w+)\(")

BAD: tuple[tuple[Callable[[str], list[str]], str], ...] = (
    (lints.unsafe_jinja, "{{ note | safe }}"),
    (lints.unsafe_jinja, "{% autoescape false %}{{ note }}{% endautoescape %}"),
    (lints.unsafe_htmx, '<p hx-on:click="go()">'),
    (lints.unsafe_htmx, '<a href="javascript:go()">'),
    (lints.unsafe_htmx, """<p hx-vals='js:{a: go()}'>"""),
    (lints.unsafe_htmx, '<p hx-get="/a" hx-trigger="click[ctrlKey]">'),
    (lints.unsafe_htmx, '{{ govukButton({"attributes": {"hx-trigger": "click[ctrlKey]"}}) }}'),
    (lints.unsafe_htmx, '<form action="/a" method="post" hx-delete="/a">'),
    (lints.inline_style_or_script, '<p style="color: red">'),
    (lints.inline_style_or_script, "<style>p {}</style>"),
    (lints.inline_style_or_script, '<p {% if a %}class="b"{% endif %} onclick="go()">'),
    (lints.inline_style_or_script, "<script>go()</script>"),
    (lints.inline_style_or_script, '<script src="/go.js"></script>'),
    (lints.inline_style_or_script, '{{ govukButton({"attributes": {"onclick": "go()"}}) }}'),
    (lints.posts_without_a_form, '<button hx-post="/a">'),
    (lints.posts_without_a_form, '<form method="post" hx-post="{{ address }}">'),
    (lints.forbidden_promises, "<p>This is completely\n  confidential.</p>"),
    (lints.forbidden_promises, "We Guarantee that"),
    (lints.forbidden_promises, "end-to-end encrypted"),
)
GOOD = (
    '<form action="{{ url_for("a.b") }}" method="post" hx-post="{{ url_for("a.b") }}">',
    '<script src="{{ static_url("start.js") }}" nonce="{{ csp_nonce() }}"></script>',
    '{% set one = "two" %}<p class="{{ one }}">{{ note }}</p>{# | safe, said in passing #}',
)


@pytest.mark.parametrize(("lint", "source"), BAD)
def test_each_lint_finds_what_it_is_for(lint: Callable[[str], list[str]], source: str) -> None:
    assert lint(source)


@pytest.mark.parametrize("source", GOOD)
def test_no_lint_minds_what_is_right(source: str) -> None:
    assert [fault for lint in lints.LINTS for fault in lint(source)] == []


@pytest.mark.parametrize("lint", lints.LINTS)
def test_no_template_has_a_fault(lint: Callable[[str], list[str]]) -> None:
    faults = {name: lint(source) for name, source in templates().items()}
    assert {name: found for name, found in faults.items() if found} == {}


def test_no_pack_and_no_sentence_in_code_promises_too_much() -> None:
    packs = {
        path.name: path.read_text(encoding="utf-8")
        for path in (PACKAGE / "schemes" / "packs").glob("*.toml")
    }
    spoken = {name: "\n".join(sentences(module)) for name, module in modules().items()}
    faults = {name: lints.forbidden_promises(text) for name, text in {**packs, **spoken}.items()}
    assert {name: found for name, found in faults.items() if found} == {}


def test_every_template_can_be_reached() -> None:
    sources = templates()
    patterns = {pattern for module in modules().values() for pattern in template_patterns(module)}
    reached = {name for name in sources if any(fnmatch(name, pattern) for pattern in patterns)}
    reached |= {name for source in sources.values() for name in REFERENCE.findall(source)}
    called = {name for source in sources.values() for name in _called(source)}
    reached |= {name for name, source in sources.items() if called & set(MACRO.findall(source))}
    assert set(sources) - reached == set()


def test_every_macro_is_used() -> None:
    sources = templates()
    made = {name for source in sources.values() for name in MACRO.findall(source)}
    assert made - {name for source in sources.values() for name in _called(source)} == set()


class _Calls(NodeVisitor):
    """Collects the names that a template calls."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_Call(self, node: Call) -> None:  # noqa: N802 -- the name that Jinja's visitor calls
        if isinstance(node.node, Name):
            self.names.add(node.node.name)
        self.generic_visit(node)


def _called(source: str) -> set[str]:
    tree: Template = Environment(autoescape=True).parse(source)
    calls = _Calls()
    calls.visit(tree)
    return calls.names
