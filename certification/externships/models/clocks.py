"""Clocks: when a learner began and ended at a site by the server's time, and what she did in between."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certification.records.models import Learner

from .. import rules
from .placements import Placement
from .registers import Supervisor


def _measured(when: str) -> Q:
    """Away only where both were measured, and the distance less what the device was unsure of is that far."""
    return Q(**{f"{when}_away": False}) | Q(
        **{
            f"{when}_metres__isnull": False,
            f"{when}_accuracy__isnull": False,
            f"{when}_metres__gt": F(f"{when}_accuracy") + rules.AWAY_METRES,
        }
    )


class Clock(models.Model):
    """One row is one time of being clocked in at a site, by the server's clock; open while `ended_at` is empty.

    Written by `services.clocks` alone; one open row a learner. Closing makes draft shifts of its stretches. Of a
    position, which she may give each time, only whole metres to the site are kept, how unsure the device was, and
    whether that is away from it: a flag for supervisor and school, never a refusal. These are personal data, and go
    with the record's words (`erased_at`); the times stand.
    """

    class Ended(models.TextChoices):
        BY_HER = "by_her", _("clocked out")
        BY_SWEEPER = "sweeper", _("never clocked out")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="clocks")
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="clocks")
    supervisor = models.ForeignKey(Supervisor, on_delete=models.PROTECT, related_name="clocks")
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended = models.CharField(max_length=7, choices=Ended, blank=True)
    started_metres = models.PositiveIntegerField(null=True, blank=True)
    started_accuracy = models.PositiveIntegerField(null=True, blank=True)
    started_away = models.BooleanField(default=False)
    ended_metres = models.PositiveIntegerField(null=True, blank=True)
    ended_accuracy = models.PositiveIntegerField(null=True, blank=True)
    ended_away = models.BooleanField(default=False)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner"], condition=Q(ended_at=None), name="one_open_clock_per_learner"),
            models.CheckConstraint(
                name="clock_runs_forward", condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at"))
            ),
            models.CheckConstraint(
                name="clock_end_says_how",
                condition=Q(ended_at=None, ended="") | Q(ended_at__isnull=False, ended__in=["by_her", "sweeper"]),
            ),
            models.CheckConstraint(
                name="clock_away_is_measured",
                condition=_measured("started") & _measured("ended"),
            ),
            models.CheckConstraint(
                name="clock_erased_says_no_place",
                condition=Q(erased_at=None)
                | Q(
                    started_metres=None,
                    started_accuracy=None,
                    started_away=False,
                    ended_metres=None,
                    ended_accuracy=None,
                    ended_away=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.uuid} since {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def source_key(self) -> str:
        """Its name in the learner's presence."""
        return f"clock:{self.uuid}"

    @property
    def away(self) -> tuple[str, ...]:
        """When she was away from the site by more than the device was unsure of: at "in", at "out"."""
        return tuple(name for name, away in (("in", self.started_away), ("out", self.ended_away)) if away)


class ClockStretch(models.Model):
    """One row is one tap: from `started_at` on she did `activity`, until the next one or the clock's end.

    Never changed. `key` was made by the page that was tapped, so that a tap sent twice is one.
    """

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="stretches")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    activity = models.CharField(max_length=14)
    started_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["started_at", "pk"]
        constraints = [
            models.CheckConstraint(name="stretch_activity_known", condition=Q(activity__in=list(rules.ACTIVITIES)))
        ]

    def __str__(self) -> str:
        return f"{self.activity} since {self.started_at:%Y-%m-%d %H:%M}"
