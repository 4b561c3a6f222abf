"""Texts and Word documents."""

from __future__ import annotations

import io
import unicodedata
import zipfile

from conductdesk.vault.stripping.answers import Answer, StopError
from conductdesk.vault.stripping.kinds import refuse_other_kinds

MOST_UNPACKED = 200_000_000
MOST_RATIO = 200
MOST_PARTS = 5_000


def clean_text(data: bytes) -> bytes:
    """Return the text as UTF-8; control characters and other kinds of file are refused."""
    refuse_other_kinds(data, but="text")
    text = _decoded(data)
    if any(unicodedata.category(sign) == "Cc" and sign not in "\t\n\r\f" for sign in text):
        raise StopError(Answer.NOT_ITS_KIND)
    return text.encode()


def clean_docx(data: bytes) -> bytes:
    """Refuse what is no plain Word document; nothing is returned, because no copy is made."""
    refuse_other_kinds(data, but="docx")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_package(package)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as broken:  # as zipfile refuses
        raise StopError(Answer.NOT_ITS_KIND) from broken
    return b""


def _decoded(data: bytes) -> str:
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise StopError(Answer.NOT_ITS_KIND)


def _check_package(package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    names = [part.filename for part in parts]
    if "[Content_Types].xml" not in names or "word/document.xml" not in names:
        raise StopError(Answer.NOT_ITS_KIND)
    if any(part.flag_bits & 1 for part in parts):
        raise StopError(Answer.LOCKED)
    if len(parts) > MOST_PARTS or len(set(names)) < len(names):
        raise StopError(Answer.BOMB)
    if any("vbaproject" in name.lower() or "activex" in name.lower() for name in names):
        raise StopError(Answer.MACROS)
    packed = sum(part.compress_size for part in parts)
    most = min(MOST_UNPACKED, max(packed * MOST_RATIO, 1_000_000))
    if _unpacked(package, parts, most) > most:
        raise StopError(Answer.BOMB)


def _unpacked(package: zipfile.ZipFile, parts: list[zipfile.ZipInfo], most: int) -> int:
    """Count what really comes out, up to just past *most*: a package may lie about it."""
    total = sum(part.file_size for part in parts)
    if total > most:
        return total
    total = 0
    for part in parts:
        with package.open(part) as stream:
            while total <= most and (piece := stream.read(65536)):
                total += len(piece)
    return total
