"""Writes what authors make: banks, quizzes, and which of it learners are asked. `questions` writes the questions.

Who may call what is the business of the room that knows the teams (`courses.catalog`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, User

from .. import plan
from ..models import Question, QuestionBank, Quiz, QuizDraft, QuizItem, QuizSection
from ..plan import AskLine, DrawLine, Line, SectionLine
from ..selectors import draws_of, plan_in_use, quiz_as_written
from ..settings import BadSettingError, QuizSettings
from .questions import free, keep_question, put_question_in_use

MOST_DRAWN = 500
MOST_TITLE = 200

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
        if question.pk not in {line.question.pk for line in written.lines}:
            draft_quiz(
                quiz=quiz,
                title=written.title,
                pass_percent=written.pass_percent,
                attempts_allowed=written.attempts_allowed,
                items=[*written.items, (question, 1)],
                by=by,
            )
    return question


# ---- quizzes ----

Asked = Line | Question | tuple[Question, int]
"""A line of a quiz; a question is asked by name, for one point or as many as stand beside it."""


@transaction.atomic
def ensure_quiz(
    *,
    school: Organisation,
    code: str,
    title: str,
    questions: Sequence[Asked],
    pass_percent: int = 75,
    attempts_allowed: int = 3,
    intro: str = "",
    settings: Mapping[str, Any] | None = None,
) -> Quiz:
    """Return the school's quiz of this code, asking exactly these lines in this order (`plan`).

    For files. `settings` has the shape of `QuizSettings.stored`. Atomic; idempotent by (school, code). Attempts already
    begun keep what they were begun with. Refuses a question or bank of another school, a pass mark that is no
    percentage, a quiz without attempts, worthless items, settings that cannot be read, a section that asks nothing, and
    a draw that cannot have its count.
    """
    quiz = Quiz.objects.filter(school=school, code=code).first() or Quiz(school=school, code=code)
    items = _tidy(_lines(questions))
    quiz.title, quiz.pass_percent, quiz.attempts_allowed = title, pass_percent, attempts_allowed
    quiz.intro, quiz.settings = intro.strip(), _settings(settings or {})
    asked, banks = _check_items(quiz, items)
    if quiz.bank is None:
        firsts = [asked[i.question].bank if isinstance(i, AskLine) else banks[i.bank] for i in _asking(items)]
        quiz.bank = next(iter(firsts), None)
    quiz.full_clean()
    _check_usable(items)
    quiz.save()
    _set_items(quiz, items, asked, banks)
    return quiz


def _lines(items: Iterable[Asked]) -> tuple[Line, ...]:
    """The lines of a plan, in whatever way they were given."""
    lines: list[Line] = []
    for item in items:
        if isinstance(item, tuple):
            lines.append(AskLine(item[0].uuid, item[1]))
        else:
            lines.append(AskLine(item.uuid) if isinstance(item, Question) else item)
    return tuple(lines)


def _asking(items: Iterable[Line]) -> list[AskLine | DrawLine]:
    return [item for item in items if not isinstance(item, SectionLine)]


_SETTING_WORDS = {
    "opens_at": gettext_lazy("The opening is a date and time with its zone."),
    "closes_at": gettext_lazy("The closing is a date and time with its zone, after the opening."),
    "time_limit_minutes": gettext_lazy("The time limit is a whole number of minutes; 0 is none."),
    "grace_seconds": gettext_lazy("The grace is a whole number of seconds, an hour at most."),
    "late_policy": gettext_lazy("When time is over, the attempt is handed in or void: choose one."),
    "wait_minutes": gettext_lazy("The waiting time between attempts is a whole number of minutes; 0 is none."),
    "score_kept": gettext_lazy("The score that counts is the best, the last or the average: choose one."),
    "layout": gettext_lazy("All questions stand on one page, or one on each: choose one."),
    "shuffle_questions": gettext_lazy("Questions are shuffled or not: say true or false."),
    "shuffle_choices": gettext_lazy("Choices are shuffled or not: say true or false."),
    "key_shown": gettext_lazy("The key is shown after the last attempt, after closing or never: choose one."),
    "honour": gettext_lazy("The honor statement is a text of at most 2000 signs."),
    "access_code": gettext_lazy("The access code is a text of at most 40 signs."),
    "proctored": gettext_lazy("The quiz is proctored or not: say true or false."),
    "gates": gettext_lazy("Each condition is so many minutes (of a category), or the code of a milestone."),
}


def _settings(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as they are stored; the refusal says which cannot be read."""
    try:
        return QuizSettings.read(stored).stored()
    except BadSettingError as error:
        unknown = _("There is no setting of the name “%s”. Take it out.") % error.name
        raise ValidationError({"settings": _SETTING_WORDS.get(error.name, unknown)}, code=error.name) from error


