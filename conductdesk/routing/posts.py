"""Tell which offices a description may mean: “the chair”, “somebody from safeguarding”."""

from __future__ import annotations

from rapidfuzz import fuzz

from conductdesk.routing.names import name_words, runs
from conductdesk.schemes.pack import Office, Pack

ALIKE = 88
"""From which score on (of 100) a typed word counts as one of an office's name: liason."""

STEM = 5
"""How many letters a word has at least that may go on as it likes: chairwoman, directors."""

FILLING = {"a", "an", "the", "of", "for", "and", "or", "who", "about", "in", "at", "to", "take"}

GENERAL = FILLING | {
    *("mentor", "mentors", "mentoring", "officer", "member", "contact", "outside", "partner"),
    *("child", "person", "people", "concerns", "own", "their"),
    *("scheme", "programme", "network", "society", "charity", "organisation"),
}
"""What many posts and descriptions have: one such word alone means no office, two of one do."""


def described(text: str, pack: Pack) -> tuple[str, ...]:
    """Return the keys of the offices of *pack* that *text* may mean."""
    typed = runs(name_words(text))
    return tuple(office.key for office in pack.offices if _means(typed, office, pack))


def _means(typed: frozenset[str], office: Office, pack: Pack) -> bool:
    """Answer whether a telling word of the office was typed, or two that tell nothing alone."""
    called = set(name_words(office.name)) - FILLING
    plainly = set(name_words(office.plain)) - set(name_words(f"{pack.organisation} {pack.name}"))
    if any(_was_typed(word, typed) for word in (called | plainly) - GENERAL):
        return True
    return len([word for word in called if _was_typed(word, typed)]) > 1


def _was_typed(word: str, typed: frozenset[str]) -> bool:
    return any(_is_same(one, word) for one in typed)


def _is_same(typed: str, word: str) -> bool:
    """Answer whether they begin alike (hair is no chair), and are spelled alike or go on."""
    if typed[:1] != word[:1]:
        return False
    goes_on = len(word) >= STEM and typed.startswith(word)
    return goes_on or fuzz.ratio(typed, word) >= ALIKE
