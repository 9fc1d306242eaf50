"""Puts mails into the outbox and delivers them: once, with retries that back off."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Now
from django.template.loader import render_to_string
from django.utils import timezone
from django_tasks import task

from .models import Message

log = logging.getLogger("palmar.notices")
LEASE = timedelta(minutes=2)  # longer than EMAIL_TIMEOUT, so that a live sender never loses its claim
MAX_ATTEMPTS = 12


def enqueue_mail(
    *, key: str, to: str, template: str, context: dict[str, Any], user: Any = None, secret: bool = False
) -> Message:
    """Put one mail into the outbox, rendered now from `notices/mail/<template>_subject.txt` and `_message.txt`.

    Idempotent by `key`: a second call changes nothing. Joins the caller's transaction; leaves after its commit.
    `secret` mails hold a code or link that opens something: their text is wiped once sent.
    """
    words = {"base_url": settings.BASE_URL, **context}
    subject = render_to_string(f"notices/mail/{template}_subject.txt", words)
    body = render_to_string(f"notices/mail/{template}_message.txt", words)
    return enqueue_rendered(key=key, to=to, subject=subject, body=body, user=user, secret=secret)


def enqueue_rendered(*, key: str, to: str, subject: str, body: str, user: Any = None, secret: bool = False) -> Message:
    """Put a mail whose words are ready into the outbox. Idempotent by `key`."""
    subject = " ".join(subject.split())[:250]
    try:
        with transaction.atomic():
            message = Message.objects.create(
                key=key, to=to, subject=subject, body=body.strip() + "\n", user=user, secret=secret
            )
    except IntegrityError:
        return Message.objects.get(key=key)
    transaction.on_commit(lambda: deliver_one.enqueue(message.pk))
    return message


@task()
def deliver_one(message_id: int) -> None:
    """Send one message now, if it is due and nobody else is sending it."""
    deliver_message(message_id=message_id, now=timezone.now())


def deliver_message(*, message_id: int, now: datetime) -> bool:
    """Send one message once; True when it has gone.

    The claim is one conditional UPDATE, so two workers never send the same row. A sender that dies between the mail
    server's yes and our note of it leaves a claim that lapses; the second mail then carries the same Message-ID, by
    which mail programs drop it.
    """
    open_to_claim = (
        Q(sent_at=None, failed_at=None) & Q(due_at__lte=now) & (Q(claimed_until=None) | Q(claimed_until__lt=now))
    )
    claimed = Message.objects.filter(open_to_claim, pk=message_id).update(
        claimed_until=now + LEASE, attempts=F("attempts") + 1
    )
    if not claimed:
        return False
    message = Message.objects.get(pk=message_id)
    mail = EmailMessage(
        subject=message.subject,
        body=message.body,
        to=[message.to],
        headers={"Message-ID": f"<{message.uuid}@{settings.BASE_URL.split('//')[-1].split(':')[0]}>"},
    )
    try:
        mail.send()
    except Exception as error:  # whatever the mail server or its library throws, the row must know of it
        log.warning("mail %s not sent (attempt %d): %s", message.uuid, message.attempts, error)
        given_up = message.attempts >= MAX_ATTEMPTS
        wait = timedelta(seconds=min(30 * 2**message.attempts, 6 * 3600))
        Message.objects.filter(pk=message_id).update(
            claimed_until=None,
            due_at=now + wait,
            failed_at=now if given_up else None,
            last_error=f"{type(error).__name__}: {error}"[:500],
        )
        return False
    Message.objects.filter(pk=message_id).update(
        claimed_until=None, sent_at=timezone.now(), last_error="", **({"body": ""} if message.secret else {})
    )
    return True


def deliver_due(*, now: datetime, limit: int = 200) -> int:
    """Send what is due; how many have gone. Safe to run twice at once."""
    due = Message.objects.filter(
        Q(claimed_until=None) | Q(claimed_until__lt=now), sent_at=None, failed_at=None, due_at__lte=now
    )
    ids = list(due.order_by("due_at").values_list("pk", flat=True)[:limit])
    return sum(deliver_message(message_id=pk, now=now) for pk in ids)


def keep_unsent(*, since: datetime) -> int:
    """Mark what was enqueued since then, and has not gone, as not to be sent; how many. For the demo's own mails."""
    return Message.objects.filter(created_at__gte=since, sent_at=None).update(
        sent_at=timezone.now(), last_error="kept unsent: demo"
    )


def forget_mails_naming(*, texts: Iterable[str]) -> int:
    """Wipe subject and words of every mail in which one of these texts stands, whoever got it; unsent ones never go."""
    return _naming(texts).update(subject="", body="", sent_at=Coalesce("sent_at", Now()), last_error="")


def count_mails_naming(*, texts: Iterable[str]) -> int:
    """In how many mails one of these texts stands. One query."""
    return _naming(texts).count()


def _naming(texts: Iterable[str]) -> QuerySet[Message]:
    found = Q(pk=None)
    for text in texts:
        if text:
            found |= Q(subject__icontains=text) | Q(body__icontains=text)
    return Message.objects.filter(found)


def forget_mails(*, user: Any) -> int:
    """Wipe address, subject and words of every mail to this person; unsent ones never go. How many."""
    return Message.objects.filter(Q(user=user) | Q(to__iexact=user.email)).update(
        to="erased@erased.invalid",
        subject="",
        body="",
        user=None,
        sent_at=Coalesce("sent_at", Now()),
        last_error="",
    )
