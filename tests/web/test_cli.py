"""The command line: what an operator types, and what it says."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from conductdesk import services_for
from conductdesk.audit.checkpoints import sign_checkpoint
from conductdesk.cases.concern import Part, PersonNamed
from conductdesk.cli import COMMANDS, main
from conductdesk.notices.models import OutboxRow
from conductdesk.people.models import Account, AccountState
from conductdesk.people.queries import account_by_email
from conductdesk.settings import Settings, load_settings
from conductdesk.vault.models import Compartment
from tests.cast import Cast, a_concern, wcc_source
from tests.conftest import TESTS

ROOT = TESTS.parent
WCC = ROOT / "conductdesk" / "schemes" / "packs" / "wcc.toml"


@dataclass
class CommandLine:
    """The command line of one installation."""

    environ: dict[str, str]

    def run(self, *words: str, typed: str = "") -> Result:
        """Run a command; what is typed answers its questions."""
        return CliRunner().invoke(main, list(words), input=typed, env=self.environ)

    def said(self, *words: str, typed: str = "") -> str:
        """Run a command that must succeed, and return what it said."""
        result = self.run(*words, typed=typed)
        assert result.exit_code == 0, result.output
        return result.output

    def refused(self, *words: str, typed: str = "", code: int = 1) -> str:
        """Run a command that must fail kindly, and return what it said."""
        result = self.run(*words, typed=typed)
        assert result.exit_code == code, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert "Traceback" not in result.output
        return result.output


def environ_of(settings: Settings, **changes: str) -> dict[str, str]:
    named = {
        "CONDUCTDESK_DATA": str(settings.data),
        "DATABASE_URL": settings.database_url,
        "KEYSTORE_URL": settings.keystore_url,
        "CONDUCTDESK_URL": settings.url,
        "CONDUCTDESK_PUBLIC_SECRET": settings.public_secret,
        "CONDUCTDESK_DESK_SECRET": settings.desk_secret,
        "MAIL_SENDER": settings.mail_sender,
        "MAIL_TLS": "no",
    }
    return {**named, **changes}


@pytest.fixture
def new_line(settings: Settings) -> Iterator[Callable[..., CommandLine]]:
    """Make the command line of an installation, with some settings changed."""
    made: list[dict[str, str]] = []

    def make(**changes: str) -> CommandLine:
        made.append(environ_of(settings, **changes))
        return CommandLine(made[-1])

    yield make
    for environ in made:
        opened = services_for(load_settings(environ))
        opened.database.engine.dispose()
        opened.keystore.close()
    services_for.cache_clear()


@pytest.fixture
def line(new_line: Callable[..., CommandLine]) -> CommandLine:
    """The command line of this test's installation."""
    return new_line()


@pytest.fixture
def empty(new_line: Callable[..., CommandLine], tmp_path: Path) -> CommandLine:
    """The command line of an installation of which nothing exists yet."""
    return new_line(CONDUCTDESK_DATA=str(tmp_path / "new"), DATABASE_URL="", KEYSTORE_URL="")


# --- the whole --------------------------------------------------------------------------------


def test_every_command_says_what_it_is_for() -> None:
    for name in COMMANDS:
        result = CliRunner().invoke(main, [name, "--help"])
        assert result.exit_code == 0
        assert "Usage:" in result.output


def test_every_option_and_command_has_a_help_text() -> None:
    context = click.Context(main)
    bare = [
        f"{name}.{command.name} {option.name}"
        for name in COMMANDS
        for command in _leaves(main.get_command(context, name))
        for option in command.params
        if isinstance(option, click.Option) and not option.help and option.prompt is None
    ]
    assert [entry for entry in bare if not entry.endswith(("port", "workers", "threads"))] == []


def _leaves(command: click.Command | None) -> list[click.Command]:
    if isinstance(command, click.Group):
        return list(command.commands.values())
    return [command] if command else []


