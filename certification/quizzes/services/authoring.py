"""Writes what authors make: banks, quizzes, and which of it learners are asked. `questions` writes the questions.

Who may call what is the business of the room that knows the teams (`courses.catalog`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Organisation, User

from ..models import Question, QuestionBank, Quiz, QuizDraft, QuizItem
from ..selectors import quiz_as_written
from .questions import free, keep_question, put_question_in_use

# ---- banks ----


@transaction.atomic
def ensure_bank(*, school: Organisation, code: str, title: str) -> QuestionBank:
    """Return the school's bank of this code, made or retitled if need be. Atomic; idempotent by (school, code)."""
    bank, made = QuestionBank.objects.get_or_create(school=school, code=code, defaults={"title": title})
    if not made and bank.title != title:
        bank.title = title
        bank.save(update_fields=["title"])
    return bank


@transaction.atomic
def create_bank(*, school: Organisation, title: str, code: str = "") -> QuestionBank:
    """Make a bank; its code is the one given, or made from the title, with a number where it is taken."""
    taken = set(QuestionBank.objects.filter(school=school).values_list("code", flat=True))
    bank = QuestionBank(school=school, code=free(code or slugify(title)[:32] or "bank", taken), title=title.strip())
    bank.full_clean()
    bank.save()
    return bank


@transaction.atomic
def change_bank(*, bank: QuestionBank, title: str) -> QuestionBank:
    """Give a bank another title. Idempotent."""
    bank.title = title.strip()
    bank.full_clean()
    bank.save(update_fields=["title"])
    return bank


# ---- questions of a quiz ----


@transaction.atomic
def write_question(*, quiz: Quiz | None = None, by: User, **words: Any) -> Question:
    """Keep what an author wrote, as `questions.keep_question` does; where `quiz` is given, its draft asks it too.

    There it stands last, for one point. Refuses what `keep_question` refuses.
    """
    question = keep_question(by=by, **words)
    if quiz is not None:
        written = quiz_as_written(quiz)
        items = [(line.question, line.points) for line in written.lines]
        if question.pk not in {asked.pk for asked, _points in items}:
            draft_quiz(
                quiz=quiz,
                title=written.title,
                pass_percent=written.pass_percent,
                attempts_allowed=written.attempts_allowed,
                items=[*items, (question, 1)],
                by=by,
            )
    return question


# ---- quizzes ----


@transaction.atomic
def ensure_quiz(
    *,
    school: Organisation,
    code: str,
    title: str,
    questions: Sequence[Question | tuple[Question, int]],
    pass_percent: int = 75,
    attempts_allowed: int = 3,
) -> Quiz:
    """Return the school's quiz of this code, asking exactly these questions in this order (1 point, or as given).

    For files. Atomic; idempotent by (school, code). Attempts already begun keep what they were begun with. Refuses a
    question of another school, a pass mark that is no percentage, a quiz without attempts, and worthless items.
    """
    items = [entry if isinstance(entry, tuple) else (entry, 1) for entry in questions]
    quiz = Quiz.objects.filter(school=school, code=code).first() or Quiz(school=school, code=code)
    quiz.title, quiz.pass_percent, quiz.attempts_allowed = title, pass_percent, attempts_allowed
    if quiz.bank is None and items:
        quiz.bank = items[0][0].bank
    quiz.full_clean()
    _check_items(quiz, items)
    quiz.save()
    _set_items(quiz, items)
    return quiz


def _check_items(quiz: Quiz, items: Sequence[tuple[Question, int]]) -> None:
    seen: set[int] = set()
    for question, points in items:
        if question.bank.school_id != quiz.school_id:
            raise ValidationError({"questions": _("A quiz asks questions of its own school only.")})
        if points < 1:
            raise ValidationError({"questions": _("A question is worth one point or more.")})
        if question.pk in seen:
            raise ValidationError({"questions": _("A quiz asks each question once: “%s”.") % question.code})
        seen.add(question.pk)


def _set_items(quiz: Quiz, items: Sequence[tuple[Question, int]]) -> None:
    quiz.items.exclude(question__in=[question.pk for question, _points in items]).delete()
    for place, (question, points) in enumerate(items, 1):
        QuizItem.objects.update_or_create(quiz=quiz, question=question, defaults={"order": place, "points": points})


@transaction.atomic
def create_quiz(*, bank: QuestionBank, title: str) -> Quiz:
    """Make a quiz that asks nothing yet. Its code is made from the title, with a number where it is taken."""
    taken = set(Quiz.objects.filter(school=bank.school_id).values_list("code", flat=True))
    quiz = Quiz(school=bank.school, bank=bank, code=free(slugify(title)[:32] or "quiz", taken), title=title.strip())
    quiz.full_clean()
    quiz.save()
    return quiz


