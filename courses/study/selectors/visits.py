"""Reads the visits behind the minutes of a record, and says of each why a stretch of it did not count."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from certification.records.models import HourEntry, TrainingRecord
from certification.records.rules import instant
from courses.catalog.models import Lesson

from .. import rules
from ..models import ClipWatch, LessonProgress, StudySession

WHYS = {
    "gap": (_("Silence"), _("Nothing was heard of the page for longer than the gap allows: no network, or a device asleep.")),
    "idle": (_("Idle"), _("No touch, key or scroll for the idle limit, and no clip played.")),
    "hidden": (_("Hidden"), _("The page was not in front: another tab, another program, or a locked screen.")),
    "seen": (_("Watched before"), _("A clip played that was watched before; its seconds count once.")),
    "idle_lost": (_("Idle, taken back"), _("Nobody was there for the idle limit, so time since the last sign was taken back.")),
    "unit_lost": (_("Taken back"), _("The page was idle for too long, so what this visit had counted was taken back.")),
    "presence": (_("No answer"), _("The question whether somebody was there waited too long for its answer.")),
    "lesson": (_("Lesson full"), _("All minutes that this lesson can give were counted.")),
    "day": (_("Day full"), _("All minutes of lessons that a day can hold were counted.")),
    "week": (_("Week full"), _("All minutes of lessons that a week can hold were counted.")),
    "pauses": (_("Too many pauses"), _("The visit had more pauses than one visit can keep. A new visit counts on.")),
    "silent": (_("Nothing heard after this"), _("The page closed without a word, or nothing more was heard of it.")),
}  # fmt: skip
"""Why a stretch did not count: a name, and one sentence."""


@dataclass(frozen=True, slots=True)
class Lost:
    """How much of a visit did not count for one reason; seconds."""

    reason: str
    seconds: int

    @property
    def title(self) -> str:
        """The reason in two words."""
        return str(WHYS[self.reason][0])


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One visit: its times in the record's zone, seconds counted and lost, and where its minutes went."""

    visit: StudySession
    zone: str
    stretches: tuple[rules.Stretch, ...]

    @property
    def starts(self) -> datetime:
        """When it was opened, in the record's zone."""
        return at(self.visit.opened_ms, self.zone)

    @property
    def ends(self) -> datetime:
        """When it was closed; while it is open, when the page was last heard."""
        closed = self.visit.closed_at
        return closed.astimezone(ZoneInfo(self.zone)) if closed else at(self.visit.last_seen_ms, self.zone)

    @property
    def counted(self) -> int:
        """Seconds counted."""
        return self.visit.credited_ms // 1000

    @property
    def lost(self) -> tuple[Lost, ...]:
        """What did not count, the longest first; below a second nothing is said."""
        sums: dict[str, int] = {}
        for stretch in self.stretches:
            if not stretch.counted:
                sums[stretch.reason] = sums.get(stretch.reason, 0) + stretch.milliseconds
        found = [Lost(reason, length // 1000) for reason, length in sums.items() if length >= 1000]
        return tuple(sorted(found, key=lambda lost: -lost.seconds))

    @property
    def lost_seconds(self) -> int:
        """Seconds that did not count."""
        return sum(stretch.milliseconds for stretch in self.stretches if not stretch.counted) // 1000

    @property
    def strip(self) -> list[tuple[str, str, bool]]:
        """Where each stretch stands on a line from 0 to 100: its start, its width, whether it counted."""
        if not self.stretches:
            return []
        first, last = self.stretches[0].start, self.stretches[-1].end
        return [
            (
                f"{(stretch.start - first) * 100 / (last - first):.2f}",
                f"{stretch.milliseconds * 100 / (last - first):.2f}",
                stretch.counted,
            )
            for stretch in self.stretches
        ]

    @property
    def told(self) -> list[tuple[datetime, datetime, int, str]]:
        """Its stretches in words: from, to, seconds, and why it did not count ("" where it did)."""
        return [
            (
                at(stretch.start, self.zone),
                at(stretch.end, self.zone),
                stretch.milliseconds // 1000,
                str(WHYS[stretch.reason][0]) if stretch.reason else "",
            )
            for stretch in self.stretches
            if stretch.milliseconds >= 1000
        ]

    @property
    def is_open(self) -> bool:
        """Whether its clock may still run."""
        return self.visit.state == StudySession.State.OPEN

    @property
    def closed_by(self) -> str:
        """Why it ended, in words; nothing while it is open."""
        return self.visit.get_close_reason_display() if self.visit.close_reason else ""


def at(milliseconds: int, zone: str) -> datetime:
    """A moment of the server's clock, in a zone."""
    moment = datetime.fromtimestamp(milliseconds // 1000, UTC) + timedelta(milliseconds=milliseconds % 1000)
    return moment.astimezone(ZoneInfo(zone))


def visits_of(record: TrainingRecord, lesson: UUID | None = None) -> QuerySet[StudySession]:
    """The visits of a record, newest first; those of one lesson where it is named."""
    visits = StudySession.objects.filter(enrollment__record=record).select_related("lesson__module")
    if lesson is not None:
        visits = visits.filter(lesson__uuid=lesson)
    return visits.order_by("-opened_ms", "-pk")


def visit_lines(visits: Iterable[StudySession], record: TrainingRecord) -> list[VisitLine]:
    """Visits with what was counted of them. No query beside that of the visits."""
    return [VisitLine(visit, record.zone, visit.account()) for visit in visits]


def visited_lessons(record: TrainingRecord) -> list[Lesson]:
    """The lessons of a record that were visited, in the program's order. One query."""
    seen = LessonProgress.objects.filter(enrollment__record=record).values("lesson")
    return list(Lesson.objects.filter(pk__in=seen).order_by("module__sort_order", "module_id", "sort_order", "pk"))


def visits_told(record: TrainingRecord, whole: bool) -> dict[str, Any] | None:
    """A record's visits and clips for its export, oldest first; None where no lesson was opened. Two queries.

    The same for the learner and for the school: where a visit came from (a keyed hash) is in neither.
    """
    visits = list(visits_of(record).reverse())
    if not visits:
        return None
    clips = ClipWatch.objects.filter(enrollment__record=record).order_by("pk")
    return {
        "form": "palmar-visits/1",
        "visits": [_visit_told(visit) for visit in visits],
        "clips": [
            {"clip": str(row.clip), "watched_ms": row.watched_ms, "position_ms": row.position_ms} for row in clips
        ],
    }


def _visit_told(visit: StudySession) -> dict[str, Any]:
    return {
        "uuid": str(visit.uuid),
        "module": visit.lesson.module.code,
        "lesson": visit.lesson.code,
        "title": visit.lesson.title,
        "revision": visit.content_revision,
        "opened_at": instant(at(visit.opened_ms, "UTC")),
        "closed_at": instant(visit.closed_at) if visit.closed_at else None,
        "closed_by": visit.close_reason,
        "counted_ms": visit.credited_ms,
        "posted_minutes": visit.posted_minutes if visit.posted else None,
        "stretches": [
            {
                "from": instant(at(stretch.start, "UTC")),
                "to": instant(at(stretch.end, "UTC")),
                "counted": stretch.counted,
                "reason": stretch.reason or None,
            }
            for stretch in visit.account()
        ],
    }


@dataclass(frozen=True, slots=True)
class VisitStory:
    """One visit told to the minute: its stretches, its minutes, its lines in the ledger, and what became of the rest."""

    line: VisitLine
    minutes: tuple[rules.Minute, ...]
    entries: tuple[HourEntry, ...]
    progress: LessonProgress | None

    @property
    def clock(self) -> list[tuple[datetime, int, str]]:
        """Minute by minute: when it began, how many seconds of it counted, and why the rest did not."""
        return [
            (
                at(minute.start, self.line.zone),
                minute.counted // 1000,
                str(WHYS[minute.reason][0]) if minute.reason else "",
            )
            for minute in self.minutes
        ]

    @property
    def is_awarded(self) -> bool:
        """Whether the lesson gives its approved minutes, so that no visit posts any."""
        return self.progress is not None and self.progress.is_awarded

    @property
    def left_out(self) -> int:
        """Whole minutes counted here that are in no line, since another line holds that time already."""
        if self.is_awarded or not self.line.visit.posted:
            return 0
        return max(self.line.visit.credited_ms // rules.MINUTE - self.line.visit.posted_minutes, 0)


def visit_story(visit: StudySession, record: TrainingRecord) -> VisitStory:
    """A visit to the minute. Two queries."""
    (line,) = visit_lines([visit], record)
    entries = HourEntry.objects.filter(record=record, posting__source_key=f"session:{visit.uuid}")
    return VisitStory(
        line,
        rules.minutes_of(line.stretches),
        tuple(entries.order_by("date", "position")),
        LessonProgress.objects.filter(enrollment_id=visit.enrollment_id, lesson_id=visit.lesson_id).first(),
    )
