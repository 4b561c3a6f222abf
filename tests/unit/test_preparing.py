"""What is asked of a file before it is stripped, and what it leaves on the disk meanwhile."""

from __future__ import annotations

import gc
import resource
import tempfile
from pathlib import Path

import pytest

from conductdesk.vault.cleaning import FILE_LIMIT, FileRefused, prepare, tidy_name
from conductdesk.vault.streams import FileSealer, FileTooLarge
from tests.files import checked

MARKER = b"marker-of-the-maker"


@pytest.mark.parametrize("name", ["a.exe", "a.svg", "a.html", "a.odt", "a.zip", "a.heic", "a", ""])
def test_only_some_kinds_of_file_are_taken(name: str) -> None:
    with pytest.raises(FileRefused, match="cannot be added"), checked(b"anything", name):
        pass


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(FileRefused, match="empty"), checked(b"", "a.txt"):
        pass


def test_a_file_above_the_limit_is_refused() -> None:
    with pytest.raises(FileTooLarge, match="25 MB"), checked(bytes(FILE_LIMIT + 1), "a.txt"):
        pass


def test_a_name_loses_folders_and_signs_that_cannot_be_seen() -> None:
    assert tidy_name("C:\\Users\\me\\note.txt") == "note.txt"
    assert tidy_name("../../etc/passwd.txt") == "passwd.txt"
    assert tidy_name("gpj\u202e.exe\x00.txt") == "gpj.exe.txt"
    assert tidy_name("x" * 400 + ".pdf").endswith("x.pdf")
    assert len(tidy_name("x" * 400 + ".pdf")) == 120


def test_no_clear_byte_of_a_file_reaches_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(tempfile, "TemporaryFile", tempfile.NamedTemporaryFile)
    with checked(MARKER * 100_000, "a.txt"):
        kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert len(kept) > 2_000_000
    assert MARKER not in kept


def test_a_full_disk_while_the_copy_is_made_leaves_no_file_behind() -> None:
    sealer = FileSealer(FILE_LIMIT)
    sealer.write(MARKER * 20_000)
    sealer.finish()
    assert b"".join(sealer.clear())  # all of it has reached the disk
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            prepare(sealer, "note.txt", scanner=None)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    sealer.close()
    gc.collect()  # a file that was left open is an error here
