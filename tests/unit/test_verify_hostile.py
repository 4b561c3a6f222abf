"""Files that are made to break the verifier: a sentence each, no traceback, and little memory."""

from __future__ import annotations

import io
import resource
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from conductdesk.audit.bundle import verifier
from tests.unit.bundle_maker import bundle_of, course, numbered, with_export, zip_of

MEMORY, BOMB = 128 << 20, 192 << 20
"""Bytes of address space, of which Python itself takes a third, and what unpacks to more."""
SECONDS = 20

ENTRIES = with_export(numbered(course()))


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def answer(path: Path, *more: str) -> tuple[int, str]:
    """Run the verifier without anything of ours, in little memory."""
    program = path.with_name("verify.py")
    program.write_bytes(verifier())
    done = subprocess.run(
        [sys.executable, "-I", "-S", program, path, *more],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limited,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def packed(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=method, compresslevel=1)
    return written.getvalue()


def bomb(name: str, size: int) -> bytes:
    """A bundle in which one file holds *size* zeros, and says so."""
    return packed({**bundle_of(ENTRIES), name: bytes(size)})


def undeclared(name: str, says: int) -> bytes:
    """A bundle in which one file unpacks to more than memory, and says that it is short."""
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    piece = bytes(1 << 20)
    body = b"".join(packer.compress(piece) for _one in range(BOMB >> 20)) + packer.flush()
    data, files = bytearray(zip_of({**bundle_of(ENTRIES), name: b""})), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive, zipfile.ZipFile(files, "w") as new:
        for info in archive.infolist():
            if info.filename != name:
                new.writestr(info, archive.read(info))
        stored = zipfile.ZipInfo(name)
        new.writestr(stored, body)
    made = bytearray(files.getvalue())
    at = made.rindex(b"PK\x01\x02")  # the last entry of the directory
    assert made[at + 46 : at + 46 + len(name)] == name.encode()
    struct.pack_into("<H", made, at + 10, zipfile.ZIP_DEFLATED)
    struct.pack_into("<I", made, at + 24, says)
    return bytes(made)


def many_files(count: int) -> bytes:
    """A directory so long that reading it would take the memory."""
    record = b"PK\x01\x02" + bytes(24) + struct.pack("<H", 4) + bytes(16) + b"file"
    directory = b"".join(record[:46] + b"%04x" % (one % 65_536) for one in range(count))
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 65_535, 65_535, len(directory), 0, 0)
    return directory + end


def encrypted() -> bytes:
    made = bytearray(zip_of(bundle_of(ENTRIES)))
    at = made.index(b"checkpoint", made.index(b"PK\x01\x02")) - 46
    struct.pack_into("<H", made, at + 8, 1)
    return bytes(made)


def commented() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, data in bundle_of(ENTRIES).items():
            info = zipfile.ZipInfo(name)
            info.comment = b"hidden"
            archive.writestr(info, data)
    return written.getvalue()


def between() -> bytes:
    """A bundle with bytes between two of its files; every address in it is put right."""
    made = zip_of(bundle_of(ENTRIES))
    start = struct.unpack("<I", made[-6:-2])[0]
    second, hidden = made.index(b"PK\3\4", 4), b"hidden"
    directory, at = bytearray(made[start:]), 0
    for _file in range(struct.unpack("<H", made[-12:-10])[0]):
        begins = struct.unpack_from("<I", directory, at + 42)[0]
        struct.pack_into("<I", directory, at + 42, begins + len(hidden) * (begins >= second))
        at += 46 + struct.unpack_from("<H", directory, at + 28)[0]
    struct.pack_into("<I", directory, len(directory) - 6, start + len(hidden))
    return made[:second] + hidden + made[second:start] + bytes(directory)


