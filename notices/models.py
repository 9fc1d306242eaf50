"""Owns the outbox: everything that leaves the house stands here first. Knows nothing of what it carries."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class Message(models.Model):
    """One row is one mail to one address, sent once.

    Written by `services` in the transaction of what it tells of; changed only by delivery. `key` is the promise that
    the same event makes one mail however often it is retried. Personal data: address and text; the text of a
    `secret` message (it holds a code or a link that opens something) is wiped once it has gone.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(max_length=200, unique=True)
    to = models.EmailField(max_length=254)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    subject = models.CharField(max_length=250)
    body = models.TextField()
    secret = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            # What `deliver_due` asks for at every tick.
            models.Index(fields=["due_at"], name="messages_waiting", condition=models.Q(sent_at=None, failed_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.key} to {self.to}"
