"""Owns enrollment: who studies which program, in which cohort, by which door she came."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from certification.records.models import Learner, TrainingRecord
from courses.catalog.models import Lesson, Program


class Cohort(models.Model):
    """One row is a group that goes through a program between two local dates.

    Planned and changed by `services`. `is_public`: its first day stands on the program's public page until it begins.
    Once somebody is enrolled by it, its first day stays: her record counts from that day.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="cohorts")
    name = models.CharField(max_length=120)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    is_public = models.BooleanField(default=False)

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

    Written by `services`. `source_key` names the door (`invitation:<uuid>`, `order:<uuid>`, `desk:<uuid>`) and makes
    enrolling idempotent; learner, program and record never change. Running means active or suspended: at most one a
    learner and program, by the database.
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
            ),
            models.CheckConstraint(
                name="enrollment_state_known",
                condition=Q(state__in=["active", "suspended", "completed", "withdrawn"]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class LessonException(models.Model):
    """One row is what was decided for one learner about one lesson: another day, no gates, requirements waived.

    Written by `services.except_from`, ended by `end_exception`, never deleted, and changed in nothing else but its
    reason, which goes with the person; the learner sees it with its reason. `waives` holds words of catalog's
    `rules.WAIVABLE`. It never changes how her minutes are measured. At most one open row an enrollment and lesson, by
    the database.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="exceptions")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="exceptions")
    opens_on = models.DateField(null=True, blank=True)
    opens_now = models.BooleanField(default=False)
    waives = models.JSONField(default=list, blank=True)
    reason = models.CharField(max_length=300)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "lesson"], condition=Q(ended_at=None), name="one_open_exception_per_lesson"
            ),
            models.CheckConstraint(
                name="exception_excepts_from_something",
                condition=Q(opens_on__isnull=False) | Q(opens_now=True) | ~Q(waives=[]),
            ),
            models.CheckConstraint(
                name="exception_ended_by_somebody",
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
            models.CheckConstraint(name="exception_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return self.reason


class Invitation(models.Model):
    """One row is a place offered to one address. The link's token is stored hashed; it is spent by enrolling.

    Written by `services`; address, program and token never change. At most one open row an address and program, by
    the database; one that ran out is closed (withdrawn) when the next is written. Personal data: the address.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ACCEPTED = "accepted", _("Accepted")
        EXPIRED = "expired", _("Expired")
        WITHDRAWN = "withdrawn", _("Withdrawn")

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

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "program",
                Lower("email"),
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="one_open_invitation_per_address",
            ),
            models.CheckConstraint(
                name="invitation_accepted_by_someone_or_open",
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="invitation_not_both_accepted_and_withdrawn",
                condition=Q(accepted_at=None) | Q(withdrawn_at=None),
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    def state_at(self, now: datetime) -> "Invitation.State":
        """What became of it by `now`; one that ran out before it was withdrawn counts as expired."""
        if self.accepted_at is not None:
            return self.State.ACCEPTED
        if self.withdrawn_at is not None and self.withdrawn_at < self.expires_at:
            return self.State.WITHDRAWN
        return self.State.EXPIRED if now >= self.expires_at else self.State.OPEN
