"""Every condition of a certificate with the lines behind it, for the desk and for the learner."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from certification.records.models import CourseResult, Hold
from certification.records.selectors import Transcript, holds_of

from .. import rules, wording


@dataclass(frozen=True, slots=True)
class Shown:
    """One condition as a page shows it: its words, where its hours stand, and the facts behind it."""

    row: rules.Condition
    title: str
    gap: str
    address: str = ""
    """Where the hours behind it are listed; empty where it is no matter of hours."""
    milestones: tuple[Any, ...] = ()
    holds: tuple[Hold, ...] = ()

    @property
    def in_hours(self) -> bool:
        """Whether what it has and needs are minutes."""
        return self.row.required is not None and self.row.has is not None

    @property
    def has_lines(self) -> bool:
        """Whether facts stand behind it."""
        return bool(self.milestones or self.holds)


@dataclass(frozen=True, slots=True)
class CourseLines:
    """A course's result with the lines that it comes from, and where hours that it took away are listed."""

    course: rules.CourseShown
    results: tuple[CourseResult, ...]
    address: str


@dataclass(frozen=True, slots=True)
class Conditions:
    """All that a page about a record's certificate shows of what it takes."""

    shown: tuple[Shown, ...]
    courses: tuple[CourseLines, ...] = ()
    holds: tuple[Hold, ...] = field(default=())
    """Every hold that ever was placed, those that stand first."""

    @property
    def missing(self) -> list[str]:
        """One sentence for each condition that is not met."""
        return [one.gap for one in self.shown if one.gap]


def conditions_of(transcript: Transcript, eligibility: rules.Eligibility) -> Conditions:
    """What `judge` found, with the lines behind each condition. Two queries at most, however long the record is."""
    record = transcript.record
    holds = holds_of(record)
    rows_url = reverse("records:rows", args=[record.uuid])
    unit = transcript.evaluation.unit_minutes
    shown = tuple(
        Shown(
            row=row,
            title=wording.title_of(row),
            gap="" if row.met else wording.gap(row, unit),
            address=_address(row, rows_url),
            milestones=tuple(one for one in transcript.milestones if one.code == row.code)
            if row.kind in ("fact", "requirement")
            else (),
            holds=tuple(hold for hold in holds if hold.released_at is None and hold.reason == row.code)
            if row.kind == "hold" and row.code
            else (),
        )
        for row in eligibility.rows
    )
    return Conditions(shown, tuple(_courses(transcript, eligibility, rows_url)), tuple(holds))


def _address(row: rules.Condition, rows_url: str) -> str:
    if row.kind in ("category", "in_person"):
        return f"{rows_url}?{urlencode({'category': row.code})}"
    if row.kind == "overlay":
        return f"{rows_url}?{urlencode({'tag': row.code})}"
    return rows_url if row.kind in ("total", "linkage", "pace") else ""


def _courses(transcript: Transcript, eligibility: rules.Eligibility, rows_url: str) -> list[CourseLines]:
    if not eligibility.courses:
        return []
    lines: dict[str, list[CourseResult]] = {}
    for result in CourseResult.objects.filter(record=transcript.record).order_by("recorded_at", "pk"):
        lines.setdefault(result.course, []).append(result)
    return [
        CourseLines(course, tuple(lines.get(course.course, ())), "" if course.counts else _taken(course, rows_url))
        for course in eligibility.courses
    ]


def _taken(course: rules.CourseShown, rows_url: str) -> str:
    failed = course.least_grade is not None and course.grade is not None and course.grade < course.least_grade
    return f"{rows_url}?{urlencode({'reason': 'grade' if failed else 'attendance'})}"
