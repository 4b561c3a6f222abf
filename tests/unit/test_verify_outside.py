"""The stand-alone verifier, and what others hold: checkpoints, proofs, and keys of witnesses."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conductdesk.audit.cosignature import cosign, witness_key_of
from tests.unit.bundle_maker import (
    HANDLER,
    SEED,
    Line,
    Log,
    Step,
    bundle_of,
    course,
    failure,
    installation_said,
    longer,
    numbered,
    told,
    with_export,
)


def kept_at(size: int, entries: list[bytes], folder: Path) -> Path:
    path = folder / f"{size}.txt"
    path.write_text(Log(entries).note(size) + "\n", "utf-8", newline="\r\n")
    return path


def test_a_consistent_rewrite_meets_the_checkpoint_that_was_kept(tmp_path: Path) -> None:
    entries = longer(300)
    kept = kept_at(20, entries, tmp_path)
    assert told(bundle_of(entries), kept)
    forged = [*entries[:9], entries[9].replace(b"10:00:00", b"10:00:01"), *entries[10:]]
    assert told(bundle_of(forged))
    assert "of 20 entries, does not match the entries" in failure(bundle_of(forged), kept)
    proof = tmp_path / "proof.txt"
    proof.write_bytes(Log(entries).proof(3))
    assert told(bundle_of(entries), proof)
    assert "does not match the entries" in failure(bundle_of(forged), proof)


WORDS = ["a", "b", "c", "d", "e", "f"]


def said(words: list[str]) -> list[bytes]:
    """The entries of a log of words, about which no procedure says anything."""
    return with_export([Line("search.made", HANDLER, {"word": one}, case=None) for one in words])


@given(
    forged=st.lists(st.sampled_from([*WORDS, "x"]), min_size=1, max_size=9)
    | st.permutations(WORDS)
    | st.integers(1, 5).map(lambda length: WORDS[:length]),
    size=st.integers(1, 7),
)
@settings(max_examples=10, deadline=None)
def test_no_rewrite_before_an_anchored_size_is_accepted(
    tmp_path_factory: pytest.TempPathFactory, forged: list[str], size: int
) -> None:
    kept = tmp_path_factory.getbasetemp() / f"kept-{size}.txt"
    kept.write_text(Log(said(WORDS)).note(size), "utf-8")
    files = bundle_of(said(forged))
    assert told(files)
    if said(forged)[:size] == said(WORDS)[:size]:
        assert told(files, kept)
    else:
        assert "the outside checkpoint" in failure(files, kept)


def test_what_was_kept_of_more_entries_or_another_log_is_said_so(tmp_path: Path) -> None:
    entries = longer(9)
    short = with_export(numbered(course()))
    assert "is of 26 entries, here are 17: take a newer bundle" in failure(
        bundle_of(short), kept_at(26, entries, tmp_path)
    )
    swapped = bundle_of(entries, seed=bytes(32))
    assert told(swapped)
    assert "has not signed this" in failure(swapped, kept_at(3, entries, tmp_path))
    (tmp_path / "nonsense").write_text("nonsense", "utf-8")
    assert failure(bundle_of(entries), tmp_path / "nonsense") == "this is no checkpoint"


@pytest.mark.parametrize("size", [17, 257])
def test_a_bundle_of_one_case_has_a_proof_of_each_entry_and_a_changed_one_fails(size: int) -> None:
    steps: list[Step] = [*course(), *[("case.read", HANDLER, {})] * (size - 17)]
    facts = {"entries": size, "openings": False, "installation": installation_said()}
    export = Line("record.exported", "system", {**facts, "purpose": "trial"}, n=size)
    entries = [line.raw() for line in [*numbered(steps), export]]
    log = Log(entries)
    files = bundle_of(entries) | {f"proofs/{idx}": log.proof(idx) for idx in range(size)}
    assert told(files)
    whole = files["proofs/9"].decode()
    for wrong in (
        log.proof(8).decode(),
        whole.replace("\n\n", "\n" + "A" * 43 + "=\n\n"),
        whole + "\n",
    ):
        assert (
            failure({**files, "proofs/9": wrong.encode()})
            == "entry 9: its proof is of something else"
        )
    del files["proofs/9"]
    assert failure(files) == "proofs are missing or too many"


def test_a_tile_above_that_is_not_of_those_below_fails() -> None:
    files = bundle_of(longer(600))
    files["tile/1/000.p/2"] = files["tile/1/000.p/2"][:32] + bytes(32)
    assert failure(files) == "the tiles of level 1 do not match those below"


def test_a_cosignature_counts_for_whoever_gives_the_key_of_the_witness() -> None:
    name, entries = "witness.example.net", longer(3)
    key, files = str(witness_key_of(name, SEED)), bundle_of(entries)
    kept = Log(entries).note(9)
    files["checkpoints/9-hourly"] = (kept + cosign(kept, name, SEED, 1_795_342_800)).encode()
    lines = told(files)
    assert lines[0] == "VERIFIED-UNANCHORED"
    assert f"2 checkpoints kept; cosignatures: {{'{name} not checked': 1}}" in lines
    lines = told(files, witnesses=[key])
    assert lines[0] == "VERIFIED"
    assert f"anchored to entry 9 of 20 by the witness {name}" in lines[2]
    other = str(witness_key_of(name, bytes(32)))
    assert f"the key of '{name}' has not signed this" in failure(files, witnesses=[other])
    assert "a verifier key" in failure(files, witnesses=[Log(entries).key.decode().strip()])
    false = (kept + cosign(Log(entries).note(8), name, SEED, 1_795_342_800)).encode()
    assert "has not signed this" in failure(
        {**files, "checkpoints/9-hourly": false}, witnesses=[key]
    )


def test_a_bundle_of_all_cases_has_no_proofs_of_single_entries() -> None:
    entries = longer(3)
    files = {**bundle_of(entries), "proofs/0": Log(entries).proof(0)}
    assert failure(files) == "proofs are missing or too many"
    files["proofs/0"] = Log(entries).proof(1)
    assert failure(files) == "entry 0: its proof is of something else"
