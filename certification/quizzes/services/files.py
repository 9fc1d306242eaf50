"""Brings questions of files into a bank, and tells a bank's questions for a file. `formats` reads and writes the bytes."""

import hashlib
import json
import re
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from ..formats import ReadQuestion, RefusedError, Unsupported, rekeyed
from ..models import Question, QuestionBank, QuestionPicture, QuestionVersion
from ..rules import LONGEST_CATEGORY, MOST_STEPS
from ..types import KINDS
from ..wording import escaped, plain
from .pictures import as_png, keep_picture
from .questions import ensure_question

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")
NAMES_A_PART = frozenset({"key", "match", "label"})
"""Fields of choices and contents that hold the key of a part."""
MARK = re.compile(r"\[\[([A-Za-z0-9_-]+)\]\]")


LOT = 50
"""So many questions are kept in one transaction."""
PAUSE = 0.06
"""Seconds between two lots; SQLite looks every few hundredths whether it may write."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of a file's questions: their codes by outcome, and what was refused, in the file's order."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]
    refused: tuple[Unsupported, ...]


def bring_questions(
    *,
    bank: QuestionBank,
    questions: Sequence[ReadQuestion],
    pictures: Mapping[str, bytes] | None = None,
    clean: Callable[[bytes], bytes] | None = None,
    keep: bool = True,
) -> Brought:
    """Keep the questions of a file in a bank: new ones as drafts, changed ones as a next version that nobody is asked yet.

    Atomic by lots of questions, with a moment between them, so that a large file never keeps learners' answers
    waiting for the database; one that was interrupted is completed by the same file. Without `keep` nothing is
    written and the same is told. Idempotent: a question that says what its newest version says, or the one that is
    asked, makes nothing. A question is known again by the file's own name for it, else by its title, else by its
    text, together with its category. `pictures` are the bytes of the file's pictures by SHA-256: those that a
    question asks about are kept with it, one that the school has already as it is, a photograph drawn anew, and a
    drawing that could not stand in a page after `clean`; without that it is refused. The file's category and tags are
    for new questions; others keep theirs, their case and the picture beside them. Keys of parts are given anew at
    random: those of a file tell places. A question that we cannot ask is listed with the reason; it makes nothing,
    and the others come all the same.
    """
    outcomes: dict[str, list[str]] = {"new": [], "changed": [], "same": []}
    refused: list[Unsupported] = []
    taken: set[str] = set()
    for first in range(0, len(questions), LOT):
        if first:
            time.sleep(PAUSE)
        with transaction.atomic():
            for question in questions[first : first + LOT]:
                code = _free(_code_of(question), taken)
                taken.add(code)
                try:
                    outcomes[_brought(bank, code, question, pictures or {}, clean)].append(code)
                except ValidationError as error:
                    refused.append(_refusal(question, error))
            if not keep:
                transaction.set_rollback(True)
    new, changed, same = (tuple(outcomes[name]) for name in ("new", "changed", "same"))
    return Brought(new, changed, same, tuple(refused))


@transaction.atomic
def _brought(
    bank: QuestionBank,
    code: str,
    question: ReadQuestion,
    pictures: Mapping[str, bytes],
    clean: Callable[[bytes], bytes] | None,
) -> str:
    """Keep one question of a file, or refuse it (ValidationError); say what became of it."""
    found = Question.objects.filter(bank=bank, code=code).first()
    newest = found.versions.order_by("-number").first() if found else None
    question, picture = _pictured(bank, question, pictures, clean)
    said = _said(question)
    if any(_same(version, said, picture) for version in _known(found, newest)):
        return "same"
    _keep(bank, code, found, newest, question, picture)
    return "new" if found is None else "changed"


def _known(found: Question | None, newest: QuestionVersion | None) -> list[QuestionVersion]:
    """What a file may say without saying anything new: the newest words, and those that learners are asked."""
    if found is None or newest is None:
        return []
    if found.state != Question.State.ACTIVE or found.asked_number in (None, newest.number):
        return [newest]
    # What went out are the words in use. Brought back as a newer version, they would bury those that wait.
    return [newest, found.versions.get(number=found.asked_number)]


def _same(version: QuestionVersion, said: str, picture: QuestionPicture | None) -> bool:
    return (picture is None or version.picture == picture) and _said(_as_read(version)) == said


def questions_for_a_file(bank: QuestionBank) -> list[ReadQuestion]:
    """The bank's questions that are not retired, each as learners are asked it now or, before that, as it was written last.

    In the order of their codes; a case stands before the words that ask about it. Five queries.
    """
    found = Question.objects.filter(bank=bank).exclude(state=Question.State.RETIRED).order_by("code")
    told = []
    for question in found.prefetch_related("versions__vignette", "versions__picture", "tags"):
        versions = {version.number: version for version in question.versions.all()}
        if versions:
            version = versions[question.asked_number or max(versions)]
            read = _as_read(version, code=question.code)
            tags = tuple(tag.name for tag in question.tags.all())
            says = version.picture.description if version.picture is not None else ""
            told.append(
                replace(read, category=question.category, tags=tags, wording=_marks_of(version), picture_says=says)
            )
    return told


def pictures_for_a_file(bank: QuestionBank, questions: Sequence[ReadQuestion]) -> dict[str, bytes]:
    """The bytes of the pictures beside these questions' words, by SHA-256. One query, none without pictures."""
    wanted = {question.picture for question in questions if question.picture}
    if not wanted:
        return {}
    found = QuestionPicture.objects.filter(school=bank.school_id, digest__in=wanted)
    return {picture.digest: bytes(picture.data) for picture in found}


