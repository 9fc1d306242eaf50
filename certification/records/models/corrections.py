"""Corrections, which two people of the school make, and claims, by which a learner says that hours are not right."""

import uuid

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from .ledger import HourEntry
from .people import TrainingRecord


def private_storage() -> Storage:
    """The storage that no address reaches; named in a function so that migrations do not fix its place."""
    return storages["private"]


class Attached(models.Model):
    """What a row with one attached paper knows of it: the file in private storage, its name, kind and SHA-256.

    Words, paper and its name go when the record's time is over (`services.erase_words`); `erased_at` says when. The
    SHA-256 stays.
    """

    attachment = models.FileField(upload_to="record-papers", storage=private_storage, blank=True)
    attachment_name = models.CharField(max_length=200, blank=True)
    attachment_type = models.CharField(max_length=60, blank=True)
    attachment_sha256 = models.CharField(max_length=64, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Claim(Attached):
    """One row is a learner's word that a line is wrong, or that hours are missing; the school answers it once.

    `date` and `minutes` are what she says is right. What she wrote never changes. It waits while `answer` is empty;
    `corrected` needs an approved Correction that names the claim, `refused` needs words; she may withdraw it herself.
    `due_on` is the last day for the answer, fixed when it is made. Personal data: `words`, `answer_words`, attachment.
    """

    class Kind(models.TextChoices):
        WRONG = "wrong", _("A line is wrong")
        MISSING = "missing", _("Hours are missing")

    class Answer(models.TextChoices):
        CORRECTED = "corrected", _("Corrected")
        REFUSED = "refused", _("Not corrected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="claims")
    kind = models.CharField(max_length=8, choices=Kind)
    entry = models.ForeignKey(HourEntry, null=True, blank=True, on_delete=models.PROTECT, related_name="claims")
    date = models.DateField()
    minutes = models.PositiveIntegerField(null=True, blank=True)
    words = models.TextField(max_length=1000)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    answer_words = models.TextField(max_length=1000, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry"], condition=Q(answer=""), name="one_open_claim_per_entry"),
            models.CheckConstraint(
                name="claim_names_a_line_or_missing_minutes",
                condition=Q(kind="wrong", entry__isnull=False)
                | Q(kind="missing", entry__isnull=True, minutes__isnull=False),
            ),
            models.CheckConstraint(name="claim_says_why", condition=~Q(words="") | Q(erased_at__isnull=False)),
            models.CheckConstraint(
                name="claim_answered_by_somebody",
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | Q(
                    answer__in=["corrected", "refused", "withdrawn"],
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="claim_refused_with_words",
                condition=~Q(answer="refused", answer_words="") | Q(erased_at__isnull=False),
            ),
            models.CheckConstraint(
                name="claim_withdrawn_by_who_made_it", condition=~Q(answer="withdrawn") | Q(answered_by=F("made_by"))
            ),
            models.CheckConstraint(
                name="claim_not_answered_by_who_made_it",
                condition=~Q(answer__in=["corrected", "refused"]) | ~Q(answered_by=F("made_by")),
            ),
        ]
        indexes = [
            # The desk and the reminder ask for what waits, most urgent first.
            models.Index(fields=["due_on"], name="claims_waiting", condition=Q(answer=""))
        ]

    @property
    def is_open(self) -> bool:
        """Whether it waits for its answer."""
        return not self.answer


class Correction(Attached):
    """One row is one person's request to take a line back, to put others in its place, or to post missing hours.

    A second person of the school decides it, once; until then it changes nothing. `entry` is the line to take back,
    empty where hours are missing. `replacement` is the JSON of the parts to post (`rules.part_told`), `minutes` their
    sum, 0 where the line is taken back only. What was proposed never changes. Approving posts `correction:<uuid>/back`
    and `correction:<uuid>` in one transaction. Personal data: `words`, `decision_words`, attachment.
    """

    class Reason(models.TextChoices):
        MINUTES = "minutes", _("The minutes were wrong")
        TIME = "time", _("The day or the times were wrong")
        SUBJECT = "subject", _("The subject was wrong")
        DELIVERY = "delivery", _("The way it was taught was wrong")
        TWICE = "twice", _("It was entered twice")
        ABSENT = "absent", _("The learner did not attend")
        MISSING = "missing", _("The hours were missing")
        SYSTEM = "system", _("A fault of the system")
        FALSE = "false_statement", _("It rests on a false statement")

    class Outcome(models.TextChoices):
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="corrections")
    entry = models.ForeignKey(HourEntry, null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    claim = models.ForeignKey(Claim, null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    replacement = models.JSONField(default=list, blank=True)
    minutes = models.PositiveIntegerField(help_text="Of the replacement; 0 where the line is taken back only.")
    reason = models.CharField(max_length=16, choices=Reason)
    words = models.TextField(max_length=1000)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    decision_words = models.TextField(max_length=1000, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry"], condition=Q(outcome=""), name="one_open_correction_per_entry"),
            models.CheckConstraint(
                name="correction_takes_back_or_posts", condition=Q(entry__isnull=False) | Q(minutes__gt=0)
            ),
            models.CheckConstraint(name="correction_says_why", condition=~Q(words="") | Q(erased_at__isnull=False)),
            models.CheckConstraint(
                name="correction_reason_known",
                condition=Q(
                    reason__in=[
                        "minutes",
                        "time",
                        "subject",
                        "delivery",
                        "twice",
                        "absent",
                        "missing",
                        "system",
                        "false_statement",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="correction_decided_by_somebody",
                condition=Q(outcome="", decided_by__isnull=True, decided_at__isnull=True)
                | Q(
                    outcome__in=["approved", "refused", "withdrawn"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="correction_needs_two_people",
                condition=~Q(outcome__in=["approved", "refused"]) | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="correction_withdrawn_by_who_proposed_it",
                condition=~Q(outcome="withdrawn") | Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="correction_refused_with_words",
                condition=~Q(outcome="refused", decision_words="") | Q(erased_at__isnull=False),
            ),
        ]
        indexes = [
            # The desk asks for what waits, oldest first.
            models.Index(fields=["proposed_at"], name="corrections_waiting", condition=Q(outcome=""))
        ]

    @property
    def is_open(self) -> bool:
        """Whether it waits for the second person."""
        return not self.outcome

    @property
    def source_key(self) -> str:
        """The key of what it posts; that of the taking back ends in `/back`."""
        return f"correction:{self.uuid}"