def extra_field() -> bytes:
    """A bundle whose last file has more fields in its own head than the directory says."""
    made = zip_of(bundle_of(ENTRIES))
    start = struct.unpack("<I", made[-6:-2])[0]
    last = made.rindex(b"PK\3\4", 0, start)
    width = struct.unpack_from("<H", made, last + 26)[0]
    head, hidden = bytearray(made[last : last + 30]), b"hi\2\0xx"
    struct.pack_into("<H", head, 28, len(hidden))
    named = made[last + 30 : last + 30 + width]
    tail = made[start:-6] + struct.pack("<IH", start + len(hidden), 0)
    return made[:last] + head + named + hidden + made[last + 30 + width : start] + tail


def escaping() -> bytes:
    """A bundle whose facts move the cursor, and say that all is well."""
    entries = list(ENTRIES)
    entries[0] = entries[0].replace(b'"to":"received"', b'"to":"\\u001b[2J\\r\\nVERIFIED"')
    return zip_of(bundle_of(entries))


HOSTILE: Mapping[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "no zip": lambda: b"PK" * 5_000,
    "half a zip": lambda: zip_of(bundle_of(ENTRIES))[:-400],
    "something before it": lambda: b"hidden" * 9 + zip_of(bundle_of(ENTRIES)),
    "something between two files": between,
    "a head that says more than the directory": extra_field,
    "comments on files": commented,
    "facts that move the cursor": escaping,
    "a long entry": lambda: packed(
        {**bundle_of(ENTRIES), "entries.jsonl": b"[0,{%b}]\n" % (b"1" * 16_400)}
    ),
    "something behind it": lambda: zip_of(bundle_of(ENTRIES)) + b"x",
    "an empty zip": lambda: zip_of({}),
    "a bomb that is declared": lambda: bomb("entries.jsonl", BOMB),
    "a bomb for a key": lambda: bomb("key", BOMB),
    "a bomb for a tile": lambda: bomb("tile/0/000.p/17", BOMB),
    "a bomb that is not declared": lambda: undeclared("proofs/3", 700),
    "a bomb that is not declared, of lines": lambda: undeclared("openings.jsonl", 700),
    "more files than memory": lambda: many_files(400_000),
    "an encrypted file": encrypted,
    "a packing that takes memory": lambda: packed(bundle_of(ENTRIES), zipfile.ZIP_LZMA),
    "two files of one name": lambda: zip_of(
        [*bundle_of(ENTRIES).items(), ("key", bundle_of(ENTRIES)["key"])]
    ),
    "a path that climbs": lambda: zip_of({**bundle_of(ENTRIES), "../../etc/passwd": b"x"}),
    "a name that moves the cursor": lambda: zip_of({**bundle_of(ENTRIES), "\x1b[2Jkey": b"x"}),
    "another encoding": lambda: zip_of({**bundle_of(ENTRIES), "key": "ключ\n".encode("cp1251")}),
    "an entry that goes on": lambda: packed(
        {**bundle_of(ENTRIES), "entries.jsonl": b"[0," + b"1" * 50_000_000 + b"]\n"}
    ),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_fails_with_a_sentence_and_in_little_memory(
    what: str, tmp_path: Path
) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(HOSTILE[what]())
    code, said = answer(path)
    assert (code, said[:8], said.count("\n")) == (1, "FAILED: ", 1)
    assert "MemoryError" not in said
    assert said.isascii()
    assert "\x1b" not in said


def test_a_folder_and_a_file_that_is_not_there_fail_too(tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    assert answer(tmp_path / ".")[1].startswith("FAILED: ")
    assert answer(path)[1].startswith("FAILED: ")
    path.write_bytes(zip_of(bundle_of(ENTRIES)))
    assert answer(path)[0] == 0
    assert answer(path, "--checkpoint", str(tmp_path))[1].startswith("FAILED: ")
    assert answer(path, "--checkpoint", "/dev/zero")[1].startswith("FAILED: ")


def test_a_pipe_that_is_closed_gives_no_trace_back(tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(zip_of(bundle_of(ENTRIES)))
    path.with_name("verify.py").write_bytes(verifier())
    command = f"({sys.executable} -I -S {tmp_path}/verify.py {path}; echo $? >&2) | true"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == "0\n"
