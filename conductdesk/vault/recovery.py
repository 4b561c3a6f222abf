"""The recovery key: made offline, kept in three parts, opened by any two custodians. Pure.

The key R is sealed three times, A(B(R)), A(C(R)) and B(C(R)), to the key pairs of the custodians
A, B and C: HPKE inside HPKE, no new primitive. A part is a custodian's private key and the two
sealed copies that it helps to open.
"""

from __future__ import annotations

import base64
import hashlib
import textwrap
from dataclasses import dataclass, field
from itertools import combinations

from conductdesk.refusal import Refused
from conductdesk.vault.seal import (
    SealBrokenError,
    bound_to,
    fingerprint_of,
    load_private_key,
    new_private_key,
    public_key_of,
    unwrap,
    wrap,
)

NUMBERS = (1, 2, 3)
PAIRS = tuple(combinations(NUMBERS, 2))
HEADER = "ConductDesk recovery key, part {number} of 3"
VERSION = 1
COPY_LENGTH = 32 + 2 * 48
PART_LENGTH = 2 + 32 + 32 + 2 * COPY_LENGTH
CHECK_LENGTH = 4


class RecoveryRefused(Refused):
    """The parts do not open the recovery key; the sentence says which one is wrong, and how."""


@dataclass(frozen=True)
class RecoveryKey:
    """What `keygen` makes: the public key for the server, a text for each custodian."""

    public_key: bytes
    parts: tuple[str, str, str] = field(repr=False)


@dataclass(frozen=True)
class Part:
    """One custodian's part, read."""

    number: int
    public_key: bytes
    private_key: bytes = field(repr=False)
    copies: dict[tuple[int, int], bytes] = field(repr=False)


def keygen() -> RecoveryKey:
    """Make a recovery key and its three parts; nothing else of it is kept."""
    recovery, custodians = new_private_key(), [new_private_key() for _number in NUMBERS]
    public_key = public_key_of(recovery)
    copies = {
        (outer, inner): _seal_twice(
            public_key, (outer, inner), recovery, custodians[outer - 1], custodians[inner - 1]
        )
        for outer, inner in PAIRS
    }
    one, two, three = (
        _written(
            Part(
                number,
                public_key,
                custodians[number - 1],
                {pair: copy for pair, copy in copies.items() if number in pair},
            )
        )
        for number in NUMBERS
    )
    return RecoveryKey(public_key, (one, two, three))


def combine(first: str, second: str) -> bytes:
    """Return the recovery private key from two parts, in either order, or raise `Refused`."""
    outer, inner = sorted((read_part(first), read_part(second)), key=lambda part: part.number)
    if outer.public_key != inner.public_key:
        raise RecoveryRefused(
            "These two parts belong to different recovery keys. Compare their “Key” lines."
        )
    if outer.number == inner.number:
        raise RecoveryRefused(
            f"Both are part {outer.number}. Ask another custodian for a different part."
        )
    return _open_twice(outer, inner)


def read_part(text: str) -> Part:
    """Read one part as a custodian hands it over, or raise `Refused` with what is wrong."""
    lines = [line.strip() for line in text.strip().splitlines()]
    body = "".join(line for line in lines if line and " " not in line)
    try:
        payload = base64.b64decode(body, validate=True)
    except ValueError as error:  # binascii.Error is one; so is a letter outside ASCII
        raise _unreadable() from error
    part, check = payload[:-CHECK_LENGTH], payload[-CHECK_LENGTH:]
    if len(part) != PART_LENGTH or part[0] != VERSION or _check(part) != check:
        raise _unreadable()
    return _parsed(part)


def _unreadable() -> RecoveryRefused:
    return RecoveryRefused(
        "This is not a whole recovery part: a line is missing, or a character is wrong. "
        "Copy the part again, from its first line to its last."
    )


def _parsed(part: bytes) -> Part:
    number, keys, copies = part[1], part[2:66], part[66:]
    pairs = [pair for pair in PAIRS if number in pair]
    return Part(
        number,
        public_key=keys[:32],
        private_key=keys[32:],
        copies={pairs[0]: copies[:COPY_LENGTH], pairs[1]: copies[COPY_LENGTH:]},
    )


def _written(part: Part) -> str:
    copies = b"".join(part.copies[pair] for pair in sorted(part.copies))
    payload = bytes([VERSION, part.number]) + part.public_key + part.private_key + copies
    body = base64.b64encode(payload + _check(payload)).decode("ascii")
    lines = [
        HEADER.format(number=part.number),
        f"Key: {fingerprint_of(part.public_key)}",
        *textwrap.wrap(body, 64),
    ]
    return "\n".join(lines) + "\n"


def _check(part: bytes) -> bytes:
    return hashlib.sha256(b"conductdesk/recovery-part/v1" + part).digest()[:CHECK_LENGTH]


def _seal_twice(
    public_key: bytes, pair: tuple[int, int], recovery: bytes, outer: bytes, inner: bytes
) -> bytes:
    context = _context(public_key, pair)
    return wrap(public_key_of(outer), wrap(public_key_of(inner), recovery, context), context)


def _open_twice(outer: Part, inner: Part) -> bytes:
    pair = (outer.number, inner.number)
    context = _context(outer.public_key, pair)
    try:
        once = unwrap(load_private_key(outer.private_key), outer.copies[pair], context)
        recovery = unwrap(load_private_key(inner.private_key), once, context)
    except SealBrokenError as error:
        raise RecoveryRefused("These two parts do not fit each other.") from error
    if public_key_of(recovery) != outer.public_key:
        raise RecoveryRefused("These two parts do not fit each other.")
    return recovery


def _context(public_key: bytes, pair: tuple[int, int]) -> bytes:
    return bound_to("conductdesk/recovery/v1", public_key, *pair)
