"""A board's access to one record by case: what it asks a school for, the answer, and every look taken under it."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Organisation, User
from certification.records.models import TrainingRecord


class Case(models.Model):
    """One row is a board's request to a school for the record of one person, under the number of its case.

    Written by `services.open_case`. It names the person in the board's words: whether there is such a record is for the
    school to say, so nothing can be guessed here. Never changed, but that `person` goes with the record's words, and
    that the board closes it once.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="cases")
    number = models.CharField(max_length=60, help_text="The board's own.")
    person = models.CharField(max_length=300, blank=True, help_text="Whom it is about, and the code of a certificate.")
    ground = models.TextField(help_text="By what law the board may read it.")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="case_says_by_what_law", condition=~Q(ground="") & ~Q(number="")),
        ]

    def __str__(self) -> str:
        return self.number


class CaseAnswer(models.Model):
    """One row is a school's answer to a case: the record that may be read until a day, or why not. Never changed.

    `ended_at` takes the access back before that day, once.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="answer")
    record = models.ForeignKey(TrainingRecord, null=True, on_delete=models.PROTECT, related_name="case_answers")
    until_on = models.DateField(null=True, help_text="The last day, at the school.")
    words = models.CharField(max_length=600, blank=True, help_text="To the board, where nothing is opened.")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="case_answer_opens_or_says_why",
                condition=Q(record__isnull=False, until_on__isnull=False)
                | Q(record=None, until_on=None) & ~Q(words=""),
            ),
            models.CheckConstraint(
                name="case_access_ended_by_somebody",
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"answer to {self.case_id}"


class CaseLook(models.Model):
    """One row is one look of a board at a record under a case: who, when, at what. Never changed; the learner sees it."""

    class Face(models.TextChoices):
        PAGE = "page"
        EVIDENCE = "evidence"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="looks")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    face = models.CharField(max_length=8, choices=Face)

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="looks_of_case")]
        constraints = [models.CheckConstraint(name="case_look_face_known", condition=Q(face__in=["page", "evidence"]))]

    def __str__(self) -> str:
        return f"{self.face} at {self.at}"
