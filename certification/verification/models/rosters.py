"""Rosters: completions of continuing education that a school reports to its regulator's register."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Organisation, User
from certification.certificates.models import Certificate
from certification.records.models import TrainingRecord


class Roster(models.Model):
    """One row is one file for CE Broker as it was made: its very bytes, and what became of it.

    Written by `services.make_roster`. `body` never changes; `sent_*` or `dropped_*` is filled in once, never both.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="rosters")
    number = models.PositiveIntegerField(help_text="1, 2, 3 … within the school.")
    profession = models.CharField(max_length=4)
    body = models.TextField()
    sha256 = models.CharField(max_length=64)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    sent_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=120, blank=True, help_text="What the receiver answered at once.")
    dropped_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "number"], name="one_roster_of_a_number"),
            models.CheckConstraint(name="roster_sent_or_dropped", condition=Q(sent_at=None) | Q(dropped_at=None)),
            models.CheckConstraint(
                name="roster_sent_by_somebody",
                condition=Q(sent_at=None, sent_by=None) | Q(sent_at__isnull=False, sent_by__isnull=False),
            ),
            models.CheckConstraint(
                name="roster_dropped_by_somebody",
                condition=Q(dropped_at=None, dropped_by=None) | Q(dropped_at__isnull=False, dropped_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} no. {self.number}"


class RosterRow(models.Model):
    """One row is one completion in a roster, and what the receiver said of it.

    `stands` while it reports the completion: false once its roster was dropped or the receiver refused it, and then a
    later roster may hold it again. Of a record and a course one row stands: nobody is reported twice.
    """

    class Reply(models.TextChoices):
        ACCEPTED = "accepted"
        REFUSED = "refused"

    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="rows")
    line = models.PositiveIntegerField(help_text="1 is the first below the header.")
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="roster_rows")
    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="+")
    course_number = models.CharField(max_length=60)
    completed_on = models.DateField()
    stands = models.BooleanField(default=True)
    reply = models.CharField(max_length=8, blank=True)
    reply_words = models.CharField(max_length=300, blank=True)
    reply_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reply_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["roster", "line"], name="one_row_of_a_line"),
            models.UniqueConstraint(
                fields=["record", "course_number"], condition=Q(stands=True), name="nobody_is_reported_twice"
            ),
            models.CheckConstraint(name="roster_reply_known", condition=Q(reply__in=["", "accepted", "refused"])),
            models.CheckConstraint(
                name="roster_reply_by_somebody",
                condition=Q(reply="", reply_by=None, reply_at=None)
                | ~Q(reply="") & Q(reply_by__isnull=False, reply_at__isnull=False),
            ),
            models.CheckConstraint(name="refused_row_reports_nothing", condition=~Q(reply="refused", stands=True)),
        ]

    def __str__(self) -> str:
        return f"line {self.line} of {self.roster_id}"


class RosterNotice(models.Model):
    """One row says that a school was told of a completion that is soon or already late. Never changed."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=8)
    told_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certificate", "step"], name="one_roster_notice_of_a_step"),
            models.CheckConstraint(name="roster_notice_step_known", condition=Q(step__in=["due", "late"])),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.step}"
