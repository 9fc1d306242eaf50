"""Links that ask for signatures, what they show, and what was decided."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from .placements import Placement
from .registers import Supervisor
from .shifts import Shift

LINK_LIFE = timedelta(days=28)


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
