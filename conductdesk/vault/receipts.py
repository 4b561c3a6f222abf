"""Receipts: 120 random bits that open the mailbox, as a code and as twelve words. Pure.

At that strength no slow hash is needed, and none can be used to exhaust the server. A respondent's
code and a personal recovery code have the same form.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass, field

from conductdesk.vault.seal import derive
from conductdesk.vault.words import WORDS

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U."""
MISREAD = str.maketrans("OILU", "011V")
SECRET_LENGTH = 15
CODE_LENGTH = 24
GROUP = 4
WORD_COUNT = 12
WORD_BITS = 10
FIELD_POLYNOMIAL = 0b100101
"""x⁵ + x² + 1, primitive over GF(2): 2 generates all 31 weights, each position has its own."""

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_NUMBERS = {word: number for number, word in enumerate(WORDS)}
_BY_BEGINNING = {word[:4]: number for number, word in enumerate(WORDS)}


@dataclass(frozen=True)
class Receipt:
    """The secret that lets a reporter come back."""

    secret: bytes = field(repr=False)

    @classmethod
    def mint(cls) -> Receipt:
        """Return a fresh receipt."""
        return cls(secrets.token_bytes(SECRET_LENGTH))

    @classmethod
    def parse(cls, typed: str) -> Receipt | None:
        """Read a receipt in either form as a person types it; None when it cannot be one.

        Case, spaces, hyphens and O for 0, I or L for 1, U for V are forgiven. The check character
        may be left out, and must be right when it is there; on paper it is called the check letter. A word
        may be cut to four letters.
        """
        text = unicodedata.normalize("NFKC", typed)
        return _from_words(text.lower()) or _from_code(text.upper())

    @property
    def groups(self) -> tuple[str, ...]:
        """The code in six groups of four characters."""
        characters = "".join(ALPHABET[value] for value in _digits(self.secret))
        return tuple(characters[i : i + GROUP] for i in range(0, CODE_LENGTH, GROUP))

    @property
    def check(self) -> str:
        """The check character."""
        return ALPHABET[_check_value(_digits(self.secret))]

    @property
    def code(self) -> str:
        """The whole code, as it is typed: six groups, then the check character."""
        return " ".join((*self.groups, self.check))

    @property
    def words(self) -> tuple[str, ...]:
        """The twelve words."""
        number = int.from_bytes(self.secret, "big")
        shifts = range((WORD_COUNT - 1) * WORD_BITS, -1, -WORD_BITS)
        return tuple(WORDS[number >> shift & (1 << WORD_BITS) - 1] for shift in shifts)

    @property
    def lookup(self) -> bytes:
        """What the server stores to find the mailbox again; it opens nothing."""
        return hashlib.sha256(b"conductdesk/receipt-lookup/v1" + self.secret).digest()

    @property
    def private_key(self) -> bytes:
        """The X25519 private key of the reporter's own key pair."""
        return derive(self.secret, b"conductdesk/receipt-key/v1")


def _digits(secret: bytes) -> list[int]:
    number = int.from_bytes(secret, "big")
    return [number >> shift & 31 for shift in range((CODE_LENGTH - 1) * 5, -1, -5)]


def _check_value(digits: list[int]) -> int:
    """Return the value that makes Σ 2ⁱ·dᵢ zero in GF(32), the check standing at i = 0.

    One wrong character, or two that changed places, always leave something else than zero.
    """
    total = 0
    for digit in digits:
        total = _times_two(total ^ digit)
    return total


def _times_two(value: int) -> int:
    doubled = value << 1
    return doubled ^ FIELD_POLYNOMIAL if doubled & 32 else doubled


def _from_code(text: str) -> Receipt | None:
    typed = re.sub(r"CHECK LETTER|[\W_]", "", text).translate(MISREAD)
    if len(typed) not in (CODE_LENGTH, CODE_LENGTH + 1) or not set(typed) <= set(ALPHABET):
        return None
    digits = [_VALUES[character] for character in typed[:CODE_LENGTH]]
    check = typed[CODE_LENGTH:]
    if check and _VALUES[check] != _check_value(digits):
        return None
    return _from_numbers(digits, 5)


def _from_words(text: str) -> Receipt | None:
    typed = re.findall(r"[^\W\d_]+", text)
    numbers = [_NUMBERS.get(word, _BY_BEGINNING.get(word)) for word in typed]
    known = [number for number in numbers if number is not None]
    if len(typed) != WORD_COUNT or len(known) != WORD_COUNT:
        return None
    return _from_numbers(known, WORD_BITS)


def _from_numbers(numbers: list[int], bits: int) -> Receipt:
    whole = 0
    for number in numbers:
        whole = whole << bits | number
    return Receipt(whole.to_bytes(SECRET_LENGTH, "big"))
