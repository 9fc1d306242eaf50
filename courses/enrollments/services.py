"""Writes enrollments and invitations: one place a learner and program, however often and by whatever door."""

import secrets
import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import has_role
from certification.quizzes.models import Question, Quiz, QuizAssignment, QuizItem
from certification.quizzes.services import assign_quiz, plan_quiz
from certification.records.models import Learner, TrainingRecord
from certification.records.services import Opening, ensure_learner, open_next_record, open_record, require_open
from courses.catalog.models import Examination, Lesson, Module, Program
from courses.catalog.rules import WAIVABLE
from notices.services import enqueue_mail

from .models import Cohort, Enrollment, Invitation, LessonException
from .selectors import EXCEPTING_ROLES, INVITING_ROLES, RUNNING, owns_address, token_hash

INVITATION_DAYS = 30
TOKEN_BYTES = 32


def enroll(
    *, user: User, program: Program, source_key: str, cohort: Cohort | None = None, enrolled_on: date | None = None
) -> Enrollment:
    """Give `user` a place in `program`: her Learner, TrainingRecord, enrollment, assigned quizzes and a mail.

    Atomic. Idempotent by `source_key`; who already has a running place in the program gets that one back, so parallel
    calls make one (the database holds both keys). Refuses a cohort of another program, and a source key that gave
    somebody else a place.
    """
    require_open(program.school)
    if cohort is not None and cohort.program_id != program.pk:
        raise ValidationError({"cohort": _("This group belongs to another program. Choose one of this program.")})
    try:
        with transaction.atomic():
            return _enroll(user, program, source_key, cohort, enrolled_on)
    except IntegrityError:
        # A parallel call was first; its row is there now.
        found = _enrolled_already(user, program, source_key)
        if found is None:
            raise
        return found


def _enrolled_already(user: User, program: Program, source_key: str) -> Enrollment | None:
    by_key = Q(source_key=source_key)
    running = Q(learner__user=user, program=program, state__in=RUNNING)
    rows = list(Enrollment.objects.filter(by_key | running).select_related("learner", "record"))
    found = next((row for row in rows if row.source_key == source_key), rows[0] if rows else None)
    if found is not None and found.learner.user_id != user.pk:
        raise ValidationError(_("This place was taken by somebody else. Ask the school for a new invitation."))
    return found


def _enroll(
    user: User, program: Program, source_key: str, cohort: Cohort | None, enrolled_on: date | None
) -> Enrollment:
    learner = ensure_learner(user=user)
    # Locked before the look: a second call for the same person waits here and then finds the place.
    Learner.objects.select_for_update().get(pk=learner.pk)
    found = _enrolled_already(user, program, source_key)
    if found is not None:
        return found
    school = program.school
    on = enrolled_on or timezone.localdate(timezone=ZoneInfo(school.zone))
    own_uuid = uuid.uuid4()
    record = open_record(
        learner=learner,
        school=school,
        rule_set=program.rule_set,
        program_code=program.code,
        program_title=program.title,
        enrolled_on=on,
        program_start_on=cohort.starts_on if cohort else on,
        zone=school.zone,
        requirements=_required(program),
        certificate_term=program.certificate_term,
        source_key=f"enrollment:{own_uuid}",
    )
    enrollment = Enrollment.objects.create(
        uuid=own_uuid, learner=learner, program=program, cohort=cohort, record=record, source_key=source_key
    )
    _give_quizzes(record, program)
    enqueue_mail(
        key=f"enrolled:{own_uuid}",
        to=user.email,
        template="enrollments_enrolled",
        context={"enrollment": enrollment, "program": program, "school_name": school.name, "user": user},
        user=user,
    )
    return enrollment


def _required(program: Program) -> list[tuple[str, str]]:
    """What a record of this program must show beside its hours, as the program is now."""
    examined = program.modules.exclude(state=Module.State.RETIRED).filter(quiz__isnull=False)
    return [
        *((f"quiz:{module.code}", _("Quiz passed: %(module)s") % {"module": module.title}) for module in examined),
        *(
            (f"quiz:{each.code}", _("Examination passed: %(title)s") % {"title": each.title})
            for each in program.examinations.filter(is_required=True)
        ),
    ]


