"""Owns the outbox: everything that leaves the house stands here first. Knows nothing of what it carries."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    """One row is one mail to one address, or one text message to one number, sent once.

    Written by `services` in the transaction of what it tells of; changed only by delivery. `key` is the promise that
    the same event makes one message however often it is retried. `expires_at` is when it is of no use any more: from
    then on it does not go. Personal data: address or number, and text; the text of a `secret` message (it holds a code
    or a link that opens something) is wiped once it has gone, or once it never will: it ran out, was withdrawn, or could not
    be sent.
    """

    class Channel(models.TextChoices):
        """By which way it leaves."""

        MAIL = "mail", _("e-mail")
        TEXT = "text", _("text message")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(max_length=200, unique=True)
    channel = models.CharField(max_length=4, choices=Channel, default=Channel.MAIL)
    to = models.CharField(max_length=254)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    subject = models.CharField(max_length=250)
    body = models.TextField()
    secret = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="message_channel_known", condition=models.Q(channel__in=["mail", "text"])),
        ]
        indexes = [
            # What `deliver_due` asks for at every tick.
            models.Index(fields=["due_at"], name="messages_waiting", condition=models.Q(sent_at=None, failed_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.key} to {self.to}"
