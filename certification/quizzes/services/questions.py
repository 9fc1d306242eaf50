"""Writes questions and cases in versions, how they are sorted, and which of them learners are asked.

Who may call what is the business of the room that knows the teams (`courses.catalog`).
"""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.crypto import salted_hmac
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User

from ..models import (
    Question,
    QuestionBank,
    QuestionPicture,
    QuestionVersion,
    Tag,
    Vignette,
    VignetteVersion,
)
from ..rules import BadCategoryError, category_path, tag_name
from ..types import KINDS, BadQuestionError, Choice, QuestionType


def free(base: str, taken: set[str]) -> str:
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
    vignette: Vignette | str | None = None,
    picture: QuestionPicture | None = None,
    category: str = "",
    tags: Iterable[str] = (),
    difficulty: str = "",
) -> Question:
    """Return the bank's question of this code, its newest version as given, in use unless `state` says otherwise.

    For files. Atomic; idempotent by (bank, code) and the words: the same words make nothing new, changed words make
    the next version, and attempts keep theirs. A choice is `{text, correct, feedback?, key?}`; what is stored as its
    key is opaque and stays the same while `key` (else the text) does, and weights in `content` name choices by the key
    given here. All other keys in `content` are kept as they are: they must say nothing. `vignette` is a case of the
    bank or its code, asked about in its newest words; `picture` stands beside the words. `category`, `tags` and
    `difficulty` are set as given and make no version. Refuses (ValidationError) an
    unknown kind, an empty stem, doubled or unreadable choices, choices and content that the kind cannot ask, a
    picture that the school does not have, and a case that the bank does not.
    """
    if state not in Question.State.values:
        raise ValidationError({"state": _("A question is draft, active or retired.")})
    type_ = _kind(kind)
    question, _made = Question.objects.get_or_create(bank=bank, code=code)
    listed, named = _read_choices(
        type_, choices, lambda choice: _opaque_key(question, choice.get("key") or choice.get("text"))
    )
    words = _words(
        bank, type_, stem, listed, _weights_of(named, content or {}), explanation, objective,
        case=_newest_case(bank, vignette), picture=picture,
    )  # fmt: skip
    version = _next_version(question, words, by=None)
    asked = version.number if state == Question.State.ACTIVE else question.asked_number
    if (question.state, question.asked_number) != (state, asked):
        question.state, question.asked_number = state, asked
        question.save(update_fields=["state", "asked_number"])
    _sort(question, category=category, difficulty=difficulty, tags=tags)
    return question


@transaction.atomic
def keep_question(
    *,
    bank: QuestionBank,
    question: Question | None = None,
    made: UUID | None = None,
    based_on: int | None = None,
    kind: str,
    stem: str,
    choices: Sequence[Mapping[str, Any]] = (),
    content: Mapping[str, Any] | None = None,
    explanation: str = "",
    objective: str = "",
    vignette: Vignette | str | None = None,
    picture: QuestionPicture | None = None,
    category: str = "",
    tags: Iterable[str] = (),
    difficulty: str = "",
    by: User,
) -> Question:
    """Keep what an author wrote: a new question of the bank, as a draft, or the next version of `question`.

    Nobody is asked it before `put_question_in_use`; attempts keep their versions. The same words make no version. A
    choice is `{text, correct, feedback?, key?}`; `key` is that of the newest version whose text is being changed.
    Without `content` that of the newest version stays, and so must the kind. `based_on` is the number of the version
    that the author saw. A new question is known again by `made`, which its form brings: pressed twice, it is one.
    Refuses (ValidationError) what `ensure_question` refuses, a question of another bank, and
    words that somebody else wrote meanwhile.
    """
    known: set[str] = set()
    type_ = _kind(kind)
    if question is not None:
        question = Question.objects.select_for_update().get(pk=question.pk)
        if question.bank_id != bank.pk:
            raise ValidationError(_("This question stands in another bank."))
        newest = question.versions.order_by("-number").first()
        if newest is not None:
            known = {choice["key"] for choice in newest.choices}
            content = _content_after(newest, kind, content)
            if based_on is not None and newest.number != based_on:
                raise ValidationError(_somebody_else(newest.number), code="stale")
    listed, named = _read_choices(
        type_, choices, lambda choice: str(k) if (k := choice.get("key")) in known else _new_key()
    )
    words = _words(
        bank, type_, stem, listed, _weights_of(named, content or {}), explanation, objective,
        case=_newest_case(bank, vignette), picture=picture,
    )  # fmt: skip
    if question is None:
        QuestionBank.objects.select_for_update().get(pk=bank.pk)
        there = Question.objects.filter(bank=bank, uuid=made).first() if made is not None else None
        if there is not None:
            return there
        taken = set(Question.objects.filter(bank=bank).values_list("code", flat=True))
        question = Question(bank=bank, code=free(slugify(stem)[:60].strip("-") or "question", taken))
        question.uuid = made or question.uuid
        question.full_clean()
        question.save()
    _next_version(question, words, by=by)
    _sort(question, category=category, difficulty=difficulty, tags=tags)
    return question


