"""Owns what a school teaches: Program, Module and Lesson as plain models. Pages only present them.

Enrollments, hours and orders point at these rows, so editors may copy, translate, move and delete pages freely.
"""

import uuid

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from certification.quizzes.models import Quiz
from certification.records.models import Delivery
from certification.requirements.models import RuleSet


class Program(models.Model):
    """One row is one program of a school, judged by one rule set; a changed curriculum is a new version.

    The seat-time settings bind its learners and are shown to them; seconds unless said.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="programs")
    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="programs")
    is_open = models.BooleanField(_("takes new learners"), default=True)
    externship_category = models.CharField(
        max_length=60, blank=True, help_text=_("Category of the shifts; empty: this program has none.")
    )
    externship_minutes = models.PositiveIntegerField(default=0, help_text=_("Planned minutes of shifts."))
    externship_summary = models.TextField(blank=True)
    beat_seconds = models.PositiveSmallIntegerField(
        _("beat"),
        default=30,
        validators=[MinValueValidator(5)],
        help_text=_("How often an open lesson reports, in seconds."),
    )
    gap_seconds = models.PositiveSmallIntegerField(
        _("gap"),
        default=150,
        help_text=_("A silence longer than this counts nothing: the most that a lost network can cost."),
    )
    idle_seconds = models.PositiveSmallIntegerField(
        _("idle limit"), default=300, help_text=_("Without a touch, a key or playing media for this long, time stops.")
    )
    day_cap_minutes = models.PositiveSmallIntegerField(
        _("day cap"), default=480, help_text=_("Seat minutes that a day can hold.")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "code", "version"], name="one_program_per_version"),
            models.CheckConstraint(
                name="gap_is_at_least_two_beats", condition=Q(gap_seconds__gte=F("beat_seconds") * 2)
            ),
            models.CheckConstraint(
                name="externship_minutes_have_a_category",
                condition=Q(externship_minutes=0) | ~Q(externship_category=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Module(models.Model):
    """One row is one module of a program: a subject with planned minutes in one category of the rule set."""

    class State(models.TextChoices):
        COMPLETE = "complete", _("Complete")
        IN_PREPARATION = "in_preparation", _("In preparation")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="modules")
    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    objectives = models.JSONField(default=list, blank=True)
    category = models.CharField(max_length=60)
    minutes = models.PositiveIntegerField(help_text=_("Planned minutes: lessons, classes and labs together."))
    state = models.CharField(max_length=16, choices=State, default=State.IN_PREPARATION)
    quiz = models.ForeignKey(Quiz, null=True, blank=True, on_delete=models.PROTECT, related_name="modules")
    sort_order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["sort_order", "pk"]
        constraints = [models.UniqueConstraint(fields=["program", "code", "version"], name="one_module_per_version")]

    def __str__(self) -> str:
        return self.title

    @property
    def course(self) -> str:
        """Code and version, the name by which hours and grades of this module are posted: MFR@1."""
        return f"{self.code}@{self.version}"


class Lesson(models.Model):
    """One row is one lesson: planned seat minutes, the least that finishing takes, and how it is delivered."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="lessons")
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    category = models.CharField(max_length=60)
    minutes = models.PositiveIntegerField(help_text=_("Most seat minutes that this lesson can give."))
    min_seat_minutes = models.PositiveIntegerField(default=0, help_text=_("Seat minutes before it can be finished."))
    delivery = models.CharField(max_length=14, choices=Delivery, default=Delivery.ASYNCHRONOUS)
    sort_order = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["sort_order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["module", "code"], name="one_lesson_per_code"),
            models.CheckConstraint(name="lesson_least_within_most", condition=Q(min_seat_minutes__lte=F("minutes"))),
        ]

    def __str__(self) -> str:
        return self.title
