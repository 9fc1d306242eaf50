"""Writes corrections: one person proposes, a second one decides, and approving posts a reversal and new lines at once."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from accounts.models import User
from certification.requirements.selectors import spec_for
from notices.services import enqueue_mail

from .. import rules
from ..models import Claim, Correction, HourEntry, Learner, TrainingRecord
from ..rules import HourPart
from ..selectors import (
    Held,
    corrections_with_people,
    days_of,
    held_by_others,
    is_own,
    part_of,
    parts_of,
    roles_at,
    today_of,
)
from .closing import require_open
from .ledger import post_hours, reverse_entry
from .papers import drop_file, read_paper

PROPOSING_ROLES = ("instructor", "coordinator", "registrar", "admin")
DECIDING_ROLES = ("registrar", "admin")


def propose_correction(
    *,
    uuid: UUID,
    record: TrainingRecord,
    entry: HourEntry | None,
    parts: Sequence[HourPart],
    reason: str,
    words: str,
    by: User,
    attachment: UploadedFile | None = None,
    claim: Claim | None = None,
) -> Correction:
    """Propose to take `entry` back (None: hours are missing) and to post `parts` in its place; the first of two hands.

    Atomic; idempotent by `uuid`. Changes no hour. Refuses (ValidationError, beside the field where one is meant) who
    may not propose, a closed month for who is no registrar, a line that is taken back or has an open correction,
    parts that no ledger can hold or whose time others hold, missing hours of a sealed record, a school that has closed,
    and a bad paper.
    """
    sent = Correction.objects.filter(uuid=uuid, proposed_by=by).first()
    if sent:
        return sent
    require_open(record.school)
    words = words.strip()
    parts = [rules.without_signature(part) for part in parts]
    _must_propose(by, record)
    if not words:
        raise ValidationError({"words": _("Write in a sentence or two what was wrong.")})
    if reason not in Correction.Reason.values:
        raise ValidationError({"reason": _("Choose one of the reasons.")})
    if entry is None and not parts:
        raise ValidationError(_("There is nothing to correct."))
    _check_parts(record, entry, parts)
    _must_be_open_to(by, record, days_of(record, entry, parts))
    paper = read_paper(attachment)
    correction = Correction(
        uuid=uuid,
        record=record,
        entry=entry,
        claim=claim,
        replacement=[rules.part_told(part) for part in parts],
        minutes=sum(part.minutes for part in parts),
        reason=reason,
        words=words,
        proposed_by=by,
        proposed_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            Learner.objects.select_for_update().get(pk=record.learner_id)
            _must_be_unanswered(claim, record)
            _must_stand(entry)
            _must_take_hours(record, entry, parts)
            _must_be_free(record, entry, parts)
            if paper:
                paper.put_on(correction)
            correction.save(force_insert=True)
    except IntegrityError:
        drop_file(correction)
        again = Correction.objects.filter(uuid=uuid, proposed_by=by).first()
        if again:
            return again
        _must_have_no_open(entry)
        raise
    return correction


def approve_correction(*, correction: Correction, by: User, words: str = "") -> Correction:
    """Carry a correction out: take the line back, post what replaces it, answer the claim, tell the learner.

    All or nothing, in one transaction; idempotent: however often and at the same time it is approved, one reversal and
    one new posting are made. Refuses (ValidationError) who does not decide for the school, the person who proposed it,
    the learner herself, what was refused or withdrawn, a line that was taken back otherwise, and a replacement of
    which anything could not be posted; the sentence names the line that holds the time.
    """
    with transaction.atomic():
        correction = _locked(correction)
        _must_decide(by, correction)
        if correction.outcome == Correction.Outcome.APPROVED:
            return correction
        _must_be_undecided(correction)
        record, entry, parts = correction.record, correction.entry, parts_of(correction)
        Learner.objects.select_for_update().get(pk=record.learner_id)
        # Looked at before anything is posted: the refusal can then name who holds the time.
        _must_be_free(record, entry, parts)
        if entry is not None:
            key = f"{correction.source_key}/back"
            back = reverse_entry(entry=entry, source_key=key, reason=correction.reason, recorded_by=by)
            if back.posting.source_key != key:
                raise ValidationError(_("This line was taken back meanwhile. Refuse the correction."), code="gone")
        if parts:
            posted = post_hours(
                record=record,
                source_key=correction.source_key,
                parts=parts,
                recorded_by=by,
                reason=correction.reason,
                corrects=entry is not None,
            )
            if posted.left_out or posted.minutes != correction.minutes:
                raise ValidationError(
                    _("Not all of these minutes could be posted. Nothing was changed."), code="trimmed"
                )
        _decide(correction, Correction.Outcome.APPROVED, by, words)
        answered = _answer_claim(correction, by, words)
        if not answered:
            _tell_corrected(correction)
        return correction


def refuse_correction(*, correction: Correction, by: User, words: str) -> Correction:
    """Say no to a correction, with the reason; nothing is posted, its proposer gets a mail. Atomic; idempotent.

    Refuses (ValidationError) who does not decide for the school, the person who proposed it, the learner herself,
    no words, and what was approved or withdrawn.
    """
    with transaction.atomic():
        correction = _locked(correction)
        _must_decide(by, correction)
        if correction.outcome == Correction.Outcome.REFUSED:
            return correction
        _must_be_undecided(correction)
        if not words.strip():
            raise ValidationError({"words": _("Write why it is refused: whoever proposed it reads this.")})
        _tell_refused(correction)
        return _decide(correction, Correction.Outcome.REFUSED, by, words)


def withdraw_correction(*, correction: Correction, by: User) -> Correction:
    """Take one's own correction back before it is decided. Atomic; idempotent."""
    with transaction.atomic():
        correction = _locked(correction)
        if correction.proposed_by_id != by.pk:
            raise ValidationError(_("Only who proposed a correction withdraws it."), code="no_right")
        if correction.outcome == Correction.Outcome.WITHDRAWN:
            return correction
        _must_be_undecided(correction)
        return _decide(correction, Correction.Outcome.WITHDRAWN, by, "")