def _give_quizzes(record: TrainingRecord, program: Program) -> None:
    taught = program.modules.exclude(state=Module.State.RETIRED)
    for module in taught.filter(quiz__isnull=False).select_related("quiz"):
        if module.quiz is not None:
            _assign(record, module, module.quiz)
    for examination in program.examinations.select_related("quiz"):
        _examine(record, examination)


def renew(*, record: TrainingRecord, by: User, reason: str, starts_on: date) -> TrainingRecord:
    """Seal a record and open the next one: for a new cycle of continuing education, or because the program is retaken.

    Where she has a place in a program by the old record, that place is completed and she gets a new one with the new
    record, its quizzes and the requirements and term that the program has now. Atomic; idempotent by the record.
    Refuses (ValidationError) what `open_next_record` refuses.
    """
    old = Enrollment.objects.select_related("program", "learner").filter(record=record).first()
    if old is None:
        return open_next_record(record=record, by=by, reason=reason, starts_on=starts_on)
    program = old.program
    with transaction.atomic():
        fresh = open_next_record(
            record=record,
            by=by,
            reason=reason,
            starts_on=starts_on,
            opening=Opening(tuple(_required(program)), program.certificate_term),
            before=lambda _sealed: _complete(old),
        )
        key = f"after:{record.uuid}"
        if not Enrollment.objects.filter(source_key=key).exists():
            Enrollment.objects.create(learner=old.learner, program=program, record=fresh, source_key=key)
            _give_quizzes(fresh, program)
    return fresh


def _complete(enrollment: Enrollment) -> None:
    if enrollment.state in RUNNING:
        Enrollment.objects.filter(pk=enrollment.pk).update(state=Enrollment.State.COMPLETED)


def _assign(record: TrainingRecord, module: Module, quiz: Quiz) -> None:
    """Give a record the quiz of a module. Its best score is the module's grade: that is what lessons ask for."""
    assign_quiz(record=record, quiz=quiz, module=module.code, module_version=module.version, counts_as_grade=True)


def _examine(record: TrainingRecord, examination: Examination) -> None:
    """Give a record an examination of its program, as the program plans it now."""
    plan_quiz(
        record=record,
        quiz=examination.quiz,
        title=examination.title,
        gates=examination.own_gates,
        attempts=examination.attempts_allowed,
    )


def assign_new_quizzes() -> int:
    """Give the quizzes that modules and programs got since to those who are in the programs already; how many.

    One transaction each; idempotent, for the due jobs of `tick`. They may be taken and change nothing of what a record
    must hold to be complete: that was told at enrollment. Who has a quiz of the module already keeps that one, and a
    quiz that asks nothing yet is given when it does. An examination whose title, conditions or attempts were changed is
    changed with those who have it, and counts as given.
    """
    return _assign_of_modules() + _assign_examinations()


def _assign_examinations() -> int:
    asks = QuizItem.objects.filter(quiz=OuterRef("quiz"))
    given = 0
    for examination in Examination.objects.filter(Exists(asks)).select_related("quiz"):
        has = QuizAssignment.objects.filter(quiz=examination.quiz_id, record=OuterRef("record"))
        as_planned = has.filter(
            title=examination.title, gates=examination.gates, planned_attempts=examination.attempts_allowed
        )
        # Who had it as the quiz of a module keeps it so.
        settled = Exists(as_planned) | Exists(has.exclude(module=examination.code))
        running = Enrollment.objects.filter(~settled, program=examination.program_id, state__in=RUNNING)
        for enrollment in running.filter(record__sealed_at=None).select_related("record"):
            _examine(enrollment.record, examination)
            given += 1
    return given


def _assign_of_modules() -> int:
    in_use = Q(question__state=Question.State.ACTIVE) | Q(draw_bank__isnull=False)
    asks = QuizItem.objects.filter(in_use, quiz=OuterRef("quiz"))
    examined = Module.objects.filter(Exists(asks)).exclude(state=Module.State.RETIRED).select_related("quiz")
    given = 0
    for module in examined:
        quiz = module.quiz
        if quiz is None:
            continue
        had = QuizAssignment.objects.filter(Q(module=module.code) | Q(quiz=quiz), record=OuterRef("record"))
        running = Enrollment.objects.filter(~Exists(had), program=module.program_id, state__in=RUNNING)
        for enrollment in running.filter(record__sealed_at=None).select_related("record"):
            _assign(enrollment.record, module, quiz)
            given += 1
    return given


