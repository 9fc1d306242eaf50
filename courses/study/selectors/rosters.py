"""Reads who studies one lesson, for staff: how far each is, what was decided for her, whether it is marked as done."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from certification.records.models import Milestone
from courses.catalog.models import Lesson
from courses.enrollments.models import Enrollment, LessonException
from courses.enrollments.selectors import RUNNING


def learners_of(lesson: Lesson) -> QuerySet[Enrollment]:
    """The running enrollments of a lesson's program by name, with her progress and whether it is marked. One query."""
    marked = Milestone.objects.filter(record=OuterRef("record"), code=f"mark:{lesson.code}")
    return (
        Enrollment.objects.filter(program=lesson.module.program_id, state__in=RUNNING)
        .select_related("learner__user", "cohort", "record")
        .annotate(
            mine=FilteredRelation("progress", condition=Q(progress__lesson=lesson)),
            progress_state=F("mine__state"),
            progress_minutes=F("mine__seat_minutes"),
            progress_completed=F("mine__completed_at"),
            is_marked=Exists(marked),
        )
        .order_by("learner__user__legal_name", "pk")
    )


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One learner of a lesson."""

    enrollment: Any
    exception: LessonException | None

    @property
    def name(self) -> str:
        """Her legal name, or her pseudonym once she is erased."""
        user = self.enrollment.learner.user
        return user.legal_name if user and user.legal_name else str(self.enrollment.learner.uuid)


def roster_of(lesson: Lesson, enrollments: list[Any]) -> list[RosterRow]:
    """These enrollments with what was decided for each. One query."""
    open_ones = LessonException.objects.filter(lesson=lesson, enrollment__in=enrollments, ended_at=None)
    found = {row.enrollment_id: row for row in open_ones.select_related("granted_by")}
    return [RosterRow(enrollment, found.get(enrollment.pk)) for enrollment in enrollments]