def _marks_of(version: QuestionVersion) -> tuple[str, str]:
    """Stem and explanation with their marks; a text with gaps has none that a file keeps."""
    if version.kind == "cloze":
        return "", version.explanation
    case = f"{version.vignette.text}\n\n" if version.vignette is not None else ""
    return f"{case}{version.stem}", version.explanation


def _refusal(question: ReadQuestion, error: ValidationError) -> Unsupported:
    return Unsupported(question.line, question.title or question.stem[:60], " ".join(error.messages))


def _pictured(
    bank: QuestionBank,
    question: ReadQuestion,
    pictures: Mapping[str, bytes],
    clean: Callable[[bytes], bytes] | None,
) -> tuple[ReadQuestion, QuestionPicture | None]:
    """The question with what it asks about, and the picture beside its words, in the school's keeping.

    Refuses (ValidationError) a picture that cannot be kept.
    """

    def kept(digest: str) -> QuestionPicture:
        return _kept_picture(bank, question, pictures[digest], clean)

    beside = kept(question.picture) if question.picture in pictures else None
    asked = str(question.content.get("picture", ""))
    if asked in pictures:
        question = replace(question, content={**question.content, "picture": kept(asked).digest})
    return question, beside


def _kept_picture(
    bank: QuestionBank, question: ReadQuestion, data: bytes, clean: Callable[[bytes], bytes] | None
) -> QuestionPicture:
    # What went out comes back as itself: drawn anew it would be another picture.
    there = QuestionPicture.objects.filter(school=bank.school, digest=hashlib.sha256(data).hexdigest()).first()
    if there is not None:
        return there
    drawn = data[:1_000].lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
    words: dict[str, Any] = {
        "school": bank.school,
        # Learners read it, and in a file questions are often called by their answer.
        "title": _("A picture"),
        "description": question.picture_says or _("The picture of the question."),
    }
    if not drawn:
        return keep_picture(kind=QuestionPicture.Kind.PNG, data=as_png(data), **words)
    try:
        return keep_picture(kind=QuestionPicture.Kind.SVG, data=data, **words)
    except ValidationError:
        if clean is None:
            raise
    return keep_picture(kind=QuestionPicture.Kind.SVG, data=clean(data), **words)


