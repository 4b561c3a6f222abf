"""What a password, an address and a pause between attempts must be; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hmac import compare_digest
from importlib import resources
from itertools import pairwise

import pyotp

SHORTEST_PASSWORD = 15
LONGEST_PASSWORD = 256
CODE_STEP = 30
"""Seconds that a one-time code lasts."""
LONGEST_NAME = 120
LONGEST_EMAIL = 254
"""RFC 5321 §4.5.3.1.3, without the angle brackets."""

INVITATION_LIFE = timedelta(hours=72)
FREE_FAILURES = 5
"""Attempts under one address before a pause begins."""
FREE_FAILURES_IN_TOTAL = 100
LONGEST_PAUSE = timedelta(minutes=1)
"""Long enough that guessing is hopeless, short enough that nobody can lock another person out."""
LONGEST_PAUSE_IN_TOTAL = timedelta(seconds=2)
FAILURES_FORGOTTEN_AFTER = timedelta(hours=1)

OWN_WORDS = ("conductdesk", "conduct", "desk", "mentor", "mentoring", "mentee", "mentors")
LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b"})
SIGNS = str.maketrans({"@": "a", "$": "s", "!": "i", "€": "e", "£": "l", "+": "t"})
WALKS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "!@#$%^&*()",
    '!"£$%^&*()',
)
STEPS = frozenset(pair for walk in WALKS for way in (walk, walk[::-1]) for pair in pairwise(way))
CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
EMAIL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]+@[a-z0-9-]+(\.[a-z0-9-]+)+")

TOO_SHORT = (
    f"Your password must have at least {SHORTEST_PASSWORD} characters. "
    "Three or four words that have nothing to do with each other make a good one."
)
TOO_LONG = f"Your password must have at most {LONGEST_PASSWORD} characters."
TOO_COMMON = (
    "This password is one of the first that somebody else would try. "
    "Choose three or four words that have nothing to do with each other."
)
TOO_REGULAR = (
    "This password repeats itself or follows the keyboard, so it is easy to guess. "
    "Choose three or four words that have nothing to do with each other."
)
TOO_CLOSE = (
    "This password is made of words that belong to you, to your organisation or to this service. "
    "Choose three or four words that have nothing to do with them."
)


@dataclass(frozen=True)
class NewPerson:
    """Somebody who is to get an account."""

    email: str
    name: str
    administrator: bool = False

    def problem(self) -> str | None:
        """Return why this person cannot be invited, or None."""
        return email_problem(tidy_email(self.email)) or name_problem(self.name)


def tidy_email(email: str) -> str:
    """Return the address as it is stored and compared."""
    return CONTROL.sub("", unicodedata.normalize("NFC", email)).strip().lower()


def email_problem(email: str) -> str | None:
    """Return why *email* (already tidy) cannot be used, or None."""
    if len(email) > LONGEST_EMAIL or not EMAIL.fullmatch(email):
        return "Enter an e-mail address in the form name@example.org."
    return None


def name_problem(name: str) -> str | None:
    """Return why *name* cannot be used, or None."""
    if not name.strip():
        return "Enter the person's name."
    if len(name) > LONGEST_NAME or not name.isprintable():
        return f"Enter a name of at most {LONGEST_NAME} characters, on one line."
    return None


def tidy_password(password: str) -> str:
    """Return the password as the vault hashes it, so that two keyboards give the same one."""
    return unicodedata.normalize("NFKC", password)


def password_problem(password: str, belongs: Iterable[str] = ()) -> str | None:
    """Return why *password* cannot be used, or None.

    *belongs*: texts that an attacker knows: the person's name and address, the organisation.
    There are no rules about which kinds of character it must hold.
    """
    password = tidy_password(password)
    if len(password) < SHORTEST_PASSWORD:
        return TOO_SHORT
    if len(password) > LONGEST_PASSWORD:
        return TOO_LONG
    checks: tuple[tuple[Callable[[str], bool], str], ...] = (
        (_is_common, TOO_COMMON),
        (_is_regular, TOO_REGULAR),
        (lambda text: _is_made_of(text, belongs), TOO_CLOSE),
    )
    return next((sentence for holds, sentence in checks if holds(password)), None)


def pause_after(failures: int) -> timedelta:
    """Return how long to wait after failures under one address: nothing, then 1 s, 2 s … 1 min."""
    return _growing(failures - FREE_FAILURES, LONGEST_PAUSE)


def pause_in_total(failures: int) -> timedelta:
    """Return how long everybody waits after failures under any address: at most two seconds."""
    return _growing(failures - FREE_FAILURES_IN_TOTAL, LONGEST_PAUSE_IN_TOTAL)


def code_counter(secret: str, typed: str, at: datetime, after: int) -> int | None:
    """Return the time step of a one-time code (RFC 6238), or None when it does not fit.

    One step early or late is forgiven (§5.2); steps up to *after* have been used.
    """
    code = "".join(digit for digit in typed if digit.isdigit())
    now = int(at.timestamp()) // CODE_STEP
    totp = pyotp.TOTP(secret)
    fits = (step for step in (now, now - 1, now + 1) if _same(totp.generate_otp(step), code))
    return next((step for step in fits if step > after), None)


def _same(left: str, right: str) -> bool:
    return compare_digest(left.encode(), right.encode())


def _growing(over: int, longest: timedelta) -> timedelta:
    if over < 0:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(over, 20)), longest)


def _is_common(password: str) -> bool:
    listed = common_passwords()
    return any(reading in listed for reading in _readings(password))


def _is_regular(password: str) -> bool:
    text = password.casefold()
    steps = sum(pair in STEPS or pair[0] == pair[1] for pair in pairwise(text))
    return len(set(text)) < 6 or _repeats(text) or steps >= 0.7 * (len(text) - 1)


def _repeats(text: str) -> bool:
    """Say whether *text* is one piece over and over (with at most two characters left over)."""
    periods = range(1, len(text) // 2 + 1)
    return any(text[period:-2] == text[: -period - 2] for period in periods)


def _is_made_of(password: str, belongs: Iterable[str]) -> bool:
    words = {word for text in (*OWN_WORDS, *belongs) for word in _words(text) if len(word) > 3}
    for reading in _readings(password):
        for word in sorted(words, key=len, reverse=True):
            reading = reading.replace(word, "")
        if len(reading.strip("0123456789")) < 6:
            return True
    return False


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold())


def _readings(password: str) -> set[str]:
    """Return the password as letters alone: as typed, and with digits and signs read as letters."""
    text = unicodedata.normalize("NFKC", password).casefold()
    plain = _letters(text)
    signs = _letters(text.translate(SIGNS))
    bare = plain.strip("0123456789")
    return {plain, bare, *(word.translate(LEET) for word in (plain, bare, signs))}


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())


@cache
def common_passwords() -> frozenset[str]:
    """Return the list that ships with the package, as `_readings` would give its lines."""
    text = resources.files(__package__).joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
