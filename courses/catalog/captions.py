"""Reads the chapters of a clip from WebVTT. Pure: no Django, no I/O.

Players show a chapters track nowhere by themselves, so the page lists it; only cue times and cue texts matter for that.
"""

import re
from dataclasses import dataclass

MOST_CHAPTERS = 60
TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
TIMING = re.compile(rf"^{TIME}[ \t]+-->[ \t]+{TIME}(?:[ \t].*)?$")
TAG = re.compile(r"<[^>]*>")


class UnreadableChaptersError(ValueError):
    """The file holds no chapters that can be listed; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One part of a clip: where it begins, in whole seconds, and its name."""

    seconds: int
    title: str

    @property
    def clock(self) -> str:
        """1:05, or 1:02:05 from an hour on."""
        minutes, seconds = divmod(self.seconds, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def is_webvtt(head: bytes) -> bool:
    """Whether a file that begins with these bytes says that it is WebVTT."""
    return head.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT")


def chapters_in(data: bytes) -> tuple[Chapter, ...]:
    """The chapters of a WebVTT file, in order of time.

    Refuses (UnreadableChaptersError) what is no WebVTT in UTF-8, has no cue, a cue without a name, or more than 60.
    """
    if not is_webvtt(data[:10]):
        raise UnreadableChaptersError("This is no WebVTT file: its first line must be WEBVTT.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableChaptersError("This file is not in UTF-8; save it anew as UTF-8.") from error
    found = []
    for block in re.split(r"\n{2,}", text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.strip("\n").split("\n")
        at = next((i for i, line in enumerate(lines[:2]) if TIMING.match(line.strip())), None)
        if at is None:
            continue  # the head, a note, a style or a region
        timing = TIMING.match(lines[at].strip())
        title = " ".join(TAG.sub("", " ".join(lines[at + 1 :])).split())
        if not title:
            raise UnreadableChaptersError(f"The chapter at {lines[at].split()[0]} has no name under its times.")
        hours, minutes, seconds = (int(part or 0) for part in timing.groups()[:3]) if timing else (0, 0, 0)
        found.append(Chapter(hours * 3600 + minutes * 60 + seconds, title[:120]))
    if not found:
        raise UnreadableChaptersError("No chapter stands in this file: each needs a line 00:00.000 --> 00:10.000.")
    if len(found) > MOST_CHAPTERS:
        raise UnreadableChaptersError(f"A clip has at most {MOST_CHAPTERS} chapters.")
    return tuple(sorted(found, key=lambda chapter: chapter.seconds))
