"""Codes that are texted to a supervisor when she signs, and what the school changed of that."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from .competencies import EvaluationLink
from .registers import Supervisor
from .signing import SignOffLink


class SigningCode(models.Model):
    """One row is one code of six digits, texted to the number on file for one link; it signs once.

    The code stands only in that text: `code_hash` is keyed, and made of the link and the number too, so that it opens
    no other link and ends with the number. `number_hash` (keyed) counts what went to one number. A link has one open
    code; it ends by signing (`spent_at`), by a newer one or another number (`cancelled_at`), after five wrong `tries`,
    or when it expires. Never deleted. Personal data: the last two digits.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    link = models.ForeignKey(SignOffLink, null=True, blank=True, on_delete=models.PROTECT, related_name="codes")
    evaluation = models.ForeignKey(
        EvaluationLink, null=True, blank=True, on_delete=models.PROTECT, related_name="codes"
    )
    number_hash = models.CharField(max_length=64)
    ends_with = models.CharField(max_length=2)
    code_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    spent_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["link"], condition=Q(spent_at=None, cancelled_at=None), name="one_open_code_of_a_link"
            ),
            models.UniqueConstraint(
                fields=["evaluation"],
                condition=Q(spent_at=None, cancelled_at=None),
                name="one_open_code_of_an_evaluation",
            ),
            models.CheckConstraint(
                name="code_is_of_one_link",
                condition=Q(link__isnull=False, evaluation=None) | Q(link=None, evaluation__isnull=False),
            ),
            models.CheckConstraint(name="code_expires_later", condition=Q(expires_at__gt=F("made_at"))),
            models.CheckConstraint(name="code_is_tried_five_times", condition=Q(tries__lte=5)),
            models.CheckConstraint(
                name="code_signs_while_it_works",
                condition=Q(spent_at=None)
                | Q(cancelled_at=None, tries__lt=5, spent_at__gte=F("made_at"), spent_at__lt=F("expires_at")),
            ),
        ]
        indexes = [models.Index(fields=["number_hash", "made_at"], name="codes_to_a_number")]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def message_key(self) -> str:
        """The key of its text in the outbox."""
        return f"signing-code:{self.uuid}"


class SecondFactorStep(models.Model):
    """One row is one change of a supervisor's number, or of whether she is asked for a code, and who made it.

    Append-only. `ends_with` are the last two digits of the number from then on; empty: there is none.
    """

    class What(models.TextChoices):
        """What changed."""

        NUMBER = "number", _("Number changed")
        ON = "on", _("Code asked for")
        OFF = "off", _("Code not asked for any more")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    supervisor = models.ForeignKey(Supervisor, on_delete=models.PROTECT, related_name="second_factor_steps")
    what = models.CharField(max_length=6, choices=What)
    ends_with = models.CharField(max_length=2, blank=True)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(name="second_factor_step_known", condition=Q(what__in=["number", "on", "off"]))
        ]

    def __str__(self) -> str:
        return f"{self.what} of {self.supervisor_id}"
