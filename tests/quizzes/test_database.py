"""The database's own refusals, attacked by raw SQL: used questions and what was handed in never change."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from certification.quizzes import services
from certification.quizzes.models import Attempt, QuestionBank, Quiz, QuizAssignment, Response
from tests.worlds import School

from .conftest import response_to
from .kinds import picture, specs


def attack(sql: str, *args: object) -> None:
    """Run one hostile statement and expect the database to refuse it."""
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, args)


def works(sql: str, *args: object) -> int:
    """Run the like statement that must pass, so that a refusal does not come from a slip in the SQL."""
    with connection.cursor() as cursor:
        cursor.execute(sql, args)
        return cursor.rowcount


@pytest.fixture
def handed_in(attempt: Attempt, answer_all: Callable[[Attempt], None]) -> Attempt:
    answer_all(attempt)
    return services.submit_attempt(attempt=attempt)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE quizzes_questionversion SET stem = 'easier'",
        "UPDATE quizzes_questionversion SET choices = '[]'",
        "DELETE FROM quizzes_questionversion",
    ],
)
def test_a_question_version_never_changes(attempt: Attempt, sql: str) -> None:
    attack(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE quizzes_questionversion SET content = '{}'",
        "UPDATE quizzes_questionpicture SET title = 'another'",
        "UPDATE quizzes_questionpicture SET width = 1",
        "DELETE FROM quizzes_questionpicture",
        "INSERT INTO quizzes_questionpicture (school_id, digest, kind, data, width, height, title, description, credit) "
        "SELECT school_id, digest, kind, data, width, height, title, description, credit FROM quizzes_questionpicture",
        "INSERT INTO quizzes_questionpicture (school_id, digest, kind, data, width, height, title, description, credit) "
        "SELECT school_id, 'b', 'gif', data, width, height, title, description, credit FROM quizzes_questionpicture",
        "INSERT INTO quizzes_questionpicture (school_id, digest, kind, data, width, height, title, description, credit) "
        "SELECT school_id, 'b', kind, data, 0, height, title, description, credit FROM quizzes_questionpicture",
    ],
)
def test_content_and_pictures_never_change(bank: QuestionBank, sql: str) -> None:
    found = picture(bank.school)
    services.ensure_question(bank=bank, **specs(found.digest)["hotspot"])
    insert = (
        "INSERT INTO quizzes_questionpicture (school_id, digest, kind, data, width, height, title, description, credit)"
    )
    columns = (
        "SELECT school_id, 'c', kind, data, width, height, title, description, credit FROM quizzes_questionpicture"
    )
    assert works(f"{insert} {columns}") == 1
    attack(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE quizzes_attempt SET score_numerator = 0",
        "UPDATE quizzes_attempt SET passed = %s" % ("false" if connection.vendor == "postgresql" else "0"),
        "UPDATE quizzes_attempt SET submitted_at = started_at",
        "UPDATE quizzes_attempt SET state = 'open', submitted_at = NULL, score_numerator = NULL, "
        "score_denominator = NULL, passed = NULL",
        "DELETE FROM quizzes_attempt",
        "UPDATE quizzes_response SET answer = '[]'",
        "UPDATE quizzes_response SET sequence = sequence + 1",
        "UPDATE quizzes_response SET awarded_numerator = 0",
        "UPDATE quizzes_response SET awarded_numerator = NULL, awarded_denominator = NULL",
        "UPDATE quizzes_response SET saved_at = NULL",
        "UPDATE quizzes_response SET flagged = NOT flagged",
        "UPDATE quizzes_attempt SET due_at = started_at",
        "DELETE FROM quizzes_response",
        "DELETE FROM quizzes_quizassignment",
    ],
)
def test_what_was_handed_in_never_changes(handed_in: Attempt, sql: str) -> None:
    attack(sql)


def test_what_is_empty_is_not_filled_in_afterwards(attempt: Attempt) -> None:
    services.submit_attempt(attempt=attempt)
    attack("UPDATE quizzes_response SET saved_at = '2026-01-01 00:00:00+00:00'")


def test_the_orm_cannot_either(handed_in: Attempt) -> None:
    handed_in.score_numerator = 0
    for change in (
        handed_in.save,
        handed_in.delete,
        lambda: Response.objects.filter(attempt=handed_in).update(answer=["x"]),
    ):
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            change()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE quizzes_attempt SET number = 7",
        "UPDATE quizzes_attempt SET seed = 'mine'",
        "UPDATE quizzes_attempt SET pass_percent = 1",
        "UPDATE quizzes_attempt SET started_at = '2020-01-01 00:00:00+00:00'",
        "UPDATE quizzes_response SET points = 9",
        "UPDATE quizzes_response SET choice_order = '[]'",
        "UPDATE quizzes_response SET position = position + 50",
        # a score without grading every response, and out of range
        "UPDATE quizzes_attempt SET state = 'submitted', submitted_at = started_at, score_numerator = 1, "
        "score_denominator = 1, passed = {true}",
        "UPDATE quizzes_attempt SET state = 'submitted'",
        "UPDATE quizzes_attempt SET score_numerator = 1, score_denominator = 1",
        "UPDATE quizzes_response SET awarded_numerator = 9, awarded_denominator = 1",
        "UPDATE quizzes_response SET awarded_numerator = 1",
        "UPDATE quizzes_response SET awarded_numerator = 1, awarded_denominator = 0",
        "UPDATE quizzes_quizassignment SET module = 'OTHER'",
    ],
)
def test_what_an_open_attempt_began_with_is_fixed(attempt: Attempt, sql: str) -> None:
    attack(sql.format(true="true" if connection.vendor == "postgresql" else "1"))


def test_an_open_attempt_takes_answers_and_dates_may_be_given(attempt: Attempt) -> None:
    assert works("UPDATE quizzes_response SET answer = '[\"x\"]', sequence = 4") == 2
    assert works("UPDATE quizzes_quizassignment SET extra_minutes = 15") == 1


def test_an_older_sequence_never_goes_back_in(attempt: Attempt) -> None:
    assert works("UPDATE quizzes_response SET sequence = 10") == 2
    attack("UPDATE quizzes_response SET sequence = 9")


def test_a_score_above_the_whole_is_refused(attempt: Attempt) -> None:
    works("UPDATE quizzes_response SET awarded_numerator = 1, awarded_denominator = 1")
    sql = (
        "UPDATE quizzes_attempt SET state = 'submitted', submitted_at = started_at, score_numerator = %s, "
        "score_denominator = %s, passed = %s"
    )
    attack(sql, 2, 1, True)
    attack(sql, 1, 0, True)
    attack(sql, 1, None, True)
    assert works(sql, 1, 1, True) == 1


INSERT = (
    "INSERT INTO quizzes_attempt (uuid, assignment_id, number, state, seed, pass_percent, settings, started_at) "
    "VALUES (%s, %s, %s, %s, 's', 0, '{}', '2026-01-01 00:00:00+00:00')"
)


def test_one_open_attempt_and_one_of_each_number(assignment: QuizAssignment, attempt: Attempt) -> None:
    other = "0" * 31 + "1"
    attack(INSERT, other, assignment.pk, 2, "open")
    services.submit_attempt(attempt=attempt)
    attack(INSERT, other, assignment.pk, 1, "open")
    attack(INSERT, other, assignment.pk, 2, "submitted")
    assert works(INSERT, other, assignment.pk, 2, "open") == 1


def test_no_question_joins_an_attempt_that_was_handed_in(handed_in: Attempt) -> None:
    row = Response.objects.filter(attempt=handed_in).first()
    assert row is not None
    row.pk, row.position, row.awarded_numerator, row.awarded_denominator = None, 9, None, None
    attack(
        "INSERT INTO quizzes_response (attempt_id, question_version_id, position, choice_order, points, answer, "
        "sequence) VALUES (%s, %s, 9, '[]', 1, '[]', 0)",
        handed_in.pk,
        row.question_version_id,
    )


# ---- marks, regrades, appeals ----

TRUE, FALSE = ("true", "false") if connection.vendor == "postgresql" else ("1", "0")
MARK = (
    "INSERT INTO quizzes_mark (response_id, points, remarks, remark, marked_by_id, marked_at) "
    "VALUES (%s, '{}', '{}', '', %s, '2026-01-01 00:00:00+00:00')"
)
FINISH = f"UPDATE quizzes_attempt SET state = 'submitted', score_numerator = 1, score_denominator = 1, passed = {TRUE}"


def test_what_waits_gets_no_points_without_a_mark_and_no_score_without_points(waiting: Attempt, school: School) -> None:
    essay, single = response_to(waiting, "report"), response_to(waiting, "creep")
    award = "UPDATE quizzes_response SET awarded_numerator = 1, awarded_denominator = 1 WHERE id = %s"
    attack(award, essay.pk)
    attack(FINISH)
    attack(f"{FINISH}, submitted_at = started_at")
    attack("UPDATE quizzes_attempt SET state = 'open', submitted_at = NULL")
    attack("UPDATE quizzes_response SET answer = '[]' WHERE id = %s", essay.pk)
    # Not by a mark of what a program graded, by the learner's own, or by one that is there already.
    attack(MARK, single.pk, school.instructor.pk)
    attack(MARK, essay.pk, school.learner_user.pk)
    assert works(MARK, essay.pk, school.instructor.pk) == 1
    attack(MARK, essay.pk, school.registrar.pk)
    attack("UPDATE quizzes_mark SET remark = 'better'")
    attack("DELETE FROM quizzes_mark")
    assert works(award, essay.pk) == 1
    attack(award.replace("= 1,", "= 0,"), essay.pk)
    assert works(FINISH) == 1
    attack(FINISH.replace("score_numerator = 1", "score_numerator = 0"))


def test_an_open_attempt_takes_no_mark(essay_assignment: QuizAssignment, school: School) -> None:
    attempt = services.start_attempt(assignment=essay_assignment).attempt
    attack(MARK, response_to(attempt, "report").pk, school.instructor.pk)


REGRADE = (
    "INSERT INTO quizzes_regrade (id, uuid, quiz_id, question_id, how, reason, decided_by_id, decided_at) "
    "VALUES (7, '00000000000000000000000000000007', %s, %s, 'full', 'x', %s, '2026-01-01 00:00:00+00:00')"
)
AWARD_CHANGE = (
    "INSERT INTO quizzes_awardchange (regrade_id, response_id, old_numerator, old_denominator, new_numerator, "
    "new_denominator) VALUES (7, %s, %s, 1, %s, 1)"
)
SCORE_CHANGE = (
    "INSERT INTO quizzes_scorechange (regrade_id, attempt_id, old_numerator, old_denominator, old_passed, "
    f"new_numerator, new_denominator, new_passed) VALUES (7, %s, 1, 1, {TRUE}, %s, 3, {FALSE})"
)


def test_points_and_scores_change_only_as_a_written_regrade_says(
    handed_in: Attempt, quiz: Quiz, school: School
) -> None:
    """All right: 1 of 1 and 2 of 2. The first question loses its point, so 3/3 becomes 2/3."""
    first, second = response_to(handed_in, "creep"), response_to(handed_in, "redflags")
    award = "UPDATE quizzes_response SET awarded_numerator = 0 WHERE id = %s"
    score = f"UPDATE quizzes_attempt SET score_numerator = 2, score_denominator = 3, passed = {FALSE}"
    works(REGRADE, quiz.pk, first.question_version.question_id, school.registrar.pk)
    attack(award, first.pk)
    attack(score)
    # A score's change hangs on an answer's, and an answer's on the question and quiz of its regrade.
    attack(SCORE_CHANGE, handed_in.pk, 2)
    attack(AWARD_CHANGE, second.pk, 2, 0)
    assert works(AWARD_CHANGE, first.pk, 1, 0) == 1
    attack(award.replace("= 0", "= 1, awarded_denominator = 2"), first.pk)
    attack(award, second.pk)
    assert works(award, first.pk) == 1
    attack(award.replace("= 0", "= 1"), first.pk)
    assert works(SCORE_CHANGE, handed_in.pk, 2) == 1
    attack(score.replace(f"passed = {FALSE}", f"passed = {TRUE}"))
    attack(f"{score}, submitted_at = started_at")
    assert works(score) == 1
    attack(score.replace("score_numerator = 2", "score_numerator = 3"))
    for table in ("regrade", "awardchange", "scorechange"):
        attack(f"DELETE FROM quizzes_{table}")


def test_a_regrade_of_another_quiz_changes_nothing_here(handed_in: Attempt, essay_quiz: Quiz, school: School) -> None:
    first = response_to(handed_in, "creep")
    works(REGRADE, essay_quiz.pk, first.question_version.question_id, school.registrar.pk)
    attack(AWARD_CHANGE, first.pk, 1, 0)


CORRECTION = (
    "INSERT INTO quizzes_markcorrection (id, uuid, mark_id, number, points, remarks, remark, reason, decided_by_id, "
    "decided_at) SELECT 5, '00000000000000000000000000000005', m.id, %s, '{}', '{}', '', %s, %s, "
    "'2026-01-01 00:00:00+00:00' FROM quizzes_mark AS m"
)
BY_MARK = {
    "award": AWARD_CHANGE.replace("(regrade_id", "(correction_id").replace("(7,", "(5,"),
    "score": SCORE_CHANGE.replace("(regrade_id", "(correction_id").replace("(7,", "(5,"),
}


def test_points_change_by_a_mark_only_as_a_written_correction_says(waiting: Attempt, school: School) -> None:
    """All right: 1 of 1 and 3 of 3. The essay loses its points, so 4/4 becomes 1/4."""
    essay, single = response_to(waiting, "report"), response_to(waiting, "creep")
    registrar = school.registrar.pk
    services.mark_response(response=essay, points={"safe": 2, "reasons": 4}, by=school.instructor)
    award = "UPDATE quizzes_response SET awarded_numerator = 0 WHERE id = %s"
    score = f"UPDATE quizzes_attempt SET score_numerator = 1, score_denominator = 4, passed = {FALSE}"
    attack(award, essay.pk)
    attack(score)
    # Not by the learner, not without a reason, and not out of turn.
    attack(CORRECTION, 1, "x", school.learner_user.pk)
    attack(CORRECTION, 1, "", registrar)
    attack(CORRECTION, 2, "x", registrar)
    attack(CORRECTION, 0, "x", registrar)
    # No change without a decision behind it, and none that hangs on two.
    attack(BY_MARK["award"], essay.pk, 3, 0)
    assert works(CORRECTION, 1, "x", registrar) == 1
    attack(BY_MARK["score"], waiting.pk, 1)
    attack(BY_MARK["award"], single.pk, 1, 0)
    attack(BY_MARK["award"].replace("(5,", "(NULL,"), essay.pk, 3, 0)
    attack(award, essay.pk)
    assert works(BY_MARK["award"], essay.pk, 3, 0) == 1
    attack(BY_MARK["award"], essay.pk, 3, 1)
    attack(award, single.pk)
    attack(award.replace("= 0", "= 1"), essay.pk)
    assert works(award, essay.pk) == 1
    to_a_quarter = BY_MARK["score"].replace("%s, 3,", "%s, 4,")
    attack(score)
    assert works(to_a_quarter, waiting.pk, 1) == 1
    attack(score.replace(f"passed = {FALSE}", f"passed = {TRUE}"))
    attack(f"{score}, submitted_at = started_at")
    assert works(score) == 1
    attack(score.replace("score_numerator = 1", "score_numerator = 4"))
    for statement in ("reason = 'y'", "points = '{}', number = 2", "remark = 'z'", "decided_by_id = decided_by_id + 1"):
        attack(f"UPDATE quizzes_markcorrection SET {statement}")
    attack("DELETE FROM quizzes_markcorrection")
    attack("UPDATE quizzes_awardchange SET correction_id = NULL, regrade_id = NULL")


def test_a_mark_that_gave_no_points_yet_is_not_corrected(waiting: Attempt, school: School) -> None:
    assert works(MARK, response_to(waiting, "report").pk, school.instructor.pk) == 1
    attack(CORRECTION, 1, "x", school.registrar.pk)


def test_an_appeal_begins_unanswered_and_is_answered_once_by_another(handed_in: Attempt, school: School) -> None:
    response = response_to(handed_in, "creep")
    insert = (
        "INSERT INTO quizzes_appeal (uuid, response_id, words, raised_at, outcome, answer, answered_by_id, answered_at) "
        "VALUES (%s, %s, 'Why?', '2026-01-01 00:00:00+00:00', %s, %s, %s, %s)"
    )
    now, one, two = "2026-01-02 00:00:00+00:00", "0" * 31 + "1", "0" * 31 + "2"
    attack(insert, one, response.pk, "upheld", "Yes.", school.registrar.pk, now)
    assert works(insert, one, response.pk, "", "", None, None) == 1
    attack(insert, two, response.pk, "", "", None, None)
    attack("UPDATE quizzes_appeal SET words = 'Else'")
    answer = "UPDATE quizzes_appeal SET outcome = %s, answer = %s, answered_by_id = %s, answered_at = %s"
    attack(answer, "upheld", "", school.registrar.pk, now)
    attack(answer, "upheld", "Yes.", school.learner_user.pk, now)
    assert works(answer, "upheld", "Yes.", school.registrar.pk, now) == 1
    attack(answer, "declined", "No.", school.registrar.pk, now)
    attack("DELETE FROM quizzes_appeal")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own statement")
@pytest.mark.parametrize("table", ["quizzes_questionversion", "quizzes_attempt", "quizzes_response"])
def test_nothing_is_replaced(handed_in: Attempt, table: str) -> None:
    attack(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


def test_every_guard_is_there(db: Any) -> None:
    from certification import guards

    assert guards.missing(connection) == []
