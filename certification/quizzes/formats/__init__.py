"""Files of questions: GIFT, Moodle XML and QTI in, GIFT and Moodle XML out. Pure: no Django, no database, no clock."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from certification.quizzes.formats import gift, moodle_xml, qti
from certification.quizzes.formats.base import (
    ReadFile,
    ReadQuestion,
    RefusedError,
    UnreadableFileError,
    Unsupported,
    WrittenFile,
)
from certification.quizzes.formats.shapes import rekeyed

READERS: dict[str, Callable[[bytes], ReadFile]] = {"gift": gift.read, "moodle-xml": moodle_xml.read, "qti": qti.read}
"""By format; each raises UnreadableFileError where nothing of a file can be read."""


class Writer(Protocol):
    """Writes questions, with the bytes of their pictures by SHA-256 where the format holds them."""

    def __call__(self, questions: Sequence[ReadQuestion], pictures: Mapping[str, bytes] | None = None) -> WrittenFile:
        """A file, and what it cannot hold."""


WRITERS: dict[str, Writer] = {"gift": gift.write, "moodle-xml": moodle_xml.write}


def told_by(name: str, data: bytes) -> str:
    """The format of a file by its name and its first tag; GIFT where nothing speaks against it."""
    # An archive begins with a file, or ends at once where it holds none.
    if name.lower().endswith(".zip") or data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return "qti"
    head = data[:4_000].replace(b"\0", b"").lower()
    if b"<quiz" in head:
        return "moodle-xml"
    return "qti" if head.lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").startswith(b"<") else "gift"


__all__ = [
    "READERS",
    "WRITERS",
    "ReadFile",
    "ReadQuestion",
    "RefusedError",
    "UnreadableFileError",
    "Unsupported",
    "WrittenFile",
    "rekeyed",
    "told_by",
]
