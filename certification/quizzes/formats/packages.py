"""Opens zip packages that strangers sent, in memory only: no path out of it, no links, no bombs, nothing encrypted."""

import io
import posixpath
import stat
import zipfile
import zlib

from certification.quizzes.formats.base import UnreadableFileError, refuse_large, words

MOST_ENTRIES = 5_000
MOST_UNPACKED = 200 * 1024 * 1024
"""The most bytes of all files of a package together."""
MOST_OF_ONE = 20 * 1024 * 1024
"""The most bytes of one file of a package."""
HIGHEST_RATIO = 200
"""How many times larger than packed a file may be, if it is larger than a megabyte."""


class Package:
    """A zip whose names were looked at; files are read one at a time and never put on a disk."""

    def __init__(self, data: bytes) -> None:
        refuse_large(data)
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(data))
            self.entries = _checked(self.archive.infolist())
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
            if isinstance(error, UnreadableFileError):
                raise
            raise UnreadableFileError("The zip file is broken.") from error

    def read(self, name: str) -> bytes | None:
        """Give the bytes of a file; None if there is none of this name."""
        entry = self.entries.get(name)
        if entry is None:
            return None
        try:
            with self.archive.open(entry) as file:
                data = file.read(MOST_OF_ONE + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
            raise UnreadableFileError(f"The file “{words(name)}” in the package is broken.") from error
        if len(data) > MOST_OF_ONE:
            raise UnreadableFileError(f"The file “{words(name)}” in the package is too large.")
        return data


def _checked(entries: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    if len(entries) > MOST_ENTRIES:
        raise UnreadableFileError(f"The package holds more than {MOST_ENTRIES:,} files.")
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise UnreadableFileError("The package holds more than 200 MB.")
    known: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        called = words(entry.filename)
        if resolved("", entry.filename) is None:
            raise UnreadableFileError(f"The package holds a file outside itself: “{called}”.")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise UnreadableFileError(f"The package holds a link: “{called}”.")
        if entry.flag_bits & 1:
            raise UnreadableFileError("The package is encrypted.")
        if entry.file_size > 1024 * 1024 and entry.file_size > HIGHEST_RATIO * max(entry.compress_size, 1):
            raise UnreadableFileError(f"The file “{called}” in the package is packed too tightly to be honest.")
        if entry.filename in known:
            raise UnreadableFileError(f"The package holds two files of one name: “{called}”.")
        known[entry.filename] = entry
    return known


def resolved(folder: str, path: str) -> str | None:
    """Give the name of a file told from a folder of the package; None if it leads out of the package."""
    if not path or path.startswith("/") or "\\" in path or "\0" in path or ":" in path.partition("/")[0]:
        return None
    name = posixpath.normpath(posixpath.join(folder, path))
    return None if name == ".." or name.startswith(("../", "/")) else name
