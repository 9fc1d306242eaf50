"""Makes, rotates and revokes the keys of organisations."""

import secrets
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.selectors import has_role

from .. import rules
from ..models import ApiKey
from ..rules import KEY_ROLES
from ..selectors import keys_of, open_stop

LONGEST_DAYS = 366
OVERLAP = timedelta(days=7)
"""For how long a key that was replaced still works."""
MOST_WORKING = 20
PREFIX = "palmar_"
"""By which people and scanners of code know what it is."""


@transaction.atomic
def make_key(
    *,
    organisation: Organisation,
    by: User,
    label: str,
    expires_on: date,
    may_check: bool = True,
    may_transcript: bool = False,
    source_key: str,
) -> tuple[ApiKey, str]:
    """A new key, and its secret: 256 random bits, told this once. Atomic.

    Idempotent by `source_key` (per organisation): a second call gives the same key without its secret, which nobody
    knows any more. Refuses (ValidationError, by field) who has no role there, a missing label, no scope, a day that is
    over or more than a year ahead, and more than `MOST_WORKING` keys that work.
    """
    _require_role(organisation, by)
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    made_before = ApiKey.objects.filter(organisation=organisation, source_key=source_key).first()
    if made_before is not None:
        return made_before, ""
    if open_stop(organisation):
        raise ValidationError(_("This organisation was stopped, so it makes no keys."), code="stopped")
    label, today = " ".join(label.split())[:80], timezone.now().date()
    if not label:
        raise ValidationError({"label": _("Give the key a name by which you will know it, such as the program's.")})
    if not (may_check or may_transcript):
        raise ValidationError({"scopes": _("Choose what the key may do.")})
    if not today <= expires_on <= today + timedelta(days=LONGEST_DAYS):
        raise ValidationError({"expires_on": _("Choose a day from today to a year ahead.")})
    _require_few(organisation)
    return _make(
        organisation=organisation,
        made_by=by,
        label=label,
        expires_on=expires_on,
        may_check=may_check,
        may_transcript=may_transcript,
        source_key=source_key,
    )


@transaction.atomic
def rotate_key(*, key: ApiKey, by: User) -> tuple[ApiKey, str]:
    """A new key in the place of one that works, with its label, scopes and length of life; and its secret. Atomic.

    The old one works for `OVERLAP` more, so that no program stands still. Refuses one that was replaced already, or does
    not work any more, and any of an organisation that was stopped.
    """
    _require_role(key.organisation, by)
    now = timezone.now()
    key = ApiKey.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=key.pk)
    if open_stop(key.organisation):
        raise ValidationError(_("This organisation was stopped, so it makes no keys."), code="stopped")
    if key.state(now) != "open":
        raise ValidationError(_("This key was replaced already, or works no more. Make a new one."), code="not_open")
    life = min(key.expires_on - key.made_at.date(), timedelta(days=LONGEST_DAYS))
    made = _make(
        organisation=key.organisation,
        made_by=by,
        label=key.label,
        expires_on=now.date() + max(life, timedelta(days=1)),
        may_check=key.may_check,
        may_transcript=key.may_transcript,
        replaces=key,
        source_key=f"rotated:{key.uuid}",
    )
    key.ends_at = now + OVERLAP
    key.save(update_fields=["ends_at"])
    return made


@transaction.atomic
def revoke_key(*, key: ApiKey, by: User) -> ApiKey:
    """End a key at once and for good. Atomic, idempotent."""
    _require_role(key.organisation, by)
    key = ApiKey.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=key.pk)
    if key.revoked_at is None:
        key.revoked_at, key.revoked_by = timezone.now(), by
        key.save(update_fields=["revoked_at", "revoked_by"])
    return key


def note_use(*, key: ApiKey) -> None:
    """Write down the day (UTC) on which a key was used; one write a day."""
    today = timezone.now().date()
    if key.last_used_on != today:
        ApiKey.objects.filter(pk=key.pk).update(last_used_on=today)


def _make(**fields: Any) -> tuple[ApiKey, str]:
    secret = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(key_hash=rules.token_hash(secret), shown=secret[: len(PREFIX) + 6], **fields)
    return key, secret


def _require_role(organisation: Organisation, by: User) -> None:
    if not has_role(by, organisation, *KEY_ROLES):
        raise ValidationError(_("Only who asks for this organisation keeps its keys."), code="no_right")


def _require_few(organisation: Organisation) -> None:
    now = timezone.now()
    if sum(key.state(now) in ("open", "ending") for key in keys_of(organisation)) >= MOST_WORKING:
        raise ValidationError(
            _("There are %(most)d keys that work. Revoke those that nobody uses.") % {"most": MOST_WORKING},
            code="too_many",
        )
