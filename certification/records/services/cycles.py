"""Ends a record for good, and begins the one that comes after it: a new cycle, or the program once more."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import has_role
from notices.services import enqueue_mail

from ..models import Learner, Presence, SealReason, TrainingRecord
from ..rules.retention import months_after
from ..selectors import is_own, today_of
from .closing import require_open
from .ledger import open_record

SEALING_ROLES = ("registrar", "admin")


@dataclass(frozen=True, slots=True)
class Opening:
    """What the new record is opened with, where it differs from the old one: as an admission today would have it."""

    requirements: tuple[tuple[str, str], ...] = ()
    certificate_term: str = ""


@transaction.atomic
def seal_record(*, record: TrainingRecord, by: User, reason: str, tell: bool = True) -> TrainingRecord:
    """Seal a record: from now on it takes no more hours, and what stands in it stays; the learner gets a mail.

    Atomic; idempotent: a sealed record is returned as it is. Lines in it can still be put right by two people, and its
    certificate can still be issued. Refuses (ValidationError) who does not seal for the school, the learner herself, an
    unknown reason, a record in which she studies right now, and a school that has closed.
    """
    record = _locked(record, by)
    if record.sealed_at is not None:
        return record
    if reason not in SealReason.values:
        raise ValidationError({"reason": _("Choose one of the reasons.")}, code="reason")
    if Presence.objects.filter(learner=record.learner, until=None).exists():
        raise ValidationError(
            _("She is in a lesson, a shift or a class right now. Seal the record when she has left it."), code="present"
        )
    record.sealed_at, record.sealed_by, record.seal_reason = timezone.now(), by, reason
    record.save(update_fields=["sealed_at", "sealed_by", "seal_reason"])
    if tell:
        _tell(record, None)
    return record


@transaction.atomic
def open_next_record(
    *,
    record: TrainingRecord,
    by: User,
    reason: str,
    starts_on: date,
    opening: Opening | None = None,
    before: Callable[[TrainingRecord], None] | None = None,
) -> TrainingRecord:
    """Seal a record and open the one that follows it, with a clock of its own: no hour of the old one counts in it.

    The new record is of the same learner, school, program and zone, judged by the version of the rules that applies on
    `starts_on` (a local day, today or later up to a year); its requirements and term are those of `opening`, else the
    old ones. `before` runs between both, for what an upper room must end first. Atomic; idempotent: one record follows
    another, whoever asks. Refuses what `seal_record` refuses, a reason that opens nothing, and a day that is over.
    """
    record = _locked(record, by)
    there = TrainingRecord.objects.filter(follows=record).first()
    if there:
        return there
    if reason not in (SealReason.CYCLE, SealReason.RETAKE):
        raise ValidationError(
            {"reason": _("A new record begins with a new cycle, or when the program is taken again.")}
        )
    today = today_of(record)
    if not today <= starts_on <= months_after(today, 12):
        raise ValidationError({"starts_on": _("Choose today or a later day, within a year.")})
    sealed = seal_record(record=record, by=by, reason=reason, tell=False)
    if before:
        before(sealed)
    asked = opening or Opening(
        tuple(sealed.requirements.values_list("code", "title")), certificate_term=sealed.certificate_term
    )
    fresh = open_record(
        learner=sealed.learner,
        school=sealed.school,
        rule_set=sealed.rule_set,
        program_code=sealed.program_code,
        program_title=sealed.program_title,
        enrolled_on=starts_on,
        program_start_on=starts_on,
        zone=sealed.zone,
        requirements=asked.requirements,
        certificate_term=asked.certificate_term,
        follows=sealed,
        source_key=f"after:{sealed.uuid}",
    )
    _tell(sealed, fresh)
    return fresh


def _locked(record: TrainingRecord, by: User) -> TrainingRecord:
    """The record as it stands now, held with its learner as `post_hours` holds them; refuses who may not seal it."""
    Learner.objects.select_for_update().get(pk=record.learner_id)
    found = (
        TrainingRecord.objects.select_for_update(of=("self",), no_key=True)
        .select_related("school", "rule_set", "learner__user")
        .get(pk=record.pk)
    )
    require_open(found.school)
    if is_own(by, found):
        raise ValidationError(_("This is your own record: somebody else seals it."), code="own")
    if not by.is_active or not has_role(by, found.school_id, *SEALING_ROLES):
        raise ValidationError(_("Only a registrar or administrator of the school seals a record."), code="no_right")
    return found


def _tell(sealed: TrainingRecord, fresh: TrainingRecord | None) -> None:
    learner = sealed.learner.user
    if learner is not None and learner.is_active:
        enqueue_mail(
            key=f"record:{sealed.uuid}:sealed",
            to=learner.email,
            template="records_sealed",
            context={"record": sealed, "fresh": fresh, "name": learner.get_short_name()},
            user=learner,
        )
