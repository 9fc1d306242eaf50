"""Reminds supervisors of what still waits for them, shifts and evaluations alike, then tells the school; each once."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, Q, QuerySet
from django.utils import timezone

from notices.selectors import mails_waiting
from notices.services import enqueue_mail

from .. import rules
from ..models import EvaluationLink, EvaluationToken, LinkToken, SignOffLink, Supervisor
from ..selectors import link_state, loaded_links, mail_key, staff_to_ask, token_hash, waiting_rows
from ..selectors.competencies import evaluation_state, loaded_evaluations, shown_by
from .evaluations import cannot_answer, evaluation_context, evaluation_key
from .links import alive, mail_context, of_all
from .placements import lock_learners

Link = SignOffLink | EvaluationLink
Key = tuple[type[Link], int]


@dataclass(frozen=True, slots=True)
class _Chain:
    """What a link and those that it was sent in place of, to the same mailbox, have said so far."""

    first_uuid: str
    first_at: datetime
    """When the first of them was mailed: one that was held told her nothing."""
    again_at: datetime | None
    """When the newest was, where that is another one."""
    expires_at: datetime
    """When the newest runs out: then nobody is reminded of it, and the school is told."""
    reminded: frozenset[int]
    reminded_at: datetime | None
    """When the newest reminder was written."""
    told: bool

    def due(self, now: datetime, at: datetime | None = None) -> int | None:
        """Which reminder of its newest link is due now, or by `at`."""
        if now >= self.expires_at:
            return None
        return rules.reminder_due(self.first_at, at or now, self.reminded, self.again_at, self.reminded_at)

    def tells(self, now: datetime) -> bool:
        """Whether the school is to be told."""
        if self.told:
            return False
        ran_out = now >= self.expires_at
        return ran_out or rules.school_due(self.first_at, now, self.reminded, self.again_at, self.reminded_at)


def _chains(links: Sequence[Link]) -> dict[Key, _Chain]:
    """The chain of each link. Two queries for each of the two kinds: the links of their placements, and the reminders."""
    return {
        **_chains_of(SignOffLink, LinkToken.objects.all(), [link for link in links if isinstance(link, SignOffLink)]),
        **_chains_of(
            EvaluationLink, EvaluationToken.objects.all(), [link for link in links if isinstance(link, EvaluationLink)]
        ),
    }


def _chains_of(model: type[Link], tokens: QuerySet[Any], links: Sequence[Link]) -> dict[Key, _Chain]:
    if not links:
        return {}
    kin: dict[int, Link] = {
        kept.pk: kept for kept in model.objects.filter(placement__in={link.placement_id for link in links})
    }
    replaces = {kept.pk: kept.replaces_id for kept in kin.values() if kept.replaces_id is not None}
    boxes = {kept.pk: kept.address_hash for kept in kin.values()}
    chains = {link.pk: rules.chain_of(link.pk, replaces, boxes) for link in links}
    reminded: dict[int, dict[int, datetime]] = {}
    of_chains = tokens.filter(link__in={pk for chain in chains.values() for pk in chain}, days__gt=0)
    for pk, days, made_at in of_chains.values_list("link", "days", "made_at"):
        reminded.setdefault(pk, {})[days] = made_at
    found = {}
    for key, chain in chains.items():
        first = next((kin[pk] for pk in reversed(chain) if kin[pk].mailed_at is not None), kin[key])
        newest_at = kin[key].mailed_at or kin[key].created_at
        of_chain = [of_one for pk in chain if (of_one := reminded.get(pk))]
        found[model, key] = _Chain(
            str(first.uuid),
            first.mailed_at or first.created_at,
            newest_at if first.pk != key else None,
            kin[key].expires_at,
            frozenset(days for of_one in of_chain for days in of_one),
            max((made_at for of_one in of_chain for made_at in of_one.values()), default=None),
            any(kin[pk].told_at for pk in chain),
        )
    return found


def _key(link: Link) -> Key:
    return type(link), link.pk


def _waiting(now: datetime, until: datetime, **of: Any) -> list[Link]:
    """Mailed links in which something waits, old enough to be brought to mind by `until`; those that ran out while nothing
    ran are still told of. Two queries.
    """
    old_enough = until - rules.FIRST_REMINDER
    links = loaded_links().filter(
        Exists(waiting_rows()),
        Q(mailed_at__lte=old_enough) | Q(replaces__isnull=False, mailed_at__isnull=False),
        channel=SignOffLink.Channel.MAIL,
        expires_at__gt=now - rules.TELL_UNTIL,
        held_at=None,
        revoked_at=None,
        spent_at=None,
        supervisor__verified_at__isnull=False,
        placement__record__school__closing=None,
        placement__record__sealed_at=None,
        **of,
    )
    evaluations = loaded_evaluations().filter(
        Q(created_at__lte=old_enough) | Q(replaces__isnull=False),
        answer=None,
        expires_at__gt=now - rules.TELL_UNTIL,
        revoked_at=None,
        erased_at=None,
        supervisor__verified_at__isnull=False,
        placement__record__school__closing=None,
        placement__record__sealed_at=None,
        **of,
    )
    # Of one to an address that she has no more nothing is said: it opens nothing.
    living = [link for link in evaluations.order_by("pk") if evaluation_state(link, now) in ("open", "expired")]
    return [*links.order_by("pk"), *living]


def _mail_key(link: Link) -> str:
    return mail_key(link) if isinstance(link, SignOffLink) else evaluation_key(link)


def remind(*, now: datetime | None = None) -> int:
    """Send what is due of reminders (3, 7 and 14 days) and, after 17, tell the school; how many links.

    After a pause the steps follow each other with time between them (rules.FAIR_TIME); of what ran out meanwhile the
    school is told.

    One mail to a supervisor for all that is due on a day by the school's clock: as soon as one is, the others of that
    day go with it. A link that was sent again carries on: days run from the first mail of its chain, what was said
    before is not said anew. Sent to another mailbox it begins a chain of its own, to the end. Each once: the database
    holds one token for each reminder of a link, the outbox one mail for each of a chain, and when the school was told.
    Safe at any time and twice at once. Two queries, at most five more for the chains and mails, and those of each
    supervisor for whom something is due.
    """
    now = now or timezone.now()
    waiting = _waiting(now, now)
    chains = _chains(waiting)
    due = [link for link in waiting if chains[_key(link)].due(now) or chains[_key(link)].tells(now)]
    if not due:
        return 0
    still_out = mails_waiting([_mail_key(link) for link in due])
    supervisors = {link.supervisor_id for link in due if _mail_key(link) not in still_out}
    return sum(_remind(pk, now) for pk in sorted(supervisors))


@dataclass(slots=True)
class _Round:
    """What is said of one supervisor's links in one go."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    """Of each that she is reminded of, what the mail says of it."""
    links: set[Key] = field(default_factory=set)


