"""Reminds supervisors of links in which shifts still wait, then tells the school; each once."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from notices.selectors import mails_waiting
from notices.services import enqueue_mail

from .. import rules
from ..models import LinkToken, Shift, SignOffLink, SignOffRow
from ..selectors import link_state, loaded_links, mail_key, staff_to_ask, token_hash
from .links import alive, mail_context
from .placements import locked


@dataclass(frozen=True, slots=True)
class _Chain:
    """What a link and those that it was sent in place of have said so far."""

    first: SignOffLink
    """The first that was mailed: one that was held told her nothing."""
    reminded: frozenset[int]
    told: bool

    def due(self, link: SignOffLink, now: datetime) -> tuple[int | None, bool]:
        """Which reminder of its newest link is due, and whether the school is to be told."""
        again_at = link.created_at if link.pk != self.first.pk else None
        return (
            rules.reminder_due(self.first.created_at, now, self.reminded, again_at),
            not self.told and now - self.first.created_at >= rules.TELL_AFTER,
        )


def _chains(links: Sequence[SignOffLink]) -> dict[int, _Chain]:
    """The chain of each link. Two queries: all links of their placements, and the reminders of the chains."""
    kin = {kept.pk: kept for kept in SignOffLink.objects.filter(placement__in={link.placement_id for link in links})}
    replaces = {kept.pk: kept.replaces_id for kept in kin.values() if kept.replaces_id is not None}
    chains = {link.pk: rules.chain_of(link.pk, replaces) for link in links}
    reminded: dict[int, set[int]] = {}
    tokens = LinkToken.objects.filter(link__in={pk for chain in chains.values() for pk in chain})
    for pk, days in tokens.values_list("link", "days"):
        reminded.setdefault(pk, set()).add(days)
    return {
        key: _Chain(
            next((kin[pk] for pk in reversed(chain) if kin[pk].held_at is None), kin[key]),
            frozenset(days for pk in chain for days in reminded.get(pk, ())),
            any(kin[pk].told_at for pk in chain),
        )
        for key, chain in chains.items()
    }


def remind(*, now: datetime | None = None) -> int:
    """Send what is due of reminders (3, 7 and 14 days) and, after 17, tell the school; how many links.

    A link that was sent again carries on: days run from the first mail of its chain, what was said before is not said
    anew. Each once: the database holds one token for each reminder of a link, the outbox one mail for each of a chain,
    and when the school was told. Safe at any time and twice at once. Four queries, and those of each link for which
    something is due.
    """
    now = now or timezone.now()
    waits = SignOffRow.objects.filter(link=OuterRef("pk"), shift__state=Shift.State.SENT, version=F("shift__version"))
    open_links = SignOffLink.objects.filter(
        Exists(waits),
        Q(created_at__lte=now - rules.FIRST_REMINDER) | Q(replaces__isnull=False),
        channel=SignOffLink.Channel.MAIL,
        expires_at__gt=now,
        held_at=None,
        revoked_at=None,
        spent_at=None,
        supervisor__verified_at__isnull=False,
    )
    waiting = list(open_links.order_by("pk"))
    chains = _chains(waiting)
    due = [link for link in waiting if any(chains[link.pk].due(link, now))]
    still_out = mails_waiting([mail_key(link) for link in due])
    return sum(_remind(link.pk, now) for link in due if mail_key(link) not in still_out)


@transaction.atomic
def _remind(pk: int, now: datetime) -> bool:
    found = loaded_links().get(pk=pk)
    placement = locked(found.placement)
    link = loaded_links().select_for_update(of=("self",)).get(pk=pk)
    shifts = alive(link)
    chain = _chains([link])[pk]
    days, tell = chain.due(link, now)
    if not shifts or link_state(link, now) != "open" or not (days or tell):
        return False
    context = mail_context(link, placement, link.supervisor)
    context |= {"count": len(shifts), "minutes": sum(shift.minutes for shift in shifts)}
    if days:
        token = secrets.token_urlsafe(32)
        LinkToken.objects.create(link=link, token_hash=token_hash(token), days=days, made_at=now)
        enqueue_mail(
            key=f"signoff-reminder:{chain.first.uuid}:{days}",
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
                key=f"signoff-unanswered:{chain.first.uuid}:{person.uuid}",
                to=person.email,
                user=person,
                template="externships_unanswered",
                context={**context, "person": person, "days_waiting": (now - chain.first.created_at).days},
            )
    return True
