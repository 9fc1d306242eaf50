"""A quiz of two questions, assigned to the learner: one single choice, one multiple choice with partial credit."""

from collections.abc import Callable
from typing import Any

import pytest

from certification.quizzes import services
from certification.quizzes.models import Attempt, Question, QuestionBank, Quiz, QuizAssignment, Response
from certification.records.models import TrainingRecord
from tests.layers import layer
from tests.worlds import School

SINGLE = {
    "code": "creep",
    "kind": "single",
    "stem": "A client lies prone.\n\nWhat does slow, sustained pressure on fascia bring about?",
    "choices": [
        {"text": "Creep", "correct": True, "feedback": "YES-CREEP-IT-IS"},
        {"text": "Spasm", "correct": False, "feedback": "NO-SPASM-COMES-FROM-SPEED"},
        {"text": "Bleeding", "correct": False, "feedback": "NO-BLEEDING-MEANS-HARM"},
    ],
    "explanation": "WHY-CREEP-EXPLAINED",
    "objective": "OBJECTIVE-NAME-CREEP",
}
MULTIPLE = {
    "code": "redflags",
    "kind": "multiple",
    "stem": "Which signs send a client to a doctor before you treat?",
    "choices": [
        {"text": "Sudden severe headache", "correct": True, "feedback": "FLAG-HEADACHE"},
        {"text": "Loss of bladder control", "correct": True, "feedback": "FLAG-BLADDER"},
        {"text": "Stiffness after gardening", "correct": False, "feedback": "NOFLAG-STIFF"},
        {"text": "A tender old scar", "correct": False, "feedback": "NOFLAG-SCAR"},
    ],
    "explanation": "WHY-FLAGS-EXPLAINED",
    "objective": "OBJECTIVE-KNOW-FLAGS",
}
# What may leave the server only after handing in, or later still.
FEEDBACK = [choice["feedback"] for spec in (SINGLE, MULTIPLE) for choice in spec["choices"]]  # type: ignore[index,attr-defined]
KEY_WORDS = ["EXPLAINED", "OBJECTIVE-", "correct", "feedback", "explanation", "numerator", "awarded"]


@layer
def bank(school: School) -> QuestionBank:
    """Riverbend's bank for myofascial release."""
    return services.ensure_bank(school=school.school, code="MFR", title="Myofascial release")


@layer
def questions(bank: QuestionBank) -> list[Question]:
    """The two questions, made from the specifications above."""
    return [services.ensure_question(bank=bank, **spec) for spec in (SINGLE, MULTIPLE)]  # type: ignore[arg-type]


@layer
def quiz(school: School, questions: list[Question]) -> Quiz:
    """One point for the first, two for the second; 75 percent pass; two attempts."""
    return services.ensure_quiz(
        school=school.school,
        code="MFR-Q",
        title="Quiz: myofascial release",
        questions=[questions[0], (questions[1], 2)],
        pass_percent=75,
        attempts_allowed=2,
    )


@layer
def assignment(record: TrainingRecord, quiz: Quiz) -> QuizAssignment:
    """The learner's right to attempt it."""
    return services.assign_quiz(record=record, quiz=quiz, module="MFR", module_version=1)


@layer
def attempt(assignment: QuizAssignment) -> Attempt:
    """Her first attempt, open."""
    return services.start_attempt(assignment=assignment).attempt


def response_to(attempt: Attempt, code: str) -> Response:
    """The response of an attempt to the question of this code, as the service wants it."""
    return Response.objects.select_related("attempt__assignment__record", "question_version__question").get(
        attempt=attempt, question_version__question__code=code
    )


def keys(response: Response, *texts: str) -> list[str]:
    """The opaque keys of the choices with these texts."""
    by_text = {choice.text: choice.key for choice in response.question_version.listed_choices()}
    return [by_text[text] for text in texts]


@pytest.fixture
def answer() -> Callable[..., Any]:
    """Save an answer by the texts of its choices: `answer(attempt, "creep", "Creep")`."""

    def save(attempt: Attempt, code: str, *texts: str) -> services.Saved:
        response = response_to(attempt, code)
        return services.save_answer(response=response, answer=keys(response, *texts))

    return save


@pytest.fixture
def answer_all(answer: Callable[..., Any]) -> Callable[[Attempt], None]:
    """Answer both questions rightly."""

    def save(attempt: Attempt) -> None:
        answer(attempt, "creep", "Creep")
        answer(attempt, "redflags", "Sudden severe headache", "Loss of bladder control")

    return save


# ---- what a person marks ----

ESSAY = {
    "code": "report",
    "kind": "essay",
    "stem": "Describe how you would treat an old scar.",
    "content": {
        "rubric": [
            {
                "key": "safe",
                "title": "Safety",
                "points": 2,
                "levels": [
                    {"points": 2, "text": "LEVEL-ALL-SIGNS"},
                    {"points": 1, "text": "LEVEL-SOME-SIGNS"},
                    {"points": 0, "text": "LEVEL-NO-SIGNS"},
                ],
            },
            {"key": "reasons", "title": "Reasons", "points": 4, "levels": []},
        ],
        "least_words": 3,
        "most_words": 300,
    },
    "explanation": "WHY-REPORT-EXPLAINED",
}
TEXT = "First I ask about the scar.\n\nThen I touch it, slowly."


@layer
def essay_quiz(school: School, bank: QuestionBank, questions: list[Question]) -> Quiz:
    """One point for the single choice, three for the essay; 75 percent pass; two attempts."""
    essay = services.ensure_question(bank=bank, **ESSAY)  # type: ignore[arg-type]
    return services.ensure_quiz(
        school=school.school,
        code="MFR-E",
        title="Essay: old scars",
        questions=[questions[0], (essay, 3)],
        attempts_allowed=2,
    )


@layer
def essay_assignment(record: TrainingRecord, essay_quiz: Quiz) -> QuizAssignment:
    """The learner's right to attempt it; it counts as grade."""
    return services.assign_quiz(record=record, quiz=essay_quiz, module="MFR", module_version=1, counts_as_grade=True)


def hand_in_essay(assignment: QuizAssignment, text: str = TEXT, choice: str = "Creep") -> Attempt:
    """An attempt with both questions answered, handed in."""
    attempt = services.start_attempt(assignment=assignment).attempt
    response = response_to(attempt, "creep")
    services.save_answer(response=response, answer=keys(response, choice))
    services.save_answer(response=response_to(attempt, "report"), answer=text)
    return services.submit_attempt(attempt=attempt)


@layer
def waiting(essay_assignment: QuizAssignment) -> Attempt:
    """An attempt that waits for the mark of its essay."""
    return hand_in_essay(essay_assignment)
