"""The stand-alone verifier: what it accepts, and what each lie in a bundle is answered with."""

from __future__ import annotations

import ast
import hmac
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

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
    Line,
    Log,
    Step,
    attested,
    bundle_of,
    course,
    grant,
    lines_of,
    numbered,
    states,
    with_export,
    zip_of,
)

Files = dict[str, bytes]
Change = Callable[[list[Step]], list[Step]]

LATER = "2026-11-22T12:00:00Z"
AUTHORS_OWN = {"README", "verify.py"}


def told(files: Files, *kept: Path) -> list[str]:
    """Check a bundle, and return what it says besides the answer."""
    bundle = verify.Bundle(io.BytesIO(zip_of(files)))
    return list(verify.check(bundle, [str(path) for path in kept]))


def failure(files: Files, *kept: Path) -> str:
    """Check a bundle that must fail, and return why it does."""
    with pytest.raises(verify.Failed) as raised:
        told(files, *kept)
    return str(raised.value)


def after(steps: list[Step]) -> Files:
    """A bundle in which these steps are all that happened."""
    return bundle_of(with_export(numbered(steps)))


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
    assert told(bundle_of(longer(count)))[0].startswith("log conduct.example.org/wcc/1, ")


def test_a_tile_that_is_not_what_lies_below_it_fails() -> None:
    files = bundle_of(longer(600))
    files["tile/1/000.p/2"] = files["tile/1/000.p/2"][32:] + files["tile/1/000.p/2"][:32]
    assert failure(files) == "tile 0 of level 1 does not match the hashes below it"
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
        with pytest.raises(verify.Failed, match="no point"):
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
    assert "by its name the log ends at 17" in failure(
        bundle_of(short), kept_at(26, entries, tmp_path)
    )
    swapped = bundle_of(entries, seed=bytes(32))
    assert told(swapped)
    assert "has not signed this" in failure(swapped, kept_at(3, entries, tmp_path))
    (tmp_path / "nonsense").write_text("nonsense", "utf-8")
    assert failure(bundle_of(entries), tmp_path / "nonsense") == "this is no checkpoint"


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
    with pytest.raises((verify.Failed, ValueError, LookupError)):
        told(files)


@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_a_changed_byte_of_the_zip_changes_no_file_that_is_accepted(data: st.DataObject) -> None:
    whole = zip_of(WHOLE)
    at = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != whole[at]))
    changed = io.BytesIO(whole[:at] + bytes([byte]) + whole[at + 1 :])
    try:
        list(verify.check(verify.Bundle(changed), []))
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


# --- the procedure ------------------------------------------------------------------------------


def without(*indexes: int) -> Change:
    return lambda steps: [step for at, step in enumerate(steps) if at not in indexes]


def put(at: int, *more: Step) -> Change:
    return lambda steps: [*steps[:at], *more, *steps[at:]]


def swapped(at: int, other: int) -> Change:
    def change(steps: list[Step]) -> list[Step]:
        steps[at], steps[other] = steps[other], steps[at]
        return steps

    return change


RECUSED: Step = "officer.recused", FINDER, {"capacities": ["investigator"], "kept_away": [FINDER]}
REOPENED: Step = "case.reopened", HANDLER, states("closed", "acknowledged")
DESTROYED: Step = "case.destroyed", "system", {"class": "upheld"}

WRONG: dict[str, tuple[Change, str]] = {
    "a decision by somebody who was not appointed to decide": (
        lambda steps: [*steps[:9], attested(DECIDER, "second"), *steps[10:]],
        "never was decision_maker",
    ),
    "a report by somebody who is not the investigator": (
        lambda steps: [*steps[:11], ("report.locked", HANDLER, steps[11][2]), *steps[12:]],
        "never was investigator",
    ),
    "a move before anybody attested": (without(2), "never was attested"),
    "one person who finds and decides": (
        put(10, attested(FINDER, "decision_maker")),
        "of one case",
    ),
    "a move that there is not": (without(12), "the case goes from decided"),
    "steps in another order": (swapped(4, 5), "and was received"),
    "an auditor before closure": (put(13, grant("made", AUDITOR, "audit")), "in before closure"),
    "an auditor who stays after it was opened again": (
        put(16, REOPENED, ("case.triaged", HANDLER, states("acknowledged", "triaged"))),
        "an auditor still has a key",
    ),
    "a report by somebody recused": (put(11, RECUSED), "is kept away from the case"),
    "a read by somebody recused": (
        put(10, RECUSED, ("case.read", FINDER, {})),
        "is kept away from the case",
    ),
    "a grant to a recused key": (
        put(10, RECUSED, grant("ended", FINDER, "recused"), grant("made", FINDER, "new-key")),
        "somebody who is kept away",
    ),
    "a grant to somebody recused, once more": (
        put(10, RECUSED, ("note.added", HANDLER, {}), grant("made", FINDER, "new-key", "internal")),
        "somebody who is kept away",
    ),
    "a grant that was not made ends": (put(10, grant("ended", AUDITOR, "left")), "did not have"),
    "the same grant twice": (put(10, grant("made", FINDER, "appointed")), "has this already"),
    "a destruction that nobody ordered": (put(16, DESTROYED), "nobody ordered it"),
    "a case that is still open": (lambda steps: steps[:14], f"case {CASE} is open"),
    "something after the destruction": (
        put(
            16,
            ("destruction.ordered", HANDLER, states("closed", "destroyed")),
            DESTROYED,
            ("case.read", HANDLER, {}),
        ),
        "was destroyed before",
    ),
}


