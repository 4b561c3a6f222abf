"""Files as somebody sends them, and as they are once they were checked."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import BytesIO

from PIL import Image
from PIL.ExifTags import Base

from conductdesk.vault.cleaning import FILE_LIMIT, PreparedFile, prepare
from conductdesk.vault.streams import FileSealer

CAMERA = "Marigold Ashdown's telephone"
NOT_KEPT = (
    (b"MZ not a picture", "letter.jpg", "not what its name says"),
    (b"hello", "letter.exe", "This kind of file cannot be added"),
    (b"", "letter.txt", "This file is empty"),
)
"""What a file holds, what it is called, and why it is refused."""


def a_photo() -> bytes:
    """Return a JPEG whose metadata name a person."""
    kept, hidden = BytesIO(), Image.Exif()
    hidden[Base.Model] = CAMERA
    Image.new("RGB", (20, 20), "white").save(kept, "JPEG", exif=hidden)
    return kept.getvalue()


def a_docx(parts: dict[str, bytes] | None = None) -> bytes:
    """Return the least that is a Word document, and *parts*."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", "<document/>")
        for name, content in (parts or {}).items():
            package.writestr(name, content)
    return out.getvalue()


@contextmanager
def checked(content: bytes, name: str) -> Iterator[PreparedFile]:
    """Seal and check *content* as an upload is."""
    sealer = FileSealer(FILE_LIMIT)
    with closing(sealer):
        sealer.write(content)
        with closing(prepare(sealer, name, scanner=None)) as file:
            yield file
