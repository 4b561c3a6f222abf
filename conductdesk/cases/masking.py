"""Put pseudonyms in the place of names. Pure.

Case, accents, width, invisible characters, kinds of apostrophe and the spaces between the parts of
a name make no difference. What no rule can know (a nickname, a job, a street) is left to the
handler, who checks every masked text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

TITLES = frozenset(
    ["mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "lady", "lord"]
) | frozenset(["rev", "reverend", "the", "and", "of", "de", "van", "von", "der", "la", "le"])
"""Parts of a name that name nobody by themselves."""

SHORTEST_PART = 2
FEWEST_DIGITS = 6
_EMAIL = re.compile(r"[^\s<>()\[\],;]+@[^\s<>()\[\],;]+")
_NUMBER = re.compile(r"\d(?:[\s().+/-]*\d)+")
_ALIKE = {
    **dict.fromkeys(map(ord, "’‘ʼ`´"), "'"),
    **dict.fromkeys(map(ord, "‐‑‒–—"), "-"),
    ord("ı"): "i",
}
"""What people type for one another, and Unicode does not fold."""


@dataclass(frozen=True)
class Known:
    """Somebody who must not be named: their pseudonym, their name, and ways to reach them."""

    alias: str
    name: str
    contact: str = ""


@dataclass(frozen=True)
class _Hit:
    """Where a name stands in a text, and whose it may be."""

    start: int
    end: int
    aliases: tuple[str, ...]
    whole: bool


def mask(text: str, known: Sequence[Known]) -> str:
    """Return *text* with every name, part of a name, address and number replaced by the alias.

    A part that two people share is replaced by both: *Respondent A or Witness B*.
    """
    parts: list[str] = []
    at, last = 0, ""
    for hit in _hits(text, tuple(known)):
        between, alias = text[at : hit.start], " or ".join(hit.aliases)
        if not (alias == last and between.isspace()):  # first name and surname, one after the other
            parts += [between, alias]
        at, last = hit.end, alias
    return "".join((*parts, text[at:]))


def still_named(text: str, known: Sequence[Known]) -> tuple[str, ...]:
    """Return the aliases of those whom *text* seems to name.

    A part of a name in small letters only ("may", "will") is taken for a word.
    """
    found = {
        alias: None
        for hit in _hits(text, tuple(known))
        if hit.whole or not text[hit.start : hit.end].islower()
        for alias in hit.aliases
    }
    return tuple(found)


def _hits(text: str, known: tuple[Known, ...]) -> Iterator[_Hit]:
    pattern, whose, whole = _pattern(known)
    if pattern is None:
        return
    folded, places = _fold(text)
    for match in pattern.finditer(folded):
        key = _key(match.group())
        end = places[match.end()] if match.end() < len(places) else len(text)
        yield _Hit(places[match.start()], end, whose[key], key in whole)


@lru_cache(maxsize=64)
def _pattern(
    known: tuple[Known, ...],
) -> tuple[re.Pattern[str] | None, dict[str, tuple[str, ...]], frozenset[str]]:
    """Return what finds the names, whose each is, and which of them are more than a part."""
    whose: dict[str, dict[str, None]] = {}
    whole: set[str] = set()
    for person in known:
        for variant in (*_wholes(person), *_parts(person.name)):
            whose.setdefault(_key(variant), {})[person.alias] = None
        whole.update(_key(variant) for variant in _wholes(person))
    whose.pop("", None)
    if not whose:
        return None, {}, frozenset()
    longest_first = sorted(whose, key=lambda key: (-len(key), key))
    pattern = re.compile("|".join(_loosely(key) for key in longest_first))
    return pattern, {key: tuple(aliases) for key, aliases in whose.items()}, frozenset(whole)


def _wholes(person: Known) -> Iterable[str]:
    """Yield what names a person without doubt: the whole name, each address and each number."""
    name = _fold(person.name)[0]
    yield name
    yield " ".join(part for part in name.split() if part.strip(".,") not in TITLES)
    contact = _fold(person.contact)[0]
    yield from _EMAIL.findall(contact)
    for number in _NUMBER.findall(contact):
        if sum(character.isdigit() for character in number) >= FEWEST_DIGITS:
            digits = _key(number)
            yield from (digits, digits.removeprefix("44"), digits.removeprefix("0"))


def _parts(name: str) -> Iterable[str]:
    for part in re.split(r"[^\w'-]+", _fold(name)[0]):
        for piece in (part, *part.split("-")):
            bare = piece.strip("'-")
            if len(bare) >= SHORTEST_PART and bare not in TITLES:
                yield bare


def _key(text: str) -> str:
    """Return what two spellings of one name have in common."""
    return re.sub(r"\D", "", text) if _NUMBER.fullmatch(text) else " ".join(text.split())


def _loosely(key: str) -> str:
    if _NUMBER.fullmatch(key):
        return r"[\s().+/-]*".join(key)
    spaced = r"\s+".join(re.escape(part) for part in key.split(" "))
    return rf"(?<![^\W_]){spaced}(?![^\W_])"


def _fold(text: str) -> tuple[str, list[int]]:
    """Return *text* without case and accents, and where each character of that came from."""
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for bare in _bare(character):
            folded.append(bare)
            places.append(place)
    return "".join(folded), places


@lru_cache(maxsize=4096)
def _bare(character: str) -> str:
    decomposed = unicodedata.normalize("NFKD", character).casefold()
    kept = (
        one
        for one in unicodedata.normalize("NFKD", decomposed)
        if not unicodedata.combining(one) and unicodedata.category(one) != "Cf"
    )
    return "".join(kept).translate(_ALIKE)
