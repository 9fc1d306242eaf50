"""How a school's documents look, version by version, and the files that they are drawn with."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User


class LookFile(models.Model):
    """One row is one picture for documents, as it was drawn anew: a PNG or a cleaned SVG. Never changed, never deleted:
    the frozen facts of certificates name it by its SHA-256.
    """

    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="look_files")
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "sha256"], name="one_look_file_of_its_bytes")]

    def __str__(self) -> str:
        return self.sha256[:12]


class DocumentLook(models.Model):
    """One row is one version of how a school's documents look: tried out first, in use once `adopted_at` is set.

    The newest adopted one holds for what is issued from then on. Written by `services.draft_look` and
    `services.adopt_look`; only `adopted_at` and `adopted_by` are filled in later, once.
    """

    class Paper(models.TextChoices):
        LETTER = "us-letter", _("US letter")
        A4 = "a4", _("A4")

    class Seal(models.TextChoices):
        NONE = "none", _("No seal")
        DRAWN = "drawn", _("Drawn from the school’s name")
        PICTURE = "picture", _("A picture of ours")

    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="document_looks")
    number = models.PositiveIntegerField()
    accent = models.CharField(max_length=7)
    ground = models.CharField(max_length=7)
    paper = models.CharField(max_length=9, choices=Paper, default=Paper.LETTER)
    logo = models.ForeignKey(LookFile, null=True, on_delete=models.PROTECT, related_name="+")
    seal = models.CharField(max_length=7, choices=Seal, default=Seal.NONE)
    seal_picture = models.ForeignKey(LookFile, null=True, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    adopted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    adopted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "number"], name="one_look_of_a_number"),
            models.CheckConstraint(name="look_paper_known", condition=Q(paper__in=["us-letter", "a4"])),
            models.CheckConstraint(
                name="look_seal_known",
                condition=Q(seal__in=["none", "drawn"], seal_picture__isnull=True)
                | Q(seal="picture", seal_picture__isnull=False),
            ),
            models.CheckConstraint(
                name="look_adopted_by_somebody",
                condition=Q(adopted_at__isnull=True, adopted_by__isnull=True)
                | Q(adopted_at__isnull=False, adopted_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id}, {self.number}"


class Hand(models.Model):
    """One row is a signer's own handwriting for a school's documents from then on; without a file, none any more.

    Written by the signer alone (`services.keep_hand`). Never changed; the newest row of a person counts.
    """

    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(LookFile, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["school", "user", "-id"], name="hands_of_a_signer")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.school_id}"
