"""What a school chose for its documents, as the templates take it: colors, logo, handwriting, seal.

The frozen facts name each file by its SHA-256 and keep none of them, so whoever draws hands the files in (`files`).
"""

import base64
import hashlib
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image

PAPERS = ("us-letter", "a4")
_handed: ContextVar[Mapping[str, bytes]] = ContextVar("files of the look")


class MissingFileError(LookupError):
    """The facts name a file of the school's look that was not handed in, or another one was."""


@contextmanager
def files(found: Mapping[str, bytes]) -> Iterator[None]:
    """What is drawn inside may use these files, by their SHA-256."""
    token = _handed.set(found)
    try:
        yield
    finally:
        _handed.reset(token)


def paper_of(facts: Mapping[str, Any]) -> str:
    """The paper that the school chose, else US letter."""
    paper: str = facts.get("look", {}).get("paper", PAPERS[0])
    return paper if paper in PAPERS else PAPERS[0]


def digests_of(facts: Mapping[str, Any]) -> set[str]:
    """The SHA-256 of each file that these facts name."""
    look = facts.get("look", {})
    return {
        digest for digest in (look.get("logo"), look.get("seal_picture"), *look.get("hands", {}).values()) if digest
    }


def colors_of(facts: Mapping[str, Any]) -> dict[str, str]:
    """What the templates read as `look`: JSON values only."""
    look = facts.get("look", {})
    colors = {name: look[name] for name in ("accent", "ground", "seal") if name in look}
    return colors | ({"sample": _("SAMPLE")} if facts.get("sample") else {})


def pictures_of(facts: Mapping[str, Any]) -> dict[str, str]:
    """The look's pictures as SVG, by the names under which the templates look for them."""
    look = facts.get("look", {})
    found = {"logo": look.get("logo"), "seal": look.get("seal_picture")}
    found |= {f"hand-{signer}": digest for signer, digest in look.get("hands", {}).items()}
    return {name: _as_svg(digest) for name, digest in found.items() if digest}


def _as_svg(digest: str) -> str:
    body = _handed.get({}).get(digest)
    if body is None or hashlib.sha256(body).hexdigest() != digest:
        raise MissingFileError(f"the file {digest} of the school's look is not there")
    if not body.startswith(b"\x89PNG"):
        return body.decode()
    # Typst takes pictures by its inputs as text alone.
    with Image.open(io.BytesIO(body), formats=["PNG"]) as image:
        width, height = image.size
    data = base64.b64encode(body).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{data}"/></svg>'
    )
