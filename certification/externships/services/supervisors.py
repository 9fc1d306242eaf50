"""Changes supervisors where it touches what was mailed to them: their data, and the school's check of the license."""

from copy import copy
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User

from .. import rules
from ..models import SignOffLink, Supervisor
from ..selectors import loaded_links
from .links import alive, resend_links
from .registers import (
    clean_phone,
    must_be_as_seen,
    must_place,
    must_run_forward,
    one_line,
    refuse_known_address,
    refuse_learner,
)
from .second_factor import must_take_texts, note_changes

LICENCE_FIELDS = ("licence_number", "licence_state", "profession", "valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edit did: the supervisor as she stands now, whether the check was cleared, the links sent anew."""

    supervisor: Supervisor
    cleared: bool = False
    sent_again: tuple[SignOffLink, ...] = ()


@transaction.atomic
def edit_supervisor(
    *,
    supervisor: Supervisor,
    name: str,
    email: str,
    licence_number: str,
    licence_state: str,
    profession: str,
    valid_from: date | None,
    valid_to: date | None,
    by: User,
    phone: str | None = None,
    asks_code: bool | None = None,
    seen_version: int | None = None,
    now: datetime | None = None,
) -> Edited:
    """Change a supervisor's data; what she signed keeps the licence of that day.

    `phone` and `asks_code` None leave them as they are; another number or switch is noted, ends the codes that are out,
    and is told to her where a code was or is asked for. Another license, or the name of another person, clears the
    check: somebody must look again before anything is mailed to her. With another address, open links to the old one
    become void and go to the new one. Idempotent by content. Refuses outsiders, a change made meanwhile by somebody
    else (`seen_version`), an address that is on the list, a learner's or one's own, dates that run back, what is no
    phone number, and a code by text message that can reach nobody.
    """
    must_place(by, supervisor.school_id)
    now = now or timezone.now()
    supervisor = Supervisor.objects.select_for_update(no_key=True).get(pk=supervisor.pk)
    name, email = one_line(name), email.strip()
    wanted = {
        "name": name,
        "email": email,
        "licence_number": one_line(licence_number),
        "licence_state": licence_state,
        "profession": one_line(profession),
        "valid_from": valid_from,
        "valid_to": valid_to,
        # One that was kept before there was a form for it stays, so that the rest can be changed.
        "phone": supervisor.phone if phone is None or phone.strip() == supervisor.phone else clean_phone(phone),
        "asks_code": supervisor.asks_code if asks_code is None else asks_code,
    }
    changed = {field for field, value in wanted.items() if getattr(supervisor, field) != value}
    if not changed:
        return Edited(supervisor)
    must_be_as_seen(supervisor, seen_version)
    must_run_forward({"valid_to": (valid_from, valid_to)})
    moved = rules.canonical_address(email) != rules.canonical_address(supervisor.email)
    if "email" in changed:
        _check_address(supervisor, email, by)
    if wanted["asks_code"] and changed.intersection({"phone", "asks_code"}):
        must_take_texts(str(wanted["phone"]), was_asked=supervisor.asks_code)
    another = changed.intersection(LICENCE_FIELDS) or not rules.same_person(supervisor.name, name)
    cleared = bool(another) and supervisor.verified_at is not None
    before = copy(supervisor)
    for field, value in wanted.items():
        setattr(supervisor, field, value)
    if cleared:
        supervisor.verified_at = supervisor.verified_by = None
        supervisor.verified_source = ""
    supervisor.version += 1
    supervisor.full_clean()
    supervisor.save()
    # Links before codes, as where she signs.
    sent_again = _send_to_new_address(supervisor, by, now) if moved else ()
    note_changes(supervisor=supervisor, before=before, by=by, now=now)
    return Edited(supervisor, cleared, sent_again)


def _check_address(supervisor: Supervisor, email: str, by: User) -> None:
    known = Supervisor.objects.filter(school=supervisor.school_id, email__iexact=email).exclude(pk=supervisor.pk)
    if other := known.first():
        refuse_known_address(other)
    refuse_learner(supervisor.school_id, email, supervisor.user_id)
    if rules.canonical_address(email) == rules.canonical_address(by.email):
        raise ValidationError({"email": _("This is your own address. Ask a colleague to enter it.")})


def _send_to_new_address(supervisor: Supervisor, by: User, now: datetime) -> tuple[SignOffLink, ...]:
    """Void what opens from the old mailbox, and mail it to the new one; what has yet to go needs neither."""
    there = loaded_links().filter(
        supervisor=supervisor, mailed_at__isnull=False, revoked_at=None, spent_at=None, expires_at__gt=now
    )
    return tuple(resend_links(links=[link for link in there.order_by("pk") if alive(link)], by=by, now=now))


@transaction.atomic
def verify_supervisor(
    *,
    supervisor: Supervisor,
    by: User,
    source: str = "",
    seen_version: int | None = None,
    now: datetime | None = None,
) -> Supervisor:
    """Note that `by` checked the licence, by looking at `source`, and send what was held for it.

    Idempotent. Refuses outsiders, oneself, and data that changed since they were looked at (`seen_version`).
    """
    now = now or timezone.now()
    must_place(by, supervisor.school_id)
    supervisor = Supervisor.objects.select_for_update(no_key=True).get(pk=supervisor.pk)
    if supervisor.user_id == by.pk or rules.canonical_address(supervisor.email) == rules.canonical_address(by.email):
        raise ValidationError(_("Nobody verifies her own license. Ask a colleague."))
    if supervisor.verified_at is None:
        if seen_version is not None and seen_version != supervisor.version:
            raise ValidationError(
                _("Somebody changed this license after you opened the page. Look at it again, then confirm.")
            )
        supervisor.verified_at = now
        supervisor.verified_by = by
        supervisor.verified_source = one_line(source)[:200]
        supervisor.save(update_fields=["verified_at", "verified_by", "verified_source"])
    # What was held, and what its mail could not take along while her license was looked at anew.
    missed = Q(held_at__isnull=False) | Q(goes_at__lte=now, mailed_at=None)
    held = loaded_links().filter(missed, supervisor=supervisor, channel="mail", revoked_at=None, spent_at=None)
    resend_links(links=[link for link in held.order_by("pk") if alive(link)], by=by, now=now)
    return supervisor
