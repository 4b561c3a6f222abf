"""Two of the three custodians open the recovery key, and one does not."""

from __future__ import annotations

from itertools import permutations

import pytest

from conductdesk.refusal import Refused
from conductdesk.vault.recovery import _context, combine, keygen, read_part
from conductdesk.vault.seal import SealBrokenError, load_private_key, public_key_of, unwrap

KEY = keygen()
OTHER = keygen()


@pytest.mark.parametrize("pair", list(permutations(range(3), 2)))
def test_any_two_parts_open_the_key_in_either_order(pair: tuple[int, int]) -> None:
    first, second = (KEY.parts[number] for number in pair)
    assert public_key_of(combine(first, second)) == KEY.public_key


@pytest.mark.parametrize("number", range(3))
def test_one_part_alone_opens_nothing(number: int) -> None:
    part = read_part(KEY.parts[number])
    for pair, copy in part.copies.items():
        context_of_pair = _context(KEY.public_key, pair)
        opened = _try(part.private_key, copy, context_of_pair)
        inner = None if opened is None else _try(part.private_key, opened, context_of_pair)
        assert inner is None


def _try(private_key: bytes, wrapped: bytes, context: bytes) -> bytes | None:
    try:
        return unwrap(load_private_key(private_key), wrapped, context)
    except SealBrokenError:
        return None


def test_the_same_part_twice_is_refused_by_its_number() -> None:
    with pytest.raises(Refused, match="Both are part 2"):
        combine(KEY.parts[1], KEY.parts[1])


def test_parts_of_two_keys_are_refused() -> None:
    with pytest.raises(Refused, match="different recovery keys"):
        combine(KEY.parts[0], OTHER.parts[1])


@pytest.mark.parametrize("damage", ["drop a line", "change a character", "cut", "empty", "prose"])
def test_a_damaged_part_is_refused_with_advice(damage: str) -> None:
    lines = KEY.parts[0].splitlines()
    damaged = {
        "drop a line": "\n".join(lines[:3] + lines[4:]),
        "change a character": "\n".join([*lines[:4], _slip(lines[4]), *lines[5:]]),
        "cut": "\n".join(lines[:-1]),
        "empty": "",
        "prose": "I cannot find my part, sorry.",
    }[damage]
    with pytest.raises(Refused, match="Copy the part again"):
        combine(damaged, KEY.parts[1])


def _slip(line: str) -> str:
    return ("B" if line[0] == "A" else "A") + line[1:]


def test_a_part_may_be_copied_with_other_margins_and_line_ends() -> None:
    sloppy = "\r\n\r\n".join(f"   {line}  " for line in KEY.parts[0].splitlines())
    assert combine(sloppy, KEY.parts[2])


def test_a_part_says_what_it_is() -> None:
    assert KEY.parts[1].startswith("ConductDesk recovery key, part 2 of 3\nKey: ")


def test_a_key_does_not_show_its_parts_in_a_traceback() -> None:
    assert KEY.parts[0] not in repr(KEY)