def test_without_settings_it_says_what_to_set() -> None:
    result = CliRunner().invoke(main, ["people", "list"], env={"CONDUCTDESK_DATA": ""})
    assert result.exit_code == 1
    assert "Set CONDUCTDESK_DATA to the folder" in result.output


def test_before_init_it_says_to_begin_with_it(empty: CommandLine) -> None:
    for words in (["people", "list"], ["audit", "verify"], ["schemes", "list"]):
        assert "conductdesk init" in empty.refused(*words)


def test_making_the_recovery_key_needs_neither_database_nor_web_server(tmp_path: Path) -> None:
    script = (
        "import sys; from conductdesk.cli import main\n"
        "main(['recovery', 'keygen'], standalone_mode=False)\n"
        "print([name for name in ('flask', 'gunicorn', 'alembic') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.rstrip().endswith("[]")


# --- recovery ---------------------------------------------------------------------------------


def test_keygen_writes_three_parts_that_nobody_else_can_read(
    line: CommandLine, tmp_path: Path
) -> None:
    folder = tmp_path / "parts"
    said = line.said("recovery", "keygen", "--out", str(folder))
    files = sorted(folder.iterdir())
    assert len(files) == 4
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)
    assert "conductdesk init --recovery-key" in said
    for file in files[:3]:  # recovery-part-1.txt and its like come before recovery.pub
        secret = file.read_text("utf-8").splitlines()[3]
        assert secret not in said
    assert "never overwritten" in line.refused("recovery", "keygen", "--out", str(folder))


def test_keygen_prints_the_parts_where_no_folder_is_given(line: CommandLine) -> None:
    said = line.said("recovery", "keygen")
    assert all(f"part {number} of 3" in said for number in (1, 2, 3))


def test_two_parts_open_a_case_for_an_officer(
    line: CommandLine, cast: Cast, tmp_path: Path
) -> None:
    case = cast.attested()
    name = case.code_name
    files = [_part(cast, tmp_path, place) for place in (0, 2)]
    cast.db.commit()
    words = ["recovery", "open", name.lower(), "--officer", "deputy@cast.example"]
    said = line.said(*words, "--part", str(files[0]), "--part", str(files[1]))
    assert name in said
    assert "attest before they read" in said
    cast.db.expire_all()
    assert cast.keys(case, "deputy").holds(Compartment.IDENTITY)
    cast.db.commit()


def test_a_case_that_nobody_can_open_is_named_until_it_is_opened(
    line: CommandLine, cast: Cast, tmp_path: Path
) -> None:
    everybody = PersonNamed("Somebody", Part.RESPONDENT, ("liaison", "chair", "outside"))
    deserted, tended = cast.received(a_concern(people=(everybody,))), cast.received()
    name, other = deserted.code_name, tended.code_name
    cast.db.commit()
    said = line.said("recovery", "waiting")
    assert name in said
    assert other not in said
    files = [f"--part={_part(cast, tmp_path, place)}" for place in (0, 1)]
    line.said("recovery", "open", name, "--officer", "deputy@cast.example", *files)
    assert line.said("recovery", "waiting").strip() == "No case waits for a recovery."


def test_the_parts_may_be_typed(line: CommandLine, cast: Cast) -> None:
    name = cast.attested().code_name
    cast.db.commit()
    typed = f"{cast.recovery.parts[1]}\n{cast.recovery.parts[2]}\n"
    words = ["recovery", "open", name, "--officer", "deputy@cast.example"]
    assert "is now" in line.said(*words, typed=typed)


@pytest.mark.parametrize(
    ("officer", "places", "words"),
    [
        ("deputy@cast.example", (1, 1), "Both are part 2"),
        ("nobody@cast.example", (0, 1), "no active account"),
        ("administrator@cast.example", (0, 1), "no active account"),
        ("auditor@cast.example", (0, 1), "no office"),
    ],
)
def test_a_recovery_that_cannot_be_is_refused(
    line: CommandLine,
    cast: Cast,
    tmp_path: Path,
    officer: str,
    places: tuple[int, int],
    words: str,
) -> None:
    name = cast.attested().code_name
    parts = [f"--part={_part(cast, tmp_path, place)}" for place in places]
    cast.db.commit()
    assert words in line.refused("recovery", "open", name, "--officer", officer, *parts)