def invite(*, program: Program, email: str, by: User, cohort: Cohort | None = None) -> tuple[Invitation, str]:
    """Offer a place to an address and mail the link; return the invitation and the link's token, shown never again.

    Atomic; one open invitation an address and program (the database sees to it). Refuses who may not invite for this
    school, a program that takes nobody, an address that is none or has an open invitation or a running place, and a
    cohort of another program.
    """
    if not has_role(by, program.school_id, *INVITING_ROLES):
        raise ValidationError(_("Only coordinators, registrars and administrators of the school invite."))
    if not program.is_open:
        raise ValidationError({"program": _("This program takes no new learners at present.")})
    if cohort is not None and cohort.program_id != program.pk:
        raise ValidationError({"cohort": _("This group belongs to another program. Choose one of this program.")})
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise ValidationError({"email": _("Write an e-mail address like name@example.org.")}) from error
    try:
        with transaction.atomic():
            return _invite(program, address, by, cohort)
    except IntegrityError as error:
        raise ValidationError({"email": _already_invited(address)}) from error


def _already_invited(address: str) -> str:
    return _("%(address)s has an open invitation. Withdraw it in the list below to send a new one.") % {
        "address": address
    }


def _invite(program: Program, address: str, by: User, cohort: Cohort | None) -> tuple[Invitation, str]:
    now = timezone.now()
    if Enrollment.objects.filter(program=program, state__in=RUNNING, learner__user__email__iexact=address).exists():
        raise ValidationError({"email": _("%(address)s is enrolled in this program already.") % {"address": address}})
    mine = Invitation.objects.filter(program=program, email__iexact=address, accepted_at=None, withdrawn_at=None)
    mine.filter(expires_at__lte=now).update(withdrawn_at=now)
    if mine.exists():
        raise ValidationError({"email": _already_invited(address)})
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = Invitation.objects.create(
        program=program,
        cohort=cohort,
        email=address,
        token_hash=token_hash(token),
        invited_by=by,
        created_at=now,
        expires_at=now + timedelta(days=INVITATION_DAYS),
    )
    enqueue_mail(
        key=f"invitation:{invitation.uuid}",
        to=address,
        template="enrollments_invitation",
        context={
            "invitation": invitation,
            "program": program,
            "school_name": program.school.name,
            "path": reverse("enrollments:invitation", args=[token]),
        },
        secret=True,
    )
    return invitation, token


@transaction.atomic
def accept_invitation(*, token: str, user: User) -> Enrollment:
    """Spend an invitation: enroll `user`, whose confirmed addresses must include the one that was invited.

    Atomic; spent once; the same person again gets the same enrollment. Refuses by a sentence: unknown, withdrawn,
    expired, spent by somebody else, sent to an address that is not hers.
    """
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("program__school", "program__rule_set", "cohort")
        .filter(token_hash=token_hash(token))
        .first()
    )
    if invitation is None:
        raise ValidationError(_("No invitation has this link. Open it from the mail once more."), code="unknown")
    state = invitation.state_at(timezone.now())
    if state == Invitation.State.ACCEPTED and invitation.accepted_by_id != user.pk:
        raise ValidationError(
            _("This invitation was accepted from another account. Ask the school for a new one."), code="spent"
        )
    if state == Invitation.State.WITHDRAWN:
        raise ValidationError(_("The school has withdrawn this invitation. Ask it for a new one."), code="withdrawn")
    if state == Invitation.State.EXPIRED:
        raise ValidationError(_("This invitation has expired. Ask the school for a new one."), code="expired")
    if state == Invitation.State.OPEN and not owns_address(user, invitation.email):
        raise ValidationError(
            _(
                "This invitation was sent to %(address)s, which is not one of your confirmed addresses. Sign in with "
                "the account that has it, or add it under “E-mail addresses” and come back to this page."
            ),
            code="other_address",
            params={"address": invitation.email},
        )
    enrollment = enroll(
        user=user,
        program=invitation.program,
        cohort=invitation.cohort,
        source_key=f"invitation:{invitation.uuid}",
    )
    if state == Invitation.State.OPEN:
        invitation.accepted_at, invitation.accepted_by = timezone.now(), user
        invitation.save(update_fields=["accepted_at", "accepted_by"])
    return enrollment


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User) -> Invitation:
    """Close an invitation's link. Atomic, idempotent; refuses one that was accepted, and who may not invite."""
    if not has_role(by, invitation.program.school_id, *INVITING_ROLES):
        raise ValidationError(_("Only coordinators, registrars and administrators of the school withdraw."))
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("program").get(pk=invitation.pk)
    if invitation.accepted_at is not None:
        raise ValidationError(_("It was accepted already: the learner has her place. Withdraw the enrollment instead."))
    if invitation.withdrawn_at is None:
        invitation.withdrawn_at = timezone.now()
        invitation.save(update_fields=["withdrawn_at"])
    return invitation


