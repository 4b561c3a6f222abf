"""The procedure, replayed: each thing that it forbids fails, with the entry and the reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from conductdesk.audit.offline import verify
from conductdesk.audit.tree import root_at
from tests.unit.bundle_maker import (
    AUDITOR,
    CASE,
    DECIDER,
    FINDER,
    HANDLER,
    Line,
    Log,
    Step,
    after,
    attested,
    bundle_of,
    course,
    failure,
    grant,
    installation_log,
    numbered,
    states,
    told,
    with_export,
)

Change = Callable[[list[Step]], list[Step]]

LATER, OLD = "2026-11-22T12:00:00Z", "conduct.example.org/wcc"


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
    "a move before anybody attested": (without(2, 3), "never was attested"),
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
    steps[1][2]["fingerprint"] = "9" * 32
    assert "entry 1: the key 9999" in failure(after(steps))
    published: Step = "key.published", "reporter", {"fingerprint": "9" * 32, "kind": "reporter"}
    steps[1][2]["owner"] = "reporter"
    steps = without(3)(steps)
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
    assert "says that 17 are entries" in failure(bundle_of(hidden, shown=[*range(15), 17]))
    assert "the last entry is of no export" in failure(bundle_of(entries, shown=range(16)))
    assert "it is number 5 of its case" in failure(bundle_of(hidden))


def renamed(of: list[bytes], **other: object) -> Line:
    """The entry of a new name, after three entries were signed under the old one."""
    root = root_at(Log(of).tile, 3).hex()
    facts = {"origin": "conduct.example.org/wcc/1", "old_origin": OLD, "old_root": root}
    return Line("log.succeeded", "system", {**facts, "old_size": 3, **other}, case=None)


def test_a_log_that_was_restored_is_known_by_both_names(tmp_path: Path) -> None:
    lines = numbered(course())
    before = [line.raw() for line in lines]
    entries = with_export([*lines, renamed(before)])
    kept = tmp_path / "kept.txt"
    kept.write_text(Log(entries, OLD).note(9), "utf-8")
    assert f"entry 16: the log was {OLD} until here" in told(bundle_of(entries), kept)
    for lie in ({"old_root": "00" * 32}, {"old_size": 30}, {"old_size": -1}):
        files = bundle_of(with_export([*lines, renamed(before, **lie)]))
        assert f"entry 16: the log was {OLD} until here, entries are lost" in told(files)
    kept.write_text(Log(entries, OLD).note(17), "utf-8")
    assert "is of 17 entries, here are 16: take a newer bundle" in failure(bundle_of(entries), kept)


def test_strangers_do_not_read_a_case() -> None:
    stranger = "e" * 32
    for kind, sentence in (
        ("case.read", "is not attested"),
        ("identity.revealed", "is not attested"),
        ("parties.shown", "is not given a key"),
        ("case.reviewed", "is not an auditor"),
    ):
        assert sentence in failure(after([*course(), (kind, stranger, {})]))
    assert told(after([*course(), ("case.reviewed", AUDITOR, {})]))


def test_an_auditor_who_stays_is_found_at_the_next_entry() -> None:
    closing = [
        ("case.triaged", HANDLER, states("acknowledged", "triaged")),
        ("outcomes.begun", HANDLER, states("triaged", "carrying_out")),
        ("case.closed", HANDLER, states("carrying_out", "closed")),
    ]
    steps = [*course(), REOPENED, ("note.added", HANDLER, {}), grant("ended", AUDITOR, "audit")]
    assert "entry 17: an auditor still has a key" in failure(after([*steps, *closing]))
    steps[17], steps[18] = steps[18], steps[17]
    assert told(after([*steps, *closing]))


def test_a_clock_that_was_put_back_is_told_and_one_that_was_not_fails() -> None:
    lines = [replace(line, time=LATER) for line in numbered(course())]
    early = Line("search.made", HANDLER, case=None)
    back = Line("clock.set_back", "system", {"seconds": 7200}, case=None)
    assert "entry 16: the clock was put back by 7200 seconds" in told(
        bundle_of(with_export([*lines, back, early]))
    )
    assert "7200 seconds before" in failure(bundle_of(with_export([*lines, early])))


def test_the_owner_of_a_key_is_the_one_that_the_installation_published() -> None:
    steps = course()
    steps[1][2]["owner"] = FINDER
    assert "was never published for" in failure(after(steps))
    other = with_export(numbered(course()), installation=["x", "1", "00", "key"])
    assert "are installation" in failure(bundle_of(other))


def test_what_is_anchored_and_what_is_hidden_is_said(tmp_path: Path) -> None:
    entries, kept = with_export(numbered(course())), tmp_path / "kept.txt"
    kept.write_text(Log(entries).note(9), "utf-8")
    lines = told(bundle_of(entries), kept)
    assert lines[0] == "VERIFIED"
    assert f"entry 9 of 17 by {kept}; the 8 entries after it are not" in lines[2]
    kept.write_text(installation_log().note(2), "utf-8")
    lines = told(bundle_of(entries), kept)
    assert lines[0] == "VERIFIED-UNANCHORED"
    assert f"entry 2 of 4 by {kept}" in lines[4]
    assert any(line.startswith("0 are hashes alone") for line in lines)
    assert lines[-1].startswith("no heartbeats shown")


def test_facts_that_can_be_read_in_two_ways_fail() -> None:
    entries = with_export(numbered(course()))
    entries[0] = entries[0].replace(b'{"from":"draft",', b'{"from":"draft","from":"draft",')
    assert "entry 0: its keys do not ascend" in failure(bundle_of(entries))


def test_what_it_remembers_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    searches = [Line("search.made", HANDLER, case=f"{one:032x}", n=1) for one in range(40)]
    back = [Line("clock.set_back", "system", {"seconds": 1}, case=None)] * 40
    monkeypatch.setattr(verify, "FACTS_LIMIT", 300)
    for lines in (searches, back):
        assert "more in here than can be remembered" in failure(bundle_of(with_export(lines)))