@pytest.mark.parametrize("lie", WRONG)
def test_what_the_procedure_forbids_fails_with_the_entry(lie: str) -> None:
    change, sentence = WRONG[lie]
    assert sentence in failure(after(change(course())))


def test_a_key_that_nobody_published_gets_nothing() -> None:
    steps = course()
    steps[1][2]["fingerprint"] = "9" * 32  # type: ignore[index]
    assert "entry 1: the key 9999" in failure(after(steps))
    published: Step = "key.published", "reporter", {"fingerprint": "9" * 32, "kind": "reporter"}
    assert told(after([steps[0], published, *steps[1:]]))


def test_gaps_backdated_entries_and_false_heartbeats_are_named() -> None:
    lines = numbered(course())
    gap = [*lines[:5], *(replace(line, n=(line.n or 0) + 1) for line in lines[5:])]
    assert "entry 5: it is number 7 of its case" in failure(bundle_of(with_export(gap)))
    late = [*lines[:4], *(replace(line, time=LATER) for line in lines[4:])]
    late[9] = lines[9]
    assert "entry 9: its time is 7200 seconds before" in failure(bundle_of(with_export(late)))
    within = [*lines[:9], replace(lines[9], time="2026-11-22T09:55:00Z"), *lines[10:]]
    assert told(bundle_of(with_export(within)))
    for size, times in ((16, 1), (15, 0)):
        beat = Line("log.heartbeat", "system", {"size": size}, case=None, time=LATER)
        files = bundle_of(with_export([*lines, beat]))
        assert (told(files)[-1].startswith("1 heartbeats")) if times else failure(files)


def test_hidden_entries_are_not_missed_but_the_claim_is_checked() -> None:
    entries = with_export(numbered(course()))
    other = Line("case.read", HANDLER, case="f" * 32, n=5).raw()
    hidden = [*entries[:-1], other, entries[-1]]
    shown = [*range(16), 17]
    assert told(bundle_of(hidden, shown=shown))
    assert "says that 17 are shown" in failure(bundle_of(hidden, shown=[*range(15), 17]))
    assert "not that of an export" in failure(bundle_of(entries, shown=range(16)))
    assert "it is number 5 of its case" in failure(bundle_of(hidden))


def test_a_log_that_was_restored_is_known_by_both_names(tmp_path: Path) -> None:
    old = "conduct.example.org/wcc"
    facts = {
        "origin": "conduct.example.org/wcc/1",
        "old_origin": old,
        "old_root": "",
        "old_size": 3,
    }
    renamed = Line("log.succeeded", "system", facts, case=None)
    entries = with_export([*numbered(course()), renamed])
    kept = tmp_path / "kept.txt"
    kept.write_text(Log(entries, old).note(9), "utf-8")
    assert f"entry 16: the log was {old} until here" in told(bundle_of(entries), kept)
    kept.write_text(Log(entries, old).note(17), "utf-8")
    assert "by its name the log ends at 16" in failure(bundle_of(entries), kept)


def test_one_case_has_a_proof_for_each_entry() -> None:
    lines = numbered(course())
    facts = {"entries": 17, "openings": False, "purpose": "audit"}
    entries = [line.raw() for line in [*lines, Line("record.exported", "system", facts, n=17)]]
    files, log = bundle_of(entries), Log(entries)
    assert "not one proof for each" in failure(files)
    files |= {f"proofs/{idx}": log.proof(idx) for idx in range(17)}
    assert told(files)
    assert "of another entry" in failure({**files, "proofs/3": log.proof(4)})


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
