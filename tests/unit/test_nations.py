"""The emergency page has the numbers of the scheme's own nation."""

from __future__ import annotations

import pytest

from conductdesk.schemes.nations import emergency_lines
from conductdesk.schemes.pack import NATIONS


@pytest.mark.parametrize("nation", sorted(NATIONS))
def test_every_nation_has_its_numbers_and_999_stands_first(nation: str) -> None:
    lines = emergency_lines(nation)
    assert lines[0].number == "999"
    assert len({line.number for line in lines}) == len(lines)


def test_no_two_nations_share_their_helpline_for_abuse() -> None:
    assert len({emergency_lines(nation)[-1].number for nation in NATIONS}) == len(NATIONS)
