"""Placements: which learner works at which site in which days, what was done about it, and what she wants to learn."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from certification.records.models import TrainingRecord

from .. import rules
from .registers import Site, Supervisor


class Placement(models.Model):
    """One row sends one learner to one site for a time, with the minutes she needs there.

    She asks for it (requested) or the school makes it; approved, it becomes active when its first day has come and
    nothing keeps her from clients any more (`before_clients` and the gates of her rules). It ends as complete or
    terminated: `ended_on` is the site's local day on which it ended, also before the planned `ends_on`. It can be
    opened again; a request that was declined or cancelled cannot. `required_by_kind` holds minutes by kind of shift,
    `before_clients` Milestones as {code, title}. `supervisors` are those who alone may sign, where any are named.
    Who did what when stands in `steps`. `version` rises with each change.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", _("Requested")
        APPROVED = "approved", _("Approved")
        ACTIVE = "active", _("Active")
        COMPLETE = "complete", _("Complete")
        TERMINATED = "terminated", _("Terminated")
        DECLINED = "declined", _("Declined")
        CANCELLED = "cancelled", _("Cancelled")

    LIVE = frozenset({State.APPROVED, State.ACTIVE})
    """The learner works there or will."""
    ENDED = frozenset({State.COMPLETE, State.TERMINATED})
    TAKES_A_PLACE = LIVE | ENDED
    """The school sent her there."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="placements")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="placements")
    starts_on = models.DateField()
    ends_on = models.DateField()
    required_minutes = models.PositiveIntegerField(default=0)
    required_by_kind = models.JSONField(default=dict, blank=True)
    before_clients = models.JSONField(default=list, blank=True)
    supervisors = models.ManyToManyField(Supervisor, blank=True, related_name="named_in")
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    approved_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    ended_on = models.DateField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record", "site", "starts_on"],
                condition=~Q(state__in=["declined", "cancelled"]),
                name="one_placement_per_start",
            ),
            models.CheckConstraint(name="placement_runs_forward", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(
                name="placement_state_known",
                condition=Q(
                    state__in=["requested", "approved", "active", "complete", "terminated", "declined", "cancelled"]
                ),
            ),
            models.CheckConstraint(
                name="placement_ended_has_a_day",
                condition=Q(state__in=["complete", "terminated"], ended_on__isnull=False)
                | (~Q(state__in=["complete", "terminated"]) & Q(ended_on=None)),
            ),
            models.CheckConstraint(
                name="placement_is_approved_by_somebody",
                condition=Q(approved_by__isnull=False) | Q(state__in=["requested", "declined", "cancelled"]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def window(self) -> rules.Window:
        """Its planned days."""
        return rules.Window(self.starts_on, self.ends_on)


class PlacementStep(models.Model):
    """One row says who did what with a placement, and when. Append-only; `by` is empty where it happened by the day.

    Personal data: `words` (why she asks for it, why it was declined), which go with the record's words.
    """

    class What(models.TextChoices):
        REQUESTED = "requested", _("Asked for")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        CANCELLED = "cancelled", _("Taken back")
        BEGAN = "began", _("Began")
        CHANGED = "changed", _("Changed")
        COMPLETE = "complete", _("Ended as complete")
        TERMINATED = "terminated", _("Ended before that")
        REOPENED = "reopened", _("Opened again")

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="steps")
    what = models.CharField(max_length=10, choices=What)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    words = models.TextField(max_length=1000, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="placement_step_known",
                condition=Q(
                    what__in=[
                        "requested",
                        "approved",
                        "declined",
                        "cancelled",
                        "began",
                        "changed",
                        "complete",
                        "terminated",
                        "reopened",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="placement_declined_with_words",
                condition=~Q(what="declined") | ~Q(words="") | Q(erased_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.placement_id}"


class LearningGoal(models.Model):
    """One row is one thing that a learner wants to learn in a placement, in words; ticked when she has reached it.

    A reached one stays as it is, or loses its tick; one that is not reached may be dropped. Personal data: `words`,
    which go with the record's words (`erased_at`).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="goals")
    words = models.CharField(max_length=300, blank=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    reached_at = models.DateTimeField(null=True, blank=True)
    reached_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reached_by_supervisor = models.ForeignKey(
        Supervisor, null=True, blank=True, on_delete=models.PROTECT, related_name="goals_reached"
    )
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="goal_has_words", condition=~Q(words="") | Q(erased_at__isnull=False)),
            models.CheckConstraint(
                name="goal_reached_says_who",
                condition=Q(reached_at=None, reached_by=None, reached_by_supervisor=None)
                | Q(reached_at__isnull=False, reached_by__isnull=False, reached_by_supervisor=None)
                | Q(reached_at__isnull=False, reached_by=None, reached_by_supervisor__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.words
