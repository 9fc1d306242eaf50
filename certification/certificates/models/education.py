"""What CE certificates rest on besides hours: provider numbers, the instructor's signature, the course evaluation."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from certification.records.models import TrainingRecord


class Regulator(models.TextChoices):
    """Whose approval makes a program continuing education, with rules of its own for the certificate."""

    NCBTMB = "ncbtmb", _("NCBTMB")
    FLORIDA = "florida", _("Florida")


class CourseType(models.TextChoices):
    """How an approved course is taught. A recorded webinar is home study: nobody could ask."""

    LIVE = "live", _("Live")
    WEBINAR = "webinar", _("Live webinar")
    HOME_STUDY = "home_study", _("Home study")
    RECORDED = "recorded", _("Recorded webinar (home study)")

    @property
    def is_home_study(self) -> bool:
        """Whether a test is obligatory."""
        return self in (CourseType.HOME_STUDY, CourseType.RECORDED)


class ProviderNumber(models.Model):
    """One row is the number under which a regulator knows a school as a provider, and the days on which it holds.

    Both days included. Written by `services.record_provider_number`; only the withdrawal is filled in later, once.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="provider_numbers")
    regulator = models.CharField(max_length=10, choices=Regulator)
    number = models.CharField(max_length=60)
    valid_from = models.DateField()
    valid_to = models.DateField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["regulator", "-valid_from", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "regulator", "number", "valid_from"], name="one_provider_number_from_a_day"
            ),
            models.CheckConstraint(name="provider_number_of_a_regulator", condition=Q(regulator__in=Regulator.values)),
            models.CheckConstraint(name="provider_number_is_there", condition=~Q(number="")),
            models.CheckConstraint(
                name="provider_number_ends_after_it_began", condition=Q(valid_to__gte=F("valid_from"))
            ),
            models.CheckConstraint(
                name="provider_number_withdrawn_by_somebody",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_regulator_display()} {self.number}"


class CourseQuestions(models.Model):
    """One row is one wording of a program's course evaluation: statements that a learner rates. Never changed.

    The newest of a program is asked; without one the house's own statements are.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="course_questions")
    program_code = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    statements = models.JSONField()
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "program_code", "number"], name="one_wording_of_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.program_code} {self.number}"


class CourseAnswers(models.Model):
    """One row is a learner's evaluation of her course: the statements as she read them, and a rating of each, 1 to 5.

    Written once by `services.evaluate_course`; never changed. Ratings alone: no text in it could name anybody.
    """

    record = models.OneToOneField(TrainingRecord, on_delete=models.PROTECT, related_name="course_answers")
    questions = models.ForeignKey(CourseQuestions, null=True, on_delete=models.PROTECT, related_name="answers")
    statements = models.JSONField()
    ratings = models.JSONField()
    answered_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.record_id} on {self.answered_at.date()}"


class CourseSignature(models.Model):
    """One row is an instructor's signature under one learner's course. Never changed."""

    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="course_signatures")
    instructor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "instructor"], name="one_signature_under_a_course")]

    def __str__(self) -> str:
        return f"{self.instructor_id} under {self.record_id}"
