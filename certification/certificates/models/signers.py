"""The school's dated register of those who sign its certificates."""

import uuid
from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Organisation, User

from .. import rules


class Signer(models.Model):
    """One row says that a person signs for a school from a day until a day, with the name and title that are printed.

    Both days belong to it, in the local days of the record that is signed for. Only `until_on` with `ended_by` and
    `ended_at` is filled in later, once, and never before a day on which she signed; another name, title or time is a
    new row. `entered_by` is empty for rows that were taken over from the roles of the time before the register.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="signers")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="signer_entries")
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=100)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    entered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "user"], condition=Q(until_on__isnull=True), name="one_open_signer_entry"
            ),
            models.CheckConstraint(
                name="signer_ends_after_it_began",
                condition=Q(until_on__isnull=True) | Q(until_on__gte=models.F("from_on")),
            ),
            models.CheckConstraint(
                name="signer_ended_by_somebody",
                condition=Q(until_on__isnull=True, ended_by__isnull=True, ended_at__isnull=True)
                | Q(until_on__isnull=False, ended_by__isnull=False, ended_at__isnull=False),
            ),
            models.CheckConstraint(name="signer_is_named", condition=~Q(name="") & ~Q(title="")),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.title}"

    def stands_on(self, day: date) -> bool:
        """Whether she may sign on this day."""
        return rules.stands(self, day)