@transaction.atomic
def draft_quiz(
    *,
    quiz: Quiz,
    title: str,
    pass_percent: int,
    attempts_allowed: int,
    items: Iterable[tuple[Question, int]],
    by: User,
    stamp: str = "",
) -> QuizDraft | None:
    """Keep what an author made of a quiz; learners are asked what they were asked before. Idempotent.

    Returns the draft, or None where it says what is in use already: then nothing waits. `stamp` is that of the quiz
    which the author saw (`QuizAsWritten.stamp`). Refuses what `ensure_quiz` refuses, and what would undo words that
    somebody wrote since that stamp.
    """
    quiz = Quiz.objects.select_for_update().get(pk=quiz.pk)
    listed = list(items)
    _check_items(quiz, listed)
    if stamp and stamp != (now := quiz_as_written(quiz)).stamp:
        there = [(line.question.pk, line.points) for line in now.lines]
        said = (now.title, now.pass_percent, now.attempts_allowed)
        if (title.strip(), pass_percent, attempts_allowed) != said or there != [(q.pk, worth) for q, worth in listed]:
            raise ValidationError(
                _(
                    "This quiz was changed since you opened it. What you typed is still here: look at it in another "
                    "window, then save again to put yours in its place."
                ),
                code="stale",
            )
    draft = QuizDraft.objects.filter(quiz=quiz).first() or QuizDraft(quiz=quiz, written_by=by)
    stored = [{"question": str(question.uuid), "points": points} for question, points in listed]
    wanted = {"title": title.strip(), "pass_percent": pass_percent, "attempts_allowed": attempts_allowed}
    in_use = [(item.question_id, item.points) for item in quiz.items.all()]
    if in_use == [(question.pk, points) for question, points in listed] and all(
        getattr(quiz, name) == value for name, value in wanted.items()
    ):
        if draft.pk:
            draft.delete()
        return None
    changed = draft.pk is None or draft.items != stored or any(getattr(draft, n) != v for n, v in wanted.items())
    for name, value in wanted.items():
        setattr(draft, name, value)
    draft.items = stored
    if changed:
        draft.written_by, draft.written_at, draft.sent_at = by, timezone.now(), None
    draft.full_clean()
    draft.save()
    return draft


@transaction.atomic
def send_draft(*, quiz: Quiz, by: User) -> QuizDraft:
    """Note that the author asks for her quiz to be put in use. Refuses a quiz that asks nothing."""
    written = quiz_as_written(quiz)
    if not written.lines:
        raise ValidationError(_("Add a question first: a quiz asks at least one."))
    draft = QuizDraft.objects.select_for_update().filter(quiz=quiz).first()
    if draft is None:
        # Only words of questions wait: the draft says what the quiz says, so that there is something to put in use.
        draft = QuizDraft(
            quiz=quiz,
            title=written.title,
            pass_percent=written.pass_percent,
            attempts_allowed=written.attempts_allowed,
            items=[{"question": str(line.question.uuid), "points": line.points} for line in written.lines],
            written_by=by,
        )
    draft.sent_at = timezone.now()
    draft.save()
    return draft


@transaction.atomic
def put_quiz_in_use(*, quiz: Quiz) -> Quiz:
    """Ask from now on what the draft says, each of its questions in its newest words. Idempotent.

    Attempts that were begun keep their questions, points and pass mark. Refuses a quiz that asks nothing, and one with
    a retired question.
    """
    quiz = Quiz.objects.select_for_update().get(pk=quiz.pk)
    written = quiz_as_written(quiz)
    if not written.lines:
        raise ValidationError(_("Add a question first: a quiz asks at least one."))
    for line in written.lines:
        if line.question.state == Question.State.RETIRED:
            raise ValidationError(
                _("“%(question)s” is retired. Take it out of the quiz, or bring it back.") % {"question": line.ask}
            )
    quiz.title = written.title
    quiz.pass_percent, quiz.attempts_allowed = written.pass_percent, written.attempts_allowed
    quiz.full_clean()
    quiz.save()
    _set_items(quiz, [(line.question, line.points) for line in written.lines])
    for line in written.lines:
        put_question_in_use(question=line.question)
    QuizDraft.objects.filter(quiz=quiz).delete()
    return quiz


@transaction.atomic
def discard_draft(*, quiz: Quiz) -> None:
    """Throw away what was drafted of a quiz; its questions stay in the bank. Idempotent."""
    QuizDraft.objects.filter(quiz=quiz).delete()
