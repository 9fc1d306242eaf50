"""Asks for signatures: one link for each sending, mailed at once or with others; sends again, holds back, voids."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from notices.services import enqueue_mail

from .. import rules
from ..models import LINK_LIFE, LinkToken, Placement, Shift, SignOffLink, SignOffRow, Supervisor
from ..selectors import (
    link_by_token,
    link_state,
    links_to_go,
    loaded_links,
    mail_key,
    name_of_learner,
    rhythm_of,
    rows_of,
    shown_for,
    staff_to_ask,
    still_as_shown,
    token_hash,
)
from ..selectors.competencies import address_hash
from .placements import lock_learners, locked
from .registers import must_place
from .shifts import check_claim, must_be_amendable, must_be_complete

SENDINGS_A_DAY = 6


@transaction.atomic
def send_shifts(
    *, placement: Placement, supervisor: Supervisor | None = None, by: User | None = None, now: datetime | None = None
) -> list[SignOffLink]:
    """Ask for signatures of all drafts of a placement (of one supervisor, if named): one link for each.

    Its mail goes at once, or where the school asks in a rhythm, with all else that waits for her then
    (`asking.send_collected`). Atomic. Idempotent: what is sent is no draft any more, so sending again makes nothing.
    With an unverified supervisor the link is held, nothing is mailed to her and the school is asked. Drafts that lack
    something (`Shift.lacks`) stay drafts. Refuses who may not sign, a draft that no longer fits its dates, only drafts
    that lack something, an amendment of what cannot be amended any more, more than SENDINGS_A_DAY sendings to one
    supervisor in a day.
    """
    now = now or timezone.now()
    placement = locked(placement)
    drafts = placement.shifts.select_for_update(of=("self",)).filter(state=Shift.State.DRAFT)
    if supervisor is not None:
        drafts = drafts.filter(supervisor=supervisor)
    by_supervisor: dict[int, list[Shift]] = {}
    rows = drafts.select_related("supervisor", "clock", "amends").prefetch_related("amends__decisions")
    for shift in rows.order_by("starts_at", "pk"):
        shift.placement = placement
        if shift.amends is not None:
            shift.amends.placement = placement
        by_supervisor.setdefault(shift.supervisor_id, []).append(shift)
    school = placement.record.school
    goes_at = rules.goes_out_at(now, rhythm_of(school), school.zone) if by_supervisor else None
    links = []
    for drafts_of in by_supervisor.values():
        # What is not complete stays a draft; where nothing is, that is said.
        shifts = [shift for shift in drafts_of if not shift.lacks] or drafts_of
        reader = shifts[0].supervisor
        _check_quota(reader, placement, now)
        for shift in shifts:
            try:
                must_be_complete(shift)
                if shift.amends is not None:
                    must_be_amendable(shift.amends, by=shift)
                claim = rules.Claim(shift.kind, shift.starts_at, shift.ends_at, shift.break_minutes)
                check_claim(shift, reader, claim, now)
            except ValidationError as error:
                raise ValidationError(error.messages) from error
            shift.state = Shift.State.SENT
            shift.sent_at = now
            shift.save(update_fields=["state", "sent_at"])
        links.append(make_link(placement, reader, shifts, by=by, now=now, goes_at=goes_at))
    return links


def _check_quota(supervisor: Supervisor, placement: Placement, now: datetime) -> None:
    lately = SignOffLink.objects.filter(
        supervisor=supervisor,
        placement=placement,
        channel=SignOffLink.Channel.MAIL,
        replaces=None,
        created_at__gt=now - timedelta(days=1),
    )
    if lately.count() >= SENDINGS_A_DAY:
        raise ValidationError(
            _("You have asked %(name)s %(count)s times since yesterday. Collect the rest and send it tomorrow.")
            % {"name": supervisor.name, "count": SENDINGS_A_DAY}
        )


def make_link(
    placement: Placement,
    supervisor: Supervisor,
    shifts: Sequence[Shift],
    *,
    by: User | None,
    now: datetime,
    replaces: SignOffLink | None = None,
    goes_at: datetime | None = None,
) -> SignOffLink:
    """Make a link over sent shifts and mail it; hold it while the supervisor is not verified.

    With `goes_at` nothing is mailed here, and the token stands nowhere: `mail_together` makes one when it goes.
    """
    token = secrets.token_urlsafe(32)
    zone = placement.site.zone
    days = [day for shift in shifts for day in rules.days_touched(shift.starts_at, shift.ends_at, zone)]
    held = supervisor.verified_at is None
    link = SignOffLink.objects.create(
        supervisor=supervisor,
        placement=placement,
        from_on=min(days),
        until_on=max(days),
        token_hash=token_hash(token),
        created_at=now,
        created_by=by,
        expires_at=max(now, goes_at or now) + LINK_LIFE,
        held_at=now if held else None,
        goes_at=None if held else goes_at,
        mailed_at=None if held or goes_at else now,
        address_hash="" if held or goes_at else address_hash(supervisor),
        replaces=replaces,
    )
    write_rows(link, shifts)
    context = mail_context(link, placement, supervisor) | _counted(shifts)
    if held:
        for person in staff_to_ask(placement.record.school_id):
            enqueue_mail(
                key=f"signoff-held:{link.uuid}:{person.uuid}",
                to=person.email,
                user=person,
                template="externships_held",
                context={**context, "person": person},
            )
    elif goes_at is None:
        enqueue_mail(
            key=mail_key(link),
            to=supervisor.email,
            user=supervisor.user,
            template="externships_link",
            context={**context, "token": token},
            secret=True,
        )
    return link


def _counted(shifts: Sequence[Shift]) -> dict[str, int]:
    return {"count": len(shifts), "minutes": sum(shift.minutes for shift in shifts)}


def mail_together(supervisor: Supervisor, links: Sequence[SignOffLink], now: datetime) -> list[SignOffLink]:
    """Ask one supervisor for all of these links by one mail, each with a token made now; those that were mailed so.

    Inside a transaction, under the locks of their learners. Leaves out what is mailed already, cannot be, or in which
    nothing waits any more.
    """
    fresh = loaded_links().filter(pk__in=links_to_go(now).filter(pk__in=[link.pk for link in links]).values("pk"))
    in_order = fresh.select_for_update(of=("self",)).order_by("placement__record__learner", "from_on", "pk")
    found = [(link, shifts) for link in in_order if (shifts := alive(link))]
    if not found:
        return []
    together = uuid4() if len(found) > 1 else None
    lines: list[dict[str, Any]] = []
    for link, shifts in found:
        link.mailed_at, link.mailed_as, link.address_hash = now, together, address_hash(supervisor)
        link.save(update_fields=["mailed_at", "mailed_as", "address_hash"])
        token = secrets.token_urlsafe(32)
        LinkToken.objects.create(link=link, token_hash=token_hash(token), days=0, made_at=now)
        lines.append({**mail_context(link, link.placement, supervisor), **_counted(shifts), "token": token})
    first = found[0][0]
    enqueue_mail(
        key=mail_key(first),
        to=supervisor.email,
        user=supervisor.user,
        template="externships_requests" if together else "externships_link",
        context={**lines[0], **of_all(lines)} if together else lines[0],
        secret=True,
    )
    return [link for link, _shifts in found]


def of_all(lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the head of a mail over several links says of them all; `lines` are the contexts of each."""
    return {
        "lines": lines,
        "learners": len({line["link"].placement.record.learner_id for line in lines}),
        "count": sum(line.get("count", 0) for line in lines),
        "expires_on": min(line["expires_on"] for line in lines),
    }


