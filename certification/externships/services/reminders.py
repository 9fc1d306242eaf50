"""Reminds supervisors of links in which shifts still wait, then tells the school; each once."""

import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from notices.selectors import mails_waiting
from notices.services import enqueue_mail

from .. import rules
from ..models import LinkToken, Shift, SignOffLink, SignOffRow
from ..selectors import link_state, loaded_links, mail_key, staff_to_ask, token_hash
from .links import alive, mail_context
from .placements import locked


def remind(*, now: datetime | None = None) -> int:
    """Send what is due of reminders (3, 7 and 14 days) and, after 17, tell the school; how many links.

    Each once: the database holds one token for each reminder of a link, and when the school was told. Safe at any time
    and twice at once. Three queries, and those of each link for which something is due.
    """
    now = now or timezone.now()
    waits = SignOffRow.objects.filter(link=OuterRef("pk"), shift__state=Shift.State.SENT, version=F("shift__version"))
    oldest = now - rules.FIRST_REMINDER
    open_links = SignOffLink.objects.filter(
        Exists(waits),
        channel=SignOffLink.Channel.MAIL,
        created_at__lte=oldest,
        expires_at__gt=now,
        held_at=None,
        revoked_at=None,
        spent_at=None,
        supervisor__verified_at__isnull=False,
    )
    due = [link for link in open_links.prefetch_related("tokens").order_by("pk") if any(_due(link, now))]
    still_out = mails_waiting([mail_key(link) for link in due])
    return sum(_remind(link.pk, now) for link in due if mail_key(link) not in still_out)


def _due(link: SignOffLink, now: datetime) -> tuple[int | None, bool]:
    """Which reminder of a link is due, and whether the school is to be told."""
    reminded = [token.days for token in link.tokens.all()]
    return (
        rules.reminder_due(link.created_at, now, reminded),
        link.told_at is None and now - link.created_at >= rules.TELL_AFTER,
    )


@transaction.atomic
def _remind(pk: int, now: datetime) -> bool:
    found = loaded_links().get(pk=pk)
    placement = locked(found.placement)
    link = loaded_links().select_for_update(of=("self",)).get(pk=pk)
    shifts = alive(link)
    days, tell = _due(link, now)
    if not shifts or link_state(link, now) != "open" or not (days or tell):
        return False
    context = mail_context(link, placement, link.supervisor)
    context |= {"count": len(shifts), "minutes": sum(shift.minutes for shift in shifts)}
    if days:
        token = secrets.token_urlsafe(32)
        LinkToken.objects.create(link=link, token_hash=token_hash(token), days=days, made_at=now)
        enqueue_mail(
            key=f"signoff-reminder:{link.uuid}:{days}",
            to=link.supervisor.email,
            user=link.supervisor.user,
            template="externships_reminder",
            context={**context, "token": token, "last": days == rules.REMINDER_DAYS[-1]},
            secret=True,
        )
    if tell:
        link.told_at = now
        link.save(update_fields=["told_at"])
        for person in staff_to_ask(placement.record.school_id):
            enqueue_mail(
                key=f"signoff-unanswered:{link.uuid}:{person.uuid}",
                to=person.email,
                user=person,
                template="externships_unanswered",
                context={**context, "person": person, "days_waiting": (now - link.created_at).days},
            )
    return True
