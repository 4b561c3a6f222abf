"""A draw follows its recipe, whoever makes it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductdesk.review.rules import RECIPE, draw, hash_of_list, rank, seed_of

POPULATION = {f"{number:032x}": "ab"[number % 7 == 0] for number in range(70)}
"""Ten of stratum b among seventy."""

populations = st.dictionaries(
    st.integers(0, 2**128 - 1).map("{:032x}".format), st.sampled_from(("", "a", "b", "c"))
)


def test_the_seed_depends_on_root_number_and_words() -> None:
    seeds = {seed_of("root", 1, ""), seed_of("root", 2, ""), seed_of("other", 1, "")}
    assert len(seeds | {seed_of("root", 1, "my words")}) == 4
    # SHA-256 of "root\n1\n", computed with another tool
    assert seed_of("root", 1, "") == (
        "7eefded6ae37621bc1976ebff325e1cdfc7860d6d25ef0c91c15643a43c6f26e"
    )


def test_a_random_draw_is_the_first_cases_by_their_rank() -> None:
    alike = dict.fromkeys(POPULATION, "")
    assert draw(alike, "seed", 5) == tuple(sorted(alike, key=lambda one: rank("seed", one))[:5])


def test_small_strata_are_drawn_in_turn() -> None:
    strata = Counter(POPULATION[case] for case in draw(POPULATION, "seed", 8))
    assert strata == {"a": 4, "b": 4}
    assert len(draw(POPULATION, "seed", 1_000)) == len(POPULATION)


@given(population=populations, size=st.integers(1, 30), seed=st.text())
def test_a_draw_is_some_of_the_population_and_always_the_same(
    population: dict[str, str], size: int, seed: str
) -> None:
    drawn = draw(population, seed, size)
    assert len(drawn) == len(set(drawn)) == min(size, len(population))
    assert set(drawn) <= set(population)
    assert draw(dict(reversed(population.items())), seed, size) == drawn


@pytest.mark.parametrize("changed", [{}, {"root": "else"}, {"cases": []}, {"population": ["x y"]}])
def test_the_recipe_on_the_page_finds_the_same_cases_or_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: dict[str, object]
) -> None:
    drawn = {
        "root": "root",
        "number": 3,
        "words": "a public number",
        "size": 12,
        "population": [f"{case} {of}" for case, of in sorted(POPULATION.items())],
        "population_sha256": hash_of_list(POPULATION),
        "cases": draw(POPULATION, seed_of("root", 3, "a public number"), 12),
    }
    (tmp_path / "sample.json").write_text(json.dumps(drawn | changed), "utf-8")
    monkeypatch.chdir(tmp_path)
    recipe = compile(RECIPE.format(file="sample.json"), "recipe", "exec")
    if not changed:
        exec(recipe, {})  # noqa: S102 - it is what an auditor runs
        return
    with pytest.raises(AssertionError):
        exec(recipe, {})  # noqa: S102 - as above
