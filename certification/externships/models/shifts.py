"""Shifts, as learners write them down."""

import uuid

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import rules
from .clocks import Clock
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


class Region(models.TextChoices):
    """Where on the body she worked, or where it hurt."""

    NECK = "neck", _("Neck")
    SHOULDER = "shoulder", _("Shoulder")
    UPPER_BACK = "upper_back", _("Upper back")
    LOWER_BACK = "lower_back", _("Lower back")
    CHEST = "chest", _("Chest")
    ARM_ELBOW = "arm_elbow", _("Arm and elbow")
    FOREARM_HAND = "forearm_hand", _("Forearm, wrist and hand")
    HIP_PELVIS = "hip_pelvis", _("Hip and pelvis")
    THIGH_KNEE = "thigh_knee", _("Thigh and knee")
    LOWER_LEG_FOOT = "lower_leg_foot", _("Lower leg, ankle and foot")
    FACE_JAW = "face_jaw", _("Face and jaw")
    ABDOMEN = "abdomen", _("Abdomen")
    WHOLE_BODY = "whole_body", _("Whole body")


class Complaint(models.TextChoices):
    """What brought the client, in one of few words; never a diagnosis."""

    PAIN = "pain", _("Pain")
    RESTRICTED_MOTION = "restricted_motion", _("Restricted motion")
    SWELLING = "swelling", _("Swelling")
    HEADACHE = "headache", _("Headache")
    STRESS_TENSION = "stress_tension", _("Stress or tension")
    SCAR = "scar", _("Scar")
    SPORTS = "sports", _("Sports")
    MAINTENANCE = "maintenance", _("Maintenance")
    OTHER = "other", _("Something else")


class Screen(models.TextChoices):
    """What asking for contraindications came to."""

    CLEAR = "clear", _("Asked: nothing found")
    ADAPTED = "adapted", _("Something found, treatment adapted")
    NOT_TREATED = "not_treated", _("Referred, or not treated")
    NOT_DONE = "not_done", _("Not asked")


class Shift(models.Model):
    """One row is one stretch of work at a site, as the learner wrote it down; a claim until it is signed.

    Written by `services` alone: she edits it while it is a draft or returned, `version` rises with each change of what
    a supervisor would read. Once signed it never changes (the database refuses); the hours then stand in the ledger
    under `shift:<uuid>`. Holds nothing that names a client: `client_code` is random and ours.
    `measures` is what `rules.read_measures` keeps. `clocked_*` are what a clock measured, whatever she says since;
    `clocked_to` is empty where nobody stopped the clock. `amends` is the signed shift whose place this one takes once
    it is signed too; `amend_reason` says why.
    Personal data: `statement`, `reflection` (for learner and school, not for the supervisor) and `amend_reason`, which
    go with the record's words (`erased_at`).
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
        CLOCK = "clock", _("Clocked in and out")
        CHANGED = "changed", _("Clocked, times changed by hand")

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
    regions = models.JSONField(default=list, blank=True)
    complaint = models.CharField(max_length=17, choices=Complaint, blank=True)
    screen = models.CharField(max_length=11, choices=Screen, blank=True)
    measures = models.JSONField(default=list, blank=True)
    reflection = models.TextField(_("reflection"), max_length=2000, blank=True)
    entered = models.CharField(max_length=7, choices=Entered, default=Entered.HAND)
    clock = models.ForeignKey(Clock, null=True, blank=True, on_delete=models.PROTECT, related_name="shifts")
    clocked_from = models.DateTimeField(null=True, blank=True)
    clocked_to = models.DateTimeField(null=True, blank=True)
    clocked_break = models.PositiveIntegerField(null=True, blank=True)
    amends = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="amendments")
    amend_reason = models.TextField(_("why it is amended"), max_length=500, blank=True)
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
            models.CheckConstraint(name="shift_complaint_known", condition=Q(complaint__in=["", *rules.COMPLAINTS])),
            models.CheckConstraint(name="shift_screen_known", condition=Q(screen__in=["", *rules.SCREENS])),
            models.CheckConstraint(
                name="shift_clocked_is_whole",
                condition=Q(entered="hand", clock=None, clocked_from=None, clocked_to=None, clocked_break=None)
                | Q(
                    entered__in=["clock", "changed"],
                    clock__isnull=False,
                    clocked_from__isnull=False,
                    clocked_break__isnull=False,
                ),
            ),
            # "By the clock" means to the second; what was changed says so.
            models.CheckConstraint(
                name="shift_by_the_clock_is_as_clocked",
                condition=~Q(entered="clock")
                | Q(
                    clocked_to__isnull=False,
                    starts_at=F("clocked_from"),
                    break_minutes=F("clocked_break"),
                    ends_at=F("clocked_to"),
                )
                | Q(clocked_to=None, state__in=["draft", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="shift_amends_says_why",
                condition=(Q(amends=None) & Q(amend_reason=""))
                | Q(amends__isnull=False) & (~Q(amend_reason="") | Q(erased_at__isnull=False)),
            ),
            models.UniqueConstraint(
                fields=["amends"], name="one_amendment_at_a_time", condition=~Q(state__in=["refused", "withdrawn"])
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
    def clocked_minutes(self) -> int | None:
        """Minutes that the clock measured, pauses taken off; None without a clock, or where nobody stopped it."""
        if self.clocked_from is None or self.clocked_to is None:
            return None
        return rules.minutes_of(self.clocked_from, self.clocked_to, self.clocked_break or 0)

    @property
    def needs_end(self) -> bool:
        """Whether its clock was never stopped and she has not said yet when it ended."""
        return self.entered == self.Entered.CLOCK and self.clocked_to is None

    @property
    def lacks(self) -> str:
        """What a draft must still say before it can be sent: "end", "screen" or "client"; empty where nothing lacks."""
        if self.needs_end:
            return "end"
        if self.kind == Kind.CLIENT_SESSION:
            return "" if self.screen and self.client_code else "client" if self.screen else "screen"
        return ""

    @property
    def source_key(self) -> str:
        """The key of its posting in the ledger."""
        return f"shift:{self.uuid}"
