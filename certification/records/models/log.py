"""A school's one append-only log: its head, the tree over its leaves, its signed checkpoints and who keeps copies."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation


class HourLog(models.Model):
    """One row is a school's one append-only log: every entry of the school is a leaf of it (RFC 9162).

    `origin` is its name in checkpoints and never changes. `size` is the number of leaves, raised in the transaction
    that posts them; the row is the lock that gives out positions. `peaks` are the hashes (hex, largest first) of the
    complete subtrees that make up the tree of that size: from them the next leaf and the root are computed.
    """

    school = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="hour_log")
    origin = models.CharField(max_length=200, unique=True)
    size = models.PositiveBigIntegerField(default=0)
    peaks = models.JSONField(default=list)
    grown_at = models.DateTimeField(null=True, help_text="When it last grew; `recorded_at` never runs backwards.")

    def __str__(self) -> str:
        return self.origin


class LogNode(models.Model):
    """One row is the hash of one complete subtree of a log, above its leaves; written when it became complete.

    `level` 1 covers two leaves, 2 four; `index` counts subtrees of that level from 0. Never changed: proofs read it.
    """

    log = models.ForeignKey(HourLog, on_delete=models.PROTECT, related_name="nodes")
    level = models.PositiveSmallIntegerField()
    index = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["log", "level", "index"], name="one_hash_per_subtree"),
            models.CheckConstraint(name="leaves_are_no_nodes", condition=Q(level__gt=0)),
        ]


class Checkpoint(models.Model):
    """One row is the signed head of a log at one size, as it was published. Never changed, never deleted.

    `note` is a C2SP signed note (origin, size, root in base64) and goes out word for word: whoever keeps one can show
    later that a line before it was rewritten. `root` repeats the note's root in hex.
    """

    class Reason(models.TextChoices):
        DAILY = "daily", _("Daily")
        GRADUATION = "graduation", _("A certificate was issued")
        ASKED = "asked", _("A registrar asked")

    log = models.ForeignKey(HourLog, on_delete=models.PROTECT, related_name="checkpoints")
    size = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    note = models.TextField()
    reason = models.CharField(max_length=12, choices=Reason)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-size"]
        constraints = [
            models.UniqueConstraint(fields=["log", "size"], name="one_checkpoint_per_size"),
            models.CheckConstraint(name="checkpoint_covers_something", condition=Q(size__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.log_id} at {self.size}"


class Witness(models.Model):
    """One row is somebody outside the house who gets a school's checkpoints by mail, so that a copy lies elsewhere.

    Ended, not deleted: who was told until when belongs to the proof.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    log = models.ForeignKey(HourLog, on_delete=models.PROTECT, related_name="witnesses")
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail address"))
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["log", "email"], condition=Q(until=None), name="one_witness_per_address")
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"
