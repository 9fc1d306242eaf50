"""Takes the paper away from a photograph of handwriting, so that the ink alone stands on a document."""

import io

from PIL import Image

LIGHTEST_INK = 40
"""So many levels of 255 darker than the paper is where ink begins: shadows and the grain of a photograph are lighter."""
DARKEST_PAPER = 140
"""What is mostly darker than this is no paper; such a picture stays as it is."""


def without_paper(png: bytes) -> bytes:
    """The picture with its paper clear, the darker the sign the fuller the ink.

    One that has clear parts already, and one without light paper, is returned as it came.
    """
    picture = Image.open(io.BytesIO(png)).convert("RGBA")
    if any(picture.getchannel("A").histogram()[:255]):
        return png
    gray = picture.convert("L")
    levels = gray.histogram()
    paper = max(range(256), key=levels.__getitem__)
    if paper < DARKEST_PAPER:
        return png
    faint = paper - LIGHTEST_INK
    full = faint // 2
    steps = [255 if v <= full else 0 if v >= faint else round(255 * (faint - v) / (faint - full)) for v in range(256)]
    picture.putalpha(gray.point(steps))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