# ---------------------------------------------------------------- what is asked before


def _must_propose(user: User, record: TrainingRecord) -> None:
    if is_own(user, record):
        raise ValidationError(_("These are your own hours. Make a claim, and a registrar answers it."), code="own")
    if not roles_at(user, record) & frozenset(PROPOSING_ROLES):
        raise ValidationError(_("Only the school’s staff may propose a correction."), code="no_right")


def _must_be_open_to(user: User, record: TrainingRecord, days: Sequence[date]) -> None:
    today = today_of(record)
    if rules.may_propose(roles_at(user, record), days, today):
        return
    closed = next(day for day in days if rules.is_closed(day, today))
    raise ValidationError(
        _("%(month)s is closed since %(day)s: a registrar must propose this correction.")
        % {
            "month": date_format(closed, "F Y"),
            "day": date_format(rules.closes_on(closed), "j F Y"),
        },
        code="closed",
    )


def _must_decide(user: User, correction: Correction) -> None:
    record = correction.record
    if is_own(user, record):
        raise ValidationError(_("These are your own hours: somebody else decides."), code="own")
    if not roles_at(user, record) & frozenset(DECIDING_ROLES):
        raise ValidationError(_("Only a registrar or administrator of the school decides."), code="no_right")
    if correction.proposed_by_id == user.pk:
        raise ValidationError(_("You proposed it, so another registrar must decide."), code="same_person")


def _must_be_undecided(correction: Correction) -> None:
    if correction.outcome:
        raise ValidationError(
            _("This correction was decided before: %(outcome)s.") % {"outcome": correction.get_outcome_display()},
            code="decided",
        )


def _check_parts(record: TrainingRecord, entry: HourEntry | None, parts: Sequence[HourPart]) -> None:
    spec = spec_for(record.rule_set)
    original = part_of(entry) if entry else None
    try:
        for part in parts:
            rules.check_part(part)
        rules.check_replacement(parts, original=original, today=today_of(record), days=days_of(record, None, parts))
    except rules.BadPartError as error:
        raise ValidationError(str(error)) from error
    for part in parts:
        if not spec.allows(part.category):
            raise ValidationError(
                {"category": _("The rules of this record have no category “%(code)s”.") % {"code": part.category}}
            )


def _must_be_unanswered(claim: Claim | None, record: TrainingRecord) -> None:
    """Looked at under its lock: refusing a claim and proposing for it wait for each other."""
    if claim is None:
        return
    claim = Claim.objects.select_for_update().get(pk=claim.pk)
    if claim.record_id != record.pk or not claim.is_open:
        raise ValidationError(_("This claim was answered meanwhile."), code="answered")


