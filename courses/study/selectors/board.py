"""Reads the board of a group: who is where, who is stuck and why, who was not seen for days.

One group is read whole, since who is stuck shows only when all of a learner is looked at; a page shows a part of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from certification.quizzes.selectors import QuizGrade, grades_of
from certification.records.models import TrainingRecord
from certification.records.selectors import last_day_of
from courses.enrollments.models import Cohort, Enrollment
from courses.enrollments.selectors import RUNNING

from .. import board_rules as rules
from ..models import LessonProgress, StudySession
from .home import LessonLine, lessons_in

SORTS = {
    "stuck": _("Stuck first"),
    "name": _("Name"),
    "silence": _("Longest silence"),
    "least": _("Fewest lessons finished"),
}
SHOWS = {"": _("Everybody"), "stuck": _("Stuck"), "silent": _("Silent"), "paused": _("Paused")}


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """One learner of a group: where she is, how far, when she was last seen, and why she is stuck."""

    enrollment: Enrollment
    at: LessonLine | None
    """The lesson that she opened last."""
    at_finished: bool
    finished: int
    of: int
    """Lessons that can be read."""
    quizzes: tuple[QuizGrade, ...]
    last_on: date | None
    silent_days: int
    stuck_in: LessonLine | None
    """The unfinished lesson that she opened on most days."""
    opened_days: int
    failed: int
    """Most failed attempts at one quiz that she has not passed."""
    reasons: tuple[str, ...]

    @property
    def name(self) -> str:
        """Her legal name, or her pseudonym once she is erased."""
        return name_of(self.enrollment)

    @property
    def paused(self) -> bool:
        """Whether her place is paused."""
        return self.enrollment.state == Enrollment.State.SUSPENDED

    @property
    def silent(self) -> bool:
        """Whether the rule calls her silent."""
        return rules.SILENT in self.reasons

    @property
    def passed(self) -> int:
        """Quizzes passed."""
        return sum(quiz.passed for quiz in self.quizzes)


def name_of(enrollment: Enrollment) -> str:
    """Her legal name, or her pseudonym once she is erased. No query where learner and user are loaded."""
    user = enrollment.learner.user
    return user.legal_name if user and user.legal_name else str(enrollment.learner.uuid)


def running_in(cohort: Cohort) -> QuerySet[Enrollment]:
    """The running enrollments of a group with learner and record, by name. One query when read."""
    return (
        Enrollment.objects.filter(cohort=cohort, state__in=RUNNING)
        .select_related("learner__user", "record", "cohort")
        .order_by("learner__user__legal_name", "pk")
    )


def records_in(cohort: Cohort) -> QuerySet[TrainingRecord]:
    """The records of those enrollments, for selectors that take many records. No query of its own."""
    return TrainingRecord.objects.filter(enrollment__cohort=cohort, enrollment__state__in=RUNNING)


def cohort_progress(cohort: Cohort, *, now: datetime) -> list[ProgressRow]:
    """Every running learner of a group, by name. Six queries, however many.

    Silence is counted in local days from the newest of: a lesson opened, a quiz begun or handed in, a line in the
    ledger; from the group's or her own first day where there is none of them.
    """
    zone = ZoneInfo(cohort.program.school.zone)
    today = now.astimezone(zone).date()
    enrolled = list(running_in(cohort).annotate(last_on=last_day_of("record_id")))
    lines = {line.lesson.pk: line for line in lessons_in(cohort.program)}
    readable = {key for key, line in lines.items() if line.published}
    progress: dict[int, list[LessonProgress]] = {}
    mine = Enrollment.objects.filter(cohort=cohort, state__in=RUNNING).values("pk")
    for row in LessonProgress.objects.filter(enrollment__in=mine):
        progress.setdefault(row.enrollment_id, []).append(row)
    days = _opened_days(mine, zone)
    quizzes = grades_of(records_in(cohort))
    return [
        _row(
            enrollment,
            progress.get(enrollment.pk, []),
            quizzes.get(enrollment.record_id, []),
            days.get(enrollment.pk, {}),
            lines,
            readable,
            zone,
            today,
        )
        for enrollment in enrolled
    ]


def _opened_days(enrollments: QuerySet[Any], zone: ZoneInfo) -> dict[int, dict[int, int]]:
    """By enrollment and unfinished lesson: on how many local days it was opened. One query."""
    begun = LessonProgress.objects.filter(
        enrollment=OuterRef("enrollment"), lesson=OuterRef("lesson"), state=LessonProgress.State.BEGUN
    )
    visits = StudySession.objects.filter(Exists(begun), enrollment__in=enrollments)
    days: dict[int, dict[int, set[date]]] = {}
    for enrollment, lesson, opened in visits.values_list("enrollment_id", "lesson_id", "opened_ms"):
        day = datetime.fromtimestamp(opened // 1000, UTC).astimezone(zone).date()
        days.setdefault(enrollment, {}).setdefault(lesson, set()).add(day)
    return {
        enrollment: {lesson: len(found) for lesson, found in lessons.items()} for enrollment, lessons in days.items()
    }


def _row(
    enrollment: Enrollment,
    progress: Sequence[LessonProgress],
    quizzes: Sequence[QuizGrade],
    days: dict[int, int],
    lines: dict[int, LessonLine],
    readable: set[int],
    zone: ZoneInfo,
    today: date,
) -> ProgressRow:
    newest = max((row for row in progress if row.lesson_id in lines), key=lambda row: row.opened_at, default=None)
    finished = sum(row.state == LessonProgress.State.FINISHED for row in progress if row.lesson_id in readable)
    kept = {lesson: count for lesson, count in days.items() if lesson in lines}
    hardest = max(kept, key=lambda lesson: kept[lesson], default=None)
    failed = max((quiz.failed for quiz in quizzes if not quiz.passed), default=0)
    moments = [row.opened_at for row in progress] + [quiz.last_at for quiz in quizzes if quiz.last_at]
    seen_on = [moment.astimezone(zone).date() for moment in moments]
    last_hours: date | None = enrollment.last_on  # type: ignore[attr-defined]
    last_on = max([*seen_on, *([last_hours] if last_hours else [])], default=None)
    since = last_on or max(enrollment.record.enrolled_on, _began(enrollment))
    silent_days = max((today - since).days, 0)
    opened_days = kept[hardest] if hardest is not None else 0
    reasons = rules.stuck(
        rules.Seen(
            opened_days=opened_days,
            failed=failed,
            silent_days=silent_days,
            paused=enrollment.state == Enrollment.State.SUSPENDED,
            done=bool(readable) and finished == len(readable) and all(quiz.passed for quiz in quizzes),
        )
    )
    return ProgressRow(
        enrollment=enrollment,
        at=lines[newest.lesson_id] if newest else None,
        at_finished=newest is not None and newest.state == LessonProgress.State.FINISHED,
        finished=finished,
        of=len(readable),
        quizzes=tuple(quizzes),
        last_on=last_on,
        silent_days=silent_days,
        stuck_in=lines[hardest] if hardest is not None else None,
        opened_days=opened_days,
        failed=failed,
        reasons=reasons,
    )


def _began(enrollment: Enrollment) -> date:
    return enrollment.cohort.starts_on if enrollment.cohort else enrollment.record.enrolled_on


def shown(rows: Iterable[ProgressRow], *, show: str, sort: str) -> list[ProgressRow]:
    """The rows that fit one of SHOWS, in the order of one of SORTS; given by name, which breaks ties."""
    fits = {
        "stuck": lambda row: bool(row.reasons),
        "silent": lambda row: row.silent,
        "paused": lambda row: row.paused,
    }.get(show, lambda row: True)
    order = {
        "stuck": lambda row: (not row.reasons, row.paused, -len(row.reasons), -row.silent_days),
        "silence": lambda row: -row.silent_days,
        "least": lambda row: row.finished,
    }.get(sort, lambda row: 0)
    return sorted(filter(fits, rows), key=order)
