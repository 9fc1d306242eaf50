"""Shifts, as learners write them down."""

import uuid

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import rules
from .placements import Placement
from .registers import Supervisor


class Kind(models.TextChoices):
    """What a learner did in a shift; `rules.KINDS` says where each counts."""

    CLIENT_SESSION = "client_session", _("Client session")
    INTAKE_NOTES = "intake_notes", _("Intake and notes")
    OBSERVATION = "observation", _("Observation")
    INSTRUCTION = "instruction", _("Instruction")
    IDLE = "idle", _("Idle time")


class Technique(models.TextChoices):
    """What she worked with."""

    MFR = "mfr", _("Myofascial release")
    NMT = "nmt", _("Neuromuscular therapy")
    TRIGGER_POINT = "trigger_point", _("Trigger point work")
    MLD = "mld", _("Manual lymphatic drainage")
    MUSCLE_TESTING = "muscle_testing", _("Muscle testing")
    STRETCHING = "stretching", _("Stretching")


class Shift(models.Model):
    """One row is one stretch of work at a site, as the learner wrote it down; a claim until it is signed.

    Written by `services` alone: she edits it while it is a draft or returned, `version` rises with each change of what
    a supervisor would read. Once signed it never changes (the database refuses); the hours then stand in the ledger
    under `shift:<uuid>`. Holds nothing that names a client: `client_code` is random and ours.
    Personal data: `statement`, which goes with the record's words (`erased_at`).
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENT = "sent", _("Waits for a signature")
        SIGNED = "signed", _("Signed")
        RETURNED = "returned", _("Returned")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Entered(models.TextChoices):
        """How the times came to be."""

        HAND = "hand", _("Entered by hand")

    EDITABLE = frozenset({State.DRAFT, State.RETURNED})
    OVER = frozenset({State.SIGNED, State.REFUSED, State.WITHDRAWN})

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="shifts")
    supervisor = models.ForeignKey(Supervisor, on_delete=models.PROTECT, related_name="shifts")
    kind = models.CharField(max_length=14, choices=Kind)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    break_minutes = models.PositiveIntegerField(default=0)
    techniques = models.JSONField(default=list, blank=True)
    client_code = models.CharField(max_length=7, blank=True)
    statement = models.TextField(_("what you did and learned"), max_length=1000, blank=True)
    entered = models.CharField(max_length=6, choices=Entered, default=Entered.HAND)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1, validators=[MinValueValidator(1)])
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(name="shift_ends_after_it_starts", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="shift_kind_known", condition=Q(kind__in=list(rules.KINDS))),
            models.CheckConstraint(
                name="shift_state_known",
                condition=Q(state__in=["draft", "sent", "signed", "returned", "refused", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="shift_waits_since_it_was_sent", condition=~Q(state="sent") | Q(sent_at__isnull=False)
            ),
        ]
        indexes = [
            # What a supervisor is asked to sign, and what the desk sees waiting.
            models.Index(fields=["placement", "state"], name="shifts_by_state")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.starts_at:%Y-%m-%d %H:%M}, {self.state}"

    @property
    def minutes(self) -> int:
        """Minutes worked, breaks taken off."""
        return rules.minutes_of(self.starts_at, self.ends_at, self.break_minutes)

    @property
    def source_key(self) -> str:
        """The key of its posting in the ledger."""
        return f"shift:{self.uuid}"
