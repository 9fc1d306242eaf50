"""What authors write: banks, questions in versions, quizzes; refusals beside successes."""

import hashlib
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from certification.quizzes import services
from certification.quizzes.models import Question, QuestionBank, QuestionVersion, Quiz
from tests.worlds import School

from .conftest import SINGLE


def test_the_same_words_make_nothing_new(bank: QuestionBank, questions: list[Question]) -> None:
    again = services.ensure_question(bank=bank, **SINGLE)  # type: ignore[arg-type]
    assert again == questions[0]
    assert again.versions.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"stem": "What does pressure on fascia bring about?"},
        {"explanation": "Another reason."},
        {"objective": "Another objective"},
        {"choices": [*SINGLE["choices"][:2], {"text": "Warmth"}]},  # type: ignore[index]
        {"choices": list(reversed(SINGLE["choices"]))},  # type: ignore[call-overload]
    ],
)
def test_changed_words_make_the_next_version(
    bank: QuestionBank, questions: list[Question], change: dict[str, Any]
) -> None:
    services.ensure_question(bank=bank, **{**SINGLE, **change})  # type: ignore[arg-type]
    assert list(questions[0].versions.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert questions[0].versions.get(number=1).stem == SINGLE["stem"]


def test_keys_are_opaque_and_stay_with_their_text(bank: QuestionBank, questions: list[Question]) -> None:
    first = {c["text"]: c["key"] for c in questions[0].versions.get().choices}
    changed = [*SINGLE["choices"][1:], {"text": "Creep", "correct": True, "key": "Creep"}]  # type: ignore[index]
    services.ensure_question(bank=bank, **{**SINGLE, "choices": changed})  # type: ignore[arg-type]
    second = {c["text"]: c["key"] for c in questions[0].versions.get(number=2).choices}
    assert first == second
    assert len(set(first.values())) == 3
    assert all(len(key) == 12 and text.lower() not in key for text, key in first.items())


def test_an_authors_key_never_leaves_as_it_is(bank: QuestionBank) -> None:
    choices = [{"key": "right", "text": "Yes", "correct": True}, {"key": "wrong", "text": "No"}]
    question = services.ensure_question(bank=bank, code="q", kind="single", stem="?", choices=choices)
    kept = {choice["key"] for choice in question.versions.get().choices}
    assert not {"right", "wrong"} & kept
    # Learners see the question's id: without our secret they cannot try an author's likely words on it.
    tried = {hashlib.sha256(f"{question.uuid}/{word}".encode()).hexdigest()[:12] for word in ("right", "wrong")}
    assert not tried & kept


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "riddle"}, "kind"),
        ({"stem": "  "}, "stem"),
        ({"state": "lost"}, "state"),
        ({"choices": []}, "choices"),
        ({"choices": [{"text": "One", "correct": True}, {"text": "One"}]}, "choices"),
        ({"choices": [{"text": "One", "correct": True}, {"text": " "}]}, "choices"),
        ({"choices": [{"text": "One", "correct": True}, {"text": "Two", "points": 3}]}, "choices"),
        ({"choices": [{"text": "One", "correct": "yes"}, {"text": "Two"}]}, "choices"),
        ({"choices": [{"text": "One", "correct": True}, {"text": "Two", "correct": True}]}, "choices"),
        ({"choices": [{"text": "A", "key": "k", "correct": True}, {"text": "B", "key": "k"}]}, "choices"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_whole(
    bank: QuestionBank, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        services.ensure_question(bank=bank, **{**SINGLE, **change})  # type: ignore[arg-type]
    assert field in refused.value.message_dict
    assert not QuestionVersion.objects.exists()
    assert not Question.objects.exists()


def test_a_bank_is_retitled_not_doubled(school: School, bank: QuestionBank) -> None:
    again = services.ensure_bank(school=school.school, code="MFR", title="Fascia")
    assert again == bank
    assert again.title == "Fascia"


def test_a_quiz_asks_exactly_what_it_is_told(school: School, quiz: Quiz, questions: list[Question]) -> None:
    assert list(quiz.items.values_list("question", "order", "points")) == [
        (questions[0].pk, 1, 1),
        (questions[1].pk, 2, 2),
    ]
    again = services.ensure_quiz(
        school=school.school, code="MFR-Q", title="New title", questions=[(questions[1], 3)], pass_percent=60
    )
    assert again == quiz
    assert list(quiz.items.values_list("question", "order", "points")) == [(questions[1].pk, 1, 3)]
    assert (again.title, again.pass_percent) == ("New title", 60)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"pass_percent": 101}, "pass_percent"),
        ({"attempts_allowed": 0}, "attempts_allowed"),
        ({"points": 0}, "questions"),
        ({"twice": True}, "questions"),
    ],
)
def test_a_quiz_that_cannot_be_taken_is_refused(
    school: School, questions: list[Question], change: dict[str, Any], field: str
) -> None:
    asked: list[Any] = [(questions[0], change.pop("points", 1))] * (2 if change.pop("twice", False) else 1)
    with pytest.raises(ValidationError) as refused:
        services.ensure_quiz(school=school.school, code="X", title="X", questions=asked, **change)
    assert field in refused.value.message_dict
    assert not Quiz.objects.exists()


def test_a_quiz_asks_no_other_schools_questions(school: School, questions: list[Question]) -> None:
    with pytest.raises(ValidationError, match="own school"):
        services.ensure_quiz(school=school.other_school, code="X", title="X", questions=questions)
