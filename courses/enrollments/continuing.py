"""Answers the room below, which knows no programs: what a regulator approved of the program that a record is in."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Organisation, User
from certification.certificates.rules import Approval, Span
from certification.records.models import TrainingRecord
from courses.catalog.models import CourseApproval

from .models import Enrollment


class ApprovedCourses:
    """The approvals of programs as wholes, by a regulator of continuing education."""

    def approvals_of(self, record: TrainingRecord) -> Sequence[Approval]:
        """Of the program version in which the record was opened. One query."""
        rows = CourseApproval.objects.filter(program__enrollments__record=record, module=None).exclude(regulator="")
        return [
            Approval(
                regulator=row.regulator,
                body=row.body,
                span=Span(row.number, row.approved_on, _until(row)),
                title=row.title,
                minutes=row.minutes,
                type=row.course_type,
                instructor=row.instructor_id,
            )
            for row in rows.order_by("-regulator", "pk")
        ]

    def records_of(self, schools: Collection[Organisation]) -> QuerySet[TrainingRecord]:
        """Records of these schools in a program with such an approval that was not withdrawn. No query yet."""
        return TrainingRecord.objects.filter(_approved(Q(withdrawn_on=None)), school__in=schools)

    def records_taught_by(self, user: User) -> QuerySet[TrainingRecord]:
        """Records in a program approved with this person as its instructor. No query yet."""
        return TrainingRecord.objects.filter(_approved(Q(instructor=user)))


def _approved(which: Q) -> Exists:
    approvals = CourseApproval.objects.filter(which, program=OuterRef("program"), module=None).exclude(regulator="")
    return Exists(Enrollment.objects.filter(Exists(approvals), record=OuterRef("pk")))


def _until(row: CourseApproval) -> date | None:
    """The last day of an approval: the day of its withdrawal does not count any more."""
    ends = [row.ends_on, row.withdrawn_on and row.withdrawn_on - timedelta(days=1)]
    return min((day for day in ends if day), default=None)
