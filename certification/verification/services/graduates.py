"""Writes lists of graduates for boards: the list, that it was sent and how."""

import hashlib
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.selectors import has_role
from certification.certificates.selectors import SIGNER_ROLES

from ..models import GraduateLine, GraduateList, Way
from ..selectors import graduate_file, graduates_between, today_of_school

MOST_GRADUATES = 5_000


@transaction.atomic
def make_graduate_list(
    *, uuid: UUID, school: Organisation, board: Organisation, ground: str, from_on: date, to_on: date, by: User
) -> GraduateList:
    """List who got a certificate of completion in these days, for a board that may ask. Atomic, idempotent by `uuid`.

    Who hides her code is left out and counted; revoked and replaced certificates stand in no list. Refuses
    (ValidationError, by field) who does not sign for the school, what is no board on file, no law, days that are none or
    lie ahead, and a list without a line.
    """
    _require_signer(school, by)
    school = Organisation.objects.select_for_update(no_key=True).get(pk=school.pk)
    made = GraduateList.objects.filter(uuid=uuid, school=school).first()
    if made:
        return made
    ground = " ".join(ground.split())[:300]
    if board.kind != Organisation.Kind.BOARD or board.closed_on:
        raise ValidationError({"board": _("Only a board on file gets a list of graduates.")})
    if not ground:
        raise ValidationError({"ground": _("Say by what law the board may have it: F.A.C. 64B7-32.002.")})
    if from_on > to_on:
        raise ValidationError({"to_on": _("The last day comes before the first. Choose a later one.")})
    if to_on > today_of_school(school):
        raise ValidationError({"to_on": _("That day has not come. Choose today or an earlier day.")})
    listed = graduates_between(school, from_on, to_on)
    if not listed.shown:
        raise ValidationError(_("No certificate that can be listed was issued in these days."))
    if len(listed.shown) > MOST_GRADUATES:
        raise ValidationError({"to_on": _("That is more than a list holds (5,000). Choose fewer days.")})
    made = GraduateList.objects.create(
        uuid=uuid,
        school=school,
        number=GraduateList.objects.filter(school=school).count() + 1,
        receiver=board.name,
        ground=ground,
        from_on=from_on,
        to_on=to_on,
        hidden=len(listed.hidden),
        sha256=hashlib.sha256(graduate_file(listed.shown)).hexdigest(),
        made_by=by,
    )
    GraduateLine.objects.bulk_create(
        GraduateLine(list=made, line=number, certificate=certificate)
        for number, certificate in enumerate(listed.shown, start=1)
    )
    return made


@transaction.atomic
def mark_list_sent(*, graduates: GraduateList, way: str, reference: str, by: User) -> GraduateList:
    """Write down that the list went, how, and under what number. Atomic; idempotent once it is sent."""
    held = _held(graduates, by)
    if held.dropped_at:
        raise ValidationError(_("This list was dropped. Make a new one."))
    if way not in Way.values:
        raise ValidationError({"way": _("Choose how it went.")})
    if held.sent_at is None:
        held.sent_at, held.sent_by, held.way = timezone.now(), by, way
        held.reference = " ".join(reference.split())[:120]
        held.save(update_fields=["sent_at", "sent_by", "way", "reference"])
    return held


@transaction.atomic
def drop_list(*, graduates: GraduateList, by: User) -> GraduateList:
    """Put away a list that was not sent. Atomic, idempotent."""
    held = _held(graduates, by)
    if held.sent_at:
        raise ValidationError(_("This list was sent, and stays as it went."))
    if held.dropped_at is None:
        held.dropped_at, held.dropped_by = timezone.now(), by
        held.save(update_fields=["dropped_at", "dropped_by"])
    return held


def _held(graduates: GraduateList, by: User) -> GraduateList:
    rows = GraduateList.objects.select_for_update(no_key=True, of=("self",)).select_related("school")
    held = rows.get(pk=graduates.pk)
    _require_signer(held.school, by)
    return held


def _require_signer(school: Organisation, by: User) -> None:
    if not has_role(by, school, *SIGNER_ROLES):
        raise ValidationError(_("Only who signs for the school lists its graduates."), code="no_right")
