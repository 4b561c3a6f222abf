"""`python -m bench.auditing`: a log of a million entries checked, proven and exported; one case, too.

Takes about four minutes and a gigabyte of disk, in temporary folders. For each time of a check it also
prints the processor time, which other programs on the machine disturb less.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from statistics import median

from sqlalchemy import select

from bench.copying import copy_closed
from bench.house import House, house
from bench.million import ENTRIES, LOG, Archive, archive
from bench.table import Row, at_most, shown
from conductdesk.audit.bundle import Export, bundle_files, verifier
from conductdesk.audit.checkpoints import verifier_key
from conductdesk.audit.queries import entries_of_case, prove_consistency, prove_inclusion
from conductdesk.audit.verify import Status, verify_log
from conductdesk.audit.zipping import zipped
from conductdesk.cases.actions.recording import record_quietly
from conductdesk.cases.models import Case
from conductdesk.cases.workflow import CLOSED_STATES
from conductdesk.db import Database
from conductdesk.demo.cast import SCHEME
from conductdesk.demo.schedule import live_through
from conductdesk.demo.stories import ended, finished
from conductdesk.people.models import Account
from conductdesk.people.queries import viewer_of
from conductdesk.policy import SYSTEM
from conductdesk.review.actions.bundling import export_case, export_log
from conductdesk.review.controls.trying import try_next
from conductdesk.review.purposes import Purpose
from conductdesk.review.queries.opening import Openings
from conductdesk.review.queries.population import Wanted
from conductdesk.vault.keys import CaseKeys

OF_ONE_CASE = 500
CASES = 10_000
PROOFS = 50
MB = 1_000_000


def main() -> None:
    """Measure, and print a table; exit with 1 where something is over its bar."""
    rows: list[Row] = []
    with house() as built:
        rows += one_case(built)
    with house() as built:
        rows += control_tests(built)
    with archive() as kept:
        rows += whole_log(kept)
    print(shown(rows))
    if any(row.ok is False for row in rows):
        sys.exit(1)


def one_case(built: House) -> Iterator[Row]:
    """Yield what the export of a case with 500 entries takes, its details opened for the auditor."""
    built.live(lambda world: ended.stories(world)[1])
    database, keystore = built.world.database, built.world.keystore
    auditor = built.world.members["auditor"]
    with database.writing() as db:
        case = db.scalars(select(Case).where(Case.state.in_(CLOSED_STATES))).one()
        keys = CaseKeys.load(db, keystore, case.id, auditor.keyring)
        known = len(entries_of_case(db, case.scheme, case.pseudonym, limit=OF_ONE_CASE))
        for _more in range(OF_ONE_CASE - known - 1):
            record_quietly(
                db, case, keys, actor=SYSTEM, event="case.read", detail={"said": "Read."}
            )
        db.commit()
        case_id = case.id
    began = time.perf_counter()
    with database.writing() as db:
        case = db.get_one(Case, case_id)
        keys = CaseKeys.load(db, keystore, case.id, auditor.keyring)
        viewer = viewer_of(db, db.get_one(Account, auditor.account_id))
        made = export_case(db, case, keys, actor=viewer, purpose=Purpose.AUDIT)
        db.commit()
    opener = Openings(keystore, auditor.keyring)
    size = sum(map(len, zipped(bundle_files(database, made, opener))))
    taken = time.perf_counter() - began
    yield at_most(f"export of a case with {OF_ONE_CASE} entries", taken, 2, "s")
    yield Row("… its bundle", f"{size / MB:.2f} MB")
    peak = _peak(lambda: zipped(bundle_files(database, made, Openings(keystore, auditor.keyring))))
    yield at_most("… peak of memory", peak, 16, "MB")


def control_tests(built: House) -> Iterator[Row]:
    """Yield what all control tests take over many closed cases, and the longest of their steps."""
    world = built.world
    list(live_through([*ended.stories(world)[1:], *finished.stories(world)], world.resume))
    copy_closed(world.database, SCHEME, CASES)
    wanted, behind = Wanted(SCHEME), None
    steps: list[tuple[float, float]] = []
    with world.database.reading() as db:
        auditor = world.members["auditor"]
        viewer = viewer_of(db, db.get_one(Account, auditor.account_id))
        while behind is not None or not steps:
            began, used = time.perf_counter(), time.process_time()
            _found, _count, behind = try_next(db, viewer, wanted, behind)
            steps.append((time.perf_counter() - began, time.process_time() - used))
    yield Row(f"control tests over {CASES:,} cases", f"{sum(one for one, _ in steps):.1f} s")
    yield Row("… processor", f"{sum(used for _, used in steps):.1f} s")
    yield Row("… longest step, until the page says how far it is", f"{max(steps)[0]:.1f} s")
    yield at_most("… its processor", max(used for _, used in steps), 2, "s")


def whole_log(kept: Archive) -> Iterator[Row]:
    """Yield what checks, proofs and an export of a million entries take."""
    yield from _verified(kept)
    with kept.database.writing() as db:
        made = export_log(db, kept.keystore, LOG, actor=SYSTEM, purpose=Purpose.TRIAL)
        db.commit()
    yield from _proven(kept.database)
    path = kept.folder / "bundle.zip"
    began = time.perf_counter()
    with path.open("wb") as file:
        file.writelines(zipped(bundle_files(kept.database, made, None)))
    yield Row("export of a million entries", f"{time.perf_counter() - began:,.1f} s")
    yield Row("… its bundle", f"{path.stat().st_size / MB:,.1f} MB")
    yield from _checked(path)
    yield at_most("… peak of memory while it is written", _first_peak(kept, made), 16, "MB")


def _verified(kept: Archive) -> Iterator[Row]:
    with kept.database.reading() as db:
        key = verifier_key(db, kept.keystore, LOG)
    began, used = time.perf_counter(), time.process_time()
    with kept.database.reading() as db:
        verdict = verify_log(db, LOG, key)
    taken, processor = time.perf_counter() - began, time.process_time() - used
    if verdict.status is Status.FAILED:
        raise RuntimeError(verdict.problem)
    yield at_most("audit verify: a million entries", taken, 10, "s")
    yield Row("… processor", f"{processor:.1f} s")


def _proven(database: Database) -> Iterator[Row]:
    steps = [1 + number * (ENTRIES - 2) // PROOFS for number in range(PROOFS)]
    with database.reading() as db:
        inclusion = [_timed(partial(prove_inclusion, db, LOG, at, ENTRIES)) for at in steps]
        consistency = [_timed(partial(prove_consistency, db, LOG, at, ENTRIES)) for at in steps]
    yield at_most("inclusion proof in a million: p50", median(inclusion), 5, "ms")
    yield at_most("consistency proof to a million: p50", median(consistency), 5, "ms")


WATCHED = """
import runpy, sys
sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
"""Runs the verifier and says what it needed at most; what a child reports includes its parent's."""


def _checked(bundle: Path) -> Iterator[Row]:
    program = bundle.with_name("verify.py")
    program.write_bytes(verifier())
    began, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    words = [sys.executable, "-I", "-S", "-c", WATCHED, str(program), str(bundle)]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    taken, now = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if not said.startswith("VERIFIED"):
        raise RuntimeError(said)
    yield at_most("verify.py: a million entries", taken, 10, "s")
    yield Row("… processor", f"{now.ru_utime - used.ru_utime:.1f} s")
    yield Row("… peak of memory", f"{int(said.split()[-2]) * 1024 / MB:.1f} MB")


def _first_peak(kept: Archive, made: Export) -> float:
    """Return the peak over the first tenth of the zip: tracing all of it would take minutes."""

    def parts() -> Iterator[bytes]:
        for number, part in enumerate(zipped(bundle_files(kept.database, made, None))):
            yield part
            if number > 5_000:
                return

    return _peak(parts)


def _peak(parts: Callable[[], Iterable[bytes]]) -> float:
    """Return the most memory, in MB, that writing *parts* has held at once."""
    tracemalloc.start()
    for _part in parts():
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / MB


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
