"""Transcripts that a school hands over itself, because the graduate asked: to whom, how, and when it went."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from .consents import Consent


class Way(models.TextChoices):
    """How a transcript or a list goes to who gets it."""

    PORTAL = "portal", _("Upload on their website")
    POST = "post", _("By post")
    HAND = "hand", _("By hand")
    MAIL = "mail", _("By e-mail")


class HandOver(models.Model):
    """One row is a graduate's wish that her school sends her sealed transcript to somebody itself.

    Written by `services.ask_hand_over` with its consent, which says for whom, what for and until when, and is signed.
    `due_on` is the last day, at the school, on which it is in time. Where it is to go and how never changes; `told` says
    what was told last (due, late: the school; ended: the graduate), and `declined_*` is filled in once, never after a
    delivery. The words go with hers.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, related_name="hand_over")
    way = models.CharField(max_length=8, choices=Way, help_text="As she wishes it.")
    address = models.CharField(max_length=300, blank=True, help_text="Where it goes: e-mail, street or website.")
    due_on = models.DateField()
    told = models.CharField(max_length=8, blank=True, help_text="The last step that was told.")
    declined_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    declined_words = models.CharField(max_length=600, blank=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="hand_over_way_known", condition=Q(way__in=Way.values)),
            models.CheckConstraint(name="hand_over_step_known", condition=Q(told__in=["", "due", "late", "ended"])),
            models.CheckConstraint(
                name="hand_over_declined_by_somebody",
                condition=Q(declined_at=None, declined_by=None, declined_words="")
                | Q(declined_at__isnull=False, declined_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class Delivery(models.Model):
    """One row says that a sealed transcript went: how, on which day, under what number, and which bytes.

    Written by `services.hand_over`, with a look in the graduate's log; never changed, but that `reference` goes with her
    words. A transcript that was lost on the way is sent again, as a row of its own.
    """

    uuid = models.UUIDField(unique=True, editable=False)
    hand_over = models.ForeignKey(HandOver, on_delete=models.PROTECT, related_name="deliveries")
    way = models.CharField(max_length=8, choices=Way)
    sent_on = models.DateField(help_text="At the school.")
    reference = models.CharField(
        max_length=200, blank=True, help_text="A number of the post or the portal, who took it."
    )
    sha256 = models.CharField(max_length=64, help_text="Of the transcript as it was handed over.")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(name="delivery_way_known", condition=Q(way__in=Way.values))]

    def __str__(self) -> str:
        return f"{self.way} of {self.hand_over_id}"