def write_rows(link: SignOffLink, shifts: Sequence[Shift]) -> None:
    """Keep the very bytes of what a link shows of each shift, and their digest."""
    rows = []
    for shift in shifts:
        shift.placement = link.placement
        shift.supervisor = link.supervisor
        shown = shown_for(shift)
        rows.append(
            SignOffRow(link=link, shift=shift, version=shift.version, shown=shown, digest=rules.digest_of(shown))
        )
    SignOffRow.objects.bulk_create(rows)


def mail_context(link: SignOffLink, placement: Placement, supervisor: Supervisor) -> dict[str, Any]:
    """What every mail about a link may say."""
    return {
        "link": link,
        "supervisor": supervisor,
        "learner": name_of_learner(placement.record),
        "school": placement.record.school.name,
        "site": str(placement.site),
        "from_on": link.from_on,
        "until_on": link.until_on,
        "expires_on": link.expires_at.astimezone(ZoneInfo(placement.site.zone)).date(),
    }


def alive(link: SignOffLink) -> list[Shift]:
    """The shifts of a link that still wait as it shows them."""
    return [row.shift for row in rows_of(link) if still_as_shown(row)]


@transaction.atomic
def revoke_link(
    *, link: SignOffLink, by: User, why: str = SignOffLink.Revoked.SCHOOL, now: datetime | None = None
) -> SignOffLink:
    """Make a link void; its shifts go on waiting. Idempotent. Refuses outsiders."""
    now = now or timezone.now()
    must_place(by, link.placement.record.school_id)
    return void(link, why, now)


