"""Writes what CE certificates rest on: provider numbers, checked licenses, questions, evaluations, signatures."""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Licence, Organisation, User
from accounts.selectors import has_role
from accounts.services import record_licence
from certification.records.models import Learner, TrainingRecord
from certification.records.services import require_open

from .. import rules
from ..models import CourseAnswers, CourseQuestions, CourseSignature, ProviderNumber, Regulator
from ..selectors import SIGNER_ROLES, approvals_of, questions_for, teaches, with_hours

OWN_STATEMENTS = (
    gettext_lazy("The course met the objectives that it stated."),
    gettext_lazy("What was taught was what the description said."),
    gettext_lazy("The instructor knew the subject."),
    gettext_lazy("The instructor taught clearly and answered questions."),
    gettext_lazy("The materials and the place or platform served the course."),
    gettext_lazy("I can use what I learned in my practice."),
)
"""What is asked where a school wrote nothing of its own."""
MOST_STATEMENTS = 20
LONGEST_STATEMENT = 300


def _require_registrar(by: User, school_id: int) -> None:
    if not has_role(by, school_id, *SIGNER_ROLES):
        raise ValidationError(_("Only registrars and administrators of the school write this down."), code="no_right")


def _was_taken(record: TrainingRecord) -> bool:
    return with_hours(TrainingRecord.objects.filter(pk=record.pk)).exists()


@transaction.atomic
def record_provider_number(
    *, school: Organisation, by: User, regulator: str, number: str, valid_from: date, valid_to: date
) -> ProviderNumber:
    """Write down under which number a regulator knows the school, and its days. Atomic; idempotent by these facts.

    Refuses (ValidationError) who is no registrar or administrator, an unknown regulator, an empty number, days in the
    wrong order, and other days for a number that is there from that day.
    """
    _require_registrar(by, school.pk)
    number = " ".join(number.split())
    if regulator not in Regulator.values:
        raise ValidationError({"regulator": _("Choose one of the regulators.")})
    if not number:
        raise ValidationError({"number": _("Write the number as the regulator gave it.")})
    if valid_to < valid_from:
        raise ValidationError({"valid_to": _("It ends before it begins. Compare both days with the letter.")})
    Organisation.objects.select_for_update().get(pk=school.pk)
    row = ProviderNumber.objects.filter(
        school=school, regulator=regulator, number=number, valid_from=valid_from
    ).first()
    if row is None:
        return ProviderNumber.objects.create(
            school=school, regulator=regulator, number=number, valid_from=valid_from, valid_to=valid_to, recorded_by=by
        )
    if row.valid_to != valid_to or row.withdrawn_at is not None:
        raise ValidationError(
            {"number": _("This number is there from that day already, with another end or withdrawn.")}
        )
    return row


@transaction.atomic
def withdraw_provider_number(*, number: ProviderNumber, by: User) -> ProviderNumber:
    """Take a provider number back, so that it stands behind nothing new. Atomic; idempotent; the row stays."""
    _require_registrar(by, number.school_id)
    number = ProviderNumber.objects.select_for_update().get(pk=number.pk)
    if number.withdrawn_at is None:
        number.withdrawn_at, number.withdrawn_by = timezone.now(), by
        number.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return number