def _check_items(quiz: Quiz, items: Sequence[Line]) -> tuple[dict[UUID, Question], dict[UUID, QuestionBank]]:
    """The questions and banks that these lines name; refuses what no quiz of the school may ask. Two queries."""
    asks = [item for item in items if isinstance(item, AskLine)]
    takes = [item for item in items if isinstance(item, DrawLine)]
    asked = {
        question.uuid: question
        for question in Question.objects.filter(uuid__in=[item.question for item in asks]).select_related("bank")
    }
    banks = {bank.uuid: bank for bank in QuestionBank.objects.filter(uuid__in=[item.bank for item in takes])}
    seen: set[UUID] = set()
    for item in asks:
        question = asked.get(item.question)
        if question is None or question.bank.school_id != quiz.school_id:
            raise ValidationError({"questions": _("A quiz asks questions of its own school only.")})
        if item.question in seen:
            raise ValidationError({"questions": _("A quiz asks each question once: “%s”.") % question.code})
        seen.add(item.question)
    for draw in takes:
        if draw.bank not in banks or banks[draw.bank].school_id != quiz.school_id:
            raise ValidationError({"questions": _("A quiz draws from banks of its own school only.")})
        if not 1 <= draw.count <= MOST_DRAWN:
            raise ValidationError({"questions": _("A draw takes from 1 to %d questions.") % MOST_DRAWN})
        if draw.difficulty not in ("", *Question.Difficulty.values):
            raise ValidationError({"questions": _("A question is easy, medium or hard.")})
    if any(item.points < 1 for item in _asking(items)):
        raise ValidationError({"questions": _("A question is worth one point or more.")})
    for section in items:
        if isinstance(section, SectionLine) and not 0 < len(section.title.strip()) <= MOST_TITLE:
            raise ValidationError({"questions": _("Give each section a title of at most %d signs.") % MOST_TITLE})
    return asked, banks


def _check_usable(items: Sequence[Line]) -> None:
    """Refuse a section that asks nothing, and draws that cannot have their count of the questions in use now."""
    for item, after in pairwise([*items, None]):
        if isinstance(item, SectionLine) and (after is None or isinstance(after, SectionLine)):
            raise ValidationError(
                {"questions": _("The section “%s” asks nothing. Put a question below it, or take it out.") % item.title}
            )
    problems = [
        _("Draw from “%(bank)s”%(of)s: %(problem)s")
        % {"bank": draw.bank.title if draw.bank else "", "of": _of(draw.line), "problem": draw.problem}
        for draw in draws_of(items)
        if draw.problem
    ]
    if problems:
        raise ValidationError({"questions": problems})


def _of(draw: DrawLine) -> str:
    """What a draw asks for, in brackets."""
    said = [word for word in (draw.category, draw.difficulty, draw.tag) if word]
    return f" ({', '.join(said)})" if said else ""


