"""Writes which program asks from which bank, begins a module's quiz from its page, and lets what is written into use.

`access.may_put_in_use` says who may; the room of quizzes does it.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.users.models import UserProfile

from accounts.models import Organisation, User
from accounts.selectors import has_role, holders_of
from certification.quizzes import services as quizzes
from certification.quizzes.models import Question, QuestionBank, Quiz, Vignette
from certification.quizzes.selectors import (
    questions_of_case,
    quiz_as_written,
    writers_of_question,
    writers_of_quiz,
)
from notices.services import enqueue_mail

from ..access import banks_of, may_put_in_use
from ..models import RESPONSIBLE, Module, ModulePage, Program, ProgramBank


@transaction.atomic
def open_bank(*, program: Program, bank: QuestionBank) -> None:
    """Let a program's team write in a bank. Idempotent. Refuses a bank of another school."""
    if bank.school_id != program.school_id:
        raise ValidationError(_("This bank belongs to another school."))
    ProgramBank.objects.get_or_create(program=program, bank=bank)


@transaction.atomic
def keep_bank(*, bank: QuestionBank, title: str, programs: Iterable[Program], by: User) -> QuestionBank:
    """Give a bank its title and the programs whose teams write in it. Idempotent.

    Refuses who is not responsible, and programs of another school.
    """
    if not has_role(by, bank.school_id, *RESPONSIBLE):
        raise ValidationError(_("Only registrars and administrators of the school keep its banks."))
    quizzes.change_bank(bank=bank, title=title)
    wanted = list(programs)
    bank.in_programs.exclude(program__in=wanted).delete()
    for program in wanted:
        open_bank(program=program, bank=bank)
    return bank


@transaction.atomic
def begin_quiz(*, page: ModulePage, by: User, title: str = "") -> Quiz:
    """Return the quiz that the newest draft of a module's page names, made with its bank if there is none.

    The page names it in a new draft: it becomes the module's when the page is published, like the rest of the plan.
    Refuses who may not edit the page now, a page outside of any program, and a translation.
    """
    draft = page.get_latest_revision_as_object()
    if draft.quiz is not None:
        quiz: Quiz = draft.quiz
        return quiz
    rights = page.permissions_for_user(by)
    if not rights.can_edit() or rights.page_locked():
        raise ValidationError(_("Somebody is reading this draft now. Write the quiz when it is back with you."))
    program = draft.program_of_plan()
    if program is None or not draft.governs:
        raise ValidationError(_("Choose the program on the page above first; then this module has its quiz."))
    code = draft.module.code if draft.module is not None else ""
    bank = QuestionBank.objects.filter(school=program.school_id, code=code, in_programs__program=program).first()
    if bank is None:
        bank = quizzes.create_bank(school=program.school, title=draft.title, code=code)
        open_bank(program=program, bank=bank)
    quiz = quizzes.create_quiz(bank=bank, title=title or draft.title)
    draft.quiz = quiz
    draft.save_revision(user=by, clean=False)
    return quiz


# ---- into use ----


@transaction.atomic
def release_quiz(*, quiz: Quiz, by: User) -> Quiz:
    """Let learners be asked what is written of a quiz, and tell its author. Idempotent.

    Refuses who may not put it in use, and what cannot be asked.
    """
    written = quiz_as_written(quiz)
    writers = writers_of_quiz(written)
    _refuse_unless(by, quiz.bank, writers, quiz.school_id)
    quiz = quizzes.put_quiz_in_use(quiz=quiz)
    if written.draft is not None and written.draft.sent_at is not None:
        author = written.draft.written_by
        _mail("quiz_in_use", quiz, author, by, key=f"quiz-in-use:{written.draft.pk}:{written.draft.sent_at}")
    return quiz


@transaction.atomic
def release_question(*, question: Question, by: User) -> Question:
    """Let learners be asked the newest words of a question, wherever a quiz asks it. Idempotent; refuses as above."""
    _refuse_unless(by, question.bank, writers_of_question(question), question.bank.school_id)
    return quizzes.put_question_in_use(question=question)


@transaction.atomic
def release_vignette(*, vignette: Vignette, by: User) -> Vignette:
    """Let learners be asked all questions of a case in their newest words. Idempotent; refuses as above."""
    waiting = [question for question in questions_of_case(vignette) if question.asked_number != question.newest]
    writers = {writer for question in waiting for writer in writers_of_question(question)}
    _refuse_unless(by, vignette.bank, writers, vignette.bank.school_id)
    return quizzes.put_vignette_in_use(vignette=vignette)