def _content_after(newest: QuestionVersion, kind: str, content: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if content is not None:
        return content
    if newest.kind != kind and newest.content:
        raise ValidationError(
            {"kind": _("It has content of its own kind, which would be lost. Write another question instead.")}
        )
    return newest.content if newest.kind == kind else {}


def _somebody_else(number: int) -> str:
    return _(
        "Somebody has saved version %(number)d meanwhile. Open it in another window and compare, then "
        "save again to put yours after it."
    ) % {"number": number}


def _kind(kind: str) -> QuestionType[Any]:
    if kind not in KINDS:
        raise ValidationError(
            {
                "kind": _("“%(kind)s” is no kind of question. Choose one of: %(kinds)s.")
                % {"kind": kind, "kinds": ", ".join(KINDS)}
            }
        )
    return KINDS[kind]


def _newest_case(bank: QuestionBank, vignette: Vignette | str | None) -> VignetteVersion | None:
    """The newest words of the case that a question asks about."""
    if vignette is None or vignette == "":
        return None
    rows = VignetteVersion.objects.filter(vignette__bank=bank).order_by("-number")
    found = (
        rows.filter(vignette__code=vignette).first()
        if isinstance(vignette, str)
        else rows.filter(vignette=vignette).first()
    )
    if found is None:
        raise ValidationError({"vignette": _("The bank has no case “%s”. Write the case first.") % vignette})
    return found


def _words(
    bank: QuestionBank,
    type_: QuestionType[Any],
    stem: str,
    listed: Sequence[Choice],
    content: Mapping[str, Any],
    explanation: str,
    objective: str,
    *,
    case: VignetteVersion | None,
    picture: QuestionPicture | None,
) -> dict[str, Any]:
    """A version's columns, if it can be asked."""
    if not stem.strip():
        raise ValidationError({"stem": _("Write the question.")})
    if picture is not None and picture.school_id != bank.school_id:
        raise ValidationError({"picture": _("This picture belongs to another school.")})
    # What is wrong with a kind that has no list of choices stands in its content.
    place = "choices" if listed or not content else "content"
    try:
        parsed = type_.parse(listed, content)
        if digest := type_.picture(parsed):
            asked = QuestionPicture.objects.filter(school=bank.school_id, digest=digest).defer("data").first()
            if asked is None:
                raise BadQuestionError(_("The school has no picture of this digest. Bring the picture first."))
            type_.check_picture(parsed, asked.width, asked.height)
    except BadQuestionError as error:
        raise ValidationError({place: str(error)}) from error
    return {
        "kind": type_.kind,
        "vignette_id": case.pk if case else None,
        "picture_id": picture.pk if picture else None,
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


# ---- how they are sorted ----


@transaction.atomic
def sort_questions(
    *,
    questions: Iterable[Question],
    category: str | None = None,
    difficulty: str | None = None,
    add_tags: Iterable[str] = (),
    take_tags: Iterable[str] = (),
) -> None:
    """Give these questions a category or difficulty (None: as it is), and give and take tags. Idempotent; no version.

    Refuses (ValidationError) a category of more than five steps and a tag that is too long.
    """
    taken = {_tag(name) for name in take_tags}
    added = {_tag(name) for name in add_tags}
    for question in questions:
        now = set(question.tags.values_list("name", flat=True))
        _sort(
            question,
            category=question.category if category is None else category,
            difficulty=question.difficulty if difficulty is None else difficulty,
            tags=(now - taken) | added,
        )


def _sort(question: Question, *, category: str, difficulty: str, tags: Iterable[str]) -> None:
    try:
        category = category_path(category)
    except BadCategoryError as error:
        raise ValidationError({"category": _("A category has five steps and 200 signs at most.")}) from error
    if (question.category, question.difficulty) != (category, difficulty):
        question.category, question.difficulty = category, difficulty
        question.full_clean()
        question.save(update_fields=["category", "difficulty"])
    names = {_tag(name) for name in tags} - {""}
    if names != set(question.tags.values_list("name", flat=True)):
        question.tags.set([Tag.objects.get_or_create(bank=question.bank, name=name)[0] for name in sorted(names)])


def _tag(name: str) -> str:
    name = tag_name(name)
    if len(name) > 40 or "," in name:
        raise ValidationError({"tags": _("A tag has 40 signs at most and no comma: see “%s”.") % name})
    return name


# ---- cases ----


@transaction.atomic
def ensure_vignette(*, bank: QuestionBank, code: str, title: str, text: str) -> Vignette:
    """Return the bank's case of this code in these words; its questions ask about them, those in use at once.

    For files. Atomic; idempotent by (bank, code) and the words.
    """
    vignette, _made = Vignette.objects.get_or_create(bank=bank, code=code)
    version = _next_case(vignette, title, text, by=None)
    for question, newest in _asking(vignette):
        was_newest = question.asked_number == newest.number
        made = _next_version(question, {**_columns(newest), "vignette_id": version.pk}, by=None)
        if question.state == Question.State.ACTIVE and was_newest and question.asked_number != made.number:
            question.asked_number = made.number
            question.save(update_fields=["asked_number"])
    return vignette


@transaction.atomic
def write_vignette(
    *,
    bank: QuestionBank,
    vignette: Vignette | None = None,
    based_on: int | None = None,
    title: str,
    text: str,
    by: User,
) -> Vignette:
    """Keep what an author wrote of a case: a new one of the bank, or its next version.

    With a new text each of its questions has a next version that asks about it; nobody is asked these before
    `put_vignette_in_use`. The same words make no version. Refuses (ValidationError) an empty title or text, a case of
    another bank, and words that somebody else wrote meanwhile (`based_on` is the version that the author saw).
    """
    if vignette is None:
        taken = set(Vignette.objects.filter(bank=bank).values_list("code", flat=True))
        vignette = Vignette(bank=bank, code=free(slugify(title)[:60].strip("-") or "case", taken))
        vignette.full_clean()
        vignette.save()
    else:
        vignette = Vignette.objects.select_for_update().get(pk=vignette.pk)
        if vignette.bank_id != bank.pk:
            raise ValidationError(_("This case stands in another bank."))
        number = vignette.versions.aggregate(top=Max("number"))["top"]
        if based_on is not None and number is not None and number != based_on:
            raise ValidationError(_somebody_else(number), code="stale")
    version = _next_case(vignette, title, text, by=by)
    for question, newest in _asking(vignette):
        _next_version(question, {**_columns(newest), "vignette_id": version.pk}, by=by)
    return vignette


@transaction.atomic
def put_vignette_in_use(*, vignette: Vignette) -> Vignette:
    """Ask all of a case's questions in their newest words, but for retired ones. Idempotent."""
    for question, _newest in _asking(vignette):
        if question.state != Question.State.RETIRED:
            put_question_in_use(question=question)
    return vignette


def _next_case(vignette: Vignette, title: str, text: str, *, by: User | None) -> VignetteVersion:
    title, text = title.strip(), text.strip()
    if not title:
        raise ValidationError({"title": _("Give it a title.")})
    if not text:
        raise ValidationError({"text": _("Write the case.")})
    newest = vignette.versions.order_by("-number").first()
    if newest is not None and (newest.title, newest.text) == (title, text):
        return newest
    number = newest.number + 1 if newest else 1
    version = VignetteVersion(vignette=vignette, number=number, title=title, text=text, written_by=by)
    version.full_clean()
    version.save(force_insert=True)
    return version


def _asking(vignette: Vignette) -> list[tuple[Question, QuestionVersion]]:
    """The questions whose newest words ask about this case, with these words."""
    found = Question.objects.select_for_update().filter(
        pk__in=QuestionVersion.objects.filter(vignette__vignette=vignette).values("question")
    )
    newest = [(question, question.versions.select_related("vignette").latest("number")) for question in found]
    return [(q, v) for q, v in newest if v.vignette is not None and v.vignette.vignette_id == vignette.pk]


def _columns(version: QuestionVersion) -> dict[str, Any]:
    """What a version says."""
    names = ("kind", "vignette_id", "picture_id", "stem", "choices", "content", "explanation", "objective")
    return {name: getattr(version, name) for name in names}


# ---- into use ----


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
def send_questions(*, questions: Iterable[Question]) -> list[Question]:
    """Note that the newest words of these questions are meant to be asked; give those that were not noted yet.

    Idempotent. An edit afterwards takes it back, since then other words are the newest. What is retired or asked in its
    newest words has nothing to wait for.
    """
    sent: list[Question] = []
    rows = Question.objects.select_for_update().filter(pk__in=[question.pk for question in questions])
    locked = list(rows.exclude(state=Question.State.RETIRED).order_by("pk"))
    # Rows are locked or grouped, never both (PostgreSQL).
    versions = QuestionVersion.objects.filter(question__in=locked).order_by()
    newest = dict(versions.values_list("question").annotate(newest=Max("number")))
    for question in locked:
        if newest.get(question.pk) not in (None, question.asked_number, question.sent_number):
            question.sent_number = newest[question.pk]
            question.save(update_fields=["sent_number"])
            sent.append(question)
    return sent


@transaction.atomic
def retire_question(*, question: Question) -> Question:
    """Ask it no more in attempts begun from now on. Idempotent; nothing is deleted, and open attempts keep it."""
    question = Question.objects.select_for_update().get(pk=question.pk)
    if question.state != Question.State.RETIRED:
        question.state = Question.State.RETIRED
        question.save(update_fields=["state"])
    return question