@transaction.atomic
def _remind(supervisor_pk: int, now: datetime) -> int:
    # Supervisor before learners, as where her address is edited.
    supervisor = (
        Supervisor.objects.select_related("school", "user")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=supervisor_pk)
    )
    tonight = rules.end_of_day(now, supervisor.school.zone)
    waiting = _waiting(now, tonight, supervisor=supervisor)
    lock_learners([link.placement for link in waiting])
    waiting = _waiting(now, tonight, supervisor=supervisor)
    chains, still_out = _chains(waiting), mails_waiting([_mail_key(link) for link in waiting])
    said = _Round()
    # Where none is due yet, all wait for the first one of the day.
    due_now = any(chains[_key(link)].due(now) for link in waiting if _mail_key(link) not in still_out)
    for link in waiting:
        chain = chains[_key(link)]
        context = None if _mail_key(link) in still_out else _context(link, now)
        if context is None:
            continue
        if days := chain.due(now, tonight) if due_now else None:
            said.lines.append(
                {**context, "days": days, "token": _token(link, days, now), "first_uuid": chain.first_uuid}
            )
            said.links.add(_key(link))
        if chain.tells(now):
            _tell(link, chain, context, now)
            said.links.add(_key(link))
    if said.lines:
        _mail(supervisor, said.lines)
    return len(said.links)


def _context(link: Link, now: datetime) -> dict[str, Any] | None:
    """What a mail says of a link; None where nothing is asked of her any more."""
    if isinstance(link, EvaluationLink):
        if cannot_answer(link.supervisor, link.placement, link.purpose, now):
            return None
        return {**evaluation_context(link, link.placement), "items": len(shown_by(link).items), "evaluates": True}
    shifts = alive(link)
    if not shifts or link_state(link, now) not in ("open", "expired"):
        return None
    counted = {"count": len(shifts), "minutes": sum(shift.minutes for shift in shifts)}
    return {**mail_context(link, link.placement, link.supervisor), **counted, "evaluates": False}


def _token(link: Link, days: int, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    kept = {"token_hash": token_hash(token), "days": days, "made_at": now}
    if isinstance(link, SignOffLink):
        LinkToken.objects.create(link=link, **kept)
    else:
        EvaluationToken.objects.create(link=link, **kept)
    return token


def _mail(supervisor: Supervisor, lines: Sequence[Mapping[str, Any]]) -> None:
    first = lines[0]
    last = any(line["days"] == rules.REMINDER_DAYS[-1] for line in lines)
    if len(lines) > 1:
        template = "externships_reminders"
    else:
        template = "externships_evaluation_reminder" if first["evaluates"] else "externships_reminder"
    kind = "evaluation" if first["evaluates"] else "signoff"
    enqueue_mail(
        key=f"{kind}-reminder:{first['first_uuid']}:{first['days']}",
        to=supervisor.email,
        user=supervisor.user,
        template=template,
        context={**first, **(of_all(lines) if len(lines) > 1 else {}), "last": last},
        secret=True,
    )


def _tell(link: Link, chain: _Chain, context: Mapping[str, Any], now: datetime) -> None:
    link.told_at = now
    link.save(update_fields=["told_at"])
    evaluates = isinstance(link, EvaluationLink)
    for person in staff_to_ask(link.placement.record.school_id):
        enqueue_mail(
            key=f"{'evaluation' if evaluates else 'signoff'}-unanswered:{chain.first_uuid}:{person.uuid}",
            to=person.email,
            user=person,
            template="externships_evaluation_unanswered" if evaluates else "externships_unanswered",
            context={
                **context,
                "person": person,
                "days_waiting": (now - chain.first_at).days,
                "reminded": bool(chain.reminded),
                "ran_out": now >= link.expires_at,
            },
        )
