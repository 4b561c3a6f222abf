"""What a file is by its content, and whether it is something else as well."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

import puremagic

from conductdesk.vault.stripping.answers import Answer, StopError

HEAD = 1024

MAGIC: Mapping[str, re.Pattern[bytes]] = {
    "pdf": re.compile(rb"%PDF-\d"),
    "jpeg": re.compile(rb"\xff\xd8\xff"),
    "png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "webp": re.compile(rb"RIFF....WEBPVP8[ LX]", re.DOTALL),
    "docx": re.compile(rb"PK\x03\x04"),
}
"""How each kind begins, at its very first byte."""

ELSEWHERE = re.compile(rb"%PDF-\d|<!doctype\s+html|<html[\s>]|<script[\s>]|<\?php", re.IGNORECASE)
"""What makes the same bytes a second kind of file for a reader that looks past the first byte."""

FOREIGN = re.compile(
    rb"MZ|\x7fELF|GIF8|PK\x03\x04|Rar!|7z\xbc\xaf|\x1f\x8b|\xd0\xcf\x11\xe0|\{\\rtf"
)
"""How other kinds begin that could pass for text."""


def refuse_other_kinds(data: bytes, *, but: str) -> None:
    """Refuse what is not *but*, by content, or is something else as well."""
    if but in MAGIC:
        if not MAGIC[but].match(data) or not _recognised(data, but):
            raise StopError(Answer.NOT_ITS_KIND)
    elif FOREIGN.match(data) or any(magic.match(data) for magic in MAGIC.values()):
        raise StopError(Answer.NOT_ITS_KIND)
    if but != "text" and ELSEWHERE.search(data[1:HEAD]):
        raise StopError(Answer.TWO_KINDS)
    if but == "text" and MAGIC["pdf"].search(data[:HEAD]):
        raise StopError(Answer.TWO_KINDS)
    if but != "docx" and zipfile.is_zipfile(io.BytesIO(data)):
        raise StopError(Answer.TWO_KINDS)


def _recognised(data: bytes, kind: str) -> bool:
    """Ask a second opinion, so that kind and content agree by two lists of signatures."""
    endings = {"jpeg": {".jpg", ".jpeg", ".jfif"}, "docx": {".docx", ".zip"}}
    try:
        found = puremagic.magic_string(data[: 64 * HEAD])
    except (puremagic.PureError, ValueError):
        return False
    return any(match.extension in endings.get(kind, {f".{kind}"}) for match in found)
