"""A typed name that may be an officer's is recognised, by spelling and by sound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductdesk.routing.names import resembling

OFFICERS = {"liaison": ["Morwenna Quillfeather"], "chair": ["Jon Tarrant", "Zoë Löwenstein"]}


@pytest.mark.parametrize(
    ("typed", "office"),
    [
        ("Morwenna Quillfeather", "liaison"),
        ("morwena", "liaison"),
        ("Dr M. Quilfether", "liaison"),
        ("Quillfeather, Morwenna", "liaison"),
        ("John", "chair"),
        ("Tarent", "chair"),
        ("zoe lowenstein", "chair"),
    ],
)
def test_a_name_spelled_or_sounding_like_an_officer_is_asked_about(typed: str, office: str) -> None:
    assert office in resembling(typed, OFFICERS)


@pytest.mark.parametrize(
    "typed", ["", " ", "😀", "my mentor", "Barnaby Thistlewood", "\u202e", "X"]
)
def test_another_name_is_not_asked_about(typed: str) -> None:
    assert resembling(typed, OFFICERS) == ()


@given(st.text(max_size=200))
def test_no_text_breaks_the_comparison(typed: str) -> None:
    assert set(resembling(typed, OFFICERS)) <= set(OFFICERS)
