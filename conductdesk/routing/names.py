"""Tell whether a typed name may be an officer's: by spelling in any script, and by sound.

Asking once too often is a small harm, telling the wrong officer is a great one. So one word of the
officer's name is enough, wherever it stands in what was typed. Where nobody can be asked, two words
of two names must be alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import jellyfish
from rapidfuzz import fuzz

ALIKE = 85
"""From which score on (of 100) two words count as spelled alike."""

ALIKE_UNHEARD = 75
"""The same for words that cannot be compared by sound, and whose endings change with the case."""

SHORT_FORM = 3
"""How many letters make a short form: Ros for Rosalind."""

LONGEST_RUN = 3
"""How many words are also compared as one: Van der Berg, Anne-Marie."""

ENOUGH = 2
"""How many words of a name must be alike where nobody can be asked: the first and the last."""

TITLES = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "rev", "reverend"}
)
PARTICLES = frozenset(
    {"al", "el", "bin", "ibn", "de", "del", "della", "der", "den", "di", "da", "do", "dos", "du"}
    | {"la", "le", "van", "von", "zu", "ter", "ten", "y"}
)
"""Words of a name that so many names have that they tell nothing alone."""

DESCRIBING = """
a an and or the this that these those of in on at by for from to with who whom whose which is
was were are be been am as it its he him his she her hers they them their i me my mine we us our
you your no not one ones two some somebody someone something any anybody anyone person people
man woman boy girl lady other another same called named name know knows known don dont do does
did think maybe perhaps about after before here there where when what how has have had work
works working mentor mentors mentee mentees mentoring co partner friend officer office staff
committee member members group team programme scheme society organisation charity chair chairman
chairwoman chairperson liaison lead safeguarding manager director trustee coordinator deputy
desk hr contact outside
"""

COMMON = PARTICLES | frozenset(DESCRIBING.split())
"""Words of descriptions: as part of a name they count only where an officer is called just so."""

LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i"}
    | dict.fromkeys("'’‘ʼʻ`′", "")
)
"""What stays after the marks are gone, as people type it who lack the key; ß is folded before."""

DROPPED = frozenset({"Mn", "Mc", "Me", "Cf"})
"""Marks on letters, and signs that are not seen."""


def resembling(name: str, officers: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return the keys of *officers* (office → names of its holders) that *name* may be."""
    typed = _Typed.of(name)
    return tuple(
        key for key, names in officers.items() if any(typed.may_be(officer) for officer in names)
    )


def likely(name: str, people: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return the keys of *people* whom *name* means as far as it goes, where nobody can be asked.

    “Isolda”, “Mrs Brackenthwaite” and “Isolda Brackentwaite” mean Isolde Brackenthwaite. “Isolde
    Merriweather” does not, though she may be asked about.
    """
    typed = _Typed.of(name)
    return tuple(
        key for key, names in people.items() if any(typed.is_likely(person) for person in names)
    )


def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a name that count: plain letters of any script, no titles, no initials.

    Where none would be left, all of them count, and where there are no letters, every sign.
    """
    plain = folded(name)
    found = re.findall(r"[^\W\d_]+", re.sub(r"\bo\s+(?=[^\W\d_]{3})", "o", plain))  # O Brien
    counting = [word for word in found if word not in TITLES and not _is_initial(word)]
    return tuple(counting or found or plain.split())


def folded(text: str) -> str:
    """Return *text* in small letters without marks: “Anna Strauß-Løvås” is “anna strauss-lovas”."""
    small = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = (sign for sign in small if unicodedata.category(sign) not in DROPPED)
    return "".join(kept).translate(LETTERS)


def runs(words: tuple[str, ...]) -> frozenset[str]:
    """Return *words*, and each few of them that stand together as one."""
    lengths = range(1, LONGEST_RUN + 1)
    places = range(len(words))
    return frozenset("".join(words[at : at + length]) for length in lengths for at in places)


@dataclass(frozen=True)
class _Typed:
    """What was typed: words that are compared by likeness, and those that count as they are."""

    words: frozenset[str]
    runs: frozenset[str]
    sounds: frozenset[str]

    @classmethod
    def of(cls, name: str) -> _Typed:
        words = name_words(name)
        telling = frozenset(words) - COMMON
        return cls(frozenset(words), runs(words) - COMMON, _sounds(telling))

    def may_be(self, officer: str) -> bool:
        words = name_words(officer)
        theirs = frozenset(words) - (PARTICLES - {*words[:1], *words[-1:]})  # Minh Le, Al Moss
        if self.words & theirs or self.sounds & _sounds(theirs):
            return True
        whole = runs(words) - PARTICLES | theirs
        return any(_spelled_alike(one, other) for one in self.runs for other in whole)

    def is_likely(self, person: str) -> bool:
        words = name_words(person)
        telling = len(self.words - COMMON) or 1
        alike = sum(self.may_be(word) for word in frozenset(words) - PARTICLES)
        return self.may_be(person) and alike >= min(ENOUGH, telling, len(words))


def _spelled_alike(one: str, other: str) -> bool:
    if one.isascii() and other.isascii():
        return _is_short_form(*sorted((one, other), key=len)) or fuzz.ratio(one, other) >= ALIKE
    if _has_case(one) or _has_case(other):
        return fuzz.ratio(one, other) >= ALIKE_UNHEARD
    return one in other or other in one or _family_sign(one) == _family_sign(other) != ""


def _is_short_form(short: str, long: str) -> bool:
    return len(short) >= SHORT_FORM and long.startswith(short)


def _sounds(words: Iterable[str]) -> frozenset[str]:
    """Return how *words* sound, by three rules for English ears; other scripts are not heard."""
    heard: set[str] = set()
    for word in words:
        if word.isascii() and word.isalpha() and len(word) > 1:
            heard.add(f"metaphone {jellyfish.metaphone(word)}")
            heard.add(f"rating {jellyfish.match_rating_codex(word)}")
            soundex = jellyfish.soundex(word).rstrip("0")
            if len(soundex) > len("S1"):  # one consonant after the first is too little to tell
                heard.add(f"soundex {soundex}")
    return frozenset(heard - {"metaphone ", "rating "})


def _is_initial(word: str) -> bool:
    return len(word) == 1 and not _is_ideograph(word)


def _has_case(word: str) -> bool:
    """Answer whether *word* is of a script that has small letters, and spaces between words."""
    return word.upper() != word


def _family_sign(word: str) -> str:
    """Return the first sign of a name in ideographs, which is the family's; else nothing."""
    return word[:1] if _is_ideograph(word[:1]) else ""


def _is_ideograph(sign: str) -> bool:
    return unicodedata.name(sign, "").startswith("CJK") if sign else False
