"""Owns certificates: who proposed and who issued them, the facts and bytes frozen at issue, and their revocation.

Reads records and rules only; nothing here is ever changed or deleted, and nothing is drawn anew at download.
"""

import json
import uuid
from datetime import date
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

from . import rules


class Kind(models.TextChoices):
    """What a certificate is for."""

    COMPLETION = "completion", _("Certificate of completion")


class CertificateProposal(models.Model):
    """One row is one person's request that a record get its certificate; the first of the two hands.

    `supersedes` names the certificate that the new one is to replace; empty for the first of its kind.
    Written by `services.propose_certificate`. Only `withdrawn_at` and `withdrawn_by` are filled in later, once, and
    never after the certificate was issued.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="certificate_proposals")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.COMPLETION)
    supersedes = models.ForeignKey("Certificate", null=True, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record", "kind"],
                condition=Q(withdrawn_at__isnull=True, supersedes__isnull=True),
                name="one_open_proposal_of_a_kind",
            ),
            models.UniqueConstraint(
                fields=["supersedes"], condition=Q(withdrawn_at__isnull=True), name="one_open_replacement_of_one"
            ),
            models.CheckConstraint(name="proposal_kind_known", condition=Q(kind__in=Kind.values)),
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
                fields=["record", "kind"], condition=Q(supersedes__isnull=True), name="one_first_certificate_of_a_kind"
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
        return timezone.now().astimezone(ZoneInfo(self.school.zone)).date()


class CertificateDocument(models.Model):
    """One row is one issued file, byte for byte; downloads serve these bytes. Never changed, never deleted."""

    class Format(models.TextChoices):
        PDF = "pdf", _("Certificate as PDF")
        JSON = "json", _("Certificate as Open Badge")
        JWT = "jwt", _("Certificate as token")
        PNG = "png", _("Certificate as picture")
        TRANSCRIPT = "transcript", _("Transcript as PDF")
        CLR = "clr", _("Transcript as Comprehensive Learner Record")

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="documents")
    format = models.CharField(max_length=10, choices=Format)
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certificate", "format"], name="one_document_of_a_format"),
            models.CheckConstraint(
                name="document_format_known", condition=Q(format__in=["pdf", "json", "jwt", "png", "transcript", "clr"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id}.{self.format}"


class Achievement(models.Model):
    """One row is what certificates are awarded for, word for word as they name it: a program under a version of rules.

    Its address stands inside signed credentials, so a row is never changed and never deleted. `name` is made from what
    it says.
    """

    name = models.UUIDField(unique=True)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="achievements")
    body = models.TextField(help_text="Canonical JSON.")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.name)


class StatusList(models.Model):
    """One row is one list of a school in which outsiders see what was revoked: one bit a credential.

    `body` (Data Integrity) and `token` (JWT) are the list as it was signed last; `stale` says that a bit was set since.
    The row is never deleted: its address stands inside credentials.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="status_lists")
    number = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    body = models.TextField(blank=True)
    token = models.TextField(blank=True)
    signed_at = models.DateTimeField(null=True)
    stale = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "number"], name="one_status_list_of_a_number")]

    def __str__(self) -> str:
        return f"{self.school_id} {self.number}"


class StatusPlace(models.Model):
    """One row is the place of one credential in a list, drawn at random at issue. Never changed, never deleted."""

    class Part(models.TextChoices):
        CERTIFICATE = "certificate", _("Certificate")
        TRANSCRIPT = "transcript", _("Transcript and its parts")

    list = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="places")
    place = models.PositiveIntegerField()
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="status_places")
    part = models.CharField(max_length=11, choices=Part)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "place"], name="one_credential_at_a_place"),
            models.UniqueConstraint(fields=["certificate", "part"], name="one_place_of_a_part"),
            models.CheckConstraint(name="status_place_in_the_list", condition=Q(place__lt=131_072)),
            models.CheckConstraint(name="status_part_known", condition=Q(part__in=["certificate", "transcript"])),
        ]

    def __str__(self) -> str:
        return f"{self.list_id} {self.place}"


class Revocation(models.Model):
    """One row says that a certificate no longer holds, from which day and why. Never changed, never taken back."""

    class Reason(models.TextChoices):
        ISSUED_IN_ERROR = "issued_in_error", _("It was issued in error")
        HOURS_CORRECTED = "hours_corrected", _("The hours behind it were corrected")
        FRAUD = "fraud", _("It rests on false statements")
        ORDER = "order", _("A board or court ordered it")
        ASKED = "asked", _("The graduate asked for it")

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="revocation")
    revoked_on = models.DateField()
    reason = models.CharField(max_length=16, choices=Reason)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="revocation_reason_known",
                condition=Q(reason__in=["issued_in_error", "hours_corrected", "fraud", "order", "asked"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id} from {self.revoked_on}"
