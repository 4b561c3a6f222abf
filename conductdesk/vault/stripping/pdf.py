"""PDF files without the facts and the programs that travel in them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf

from conductdesk.vault.stripping.answers import Answer, StopError
from conductdesk.vault.stripping.kinds import refuse_other_kinds

MOST_DEPTH = 60

HIDDEN = (
    "/Metadata",
    "/PieceInfo",
    "/AA",
    "/OpenAction",
    "/JavaScript",
    "/JS",
    "/EmbeddedFiles",
    "/AF",
    "/EF",
    "/XFA",
    "/Collection",
    "/LastModified",
    "/Perms",
    "/DSS",
    "/Thumb",
)
ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/GoToE", "/GoToR"}
    | {"/Movie", "/Sound", "/RichMediaExecute", "/GoTo3DView", "/SetOCGState", "/Trans"}
)
CARRIERS = frozenset({"/FileAttachment", "/RichMedia", "/Screen", "/Sound", "/Movie", "/3D"})
"""Annotations that hold a file or play something."""


def clean_pdf(data: bytes) -> bytes:
    """Return the pages without document facts, XMP, embedded files, scripts and hidden actions."""

    refuse_other_kinds(data, but="pdf")
    try:
        pdf = pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError as locked:
        raise StopError(Answer.LOCKED) from locked
    except pikepdf.PdfError as broken:
        raise StopError(Answer.NOT_ITS_KIND) from broken
    _strip_pdf(pdf)
    copy = io.BytesIO()
    pdf.save(copy, fix_metadata_version=False, deterministic_id=True, encryption=False)
    return copy.getvalue()


def _strip_pdf(pdf: Any) -> None:
    for key in ("/Info", "/ID"):
        if key in pdf.trailer:
            del pdf.trailer[key]
    for thing in list(pdf.objects):
        for part in _parts_of(thing, 0):
            _strip_part(part)


def _parts_of(thing: Any, depth: int) -> Iterator[Any]:
    """Return *thing* and what lies directly in it; what it refers to comes in its own turn."""
    if depth > MOST_DEPTH:
        raise StopError(Answer.BOMB)
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        yield thing
        inside = [thing[key] for key in thing.keys()]  # noqa: SIM118 - not a mapping
    elif isinstance(thing, pikepdf.Array):
        yield thing
        inside = list(thing)
    else:
        return
    for one in inside:
        if isinstance(one, pikepdf.Object) and not one.is_indirect:
            yield from _parts_of(one, depth + 1)


def _strip_part(part: Any) -> None:
    if isinstance(part, pikepdf.Array):
        _drop_carriers(part)
        return
    for key in HIDDEN:
        if key in part:
            del part[key]
    for key in ("/A", "/Next", "/PA"):
        if key in part and _acts(part[key]):
            del part[key]
    if part.get("/Subtype") is not None and "/Rect" in part:
        _strip_annotation(part)
    if isinstance(part, pikepdf.Stream) and _is_jpeg(part):
        part.write(strip_segments(part.read_raw_bytes()), filter=pikepdf.Name.DCTDecode)


def _acts(action: Any) -> bool:
    if isinstance(action, pikepdf.Array):
        return True
    return isinstance(action, pikepdf.Dictionary) and str(action.get("/S")) in ACTIONS


def _drop_carriers(array: Any) -> None:
    for place in reversed(range(len(array))):
        one = array[place]
        if isinstance(one, pikepdf.Dictionary) and str(one.get("/Subtype")) in CARRIERS:
            del array[place]


def _strip_annotation(part: Any) -> None:
    keys = ["/M", "/CreationDate", "/NM"]
    if str(part.get("/Subtype")) != "/Widget":
        keys.append("/T")  # whoever wrote the note; in a form field it is the field's name
    for key in keys:
        if key in part:
            del part[key]


def _is_jpeg(stream: Any) -> bool:
    filters = stream.get("/Filter")
    if isinstance(filters, pikepdf.Array):
        return [str(one) for one in filters] == ["/DCTDecode"]
    return str(filters) == "/DCTDecode"


def strip_segments(data: bytes) -> bytes:
    """Return a JPEG without application segments and comments, its picture untouched.

    APP0 and APP14 stay: they say how the colours are to be read (ITU-T T.81 annex B).
    """
    kept, at = bytearray(data[:2]), 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        metadata = marker == 0xFE or (0xE1 <= marker <= 0xEF and marker != 0xEE)
        if not metadata:
            kept += data[at : at + 2 + length]
        at += 2 + length
    return bytes(kept + data[at:])
