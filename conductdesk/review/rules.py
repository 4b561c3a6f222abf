"""How a sample is drawn: a recipe that anybody can follow with the standard library alone; pure."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum


class Method(StrEnum):
    """How a sample is spread over the population."""

    RANDOM = "random"
    OUTCOME = "outcome"
    HANDLER = "handler"
    RISK = "risk"


METHODS: Mapping[Method, str] = {
    Method.RANDOM: "Random: every case has the same chance",
    Method.OUTCOME: "By outcome: each kind of outcome in turn",
    Method.HANDLER: "By handler: each handler in turn",
    Method.RISK: "By risk: each mark in turn; cases without a mark are left out",
}


def seed_of(root: str, number: int, words: str) -> str:
    """Return the seed of a draw, 64 hex digits.

    *root* is the base64 root hash of the checkpoint that was signed after the draw was announced,
    *number* the number of the draw, *words* what the auditor gave to it beforehand.
    """
    return hashlib.sha256(f"{root}\n{number}\n{words}".encode()).hexdigest()


def rank(seed: str, case: str) -> str:
    """Return what the cases of a stratum are put in order by."""
    return hashlib.sha256(f"{seed}{case}".encode()).hexdigest()


def draw(population: Mapping[str, str], seed: str, size: int) -> tuple[str, ...]:
    """Draw *size* cases out of *population*, which has the stratum of each.

    The first of each stratum come before the second of any, so that small strata are not missed.
    """
    strata: defaultdict[str, list[str]] = defaultdict(list)
    for case, stratum in population.items():
        strata[stratum].append(case)
    turns = [
        (turn, rank(seed, case), case)
        for cases in strata.values()
        for turn, case in enumerate(sorted(cases, key=lambda one: rank(seed, one)))
    ]
    return tuple(case for _turn, _rank, case in sorted(turns)[:size])


def hash_of_list(population: Mapping[str, str]) -> str:
    """Return SHA-256, in hex, over the list: a line for each case, its stratum behind a space."""
    lines = (f"{case} {stratum}\n" for case, stratum in sorted(population.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


RECIPE = """\
import json
from hashlib import sha256
from pathlib import Path

def hashed(text):
    return sha256(text.encode()).hexdigest()

drawn = json.loads(Path("{file}").read_text("utf-8"))
population = [line.split(" ", 1) for line in drawn["population"]]
listed = "".join(f"{{case}} {{stratum}}\\n" for case, stratum in population)
assert hashed(listed) == drawn["population_sha256"]
seed = hashed(f"{{drawn['root']}}\\n{{drawn['number']}}\\n{{drawn['words']}}")
seen, turns = {{}}, []
for rank, case, stratum in sorted((hashed(seed + case), case, of) for case, of in population):
    turns.append((seen.setdefault(stratum, 0), rank, case))
    seen[stratum] += 1
assert [case for _, _, case in sorted(turns)[: drawn["size"]]] == drawn["cases"]
"""
"""The same in a few lines, for the page of a draw; `file` is the name of its JSON export."""
