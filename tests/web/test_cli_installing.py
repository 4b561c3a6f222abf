"""An installation begins on the command line, is looked over, and gets its schemes."""

from __future__ import annotations

import base64
import os
import sqlite3
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete

from conductdesk import clock
from conductdesk.participants.models import ParticipantTie
from conductdesk.participants.rules import TieKind
from tests.actions.register_steps import THISTLEWOOD, begun
from tests.cast import Cast, wcc_source
from tests.conftest import TESTS
from tests.web.command_line import CommandLine
from tests.web.tampering import change_entries

NOTHING = base64.b64encode(bytes(32)).decode()
"""As long as a key, and a point of the curve to which nothing can be sealed."""
WCC = TESTS.parent / "conductdesk" / "schemes" / "packs" / "wcc.toml"


def test_an_installation_begins_and_says_what_is_next(empty: CommandLine, tmp_path: Path) -> None:
    empty.said("recovery", "keygen", "--out", str(tmp_path / "parts"))
    key = str(tmp_path / "parts" / "recovery.pub")
    words = ["init", "--recovery-key", key, "--email", "ada@example.org", "--name", "Ada"]
    said = empty.said(*words)
    assert "https://conduct.example.org/desk/activate/" in said
    assert "conductdesk schemes load FILE" in said
    assert "begun already" in empty.refused(*words)
    assert "newest form" in empty.said("upgrade")
    assert "VERIFIED-UNANCHORED" in empty.said("audit", "verify")
    assert "ok     database" in empty.run("doctor").output


def test_what_a_beginning_writes_is_for_its_user_alone(empty: CommandLine, tmp_path: Path) -> None:
    empty.said("recovery", "keygen", "--out", str(tmp_path / "parts"))
    folder = Path(empty.environ["CONDUCTDESK_DATA"])
    folder.mkdir(mode=0o755)
    words = ["--recovery-key", str(tmp_path / "parts" / "recovery.pub"), "--name", "Ada"]
    before = os.umask(0o022)
    try:
        empty.said("init", *words, "--email", "ada@example.org")
        assert os.umask(0o022) == 0o022  # for the command alone, not for what calls it
    finally:
        os.umask(before)
    modes = {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}
    assert {"conductdesk.db", "keystore.db"} <= set(modes)
    assert set(modes.values()) == {0o600}


def test_the_doctor_tells_an_invited_administrator_from_none(
    empty: CommandLine, tmp_path: Path
) -> None:
    empty.said("recovery", "keygen", "--out", str(tmp_path / "parts"))
    key = str(tmp_path / "parts" / "recovery.pub")
    empty.said("init", "--recovery-key", key, "--email", "ada@example.org", "--name", "Ada")
    assert "ok     administrators: 0 active, 1 invited; next, they open" in empty.refused("doctor")
    with clock.at(clock.now() + timedelta(days=4)):
        said = empty.refused("doctor")
        assert (
            "TO DO  administrators: none is active or invited; use: conductdesk people reset"
            in said
        )
        empty.said("people", "reset", "ada@example.org", "--print")
        assert "0 active, 1 invited" in empty.refused("doctor")


def test_init_refuses_what_is_no_public_key(empty: CommandLine) -> None:
    words = ["init", "--email", "a@b.example", "--name", "A", "--recovery-key"]
    assert "No such file" in empty.refused(*words, "none.pub")
    for wrong in ("nonsense", "AAAA", "🙈", NOTHING):
        assert "not a public key" in empty.refused(*words, wrong, code=2)
    assert not Path(empty.environ["CONDUCTDESK_DATA"]).exists()


def test_the_doctor_says_what_to_do_about_everything_that_is_wrong(
    line: CommandLine, cast: Cast
) -> None:
    cast.db.commit()
    with sqlite3.connect(line.environ["DATABASE_URL"].removeprefix("sqlite:///")) as database:
        database.execute("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32))")
    database.close()
    said = line.refused("doctor")
    for words in (
        "ok     settings",
        "ok     keystore",
        "ok     administrators: 1 active\n",
        "ok     clock of the database",
        "TO DO  worker: No worker is running",
        "ok     offices of wcc",
        "ok     log wcc",
    ):
        assert words in said


def test_the_doctor_names_the_entry_that_somebody_changed(line: CommandLine, cast: Cast) -> None:
    change_entries(cast, "T", "U")
    said = line.refused("doctor")
    assert "TO DO  log wcc" in said
    assert "entry 0" in said


def test_what_is_not_there_is_said_and_nothing_is_made_in_its_place(
    empty: CommandLine, tmp_path: Path
) -> None:
    folder = Path(empty.environ["CONDUCTDESK_DATA"])
    folder.mkdir(mode=0o700)
    for words in ("doctor", "upgrade", "serve", "worker", "people list", "audit verify"):
        said = empty.refused(*words.split())
        assert f"There is no database at {folder / 'conductdesk.db'}." in said
        assert "If this is a new installation, run: conductdesk init." in said
        assert "the disk may not be mounted" in said
        assert list(folder.iterdir()) == []

    empty.said("recovery", "keygen", "--out", str(tmp_path / "parts"))
    key = str(tmp_path / "parts" / "recovery.pub")
    begin = ["init", "--recovery-key", key, "--email", "ada@example.org", "--name", "Ada"]
    empty.said(*begin)
    for lost, what in (("keystore.db", "keystore"), ("conductdesk.db", "database")):
        away = (folder / lost).rename(tmp_path / lost)
        (folder / lost).touch()  # what an earlier version left
        for typed in (["doctor"], ["upgrade"], ["serve"], ["worker"], begin):
            assert f"There is no {what} at {folder / lost}" in empty.refused(*typed)
            assert (folder / lost).stat().st_size == 0
        away.replace(folder / lost)
    assert "newest form" in empty.said("upgrade")


def test_a_pack_is_checked_loaded_and_listed(line: CommandLine, cast: Cast, tmp_path: Path) -> None:
    cast.db.commit()
    assert "is a good pack" in line.said("schemes", "check", str(WCC))
    assert "Version 1 of wcc is in force" in line.refused("schemes", "load", str(WCC))
    newer = tmp_path / "wcc-2.toml"
    newer.write_text(wcc_source().replace("version = 1", "version = 2", 1), "utf-8")
    assert "version 2, is in force" in line.said("schemes", "load", str(newer))
    assert "wcc\tversion 2" in line.said("schemes", "list")


def test_a_bad_pack_is_refused_with_every_mistake(line: CommandLine, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text('key = "x"\nemperor = true\n', "utf-8")
    said = line.refused("schemes", "check", str(bad))
    assert "bad.toml: version: is missing" in said
    assert "bad.toml: emperor:" in said


def test_the_doctor_finds_a_row_of_the_register_that_somebody_took_out(
    line: CommandLine, cast: Cast
) -> None:
    kept = begun(cast)
    kept.tie(kept.add(THISTLEWOOD), TieKind.FAMILY, "chair")
    cast.db.commit()
    assert "ok     register of wcc" in line.run("doctor").output
    cast.db.connection().execute(delete(ParticipantTie))
    cast.db.commit()
    assert "TO DO  register of wcc: the log does not account for 1 row, such" in line.refused(
        "doctor"
    )
