"""Files are checked by their content, and their working copies say nothing about their maker."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator

import pikepdf
import pytest
from PIL import Image

from conductdesk.vault.cleaning import (
    ALLOWED,
    FILE_LIMIT,
    SENTENCES,
    FileRefused,
    PreparedFile,
    prepare,
)
from conductdesk.vault.streams import FileSealer
from conductdesk.vault.stripping import documents
from conductdesk.vault.stripping.answers import Answer, StopError
from conductdesk.vault.stripping.pdf import strip_segments
from tests.files import a_docx

MARKER = b"marker-of-the-maker"


OPENED: list[FileSealer | PreparedFile] = []


@pytest.fixture(autouse=True)
def _close_files() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


def uploaded(data: bytes, name: str) -> PreparedFile:
    """Prepare *data* as the desk does after an upload."""
    sealer = FileSealer(FILE_LIMIT)
    OPENED.append(sealer)
    sealer.write(data)
    prepared = prepare(sealer, name, scanner=None)
    OPENED.append(prepared)
    return prepared


def copy_of(data: bytes, name: str) -> bytes:
    """Return the working copy of *data*."""
    working = uploaded(data, name).working
    assert working is not None
    return b"".join(working.clear())


def picture(form: str, size: tuple[int, int] = (40, 30), mode: str = "RGB") -> bytes:
    """Return a picture whose EXIF names its maker."""
    image, out = Image.new(mode, size, 120), io.BytesIO()
    exif = Image.Exif()
    exif[0x013B] = MARKER.decode()
    image.save(out, form, exif=exif, **({"comment": MARKER} if form == "JPEG" else {}))
    return out.getvalue()


def a_pdf(change: Callable[[pikepdf.Pdf], None] = lambda _pdf: None, **saving: object) -> bytes:
    """Return a page of PDF with everything that names its maker or does something."""
    pdf, out = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    change(pdf)
    pdf.save(out, **saving)  # type: ignore[arg-type]  # each test names real options
    return out.getvalue()


def telling(pdf: pikepdf.Pdf) -> None:
    """Put the marker wherever a PDF can hide one."""
    word = MARKER.decode()
    pdf.docinfo["/Author"] = word
    with pdf.open_metadata() as facts:
        facts["dc:creator"] = [word]
    pdf.attachments[f"{word}.txt"] = MARKER
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=f"app.alert('{word}')")
    pdf.Root.OpenAction = script
    pdf.Root.Names.JavaScript = pikepdf.Dictionary(Names=[word, script])
    page = pdf.pages[0].obj
    page.AA = pikepdf.Dictionary(O=script)
    page.PieceInfo = pikepdf.Dictionary(Word=pikepdf.Dictionary(Private=word))
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=script, T=word
    )
    carrier = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FileAttachment, Rect=[0, 0, 9, 9], T=word
    )
    page.Annots = pdf.make_indirect(
        pikepdf.Array([pdf.make_indirect(link), pdf.make_indirect(carrier)])
    )
    photo = pikepdf.Stream(pdf, picture("JPEG"))
    photo.Filter, photo.Type, photo.Subtype = (
        pikepdf.Name.DCTDecode,
        pikepdf.Name.XObject,
        pikepdf.Name.Image,
    )
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=photo))


def everything_in(pdf: bytes) -> bytes:
    """Return the PDF with every stream unpacked, so that nothing hides in compression."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(
            out,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    return out.getvalue()


