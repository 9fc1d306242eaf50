"""Facts of a record that are not hours: grades, attendance, milestones. Append-only."""

import uuid
from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .people import TrainingRecord


class CourseResult(models.Model):
    """One row is a grade or an attendance of one module for one record. Append-only; the newest non-empty value wins.

    `grade_hundredths` and `attendance_hundredths` are percent times 100, exact.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="course_results")
    source_key = models.CharField(max_length=160)
    course = models.CharField(max_length=80, help_text="Module code and version, like MFR@1.")
    grade_hundredths = models.IntegerField(null=True, blank=True, validators=[MinValueValidator(0)])
    attendance_hundredths = models.IntegerField(null=True, blank=True, validators=[MinValueValidator(0)])
    evidence = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "source_key"], name="one_result_per_source"),
            models.CheckConstraint(
                name="result_is_a_percentage",
                condition=(Q(grade_hundredths=None) | Q(grade_hundredths__range=(0, 10_000)))
                & (Q(attendance_hundredths=None) | Q(attendance_hundredths__range=(0, 10_000))),
            ),
        ]

    @property
    def grade_percent(self) -> Decimal | None:
        """The grade in percent, exact."""
        return None if self.grade_hundredths is None else Decimal(self.grade_hundredths) / 100

    @property
    def attendance_percent(self) -> Decimal | None:
        """The attendance in percent, exact."""
        return None if self.attendance_hundredths is None else Decimal(self.attendance_hundredths) / 100


class StandingMilestones(models.Manager["Milestone"]):
    """Those that nobody withdrew: what every list, gate, rule and certificate asks."""

    def get_queryset(self) -> models.QuerySet["Milestone"]:
        """Without those that were withdrawn."""
        return super().get_queryset().filter(withdrawal=None)


class AllMilestones(models.Manager["Milestone"]):
    """All that were ever written, each with its withdrawal."""

    def get_queryset(self) -> models.QuerySet["Milestone"]:
        """With what was withdrawn, in the same query."""
        return super().get_queryset().select_related("withdrawal")


class Milestone(models.Model):
    """One row is a fact of a record that is not hours: a quiz passed, a lesson finished, a document accepted.

    Append-only. `code` is what rules and requirements ask for (`quiz:MFR`); `source_key` names the event. One that
    turned out to be none is withdrawn by a `MilestoneWithdrawal`; `objects` and relations hold those that stand,
    `all_ever` the others too.
    """

    objects = StandingMilestones()
    all_ever = AllMilestones()

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="milestones")
    source_key = models.CharField(max_length=160)
    code = models.CharField(max_length=80)
    title = models.CharField(max_length=250)
    detail = models.CharField(max_length=250, blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "source_key"], name="one_milestone_per_source")]
        indexes = [models.Index(fields=["record", "code"], name="milestones_of_record")]


class MilestoneWithdrawal(models.Model):
    """One row says that a milestone does not stand any more, and what took it away. Append-only.

    `source_key` names the event, such as `regrade:<uuid>`; that row says who decided it and why. The same fact may come
    again by another milestone.
    """

    milestone = models.OneToOneField(Milestone, on_delete=models.PROTECT, related_name="withdrawal")
    source_key = models.CharField(max_length=160)
    withdrawn_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.milestone_id}"
