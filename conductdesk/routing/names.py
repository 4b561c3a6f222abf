"""Tell whether a typed name may be an officer's: by spelling, and by sound."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

import jellyfish
from rapidfuzz import fuzz

ALIKE = 85
"""From which score on (of 100) two names count as spelled alike."""

TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame"})


def resembling(name: str, officers: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return the keys of *officers* (office → names of its holders) that *name* may be.

    A shared family name, a name spelled alike, or one that sounds alike is enough: asking once too
    often is a small harm, telling the wrong officer is a great one.
    """
    words = name_words(name)
    return tuple(
        key
        for key, names in officers.items()
        if words and any(_alike(words, name_words(officer)) for officer in names)
    )


def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a name that count: plain letters, no titles, no initials."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    found = re.findall(r"[a-z]+", plain)
    return tuple(word for word in found if word not in TITLES and len(word) > 1)


def _alike(typed: tuple[str, ...], officer: tuple[str, ...]) -> bool:
    if not officer:
        return False
    if fuzz.token_sort_ratio(" ".join(typed), " ".join(officer)) >= ALIKE:
        return True
    family = officer[-1]
    if any(_same_word(word, family) for word in typed):
        return True
    return len(typed) == 1 and _same_word(typed[0], officer[0])


def _same_word(one: str, other: str) -> bool:
    return (
        fuzz.ratio(one, other) >= ALIKE
        or jellyfish.metaphone(one) == jellyfish.metaphone(other)
        or _sound(one) == _sound(other)
    )


def _sound(word: str) -> str:
    return jellyfish.match_rating_codex(word)
