"""Writes claims: a learner says that her hours are not right, and a registrar answers once, in the stated term."""

from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from notices.services import enqueue_mail

from .. import rules
from ..models import Claim, Correction, HourEntry, TrainingRecord
from ..selectors import is_own, roles_at, today_of
from .closing import require_open
from .corrections import DECIDING_ROLES, tell_answered
from .papers import drop_file, read_paper

MOST_MINUTES = 24 * 60


def make_claim(
    *,
    uuid: UUID,
    record: TrainingRecord,
    entry: HourEntry | None,
    day: date,
    minutes: int | None,
    words: str,
    by: User,
    attachment: UploadedFile | None = None,
) -> Claim:
    """Say that a line is wrong, or (without `entry`) that hours of a day are missing; confirm it by mail.

    Atomic; idempotent by `uuid`. `minutes` is what she says is right, obligatory where hours are missing. Refuses
    (ValidationError, beside the field) who is not the learner, no words, a day that has not come, a line that is no
    standing line of the record or has an open claim, and a bad paper.
    """
    sent = Claim.objects.filter(uuid=uuid, made_by=by).first()
    if sent:
        return sent
    require_open(record.school)
    today = today_of(record)
    words = words.strip()
    if record.learner.user_id != by.pk:
        raise ValidationError(_("Only the learner herself makes a claim."), code="no_right")
    if not words:
        raise ValidationError({"words": _("Write what is wrong, as you would tell it.")})
    if day > today:
        raise ValidationError({"date": _("That day has not come yet.")})
    if entry is None and minutes is None:
        raise ValidationError({"minutes": _("Write how many minutes are missing.")})
    if minutes is not None and not 0 < minutes <= MOST_MINUTES:
        raise ValidationError({"minutes": _("Write the minutes of that day: from 1 to 1440.")})
    if entry is not None:
        _must_be_contestable(record, entry)
    paper = read_paper(attachment)
    claim = Claim(
        uuid=uuid,
        record=record,
        entry=entry,
        kind=Claim.Kind.WRONG if entry else Claim.Kind.MISSING,
        date=day,
        minutes=minutes,
        words=words,
        made_by=by,
        made_at=timezone.now(),
        due_on=rules.answer_due(today),
    )
    try:
        with transaction.atomic():
            if paper:
                paper.put_on(claim)
            claim.save(force_insert=True)
            enqueue_mail(
                key=f"claim:{claim.uuid}:received",
                to=by.email,
                template="records_claim_received",
                context={"claim": claim, "name": by.get_short_name(), "days": rules.ANSWER_DAYS},
                user=by,
            )
    except IntegrityError:
        drop_file(claim)
        again = Claim.objects.filter(uuid=uuid, made_by=by).first()
        if again:
            return again
        if entry is not None:
            _must_be_contestable(record, entry)
        raise
    return claim


def refuse_claim(*, claim: Claim, by: User, words: str) -> Claim:
    """Answer a claim with the reasons why nothing is corrected; tell the learner. Atomic; idempotent.

    Refuses (ValidationError) who is no registrar of the school, the learner herself, no words, a claim that was
    answered otherwise, and one whose correction waits for approval.
    """
    with transaction.atomic():
        claim = _locked(claim)
        _must_answer(by, claim.record)
        if claim.answer == Claim.Answer.REFUSED:
            return claim
        _must_be_open(claim)
        if not words.strip():
            raise ValidationError({"words": _("Write why nothing is corrected: she reads this.")})
        if Correction.objects.filter(claim=claim, outcome="").exists():
            raise ValidationError(
                _("A correction for this claim waits for approval. Have it decided first."), code="waiting"
            )
        _answer(claim, Claim.Answer.REFUSED, by, words)
        tell_answered(claim)
        return claim


def withdraw_claim(*, claim: Claim, by: User) -> Claim:
    """Take one's own claim back before it is answered. Atomic; idempotent. A correction that it led to goes on."""
    with transaction.atomic():
        claim = _locked(claim)
        if claim.made_by_id != by.pk:
            raise ValidationError(_("Only who made a claim withdraws it."), code="no_right")
        if claim.answer == Claim.Answer.WITHDRAWN:
            return claim
        _must_be_open(claim)
        return _answer(claim, Claim.Answer.WITHDRAWN, by, "")


def remind_of_claims() -> int:
    """Mail each school's registrars about claims whose answer is due soon; how many claims. Each claim once.

    Safe to run twice at once: the note that it was done is one conditional UPDATE in the transaction of the mails.
    """
    count = 0
    waiting = (
        Claim.objects.filter(answer="", reminded_at=None)
        .select_related("record__learner__user", "record__school", "entry")
        .order_by("due_on", "pk")
    )
    for claim in waiting:
        if today_of(claim.record) < rules.remind_from(claim.due_on):
            continue
        with transaction.atomic():
            if not Claim.objects.filter(pk=claim.pk, answer="", reminded_at=None).update(reminded_at=timezone.now()):
                continue
            for person in _registrars(claim.record.school_id):
                enqueue_mail(
                    key=f"claim:{claim.uuid}:due:{person.uuid}",
                    to=person.email,
                    template="records_claim_due",
                    context={"claim": claim, "name": person.get_short_name()},
                    user=person,
                )
        count += 1
    return count


def _registrars(school_id: int) -> list[User]:
    """The school's registrars, else its administrators. One query."""
    rows = list(
        Membership.objects.filter(organisation=school_id, until=None, role__in=DECIDING_ROLES, user__is_active=True)
        .select_related("user")
        .order_by("pk")
    )
    registrars = [row.user for row in rows if row.role == "registrar"]
    return registrars or [row.user for row in rows]


def _must_be_contestable(record: TrainingRecord, entry: HourEntry) -> None:
    if entry.record_id != record.pk or entry.reverses_id is not None:
        raise ValidationError({"entry": _("Choose a line of your record.")})
    if HourEntry.objects.filter(reverses=entry).exists():
        raise ValidationError({"entry": _("This line was taken back already; it counts nowhere.")})
    if Claim.objects.filter(entry=entry, answer="").exists():
        raise ValidationError({"entry": _("You said so already, and the answer is on its way.")}, code="open")


def _must_answer(user: User, record: TrainingRecord) -> None:
    if is_own(user, record):
        raise ValidationError(_("These are your own hours: somebody else decides."), code="own")
    if not roles_at(user, record) & frozenset(DECIDING_ROLES):
        raise ValidationError(_("Only a registrar or administrator of the school answers claims."), code="no_right")


def _must_be_open(claim: Claim) -> None:
    if claim.answer:
        raise ValidationError(
            _("This claim was answered before: %(answer)s.") % {"answer": claim.get_answer_display()},
            code="answered",
        )


def _locked(claim: Claim) -> Claim:
    Claim.objects.select_for_update().get(pk=claim.pk)
    return Claim.objects.select_related("record__learner__user", "record__school", "entry").get(pk=claim.pk)


def _answer(claim: Claim, answer: Claim.Answer, by: User, words: str) -> Claim:
    claim.answer = answer
    claim.answered_by, claim.answered_at, claim.answer_words = by, timezone.now(), words.strip()
    claim.save(update_fields=["answer", "answered_by", "answered_at", "answer_words"])
    return claim
