"""Guards of the catalog: from an id to a row for this person; missing and forbidden look the same."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.http import Http404
from wagtail.permissions import policy_registry

from accounts.models import User
from accounts.selectors import has_role, schools_of
from certification.quizzes.models import Appeal, Attempt, Question, QuestionBank, QuestionVersion, Quiz, Vignette
from certification.quizzes.selectors import appeals_to_answer, in_review, question_rows

from .models import RESPONSIBLE, LessonMedia, Program
from .models.offers import banks_of, led_by


def media_by_uuid(uuid: UUID) -> LessonMedia:
    """The clip of this uuid, for a view that asks for the right next; else Http404. 1 query."""
    try:
        return LessonMedia.objects.get(uuid=uuid)
    except LessonMedia.DoesNotExist as error:
        raise Http404 from error


def may_edit_media(user: User, media: LessonMedia) -> bool:
    """Whether `user` works with this clip in the CMS: then she may play it before any lesson shows it. 1 query."""
    if not user.is_authenticated or not user.is_active:
        return False
    policy = policy_registry.get_by_type(LessonMedia)
    return bool(policy.user_has_any_permission_for_instance(user, ["add", "change", "delete"], media))


# ---- who writes quizzes (`models.offers.banks_of`), and who puts them in use: that rule stands here alone ----


def may_put_in_use(user: User, bank: QuestionBank, writers: Collection[int | None] = ()) -> bool:
    """Whether she decides what of this bank learners are asked: who may publish, may put in use.

    Registrars and administrators of the school; the lead of a module of a program that asks from this bank, for what
    others wrote (`writers` wrote what is to be put in use). At most two queries.
    """
    if has_role(user, bank.school_id, *RESPONSIBLE):
        return True
    if user.pk in writers or not has_role(user, bank.school_id, "instructor"):
        return False
    return led_by(user).filter(program__banks__bank=bank).exists()


def reviews_of(user: User) -> QuerySet[Any]:
    """The questions that were sent and that she may put in use, as rows of the list: by the same rule, in one query
    besides those of her roles.
    """
    hers = QuestionVersion.objects.filter(Q(written_by=user) | Q(vignette__written_by=user))
    waiting = hers.filter(Q(question__asked_number=None) | Q(number__gt=F("question__asked_number")))
    led = Q(bank__in_programs__program__in=led_by(user).values("program")) & ~Q(pk__in=waiting.values("question"))
    rows = in_review(question_rows(banks_of(user)))
    return rows.filter(Q(bank__school__in=schools_of(user, *RESPONSIBLE)) | led).distinct()


def programs_kept_by(user: User) -> QuerySet[Program]:
    """The programs that she keeps, as registrar or administrator."""
    return Program.objects.filter(school__in=schools_of(user, *RESPONSIBLE))


def may_examine(user: User, program: Program) -> bool:
    """Whether she says by what a program examines: a registrar or administrator, or the lead of one of its modules.

    At most two queries.
    """
    if has_role(user, program.school_id, *RESPONSIBLE):
        return True
    return has_role(user, program.school_id, "instructor") and led_by(user).filter(program=program).exists()


def program_to_examine_for(user: User, uuid: UUID) -> Program:
    """A program of which she says by what it examines; else Http404. Three queries at most."""
    found = Program.objects.filter(uuid=uuid).select_related("school", "rule_set").first()
    if found is None or not may_examine(user, found):
        raise Http404
    return found


def bank_for(user: User, uuid: UUID) -> QuestionBank:
    """A bank in which she writes; else Http404. 2 queries."""
    found = banks_of(user).filter(uuid=uuid).select_related("school").first()
    if found is None:
        raise Http404
    return found


def question_for(user: User, uuid: UUID) -> Question:
    """A question of a bank in which she writes; else Http404. 2 queries."""
    found = Question.objects.filter(uuid=uuid, bank__in=banks_of(user)).select_related("bank__school").first()
    if found is None:
        raise Http404
    return found


def vignette_for(user: User, uuid: UUID) -> Vignette:
    """A case of a bank in which she writes; else Http404. 2 queries."""
    found = Vignette.objects.filter(uuid=uuid, bank__in=banks_of(user)).select_related("bank__school").first()
    if found is None:
        raise Http404
    return found


def quizzes_of(user: User) -> QuerySet[Quiz]:
    """The quizzes of banks in which she writes, and those without a bank of schools that she keeps.

    Who writes a quiz marks its answers, answers appeals and reads its analysis. No query besides that of the roles.
    """
    kept = Q(bank=None, school__in=schools_of(user, *RESPONSIBLE))
    return Quiz.objects.filter(Q(bank__in=banks_of(user)) | kept)


def writes_quiz(user: User, quiz: Quiz) -> bool:
    """Whether it is one of hers: then she sees its key. 2 queries."""
    return quizzes_of(user).filter(pk=quiz.pk).exists()


def quiz_for(user: User, uuid: UUID) -> Quiz:
    """A quiz of a bank in which she writes, or one without a bank of a school that she keeps; else Http404. 2 queries."""
    found = quizzes_of(user).filter(uuid=uuid).select_related("bank__school").first()
    if found is None:
        raise Http404
    return found


# ---- what comes after handing in ----


def attempt_to_mark_for(user: User, uuid: UUID) -> Attempt:
    """An attempt that was handed in at one of her quizzes, never her own; else Http404. 2 queries."""
    found = (
        Attempt.objects.filter(uuid=uuid, assignment__quiz__in=quizzes_of(user))
        .exclude(state=Attempt.State.OPEN)
        .exclude(assignment__record__learner__user=user)
        .select_related("assignment__quiz", "assignment__record__school", "assignment__record__learner__user")
        .first()
    )
    if found is None:
        raise Http404
    return found


def appeal_for(user: User, uuid: UUID) -> Appeal:
    """An appeal about an answer at one of her quizzes, never her own; else Http404. 2 queries."""
    found = appeals_to_answer(quizzes_of(user), by=user).filter(uuid=uuid).first()
    if found is None:
        raise Http404
    return found


def may_regrade(user: User, quiz: Quiz, version: QuestionVersion | None = None) -> bool:
    """Whether she decides that answers are graded again: as who may put the corrected version in use.

    Registrars and administrators of the school; the lead of a module that asks from the quiz's bank, unless she wrote
    the version by which they would be graded. At most two queries.
    """
    if quiz.bank is None:
        return has_role(user, quiz.school_id, *RESPONSIBLE)
    return may_put_in_use(user, quiz.bank, () if version is None else (version.written_by_id,))
