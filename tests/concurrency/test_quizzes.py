"""Quizzes under parallel requests: first the race without the guard, then what the room makes of it."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from fractions import Fraction
from typing import TypeVar
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts.models import User
from accounts.services import ensure_user, grant_role
from certification import guards
from certification.quizzes import selectors, services
from certification.quizzes.models import (
    Allowance,
    Attempt,
    Mark,
    Question,
    QuestionBank,
    Quiz,
    QuizAssignment,
    Regrade,
    Response,
    ScoreChange,
)
from certification.quizzes.plan import DrawLine
from certification.records.models import Milestone
from tests.quizzes.conftest import (  # noqa: F401
    SINGLE,
    answer,
    answer_all,
    assignment,
    attempt,
    bank,
    essay_assignment,
    essay_quiz,
    keys,
    questions,
    quiz,
    response_to,
    waiting,
)
from tests.worlds import School

pytestmark = pytest.mark.django_db(transaction=True)
T = TypeVar("T")


def together(*jobs: Callable[[], T]) -> list[T]:
    """Run the jobs at the same moment, each on a connection of its own."""
    gate = threading.Barrier(len(jobs), timeout=30)

    def run(job: Callable[[], T]) -> T:
        try:
            gate.wait()
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, job) for job in jobs]]


@contextmanager
def without_guards() -> Iterator[None]:
    """Take this room's triggers away, to see what they are for."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type='trigger' AND name LIKE 'guard_quizzes_%'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
        else:
            cursor.execute("ALTER TABLE quizzes_attempt DISABLE TRIGGER USER")
            cursor.execute("ALTER TABLE quizzes_response DISABLE TRIGGER USER")
    try:
        yield
    finally:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE quizzes_attempt ENABLE TRIGGER USER")
                cursor.execute("ALTER TABLE quizzes_response ENABLE TRIGGER USER")
        guards.install(connection)


def test_the_race_is_real_look_first_and_write_later_hands_in_twice(attempt: Attempt) -> None:  # noqa: F811
    looked = threading.Barrier(2, timeout=30)

    def naive() -> bool:
        seen = Attempt.objects.get(pk=attempt.pk)
        looked.wait()
        if not seen.is_open:
            return False
        Attempt.objects.filter(pk=seen.pk).update(
            state="submitted", submitted_at=timezone.now(), score_numerator=0, score_denominator=1, passed=False
        )
        return True

    with without_guards():
        assert together(naive, naive) == [True, True]


def test_twenty_parallel_requests_hand_in_once(
    attempt: Attempt,  # noqa: F811
    answer_all: Callable[[Attempt], None],  # noqa: F811
) -> None:
    answer_all(attempt)
    results = together(*[lambda: services.submit_attempt(attempt=attempt)] * 20)
    assert {(result.pk, result.submitted_at, result.passed) for result in results} == {
        (attempt.pk, Attempt.objects.get().submitted_at, True)
    }
    assert Milestone.objects.filter(code="quiz:MFR").count() == 1


def test_parallel_clicks_begin_one_attempt(assignment: QuizAssignment) -> None:  # noqa: F811
    started = together(*[lambda: services.start_attempt(assignment=assignment)] * 8)
    assert {result.attempt.pk for result in started} == {Attempt.objects.get().pk}
    assert sum(not result.resumed for result in started) == 1
    assert Response.objects.count() == 2


def test_twenty_parallel_starts_draw_once(bank: QuestionBank, assignment: QuizAssignment) -> None:  # noqa: F811
    for place in range(12):
        services.ensure_question(bank=bank, **{**SINGLE, "code": f"d{place}"})  # type: ignore[arg-type]
    quiz = services.ensure_quiz(  # noqa: F811
        school=bank.school,
        code="DRAWN",
        title="Drawn",
        questions=[DrawLine(bank.uuid, count=5), DrawLine(bank.uuid, count=4)],
        settings={"time_limit_minutes": 30},
    )
    given = services.assign_quiz(record=assignment.record, quiz=quiz, module="DRAWN", module_version=1)
    started = together(*[lambda: services.start_attempt(assignment=given)] * 20)
    drawn = Attempt.objects.get(assignment=given)
    assert {result.attempt.pk for result in started} == {drawn.pk}
    assert {result.attempt.due_at for result in started} == {drawn.due_at}
    assert sum(not result.resumed for result in started) == 1
    asked = set(drawn.responses.values_list("question_version__question", flat=True))
    assert len(asked) == drawn.responses.count() == 9
    results = together(*[lambda: services.submit_attempt(attempt=drawn)] * 20)
    assert {(result.state, result.submitted_at) for result in results} == {
        ("submitted", Attempt.objects.get(pk=drawn.pk).submitted_at)
    }


