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
PAPER_LIFE = timedelta(days=90)
"""How long a printed form may be handed in: it goes through hands and posts."""


class SignOffLink(models.Model):
    """One row asks one supervisor, by mail or on a printed form, to sign one learner's shifts of a period.

    The token stands only in its mail; here is its SHA-256 (a form's token stands nowhere). With `goes_at` it waits
    until then for what else is asked of her: `mailed_at` says when its mail was written, `mailed_as` which one, where
    several links share it, and `address_hash` keeps the mailbox. Such a mail, and each reminder, carries a token of its
    own (`LinkToken`); `told_at` says when the school was told that reminding does not help. Opening it changes nothing.
    It is spent when its last row is decided; `held_at` means that the school must verify the supervisor first and
    nothing was mailed; a link that was sent again is revoked and `replaces` leads back to it.
    """

    class Revoked(models.TextChoices):
        """Why a link is void."""

        REPLACED = "replaced", _("sent again")
        SCHOOL = "school", _("revoked by the school")
        DISOWNED = "disowned", _("the reader said it is not hers")

    class Channel(models.TextChoices):
        """How it reaches her."""

        MAIL = "mail", _("e-mail")
        PAPER = "paper", _("paper form")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    supervisor = models.ForeignKey(Supervisor, on_delete=models.PROTECT, related_name="links")
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="links")
    from_on = models.DateField()
    until_on = models.DateField()
    channel = models.CharField(max_length=5, choices=Channel, default=Channel.MAIL)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True, blank=True)
    goes_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    mailed_as = models.UUIDField(null=True, blank=True)
    address_hash = models.CharField(max_length=64, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_why = models.CharField(max_length=9, choices=Revoked, blank=True)
    spent_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")

    class Meta:
        constraints = [
            models.CheckConstraint(name="link_channel_known", condition=Q(channel__in=["mail", "paper"])),
            models.CheckConstraint(name="link_expires_after_it_is_made", condition=Q(expires_at__gt=F("created_at"))),
            models.CheckConstraint(
                name="link_revoked_says_why",
                condition=(Q(revoked_at=None) & Q(revoked_why="")) | (Q(revoked_at__isnull=False) & ~Q(revoked_why="")),
            ),
            models.CheckConstraint(
                name="link_mailed_says_where",
                condition=Q(mailed_at__isnull=False) | Q(mailed_as=None, address_hash=""),
            ),
            models.CheckConstraint(
                name="link_on_paper_is_not_mailed", condition=Q(channel="mail") | Q(goes_at=None, mailed_at=None)
            ),
        ]
        indexes = [
            # The desk's list of what waits.
            models.Index(fields=["created_at"], name="links_waiting", condition=Q(spent_at=None, revoked_at=None)),
            # What `send_collected` asks for at every tick.
            models.Index(fields=["goes_at"], name="links_to_go", condition=Q(mailed_at=None, goes_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def is_collected(self) -> bool:
        """Whether its mail has yet to be written, with all that waits for her then."""
        return self.goes_at is not None and self.mailed_at is None


class LinkToken(models.Model):
    """One row is another token of a link, carried by the reminder of that many `days` (0: by the mail in which it was
    asked with others); the older ones keep working.

    Append-only; it dies with its link. Only its SHA-256 is kept.
    """

    link = models.ForeignKey(SignOffLink, on_delete=models.PROTECT, related_name="tokens", db_index=False)
    token_hash = models.CharField(max_length=64, unique=True)
    days = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "days"], name="one_reminder_of_a_day")]

    def __str__(self) -> str:
        return f"{self.link_id} after {self.days} days"


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
    `second_factor` holds the last two digits of the number to which the code went with which she signed; empty: none was
    asked for. The minutes are those that the ledger took and left out. `propose` returns the shift with the times that she holds
    right, beside the learner's. `via` says how it came: by the mailed link, from her account, or on paper, then read by
    two people of the school (`scan`). `receipt` is the sitting. Personal data: name, licence, words, address and
    agent of the device; they go with the words of the record (`erased_at`), the decision stands.
    """

    class Decision(models.TextChoices):
        SIGN = "sign", _("Sign")
        RETURN = "return", _("Return")
        REFUSE = "refuse", _("Refuse")
        PROPOSE = "propose", _("Other times proposed")

    class Via(models.TextChoices):
        """How a decision came."""

        LINK = "link", _("by the link")
        ACCOUNT = "account", _("from her account")
        PAPER = "paper", _("on paper")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    row = models.ForeignKey(SignOffRow, on_delete=models.PROTECT, related_name="decisions")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="decisions")
    version = models.PositiveIntegerField()
    decision = models.CharField(max_length=7, choices=Decision)
    words = models.TextField(max_length=1000, blank=True)
    typed_name = models.CharField(max_length=200)
    statement = models.CharField(max_length=300, blank=True)
    licence = models.CharField(max_length=250)
    digest = models.CharField(max_length=64)
    posted_minutes = models.PositiveIntegerField(default=0)
    left_out_minutes = models.PositiveIntegerField(default=0)
    proposed_starts_at = models.DateTimeField(null=True, blank=True)
    proposed_ends_at = models.DateTimeField(null=True, blank=True)
    proposed_break_minutes = models.PositiveIntegerField(null=True, blank=True)
    via = models.CharField(max_length=7, choices=Via, default=Via.LINK)
    receipt = models.ForeignKey(
        "SigningReceipt", null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    scan = models.ForeignKey("PaperScan", null=True, blank=True, on_delete=models.PROTECT, related_name="decisions")
    second_factor = models.CharField(max_length=2, blank=True)
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
                )
                | Q(decision="propose", posted_minutes=0, left_out_minutes=0),
            ),
            models.CheckConstraint(
                name="signoff_proposes_whole_times",
                condition=Q(
                    decision="propose",
                    proposed_starts_at__isnull=False,
                    proposed_ends_at__gt=F("proposed_starts_at"),
                    proposed_break_minutes__isnull=False,
                )
                | (
                    ~Q(decision="propose")
                    & Q(proposed_starts_at=None, proposed_ends_at=None, proposed_break_minutes=None)
                ),
            ),
            models.CheckConstraint(
                name="signoff_on_paper_has_a_scan",
                condition=Q(via="paper", scan__isnull=False) | Q(via__in=["link", "account"], scan=None),
            ),
            models.CheckConstraint(
                name="signoff_second_factor_signs",
                condition=Q(second_factor="") | Q(decision="sign", via__in=["link", "account"]),
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
