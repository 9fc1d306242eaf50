"""Writes what authors make: banks, questions in versions, quizzes, and which of it learners are asked.

Who may call what is the business of the room that knows the teams (`courses.catalog`).
"""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Organisation, User

from ..models import Question, QuestionBank, QuestionPicture, QuestionVersion, Quiz, QuizDraft, QuizItem
from ..selectors import quiz_as_written
from ..types import KINDS, BadQuestionError, Choice, QuestionType

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
    bank = QuestionBank(school=school, code=_free(code or slugify(title)[:32] or "bank", taken), title=title.strip())
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


def _free(base: str, taken: set[str]) -> str:
    """This name, with a number where it is taken."""
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name


# ---- questions ----


@transaction.atomic
def ensure_question(
    *,
    bank: QuestionBank,
    code: str,
    kind: str,
    stem: str,
    choices: Sequence[Mapping[str, Any]] = (),
    content: Mapping[str, Any] | None = None,
    explanation: str = "",
    objective: str = "",
    state: str = Question.State.ACTIVE,
) -> Question:
    """Return the bank's question of this code, its newest version as given, in use unless `state` says otherwise.

    For files. Atomic; idempotent by (bank, code) and the words: the same words make nothing new, changed words make
    the next version, and attempts keep theirs. A choice is `{text, correct, feedback?, key?}`; what is stored as its
    key is opaque and stays the same while `key` (else the text) does, and weights in `content` name choices by the key
    given here. All other keys in `content` are kept as they are: they must say nothing. Refuses (ValidationError) an
    unknown kind, an empty stem, doubled or unreadable choices, choices and content that the kind cannot ask, and a
    picture that the school does not have.
    """
    if state not in Question.State.values:
        raise ValidationError({"state": _("A question is draft, active or retired.")})
    type_ = _kind(kind)
    question, _made = Question.objects.get_or_create(bank=bank, code=code)
    listed, named = _read_choices(
        type_, choices, lambda choice: _opaque_key(question, choice.get("key") or choice.get("text"))
    )
    content = _weights_of(named, content or {})
    version = _next_version(question, _words(bank, type_, stem, listed, content, explanation, objective), by=None)
    asked = version.number if state == Question.State.ACTIVE else question.asked_number
    if (question.state, question.asked_number) != (state, asked):
        question.state, question.asked_number = state, asked
        question.save(update_fields=["state", "asked_number"])
    return question


@transaction.atomic
def write_question(
    *,
    bank: QuestionBank,
    question: Question | None = None,
    based_on: int | None = None,
    kind: str,
    stem: str,
    choices: Sequence[Mapping[str, Any]] = (),
    content: Mapping[str, Any] | None = None,
    explanation: str = "",
    objective: str = "",
    difficulty: str = "",
    quiz: Quiz | None = None,
    by: User,
) -> Question:
    """Keep what an author wrote: a new question of the bank, as a draft, or the next version of `question`.

    Where `quiz` is given, its draft asks the question too, last, for one point.

    Nobody is asked it before `put_question_in_use`; attempts keep their versions. The same words make no version. A
    choice is `{text, correct, feedback?, key?}`; `key` is that of the newest version whose text is being changed.
    Without `content` that of the newest version stays, and so must the kind.
    `based_on` is the number of the version that the author saw. Refuses (ValidationError) what `ensure_question`
    refuses, a question of another bank, and words that somebody else wrote meanwhile.
    """
    known: set[str] = set()
    type_ = _kind(kind)
    if question is None:
        listed, named = _read_choices(type_, choices, lambda choice: _new_key())
        content = _weights_of(named, content or {})
        words = _words(bank, type_, stem, listed, content, explanation, objective)
        taken = set(Question.objects.filter(bank=bank).values_list("code", flat=True))
        question = Question(bank=bank, code=_free(slugify(stem)[:60] or "question", taken), difficulty=difficulty)
        question.full_clean()
        question.save()
    else:
        question = Question.objects.select_for_update().get(pk=question.pk)
        if question.bank_id != bank.pk:
            raise ValidationError(_("This question stands in another bank."))
        newest = question.versions.order_by("-number").first()
        if newest is not None:
            known = {choice["key"] for choice in newest.choices}
            if content is None and newest.kind == kind:
                content = newest.content
            elif content is None and newest.content:
                raise ValidationError(
                    {"kind": _("It has content of its own kind, which would be lost. Write another question instead.")}
                )
            if based_on is not None and newest.number != based_on:
                raise ValidationError(
                    _(
                        "Somebody has saved version %(number)d meanwhile. Open it in another window and compare, then "
                        "save again to put yours after it."
                    )
                    % {"number": newest.number},
                    code="stale",
                )
        listed, named = _read_choices(
            type_, choices, lambda choice: str(k) if (k := choice.get("key")) in known else _new_key()
        )
        content = _weights_of(named, content or {})
        words = _words(bank, type_, stem, listed, content, explanation, objective)
        if question.difficulty != difficulty:
            question.difficulty = difficulty
            question.full_clean()
            question.save(update_fields=["difficulty"])
    _next_version(question, words, by=by)
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