@pytest.mark.parametrize("rubbish", [b"\x00\xff\xfe", "🙈 é".encode(), b"", b"AAAA\n" * 50])
def test_a_part_that_is_none_is_refused(
    line: CommandLine, cast: Cast, tmp_path: Path, rubbish: bytes
) -> None:
    good, bad = _part(cast, tmp_path, 0), tmp_path / "bad.txt"
    bad.write_bytes(rubbish)
    cast.db.commit()
    words = ["recovery", "open", "Any Case 11", "--officer", "deputy@cast.example"]
    said = line.refused(*words, "--part", str(good), "--part", str(bad))
    assert "not a" in said


def test_a_case_that_does_not_exist_is_not_opened(
    line: CommandLine, cast: Cast, tmp_path: Path
) -> None:
    parts = [f"--part={_part(cast, tmp_path, place)}" for place in (0, 1)]
    cast.db.commit()
    said = line.refused("recovery", "open", "No Such 11", "--officer=chair@cast.example", *parts)
    assert "no case called" in said


def _part(cast: Cast, folder: Path, place: int) -> Path:
    file = folder / f"part{place}.txt"
    file.write_text(cast.recovery.parts[place], "utf-8")
    return file


# --- init, upgrade, doctor --------------------------------------------------------------------


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


def test_init_refuses_what_is_no_public_key(empty: CommandLine) -> None:
    words = ["init", "--email", "a@b.example", "--name", "A", "--recovery-key"]
    assert "No such file" in empty.refused(*words, "none.pub")
    for wrong in ("nonsense", "AAAA", "🙈"):
        assert "is not a public key" in empty.refused(*words, wrong, code=2)
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
        "ok     clock",
        "TO DO  worker: none was seen; run: conductdesk worker",
        "ok     offices of wcc",
        "ok     log wcc",
    ):
        assert words in said


def test_the_doctor_names_the_entry_that_somebody_changed(line: CommandLine, cast: Cast) -> None:
    _tamper(cast)
    said = line.refused("doctor")
    assert "TO DO  log wcc" in said
    assert "entry 0" in said


def test_the_doctor_ends_with_what_keeps_it_from_going_on(empty: CommandLine) -> None:
    assert "TO DO  database: The database is not set up" in empty.refused("doctor")


# --- schemes ----------------------------------------------------------------------------------


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


# --- people -----------------------------------------------------------------------------------


def test_people_are_added_listed_and_given_offices(line: CommandLine, cast: Cast) -> None:
    cast.db.commit()
    assert "/desk/activate/" in line.said("people", "add", "n@cast.example", "Nora", "--print")
    assert "/desk/activate/" not in line.said("people", "add", "m@cast.example", "Mo")
    line.said("people", "add", "c@cast.example", "Cus", "--custodian")
    line.said("people", "office", "outsider@cast.example", "wcc", "committee", "--place", "2")
    listed = line.said("people", "list")
    assert "n@cast.example\tNora\tinvited\t-" in listed
    assert "c@cast.example\tCus\tactive\tcustodian" in listed
    assert "wcc/committee" in _row(listed, "outsider@cast.example")
    line.said("people", "office", "outsider@cast.example", "wcc", "committee", "--end")
    line.said("people", "auditor", "outsider@cast.example", "wcc")
    assert "wcc/auditor" in _row(line.said("people", "list"), "outsider@cast.example")
    line.said("people", "auditor", "outsider@cast.example", "wcc", "--end")
    assert cast.db.query(OutboxRow).filter_by(notice="activation").count() == 1


