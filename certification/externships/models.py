"""Owns placements: sites and supervisors with their dates, shifts, the links that ask for a signature, and what was
decided. Hours are not kept here: a signed shift is posted to `records`.
"""

import uuid
from datetime import timedelta

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from certification.records.models import TrainingRecord

from . import rules

LINK_LIFE = timedelta(days=28)


class Site(models.Model):
    """One row is one school's approval of one place where its learners work, with the dates of the agreement.

    Written by the school's staff. An organisation that two schools use has two rows. Empty ends are open. `version`
    rises with each edit, so that of two people who edit at once the later one is told.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="approvals")
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sites")
    approved_on = models.DateField()
    approval_ends_on = models.DateField(null=True, blank=True)
    agreement_starts_on = models.DateField(null=True, blank=True)
    agreement_ends_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "school"], name="one_approval_of_a_site_per_school"),
            models.CheckConstraint(
                name="site_dates_run_forward",
                condition=(Q(approval_ends_on=None) | Q(approval_ends_on__gte=F("approved_on")))
                & (
                    Q(agreement_ends_on=None)
                    | Q(agreement_starts_on=None)
                    | Q(agreement_ends_on__gte=F("agreement_starts_on"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.organisation.name

    @property
    def zone(self) -> str:
        """The time zone of the clock on its wall."""
        return self.organisation.zone

    @property
    def approval(self) -> rules.Window:
        """The days of the school's approval."""
        return rules.Window(self.approved_on, self.approval_ends_on)

    @property
    def agreement(self) -> rules.Window:
        """The days of the agreement."""
        return rules.Window(self.agreement_starts_on, self.agreement_ends_on)


class Supervisor(models.Model):
    """One row is a licensed person who may sign for a school's learners. Personal data: name, address, licence.

    Written by the school's staff. `verified_at` says when somebody of the school checked the licence; until then
    nothing is sent to her. She needs no account; `user` is there for who has one. `version` rises with each edit.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="supervisors")
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail address"), max_length=254)
    licence_number = models.CharField(_("license number"), max_length=60)
    licence_state = models.CharField(_("state"), max_length=2, validators=[RegexValidator(r"^[A-Z]{2}$")])
    profession = models.CharField(_("profession"), max_length=80)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="supervisor_of")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint("school", Lower("email"), name="one_supervisor_per_address"),
            models.CheckConstraint(
                name="supervisor_licence_runs_forward",
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def licence(self) -> rules.Window:
        """The days on which her licence is valid."""
        return rules.Window(self.valid_from, self.valid_to)

    @property
    def licence_line(self) -> str:
        """Her licence in one line, as a signature keeps it."""
        return rules.licence_line(self.profession, self.licence_state, self.licence_number, self.licence)


class SiteAssignment(models.Model):
    """One row says that a supervisor works at a site from one local day to another (empty: still)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    supervisor = models.ForeignKey(Supervisor, on_delete=models.PROTECT, related_name="assignments")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="assignments")
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supervisor", "site", "from_on"], name="one_assignment_per_start"),
            models.CheckConstraint(
                name="assignment_runs_forward", condition=Q(until_on=None) | Q(until_on__gte=F("from_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supervisor_id} at {self.site_id} from {self.from_on}"

    @property
    def window(self) -> rules.Window:
        """Its days."""
        return rules.Window(self.from_on, self.until_on)


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


class SignOffLink(models.Model):
    """One row is one mail that asks one supervisor to sign one learner's shifts of a period.

    The token stands only in that mail; here is its SHA-256. Opening it changes nothing. It is spent when its last row
    is decided; `held_at` means that the school must verify the supervisor first and nothing was mailed; a link that
    was sent again is revoked and `replaces` leads back to it.
    """

    class Revoked(models.TextChoices):
        """Why a link is void."""

        REPLACED = "replaced", _("sent again")
        SCHOOL = "school", _("revoked by the school")
        DISOWNED = "disowned", _("the reader said it is not hers")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    supervisor = models.ForeignKey(Supervisor, on_delete=models.PROTECT, related_name="links")
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="links")
    from_on = models.DateField()
    until_on = models.DateField()
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_why = models.CharField(max_length=9, choices=Revoked, blank=True)
    spent_at = models.DateTimeField(null=True, blank=True)
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")

    class Meta:
        constraints = [
            models.CheckConstraint(name="link_expires_after_it_is_made", condition=Q(expires_at__gt=F("created_at"))),
            models.CheckConstraint(
                name="link_revoked_says_why",
                condition=(Q(revoked_at=None) & Q(revoked_why="")) | (Q(revoked_at__isnull=False) & ~Q(revoked_why="")),
            ),
        ]
        indexes = [
            # The desk's list of what waits.
            models.Index(fields=["created_at"], name="links_waiting", condition=Q(spent_at=None, revoked_at=None))
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class SignOffRow(models.Model):
    """One row is one shift as one link shows it: the very bytes (`shown`, canonical JSON) and their digest.

    Written when the link is made, never changed. `shown` names the learner and goes with her record's words; the digest
    stays, and says nothing of the name: the bytes are salted.
    """

    link = models.ForeignKey(SignOffLink, on_delete=models.PROTECT, related_name="rows")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="rows")
    version = models.PositiveIntegerField()
    shown = models.TextField()
    digest = models.CharField(max_length=64)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "shift"], name="one_row_per_shift_and_link")]

    def __str__(self) -> str:
        return f"{self.shift_id} v{self.version}"


class SignOff(models.Model):
    """One row is what a supervisor decided about one version of one shift. Append-only; a version has one.

    `digest` is that of the row she was shown; `statement` and `licence` are what she confirmed, word for word. The
    minutes are those that the ledger took and left out. Personal data: name, licence, words, address and
    agent of the device; they go with the words of the record (`erased_at`), the decision stands.
    """

    class Decision(models.TextChoices):
        SIGN = "sign", _("Sign")
        RETURN = "return", _("Return")
        REFUSE = "refuse", _("Refuse")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    row = models.ForeignKey(SignOffRow, on_delete=models.PROTECT, related_name="decisions")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="decisions")
    version = models.PositiveIntegerField()
    decision = models.CharField(max_length=6, choices=Decision)
    words = models.TextField(max_length=1000, blank=True)
    typed_name = models.CharField(max_length=200)
    statement = models.CharField(max_length=300, blank=True)
    licence = models.CharField(max_length=250)
    digest = models.CharField(max_length=64)
    posted_minutes = models.PositiveIntegerField(default=0)
    left_out_minutes = models.PositiveIntegerField(default=0)
    decided_at = models.DateTimeField()
    ip = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=300, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shift", "version"], name="one_decision_per_version_of_a_shift"),
            models.CheckConstraint(
                name="signoff_decision_is_complete",
                condition=(Q(decision="sign") & ~Q(statement=""))
                | (
                    Q(decision__in=["return", "refuse"])
                    & (~Q(words="") | Q(erased_at__isnull=False))
                    & Q(posted_minutes=0, left_out_minutes=0)
                ),
            ),
            models.CheckConstraint(
                name="signoff_is_by_a_name", condition=~Q(typed_name="") | Q(erased_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision} {self.shift_id} v{self.version}"

    @property
    def signer(self) -> str:
        """The name she typed, or in its place that it was erased."""
        return self.typed_name or str(_("name erased"))
