"""A witness's signature stands for one text at one moment, and for nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductdesk.audit.cosignature import (
    LAST_MOMENT,
    cosign,
    cosigned_at,
    with_cosignatures,
    witness_key_of,
)
from conductdesk.audit.note import Checkpoint, NoteError, sign_note

ORIGIN, WITNESS = "conduct.example.org/log/wcc", "witness.example.net"
SEED, MOMENT = bytes(range(32)), 1_795_342_800
KEY = witness_key_of(WITNESS, SEED)
NOTE = sign_note(Checkpoint(ORIGIN, 2, bytes(range(32))).text(), ORIGIN, SEED)
LINE = cosign(NOTE, WITNESS, SEED, MOMENT)
TEXT = NOTE.rpartition("\n\n")[0].encode()


@given(at=st.integers(0, len(TEXT) - 1), change=st.integers(1, 255))
def test_no_byte_of_the_text_can_be_changed_under_a_cosignature(at: int, change: int) -> None:
    raw = bytearray((NOTE + LINE).encode())
    raw[at] ^= change
    assert not is_cosigned(bytes(raw))


@given(at=st.integers(0, len(LINE.encode()) - 1), change=st.integers(1, 255))
def test_no_byte_of_a_cosignature_can_be_changed(at: int, change: int) -> None:
    line = bytearray(LINE.encode())
    line[at] ^= change
    assert not is_cosigned(NOTE.encode() + bytes(line))


def is_cosigned(raw: bytes) -> bool:
    try:
        return WITNESS in cosigned_at(raw.decode(), [KEY])
    except (NoteError, UnicodeDecodeError):
        return False


def test_what_was_not_changed_is_cosigned_once_whoever_else_signs() -> None:
    other = witness_key_of("other.example.net", bytes(32))
    lines = LINE + cosign(NOTE, other.name, bytes(32), MOMENT + 1)
    both = with_cosignatures(NOTE, lines, [KEY, other])
    assert cosigned_at(both, [KEY, other]) == {WITNESS: MOMENT, other.name: MOMENT + 1}
    assert with_cosignatures(both, lines, [KEY, other]) == both
    assert with_cosignatures(NOTE, lines, [KEY]) == NOTE + LINE
    with pytest.raises(NoteError):
        with_cosignatures(NOTE, "no line", [KEY])


@pytest.mark.parametrize("moment", [-1, LAST_MOMENT + 1])
def test_a_moment_that_cannot_be_written_is_refused(moment: int) -> None:
    with pytest.raises(ValueError, match="seconds since 1970"):
        cosign(NOTE, WITNESS, SEED, moment)
