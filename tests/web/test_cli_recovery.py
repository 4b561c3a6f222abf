"""The recovery key on the command line: made offline, and two parts open a case."""

from __future__ import annotations

from pathlib import Path

import pytest

from conductdesk.cases.concern import Part, PersonNamed
from conductdesk.cases.models import Case
from conductdesk.people.actions.offices import give_office
from conductdesk.vault.models import Compartment
from tests.actions.register_steps import THISTLEWOOD, begun
from tests.cast import Cast, a_concern
from tests.web.command_line import CommandLine

TWO = ("--custodian=custodian1@cast.example", "--custodian=Custodian3@cast.example ")


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


def deserted(cast: Cast) -> Case:
    """A case of which nobody can be in charge."""
    everybody = PersonNamed("Somebody", Part.RESPONDENT, ("liaison", "chair", "outside"))
    return cast.received(a_concern(people=(everybody,)))


def test_two_parts_open_a_case_for_an_officer(
    line: CommandLine, cast: Cast, tmp_path: Path
) -> None:
    case = deserted(cast)
    name = case.code_name
    files = [_part(cast, tmp_path, place) for place in (0, 2)]
    cast.db.commit()
    words = ["recovery", "open", name.lower(), *TWO, "--officer", "deputy@cast.example"]
    said = line.said(*words, "--part", str(files[0]), "--part", str(files[1]))
    assert name in said
    assert "attest before they read" in said
    cast.db.expire_all()
    assert cast.keys(case, "deputy").holds(Compartment.IDENTITY)
    cast.db.commit()


def test_a_case_that_nobody_can_open_is_named_until_it_is_opened(
    line: CommandLine, cast: Cast, tmp_path: Path
) -> None:
    name, other = deserted(cast).code_name, cast.received().code_name
    cast.db.commit()
    said = line.said("recovery", "waiting")
    assert "TO DO  cases that wait for a recovery: 1: two custodians" in line.refused("doctor")
    assert name in said
    assert other not in said
    files = [f"--part={_part(cast, tmp_path, place)}" for place in (0, 1)]
    line.said("recovery", "open", name, *TWO, "--officer", "deputy@cast.example", *files)
    assert line.said("recovery", "waiting").strip() == "No case waits for a recovery."
    assert "ok     cases that wait for a recovery: 0" in line.refused("doctor")
    handled = ["recovery", "open", other, *TWO, "--officer", "deputy@cast.example", *files]
    assert "it needs no recovery" in line.refused(*handled)


def test_the_parts_may_be_typed(line: CommandLine, cast: Cast) -> None:
    name = deserted(cast).code_name
    cast.db.commit()
    typed = f"{cast.recovery.parts[1]}\n{cast.recovery.parts[2]}\n"
    words = ["recovery", "open", name, *TWO, "--officer", "deputy@cast.example"]
    assert "is now" in line.said(*words, typed=typed)


def test_two_parts_open_a_register_for_an_officer_who_keeps_it(
    line: CommandLine, cast: Cast, tmp_path: Path
) -> None:
    kept = begun(cast)
    kept.add(THISTLEWOOD)
    give_office(cast.db, cast["outsider"].account, scheme="wcc", office="chair", actor="system")
    cast.db.commit()
    files = [f"--part={_part(cast, tmp_path, place)}" for place in (0, 1)]
    words = ["recovery", "register", "wcc", *TWO, "--officer"]
    assert "Name somebody who does" in line.refused(*words, "auditor@cast.example", *files)
    assert "can open the register of wcc" in line.said(*words, "outsider@cast.example", *files)
    assert set(kept.people("outsider")) == {THISTLEWOOD.name}


def test_a_new_recovery_key_is_put_in_force_and_doctor_counts_what_waits_for_it(
    line: CommandLine, cast: Cast, tmp_path: Path
) -> None:
    cast.attested()
    cast.db.commit()
    line.said("recovery", "keygen", "--out", str(tmp_path / "parts"))
    key = str(tmp_path / "parts" / "recovery.pub")
    assert "keep the old parts" in line.said("recovery", "replace", key)
    assert "LOOK   recovery key" in (said := line.refused("doctor"))
    assert "1 case or register waits for it" in said
    assert "is, or was, the recovery key" in line.refused("recovery", "replace", key)
    assert "not a public key" in line.refused("recovery", "replace", "nonsense", code=2)


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
    assert words in line.refused("recovery", "open", name, *TWO, "--officer", officer, *parts)


@pytest.mark.parametrize(
    "named",
    [
        ["custodian1@cast.example"],
        ["custodian1@cast.example"] * 2,
        ["custodian1@cast.example", "chair@cast.example"],
        ["custodian1@cast.example", "custodian2@cast.example", "custodian3@cast.example"],
    ],
)
def test_a_recovery_names_the_two_custodians_who_brought_their_parts(
    line: CommandLine, cast: Cast, tmp_path: Path, named: list[str]
) -> None:
    name = cast.attested().code_name
    parts = [f"--part={_part(cast, tmp_path, place)}" for place in (0, 1)]
    cast.db.commit()
    words = ["recovery", "open", name, "--officer", "deputy@cast.example", *parts]
    said = line.refused(*words, *(f"--custodian={one}" for one in named))
    assert "Name the two custodians" in said


@pytest.mark.parametrize("rubbish", [b"\x00\xff\xfe", "🙈 é".encode(), b"", b"AAAA\n" * 50])
def test_a_part_that_is_none_is_refused(
    line: CommandLine, cast: Cast, tmp_path: Path, rubbish: bytes
) -> None:
    good, bad = _part(cast, tmp_path, 0), tmp_path / "bad.txt"
    bad.write_bytes(rubbish)
    cast.db.commit()
    words = ["recovery", "open", "Any Case 11", *TWO, "--officer", "deputy@cast.example"]
    said = line.refused(*words, "--part", str(good), "--part", str(bad))
    assert "not a" in said


def test_a_case_that_does_not_exist_is_not_opened(
    line: CommandLine, cast: Cast, tmp_path: Path
) -> None:
    parts = [f"--part={_part(cast, tmp_path, place)}" for place in (0, 1)]
    cast.db.commit()
    said = line.refused(
        "recovery", "open", "No Such 11", *TWO, "--officer=chair@cast.example", *parts
    )
    assert "no case called" in said


def _part(cast: Cast, folder: Path, place: int) -> Path:
    file = folder / f"part{place}.txt"
    file.write_text(cast.recovery.parts[place], "utf-8")
    return file
