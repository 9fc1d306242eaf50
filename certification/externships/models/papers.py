"""Papers of the registers, and what was told before one of their dates ends."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from certification.records.models import Attached, private_storage

from .. import rules
from .registers import Site, Supervisor


class RegisterPaper(Attached):
    """One row is one paper of a site or of a supervisor: a private file with its SHA-256 and the days it speaks of.

    Written by the school's staff and read by them alone. Never written over: a newer one stands beside it; a wrong
    one is withdrawn, with the reason, and stays. The dates that hold for shifts are those of the register. Once its term
    is over (`rules.term_is_over`) the school may erase the file and its name, with a reason (`erased_why`); that it was
    there stays, with its SHA-256. An agreement stays: hours rest on it. Personal data: the file of a supervisor.
    """

    class Kind(models.TextChoices):
        AGREEMENT = "agreement", _("Agreement")
        INSURANCE = "insurance", _("Insurance")
        LICENCE = "licence", _("Copy of the license")
        CV = "cv", _("CV")
        OTHER = "other", _("Other paper")

    OF_SITE = (Kind.AGREEMENT, Kind.INSURANCE, Kind.OTHER)
    OF_SUPERVISOR = (Kind.LICENCE, Kind.CV, Kind.INSURANCE, Kind.OTHER)

    attachment = models.FileField(upload_to="register-papers", storage=private_storage)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT, related_name="papers")
    supervisor = models.ForeignKey(Supervisor, null=True, blank=True, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=9, choices=Kind)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.CharField(max_length=300, blank=True)
    erased_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    erased_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="paper_has_one_owner",
                condition=Q(site__isnull=False, supervisor=None, kind__in=["agreement", "insurance", "other"])
                | Q(site=None, supervisor__isnull=False, kind__in=["licence", "cv", "insurance", "other"]),
            ),
            models.CheckConstraint(
                name="paper_days_run_forward",
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="paper_has_a_file",
                condition=~Q(attachment_sha256="")
                & (Q(erased_at=None) & ~Q(attachment="") | Q(erased_at__isnull=False, attachment="")),
            ),
            models.CheckConstraint(
                name="paper_erased_with_a_reason",
                condition=Q(erased_at=None, erased_by=None, erased_why="")
                | (Q(erased_at__isnull=False, erased_by__isnull=False) & ~Q(erased_why="") & ~Q(kind="agreement")),
            ),
            models.CheckConstraint(
                name="paper_withdrawn_with_a_reason",
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_why="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_why="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.attachment_name}"

    @property
    def school_id(self) -> int:
        """Whose staff may read it. No query when site or supervisor is loaded."""
        owner = self.site or self.supervisor
        assert owner is not None
        return owner.school_id

    @property
    def window(self) -> rules.Window:
        """The days it speaks of."""
        return rules.Window(self.starts_on, self.ends_on)


class LapseNotice(models.Model):
    """One row says that a school was told, `step` days before, that something with dates ends. Append-only.

    `subject` is `site:<uuid>`, `supervisor:<uuid>` or, where the date stands on a paper alone, `paper:<uuid>`; then `what`
    is the kind of the paper. A date that was moved is told of anew.
    """

    class What(models.TextChoices):
        APPROVAL = "approval", _("Approval")
        AGREEMENT = "agreement", _("Agreement")
        INSURANCE = "insurance", _("Insurance")
        LICENCE = "licence", _("License")

    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=60)
    what = models.CharField(max_length=9, choices=What)
    ends_on = models.DateField()
    step = models.PositiveSmallIntegerField()
    told_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "subject", "what", "ends_on", "step"], name="one_notice_of_a_lapse_per_step"
            ),
            models.CheckConstraint(name="lapse_step_known", condition=Q(step=60) | Q(step=30) | Q(step=7) | Q(step=0)),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.what} {self.ends_on}, {self.step}"
