"""Owns question banks, quizzes, their assignment to records, and attempts."""

import uuid

from django.db import models

from accounts.models import Organisation


class Quiz(models.Model):
    """One row is one quiz of a school. `code` is unique within the school; `pass_percent` is compared exactly."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="quizzes")
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    pass_percent = models.PositiveSmallIntegerField(default=75)
    attempts_allowed = models.PositiveSmallIntegerField(default=3)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "code"], name="one_quiz_per_code")]

    def __str__(self) -> str:
        return self.title