def test_a_reset_by_the_command_line_ends_the_sign_in(line: CommandLine, cast: Cast) -> None:
    cast.db.commit()
    assert "/desk/activate/" in line.said("people", "reset", "liaison@cast.example", "--print")
    cast.db.expire_all()
    account: Account | None = account_by_email(cast.db, "liaison@cast.example")
    assert account is not None
    assert account.state == AccountState.INVITED


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "nonsense", "N"], "name@example.org"),
        (["add", "liaison@cast.example", "N"], "has an account already"),
        (["office", "x@cast.example", "wcc", "chair"], "Nobody has an account"),
        (["office", "outsider@cast.example", "abc", "chair"], "no scheme"),
        (["office", "outsider@cast.example", "wcc", "emperor"], "There are: liaison"),
        (["office", "outsider@cast.example", "wcc", "chair", "--end"], "does not hold"),
        (["auditor", "outsider@cast.example", "wcc", "--end"], "does not audit"),
        (["auditor", "chair@cast.example", "wcc"], "cannot hold its offices"),
    ],
)
def test_what_cannot_be_done_about_people_is_refused(
    line: CommandLine, cast: Cast, words: list[str], said: str
) -> None:
    cast.db.commit()
    assert said in line.refused("people", *words)


# --- the log ----------------------------------------------------------------------------------


def test_verifying_says_whether_anything_from_outside_was_given(
    line: CommandLine, cast: Cast, tmp_path: Path
) -> None:
    cast.attested()
    assert "wcc: VERIFIED-UNANCHORED (" in line.said("audit", "verify")
    line.said("audit", "checkpoint", "--folder", str(tmp_path / "kept"))
    kept = next((tmp_path / "kept").glob("wcc-*.checkpoint"))
    said = line.said("audit", "verify", "--checkpoint", str(kept))
    assert "wcc: VERIFIED (" in said
    assert "installation: VERIFIED-UNANCHORED (" in said
    only = line.said("audit", "verify", "--scheme", "wcc", "--checkpoint", str(kept))
    assert "installation" not in only


def test_a_printed_checkpoint_verifies_as_it_was_printed(
    line: CommandLine, cast: Cast, tmp_path: Path
) -> None:
    cast.db.commit()
    kept = tmp_path / "kept.txt"
    kept.write_text(line.said("audit", "checkpoint", "--scheme", "wcc") + "\n\n", "utf-8")
    assert "wcc: VERIFIED (" in line.said("audit", "verify", "--checkpoint", str(kept))


def test_a_changed_entry_fails_and_is_named(line: CommandLine, cast: Cast) -> None:
    _tamper(cast)
    said = line.refused("audit", "verify")
    assert "wcc: FAILED: " in said
    assert "entry 0" in said
    assert "installation: VERIFIED-UNANCHORED" in said


def test_what_is_no_checkpoint_is_refused(line: CommandLine, cast: Cast, tmp_path: Path) -> None:
    cast.db.commit()
    other = tmp_path / "other.txt"
    other.write_text("nonsense\n", "utf-8")
    assert "neither a checkpoint nor a proof" in line.refused(
        "audit", "verify", "--checkpoint", str(other)
    )
    assert "There is no log" in line.refused("audit", "verify", "--scheme", "abc")


def _tamper(cast: Cast) -> None:
    """Change one byte of the first entry, as somebody with the file could."""
    for trigger in ("log_entry_no_update", "log_entry_update", "log_entry_refuse_update"):
        cast.db.execute(text(f"DROP TRIGGER IF EXISTS {trigger}"))
    names = cast.db.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars()
    for name in list(names):
        cast.db.execute(text(f"DROP TRIGGER {name}"))
    changed = (
        "UPDATE log_entry SET entry = replace(entry, 'T', 'U') WHERE log_id = 'wcc' AND idx = 0"
    )
    cast.db.execute(text(changed))
    cast.db.commit()


# --- backup and restore -----------------------------------------------------------------------


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


def _row(listed: str, email: str) -> str:
    return next(row for row in listed.splitlines() if row.startswith(email))
