"""Owns enrollment: who studies which program, in which cohort, by which door she came."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from certification.records.models import Learner, TrainingRecord
from courses.catalog.models import Program


class Cohort(models.Model):
    """One row is a group that goes through a program between two local dates."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="cohorts")
    name = models.CharField(max_length=120)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "name"], name="one_cohort_per_name"),
            models.CheckConstraint(
                name="cohort_ends_after_start", condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Enrollment(models.Model):
    """One row is one learner in one program; its TrainingRecord is opened in the same transaction.

    `source_key` names the door (`invitation:<uuid>`, `order:<uuid>`, `desk:<uuid>`) and makes enrolling idempotent.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", _("Suspended")
        COMPLETED = "completed", _("Completed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="enrollments")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="enrollments")
    cohort = models.ForeignKey(Cohort, null=True, blank=True, on_delete=models.PROTECT, related_name="enrollments")
    record = models.OneToOneField(TrainingRecord, on_delete=models.PROTECT, related_name="enrollment")
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    source_key = models.CharField(max_length=120, unique=True)
    enrolled_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "program"],
                condition=Q(state__in=["active", "suspended"]),
                name="one_running_enrollment_per_program",
            )
        ]


class Invitation(models.Model):
    """One row is a place offered to one address. The link's token is stored hashed; it is spent by enrolling."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="invitations")
    cohort = models.ForeignKey(Cohort, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(max_length=254)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