@transaction.atomic
def change_questions(*, questions: Sequence[Question], by: User, state: str = "", **sorting: Any) -> None:
    """Sort many questions at once as `quizzes.sort_questions` does, and send them for use (`state` is "send"), put them
    in use ("use") or retire them ("retire") where that is asked.

    All or none. Refuses a question of a bank that is not hers, and putting in use or retiring what she may not.
    """
    hers = set(banks_of(by).values_list("pk", flat=True))
    if any(question.bank_id not in hers for question in questions):
        raise ValidationError(_("This bank is not one of yours."))
    quizzes.sort_questions(questions=questions, **sorting)
    if state == "send":
        send_questions(questions=questions, by=by)
    changes: dict[str, Callable[..., Question]] = {"use": release_question, "retire": withdraw_question}
    for question in questions if state in changes else ():
        changes[state](question=question, by=by)


@transaction.atomic
def withdraw_question(*, question: Question, by: User) -> Question:
    """Retire a question. Idempotent. What learners are asked, only those take away who may put it in use."""
    if question.state != Question.State.DRAFT:
        _refuse_unless(by, question.bank, (), question.bank.school_id)
    elif not banks_of(by).filter(pk=question.bank_id).exists():
        raise ValidationError(_("This bank is not one of yours."))
    return quizzes.retire_question(question=question)


def _refuse_unless(by: User, bank: QuestionBank | None, writers: Iterable[int | None], school: int) -> None:
    allowed = has_role(by, school, *RESPONSIBLE) if bank is None else may_put_in_use(by, bank, list(writers))
    if not allowed:
        raise ValidationError(
            _("A registrar, or the lead of the module for what others wrote, puts questions in use. Send it to them.")
        )


@transaction.atomic
def send_questions(*, questions: Sequence[Question], by: User) -> list[Question]:
    """Ask those who may for questions to be put in use, as those that quizzes draw: one mail each, and a line on their
    first page. Idempotent by the words. Give those that are newly sent. Refuses a question of a bank that is not hers.
    """
    hers = {bank.pk: bank for bank in banks_of(by).select_related("school")}
    if any(question.bank_id not in hers for question in questions):
        raise ValidationError(_("This bank is not one of yours."))
    sent = quizzes.send_questions(questions=questions)
    counts: Counter[User] = Counter()
    for key, number in Counter(question.bank_id for question in sent).items():
        counts.update(dict.fromkeys(_readers(hers[key].school, hers[key], by), number))
    words = ",".join(f"{question.pk}:{question.sent_number}" for question in sent)
    for reader, number in counts.items():
        if UserProfile.get_for_user(reader).submitted_notifications:
            enqueue_mail(
                key=f"questions-wait:{hashlib.sha256(words.encode()).hexdigest()[:32]}:{reader.pk}",
                to=reader.email,
                user=reader,
                template="catalog_questions_wait",
                context={
                    "name": reader.get_short_name(),
                    "by": by.get_full_name(),
                    "number": number,
                    "list_url": f"{settings.BASE_URL}{reverse('cms_questions')}?state=review",
                },
            )
    return sent


def _readers(school: Organisation, bank: QuestionBank | None, by: User) -> set[User]:
    """Who may put in use what `by` wrote in a bank of this school."""
    readers = set(holders_of(school, "registrar"))
    if bank is not None:
        led = Module.objects.filter(program__banks__bank=bank, lead__is_active=True)
        readers |= {module.lead for module in led.exclude(state=Module.State.RETIRED).select_related("lead")}  # type: ignore[misc]
    return readers - {by}


@transaction.atomic
def send_quiz(*, quiz: Quiz, by: User) -> None:
    """Ask those who may for a quiz to be put in use: a mail each, and a line on their first page. Idempotent by draft.

    Refuses a quiz that asks nothing.
    """
    draft = quizzes.send_draft(quiz=quiz, by=by)
    for reader in sorted(_readers(quiz.school, quiz.bank, by), key=lambda reader: reader.pk):
        _mail("quiz_waits", quiz, reader, by, key=f"quiz-waits:{draft.pk}:{draft.written_at.isoformat()}")


def _mail(template: str, quiz: Quiz, person: User, by: User, *, key: str) -> None:
    wish = "submitted" if template == "quiz_waits" else "approved"
    if person == by or not getattr(UserProfile.get_for_user(person), f"{wish}_notifications"):
        return
    enqueue_mail(
        key=f"{key}:{person.pk}",
        to=person.email,
        user=person,
        template=f"catalog_{template}",
        context={
            "name": person.get_short_name(),
            "by": by.get_full_name(),
            "title": quiz_as_written(quiz).title,
            "edit_url": f"{settings.BASE_URL}{reverse('cms_quiz', args=[quiz.uuid])}",
        },
    )
