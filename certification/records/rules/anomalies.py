"""What in a ledger looks too even, too late or too much to be a day's work: detectors, pure. A finding is a question.

The patterns are those by which sold hours were found out: identical files in nursing schools' archives, transcripts
written in one sitting, hours that no day holds. The thresholds are our own judgement, each with its reason; no statute
names one. They are set so that an honest school sees few: each finding asks a person, and a person decides.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from .postings import MINUTE, SPANLESS, Span, length

OVERLAP_MINUTES = 30
"""Minutes of one posting that another kind of source already held. Below half an hour lies the walk from lab to desk."""

IDENTICAL_LINES = 5
"""So many lines one after the other, to the same instants, in one week: one for each working day. Two learners who share
a shift share some of them; a whole working week to the minute is worth a look.
"""

BURST_MINUTES = 40 * 60
"""A full-time week. Whoever writes down more within one hour was not writing down what she saw."""

BURST_WINDOW = timedelta(hours=1)
"""The sitting in which they are written."""

LONG_PAST_DAYS = 7
"""A line of an older day counts towards a burst. A week's shifts signed at its end are the usual way."""

LONG_DAY = timedelta(hours=16)
"""Twice the longest day that any of our packs lets count (8 hours), so never a day of school."""

BACK_DATED_DAYS = 14
"""Days between a day and the writing of its line. Half the life of a supervisor's link: who signs later is reminded."""

ROUND_LINES = 20
"""So many shift lines before their roundness says anything; it is asked anew with each further twenty."""

ROUND_PERCENT = 90
"""Of a learner's shift lines, whole hours from a full hour. Real shifts end when the last client goes."""

SHIFT, CLASS = "externship", "class"
NOT_WRITTEN_THAT_DAY = ("imported", "corrected")
"""Evidence of lines that are late by nature: brought in from papers, or put right by two people."""


@dataclass(frozen=True, slots=True)
class Line:
    """One standing line, as far as the detectors read it. `day` is its local day in `zone`."""

    entry: UUID
    record: UUID
    learner: UUID
    zone: str
    day: date
    minutes: int
    source: str
    evidence: str
    recorded_at: datetime
    spans: tuple[Span, ...] = ()

    @property
    def times(self) -> Span | None:
        """From its first to its last instant; None for a line without times."""
        return (min(self.spans)[0], max(end for _start, end in self.spans)) if self.spans else None

    @property
    def days_late(self) -> int:
        """Local days from its day to the day on which it was written."""
        return (self.recorded_at.astimezone(ZoneInfo(self.zone)).date() - self.day).days

    @property
    def is_written(self) -> bool:
        """Whether such a line is normally written near its day: no transfer, adjustment, import or correction."""
        return self.source not in SPANLESS and self.evidence not in NOT_WRITTEN_THAT_DAY


@dataclass(frozen=True, slots=True)
class Lost:
    """Minutes of a posting that `holder` already held; `kind` is what sort of source the holder is."""

    holder: UUID
    kind: str
    minutes: int
    day: date


@dataclass(frozen=True, slots=True)
class Trimmed:
    """A posting that did not get all its time; `kind` is what sort of source it is (`session`, `shift`, `class`)."""

    posting: UUID
    record: UUID
    kind: str
    lost: tuple[Lost, ...]


