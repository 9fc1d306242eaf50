"""What staff do that touches every room: erasing a person, as far as no duty stands against it."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import close_account
from certification.certificates.models import Certificate
from certification.records.models import Erasure, HourEntryText, Learner, TrainingRecord
from certification.records.selectors import duty_of
from certification.records.services import erase_words
from courses.enrollments.models import Invitation
from notices.models import Message
from notices.services import forget_mails


@dataclass(frozen=True, slots=True)
class ErasureLine:
    """One kind of what is known about a person: how many, whether it goes now, and else why and until when it stays."""

    what: str
    count: int
    goes: bool
    why: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """What erasing a person does today."""

    user: User
    lines: tuple[ErasureLine, ...]
    duty_until: date | None

    @property
    def keeps_name(self) -> bool:
        """Whether a duty still stands against erasing her name."""
        return self.duty_until is not None


def plan_erasure(user: User, *, today: date) -> ErasurePlan:
    """What erasing this person would do today. Refuses (ValidationError) while a record of hers is open."""
    records = list(TrainingRecord.objects.filter(learner__user=user).order_by("pk"))
    if any(record.sealed_at is None for record in records):
        raise ValidationError(_("She has an open record. End it first: what is open cannot be without a name."))
    ends = [end for end in (duty_of(record) for record in records) if end]
    duty_until = max((end for end in ends if end > today), default=None)
    duty = _("boards ask for names behind attendance so long")
    words = HourEntryText.objects.filter(entry__record__in=records).count()
    free = [record for record, end in zip(records, ends, strict=True) if end <= today]
    free_words = HourEntryText.objects.filter(entry__record__in=free).count()
    lines = [
        ErasureLine(_("ways to log in, devices, address"), 1, True),
        ErasureLine(_("mails to her"), Message.objects.filter(user=user).count(), True),
        ErasureLine(_("invitations"), Invitation.objects.filter(email__iexact=user.email).count(), True),
        ErasureLine(_("names and words behind her hours"), free_words, True),
        ErasureLine(_("names and words behind her hours"), words - free_words, False, duty, duty_until),
        ErasureLine(_("legal name and former names"), 1, duty_until is None, duty if duty_until else "", duty_until),
        ErasureLine(
            _("certificates, with the name printed on them"),
            Certificate.objects.filter(record__in=records).count(),
            False,
            _("they were issued to be checked; she can make them private"),
        ),
        ErasureLine(
            _("records and hours, under a pseudonym"), len(records), False, _("others' proofs stand on the same log")
        ),
    ]
    return ErasurePlan(user, tuple(line for line in lines if line.count), duty_until)


@transaction.atomic
def erase_person(*, user: User, today: date, by: User | None = None) -> ErasurePlan:
    """Erase what the plan says; what a duty holds back goes by `apply_retention` later. Atomic, idempotent."""
    plan = plan_erasure(user, today=today)
    forget_mails(user=user)
    Invitation.objects.filter(email__iexact=user.email).update(email="erased@erased.invalid")
    for record in TrainingRecord.objects.filter(learner__user=user):
        end = duty_of(record)
        if end is not None and end <= today:
            erase_words(record=record, basis=Erasure.Basis.ASKED, by=by)
    close_account(user=user, keep_name=plan.keeps_name)
    if not plan.keeps_name:
        Learner.objects.filter(user=user).update(user=None)
    return plan


def closed_and_free(*, today: date) -> list[User]:
    """People who were erased as far as a duty allowed, and against whom none stands any more."""
    closed = User.objects.filter(is_active=False, email__endswith="@erased.invalid").exclude(legal_name="")
    return [user for user in closed.order_by("pk") if not plan_erasure(user, today=today).keeps_name]