def _set_items(
    quiz: Quiz, items: Sequence[Line], asked: Mapping[UUID, Question], banks: Mapping[UUID, QuestionBank]
) -> None:
    """Let the quiz ask these lines; what it asks already is left alone."""
    if plan_in_use(quiz) == tuple(items):
        return
    quiz.items.all().delete()
    quiz.sections.all().delete()
    section = None
    for place, item in enumerate(items, 1):
        if isinstance(item, SectionLine):
            section = QuizSection.objects.create(quiz=quiz, order=place, title=item.title, intro=item.intro)
            continue
        row = QuizItem(quiz=quiz, section=section, order=place, points=item.points)
        if isinstance(item, AskLine):
            row.question = asked[item.question]
        else:
            row.draw_bank, row.count = banks[item.bank], item.count
            row.category, row.difficulty, row.tag = item.category, item.difficulty, item.tag
        row.save()


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
    items: Iterable[Asked],
    by: User,
    intro: str | None = None,
    settings: Mapping[str, Any] | None = None,
    stamp: str = "",
) -> QuizDraft | None:
    """Keep what an author made of a quiz; learners are asked what they were asked before. Idempotent.

    `items` are its lines in order (`plan`); `intro` and `settings` stay as they are written where they are not given.
    Returns the draft, or None where it says what is in use already: then nothing waits. `stamp` is that of the quiz
    which the author saw (`QuizAsWritten.stamp`). Refuses what `ensure_quiz` refuses but for a section that asks nothing
    and a draw that cannot have its count (`selectors.draws_of` says which; putting in use refuses it), and what would
    undo words that somebody wrote since that stamp.
    """
    quiz = Quiz.objects.select_for_update().get(pk=quiz.pk)
    now = quiz_as_written(quiz)
    listed = _tidy(_lines(items))
    _check_items(quiz, listed)
    wanted = {
        "title": title.strip(),
        "pass_percent": pass_percent,
        "attempts_allowed": attempts_allowed,
        "intro": now.intro if intro is None else intro.replace("\r\n", "\n").strip(),
        "settings": _settings(now.settings if settings is None else settings),
    }
    if stamp and stamp != now.stamp:
        said = {name: getattr(now, name) for name in wanted}
        if said != wanted or now.items != listed:
            raise ValidationError(
                _(
                    "This quiz was changed since you opened it. What you typed is still here: look at it in another "
                    "window, then save again to put yours in its place."
                ),
                code="stale",
            )
    draft = QuizDraft.objects.filter(quiz=quiz).first() or QuizDraft(quiz=quiz, written_by=by)
    if plan_in_use(quiz) == listed and all(getattr(quiz, name) == value for name, value in wanted.items()):
        if draft.pk:
            draft.delete()
        return None
    items_stored = plan.stored(listed)
    changed = draft.pk is None or draft.items != items_stored or any(getattr(draft, n) != v for n, v in wanted.items())
    for name, value in wanted.items():
        setattr(draft, name, value)
    draft.items = items_stored
    if changed:
        draft.written_by, draft.written_at, draft.sent_at = by, timezone.now(), None
    draft.full_clean()
    draft.save()
    return draft


def _tidy(items: Sequence[Line]) -> tuple[Line, ...]:
    """The lines as they are kept: no white space around words, tags in small letters."""
    kept: list[Line] = []
    for item in items:
        if isinstance(item, SectionLine):
            item = SectionLine(item.title.strip(), item.intro.replace("\r\n", "\n").strip())
        elif isinstance(item, DrawLine):
            item = replace(item, category=item.category.strip().strip("/"), tag=item.tag.strip().lower())
        kept.append(item)
    return tuple(kept)


@transaction.atomic
def send_draft(*, quiz: Quiz, by: User) -> QuizDraft:
    """Note that the author asks for her quiz to be put in use. Refuses a quiz that asks nothing."""
    written = quiz_as_written(quiz)
    if not written.asks:
        raise ValidationError(_("Add a question first: a quiz asks at least one."))
    draft = QuizDraft.objects.select_for_update().filter(quiz=quiz).first()
    if draft is None:
        # Only words of questions wait: the draft says what the quiz says, so that there is something to put in use.
        draft = QuizDraft(
            quiz=quiz,
            title=written.title,
            pass_percent=written.pass_percent,
            attempts_allowed=written.attempts_allowed,
            intro=written.intro,
            settings=dict(written.settings),
            items=plan.stored(written.items),
            written_by=by,
        )
    draft.sent_at = timezone.now()
    draft.save()
    return draft


@transaction.atomic
def put_quiz_in_use(*, quiz: Quiz) -> Quiz:
    """Ask from now on what the draft says, each of its questions in its newest words. Idempotent.

    Draws take what is in use. Attempts that were begun keep their questions, points, pass mark and settings. Refuses a
    quiz that asks nothing, one with a retired question, a section that asks nothing, and a draw that cannot have its
    count.
    """
    quiz = Quiz.objects.select_for_update().get(pk=quiz.pk)
    written = quiz_as_written(quiz)
    if not written.asks:
        raise ValidationError(_("Add a question first: a quiz asks at least one."))
    for line in written.lines:
        if line.question.state == Question.State.RETIRED:
            raise ValidationError(
                _("“%(question)s” is retired. Take it out of the quiz, or bring it back.") % {"question": line.ask}
            )
    asked, banks = _check_items(quiz, written.items)
    _check_usable(written.items)
    quiz.title, quiz.intro, quiz.settings = written.title, written.intro, dict(written.settings)
    quiz.pass_percent, quiz.attempts_allowed = written.pass_percent, written.attempts_allowed
    quiz.full_clean()
    quiz.save()
    _set_items(quiz, written.items, asked, banks)
    for line in written.lines:
        put_question_in_use(question=line.question)
    QuizDraft.objects.filter(quiz=quiz).delete()
    return quiz


@transaction.atomic
def discard_draft(*, quiz: Quiz) -> None:
    """Throw away what was drafted of a quiz; its questions stay in the bank. Idempotent."""
    QuizDraft.objects.filter(quiz=quiz).delete()
