"""Pure: what a packed file (ZIP) that somebody dropped is, so that she is told. Nothing of it is unpacked but its index."""

import io
import zipfile
import zlib

from .offline.bundle import FORM, INDEX

EVIDENCE, BROKEN, OTHER = "evidence", "broken", "other"
WORD, EXCEL, POWERPOINT, OPEN_DOCUMENT = "word", "excel", "powerpoint", "open_document"
_OFFICE = (("word/", WORD), ("xl/", EXCEL), ("ppt/", POWERPOINT))
_MOST_OF_INDEX = 262_144


def kind_of_packed(data: bytes) -> str:
    """What it is by the names of its parts: evidence of ours, an office document, another ZIP, or none that opens."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if INDEX in names:
                with archive.open(INDEX) as index:
                    return EVIDENCE if FORM.encode() in index.read(_MOST_OF_INDEX) else OTHER
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
        return BROKEN
    if "[Content_Types].xml" in names:
        return next((kind for folder, kind in _OFFICE if any(name.startswith(folder) for name in names)), OTHER)
    return OPEN_DOCUMENT if names[:1] == ["mimetype"] and "content.xml" in names else OTHER