@transaction.atomic
def record_learner_licence(
    *,
    record: TrainingRecord,
    by: User,
    number: str,
    state: str,
    profession: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Licence:
    """Write down a license of the learner of a record that the registrar has looked up herself.

    Atomic; idempotent by number, state and profession: a license that is there gets the days and the check of now, as
    after its renewal. Refuses who is no registrar or administrator of the record's school, an account that is gone, and
    days in the wrong order.
    """
    _require_registrar(by, record.school_id)
    user = record.learner.user
    if user is None:
        raise ValidationError(_("The account of this learner is gone, so no license can be written down."))
    if valid_from and valid_to and valid_to < valid_from:
        raise ValidationError({"valid_to": _("It ends before it begins. Compare both days with the license.")})
    checked = {"valid_from": valid_from, "valid_to": valid_to, "verified_by": by, "verified_at": timezone.now()}
    licence = record_licence(
        user=user,
        number=" ".join(number.split()),
        state=state.strip().upper(),
        profession=" ".join(profession.split()),
        **checked,
    )
    Licence.objects.filter(pk=licence.pk).update(**checked)
    licence.refresh_from_db()
    return licence


@transaction.atomic
def write_questions(*, school: Organisation, program_code: str, statements: Sequence[str], by: User) -> CourseQuestions:
    """Put new statements into a program's course evaluation, for who answers from now on. Atomic; idempotent.

    Refuses who is no registrar or administrator, none at all, more than MOST_STATEMENTS, one that is too long, and the
    same one twice.
    """
    _require_registrar(by, school.pk)
    given = [" ".join(words.split()) for words in statements]
    given = [words for words in given if words]
    if not given:
        raise ValidationError({"statements": _("Write at least one statement, each on a line of its own.")})
    if len(given) > MOST_STATEMENTS:
        raise ValidationError({"statements": _("Ask at most %(n)d things.") % {"n": MOST_STATEMENTS}})
    if any(len(words) > LONGEST_STATEMENT for words in given):
        raise ValidationError({"statements": _("Keep each statement under %(n)d signs.") % {"n": LONGEST_STATEMENT}})
    if len(set(given)) < len(given):
        raise ValidationError({"statements": _("One statement stands there twice.")})
    Organisation.objects.select_for_update().get(pk=school.pk)
    newest = questions_for(school, program_code)
    if newest is not None and newest.statements == given:
        return newest
    return CourseQuestions.objects.create(
        school=school,
        program_code=program_code,
        number=newest.number + 1 if newest else 1,
        statements=given,
        written_by=by,
    )


@transaction.atomic
def evaluate_course(
    *, record: TrainingRecord, by: User, ratings: Sequence[int], questions: CourseQuestions | None
) -> CourseAnswers:
    """Keep what a learner says of her course: a rating of 1 to 5 for each statement. Atomic; once a record.

    Idempotent: a second call returns what she said first. Refuses anybody but the learner, a record without an approved
    course, a school that has closed, a course of which no hour stands yet, statements of another course, and ratings that
    are not one for each.
    """
    require_open(record.school)
    learner = Learner.objects.select_for_update().get(pk=record.learner_id)
    if learner.user_id is None or learner.user_id != by.pk:
        raise ValidationError(_("Only the learner herself evaluates the course."), code="not_owner")
    said = CourseAnswers.objects.filter(record=record).first()
    if said is not None:
        return said
    if not approvals_of(record):
        raise ValidationError(_("This program is no approved course of continuing education."), code="no_course")
    if not _was_taken(record):
        raise ValidationError(
            _("No hour of this course stands in your record yet. Evaluate it once you have taken it."), code="early"
        )
    if questions is not None and (questions.school_id, questions.program_code) != (
        record.school_id,
        record.program_code,
    ):
        raise ValidationError(_("These are the statements of another course."), code="other_course")
    statements = list(questions.statements) if questions else [str(words) for words in OWN_STATEMENTS]
    if len(ratings) != len(statements) or any(rating not in rules.RATINGS for rating in ratings):
        raise ValidationError(_("Rate every statement from 1 to 5."), code="unrated")
    return CourseAnswers.objects.create(
        record=record, questions=questions, statements=statements, ratings=list(ratings)
    )


@transaction.atomic
def sign_course(*, record: TrainingRecord, by: User) -> CourseSignature:
    """Sign one learner's course as the instructor whom the approval names. Atomic; idempotent.

    Refuses anybody else, a course of which no hour stands yet, and an instructor without a legal name: it stands on the
    certificate.
    """
    Learner.objects.select_for_update().get(pk=record.learner_id)
    if not teaches(by, record):
        raise ValidationError(_("Only the instructor whom the approval names signs this course."), code="no_right")
    if not _was_taken(record):
        raise ValidationError(
            _("No hour of this course stands in the learner’s record yet. Sign once it does."), code="early"
        )
    if not rules.clean_name(by.legal_name):
        raise ValidationError(
            _("Your own name would stand on the certificate. Have your legal name entered first."), code="unnamed"
        )
    row, _made = CourseSignature.objects.get_or_create(record=record, instructor=by)
    return row