def test_time_that_is_allowed_while_she_hands_in_is_whole_or_not_there(
    assignment: QuizAssignment,  # noqa: F811
    attempt: Attempt,  # noqa: F811
) -> None:
    by = ensure_user(email="staff@example.org", legal_name="Ida Staff")
    grant_role(user=by, organisation=assignment.record.school, role="registrar")

    def allow() -> object:
        return services.allow_otherwise(assignment=assignment, by=by, reason="More time", extra_minutes=10)

    together(allow, lambda: services.submit_attempt(attempt=attempt))
    assert Allowance.objects.count() == 1
    assert QuizAssignment.objects.get().extra_minutes == 10
    assert Attempt.objects.get().state == "submitted"


def test_the_newest_of_many_parallel_answers_stands(attempt: Attempt) -> None:  # noqa: F811
    creep, spasm = (keys(response_to(attempt, "creep"), text) for text in ("Creep", "Spasm"))

    def save(sequence: int) -> Callable[[], services.Saved]:
        # Every request has looked before any of them writes.
        seen = response_to(attempt, "creep")
        return lambda: services.save_answer(response=seen, answer=creep if sequence % 2 else spasm, sequence=sequence)

    together(*[save(sequence) for sequence in (5, 11, 2, 8, 1, 10, 3, 9)])
    kept = response_to(attempt, "creep")
    assert (kept.sequence, kept.answer) == (11, creep)


def test_what_was_told_saved_while_handing_in_is_what_was_graded(attempt: Attempt) -> None:  # noqa: F811
    creep, spasm = (keys(response_to(attempt, "creep"), text) for text in ("Creep", "Spasm"))
    told: list[list[str]] = [[]]
    begun = threading.Event()

    def write() -> None:
        for sequence in range(1, 400):
            chosen = creep if sequence % 2 else spasm
            try:
                saved = services.save_answer(response=response_to(attempt, "creep"), answer=chosen, sequence=sequence)
            except services.NotNowError:
                return
            assert saved.state == "saved"
            told.append(saved.answer)
            begun.set()

    def hand_in() -> None:
        begun.wait(30)
        services.submit_attempt(attempt=attempt)

    together(write, hand_in)
    graded = response_to(attempt, "creep")
    assert graded.answer == told[-1]
    assert graded.awarded_numerator == (1 if graded.answer == creep else 0)
    share = selectors.share_of(Attempt.objects.get())
    assert share == Fraction(graded.awarded_numerator, 3)
    assert len(told) < 400


def test_twenty_regrades_at_once_are_one(
    attempt: Attempt,  # noqa: F811
    quiz: Quiz,  # noqa: F811
    questions: list[Question],  # noqa: F811
    school: School,
) -> None:
    services.submit_attempt(attempt=attempt)
    form = uuid4()

    def decide() -> int:
        made = services.apply_regrade(
            uuid=form, quiz=quiz, question=questions[0], how="full", reason="Unclear.", by=school.registrar
        )
        return int(made.pk)

    assert len(set(together(*[decide] * 20))) == 1
    assert (Regrade.objects.count(), ScoreChange.objects.count()) == (1, 1)
    assert selectors.share_of(Attempt.objects.get()) == Fraction(1, 3)


def test_of_two_markers_at_once_one_is_told(waiting: Attempt, school: School) -> None:  # noqa: F811
    def mark(by: User, points: int) -> str:
        try:
            services.mark_response(
                response=response_to(waiting, "report"), points={"safe": points, "reasons": 0}, by=by
            )
        except services.AlreadyMarkedError as error:
            return error.messages[0]
        return ""

    said = together(lambda: mark(school.instructor, 1), lambda: mark(school.registrar, 2))
    assert sorted(map(bool, said)) == [False, True]
    assert "marked this answer on" in "".join(said)
    assert Mark.objects.count() == 1
    assert Attempt.objects.get().is_marked


def test_twenty_appeals_at_once_are_one(attempt: Attempt, school: School) -> None:  # noqa: F811
    services.submit_attempt(attempt=attempt)

    def ask() -> int:
        asked = services.raise_appeal(
            response=response_to(attempt, "creep"), words="The choice fits too.", by=school.learner_user
        )
        return int(asked.pk)

    assert len(set(together(*[ask] * 20))) == 1
