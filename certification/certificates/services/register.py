"""Writes the register of signers, and takes its word for who signs."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.selectors import has_role, holders_of
from certification.records.models import TrainingRecord
from certification.records.selectors import is_own

from .. import rules, wording
from ..documents import undrawable
from ..models import Certificate, Signer
from ..selectors import KEEPING_ROLES, signs_by_role


@transaction.atomic
def enter_signer(*, school: Organisation, user: User, name: str, title: str, from_on: date, by: User) -> Signer:
    """Put a person on a school's register of signers from a day on, with the name and title that are printed.

    Atomic. Idempotent: the same entry, asked again while it is open, is returned. Refuses (ValidationError) who does
    not administer the school, herself while another administrator could enter her, who has no role to sign in, a name
    or title that is empty or that our fonts cannot draw, and a time in which she stands there already.
    """
    school = Organisation.objects.select_for_update(no_key=True).get(pk=school.pk)
    _require_keeper(by, school)
    if by == user and holders_of(school, "admin").exclude(pk=by.pk).exists():
        raise ValidationError(
            _("Nobody enters herself while another administrator can. Ask one of them to enter you."), code="own"
        )
    if not signs_by_role(user, school.pk):
        raise ValidationError(
            {"user": _("Only a registrar or administrator of the school signs. Give the person that role first.")}
        )
    name, title = rules.clean_name(name), rules.clean_name(title)
    for field, text in (("name", name), ("title", title)):
        if not text:
            raise ValidationError({field: _("This is printed on certificates, so it cannot be empty.")})
        if undrawable(text):
            raise ValidationError(
                {field: _("Our fonts have no sign for %(signs)s.") % {"signs": wording.named_signs(undrawable(text))}}
            )
    for row in Signer.objects.filter(school=school, user=user):
        if row.until_on is None:
            if (row.name, row.title, row.from_on) == (name, title, from_on):
                return row
            raise ValidationError(
                {"user": _("This person is on the register already. End that entry first.")}, code="listed"
            )
        if row.until_on >= from_on:
            raise ValidationError(
                {
                    "from_on": _("Until %(day)s another entry of this person holds. Choose a later day.")
                    % {"day": date_format(row.until_on, "j F Y")}
                }
            )
    return Signer.objects.create(school=school, user=user, name=name, title=title, from_on=from_on, entered_by=by)


@transaction.atomic
def end_signer(*, signer: Signer, until_on: date, by: User) -> Signer:
    """Say on which day a person signs last. Atomic. Idempotent by the day; an entry ends once.

    Waits for whoever is signing under it. Refuses (ValidationError) who does not administer the school, a day before
    the entry began or before one on which she signed. Her role, once ended, stops her within the day.
    """
    signer = Signer.objects.select_for_update(of=("self",)).select_related("school").get(pk=signer.pk)
    _require_keeper(by, signer.school)
    if signer.until_on is not None:
        if signer.until_on == until_on:
            return signer
        raise ValidationError(
            _("This entry ended on %(day)s already.") % {"day": date_format(signer.until_on, "j F Y")}, code="ended"
        )
    if until_on < signer.from_on:
        raise ValidationError({"until_on": _("The entry began after that day. Choose its first day or a later one.")})
    last = _signed_last(signer)
    if last and last > until_on:
        raise ValidationError(
            {
                "until_on": _(
                    "%(name)s stands on a certificate of %(day)s, so the entry cannot end before. "
                    "Choose that day; to stop the person within the day, end the role."
                )
                % {"name": signer.name, "day": date_format(last, "j F Y")}
            },
            code="signed",
        )
    signer.until_on, signer.ended_by, signer.ended_at = until_on, by, timezone.now()
    signer.save(update_fields=["until_on", "ended_by", "ended_at"])
    return signer


def _signed_last(signer: Signer) -> date | None:
    hers = Certificate.objects.filter(school=signer.school, issued_on__gte=signer.from_on)
    hands = hers.filter(proposed_by=signer.user) | hers.filter(issued_by=signer.user)
    return hands.order_by("-issued_on").values_list("issued_on", flat=True).first()


def _require_keeper(by: User, school: Organisation) -> None:
    if not (by.is_active and has_role(by, school, *KEEPING_ROLES)):
        raise ValidationError(
            _("Only an administrator of %(school)s keeps its register of signers.") % {"school": school.name},
            code="no_right",
        )


def require_role(user: User, record: TrainingRecord) -> None:
    """Refuse who is neither registrar nor administrator of the record's school."""
    if not signs_by_role(user, record.school_id):
        raise ValidationError(wording.no_role(record.school), code="no_right")


def signing_day(record: TrainingRecord) -> date:
    """The local day of a signature given now: the one that is printed."""
    return timezone.now().astimezone(ZoneInfo(record.zone)).date()


def lock_register(record: TrainingRecord, *users: User) -> list[Signer]:
    """All entries of these people at the record's school, locked: whoever ends one waits. For a transaction."""
    return list(Signer.objects.select_for_update().filter(school=record.school_id, user__in=users).order_by("pk"))


def hand(record: TrainingRecord, user: User, entries: Sequence[Signer]) -> Signer:
    """The entry under which a person signs for a record today, out of those that `lock_register` read.

    Refuses (ValidationError, naming the gap) who has no role to sign in, her own record, a school that is not open
    today, and who is not on the register today.
    """
    require_role(user, record)
    if is_own(user, record):
        raise ValidationError(wording.own_record(), code="own")
    school, day = record.school, signing_day(record)
    closed = rules.school_gap(school.opened_on, school.closed_on, day)
    if closed:
        raise ValidationError(wording.register_gap(closed, name="", school=school), code="school_closed")
    own = [row for row in entries if row.user_id == user.pk]
    gap = rules.register_gap(own, day)
    if gap:
        raise ValidationError(
            wording.register_gap(gap, name=user.get_full_name(), school=school), code="not_on_register"
        )
    return next(row for row in own if row.stands_on(day))
