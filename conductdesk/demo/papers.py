"""Files that somebody in a story adds as evidence: small, real and invented."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

WIDE, MARGIN, LINE = 900, 48, 34
PAPER, INK, BUBBLE = "#ffffff", "#1d2b2a", "#e4ecea"


@dataclass(frozen=True)
class File:
    """A file as it lies on somebody's computer."""

    name: str
    content: bytes


def text_file(name: str, *lines: str) -> File:
    """Return a plain text file."""
    return File(name, ("\n".join(lines) + "\n").encode("utf-8"))


def screenshot(name: str, *messages: str) -> File:
    """Return a picture of a conversation, as a telephone saves it."""
    return File(name, _saved(_drawn(messages, bubbles=True), "PNG"))


def scan(name: str, *lines: str) -> File:
    """Return a letter as a PDF, as a scanner makes it."""
    return File(name, _saved(_drawn(lines, bubbles=False), "PDF"))


def photograph(name: str, *lines: str) -> File:
    """Return a photograph of a page, with the data that a camera writes into it."""
    picture = _drawn(lines, bubbles=False)
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Invented Cameras", "Model One"  # make and model
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=80, exif=exif)
    return File(name, kept.getvalue())


def _drawn(lines: tuple[str, ...], *, bubbles: bool) -> Image.Image:
    step = LINE * 2 if bubbles else LINE
    picture = Image.new("RGB", (WIDE, 2 * MARGIN + step * len(lines)), PAPER)
    draw = ImageDraw.Draw(picture)
    for place, line in enumerate(lines):
        top = MARGIN + place * step
        if bubbles:
            left = MARGIN + (place % 2) * 120
            box = (left - 16, top - 12, WIDE - MARGIN - 120 + left - MARGIN, top + LINE)
            draw.rounded_rectangle(box, 14, fill=BUBBLE)
        else:
            left = MARGIN
        draw.text((left, top), line, fill=INK, font=ImageFont.load_default(22))
    return picture


def _saved(picture: Image.Image, form: str) -> bytes:
    kept = io.BytesIO()
    picture.save(kept, form)
    return kept.getvalue()
