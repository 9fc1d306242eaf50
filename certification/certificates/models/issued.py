"""Who proposed and who issued a certificate, the facts frozen at issue, and its revocation."""

import json
import uuid
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from certification import codes
from certification.records.models import TrainingRecord

from .. import rules

CONFIRM_DAYS = 7
"""Within how many days a second person should confirm a revocation."""


class Kind(models.TextChoices):
    """What a certificate is for."""

    COMPLETION = "completion", _("Certificate of completion")
    CE = "ce", _("Continuing education certificate")
    ACHIEVEMENT = "achievement", _("Certificate of achievement")
    LETTER = "letter", _("Interim letter of hours")


class Because(models.TextChoices):
    """Why a new certificate takes the place of one before it."""

    HOURS_CORRECTED = "hours_corrected", _("The hours behind it were corrected")
    NAME_CHANGED = "name_changed", _("The name or the title changed")
    DOCUMENT_ERROR = "document_error", _("The document has an error")
    AFTER_REVOCATION = "after_revocation", _("The one before was revoked")
    RENEWED = "renewed", _("A newer letter takes its place")


REPLACING_REASONS = tuple(one for one in Because if one != Because.RENEWED)
"""Why somebody replaces; a letter renews itself."""


class CertificateProposal(models.Model):
    """One row is one person's request that a record get its certificate; the first of the two hands.

    `supersedes` names the certificate that the new one is to replace, `because` says why; both are empty for the first
    of its kind. One that was revoked is not replaced but followed: `after_revocation` alone, and it stays revoked.
    `subject` tells several of a kind on one record apart: the test of a certificate of achievement; empty where a kind
    has but one.
    Written by `services.propose_certificate`. Only `withdrawn_at` and `withdrawn_by` are filled in later, once, and
    never after the certificate was issued.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="certificate_proposals")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.COMPLETION)
    subject = models.CharField(max_length=80, blank=True, default="")
    supersedes = models.ForeignKey("Certificate", null=True, on_delete=models.PROTECT, related_name="+")
    because = models.CharField(max_length=16, choices=Because, blank=True)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record", "kind", "subject"],
                condition=Q(withdrawn_at__isnull=True, supersedes__isnull=True),
                name="one_open_proposal_of_a_kind",
            ),
            models.UniqueConstraint(
                fields=["supersedes"], condition=Q(withdrawn_at__isnull=True), name="one_open_replacement_of_one"
            ),
            models.CheckConstraint(name="proposal_kind_known", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(
                name="proposal_says_why_it_replaces",
                condition=Q(supersedes__isnull=True, because="")
                | Q(
                    supersedes__isnull=False,
                    because__in=["hours_corrected", "name_changed", "document_error", "after_revocation", "renewed"],
                ),
            ),
            models.CheckConstraint(
                name="proposal_withdrawn_by_somebody",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for {self.record_id}"


class Certificate(models.Model):
    """One row is one certificate as it was issued: its code, its facts, and the two people who stand for it.

    Written by `services.issue_certificate`; never changed, never deleted: the database refuses. `data` (domain facts)
    and `evaluation` are canonical JSON, byte for byte; `log_size` and `log_root` are the head of the school's hour log
    that they were read at. A record has one chain of certificates of a kind: the first supersedes nothing, each later
    one supersedes exactly one before it, so only the last can be in force.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(max_length=codes.CODE_LENGTH, unique=True)
    proposal = models.OneToOneField(CertificateProposal, on_delete=models.PROTECT, related_name="certificate")
    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="certificates")
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="certificates")
    school_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind)
    subject = models.CharField(max_length=80, blank=True, default="")
    title = models.CharField(max_length=200)
    holder_name = models.CharField(max_length=200)
    data = models.TextField()
    data_sha256 = models.CharField(max_length=64)
    evaluation = models.TextField()
    rule_set = models.CharField(max_length=80, help_text="identifier@version that judged the hours.")
    log_size = models.PositiveBigIntegerField()
    log_root = models.CharField(max_length=64)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    issued_on = models.DateField(help_text="The local day in the record's zone.")
    expires_on = models.DateField(null=True, help_text="The last day on which it holds; empty: it does not lapse.")
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")

    class Meta:
        constraints = [
            models.CheckConstraint(name="certificate_needs_two_people", condition=~Q(proposed_by=F("issued_by"))),
            models.UniqueConstraint(
                fields=["record", "kind", "subject"],
                condition=Q(supersedes__isnull=True),
                name="one_first_certificate_of_a_kind",
            ),
            models.CheckConstraint(name="certificate_kind_known", condition=Q(kind__in=Kind.values)),
        ]
        indexes = [
            # The desk lists a school's certificates, newest first.
            models.Index(fields=["school", "-issued_at"], name="certificates_of_school"),
        ]

    def __str__(self) -> str:
        return self.code

    @cached_property
    def facts(self) -> dict[str, Any]:
        """The frozen data, parsed."""
        facts: dict[str, Any] = json.loads(self.data)
        return facts

    @property
    def is_revoked(self) -> bool:
        """Whether a revocation stands; no query when it was selected along."""
        return hasattr(self, "revocation")

    @property
    def is_superseded(self) -> bool:
        """Whether a later certificate took its place; no query when it was selected along."""
        return hasattr(self, "superseded_by")

    @property
    def is_past(self) -> bool:
        """Whether nobody should send it any more: it was revoked, or a later one took its place."""
        return self.is_revoked or self.is_superseded

    @property
    def state(self) -> str:
        """valid, superseded, revoked or expired, today in the school's zone."""
        return rules.state_of(
            revoked=self.is_revoked,
            superseded=self.is_superseded,
            expires_on=self.expires_on,
            today=self.today(),
        )

    def today(self) -> date:
        """The day it is at the school."""
        return self.day_of(timezone.now())

    def day_of(self, at: datetime) -> date:
        """The day it was at the school at a time."""
        return at.astimezone(ZoneInfo(self.school.zone)).date()


class Revocation(models.Model):
    """One row says that a certificate no longer holds, from which day and why. Never changed, never taken back.

    `words` are for the school's own file: no graduate and no verifier reads them; they go with the words behind the
    record. One person revokes at once; a second confirms it by a RevocationConfirmation.
    """

    class Reason(models.TextChoices):
        ISSUED_IN_ERROR = "issued_in_error", _("It was issued in error")
        HOURS_CORRECTED = "hours_corrected", _("The hours behind it were corrected")
        FRAUD = "fraud", _("It rests on false statements")
        ORDER = "order", _("A board or court ordered it")
        ASKED = "asked", _("The graduate asked for it")

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="revocation")
    revoked_on = models.DateField()
    reason = models.CharField(max_length=16, choices=Reason)
    words = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="revocation_reason_known",
                condition=Q(reason__in=["issued_in_error", "hours_corrected", "fraud", "order", "asked"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id} from {self.revoked_on}"

    @property
    def confirm_until(self) -> datetime:
        """Until when a second person should confirm it; after that the desk says that it is late."""
        return self.at + timedelta(days=CONFIRM_DAYS)

    @property
    def is_confirmed(self) -> bool:
        """Whether a second person stands for it; no query when it was selected along."""
        return hasattr(self, "confirmation")