@transaction.atomic
def suspend(*, enrollment: Enrollment) -> Enrollment:
    """Pause a place: no lesson opens until `resume`. Idempotent; refuses a place that ended.

    Call `study.services.suspend_enrollment`, which closes the running clock too.
    """
    return _turn(enrollment, Enrollment.State.ACTIVE, Enrollment.State.SUSPENDED)


@transaction.atomic
def resume(*, enrollment: Enrollment) -> Enrollment:
    """Open a paused place again. Idempotent; refuses a place that ended."""
    return _turn(enrollment, Enrollment.State.SUSPENDED, Enrollment.State.ACTIVE)


def _turn(enrollment: Enrollment, before: str, after: str) -> Enrollment:
    Enrollment.objects.filter(pk=enrollment.pk, state=before).update(state=after)
    enrollment.refresh_from_db(fields=["state"])
    if enrollment.state != after:
        raise ValidationError(_("This enrollment has ended; it can be neither paused nor resumed."))
    return enrollment


@transaction.atomic
def ensure_cohort(
    *, program: Program, name: str, starts_on: date, ends_on: date | None = None, is_public: bool = False
) -> Cohort:
    """Return the program's cohort of this name, made from the arguments if it was not there. Idempotent by name."""
    found = Cohort.objects.filter(program=program, name=name).first()
    if found:
        return found
    cohort = Cohort(program=program, name=name, starts_on=starts_on, ends_on=ends_on, is_public=is_public)
    cohort.full_clean()
    cohort.save()
    return cohort


@transaction.atomic
def plan_cohort(
    *, program: Program, name: str, starts_on: date, by: User, ends_on: date | None = None, is_public: bool = False
) -> Cohort:
    """Plan a group. Refuses who may not plan for this school, a name that the program has already, and what no group
    may be: ended before it starts, open to the public when it has begun or the program takes nobody.
    """
    return _planned(
        Cohort(program=program), {"name": name, "starts_on": starts_on, "ends_on": ends_on, "is_public": is_public}, by
    )


@transaction.atomic
def change_cohort(
    *, cohort: Cohort, name: str, starts_on: date, by: User, ends_on: date | None = None, is_public: bool = False
) -> Cohort:
    """Give a group another name or other days, or open it to the public or not. Refuses what `plan_cohort` refuses, and
    another first day once somebody was enrolled by it.
    """
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("program__school").get(pk=cohort.pk)
    if starts_on != cohort.starts_on and cohort.enrollments.exists():
        raise ValidationError(
            {"starts_on": _("Learners’ records count from this day, so it stays. Plan another group for another day.")}
        )
    return _planned(cohort, {"name": name, "starts_on": starts_on, "ends_on": ends_on, "is_public": is_public}, by)


