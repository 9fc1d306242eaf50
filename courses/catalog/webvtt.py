"""Judges captions: a WebVTT file that players read to its end. No I/O.

Players drop a cue that they cannot read without a word, so that a viewer who needs captions sees a gap. We refuse the
file instead, and say at which line.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from .captions import TAG, TIMING

HEADS = ("NOTE", "STYLE", "REGION")


class UnreadableCaptionsError(ValueError):
    """The file cannot stand as captions; the message names the line and says what to do."""

    def __init__(self, line: int, words: str) -> None:
        super().__init__(_("Line %(line)d: %(words)s") % {"line": line, "words": words})
        self.line = line


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption: the line of its times, and from when to when it stands, in milliseconds."""

    line: int
    start: int
    end: int


def cues_in(data: bytes) -> tuple[Cue, ...]:
    """The cues of a WebVTT file in their order.

    Refuses (UnreadableCaptionsError) what is not UTF-8, does not begin with WEBVTT and an empty line, has no cue, a cue
    whose times cannot be read, that ends before it begins, begins before the one above it, or says nothing.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableCaptionsError(line, _("a letter here is not UTF-8; save the file anew as UTF-8.")) from error
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[0] != "WEBVTT" and not lines[0].startswith(("WEBVTT ", "WEBVTT\t")):
        raise UnreadableCaptionsError(1, _("it must be WEBVTT; export the captions as WebVTT (.vtt)."))
    if len(lines) > 1 and lines[1].strip():
        raise UnreadableCaptionsError(2, _("leave it empty; the captions begin after it."))
    found: list[Cue] = []
    for at, block in _blocks(lines):
        if (cue := _cue(at, block)) is None:
            continue
        if found and cue.start < found[-1].start:
            raise UnreadableCaptionsError(
                cue.line, _("this caption begins before the one above it; put them in the order of their times.")
            )
        found.append(cue)
    if not found:
        raise UnreadableCaptionsError(
            len(lines), _("no caption stands in this file; each needs a line 00:00.000 --> 00:10.000 and its words.")
        )
    return tuple(found)


def _blocks(lines: list[str]) -> list[tuple[int, list[str]]]:
    """What stands between empty lines after the head, each with the number of its first line."""
    found: list[tuple[int, list[str]]] = []
    inside = False
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            inside = False
            continue
        if not inside:
            found.append((number, []))
        inside = True
        found[-1][1].append(line)
    return found


def _cue(at: int, block: list[str]) -> Cue | None:
    """The cue of a block; None for a note, a style or a region."""
    place = next((i for i, line in enumerate(block) if "-->" in line), None)
    if place is None:
        if block[0].split(" ")[0].split("\t")[0] in HEADS:
            return None
        raise UnreadableCaptionsError(at, _("words without times; write 00:00.000 --> 00:10.000 above them."))
    if place > 1:
        raise UnreadableCaptionsError(at + place, _("put an empty line before these times."))
    timing = TIMING.match(block[place].strip())
    if timing is None:
        raise UnreadableCaptionsError(
            at + place, _("these times cannot be read; write them as 00:01.000 --> 00:04.000, with a dot.")
        )
    parts = [int(part or 0) for part in timing.groups()]
    start, end = (((h * 60 + m) * 60 + s) * 1000 + ms for h, m, s, ms in (parts[:4], parts[4:]))
    if end <= start:
        raise UnreadableCaptionsError(at + place, _("this caption ends before it begins; correct its times."))
    words = block[place + 1 :]
    more = next((i for i, line in enumerate(words) if "-->" in line), None)
    if more is not None:
        raise UnreadableCaptionsError(at + place + 1 + more, _("put an empty line before these times."))
    if not TAG.sub("", "".join(words)).strip():
        raise UnreadableCaptionsError(at + place, _("no words stand under these times; write them or take it out."))
    return Cue(at + place, start, end)