@pytest.mark.parametrize(
    ("form", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp")]
)
def test_a_picture_loses_its_metadata_and_keeps_its_size(form: str, name: str) -> None:
    data = picture(form)
    assert MARKER in data
    copy = copy_of(data, name)
    assert MARKER not in copy
    with Image.open(io.BytesIO(copy)) as image:
        assert image.format == form
        assert image.size == (40, 30)
        assert not image.getexif()


def test_a_picture_that_lay_on_its_side_is_turned_because_its_exif_goes() -> None:
    image, out, exif = Image.new("RGB", (40, 30)), io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    image.save(out, "JPEG", exif=exif)
    with Image.open(io.BytesIO(copy_of(out.getvalue(), "side.jpg"))) as turned:
        assert turned.size == (30, 40)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pictures_of_every_colour_mode_can_be_kept(mode: str) -> None:
    assert copy_of(picture("PNG", mode=mode), "a.png")


def test_a_pdf_loses_its_facts_files_scripts_and_the_exif_of_its_photos() -> None:
    data = a_pdf(telling)
    assert everything_in(data).count(MARKER) > 6
    copy = everything_in(copy_of(data, "letter.pdf"))
    assert MARKER not in copy
    assert b"/JavaScript" not in copy
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        assert len(pdf.pages) == 1
        assert len(pdf.pages[0].obj.Annots) == 1


def test_the_original_stays_as_it_was() -> None:
    data = a_pdf(telling)
    assert b"".join(uploaded(data, "letter.pdf").original.clear()) == data


def test_a_text_is_kept_as_utf_8() -> None:
    assert copy_of("Zoë said “no”".encode(), "note.txt") == "Zoë said “no”".encode()
    assert copy_of("Zoë said “no”".encode("cp1252"), "note.txt") == "Zoë said “no”".encode()
    assert copy_of("Zoë said “no”".encode("utf-16"), "note.txt") == "Zoë said “no”".encode()


def test_a_word_document_is_kept_without_a_working_copy() -> None:
    file = uploaded(a_docx(), "statement.docx")
    assert file.working is None
    assert file.media_type == ALLOWED[".docx"].media_type


REFUSED: dict[str, tuple[bytes, str, Answer]] = {
    "a program called a picture": (b"MZ" + bytes(100), "cat.jpg", Answer.NOT_ITS_KIND),
    "a picture called a pdf": (picture("PNG"), "cat.pdf", Answer.NOT_ITS_KIND),
    "a web page called a picture": (b"<html><script>1</script>", "cat.png", Answer.NOT_ITS_KIND),
    "a drawing with scripts called a picture": (b"<svg/>", "cat.png", Answer.NOT_ITS_KIND),
    "a package called a text": (a_docx(), "note.txt", Answer.NOT_ITS_KIND),
    "a program called a text": (b"\x7fELF text", "note.txt", Answer.NOT_ITS_KIND),
    "a text with control characters": (b"bell \x07 and \x00", "note.txt", Answer.NOT_ITS_KIND),
    "half a picture": (picture("JPEG")[:300], "cat.jpg", Answer.NOT_ITS_KIND),
    "half a pdf": (b"%PDF-1.7\nnothing", "a.pdf", Answer.NOT_ITS_KIND),
    "a package that is no document": (a_docx()[:60], "a.docx", Answer.NOT_ITS_KIND),
    "a picture that is also a package": (picture("PNG") + a_docx(), "cat.png", Answer.TWO_KINDS),
    "a pdf that is also a package": (a_pdf() + a_docx(), "a.pdf", Answer.TWO_KINDS),
    "a picture that is also a pdf": (
        picture("JPEG")[:2] + b"\xff\xfe\x00\x0a%PDF-1.7" + picture("JPEG")[2:],
        "cat.jpg",
        Answer.TWO_KINDS,
    ),
    "a picture that is also a web page": (
        picture("JPEG")[:2] + b"\xff\xfe\x00\x0b<script >" + picture("JPEG")[2:],
        "cat.jpg",
        Answer.TWO_KINDS,
    ),
    "a text that is also a pdf": (b"Hello\n%PDF-1.7", "note.txt", Answer.TWO_KINDS),
    "a pdf with a password": (
        a_pdf(encryption=pikepdf.Encryption(user="x", owner="y")),
        "a.pdf",
        Answer.LOCKED,
    ),
    "a document with a macro": (
        a_docx({"word/vbaProject.bin": b"x"}),
        "a.docx",
        Answer.MACROS,
    ),
    "a document that unpacks without end": (
        a_docx({"word/media/1.bin": bytes(30_000_000)}),
        "a.docx",
        Answer.BOMB,
    ),
}


@pytest.mark.parametrize(("data", "name", "answer"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_what_it_says_is_refused_with_a_sentence(
    data: bytes, name: str, answer: Answer
) -> None:
    with pytest.raises(FileRefused) as refused:
        uploaded(data, name)
    assert str(refused.value) == SENTENCES[answer]


def test_a_small_picture_that_unpacks_to_a_huge_one_is_refused_before_it_does() -> None:
    header = (60_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    chunk = b"IHDR" + header
    bomb = b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4, "big") + chunk
    bomb += zlib.crc32(chunk).to_bytes(4, "big") + picture("PNG")[33:]
    with pytest.raises(FileRefused, match="40 million pixels"):
        uploaded(bomb, "bomb.png")


def test_a_picture_that_moves_is_refused() -> None:
    frames, out = [Image.new("RGB", (9, 9), shade) for shade in (1, 200)], io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    with pytest.raises(FileRefused, match="moves"):
        uploaded(out.getvalue(), "a.webp")


def test_a_package_that_lies_about_its_size_is_counted_as_it_comes_out() -> None:
    data = bytearray(a_docx({"word/media/1.bin": bytes(30_000_000)}))
    true = (30_000_000).to_bytes(4, "little")
    while true in data:
        at = data.index(true)
        data[at : at + 4] = (10).to_bytes(4, "little")
    with pytest.raises(StopError):
        documents.clean_docx(bytes(data))


def test_the_colours_of_an_embedded_jpeg_are_still_readable() -> None:
    data = strip_segments(picture("JPEG"))
    assert MARKER not in data
    with Image.open(io.BytesIO(data)) as image:
        image.load()