def _keep(
    bank: QuestionBank,
    code: str,
    found: Question | None,
    newest: QuestionVersion | None,
    question: ReadQuestion,
    picture: QuestionPicture | None,
) -> None:
    if question.kind not in KINDS:
        raise ValidationError(f"A question of the kind “{question.kind}” cannot be asked yet.")
    case = newest.vignette if newest is not None else None
    stem, explanation = _worded(question)
    told = f"{plain(case.text)}\n\n" if case is not None else ""
    if told and question.stem.startswith(told):
        stem = escaped(question.stem.removeprefix(told))
    fresh = _renamed(question, lambda _key: secrets.token_hex(6))
    ensure_question(
        bank=bank,
        code=code,
        kind=fresh.kind,
        stem=stem,
        choices=fresh.choices,
        content=fresh.content,
        explanation=explanation,
        state=found.state if found and found.state != Question.State.ACTIVE else Question.State.DRAFT,
        vignette=case.vignette if case is not None else None,
        picture=picture or (newest.picture if newest is not None else None),
        category=found.category if found else _within(question.category),
        tags=found.tags.values_list("name", flat=True) if found else [tag[:40] for tag in question.tags],
        difficulty=found.difficulty if found else "",
    )
    if found is not None and found.state == Question.State.ACTIVE:
        # What is asked stays asked; the new words wait for somebody to put them in use.
        Question.objects.filter(pk=found.pk).update(state=found.state, asked_number=found.asked_number)


def _within(category: str) -> str:
    """A file's category, cut to what we keep."""
    steps = [step for part in category.split("/") if (step := " ".join(part.split()))]
    while steps and len("/".join(steps)) > LONGEST_CATEGORY:
        steps.pop()
    return "/".join(steps[:MOST_STEPS])


def _code_of(question: ReadQuestion) -> str:
    if CODE.fullmatch(question.code):
        return question.code
    name = question.code or question.title or question.stem
    digest = hashlib.sha256(f"{question.category}\0{name}".encode()).hexdigest()[:8]
    return f"{slugify(name)[:60].strip('-') or question.kind}-{digest}"


def _free(base: str, taken: set[str]) -> str:
    return next(name for number in count(1) if (name := base if number == 1 else f"{base[:76]}-{number}") not in taken)


def _as_read(version: QuestionVersion, code: str = "") -> ReadQuestion:
    return ReadQuestion(
        code=code,
        title=code,
        category="",
        stem=plain(f"{version.vignette.text}\n\n{version.stem}" if version.vignette is not None else version.stem),
        kind=version.kind,
        choices=version.choices,
        content=version.content,
        explanation=plain(version.explanation),
        picture=version.picture.digest if version.picture is not None else "",
    )


def _worded(question: ReadQuestion) -> tuple[str, str]:
    """Stem and explanation as they are kept: with what the file emphasises, and no sign taken for a mark."""
    stem, explanation = question.wording
    return stem or escaped(question.stem), explanation or escaped(question.explanation)


def _said(question: ReadQuestion) -> str:
    """What a question asks and takes, whatever keys its parts have and wherever it stands."""
    numbers: dict[str, str] = {}
    with suppress(RefusedError):  # no file could tell it, so it is the same as nothing that a file tells
        question = rekeyed(question)
    named = _renamed(question, lambda key: numbers.setdefault(key, str(len(numbers))))
    words = [plain(text).strip() for text in _worded(question)]
    told = [named.kind, *words, named.choices, named.content]
    return json.dumps(told, sort_keys=True)


def _renamed(question: ReadQuestion, name: Callable[[str], str]) -> ReadQuestion:
    """The question with another key for each part, the same wherever it stands."""
    if question.kind == "true_false":
        return question
    names: dict[str, str] = {}

    def anew(key: str) -> str:
        if key not in names:
            names[key] = name(key)
        return names[key]

    def walk(value: Any) -> Any:
        if isinstance(value, list):
            return [walk(one) for one in value]
        if not isinstance(value, dict):
            return value
        found: dict[str, Any] = {}
        for field, inside in value.items():
            if field in NAMES_A_PART and isinstance(inside, str):
                found[field] = anew(inside)
            elif field == "weights":
                found[field] = {anew(key): share for key, share in inside.items()}
            else:
                found[field] = walk(inside)
        return found

    choices = walk(question.choices)
    content = walk(question.content)
    if question.kind == "cloze":
        content["text"] = MARK.sub(
            lambda mark: f"[[{anew(mark[1])}]]" if mark[1] in names else mark[0], content["text"]
        )
    return replace(question, choices=choices, content=content)
