"""What the attempts at a quiz tell, read from the database in three queries, of no fewer than five people."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.services import ensure_user
from certification.quizzes import selectors, services
from certification.quizzes.models import Attempt, Question, Quiz, QuizAssignment
from certification.quizzes.selectors.analysis import options_of
from certification.records.models import TrainingRecord
from certification.records.services import ensure_learner, open_record
from tests.layers import layer
from tests.worlds import School

from .conftest import keys, response_to

NOW = timezone.now()


def assigned(school: School, record: TrainingRecord, quiz: Quiz, number: int) -> QuizAssignment:
    """The quiz given to another learner."""
    user = ensure_user(email=f"l{number}@example.org", legal_name=f"Learner {number}")
    own = open_record(
        learner=ensure_learner(user=user), school=school.school, rule_set=record.rule_set, program_code="SMALL",
        program_title="Small", enrolled_on=record.enrolled_on, source_key=f"e:{number}",
    )  # fmt: skip
    return services.assign_quiz(record=own, quiz=quiz, module="MFR", module_version=1)


def taken(given: QuizAssignment, creep: str, *flags: str, seconds: int = 30) -> Attempt:
    """An attempt with both questions answered, `seconds` for each."""
    with time_machine.travel(NOW, tick=False) as clock:
        attempt = services.start_attempt(assignment=given).attempt
        for code, texts in (("creep", [creep]), ("redflags", flags)):
            clock.shift(timedelta(seconds=seconds))
            response = response_to(attempt, code)
            services.save_answer(response=response, answer=keys(response, *texts))
        return services.submit_attempt(attempt=attempt)


HEAD, BLADDER, STIFF = "Sudden severe headache", "Loss of bladder control", "Stiffness after gardening"


@layer
def six(school: School, record: TrainingRecord, quiz: Quiz) -> list[QuizAssignment]:
    """Six learners: two have all right, two the first alone, one the second alone, one nothing."""
    given = [assigned(school, record, quiz, number) for number in range(6)]
    taken(given[0], "Creep", HEAD, BLADDER)
    taken(given[1], "Creep", HEAD, BLADDER)
    taken(given[2], "Creep", STIFF)
    taken(given[3], "Creep", STIFF)
    taken(given[4], "Spasm", HEAD, BLADDER, seconds=2)
    taken(given[5], "Bleeding", STIFF)
    return given


def test_the_whole_is_read_in_three_queries(six: Any, quiz: Quiz, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        told = selectors.analysis_of(quiz)
    assert told.statistics is not None
    # Scores 1, 1, 1/3, 1/3, 2/3, 0.
    assert (told.statistics.mean, told.statistics.passed) == (Fraction(5, 9), Fraction(1, 3))
    assert told.statistics.histogram == (1, 0, 0, 2, 0, 0, 1, 0, 0, 2)
    creep, flags = told.items
    assert creep.statistics is not None
    assert flags.statistics is not None
    assert (creep.exposed, creep.statistics.asked, creep.statistics.facility) == (6, 6, Fraction(2, 3))
    assert [(row.option.text, row.option.right, row.all) for row in creep.statistics.chosen] == [
        ("Creep", True, 4), ("Spasm", False, 1), ("Bleeding", False, 1),
    ]  # fmt: skip
    assert creep.statistics.seconds == 30
    assert "unchosen" in flags.statistics.flags, "nobody chose the scar"
    assert creep.ask.startswith("What does slow")


def test_of_fewer_than_five_people_nothing_is_said(school: School, record: TrainingRecord, quiz: Quiz) -> None:
    """Four people, however many attempts."""
    for number in range(4):
        given = assigned(school, record, quiz, number)
        taken(given, "Spasm", STIFF, seconds=1)
        taken(given, "Spasm", STIFF, seconds=1)
    told = selectors.analysis_of(quiz)
    assert (told.learners, told.marked, told.enough) == (4, 8, False)
    assert (told.fast, told.alike, [line.statistics for line in told.items]) == ((), (), [None, None])


def test_items_count_the_first_attempt_of_each(six: list[QuizAssignment], quiz: Quiz) -> None:
    before = selectors.analysis_of(quiz)
    taken(six[5], "Creep", HEAD, BLADDER)
    after = selectors.analysis_of(quiz)
    assert [line.statistics for line in after.items] == [line.statistics for line in before.items]
    assert [line.exposed for line in after.items] == [7, 7]
    assert (after.learners, after.marked) == (6, 7)


def test_open_attempts_are_exposed_and_not_counted(six: list[QuizAssignment], quiz: Quiz) -> None:
    services.start_attempt(assignment=six[5])
    told = selectors.analysis_of(quiz)
    assert [line.exposed for line in told.items] == [7, 7]
    assert told.marked == 6


def test_who_was_too_fast_is_named(six: Any, quiz: Quiz) -> None:
    """Two answers in four seconds; ten would do."""
    (line,) = selectors.analysis_of(quiz).fast
    assert (line.attempt.name, line.answers, line.seconds) == ("Learner 4", 2, 4)


def test_pairs_are_named(school: School, record: TrainingRecord, six: Any, quiz: Quiz, monkeypatch: Any) -> None:
    """By a rule of one: here the two with the same wrong flags, and nothing else wrong in common."""
    monkeypatch.setattr("certification.quizzes.analysis.SAME_WRONG", 1)
    told = selectors.analysis_of(quiz)
    names = {(line.first.name, line.second.name) for line in told.alike}
    assert ("Learner 2", "Learner 3") in names
    assert not any("Learner 0" in pair for pair in names)
    assert told.looked_at == 6


def test_options_are_those_of_all_versions_as_the_newest_says_them(questions: list[Question], school: School) -> None:
    version = questions[0].versions.get()
    choices = [dict(choice) for choice in version.choices if choice["text"] != "Bleeding"]
    choices[1] |= {"text": "A spasm", "correct": True}
    choices[0]["correct"] = False
    services.write_question(
        bank=questions[0].bank, question=questions[0], kind="single", stem="Anew?", choices=choices,
        by=school.instructor,
    )  # fmt: skip
    told = options_of(questions[0].versions.all())
    assert [(option.text, option.right) for option in told] == [
        ("Creep", False),
        ("A spasm", True),
        ("Bleeding", False),
    ]


@pytest.mark.parametrize("kind", ["report"])
def test_an_essay_has_no_options(essay_quiz: Quiz, kind: str) -> None:
    assert options_of(Question.objects.get(code=kind).versions.all()) == []
