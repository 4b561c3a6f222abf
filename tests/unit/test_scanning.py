"""What clamd says of a file is believed only when it says that all is well."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conductdesk.vault import scanning
from conductdesk.vault.cleaning import FILE_LIMIT, prepare
from conductdesk.vault.scanning import MalwareFound, NotScanned, Scanner, scanner_at
from conductdesk.vault.streams import FileSealer
from tests.clamd import EICAR, SIGNATURE, clamd


@contextmanager
def sealed(data: bytes) -> Iterator[FileSealer]:
    """An upload of *data*."""
    sealer = FileSealer(FILE_LIMIT)
    sealer.write(data)
    try:
        yield sealer
    finally:
        sealer.close()


def test_a_large_file_reaches_the_scanner_whole_and_passes() -> None:
    data = bytes(range(256)) * 4000
    with clamd() as server, sealed(data) as upload:
        Scanner(server.address).scan(upload.clear())
        assert server.streams == [data]


def test_the_scanner_can_be_a_socket_in_the_file_system(tmp_path: Path) -> None:
    with clamd(path=tmp_path / "clamd.ctl") as server:
        Scanner(server.address).scan([b"harm", b"", b"less"])
        assert server.streams == [b"harmless"]
        with pytest.raises(MalwareFound):
            Scanner(server.address).scan([EICAR])


def test_the_eicar_test_file_is_found_wherever_the_pieces_are_cut() -> None:
    with clamd() as server:
        for cut in (0, 1, 40):
            with pytest.raises(MalwareFound) as found:
                Scanner(server.address).scan([EICAR[:cut], EICAR[cut:]])
            assert found.value.signature == SIGNATURE


@pytest.mark.parametrize(
    "answer",
    [
        b"INSTREAM size limit exceeded. ERROR\0",
        b"UNKNOWN COMMAND\0",
        b"stream: OK",
        b"stream: OK, but",
        b"\0",
        b"",
        b"x" * 100_000,
    ],
)
def test_any_other_answer_is_none(answer: bytes) -> None:
    with clamd(always=answer) as server, pytest.raises(NotScanned, match="Try again later"):
        Scanner(server.address).scan([b"harmless"])


def test_a_silent_scanner_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "MOST_SECONDS", 0.2)
    began = time.monotonic()
    with clamd(silent=True) as server, pytest.raises(NotScanned):
        Scanner(server.address).scan([b"harmless"])
    assert time.monotonic() - began < 5


def test_the_whole_scan_is_bounded_and_not_each_step_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scanning, "MOST_SECONDS", 0.3)

    def slowly() -> Iterator[bytes]:
        while True:
            time.sleep(0.05)
            yield b"drop"

    with clamd() as server, pytest.raises(NotScanned):
        Scanner(server.address).scan(slowly())


def test_a_scanner_that_is_not_there_scans_nothing(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        port = taken.getsockname()[1]
        nowhere = (f"127.0.0.1:{port}", "127.0.0.1:70000", "a..b:3310", str(tmp_path / "none"))
        for address in nowhere:
            with pytest.raises(NotScanned):
                Scanner(address).scan([b"harmless"])


def test_without_a_setting_there_is_no_scanner() -> None:
    assert scanner_at(None) is None


def test_a_harmful_file_is_refused_before_any_parser_reads_it_and_without_its_name() -> None:
    with clamd() as server, sealed(EICAR) as upload:
        with pytest.raises(MalwareFound):
            prepare(upload, "not really a picture.jpg", scanner_at(server.address))
        assert server.streams == [EICAR]


def test_a_kind_of_file_that_is_not_taken_is_not_scanned() -> None:
    with clamd() as server, sealed(b"MZ") as upload:
        with pytest.raises(Exception, match="cannot be added"):
            prepare(upload, "setup.exe", scanner_at(server.address))
        assert server.streams == []
