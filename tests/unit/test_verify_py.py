"""The stand-alone verifier: what it accepts, and what each lie in a bundle is answered with."""

from __future__ import annotations

import ast
import hmac
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from conductdesk.audit.bundle import verifier
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
    Files,
    bundle_of,
    course,
    failure,
    lines_of,
    longer,
    numbered,
    states,
    told,
    with_export,
    zip_of,
)

AUTHORS_OWN = {"README", "verify.py"}


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
@settings(max_examples=30, deadline=None)
def test_no_changed_byte_of_any_file_is_accepted(data: st.DataObject) -> None:
    files = dict(WHOLE)
    name = data.draw(st.sampled_from(sorted(files.keys() - AUTHORS_OWN)))
    at = data.draw(st.integers(0, len(files[name]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != files[name][at]))
    files[name] = files[name][:at] + bytes([byte]) + files[name][at + 1 :]
    with pytest.raises((ValueError, LookupError)):
        told(files)


@given(data=st.data())
@settings(max_examples=30, deadline=None)
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
