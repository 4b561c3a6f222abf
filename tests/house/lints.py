"""What a template may not hold: each lint returns the faults of one template's source."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

JINJA = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
COMMENT = re.compile(r"{#.*?#}", re.DOTALL)

FORBIDDEN_PROMISES = (  # SG-01
    "completely confidential",
    "100% confidential",
    "will never be shared",
    "guarantee",
    "untraceable",
    "end-to-end",
    "end to end",
)
UNSAFE_JINJA = (
    (re.compile(r"\|\s*safe\b"), "|safe lets markup through unescaped"),
    (re.compile(r"{%-?\s*autoescape\s+false"), "autoescape is switched off"),
)
UNSAFE_HTMX = (  # HX-03: with eval switched off these fail open, or not at all
    (re.compile(r"hx-on\b"), "hx-on is inline script"),
    (re.compile(r"""["'\s](js|javascript):""", re.IGNORECASE), "js: values are inline script"),
    (re.compile(r"hx-trigger[\"']?\s*[=:]\s*(\"[^\"]*\[|'[^']*\[)"), "trigger filters fail open"),
    (re.compile(r"hx-(put|patch|delete)\b"), "every change is a POST (HX-04)"),
)
INLINE_IN_MACROS = (
    (re.compile(r"""["']style["']\s*:"""), "inline style (HD-02)"),
    (re.compile(r"""["']on[a-z]+["']\s*:"""), "inline handler (HD-02)"),
    (re.compile(r"""["']hx-post["']\s*:"""), "hx-post belongs on the form itself"),
)


def unsafe_jinja(source: str) -> list[str]:
    """Return what switches escaping off."""
    return _matches(UNSAFE_JINJA, _without_comments(source))


def unsafe_htmx(source: str) -> list[str]:
    """Return what htmx would have to evaluate, and methods that are not ours."""
    return _matches(UNSAFE_HTMX, _without_comments(source))


def inline_style_or_script(source: str) -> list[str]:
    """Return inline styles, handlers and scripts (HD-02): the policy would block them."""
    in_macros = " ".join(JINJA.findall(_without_comments(source)))
    return _matches(INLINE_IN_MACROS, in_macros) + _read(source).inline


def posts_without_a_form(source: str) -> list[str]:
    """Return each hx-post that does nothing when JavaScript is off (HX-12)."""
    return _read(source).formless


def forbidden_promises(source: str) -> list[str]:
    """Return promises that nobody can keep (SG-01)."""
    text = " ".join(_without_comments(source).lower().split())
    return [promise for promise in FORBIDDEN_PROMISES if promise in text]


LINTS: tuple[Callable[[str], list[str]], ...] = (
    unsafe_jinja,
    unsafe_htmx,
    inline_style_or_script,
    posts_without_a_form,
    forbidden_promises,
)


class _Reader(HTMLParser):
    """Reads the tags that are left when Jinja's are taken out."""

    def __init__(self) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.formless: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for name in given:
            if name == "style" or re.fullmatch(r"on[a-z]+", name):
                self.inline.append(f"<{tag} {name}=…>")
        if tag == "style" or (tag == "script" and not {"src", "nonce"} <= set(given)):
            self.inline.append(f"<{tag}> that is inline, or without a nonce")
        if "hx-post" in given and not _posts_by_itself(tag, given):
            self.formless.append(f"<{tag} hx-post=…>")


def _posts_by_itself(tag: str, given: dict[str, str | None]) -> bool:
    return tag == "form" and bool(given.get("action")) and given.get("method") == "post"


def _read(source: str) -> _Reader:
    reader = _Reader()
    reader.feed(JINJA.sub(_stand_in, source))
    reader.close()
    return reader


def _stand_in(jinja: re.Match[str]) -> str:
    """Keep attribute values non-empty, and statements invisible."""
    return "X" if jinja.group().startswith("{{") else " "


def _without_comments(source: str) -> str:
    return COMMENT.sub("", source)


def _matches(rules: tuple[tuple[re.Pattern[str], str], ...], text: str) -> list[str]:
    return [fault for pattern, fault in rules if pattern.search(text)]
