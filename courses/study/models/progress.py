"""Owns what a learner has done of a lesson."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.catalog.models import Lesson, Program
from courses.enrollments.models import Enrollment

from .. import rules
from .seat import MOST_POSITION


class LessonProgress(models.Model):
    """One row is how far one enrollment is with one lesson.

    Written by `services` when the lesson is first opened, whenever a visit closes, and once when it is finished.
    `seat_minutes` are the minutes that its visits put into the ledger, or would have where the lesson's approved minutes
    are `awarded` when it is finished: then `credit`, fixed when she began it, says so. `position` is where she stopped
    reading, in thousandths of the lesson. Never falls back from finished.
    """

    class State(models.TextChoices):
        BEGUN = "begun", _("Begun")
        FINISHED = "finished", _("Finished")

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="progress")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="progress")
    state = models.CharField(max_length=8, choices=State, default=State.BEGUN)
    position = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(MOST_POSITION)])
    seat_minutes = models.PositiveIntegerField(default=0)
    credit = models.CharField(max_length=8, choices=Program.Credit, default=Program.Credit.MEASURED)
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

    @property
    def is_awarded(self) -> bool:
        """Whether finishing it gives its approved minutes, in place of those of its visits."""
        return self.credit == Program.Credit.AWARDED


class ClipWatch(models.Model):
    """One row is what one enrollment has watched of one clip: its stretches, and where to go on. Milliseconds.

    Written by `services.watched` with reports in which the clip runs. `clip` is the media item's uuid; a report that
    names none speaks of the lesson's clip by the lesson's. `at_ms` is the server's clock at the last report in which
    it ran, empty after a stop. Nothing here adds minutes: it bounds what a report may earn where a clip is the only
    sign of her.
    """

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="clips")
    clip = models.UUIDField()
    watched = models.TextField(blank=True)
    position_ms = models.PositiveIntegerField(default=0)
    at_ms = models.BigIntegerField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrollment", "clip"], name="one_watch_per_clip")]

    def __str__(self) -> str:
        return f"{self.clip} at {self.position_ms} ms"

    def as_rule(self) -> rules.Watch:
        """The row as the rules see it."""
        return rules.Watch(rules.read_spans(self.watched), self.position_ms, self.at_ms)

    @property
    def watched_ms(self) -> int:
        """How much of it was watched."""
        return rules.length(rules.read_spans(self.watched))
