"""Reads the outbox; changes nothing."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from .models import Message


def mails_made(keys: Iterable[str]) -> frozenset[str]:
    """Which of these keys have a mail, sent or not. One query, none for no keys."""
    asked = list(keys)
    return frozenset(Message.objects.filter(key__in=asked).values_list("key", flat=True) if asked else ())


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that has not gone: how often it was tried, and whether it was given up."""

    attempts: int
    given_up: bool


def mails_waiting(keys: Collection[str]) -> dict[str, Waiting]:
    """Which mails and text messages of these keys have not gone. One query."""
    rows = Message.objects.filter(key__in=keys, sent_at=None).values_list("key", "attempts", "failed_at")
    return {key: Waiting(attempts, failed_at is not None) for key, attempts, failed_at in rows}