def void(link: SignOffLink, why: str, now: datetime) -> SignOffLink:
    """Mark a link as opening nothing. Idempotent; inside a transaction."""
    locked(link.placement)
    link = loaded_links().select_for_update(of=("self",)).get(pk=link.pk)
    if link.revoked_at is None:
        link.revoked_at = now
        link.revoked_why = why
        link.save(update_fields=["revoked_at", "revoked_why"])
    return link


@transaction.atomic
def resend_link(*, link: SignOffLink, by: User, now: datetime | None = None) -> SignOffLink:
    """Void a link and mail a new one over what still waits in it. Idempotent: the same link has one successor.

    One that waits to be mailed with others is mailed now, and stays. Refuses outsiders, and a link in which nothing
    waits.
    """
    return resend_links(links=[link], by=by, now=now)[0]


@transaction.atomic
def resend_links(*, links: Sequence[SignOffLink], by: User, now: datetime | None = None) -> list[SignOffLink]:
    """Send several links again (`resend_link`), by one mail to each supervisor; what became of each, in their order."""
    now = now or timezone.now()
    for link in links:
        must_place(by, link.placement.record.school_id)
    # Supervisors before learners, as where an address is edited: no link goes to one that has just been corrected.
    of_links = Supervisor.objects.filter(pk__in={link.supervisor_id for link in links})
    list(of_links.select_for_update(of=("self",), no_key=True).order_by("pk"))
    lock_learners([link.placement for link in links])
    fresh = [_sent_again(link, by, now) for link in links]
    by_supervisor: dict[int, list[SignOffLink]] = {}
    for link in fresh:
        if link.is_collected:
            by_supervisor.setdefault(link.supervisor_id, []).append(link)
    mailed: dict[int, SignOffLink] = {}
    for pk, of_one in sorted(by_supervisor.items()):
        supervisor = Supervisor.objects.select_related("user").get(pk=pk)
        mailed |= {link.pk: link for link in mail_together(supervisor, of_one, now)}
    return [mailed.get(link.pk, link) for link in fresh]


def _sent_again(link: SignOffLink, by: User, now: datetime) -> SignOffLink:
    """The link itself where it has yet to go (or went while this waited), else its successor; neither is mailed here."""
    if link.is_collected:
        now_there = loaded_links().get(pk=link.pk)
        if now_there.mailed_at is not None and now_there.revoked_at is None:
            return now_there
    waits = links_to_go(now).filter(pk=link.pk).first()
    return waits or _replace(link, by, now, goes_at=now)


def _replace(link: SignOffLink, by: User | None, now: datetime, goes_at: datetime | None = None) -> SignOffLink:
    placement = locked(link.placement)
    link = loaded_links().select_for_update(of=("self",)).get(pk=link.pk)
    if link.channel != SignOffLink.Channel.MAIL:
        raise ValidationError(_("A form is printed anew, not mailed again."))
    after = SignOffLink.objects.filter(replaces=link).first()
    if after:
        return after
    shifts = alive(link)
    if not shifts:
        raise ValidationError(_("Nothing waits in this link any more."))
    void(link, SignOffLink.Revoked.REPLACED, now)
    supervisor = Supervisor.objects.get(pk=link.supervisor_id)
    return make_link(placement, supervisor, shifts, by=by, now=now, replaces=link, goes_at=goes_at)


def renewed(link: SignOffLink, now: datetime) -> SignOffLink:
    """The link itself, or one in its place where it ran out before anything could mail it; neither is mailed here.

    Inside a transaction, under the locks of its supervisor and learner.
    """
    if now < link.expires_at:
        return link
    try:
        return _replace(link, None, now, goes_at=now)
    except ValidationError:
        return link


@transaction.atomic
def renew_link(*, token: str, now: datetime | None = None) -> SignOffLink | None:
    """Mail a new link in place of an expired one, as its reader asks, to the address on file; None where nothing waits.

    Idempotent: a link has one successor, which lives four weeks, so asking again in that time mails nothing. Does
    nothing for unknown, revoked and spent links, and for those that still work.
    """
    now = now or timezone.now()
    link = link_by_token(token) if 0 < len(token) <= 128 else None
    if link is None or link_state(link, now) != "expired" or link.spent_at is not None:
        return None
    try:
        return _replace(link, None, now)
    except ValidationError:
        return None
