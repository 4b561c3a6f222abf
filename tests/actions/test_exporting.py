"""A bundle is what its entry promises: checked by a Python that knows nothing of ConductDesk."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import delete, select, update

from conductdesk import clock
from conductdesk.audit.bundle import Export, bundle_files, verifier
from conductdesk.audit.checkpoints import sign_checkpoint
from conductdesk.audit.cosignature import cosign, witness_key_of
from conductdesk.audit.models import EntryDetail, LogEntry
from conductdesk.audit.queries import entries_of_case
from conductdesk.audit.record import Event, append
from conductdesk.audit.zipping import zipped
from conductdesk.cases.actions.destroying import destroy_rows
from conductdesk.cases.actions.rerouting import find_conflict
from conductdesk.cases.models import Case
from conductdesk.cases.workflow import State
from conductdesk.db import Database
from conductdesk.people.actions.offices import appoint_auditor
from conductdesk.policy import SYSTEM
from conductdesk.refusal import Refused
from conductdesk.review.actions.bundling import export_case, export_log
from conductdesk.review.actions.exporting import Taken, note_export
from conductdesk.review.actions.stepping_away import step_away
from conductdesk.review.purposes import Purpose
from conductdesk.review.queries.opening import Openings
from conductdesk.review.sheets import Format
from tests.actions.audit_rows import lift_triggers
from tests.actions.audit_steps import answer, begun, found_in, let_read_more, proven, unlock
from tests.actions.closing_steps import closed
from tests.cast import Cast

WITNESS = witness_key_of("witness.example.net", bytes(32))


def written(
    database: Database, cast: Cast, export: Export, folder: Path, who: str | None = None
) -> Path:
    """Write a bundle, as the command line does."""
    opener = Openings(cast.keystore, cast[who].keyring) if who else None
    path = folder / "bundle.zip"
    path.write_bytes(b"".join(zipped(bundle_files(database, export, opener))))
    return path


def said(bundle: Path, *kept: object, option: str = "--checkpoint") -> list[str]:
    """Run the verifier on a Python without anything of ours, and return what it says."""
    program = bundle.with_name("verify.py")
    program.write_bytes(verifier())
    words: Iterable[object] = (word for path in kept for word in (option, path))
    done = subprocess.run(
        [sys.executable, "-I", "-S", program, bundle, *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert done.returncode == lines[0].startswith("FAILED")
    return lines


def case_exported(cast: Cast, case: Case, who: str | None = None) -> Export:
    actor = cast.viewer(who) if who else SYSTEM
    made = export_case(cast.db, case, cast.keys(case, who), actor=actor, purpose=Purpose.AUDIT)
    cast.db.commit()
    return made


def log_exported(cast: Cast, who: str | None = None) -> Export:
    actor = cast.viewer(who) if who else SYSTEM
    made = export_log(cast.db, cast.keystore, "wcc", actor=actor, purpose=Purpose.SAFEKEEPING)
    cast.db.commit()
    return made


@pytest.mark.both_backends
def test_the_bundle_of_a_case_verifies_against_what_was_kept(
    cast: Cast, database: Database, tmp_path: Path
) -> None:
    case, other = closed(cast), cast.attested()
    kept = tmp_path / "kept.txt"
    signed = sign_checkpoint(cast.db, cast.keystore, "wcc", "asked")
    kept.write_text(signed.note, "utf-8")
    signed.note += cosign(signed.note, WITNESS.name, bytes(32), 1_795_342_800)
    cast.db.commit()
    bundle = written(database, cast, case_exported(cast, case, "auditor"), tmp_path, "auditor")
    lines = said(bundle)
    assert lines[0] == "VERIFIED-UNANCHORED"
    assert f"{WITNESS.name} not checked" in "\n".join(lines)
    assert said(bundle, WITNESS, option="--witness")[0] == "VERIFIED"
    lines = said(bundle, kept)
    assert lines[0] == "VERIFIED"
    assert re.search(r"details: \d\d opened, 0 held_back, 0 no_key", "\n".join(lines))
    with ZipFile(bundle) as files:
        text = b"".join(files.read(name) for name in files.namelist()).decode(errors="replace")
    assert case.pseudonym in text
    assert other.pseudonym not in text


@pytest.mark.both_backends
def test_the_bundle_of_a_log_opens_closed_cases_alone(
    cast: Cast, database: Database, tmp_path: Path
) -> None:
    case, other = closed(cast), cast.attested()
    answer(cast, found_in(cast, begun(cast)))
    bundle = written(database, cast, log_exported(cast, "auditor"), tmp_path, "auditor")
    assert said(bundle)[0] == "VERIFIED-UNANCHORED"
    with ZipFile(bundle) as files:
        entries = files.read("entries.jsonl").decode()
    assert case.pseudonym in entries
    assert other.pseudonym not in entries
    assert '"cases":1,' in entries


@pytest.mark.both_backends
def test_what_another_auditor_counted_is_a_hash_alone(
    cast: Cast, database: Database, tmp_path: Path
) -> None:
    case = closed(cast)
    appoint_auditor(cast.db, cast["outsider"].account, scheme="wcc", actor="system")
    taken = Taken("population", Purpose.PAPERS, Format.CSV)
    auditor, cases = cast.viewer("auditor"), [case.pseudonym]
    note_export(cast.db, actor=auditor, scheme="wcc", taken=taken, cases=cases)
    log_exported(cast, "auditor")
    for who, shown in (("outsider", 1), ("auditor", 3), (None, 5)):
        bundle = written(database, cast, log_exported(cast, who), tmp_path, who)
        assert said(bundle)[0] == "VERIFIED-UNANCHORED"
        with ZipFile(bundle) as files:
            entries = files.read("entries.jsonl").decode()
        assert entries.count('.exported"') == shown
        assert ('"list_sha256"' in entries) == (who != "outsider")


def test_without_an_auditor_nothing_is_opened(
    cast: Cast, database: Database, tmp_path: Path
) -> None:
    case = closed(cast)
    bundle = written(database, cast, case_exported(cast, case), tmp_path)
    assert "details: none opened, for no auditor exported it" in said(bundle)
    with ZipFile(bundle) as files:
        assert "openings.jsonl" not in files.namelist()
        assert "Nobody’s key was used" in files.read("README").decode()


def test_an_open_case_is_not_exported_and_neither_is_what_an_auditor_had_a_part_in(
    cast: Cast, database: Database, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match="no closed case"):
        case_exported(cast, cast.attested())
    case = closed(cast)
    cast.db.rollback()
    with pytest.raises(Refused, match="no closed case"):
        case_exported(cast, case, "chair")
    cast.db.rollback()
    cast.let("liaison", case, find_conflict, leaving=cast["auditor"].account)
    with pytest.raises(Refused, match="no closed case"):
        case_exported(cast, case, "auditor")
    cast.db.rollback()
    bundle = written(database, cast, log_exported(cast, "auditor"), tmp_path, "auditor")
    assert said(bundle)[0] == "VERIFIED-UNANCHORED"
    with ZipFile(bundle) as files:
        assert case.pseudonym not in files.read("entries.jsonl").decode()


def test_a_case_that_auditors_worked_on_verifies_also_after_one_stepped_away(
    cast: Cast, database: Database, tmp_path: Path
) -> None:
    case = closed(cast)
    proven(cast, case)
    let_read_more(cast, case)
    cast.let("auditor", case, step_away)
    unlock(cast, "liaison")
    bundle = written(database, cast, case_exported(cast, case), tmp_path)
    assert said(bundle)[0].startswith("VERIFIED-UNANCHORED")


@pytest.mark.parametrize("kind", ["entry", "details", "no details"])
def test_what_was_changed_in_the_database_fails_with_its_entry(
    cast: Cast, database: Database, tmp_path: Path, kind: str
) -> None:
    case = closed(cast)
    triaged = next(
        one.idx
        for one in entries_of_case(cast.db, "wcc", case.pseudonym)
        if one.type == "case.triaged"
    )
    made = case_exported(cast, case, "auditor")
    lift_triggers(cast.db)
    here = (LogEntry.log_id == "wcc") & (LogEntry.idx == triaged)
    details = (EntryDetail.log_id == "wcc") & (EntryDetail.idx == triaged)
    if kind == "entry":
        entry = cast.db.scalars(select(LogEntry.entry).where(here)).one()
        forged = entry.replace(b'"at_risk":false', b'"at_risk":true')
        cast.db.execute(update(LogEntry).where(here).values(entry=forged))
    elif kind == "details":
        sealed = cast.db.scalars(select(EntryDetail.sealed).where(details)).one()
        broken = sealed[:-1] + bytes([sealed[-1] ^ 1])
        cast.db.execute(update(EntryDetail).where(details).values(sealed=broken))
    else:
        cast.db.execute(delete(EntryDetail).where(details))
    cast.db.commit()
    answer = said(written(database, cast, made, tmp_path, "auditor"))[0]
    assert answer.startswith(f"FAILED: entry {triaged}: ")
    assert WRONG[kind] in answer


WRONG = {
    "entry": "does not match its leaf hash",
    "details": "not those that it commits to",
    "no details": "are gone, its case is not",
}


@pytest.mark.both_backends
def test_a_destroyed_case_is_a_commitment_in_the_bundle(
    cast: Cast, database: Database, tmp_path: Path
) -> None:
    case = closed(cast)
    pseudonym, case_id = case.pseudonym, case.id
    cast.db.execute(update(Case).where(Case.id == case_id).values(state=State.DESTROYED.value))
    states = {"from": "closed", "to": "destroyed"}
    who = cast["chair"].account.pseudonym
    cast.db.expire_all()
    append(cast.db, "wcc", [Event("destruction.ordered", who, states, pseudonym)])
    destroy_rows(cast.db, case_id)
    cast.db.commit()
    lines = said(written(database, cast, log_exported(cast), tmp_path))
    assert lines[0] == "VERIFIED-UNANCHORED"
    assert any(f"case {pseudonym}" in line and "commitment only" in line for line in lines)
    lines = said(written(database, cast, log_exported(cast, "auditor"), tmp_path, "auditor"))
    assert lines[0] == "VERIFIED-UNANCHORED"  # nobody can tell who was kept away from it
    assert not any(pseudonym in line for line in lines)


def test_a_case_that_saw_the_clock_put_back_verifies_alone(
    cast: Cast, database: Database, tmp_path: Path
) -> None:
    with clock.at(clock.now() + timedelta(hours=1)):
        case = closed(cast)
    cast.received()
    lines = said(written(database, cast, case_exported(cast, case), tmp_path))
    assert lines[0] == "VERIFIED-UNANCHORED"
    assert any("the clock was put back by 3" in line for line in lines)
