"""Puts mails and text messages into the outbox and delivers them: once, with retries that back off."""

import logging
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import Case, CharField, F, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Coalesce, Now
from django.template.loader import render_to_string
from django.utils import timezone
from django_tasks import task

from .models import Message
from .texting import send_text

log = logging.getLogger("palmar.notices")
# Longer than EMAIL_TIMEOUT and than the timeouts of a gateway, so that a live sender never loses its claim.
LEASE = timedelta(minutes=2)
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
    return _put(Message(key=key, to=to, subject=subject, body=body.strip() + "\n", user=user, secret=secret))


def enqueue_text(
    *,
    key: str,
    to: str,
    template: str,
    context: dict[str, Any],
    user: Any = None,
    secret: bool = False,
    expires_at: datetime | None = None,
) -> Message:
    """Put one text message to a number in E.164 into the outbox, rendered now from `notices/text/<template>.txt`.

    As `enqueue_mail`. From `expires_at` on it does not go any more. Without a gateway it waits like any other.
    """
    body = render_to_string(f"notices/text/{template}.txt", {"base_url": settings.BASE_URL, **context})
    message = Message(key=key, channel=Message.Channel.TEXT, to=to, body=" ".join(body.split()), user=user)
    message.secret, message.expires_at = secret, expires_at
    return _put(message)


def _put(message: Message) -> Message:
    try:
        with transaction.atomic():
            message.save(force_insert=True)
    except IntegrityError:
        return Message.objects.get(key=message.key)
    transaction.on_commit(lambda: deliver_one.enqueue(message.pk))
    return message


@task()
def deliver_one(message_id: int) -> None:
    """Send one message now, if it is due and nobody else is sending it."""
    deliver_message(message_id=message_id, now=timezone.now())


def deliver_message(*, message_id: int, now: datetime) -> bool:
    """Send one message once; True when it has gone.

    The claim is one conditional UPDATE, so two workers never send the same row. A sender that dies between the
    server's yes and our note of it leaves a claim that lapses; the second mail then carries the same Message-ID, by
    which mail programs drop it. A text message has no such name and would come twice, word for word.
    """
    open_to_claim = _waiting(now) & Q(due_at__lte=now) & (Q(claimed_until=None) | Q(claimed_until__lt=now))
    claimed = Message.objects.filter(open_to_claim, pk=message_id).update(
        claimed_until=now + LEASE, attempts=F("attempts") + 1
    )
    if not claimed:
        return False
    message = Message.objects.get(pk=message_id)
    try:
        _SENDERS[message.channel](message)
    except Exception as error:  # whatever the server or its library throws, the row must know of it
        log.warning("%s %s not sent (attempt %d): %s", message.channel, message.uuid, message.attempts, error)
        due_at = now + timedelta(seconds=min(30 * 2**message.attempts, 6 * 3600))
        ran_out = message.expires_at is not None and message.expires_at <= due_at
        # It may have been withdrawn while it was being sent: then it stays given up.
        still = Message.objects.filter(pk=message_id, sent_at=None, failed_at=None)
        said = {"claimed_until": None, "due_at": due_at, "last_error": f"{type(error).__name__}: {error}"[:500]}
        still.update(**said)
        if ran_out or message.attempts >= MAX_ATTEMPTS:
            _give_up(still, now)
        return False
    Message.objects.filter(pk=message_id).update(
        claimed_until=None, sent_at=timezone.now(), last_error="", **({"body": ""} if message.secret else {})
    )
    return True


def _send_mail(message: Message) -> None:
    EmailMessage(
        subject=message.subject,
        body=message.body,
        to=[message.to],
        headers={"Message-ID": f"<{message.uuid}@{settings.BASE_URL.split('//')[-1].split(':')[0]}>"},
    ).send()


def _send_text(message: Message) -> None:
    send_text(to=message.to, body=message.body)


_SENDERS: dict[str, Callable[[Message], None]] = {Message.Channel.MAIL: _send_mail, Message.Channel.TEXT: _send_text}


def _waiting(now: datetime) -> Q:
    return Q(sent_at=None, failed_at=None) & (Q(expires_at=None) | Q(expires_at__gt=now))


def deliver_due(*, now: datetime, limit: int = 200) -> int:
    """Send what is due, and give up what ran out; how many have gone. Safe to run twice at once."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    _give_up(Message.objects.filter(free, sent_at=None, failed_at=None, expires_at__lte=now), now, "ran out")
    due = Message.objects.filter(free & _waiting(now), due_at__lte=now)
    ids = list(due.order_by("due_at").values_list("pk", flat=True)[:limit])
    return sum(deliver_message(message_id=pk, now=now) for pk in ids)


def withdraw_messages(*, keys: Collection[str], now: datetime) -> int:
    """Give up messages of these keys that have not gone; how many. One that is being sent this moment may still go."""
    return _give_up(Message.objects.filter(key__in=keys, sent_at=None, failed_at=None), now)


def _give_up(messages: QuerySet[Message], now: datetime, why: str = "") -> int:
    wiped = Case(When(secret=True, then=Value("")), default="body", output_field=TextField())
    # What went wrong before is kept: it is why the message is still here.
    reason = Case(When(last_error="", then=Value(why)), default="last_error", output_field=CharField())
    return messages.update(failed_at=now, claimed_until=None, body=wiped, last_error=reason)


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
