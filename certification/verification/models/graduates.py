"""Lists of graduates that a school sends to a board which may ask for them."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Organisation, User
from certification.certificates.models import Certificate

from .handovers import Way


class GraduateList(models.Model):
    """One row is one list of graduates as it was made: for which board, by what law, of which days, and its fingerprint.

    Written by `services.make_graduate_list`. The file is drawn from the frozen facts of its lines whenever it is asked
    for, so no second copy of names is kept; `sha256` says that it is the same file. `hidden` graduates were left out,
    since they hide their codes. `sent_*` or `dropped_*` is filled in once, never both.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="graduate_lists")
    number = models.PositiveIntegerField(help_text="1, 2, 3 … within the school.")
    receiver = models.CharField(max_length=200, help_text="The board.")
    ground = models.CharField(max_length=300, help_text="By what law the board may have it.")
    from_on = models.DateField(help_text="The first day of issue that it covers, at the school.")
    to_on = models.DateField(help_text="The last.")
    hidden = models.PositiveIntegerField(default=0, help_text="How many were left out because they hide their codes.")
    sha256 = models.CharField(max_length=64)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    sent_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True)
    way = models.CharField(max_length=8, choices=Way, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    dropped_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "number"], name="one_graduate_list_of_a_number"),
            models.CheckConstraint(name="graduate_list_says_by_what_law", condition=~Q(receiver="") & ~Q(ground="")),
            models.CheckConstraint(name="graduate_list_of_days", condition=Q(from_on__lte=F("to_on"))),
            models.CheckConstraint(
                name="graduate_list_sent_or_dropped", condition=Q(sent_at=None) | Q(dropped_at=None)
            ),
            models.CheckConstraint(
                name="graduate_list_sent_by_somebody",
                condition=Q(sent_at=None, sent_by=None, way="")
                | Q(sent_at__isnull=False, sent_by__isnull=False, way__in=Way.values),
            ),
            models.CheckConstraint(
                name="graduate_list_dropped_by_somebody",
                condition=Q(dropped_at=None, dropped_by=None) | Q(dropped_at__isnull=False, dropped_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} no. {self.number}"


class GraduateLine(models.Model):
    """One row is one graduate in a list, by her certificate. Never changed; she sees it in her log."""

    list = models.ForeignKey(GraduateList, on_delete=models.PROTECT, related_name="lines")
    line = models.PositiveIntegerField(help_text="1 is the first below the header.")
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="graduate_lines")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "line"], name="one_graduate_of_a_line"),
            models.UniqueConstraint(fields=["list", "certificate"], name="a_graduate_stands_once_in_a_list"),
        ]

    def __str__(self) -> str:
        return f"line {self.line} of {self.list_id}"
