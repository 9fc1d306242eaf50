"""Owns what a learner has done of a lesson."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.catalog.models import Lesson
from courses.enrollments.models import Enrollment

from .seat import MOST_POSITION


class LessonProgress(models.Model):
    """One row is how far one enrollment is with one lesson.

    Written by `services` when the lesson is first opened, whenever a visit closes, and once when it is finished.
    `seat_minutes` are the minutes that its visits put into the ledger; `position` is where she stopped reading, in
    thousandths of the lesson. Never falls back from finished.
    """

    class State(models.TextChoices):
        BEGUN = "begun", _("Begun")
        FINISHED = "finished", _("Finished")

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="progress")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="progress")
    state = models.CharField(max_length=8, choices=State, default=State.BEGUN)
    position = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(MOST_POSITION)])
    seat_minutes = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(help_text=_("When she last opened it."))
    completed_at = models.DateTimeField(null=True, blank=True)
    content_revision = models.CharField(max_length=60, blank=True, help_text=_("The words that she finished."))

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "lesson"], name="one_progress_per_lesson"),
            models.CheckConstraint(
                name="progress_finished_on_a_day",
                condition=Q(state="begun", completed_at__isnull=True) | Q(state="finished", completed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state}, {self.seat_minutes} min"