def _kind(kind: str) -> QuestionType[Any]:
    if kind not in KINDS:
        raise ValidationError(
            {
                "kind": _("“%(kind)s” is no kind of question. Choose one of: %(kinds)s.")
                % {"kind": kind, "kinds": ", ".join(KINDS)}
            }
        )
    return KINDS[kind]


def _words(
    bank: QuestionBank,
    type_: QuestionType[Any],
    stem: str,
    listed: Sequence[Choice],
    content: Mapping[str, Any],
    explanation: str,
    objective: str,
) -> dict[str, Any]:
    """A version's columns, if it can be asked."""
    if not stem.strip():
        raise ValidationError({"stem": _("Write the question.")})
    # What is wrong with a kind that has no list of choices stands in its content.
    place = "choices" if listed or not content else "content"
    try:
        parsed = type_.parse(listed, content)
        if digest := type_.picture(parsed):
            picture = QuestionPicture.objects.filter(school=bank.school_id, digest=digest).defer("data").first()
            if picture is None:
                raise BadQuestionError(_("The school has no picture of this digest. Bring the picture first."))
            type_.check_picture(parsed, picture.width, picture.height)
    except BadQuestionError as error:
        raise ValidationError({place: str(error)}) from error
    return {
        "kind": type_.kind,
        "stem": stem.strip(),
        "choices": [asdict(choice) for choice in listed],
        "content": dict(content),
        "explanation": explanation.strip(),
        "objective": objective.strip(),
    }


def _next_version(question: Question, words: Mapping[str, Any], *, by: User | None) -> QuestionVersion:
    """The newest version if it says so already, else the next."""
    newest = question.versions.order_by("-number").first()
    if newest is not None and all(getattr(newest, name) == value for name, value in words.items()):
        return newest
    version = QuestionVersion(question=question, number=newest.number + 1 if newest else 1, written_by=by, **words)
    version.full_clean()
    version.save(force_insert=True)
    return version


def _read_choices(
    type_: QuestionType[Any], choices: Sequence[Mapping[str, Any]], key_of: Callable[[Mapping[str, Any]], str]
) -> tuple[list[Choice], dict[str, str]]:
    """The choices as they are stored, and their stored keys by the keys that were given."""
    listed, named = [], {}
    for choice in choices:
        text = choice.get("text", "" if type_.fixed_keys else None)
        correct = choice.get("correct", False)
        feedback = choice.get("feedback", "")
        unknown = set(choice) - {"key", "text", "correct", "feedback"}
        if unknown or not isinstance(text, str) or not (text.strip() or type_.fixed_keys):
            raise ValidationError({"choices": _("A choice has a text, and may have correct, feedback and key.")})
        if not isinstance(correct, bool) or not isinstance(feedback, str):
            raise ValidationError(
                {"choices": _("“correct” is true or false, and “feedback” is text: see “%s”.") % text.strip()}
            )
        key = str(choice.get("key")) if type_.fixed_keys else key_of(choice)
        named[str(choice.get("key") or key)] = key
        listed.append(Choice(key, text.strip(), correct, feedback.strip()))
    if len({choice.key for choice in listed}) < len(listed) or (
        not type_.fixed_keys and len({c.text for c in listed}) < len(listed)
    ):
        raise ValidationError({"choices": _("Two choices are the same. Change or remove one.")})
    return listed, named


def _weights_of(named: Mapping[str, str], content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with its weights by the choices' stored keys."""
    content = dict(content)
    if isinstance(weights := content.get("weights"), Mapping):
        content["weights"] = {named.get(str(key), str(key)): weight for key, weight in weights.items()}
    return content


def _opaque_key(question: Question, name: object) -> str:
    """A key that says nothing: authors' own may (“right”, “a”), and who knows them could try them on the question."""
    name = str(name).strip()
    return salted_hmac("quizzes.key", f"{question.uuid}/{name}", algorithm="sha256").hexdigest()[:12]


def _new_key() -> str:
    return secrets.token_hex(6)


@transaction.atomic
def put_question_in_use(*, question: Question) -> Question:
    """Ask the newest version from now on; a retired question comes back with it. Idempotent.

    Attempts that were begun keep theirs. Refuses a question without words.
    """
    question = Question.objects.select_for_update().get(pk=question.pk)
    newest = question.versions.order_by("-number").first()
    if newest is None:
        raise ValidationError(_("Write the question first."))
    if (question.state, question.asked_number) != (Question.State.ACTIVE, newest.number):
        question.state, question.asked_number = Question.State.ACTIVE, newest.number
        question.save(update_fields=["state", "asked_number"])
    return question


@transaction.atomic
def retire_question(*, question: Question) -> Question:
    """Ask it no more in attempts begun from now on. Idempotent; nothing is deleted, and open attempts keep it."""
    question = Question.objects.select_for_update().get(pk=question.pk)
    if question.state != Question.State.RETIRED:
        question.state = Question.State.RETIRED
        question.save(update_fields=["state"])
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
    quiz = Quiz(school=bank.school, bank=bank, code=_free(slugify(title)[:32] or "quiz", taken), title=title.strip())
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
