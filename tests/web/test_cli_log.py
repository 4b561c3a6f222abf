"""The log on the command line: verified, and a checkpoint kept."""

from __future__ import annotations

from pathlib import Path

from tests.cast import Cast
from tests.web.command_line import CommandLine
from tests.web.tampering import change_entries


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


def test_the_checkpoints_of_all_logs_verify_as_they_were_printed_together(
    line: CommandLine, cast: Cast, tmp_path: Path
) -> None:
    cast.attested()
    kept = tmp_path / "kept.txt"
    kept.write_text(line.said("audit", "checkpoint"), "utf-8")
    said = line.said("audit", "verify", "--checkpoint", str(kept))
    assert "wcc: VERIFIED (" in said
    assert "installation: VERIFIED (" in said
    kept.write_text(kept.read_text("utf-8") + "and words that nobody signed\n", "utf-8")
    assert "neither a checkpoint nor a proof" in line.refused(
        "audit", "verify", "--checkpoint", str(kept)
    )


def test_a_changed_entry_fails_and_is_named(line: CommandLine, cast: Cast) -> None:
    change_entries(cast, "T", "U")
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
