"""Receipts: what was decided in one sitting, under a code by which anyone who has it reads it again."""

from django.db import models
from django.utils import timezone

from certification.codes import CODE_LENGTH

from .signing import SignOffLink


class SigningReceipt(models.Model):
    """One row is one sitting: all that one answer decided about the rows of one link. Append-only.

    `code` has 80 random bits and stands in the mails and on the page; who has it reads when and what was decided, and
    never whose hours they are.
    """

    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    link = models.ForeignKey(SignOffLink, on_delete=models.PROTECT, related_name="receipts")
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.code