def _must_stand(entry: HourEntry | None) -> None:
    if entry is None:
        return
    if entry.reverses_id is not None:
        raise ValidationError(_("This line already takes another one back."), code="reversal")
    if HourEntry.objects.filter(reverses=entry).exists():
        raise ValidationError(_("This line was taken back already."), code="gone")
    _must_have_no_open(entry)


def _must_have_no_open(entry: HourEntry | None) -> None:
    if entry is not None and Correction.objects.filter(entry=entry, outcome="").exists():
        raise ValidationError(_("A correction of this line waits for approval already."), code="open")


def _must_take_hours(record: TrainingRecord, entry: HourEntry | None, parts: Sequence[HourPart]) -> None:
    sealed = TrainingRecord.objects.values_list("sealed_at", flat=True).get(pk=record.pk)
    if entry is None and parts and sealed is not None:
        raise ValidationError(
            _("This record is sealed: it ended, and takes no more hours. A line in it can still be put right."),
            code="sealed",
        )


def _must_be_free(record: TrainingRecord, entry: HourEntry | None, parts: Sequence[HourPart]) -> None:
    held = held_by_others(record, parts, entry)
    if held:
        raise ValidationError([_holder(record, one) for one in held], code="held")


def _holder(record: TrainingRecord, held: Held) -> str:
    zone = ZoneInfo(record.zone)
    start, end = held.starts_at.astimezone(zone), held.ends_at.astimezone(zone)
    return _("From %(start)s to %(end)s on %(day)s the line “%(title)s” holds her time. No minute counts twice.") % {
        "start": time_format(start, "g:i A"),
        "end": time_format(end, "g:i A"),
        "day": date_format(start, "j F Y"),
        "title": held.entry.title,
    }


# ---------------------------------------------------------------- what is done


def _locked(correction: Correction) -> Correction:
    """The correction, locked: whoever decides it waits for each other."""
    Correction.objects.select_for_update().get(pk=correction.pk)
    return corrections_with_people().select_related("entry__record__learner", "claim__made_by").get(pk=correction.pk)


def _decide(correction: Correction, outcome: Correction.Outcome, by: User, words: str) -> Correction:
    correction.outcome = outcome
    correction.decided_by = by
    correction.decided_at = timezone.now()
    correction.decision_words = words.strip()
    correction.save(update_fields=["outcome", "decided_by", "decided_at", "decision_words"])
    return correction


def _answer_claim(correction: Correction, by: User, words: str) -> bool:
    """Answer the claim that this correction is for, unless it was answered or withdrawn before; tell the learner."""
    if correction.claim_id is None:
        return False
    claim = Claim.objects.select_for_update().get(pk=correction.claim_id)
    if not claim.is_open:
        return False
    claim.answer = Claim.Answer.CORRECTED
    claim.answered_by, claim.answered_at, claim.answer_words = by, timezone.now(), words.strip()
    claim.save(update_fields=["answer", "answered_by", "answered_at", "answer_words"])
    tell_answered(claim, correction)
    return True


def tell_answered(claim: Claim, correction: Correction | None = None) -> None:
    """Mail the answer to a claim, once."""
    learner = claim.record.learner.user
    if learner is not None:
        enqueue_mail(
            key=f"claim:{claim.uuid}:answered",
            to=learner.email,
            template="records_claim_answered",
            context={"claim": claim, "correction": correction, "name": learner.get_short_name()},
            user=learner,
        )


def _tell_corrected(correction: Correction) -> None:
    learner = correction.record.learner.user
    if learner is not None:
        enqueue_mail(
            key=f"{correction.source_key}:approved",
            to=learner.email,
            template="records_corrected",
            context={"correction": correction, "name": learner.get_short_name()},
            user=learner,
        )


def _tell_refused(correction: Correction) -> None:
    """Mail who proposed it that it was refused, once; words and names stay on the page, behind the log-in."""
    person = correction.proposed_by
    enqueue_mail(
        key=f"{correction.source_key}:refused",
        to=person.email,
        template="records_correction_refused",
        context={"correction": correction, "name": person.get_short_name()},
        user=person,
    )
