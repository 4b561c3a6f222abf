"""The stand-alone verifier: what it accepts, and what each lie in a bundle is answered with."""

from __future__ import annotations

import ast
import hmac
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from conductdesk.audit.bundle import verifier
from conductdesk.audit.cosignature import cosign, witness_key_of
from conductdesk.audit.offline import verify
from conductdesk.cases.workflow import MOVES
from conductdesk.review.queries.entries import HELD_BACK
from tests.unit.bundle_maker import (
    AUDITOR,
    CASE,
    DECIDER,
    FINDER,
    HANDLER,
    KEYS,
    SEED,
    Files,
    Line,
    Log,
    Step,
    bundle_of,
    course,
    failure,
    installation_said,
    lines_of,
    numbered,
    states,
    told,
    with_export,
    zip_of,
)

AUTHORS_OWN = {"README", "verify.py"}


def longer(count: int) -> list[bytes]:
    """The entries of a log in which a good deal happened besides."""
    reads: list[Step] = [("case.read", HANDLER, {})] * count
    return with_export(numbered([*course(), *reads]))


def test_it_knows_the_moves_of_the_kernel_and_what_is_held_back() -> None:
    steps = {f"{source}:{rule.target}" for rule in MOVES.values() for source in rule.sources}
    assert set(verify.STEPS) == steps
    assert verify.HELD_BACK == HELD_BACK


def test_it_is_read_by_the_oldest_python_that_it_names() -> None:
    tree = ast.parse(verifier(), feature_version=(3, 9))
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert all("conductdesk" not in ast.unparse(node) for node in imported)


@pytest.mark.parametrize("count", [0, 238, 239, 240, 600])
def test_a_whole_bundle_verifies(count: int) -> None:
    assert told(bundle_of(longer(count)))[1].startswith("log conduct.example.org/wcc/1, ")


def test_a_tile_that_is_not_of_its_entries_fails() -> None:
    files = bundle_of(longer(600))
    files["tile/0/001"] = files["tile/0/000"]
    assert failure(files) == "entry 256: it does not match its leaf hash"


@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(), data=st.data())
@settings(max_examples=30, deadline=None)
def test_signatures_are_those_of_rfc_8032(seed: bytes, message: bytes, data: st.DataObject) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    key, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert verify.is_signed(key, signature, message)
    at, bit = data.draw(st.integers(0, 63)), data.draw(st.integers(0, 7))
    other = bytes(byte ^ (1 << bit) * (at == idx) for idx, byte in enumerate(signature))
    assert not verify.is_signed(key, other, message)
    beyond = int.from_bytes(signature[32:], "little") + verify.ORDER
    if beyond < 1 << 256:
        assert not verify.is_signed(key, signature[:32] + beyond.to_bytes(32, "little"), message)


def test_a_key_that_is_no_point_is_refused() -> None:
    outside_the_field = (verify.P + 1).to_bytes(32, "little")
    for raw in (outside_the_field, (2).to_bytes(32, "little"), b"\1" + bytes(30) + b"\x80"):
        with pytest.raises(ValueError, match="no point"):
            verify.decode(raw)


# --- what was kept outside ----------------------------------------------------------------------


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
@settings(max_examples=40, deadline=None)
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
    assert "of 26 entries, more than are in here: take a newer bundle" in failure(
        bundle_of(short), kept_at(26, entries, tmp_path)
    )
    swapped = bundle_of(entries, seed=bytes(32))
    assert told(swapped)
    assert "has not signed this" in failure(swapped, kept_at(3, entries, tmp_path))
    (tmp_path / "nonsense").write_text("nonsense", "utf-8")
    assert failure(bundle_of(entries), tmp_path / "nonsense") == "this is no checkpoint"


@pytest.mark.parametrize("size", [17, 256, 300])
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


# --- one thing is wrong -------------------------------------------------------------------------


