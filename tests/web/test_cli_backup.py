"""Backups on the command line: two copies, in two places, and back again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from conductdesk.audit.checkpoints import sign_checkpoint
from tests.cast import Cast
from tests.web.command_line import CommandLine


def test_both_copies_never_lie_in_one_folder(line: CommandLine, cast: Cast, tmp_path: Path) -> None:
    cast.db.commit()
    words = [f"--database={tmp_path}/a/x.db", f"--keystore={tmp_path}/a/../a/y.db"]
    assert "must lie in different places" in line.refused("backup", *words)
    assert not (tmp_path / "a").exists()


def test_a_backup_never_overwrites_a_copy_of_the_database(
    line: CommandLine, cast: Cast, tmp_path: Path
) -> None:
    cast.db.commit()
    words = [f"--database={tmp_path}/a/x.db", f"--keystore={tmp_path}/b/y.db"]
    line.said("backup", *words)
    assert "exists already" in line.refused("backup", *words)
    assert "Wrote" in line.said("backup", words[1])  # one keystore, the newest
    live = line.environ["KEYSTORE_URL"].removeprefix("sqlite:///")
    assert "in use by this installation" in line.refused("backup", f"--keystore={live}")
    assert "--database FILE" in line.refused("backup", code=2)


def test_postgresql_is_left_to_its_own_tool(
    new_line: Callable[..., CommandLine], cast: Cast, tmp_path: Path
) -> None:
    cast.db.commit()
    line = new_line(DATABASE_URL="postgresql+psycopg://nobody@localhost/none")
    said = line.said("backup", f"--database={tmp_path}/a/x", f"--keystore={tmp_path}/b/y")
    assert "pg_dump" in said
    assert (tmp_path / "b" / "y").exists()
    assert not (tmp_path / "a" / "x").exists()


def test_a_restored_backup_signs_nothing_until_a_new_origin(
    line: CommandLine, new_line: Callable[..., CommandLine], cast: Cast, tmp_path: Path
) -> None:
    cast.attested()
    sign_checkpoint(cast.db, cast.keystore, "wcc", "hourly")
    cast.db.commit()
    copies = (f"--database={tmp_path}/a/x.db", f"--keystore={tmp_path}/b/y.db")
    line.said("backup", *copies)
    assert "onto an empty folder" in line.refused("restore", *copies)
    place = new_line(CONDUCTDESK_DATA=str(tmp_path / "new"), DATABASE_URL="", KEYSTORE_URL="")
    swapped = (f"--database={tmp_path}/b/y.db", f"--keystore={tmp_path}/a/x.db")
    assert "is not a copy" in place.refused("restore", *swapped)
    said = place.said("restore", *copies)
    assert "Nothing is signed until" in said
    assert "comes from a backup" in place.refused("audit", "checkpoint")
    assert "TO DO  log wcc" in place.refused("doctor")
    assert "VERIFIED-UNANCHORED" in place.said("audit", "verify")
    assert "under a new origin" in place.said("audit", "new-origin")
    place.said("audit", "checkpoint")
    assert "Nothing was changed" in place.refused("audit", "new-origin")
    assert "VERIFIED-UNANCHORED" in place.said("audit", "verify")


def test_a_restore_that_fails_leaves_nothing_that_could_be_signed(
    line: CommandLine, new_line: Callable[..., CommandLine], cast: Cast, tmp_path: Path
) -> None:
    cast.db.commit()
    copies = (f"--database={tmp_path}/a/x.db", f"--keystore={tmp_path}/b/y.db")
    line.said("backup", *copies)
    ours = _exchange_version(tmp_path / "a" / "x.db", "of the future")
    place = new_line(CONDUCTDESK_DATA=str(tmp_path / "new"), DATABASE_URL="", KEYSTORE_URL="")
    assert "another version of ConductDesk" in place.refused("restore", *copies)
    assert list((tmp_path / "new").iterdir()) == []
    _exchange_version(tmp_path / "a" / "x.db", ours)
    assert "Restored" in place.said("restore", *copies)
    assert "comes from a backup" in place.refused("audit", "checkpoint")


def test_a_database_that_pg_restore_brought_back_goes_on_under_a_new_origin_when_told(
    line: CommandLine, cast: Cast
) -> None:
    cast.db.commit()
    assert "audit new-origin --restored" in line.refused("audit", "new-origin")
    assert "wcc goes on under a new origin" in line.said("audit", "new-origin", "--restored")
    assert "/wcc/2\n" in line.said("audit", "checkpoint", "--scheme", "wcc")


def _exchange_version(path: Path, version: str) -> str:
    with closing(sqlite3.connect(path)) as copy, copy:
        (before,) = copy.execute("SELECT version_num FROM alembic_version").fetchone()
        copy.execute("UPDATE alembic_version SET version_num = ?", (version,))
    return str(before)
