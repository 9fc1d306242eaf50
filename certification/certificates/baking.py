"""Baked badges: a picture that carries its credential in one iTXt chunk (Open Badges 3.0 section 5.3)."""

import io

from PIL import Image, UnidentifiedImageError
from PIL.PngImagePlugin import PngImageFile, PngInfo

KEYWORDS = ("openbadgecredential", "clrcredential")
MOST_PIXELS = 4_000_000


class NotBakedError(ValueError):
    """A file that is no PNG of ours to read, or carries no credential."""


def bake(picture: bytes, credential: str, *, keyword: str = KEYWORDS[0]) -> bytes:
    """A PNG with a credential (JSON or token) in it; the same input gives the same bytes."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(picture), formats=["PNG"]) as image:
        notes = PngInfo()
        notes.add_itxt(keyword, credential)
        image.save(out, "PNG", pnginfo=notes, optimize=False)
    return out.getvalue()


def credential_in(picture: bytes) -> str:
    """The credential that a PNG carries. NotBakedError when it carries none, several, or is no such picture."""
    try:
        with Image.open(io.BytesIO(picture), formats=["PNG"]) as image:
            if image.width * image.height > MOST_PIXELS or not isinstance(image, PngImageFile):
                raise NotBakedError("this picture is too large")
            image.load()
            found = [str(image.text[key]) for key in KEYWORDS if key in image.text]
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise NotBakedError("this is no PNG that can be read") from error
    if len(found) != 1:
        raise NotBakedError("this picture carries no credential")
    return found[0]
