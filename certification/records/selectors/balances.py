"""Reads the balances: attended minutes kept for speed, for lists of many records; a transcript never asks them."""

from collections.abc import Iterable

from django.db.models import Max, OuterRef, Subquery, Sum

from ..models import Balance, TrainingRecord


def balances_of(records: Iterable[int]) -> dict[int, dict[str, int]]:
    """Attended minutes of these records by category, as kept. One query, by the index of their records."""
    found: dict[int, dict[str, int]] = {}
    rows = Balance.objects.filter(record__in=list(records), minutes__gt=0)
    for record, category, minutes in rows.values_list("record_id", "category", "minutes"):
        found.setdefault(record, {})[category] = minutes
    return found


def attended_of(record: str) -> Subquery:
    """For a queryset whose column `record` names a record: all its attended minutes; NULL without a line."""
    rows = Balance.objects.filter(record=OuterRef(record)).order_by().values("record")
    return Subquery(rows.annotate(sum=Sum("minutes")).values("sum"))


def last_day_of(record: str) -> Subquery:
    """For a queryset whose column `record` names a record: the latest day of its lines; NULL without a line."""
    rows = Balance.objects.filter(record=OuterRef(record)).order_by().values("record")
    return Subquery(rows.annotate(last=Max("last_on")).values("last"))


def milestone_codes(record: TrainingRecord) -> frozenset[str]:
    """The codes of all milestones that a record holds. One query."""
    return frozenset(record.milestones.values_list("code", flat=True))


def newest_grade(record: TrainingRecord, course: str) -> int | None:
    """The newest grade of a course on a record, percent times 100; None without one. One query."""
    graded = record.course_results.filter(course=course, grade_hundredths__isnull=False)
    found: int | None = graded.order_by("-pk").values_list("grade_hundredths", flat=True).first()
    return found
