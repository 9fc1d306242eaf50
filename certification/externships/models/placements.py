"""Placements: which learner works at which site in which days."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from certification.records.models import TrainingRecord

from .. import rules
from .registers import Site


class Placement(models.Model):
    """One row sends one learner to one site for a time, with the minutes she needs there.

    Active until somebody of the school ends it as complete or terminated: `ended_on` is the site's local day on which
    it ended, also before the planned `ends_on`. It can be opened again. `version` rises with each change.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        COMPLETE = "complete", _("Complete")
        TERMINATED = "terminated", _("Terminated")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="placements")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="placements")
    starts_on = models.DateField()
    ends_on = models.DateField()
    required_minutes = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    ended_on = models.DateField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "site", "starts_on"], name="one_placement_per_start"),
            models.CheckConstraint(name="placement_runs_forward", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(
                name="placement_state_known", condition=Q(state__in=["active", "complete", "terminated"])
            ),
            models.CheckConstraint(
                name="placement_ended_has_a_day",
                condition=Q(state="active", ended_on=None) | (~Q(state="active") & Q(ended_on__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def window(self) -> rules.Window:
        """Its planned days."""
        return rules.Window(self.starts_on, self.ends_on)