def test_every_file_counts_but_those_of_the_author() -> None:
    whole = bundle_of(longer(300))
    for name in whole:
        files = {other: data for other, data in whole.items() if other != name}
        if name in AUTHORS_OWN or name.startswith("checkpoints/"):
            assert told(files)
        else:
            failure(files)
    for name in ("more", "../climbs", "/etc/passwd", "tile/0/000", "proofs/3", "openings.jsonl"):
        failure({**whole, name: b"[3,{}]\n"})


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_no_changed_byte_of_any_file_is_accepted(data: st.DataObject) -> None:
    files = dict(WHOLE)
    name = data.draw(st.sampled_from(sorted(files.keys() - AUTHORS_OWN)))
    at = data.draw(st.integers(0, len(files[name]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != files[name][at]))
    files[name] = files[name][:at] + bytes([byte]) + files[name][at + 1 :]
    with pytest.raises((ValueError, LookupError)):
        told(files)


@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_a_changed_byte_of_the_zip_changes_no_file_that_is_accepted(data: st.DataObject) -> None:
    whole = zip_of(WHOLE)
    at = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != whole[at]))
    changed = io.BytesIO(whole[:at] + bytes([byte]) + whole[at + 1 :])
    try:
        list(verify.check(verify.Bundle(changed), [], []))
    except Exception:
        return
    with zipfile.ZipFile(changed) as files:
        for name in WHOLE.keys() - AUTHORS_OWN:
            assert files.read(name) == WHOLE[name]


DETAIL = b'{"by":"Isolde Brackenthwaite","said":"Wrote it down."}'
SALT = bytes(range(32))


def with_details(rest: bytes, destroyed: bool = False) -> Files:
    lines = numbered(course())
    lines[3] = replace(lines[3], commit=hmac.digest(SALT, DETAIL, "sha256").hex())
    if destroyed:
        ends = [("destruction.ordered", HANDLER, states("closed", "destroyed"))]
        ends += [("case.destroyed", "system", {"class": "upheld"})]
        lines += numbered([*course(), *ends])[-2:]
    return bundle_of(with_export(lines, openings=True), openings=b"[3,%b]\n" % rest)


WHOLE = with_details(b'"%b",%b' % (SALT.hex().encode(), DETAIL))
"""A bundle with everything in it."""


def test_opened_details_must_be_those_that_were_committed_to() -> None:
    assert "details: 1 opened, 0 held_back, 0 no_key" in told(WHOLE)
    assert "details: 0 opened, 0 held_back, 1 no_key" in told(with_details(b'"no_key"'))
    other = DETAIL.replace(b"Wrote", b"Wrate")
    wrong = failure(with_details(b'"%b",%b' % (SALT.hex().encode(), other)))
    assert wrong == "entry 3: its details are not those that it commits to"
    assert failure(with_details(b'"held_back"')) == "entry 3: its details are held back"
    assert "entry 3: its details are gone" in failure(with_details(b'"erased"'))
    assert "entry 3: its details are missing" in failure({**WHOLE, "openings.jsonl": b""})
    more = WHOLE["openings.jsonl"] + b'[4,"no_key"]\n'
    assert "of what is not shown" in failure({**WHOLE, "openings.jsonl": more})


def test_a_destroyed_case_is_told_of_as_a_commitment() -> None:
    lines = told(with_details(b'"erased"', destroyed=True))
    assert f"case {CASE}: 1 details: commitment only, destroyed, see entry 17" in lines


def lies_in_lines() -> Iterator[bytes]:
    good = lines_of(enumerate(with_export(numbered(course()))))
    yield good.replace(b"\n[1,", b"\n[01,")
    yield good.replace(b"\n[1,", b"\n[1 ,")
    yield good[:-1]
    yield b"[" + b"9" * 5_000 + b",{}]\n" + good
    yield b"[0," + b"[" * 2_000_000 + b"]\n" + good
    yield b"\xff\xfe" + good
    yield good + good


@pytest.mark.parametrize("lines", list(lies_in_lines()))
def test_malformed_lines_fail_with_a_sentence(lines: bytes) -> None:
    files = bundle_of(with_export(numbered(course())))
    assert "entries.jsonl" in failure({**files, "entries.jsonl": lines})


@pytest.mark.parametrize(
    "pub",
    [
        b'{"from":' + b"9" * 10_000 + b',"to":"received"}',
        b'{"from":' + b"[" * 9_000 + b'"' + b"]" * 3_000 + b"}",
        b'{"from":["draft"],"to":{}}'.replace(b"{}", b"[]"),
        b'{"from":1e999,"to":NaN}',
        b'{"from":"dr\xc3\xa4ft"}',
    ],
)
def test_strange_facts_fail_with_the_entry(pub: bytes) -> None:
    entries = with_export(numbered(course()))
    entries[0] = entries[0].replace(b'{"from":"draft","to":"received"}', pub)
    assert failure(bundle_of(entries)).startswith("entry 0: ")


def test_keys_of_the_cast_are_the_cast_s() -> None:
    assert KEYS.keys() == {HANDLER, FINDER, DECIDER, AUDITOR}
