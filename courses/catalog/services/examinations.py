"""Writes which quizzes a program examines by outside of its modules. Learners get them by `enrollments`."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from certification.quizzes.models import Quiz
from certification.quizzes.settings import QuizGate, gates_from, stored_gates

from ..access import may_examine, quizzes_of
from ..models import Examination, Lesson, Module, Program
from ..rules import never_begun

MOST_GATES = 20
MOST_EXAMINATIONS = 20


@transaction.atomic
def set_examination(
    *,
    program: Program,
    quiz: Quiz,
    title: str,
    by: User,
    attempts_allowed: int | None = None,
    gates: Sequence[QuizGate] = (),
    is_required: bool = True,
) -> Examination:
    """Let a program examine by a quiz, or change how it does. Atomic; idempotent by (program, quiz).

    Refuses who is neither responsible nor leads a module of the program, a quiz that she does not write, and what no
    examination may be: a quiz of another school, one that asks nothing yet, a module's own quiz, one whose code is that
    of a module (both would be one fact on a record), without a title, after a lesson or quiz that the program does not
    hold, after itself or in a circle with others, and more than MOST_EXAMINATIONS.
    """
    _refuse_unless_hers(program, by)
    if not quizzes_of(by).filter(pk=quiz.pk).exists():
        raise ValidationError({"quiz": _("This quiz is not one of yours.")})
    return _set(program, quiz, title, attempts_allowed, gates, is_required)


@transaction.atomic
def ensure_examination(*, program: Program, quiz: Quiz, title: str, **more: Any) -> Examination:
    """Return the program's examination by this quiz, made from the arguments if it was not there; for files."""
    found = Examination.objects.filter(program=program, quiz=quiz).first()
    if found is not None:
        return found
    gates = gates_from(more.pop("gates", ()))
    return _set(program, quiz, title, more.pop("attempts_allowed", None), gates, more.pop("is_required", True))


@transaction.atomic
def remove_examination(*, examination: Examination, by: User) -> None:
    """Give a program's examination to nobody from now on. Idempotent. Who has it keeps it, as it was.

    Refuses who may not set it, and one that another examination of the program comes after.
    """
    program = examination.program
    _refuse_unless_hers(program, by)
    Program.objects.select_for_update().get(pk=program.pk)
    others = Examination.objects.filter(program=program).exclude(pk=examination.pk).select_related("quiz")
    waiting = next((each for each in others if f"quiz:{examination.code}" in _asked(each.own_gates)), None)
    if waiting is not None:
        raise ValidationError(
            _("“%(other)s” comes after it. Take that condition out first.") % {"other": waiting.title}
        )
    Examination.objects.filter(pk=examination.pk).delete()


@transaction.atomic
def order_examinations(*, program: Program, order: Sequence[Examination], by: User) -> None:
    """Put a program's examinations in this order, in which learners see them. Idempotent; those not named come last."""
    _refuse_unless_hers(program, by)
    Program.objects.select_for_update().get(pk=program.pk)
    named = [each.pk for each in order]
    rows = sorted(
        Examination.objects.filter(program=program),
        key=lambda each: named.index(each.pk) if each.pk in named else len(named),
    )
    for place, each in enumerate(rows, start=1):
        if each.sort_order != place:
            each.sort_order = place
            each.save(update_fields=["sort_order"])


def _refuse_unless_hers(program: Program, by: User) -> None:
    if not may_examine(by, program):
        raise ValidationError(_("A registrar, or the lead of one of its modules, says by what this program examines."))


def _set(
    program: Program,
    quiz: Quiz,
    title: str,
    attempts_allowed: int | None,
    gates: Sequence[QuizGate],
    is_required: bool,
) -> Examination:
    # The program is the lock of its examinations: of two that wait for each other, the second is refused.
    Program.objects.select_for_update().get(pk=program.pk)
    rows = list(Examination.objects.filter(program=program).select_related("quiz"))
    found = next((each for each in rows if each.quiz_id == quiz.pk), None)
    examination = found or Examination(program=program, quiz=quiz, sort_order=len(rows) + 1)
    examination.title = title.strip()
    examination.attempts_allowed, examination.is_required = attempts_allowed, is_required
    examination.gates = stored_gates(dict.fromkeys(gates))
    examination.full_clean(validate_unique=False, validate_constraints=False)
    others = [each for each in rows if each.quiz_id != quiz.pk]
    if found is None:
        _refuse_quiz(program, quiz, others)
    _refuse_gates(program, examination, others)
    examination.save()
    return examination


def _refuse_quiz(program: Program, quiz: Quiz, others: Sequence[Examination]) -> None:
    problem = ""
    if quiz.school_id != program.school_id:
        problem = _("This quiz belongs to another school. Choose one of your own.")
    elif not quiz.items.exists():
        problem = _("This quiz asks nothing yet. Put it in use first.")
    elif (module := program.modules.filter(quiz=quiz).first()) is not None:
        problem = _("It is the quiz of “%(module)s” already. Learners have it there.") % {"module": module.title}
    elif program.modules.filter(code=quiz.code).exists():
        problem = _(
            "Its code %(code)s is that of a module: on a record both would be the same fact. Choose another quiz."
        ) % {"code": quiz.code}
    elif len(others) >= MOST_EXAMINATIONS:
        problem = _("A program has %d examinations at most.") % MOST_EXAMINATIONS
    if problem:
        raise ValidationError({"quiz": problem})


def _asked(gates: Sequence[QuizGate]) -> set[str]:
    """The codes of the milestones that gates ask for."""
    return {gate.code for gate in gates if gate.kind == "milestone"}


def _refuse_gates(program: Program, examination: Examination, others: Sequence[Examination]) -> None:
    """Refuse what would keep everybody out for good."""
    if len(examination.own_gates) > MOST_GATES:
        raise ValidationError({"gates": _("%d conditions at most can come before it.") % MOST_GATES})
    all_of_them = [*others, examination]
    lessons = Lesson.objects.filter(module__program=program, retired_at=None).values_list("code", flat=True)
    modules = program.modules.exclude(state=Module.State.RETIRED).exclude(quiz=None).values_list("code", flat=True)
    held = {f"lesson:{code}" for code in lessons} | {f"mark:{code}" for code in lessons}
    held |= {f"quiz:{code}" for code in (*modules, *(each.code for each in all_of_them))}
    for code in sorted(_asked(examination.own_gates)):
        if code.partition(":")[0] in {"lesson", "mark", "quiz"} and code not in held:
            raise ValidationError(
                {
                    "gates": _("This program holds nothing that gives “%(code)s”, so nobody could ever begin.")
                    % {"code": code}
                }
            )
    waits = {
        each.code: {code.removeprefix("quiz:") for code in _asked(each.all_gates) if code.startswith("quiz:")}
        for each in all_of_them
    }
    if stuck := never_begun(waits):
        titles = {each.code: each.title for each in all_of_them}
        names = ", ".join(f"“{titles[code]}”" for code in stuck)
        raise ValidationError(
            {
                "gates": _("%(names)s would wait for each other or themselves, so nobody could ever begin.")
                % {"names": names}
            }
        )
