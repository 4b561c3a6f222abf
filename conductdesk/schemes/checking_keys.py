"""Whether the short words of a pack can stand in addresses, forms and the log, each once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from conductdesk.schemes.checking_questions import USUAL
from conductdesk.schemes.pack import Pack

KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}")
SCHEME_KEY = re.compile(r"[a-z][a-z0-9-]{1,19}")

TAKEN_ADDRESSES = frozenset({"desk", "healthz", "static", "still-here", "pack", "installation"})
"""What an address begins with already, and the name of the installation's own log."""
TAKEN_OFFICES = frozenset({"none", "not_sure"})
"""What the form says for “holds no post” and “not sure”."""
TAKEN_OUTCOMES = frozenset({"request"})
"""The obligation that a request becomes; every pack has it."""


def check_keys(pack: Pack) -> Iterator[str]:
    """Yield a sentence for each short word that is not one, is taken, or stands there twice."""
    if pack.key and not SCHEME_KEY.fullmatch(pack.key):
        yield (
            f"key: “{pack.key}” cannot stand in an address. Write 2 to 20 small letters, "
            "digits or hyphens, and begin with a letter."
        )
    if pack.key in TAKEN_ADDRESSES:
        yield f"key: “{pack.key}” is the address of something else. Choose another word."
    for field, keys, taken in _lists(pack):
        yield from _each(field, keys, taken)


def _lists(pack: Pack) -> Iterator[tuple[str, Sequence[str], frozenset[str]]]:
    free: frozenset[str] = frozenset()
    yield "organisations", [one.key for one in pack.organisations], free
    yield "offices", [one.key for one in pack.offices], TAKEN_OFFICES
    yield "kinds", [one.key for one in pack.kinds], free
    yield "questions", [one.key for one in pack.questions], frozenset(USUAL)
    yield "routing.rules", [one.key for one in pack.rules], free
    yield "confidentiality", [one.key for one in pack.confidentiality], free
    own = [one.key for one in pack.outcomes if one.offered]
    yield "outcomes", own, TAKEN_OUTCOMES
    yield "retention", [one.key for one in pack.retention], free
    yield "audit_checklist", [one.key for one in pack.audit_checklist], free
    for question in pack.questions:
        yield f"questions.{question.key}.choices", [one.key for one in question.choices], free


def _each(field: str, keys: Sequence[str], taken: Iterable[str]) -> Iterator[str]:
    for key in sorted({key for key in keys if keys.count(key) > 1} - {""}):
        yield f"{field}: “{key}” stands there more than once. Keep one of them."
    for key in sorted(set(keys) - {""}):
        if not KEY.fullmatch(key):
            yield (
                f"{field}.{key}.key: “{key}” is no short word. Write at most 40 small letters, "
                "digits, hyphens or underscores, and begin with a letter."
            )
        elif key in taken:
            yield f"{field}.{key}.key: “{key}” means something else already. Choose another word."
