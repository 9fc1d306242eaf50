"""Anomalies: what in a school's ledger asks for a look, on which evidence, and what people decided about it."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User

from .people import TrainingRecord


class Anomaly(models.Model):
    """One row is one pattern that a room found in its facts and that a person of the school should look at.

    A question, not a verdict; it changes no hour. Written only by `services.note_anomaly`; never changed, never deleted.
    `fingerprint` says what it is about, so that the same facts looked at again make no second row. `evidence` holds
    numbers and lists of uuids (entries, postings, sessions, shifts, sign-offs), never a name; `records` says whose
    hours it is about, all of them of `school`.
    """

    class Kind(models.TextChoices):
        OVERLAP = "overlap", _("In two places at once")
        IDENTICAL = "identical", _("The same times for two learners")
        BURST = "burst", _("Many hours written in one hour")
        LONG_DAY = "long_day", _("More than a day holds")
        BACK_DATED = "back_dated", _("Written long after the day")
        ROUND = "round", _("Nothing but whole hours")
        ONE_DEVICE = "one_device", _("Two learners on one device at once")
        TWO_SITES = "two_sites", _("One supervisor at two sites at once")
        SIGN_BURST = "sign_burst", _("Signed faster than anyone reads")
        OWN_DEVICE = "own_device", _("Signed on the learner’s device")
        OVER_RATIO = "over_ratio", _("More learners at once than one can see")
        SIGNER_DAY = "signer_day", _("A supervisor’s day of more than 16 hours")
        AT_ONCE = "at_once", _("All signed within a minute of the mail")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="anomalies")
    records = models.ManyToManyField(TrainingRecord, through="AnomalyRecord", related_name="anomalies")
    kind = models.CharField(max_length=12, choices=Kind)
    fingerprint = models.CharField(max_length=64)
    found_at = models.DateTimeField(default=timezone.now)
    evidence = models.JSONField(default=dict)
    first_on = models.DateField(help_text="The first local day that it is about.")
    last_on = models.DateField()

    class Meta:
        verbose_name_plural = "anomalies"
        constraints = [
            models.UniqueConstraint(fields=["school", "fingerprint"], name="one_anomaly_per_fingerprint"),
            models.CheckConstraint(
                name="anomaly_kind_known",
                condition=Q(
                    kind__in=[
                        *("overlap", "identical", "burst", "long_day", "back_dated", "round"),
                        *("one_device", "two_sites"),
                        *("sign_burst", "own_device", "over_ratio", "signer_day", "at_once"),
                    ]
                ),
            ),
            models.CheckConstraint(name="anomaly_days_run_forward", condition=Q(last_on__gte=F("first_on"))),
        ]
        indexes = [
            # The desk lists a school's anomalies, newest first.
            models.Index(fields=["school", "found_at"], name="anomalies_of_school")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.first_on}"


class AnomalyRecord(models.Model):
    """One row says that an anomaly is about a record of its school."""

    anomaly = models.ForeignKey(Anomaly, on_delete=models.PROTECT, related_name="+", db_index=False)
    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["anomaly", "record"], name="one_row_per_record_of_an_anomaly")]


class AnomalyDecision(models.Model):
    """One row is what one registrar thought of an anomaly, with her words; the newest stands, the older ones stay.

    Never changed, never deleted; its words go with those of a record that it is about. `watch` leaves it open. Nobody
    decides about her own hours (the database refuses).
    Personal data: `words`.
    """

    class Verdict(models.TextChoices):
        EXPLAINED = "explained", _("Explained")
        CORRECTED = "corrected", _("Corrected")
        FRAUD = "fraud", _("Fraud")
        WATCH = "watch", _("Keep watching")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    anomaly = models.ForeignKey(Anomaly, on_delete=models.PROTECT, related_name="decisions")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    verdict = models.CharField(max_length=10, choices=Verdict)
    words = models.TextField(max_length=1000)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="anomaly_verdict_known", condition=Q(verdict__in=["explained", "corrected", "fraud", "watch"])
            ),
            models.CheckConstraint(
                name="anomaly_decided_with_words", condition=~Q(words="") | Q(erased_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.anomaly_id}"
