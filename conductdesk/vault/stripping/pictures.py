"""Pictures, drawn anew from their bare pixels."""

from __future__ import annotations

import io

from PIL import Image, ImageOps, UnidentifiedImageError

from conductdesk.vault.stripping.answers import Answer, StopError
from conductdesk.vault.stripping.kinds import refuse_other_kinds

MOST_PIXELS = {"JPEG": 40_000_000, "PNG": 40_000_000, "WEBP": 16_000_000}
"""WebP takes ten times the memory and time of the others to write."""


def clean_jpeg(data: bytes) -> bytes:
    """Return the picture drawn anew as JPEG: no EXIF, place, time, thumbnail or comment."""
    return _redrawn(data, "jpeg", "JPEG")


def clean_png(data: bytes) -> bytes:
    """Return the picture drawn anew as PNG."""
    return _redrawn(data, "png", "PNG")


def clean_webp(data: bytes) -> bytes:
    """Return the picture drawn anew as WebP."""
    return _redrawn(data, "webp", "WEBP")


def _redrawn(data: bytes, kind: str, form: str) -> bytes:
    refuse_other_kinds(data, but=kind)
    Image.MAX_IMAGE_PIXELS = None  # our own limit answers with a sentence
    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=(form,))
        if image.width * image.height > MOST_PIXELS[form]:
            raise StopError(Answer.TOO_MANY_PIXELS)
        if form != "JPEG" and getattr(image, "n_frames", 1) > 1:
            raise StopError(Answer.MOVING)  # a JPEG's second frame is its preview
        turned = ImageOps.exif_transpose(image)
        bare = Image.frombytes(*_pixels(turned, form))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as broken:
        raise StopError(Answer.NOT_ITS_KIND) from broken
    copy = io.BytesIO()
    bare.save(copy, form, quality=90, **({"method": 1} if form == "WEBP" else {}))
    return copy.getvalue()


def _pixels(image: Image.Image, form: str) -> tuple[str, tuple[int, int], bytes]:
    """Return mode, size and bare pixels: what carries no fact about where they come from."""
    opaque = {"JPEG": ("L", "RGB"), "PNG": ("1", "L", "LA", "RGB", "RGBA", "I;16")}
    if image.mode not in opaque.get(form, ("RGB", "RGBA")):
        see_through = "A" in image.getbands() or "transparency" in image.info
        image = image.convert("RGBA" if see_through and form != "JPEG" else "RGB")
    return image.mode, image.size, image.tobytes()