def _planned(cohort: Cohort, wanted: dict[str, Any], by: User) -> Cohort:
    program = cohort.program
    if not has_role(by, program.school_id, *INVITING_ROLES):
        raise ValidationError(_("Only coordinators, registrars and administrators of the school plan groups."))
    was_public = cohort.is_public
    for field, value in wanted.items():
        setattr(cohort, field, value.strip() if field == "name" else value)
    if cohort.ends_on is not None and cohort.ends_on < cohort.starts_on:
        raise ValidationError({"ends_on": _("The last day is before the first.")})
    if Cohort.objects.filter(program=program, name__iexact=cohort.name).exclude(pk=cohort.pk).exists():
        raise ValidationError({"name": _("This program has a group of this name. Choose another name.")})
    if cohort.is_public and not was_public:
        if not program.is_open:
            raise ValidationError({"is_public": _("The program takes no new learners, so no group of it is open.")})
        if cohort.starts_on < timezone.localdate(timezone=ZoneInfo(program.school.zone)):
            raise ValidationError({"is_public": _("This group has begun. Only one that begins later is announced.")})
    cohort.full_clean()
    cohort.save()
    return cohort


# ---- exceptions ----


@transaction.atomic
def except_from(
    *,
    lesson: Lesson,
    enrollments: Iterable[Enrollment],
    by: User,
    reason: str,
    opens_on: date | None = None,
    opens_now: bool = False,
    waives: Iterable[str] = (),
) -> list[LessonException]:
    """Decide for one learner or many how a lesson opens for them, and what finishing it does not take.

    Atomic: all of them or none. An open exception of the same learner and lesson ends; the same decision again changes
    nothing. Refuses who is not staff of the school, a learner of another program, a decision that changes nothing, an
    unknown requirement, and a missing reason.
    """
    program = lesson.module.program
    if not has_role(by, program.school_id, *EXCEPTING_ROLES):
        raise ValidationError(_("Only staff of the school make exceptions."))
    waived = sorted(set(waives))
    wanted: dict[str, Any] = {
        "opens_on": opens_on, "opens_now": opens_now, "waives": waived, "reason": reason.strip()
    }  # fmt: skip
    if set(waived) - set(WAIVABLE):
        raise ValidationError({"waives": _("This cannot be waived. Choose from the list.")})
    if not (opens_on or opens_now or wanted["waives"]):
        raise ValidationError(_("Choose a day, open the lesson now, or waive a requirement."))
    if not wanted["reason"]:
        raise ValidationError({"reason": _("Write a reason. The learner reads it.")})
    now = timezone.now()
    rows = []
    for enrollment in enrollments:
        if enrollment.program_id != program.pk:
            raise ValidationError(_("A learner of another program cannot be excepted from this lesson."))
        # Locked, so that of two decisions at once the later one ends the earlier.
        Enrollment.objects.select_for_update().get(pk=enrollment.pk)
        found = LessonException.objects.filter(enrollment=enrollment, lesson=lesson, ended_at=None).first()
        if found is not None:
            if all(getattr(found, name) == value for name, value in wanted.items()):
                rows.append(found)
                continue
            found.ended_at, found.ended_by = now, by
            found.save(update_fields=["ended_at", "ended_by"])
        fresh = LessonException(enrollment=enrollment, lesson=lesson, granted_by=by, granted_at=now, **wanted)
        fresh.full_clean(validate_constraints=False)
        fresh.save()
        rows.append(fresh)
    return rows


@transaction.atomic
def end_exception(*, exception: LessonException, by: User) -> LessonException:
    """Let the lesson's own rules hold again for this learner. Idempotent; what she has begun stays open to her."""
    if not has_role(by, exception.lesson.module.program.school_id, *EXCEPTING_ROLES):
        raise ValidationError(_("Only staff of the school make exceptions."))
    exception = LessonException.objects.select_for_update().get(pk=exception.pk)
    if exception.ended_at is None:
        exception.ended_at, exception.ended_by = timezone.now(), by
        exception.save(update_fields=["ended_at", "ended_by"])
    return exception


ERASED_REASON = "–"


def exception_reasons_behind(*, record: TrainingRecord) -> int:
    """How many exceptions of this record's enrollment still say why they were made. One query."""
    return LessonException.objects.filter(enrollment__record=record).exclude(reason=ERASED_REASON).count()


def erase_exception_reasons(*, record: TrainingRecord) -> None:
    """Wipe why exceptions were made: words about a person, which no duty holds. Idempotent; the decisions stay."""
    LessonException.objects.filter(enrollment__record=record).update(reason=ERASED_REASON)