Evidence = Mapping[str, int | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Finding:
    """One question to the school: about which records, from which day to which, and on what evidence.

    `evidence` holds numbers and lists of uuids, never a name. `about` makes the fingerprint: the same facts looked at
    again make the same one.
    """

    kind: str
    about: tuple[str, ...]
    records: tuple[UUID, ...]
    first_on: date
    last_on: date
    evidence: Evidence

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of kind and `about`."""
        return hashlib.sha256(json.dumps([self.kind, *self.about]).encode()).hexdigest()


def bad_evidence(evidence: Evidence) -> str | None:
    """What in it is neither a number nor a list of uuids, by its name; None where all is well."""
    for name, value in evidence.items():
        if not name.isidentifier():
            return name
        if isinstance(value, int) and not isinstance(value, bool):
            continue
        if isinstance(value, (list, tuple)) and all(_is_uuid(one) for one in value):
            continue
        return name
    return None


def _is_uuid(value: object) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False


def _told(values: Iterable[UUID]) -> list[str]:
    return sorted({str(value) for value in values})


def overlaps(trimmed: Iterable[Trimmed]) -> list[Finding]:
    """Postings that asked for time which another kind of source held: she was said to be in two places."""
    found = []
    for posting in trimmed:
        lost = [one for one in posting.lost if one.kind != posting.kind]
        minutes = sum(one.minutes for one in lost)
        if minutes >= OVERLAP_MINUTES:
            found.append(
                Finding(
                    "overlap",
                    (str(posting.posting),),
                    (posting.record,),
                    min(one.day for one in lost),
                    max(one.day for one in lost),
                    {
                        "postings": [str(posting.posting)],
                        "entries": _told(one.holder for one in lost),
                        "minutes": minutes,
                    },
                )
            )
    return found


def identical(lines: Iterable[Line]) -> list[Finding]:
    """Runs of lines in one week that two or more learners have to the same instants; classes are shared by nature."""
    weeks: dict[tuple[date, UUID], dict[Span, list[Line]]] = {}
    for line in lines:
        if line.source != CLASS and line.times is not None:
            monday = line.day - timedelta(days=line.day.weekday())
            weeks.setdefault((monday, line.learner), {}).setdefault(line.times, []).append(line)
    runs: dict[tuple[date, tuple[Span, ...]], set[UUID]] = {}
    for (monday, learner), by_times in weeks.items():
        ordered = sorted(by_times)
        for first in range(len(ordered) - IDENTICAL_LINES + 1):
            run = tuple(ordered[first : first + IDENTICAL_LINES])
            runs.setdefault((monday, run), set()).add(learner)
    shared: dict[tuple[date, frozenset[UUID]], set[Span]] = {}
    for (monday, run), learners in runs.items():
        if len(learners) > 1:
            shared.setdefault((monday, frozenset(learners)), set()).update(run)
    found = []
    for (monday, group), times in shared.items():
        same = [line for learner in group for span in times for line in weeks[monday, learner][span]]
        found.append(
            Finding(
                "identical",
                (monday.isoformat(), *_told(group)),
                tuple(sorted({line.record for line in same}, key=str)),
                min(line.day for line in same),
                max(line.day for line in same),
                {"entries": _told(line.entry for line in same), "learners": len(group), "lines": len(times)},
            )
        )
    return found


def bursts(lines: Iterable[Line]) -> list[Finding]:
    """More than a full-time week of one record written within an hour, for days long past; once a day of writing."""
    written: dict[tuple[UUID, date], list[Line]] = {}
    for line in lines:
        if line.is_written and line.days_late > LONG_PAST_DAYS:
            written.setdefault((line.record, line.recorded_at.astimezone(UTC).date()), []).append(line)
    found = []
    for (record, on), rows in written.items():
        best = _most_in_a_window(rows)
        minutes = sum(line.minutes for line in best)
        if minutes > BURST_MINUTES:
            found.append(_of_lines("burst", (str(record), on.isoformat()), best, minutes=minutes, lines=len(best)))
    return found


def _most_in_a_window(rows: Sequence[Line]) -> list[Line]:
    """Those of them written within one window that hold most minutes."""
    ordered = sorted(rows, key=lambda line: (line.recorded_at, str(line.entry)))
    first = minutes = 0
    best = (0, 0, 0)
    for last, line in enumerate(ordered):
        minutes += line.minutes
        while line.recorded_at - ordered[first].recorded_at > BURST_WINDOW:
            minutes -= ordered[first].minutes
            first += 1
        best = max(best, (minutes, -first, last + 1))
    return ordered[-best[1] : best[2]]


def long_days(lines: Iterable[Line]) -> list[Finding]:
    """Local days of one learner that hold more time than a day of school can."""
    days: dict[tuple[UUID, date], list[Line]] = {}
    for line in lines:
        if line.spans:
            days.setdefault((line.learner, line.day), []).append(line)
    found = []
    for (learner, day), rows in days.items():
        held = length(_merged(span for line in rows for span in line.spans))
        if held > LONG_DAY:
            found.append(_of_lines("long_day", (str(learner), day.isoformat()), rows, minutes=held // MINUTE))
    return found


def _merged(spans: Iterable[Span]) -> list[Span]:
    """The same time without overlaps."""
    ordered = sorted(spans)
    merged: list[Span] = ordered[:1]
    for _earlier, (start, end) in pairwise(ordered):
        if start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def back_dated(lines: Iterable[Line]) -> list[Finding]:
    """Lines of one record written long after their day; one finding for each day of writing."""
    late: dict[tuple[UUID, date], list[Line]] = {}
    for line in lines:
        if line.is_written and line.days_late > BACK_DATED_DAYS:
            late.setdefault((line.record, line.recorded_at.astimezone(UTC).date()), []).append(line)
    return [
        _of_lines(
            "back_dated",
            (str(record), on.isoformat()),
            rows,
            days=max(line.days_late for line in rows),
            minutes=sum(line.minutes for line in rows),
        )
        for (record, on), rows in late.items()
    ]


def round_numbers(lines: Iterable[Line]) -> list[Finding]:
    """Records whose shifts are nearly all whole hours from a full hour; asked anew with each twenty shift lines."""
    shifts: dict[UUID, list[Line]] = {}
    for line in lines:
        if line.source == SHIFT and line.spans and line.is_written:
            shifts.setdefault(line.record, []).append(line)
    found = []
    for record, rows in shifts.items():
        even = [line for line in rows if _is_round(line)]
        if len(rows) >= ROUND_LINES and 100 * len(even) >= ROUND_PERCENT * len(rows):
            found.append(
                _of_lines("round", (str(record), str(len(rows) // ROUND_LINES)), even, lines=len(rows), round=len(even))
            )
    return found


def _is_round(line: Line) -> bool:
    times = line.times
    if times is None:
        return False
    start = times[0].astimezone(ZoneInfo(line.zone))
    return line.minutes % 60 == 0 and (start.minute, start.second, start.microsecond) == (0, 0, 0)


def _of_lines(kind: str, about: tuple[str, ...], rows: Sequence[Line], **numbers: int) -> Finding:
    return Finding(
        kind,
        about,
        tuple(sorted({line.record for line in rows}, key=str)),
        min(line.day for line in rows),
        max(line.day for line in rows),
        {"entries": _told(line.entry for line in rows), **numbers},
    )
