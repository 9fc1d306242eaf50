"""Which version of a rule set judges, what learners aim at, and where a school says that its hours stand there."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Organisation
from certification.requirements.models import RuleSet

from .people import Learner, TrainingRecord


class Activation(models.Model):
    """One row says that a school judges by this version of a rule set, from a moment on, for records that it applies to.

    Never changed and never taken back: a rule that was wrong is followed by a next version. `note` says why.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="activations")
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="activations")
    activated_at = models.DateTimeField(default=timezone.now)
    activated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "rule_set"], name="one_activation_per_school")]


class RuleSetChange(models.Model):
    """One row says that a record is judged by another version since an activation. Append-only."""

    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="rule_set_changes")
    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="changes")
    before = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "activation"], name="one_change_per_activation")]


class Target(models.Model):
    """One row says that a learner aims at a rule set (a licence, a certificate), whatever its version.

    Her own choice; it changes no hour. `dropped_at` ends it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="targets")
    identifier = models.CharField(max_length=64, help_text="Of the rule set, without its version.")
    chosen_at = models.DateTimeField(default=timezone.now)
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["chosen_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "identifier"], condition=Q(dropped_at=None), name="one_target_per_rule_set"
            )
        ]


class Crosswalk(models.Model):
    """One row is a school's word on where hours of one rule set's categories stand in another one's.

    It serves targets alone: certificates are judged by the record's own rules, which need no translation. Lines are
    replaced whole by `services.set_crosswalk`, which raises `version`.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="crosswalks")
    source = models.CharField(max_length=64, help_text="Identifier of the rule set that judges the records.")
    target = models.CharField(max_length=64, help_text="Identifier of the rule set aimed at.")
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "source", "target"], name="one_crosswalk_per_pair"),
            models.CheckConstraint(name="crosswalk_leads_elsewhere", condition=~Q(source=F("target"))),
        ]


class CrosswalkLine(models.Model):
    """One row puts a category (of one course of it, where named) under a category of the target, with more tags."""

    crosswalk = models.ForeignKey(Crosswalk, on_delete=models.CASCADE, related_name="lines")
    category = models.CharField(max_length=64)
    course = models.CharField(max_length=80, blank=True, help_text="Module code and version, like MFR@1.")
    to_category = models.CharField(max_length=64)
    tags = models.CharField(max_length=300, blank=True, help_text="Parted by semicolons.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["crosswalk", "category", "course"], name="one_line_per_category_and_course")
        ]
