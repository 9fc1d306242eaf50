"""Where shifts were written, so far as it can be compared and no further."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from .shifts import Shift

ORIGIN_LIFE = timedelta(days=60)
"""Two lives of a link: so long a signature may be compared with the device on which its shift was written."""


class ShiftOrigin(models.Model):
    """One row says that a shift was written on some device: a keyed hash of address and browser, never they themselves.

    Compared with those of signatures and wiped after ORIGIN_LIFE; it says nothing by itself.
    """

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="origins", db_index=False)
    origin_hash = models.CharField(max_length=64)
    noted_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shift", "origin_hash"], name="one_row_per_shift_and_origin")]

    def __str__(self) -> str:
        return str(self.shift_id)
