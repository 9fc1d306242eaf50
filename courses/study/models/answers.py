"""Owns what a learner leaves inside a lesson: her answers to its self-checks, her reflections."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from courses.catalog.models import Lesson
from courses.enrollments.models import Enrollment

MOST_TRIES = 32_767
MOST_REFLECTION = 10_000
"""Characters of one reflection."""


class SelfCheckAnswer(models.Model):
    """One row is what one learner made of one self-check: whether she was right at first, and is now. Never graded.

    Written by `services`. `block` is the id of the self-check in the lesson's body, which editing keeps; `chosen` holds
    the ids of the answers that she chose last, parted by blanks, which are shown to herself alone.
    """

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="self_checks")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="self_checks")
    block = models.UUIDField()
    content_revision = models.CharField(max_length=60, help_text="The words that she answered last.")
    chosen = models.TextField(blank=True)
    tries = models.PositiveSmallIntegerField(default=1)
    right_at_first = models.BooleanField()
    right = models.BooleanField(help_text="Whether the last answer was right.")
    first_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(default=timezone.now)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "lesson", "block"], name="one_answer_per_self_check"),
            models.CheckConstraint(name="self_check_tried", condition=Q(tries__gte=1)),
            models.CheckConstraint(name="self_check_first_before_last", condition=Q(first_at__lte=F("answered_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.block}: {self.right}"


class Reflection(models.Model):
    """One row is what one learner wrote under one question of a lesson; hers alone. Personal words.

    Written by `services`; `block` is the id of the question in the lesson's body, `question` its words when she wrote
    last. Erased with the person.
    """

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="reflections")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="reflections")
    block = models.UUIDField()
    question = models.TextField(blank=True)
    text = models.TextField(blank=True)
    saved_at = models.DateTimeField(default=timezone.now)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "lesson", "block"], name="one_reflection_per_question"),
        ]

    def __str__(self) -> str:
        return str(self.block)
