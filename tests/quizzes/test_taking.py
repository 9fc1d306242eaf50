"""Time, gates, statement and code, draws, the score that counts, marks to come: each refusal beside its success."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.services import grant_role
from certification.quizzes import selectors, services, types
from certification.quizzes.models import (
    Allowance,
    Attempt,
    Question,
    QuestionBank,
    Quiz,
    QuizAssignment,
    Response,
    Vignette,
    VignetteVersion,
)
from certification.quizzes.plan import AskLine, DrawLine, SectionLine
from certification.quizzes.types.short import Short, ShortType
from certification.records.models import CourseResult, Milestone, TrainingRecord
from certification.records.services import record_milestone
from tests.worlds import School

from .conftest import FEEDBACK, MULTIPLE, SINGLE, keys, response_to
from .kinds import SHOULDER, specs
from .test_plans import in_case, pool  # noqa: F401

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HONOUR = "I work alone and tell nobody what is asked."


def told(quiz: Quiz, **settings: Any) -> Quiz:
    """The quiz with these settings, in use."""
    return services.ensure_quiz(
        school=quiz.school,
        code=quiz.code,
        title=quiz.title,
        questions=[(item.question, item.points) for item in quiz.items.select_related("question__bank")],
        pass_percent=quiz.pass_percent,
        attempts_allowed=quiz.attempts_allowed,
        settings=settings,
    )


def begin(assignment: QuizAssignment, **said: Any) -> Attempt:
    return services.start_attempt(assignment=QuizAssignment.objects.get(pk=assignment.pk), **said).attempt


def refused(assignment: QuizAssignment, code: str, **said: Any) -> str:
    with pytest.raises(services.NotNowError) as error:
        begin(assignment, **said)
    assert error.value.code == code
    assert not Attempt.objects.filter(assignment=assignment, state="open").exists()
    return error.value.messages[0]


# ---- time ----


def test_an_attempt_is_told_its_time_and_takes_answers_until_then(quiz: Quiz, assignment: QuizAssignment) -> None:
    told(quiz, time_limit_minutes=40, grace_seconds=20)
    with time_machine.travel(NOW, tick=False) as clock:
        attempt = begin(assignment)
        assert attempt.due_at == NOW + 40 * MINUTE
        # What the quiz says later changes nothing of it.
        told(quiz, time_limit_minutes=5)
        clock.move_to(NOW + 40 * MINUTE + timedelta(seconds=19))
        response = response_to(attempt, "creep")
        assert services.save_answer(response=response, answer=keys(response, "Creep")).state == "saved"
        clock.move_to(NOW + 40 * MINUTE + timedelta(seconds=20))
        late = response_to(attempt, "creep")
        with pytest.raises(services.NotNowError, match=r"Your time was over on .* What was saved before counts"):
            services.save_answer(response=late, answer=keys(response, "Spasm"))
        with pytest.raises(services.NotNowError, match="Your time was over"):
            services.flag_response(response=late, flagged=True)
        assert response_to(attempt, "creep").answer == keys(response, "Creep")
        handed_in = services.submit_attempt(attempt=attempt)
    assert selectors.share_of(handed_in) == Fraction(1, 3)


def test_extra_minutes_lengthen_limit_and_closing(quiz: Quiz, assignment: QuizAssignment) -> None:
    told(quiz, time_limit_minutes=40, closes_at=NOW + 30 * MINUTE)
    QuizAssignment.objects.filter(pk=assignment.pk).update(extra_minutes=15)
    with time_machine.travel(NOW, tick=False):
        assert begin(assignment).due_at == NOW + 45 * MINUTE


def test_the_quizs_own_dates_hold_where_she_has_none(quiz: Quiz, assignment: QuizAssignment) -> None:
    told(quiz, opens_at=NOW, closes_at=NOW + 60 * MINUTE)
    with time_machine.travel(NOW - MINUTE, tick=False) as clock:
        assert "opens on" in refused(assignment, "not_open_yet")
        clock.move_to(NOW + 60 * MINUTE)
        assert "closed on" in refused(assignment, "closed")
        QuizAssignment.objects.filter(pk=assignment.pk).update(closes_at=NOW + 90 * MINUTE)
        assert begin(assignment).due_at == NOW + 90 * MINUTE


@pytest.mark.parametrize(("policy", "share", "passed"), [("hand_in", 1, True), ("void", 0, False)])
def test_what_nobody_hands_in(
    quiz: Quiz,
    assignment: QuizAssignment,
    answer_all: Callable[[Attempt], None],
    policy: str,
    share: int,
    passed: bool,
) -> None:
    quiz.pass_percent = 0  # what is void passes no mark, not even this one
    told(quiz, time_limit_minutes=40, grace_seconds=30, late_policy=policy)
    with time_machine.travel(NOW, tick=False) as clock:
        attempt = begin(assignment)
        answer_all(attempt)
        clock.move_to(NOW + 40 * MINUTE + timedelta(seconds=29))
        assert services.submit_overdue() == 0
        clock.move_to(NOW + 40 * MINUTE + timedelta(seconds=30))
        assert services.submit_overdue() == 1
        assert services.submit_overdue() == 0
    attempt = Attempt.objects.get()
    assert (selectors.share_of(attempt), attempt.passed, selectors.is_void(attempt)) == (share, passed, not passed)
    assert Milestone.objects.exists() is passed
    assert all(response.answer for response in attempt.responses.all())


def test_a_void_attempt_is_said_before_and_after(
    school: School, quiz: Quiz, assignment: QuizAssignment, answer_all: Callable[[Attempt], None]
) -> None:
    told(quiz, time_limit_minutes=40, late_policy="void")
    learner = school.client(school.learner_user)
    with time_machine.travel(NOW, tick=False) as clock:
        assert "used and earns nothing" in learner.get(f"/quizzes/{assignment.uuid}/").content.decode()
        attempt = begin(assignment)
        answer_all(attempt)
        page = f"/quizzes/attempts/{attempt.uuid}/"
        assert "afterwards the attempt earns nothing" in learner.get(page).content.decode()
        clock.move_to(NOW + 50 * MINUTE)
        assert "this attempt earns nothing" in learner.get(page).content.decode()
        assert services.submit_attempt(attempt=attempt).passed is False
        result = learner.get(f"{page}result/").content.decode()
        assert "this attempt earns nothing" in result
        # Her answers may be right: that they earn nothing is no word about them.
        assert "Not right" not in result
        assert result.count("Not counted") == 2
        assert "time was over, earns nothing" in learner.get(f"/quizzes/{assignment.uuid}/").content.decode()


def test_the_waiting_time_between_attempts(quiz: Quiz, assignment: QuizAssignment) -> None:
    told(quiz, wait_minutes=90)
    with time_machine.travel(NOW, tick=False) as clock:
        services.submit_attempt(attempt=begin(assignment))
        clock.move_to(NOW + 89 * MINUTE)
        assert "2 March 2026, 11:30 AM" in refused(assignment, "wait")
        clock.move_to(NOW + 90 * MINUTE)
        assert begin(assignment).number == 2


# ---- before it begins ----


def test_gates_say_which_and_how_much_is_missing(
    school: School, quiz: Quiz, assignment: QuizAssignment, record: TrainingRecord
) -> None:
    told(
        quiz,
        gates=[
            {"kind": "minutes", "code": "mfr", "minutes": 90},
            {"kind": "milestone", "code": "lesson:A", "title": "Lesson A"},
        ],
    )
    sentence = refused(assignment, "gates")
    assert "1 h 30 min attended in “Myofascial release”: 1 h 30 min missing." in sentence
    assert "“Lesson A” is not on your record yet" in sentence
    shown = school.client(school.learner_user).get(f"/quizzes/{assignment.uuid}/").content.decode()
    assert "1 h 30 min missing" in shown
    assert "Begin the quiz" not in shown
    record_milestone(
        record=record, code="lesson:A", title="Lesson A", occurred_at=timezone.now(), source_key="lesson:A", detail=""
    )
    sentence = refused(assignment, "gates")
    assert "Lesson A" not in sentence
    told(quiz, gates=[{"kind": "milestone", "code": "lesson:A"}])
    assert begin(assignment).is_open


def test_minutes_below_a_category_count_for_its_gate(
    quiz: Quiz, assignment: QuizAssignment, record: TrainingRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(quiz, gates=[{"kind": "minutes", "code": "externship", "minutes": 60}])
    hours = {record.pk: {"externship_hands_on": 59, "mfr": 500}}
    monkeypatch.setattr(selectors.taking, "balances_of", lambda _records: hours)
    assert ": 1 min missing." in refused(assignment, "gates")
    hours[record.pk]["externship"] = 1
    assert begin(assignment).is_open


def test_the_statement_is_agreed_to_and_the_moment_kept(quiz: Quiz, assignment: QuizAssignment) -> None:
    told(quiz, honour=HONOUR)
    assert "Agree to the statement" in refused(assignment, "honour")
    with time_machine.travel(NOW, tick=False):
        attempt = begin(assignment, honour=True)
    assert (attempt.honour_given_at, attempt.rules.honour) == (NOW, HONOUR)
    # Who goes on is not asked again.
    assert begin(assignment) == attempt


def test_the_access_code(quiz: Quiz, assignment: QuizAssignment) -> None:
    told(quiz, access_code="Heron-7")
    for typed in ("", "heron-8", "Heron"):
        assert "not the access code" in refused(assignment, "wrong_code", access_code=typed)
    attempt = begin(assignment, access_code=" heron-7 ")
    # The attempt's own copy of what she was told does not hold it.
    assert "eron" not in json.dumps(attempt.settings)


def test_one_minute_is_one(school: School, quiz: Quiz, assignment: QuizAssignment) -> None:
    for minutes, said in ((1, "2 questions, one minute."), (20, "2 questions, 20 minutes.")):
        told(quiz, time_limit_minutes=minutes)
        assert said in school.client(school.learner_user).get(f"/quizzes/{assignment.uuid}/").content.decode()


def test_many_wrong_codes_are_slowed(quiz: Quiz, assignment: QuizAssignment, record: TrainingRecord) -> None:
    told(quiz, access_code="heron")
    with time_machine.travel(NOW, tick=False) as clock:
        for _guess in range(5):
            refused(assignment, "wrong_code", access_code="guess")
        assert "Wait ten minutes" in refused(assignment, "too_many_codes", access_code="heron")
        clock.move_to(NOW + 10 * MINUTE)
        assert begin(assignment, access_code="heron").is_open


def test_the_page_asks_for_both_and_says_beside_each_what_is_missing(
    school: School, quiz: Quiz, assignment: QuizAssignment
) -> None:
    told(quiz, honour=HONOUR, access_code="heron", proctored=True)
    learner, address = school.client(school.learner_user), f"/quizzes/{assignment.uuid}/"
    shown = learner.get(address).content.decode()
    for said in (HONOUR, "Access code", "proctored"):
        assert said in shown
    assert "heron" not in shown
    missing = learner.post(f"{address}start/", {"access_code": "heron"}).content.decode()
    assert "Agree to the statement first" in missing
    wrong = learner.post(f"{address}start/", {"honour": "yes", "access_code": "egret"}).content.decode()
    assert "This is not the access code" in wrong
    assert " checked" in wrong
    assert not Attempt.objects.exists()
    learner.post(f"{address}start/", {"honour": "yes", "access_code": "heron"})
    assert Attempt.objects.get().is_open


def test_the_api_asks_for_both(school: School, quiz: Quiz, assignment: QuizAssignment) -> None:
    told(quiz, honour=HONOUR, access_code="heron", time_limit_minutes=40)
    learner, address = school.client(school.learner_user), f"/api/v1/quizzes/{assignment.uuid}/attempts"

    def post(**body: Any) -> Any:
        return learner.post(address, json.dumps(body), "application/json")

    assert "Agree to the statement" in post(access_code="heron").json()["title"]
    assert "not the access code" in post(honour=True).json()["title"]
    assert post(honour="perhaps").status_code == 422
    begun = post(honour=True, access_code="heron")
    assert begun.status_code == 201
    body = begun.json()
    assert (body["grace_seconds"], body["late_policy"]) == (30, "hand_in")
    started, due = (datetime.fromisoformat(body[name]) for name in ("started_at", "due_at"))
    assert due - started == 40 * MINUTE
    assert "heron" not in begun.content.decode()


# ---- what is drawn ----


@pytest.fixture
def drawing(school: School, record: TrainingRecord, bank: QuestionBank, pool: list[Question]) -> QuizAssignment:  # noqa: F811
    """A quiz with two sections: one question by name and four drawn of six, two of which share a case."""
    in_case([pool[1], pool[4]])
    quiz = services.ensure_quiz(
        school=school.school,
        code="F",
        title="Final",
        attempts_allowed=50,
        questions=[
            SectionLine("Warm up", "INTRO-OF-WARM-UP"),
            AskLine(pool[0].uuid, 2),
            SectionLine("Flags"),
            DrawLine(bank.uuid, category="flags", count=4, points=3),
        ],
    )
    return services.assign_quiz(record=record, quiz=quiz, module="F", module_version=1)


def test_attempts_draw_anew_and_exactly(drawing: QuizAssignment, pool: list[Question]) -> None:  # noqa: F811
    seen, orders = set(), set()
    for _again in range(12):
        attempt = begin(drawing)
        rows = list(attempt.responses.select_related("question_version__question", "question_version__vignette"))
        names = [row.question_version.question.code for row in rows]
        assert (names[0], rows[0].section, rows[0].section_intro, rows[0].points) == (
            "p0", "Warm up", "INTRO-OF-WARM-UP", 2,
        )  # fmt: skip
        assert [(row.section, row.points) for row in rows[1:]] == [("Flags", 3)] * 4
        assert len(set(names)) == 5
        assert ("p1" in names) is ("p4" in names)
        if "p1" in names:
            assert names.index("p4") == names.index("p1") + 1
        seen |= set(names)
        orders.add(tuple(names))
        services.submit_attempt(attempt=attempt)
    assert seen == {question.code for question in pool}
    assert len(orders) > 3


def test_the_case_stands_once_above_its_questions(school: School, drawing: QuizAssignment) -> None:
    learner = school.client(school.learner_user)
    while True:
        attempt = begin(drawing)
        if attempt.responses.filter(question_version__vignette__isnull=False).exists():
            break
        services.submit_attempt(attempt=attempt)
    shown = learner.get(f"/quizzes/attempts/{attempt.uuid}/").content.decode()
    assert shown.count("CASE-TEXT-OF-RUNNER") == 1
    assert shown.count("INTRO-OF-WARM-UP") == 1
    body = learner.post(f"/api/v1/quizzes/{drawing.uuid}/attempts", content_type="application/json").json()
    asked = body["questions"]
    assert [question["section"]["title"] for question in asked] == ["Warm up", *["Flags"] * 4]
    cases = [question["vignette"] for question in asked if question["vignette"]]
    assert cases == [{"title": "A runner", "text": "CASE-TEXT-OF-RUNNER"}] * 2


def test_a_draw_that_lost_its_questions_begins_nothing(
    school: School,
    drawing: QuizAssignment,
    pool: list[Question],  # noqa: F811
) -> None:
    services.retire_question(question=pool[2])
    # Left are the case's two and two others: still four.
    attempt = begin(drawing)
    assert attempt.responses.count() == 5
    services.submit_attempt(attempt=attempt)
    services.retire_question(question=pool[3])
    assert "too few questions to draw from" in refused(drawing, "cannot_draw")
    shown = school.client(school.learner_user).get(f"/quizzes/{drawing.uuid}/").content.decode()
    assert "too few questions to draw from" in shown


def test_the_start_page_says_what_is_drawn(school: School, drawing: QuizAssignment) -> None:
    shown = school.client(school.learner_user).get(f"/quizzes/{drawing.uuid}/").content.decode()
    for said in ("5 questions", "Some are drawn anew", "Warm up", "Flags", "10.5 of 14 points"):
        assert said in shown
    assert "CASE-TEXT-OF-RUNNER" not in shown


def test_without_shuffling_the_author_order_stands_but_never_where_it_tells(
    school: School, bank: QuestionBank, record: TrainingRecord
) -> None:
    items = [{"key": f"i{n}", "text": f"Step {n}"} for n in range(6)]
    ordering = services.ensure_question(
        bank=bank, code="o", kind="ordering", stem="Order?", content={"items": items, "grading": "place"}
    )
    chosen = [services.ensure_question(bank=bank, **spec) for spec in (SINGLE, MULTIPLE)]  # type: ignore[arg-type]
    quiz = services.ensure_quiz(
        school=school.school,
        code="S",
        title="Still",
        questions=[*chosen, ordering],
        attempts_allowed=20,
        settings={"shuffle_questions": False, "shuffle_choices": False},
    )
    given = services.assign_quiz(record=record, quiz=quiz, module="S", module_version=1)
    orders = set()
    for _again in range(8):
        attempt = begin(given)
        rows = list(attempt.responses.select_related("question_version__question"))
        assert [row.question_version.question.code for row in rows] == ["creep", "redflags", "o"]
        for row in rows[:2]:
            assert row.choice_order == [choice.key for choice in row.question_version.listed_choices()]
        orders.add(tuple(rows[2].choice_order))
        services.submit_attempt(attempt=attempt)
    assert len(orders) > 2


# ---- the score that counts ----


@pytest.mark.parametrize(
    ("how", "grades", "passed", "state"),
    [("best", [10000], True, "passed"), ("last", [10000], True, "passed"), ("average", [10000], True, "passed")],
)
def test_a_first_attempt_that_passes_counts_in_each_way(
    quiz: Quiz,
    record: TrainingRecord,
    assignment: QuizAssignment,
    answer_all: Callable[[Attempt], None],
    how: str,
    grades: list[int],
    passed: bool,
    state: str,
) -> None:
    told(quiz, score_kept=how)
    QuizAssignment.objects.filter(pk=assignment.pk).update(counts_as_grade=True)
    attempt = begin(assignment)
    answer_all(attempt)
    services.submit_attempt(attempt=attempt)
    assert list(CourseResult.objects.values_list("grade_hundredths", flat=True)) == grades
    assert Milestone.objects.exists() is passed
    assert selectors.assigned_quizzes(record)[0].state == state
    assert "You have passed" in refused(assignment, "passed")


@pytest.mark.parametrize(
    ("how", "grades", "counts"),
    [
        # The points of three attempts: 2/3, 1/3 and 1/3 of them.
        ("best", [6666], "66.66"),
        ("last", [6666, 3333], "33.33"),
        ("average", [6666, 5000, 4444], "44.44"),
    ],
)
def test_which_score_goes_into_the_record(
    school: School,
    quiz: Quiz,
    assignment: QuizAssignment,
    record: TrainingRecord,
    answer: Callable[..., Any],
    how: str,
    grades: list[int],
    counts: str,
) -> None:
    told(quiz, score_kept=how)
    QuizAssignment.objects.filter(pk=assignment.pk).update(counts_as_grade=True, attempts_allowed=4)
    for texts in (
        ["Sudden severe headache", "Loss of bladder control"],
        ["Loss of bladder control"],
        ["Sudden severe headache"],
    ):
        attempt = begin(assignment)
        answer(attempt, "redflags", *texts)
        services.submit_attempt(attempt=attempt)
    assert list(CourseResult.objects.order_by("pk").values_list("grade_hundredths", flat=True)) == grades
    assert not Milestone.objects.exists()
    line = selectors.start_page(QuizAssignment.objects.get(pk=assignment.pk)).standing
    assert line.percent == counts
    assert selectors.grades_of(TrainingRecord.objects.all())[record.pk][0].percent == counts


def test_an_attempt_that_passes_does_not_claim_what_the_average_does_not(
    school: School, quiz: Quiz, assignment: QuizAssignment, answer_all: Callable[[Attempt], None]
) -> None:
    told(quiz, score_kept="average")
    QuizAssignment.objects.filter(pk=assignment.pk).update(attempts_allowed=9)
    for _empty in range(2):
        services.submit_attempt(attempt=begin(assignment))
    third = begin(assignment)
    answer_all(third)
    services.submit_attempt(attempt=third)
    for reader in (school.learner_user, school.registrar):
        shown = school.client(reader).get(f"/quizzes/attempts/{third.uuid}/result/").content.decode()
        assert "This attempt passes; what counts does not" in shown
        assert ("so the quiz is not passed yet" in shown) is (reader == school.learner_user)
        assert "33.33&nbsp;%" in shown and ">Passed</h1>" not in shown
    # With five more like it the average is 6 of 8, and the same attempt simply passed.
    for _right in range(5):
        attempt = begin(assignment)
        answer_all(attempt)
        services.submit_attempt(attempt=attempt)
    assert refused(assignment, "passed")
    shown = school.client(school.learner_user).get(f"/quizzes/attempts/{third.uuid}/result/").content.decode()
    assert ">Passed</h1>" in shown and "not passed yet" not in shown


def test_an_average_passes_when_it_reaches_the_mark(
    quiz: Quiz, assignment: QuizAssignment, answer: Callable[..., Any], answer_all: Callable[[Attempt], None]
) -> None:
    told(quiz, score_kept="average")
    QuizAssignment.objects.filter(pk=assignment.pk).update(attempts_allowed=4)
    first = begin(assignment)
    answer(first, "redflags", "Sudden severe headache", "Loss of bladder control")
    services.submit_attempt(attempt=first)
    second = begin(assignment)
    answer_all(second)
    services.submit_attempt(attempt=second)
    # 2/3 and 1 make 5/6, above 75 percent.
    assert Milestone.objects.filter(code="quiz:MFR").count() == 1
    assert "5/6" in Milestone.objects.get().detail


# ---- marks to come ----


class Spoken(ShortType):
    """A stand-in for a kind that a person marks."""

    kind = "spoken"

    def share(self, answer: list[str], c: Short) -> Fraction | None:  # type: ignore[override]
        """None: somebody must mark it."""
        return None


@pytest.fixture
def spoken(
    school: School, bank: QuestionBank, record: TrainingRecord, monkeypatch: pytest.MonkeyPatch
) -> QuizAssignment:
    """A quiz that asks one question of the stand-in and one that a program grades."""
    monkeypatch.setitem(types.KINDS, "spoken", Spoken())
    asked = [
        services.ensure_question(bank=bank, **SINGLE),  # type: ignore[arg-type]
        services.ensure_question(
            bank=bank, code="say", kind="spoken", stem="Say it?", content={"answers": [{"text": "x", "share": "1"}]}
        ),
    ]
    quiz = services.ensure_quiz(school=school.school, code="SAY", title="Say", questions=asked)
    return services.assign_quiz(
        record=record, quiz=quiz, module="SAY", module_version=1, counts_as_grade=True, attempts_allowed=2
    )


def test_what_a_person_marks_waits_without_score_key_or_feedback(
    school: School, spoken: QuizAssignment, answer: Callable[..., Any]
) -> None:
    attempt = begin(spoken)
    answer(attempt, "creep", "Spasm")
    response = response_to(attempt, "say")
    services.save_answer(response=response, answer="something")
    learner = school.client(school.learner_user)
    told_api = learner.post(f"/api/v1/attempts/{attempt.uuid}/submit").json()
    assert (told_api["state"], told_api["score"], told_api["passed"]) == ("marking", None, None)
    attempt = services.submit_attempt(attempt=attempt)
    assert (attempt.state, attempt.passed, selectors.share_of(attempt)) == ("marking", None, None)
    assert not Milestone.objects.exists()
    assert not CourseResult.objects.exists()
    for address in (f"/quizzes/attempts/{attempt.uuid}/result/", f"/quizzes/{spoken.uuid}/"):
        shown = learner.get(address).content.decode()
        assert "waits for its mark" in shown
        assert not [word for word in (*FEEDBACK, "EXPLAINED", "Not right", "points of") if word in shown]
        assert "0&nbsp;%" not in shown
    assert selectors.assigned_quizzes(spoken.record)[0].state == "marking"
    assert "waits for its mark" in refused(spoken, "marking")
    with pytest.raises(services.NotNowError, match="handed in on"):
        services.save_answer(response=response_to(attempt, "say"), answer="other")


def test_an_empty_answer_needs_nobody_to_mark_it(spoken: QuizAssignment) -> None:
    attempt = services.submit_attempt(attempt=begin(spoken))
    assert (attempt.state, selectors.share_of(attempt)) == ("submitted", Fraction(0))


# ---- flags and one question a page ----


def test_a_question_is_marked_to_look_again_with_and_without_script(
    school: School, attempt: Attempt, answer: Callable[..., Any]
) -> None:
    learner, page = school.client(school.learner_user), f"/quizzes/attempts/{attempt.uuid}/"
    question = response_to(attempt, "creep").question_version.question.uuid
    assert learner.post(f"{page}flag/", {"question": question, "flagged": "1"}).status_code == 204
    assert response_to(attempt, "creep").flagged
    assert "look again" in learner.get(page).content.decode()
    assert "You wanted to look again at" in learner.get(f"{page}submit/").content.decode()
    learner.post(page, {"action": f"flag:{question}:0"})
    assert not response_to(attempt, "creep").flagged
    learner.post(page, {"action": f"flag:{question}:1"})
    assert response_to(attempt, "creep").flagged
    for other in (school.other_learner_user, school.instructor):
        assert school.client(other).post(f"{page}flag/", {"question": question, "flagged": "0"}).status_code == 404
    assert learner.post(f"{page}flag/", {"question": "none"}).status_code == 404
    services.submit_attempt(attempt=attempt)
    late = learner.post(f"{page}flag/", {"question": question, "flagged": "0"})
    assert (late.status_code, response_to(attempt, "creep").flagged) == (409, True)
    assert "handed in on" in late.content.decode()


def test_one_question_a_page_goes_forth_and_back_and_loses_nothing(
    school: School, quiz: Quiz, assignment: QuizAssignment
) -> None:
    told(quiz, layout="one", shuffle_questions=False)
    learner = school.client(school.learner_user)
    attempt = begin(assignment)
    page = f"/quizzes/attempts/{attempt.uuid}/"
    first, second = (response_to(attempt, code) for code in ("creep", "redflags"))
    creep = first.question_version.question.uuid
    shown = learner.get(page).content.decode()
    assert pages(shown) == {1: True, 2: False}
    sent = {"place": "1", f"a-{creep}": keys(first, "Creep"), f"was-{creep}": "[]", "action": "go:2"}
    went = learner.post(page, sent)
    assert went.headers["Location"] == f"{page}?q=2#q2"
    assert response_to(attempt, "creep").answer == keys(first, "Creep")
    shown = learner.get(f"{page}?q=2").content.decode()
    assert pages(shown) == {1: False, 2: True}
    assert "1 of 2 answered" in shown
    assert (shown.count("Previous"), shown.count("Next")) == (1, 1)
    # The question stands before the overview, and its place is named once.
    assert shown.index('id="q2"') < shown.index("Question 2 of 2") < shown.index("data-pip=")
    assert shown.count('id="q2"') == 1
    for odd in ("0", "99", "x", "-1", "9" * 400):
        assert learner.get(f"{page}?q={odd}").status_code == 200
    flags = second.question_version.question.uuid
    asks = learner.post(page, {"place": "2", f"was-{flags}": "[]", "action": "submit"}, follow=True)
    assert "One question is empty" in asks.content.decode()
    assert f"{page}?q=2#q2" in asks.content.decode()


def pages(shown: str) -> dict[int, bool]:
    """The questions that a page with one at a time holds, and whether each is shown."""
    return {int(place): not hidden for place, hidden in re.findall(r'data-page="(\d+)"( hidden)?>', shown)}


def test_a_page_with_one_question_shown_keeps_and_answers_all_it_holds(
    school: School, quiz: Quiz, assignment: QuizAssignment
) -> None:
    told(quiz, layout="one", shuffle_questions=False)
    learner = school.client(school.learner_user)
    attempt = begin(assignment)
    page = f"/quizzes/attempts/{attempt.uuid}/"
    rows = {code: response_to(attempt, code) for code in ("creep", "redflags")}
    names = {code: row.question_version.question.uuid for code, row in rows.items()}
    # What her script showed after the page was made stands in the form too, and is kept with it.
    sent = {"place": "2", "action": "save"}
    for code, texts in (("creep", ["Creep"]), ("redflags", ["A tender old scar"])):
        sent |= {f"a-{names[code]}": keys(rows[code], *texts), f"was-{names[code]}": "[]"}  # type: ignore[dict-item]
    learner.post(page, sent)
    assert [response_to(attempt, code).answer for code in names] == [sent[f"a-{name}"] for name in names.values()]
    # A window that only still shows the old answers takes nothing back.
    again = {**sent, f"a-{names['creep']}": [], f"a-{names['redflags']}": []}
    learner.post(page, again)
    assert [response_to(attempt, code).answer for code in names] == [sent[f"a-{name}"] for name in names.values()]


def test_what_cannot_be_read_is_shown_wherever_she_went_on_to(school: School, record: TrainingRecord) -> None:
    attempt = begin(of_all_kinds(school, record))
    page = f"/quizzes/attempts/{attempt.uuid}/"
    number = response_to(attempt, "numeric")
    sent = {f"a-{number.question_version.question.uuid}": "many", "place": "1", "action": "submit"}
    shown = school.client(school.learner_user).post(page, sent).content.decode()
    assert number.position != 1
    assert pages(shown) == {place: place == number.position for place in range(1, 11)}
    assert f'name="place" value="{number.position}"' in shown


SHADED = (
    '<svg viewBox="0 0 800 400"><defs><linearGradient id="sheen"><stop offset="0" stop-color="teal"/></linearGradient>'
    '</defs><rect width="800" height="400" fill="url(#sheen)"/></svg>'
)


def of_all_kinds(school: School, record: TrainingRecord, repeats: int = 1) -> QuizAssignment:
    """A quiz with one question at a time: of each kind with a form of its own, and more of two sections and a case."""
    bank = services.ensure_bank(school=school.school, code="KINDS", title="Kinds")
    shown = services.keep_picture(school=school.school, **{**SHOULDER, "data": SHADED.encode()})
    made = [services.ensure_question(bank=bank, **spec) for spec in specs(shown.digest).values()]
    case = Vignette.objects.create(bank=bank, code="runner")
    told_of = VignetteVersion.objects.create(vignette=case, number=1, title="A runner", text="CASE-TEXT-OF-RUNNER")
    lines: list[Any] = [SectionLine("Kinds", "INTRO-OF-KINDS"), *[AskLine(one.uuid) for one in made]]
    lines.append(SectionLine("Cases"))
    for number in range(2 * repeats):
        one = services.ensure_question(bank=bank, **{**SINGLE, "code": f"case-{number}"})
        version = one.versions.latest("number")
        version.pk, version.number, version.vignette, version.picture = None, 2, told_of, shown
        version.save(force_insert=True)
        services.put_question_in_use(question=one)
        lines.append(AskLine(one.uuid))
    quiz = services.ensure_quiz(
        school=school.school, code="KINDS", title="Kinds", settings={"layout": "one", "shuffle_questions": False},
        questions=lines,
    )  # fmt: skip
    return services.assign_quiz(record=record, quiz=quiz, module="KINDS", module_version=1)


def test_one_question_a_page_holds_every_kind_its_case_and_its_section(school: School, record: TrainingRecord) -> None:
    attempt = begin(of_all_kinds(school, record))
    learner = school.client(school.learner_user)
    shown = learner.get(f"/quizzes/attempts/{attempt.uuid}/?q=3").content.decode()
    held = re.split(r'<div id="q\d+" class="quizone"', shown)[1:]
    assert len(held) == 10
    assert [place for place, part in enumerate(held, 1) if "A runner" in part] == [9, 10]
    # What the section says stands open at its first question, and folded afterwards.
    assert ["INTRO-OF-KINDS" in part for part in held] == [True] * 8 + [False] * 2
    assert ["<details" in part for part in held] == [False] + [True] * 7 + [False] * 2
    assert ["<h2>Kinds</h2>" in part for part in held] == [True] + [False] * 9
    assert ["Section: Cases" in part for part in held] == [False] * 9 + [True]
    # Names are there once, those inside of the one picture too, and each picture points at its own.
    every = re.findall(r'\sid="([^"]+)"', shown)
    assert len(every) == len(set(every))
    inner = re.findall(r'<linearGradient id="([\w-]+)"', shown)
    assert inner == re.findall(r"url\(#([\w-]+)\)", shown)
    assert "sheen" not in shown, "what its author called a part may tell the answer"
    assert len(inner) == 4
    secrets = ("FEED-", "EXPLAINED", "OBJECTIVE-", "SECRET", "0.2468", "150.25", "YES-CREEP", '"correct"', "seed")
    assert not [word for word in secrets if word in shown]


def test_one_question_a_page_costs_the_same_however_many_it_holds(school: School, record: TrainingRecord) -> None:
    learner = school.client(school.learner_user)
    attempt = begin(of_all_kinds(school, record, repeats=8))
    learner.get("/learn/")
    assert attempt.responses.count() == 8 + 16
    with CaptureQueriesContext(connection) as ran:
        learner.get(f"/quizzes/attempts/{attempt.uuid}/?q=2")
    # Session, person, roles; the attempt, its questions, their pictures.
    assert len(ran) == 6, [query["sql"][:90] for query in ran]


# ---- what one learner is allowed ----


def allowed(school: School, assignment: QuizAssignment, **said: Any) -> Allowance:
    said = {"by": school.instructor, "reason": "REASON-OF-HERS", **said}
    return services.allow_otherwise(assignment=assignment, **said)


def test_an_allowance_holds_and_is_written_down(
    school: School, quiz: Quiz, assignment: QuizAssignment, record: TrainingRecord
) -> None:
    told(quiz, opens_at=NOW, closes_at=NOW + 60 * MINUTE, time_limit_minutes=30)
    with time_machine.travel(NOW, tick=False):
        row = allowed(school, assignment, closes_at=NOW + 120 * MINUTE, attempts_allowed=5, extra_minutes=10)
        found = QuizAssignment.objects.get(pk=assignment.pk)
        assert (found.closes, found.allowed, found.opens) == (NOW + 120 * MINUTE, 5, NOW)
        assert row.before == {"closes_at": None, "attempts_allowed": None, "extra_minutes": 0}
        assert row.after["closes_at"] == (NOW + 120 * MINUTE).isoformat()
        shown = school.client(school.learner_user).get(f"/quizzes/{assignment.uuid}/").content.decode()
        for said in ("For you", "Closes for you: ", "10 minutes more", "You have 5 attempts", "40 minutes"):
            assert said in shown
        assert "REASON-OF-HERS" not in shown
        assert "m.." not in shown
        # None takes one back to the quiz's own.
        allowed(school, assignment, closes_at=None)
        assert QuizAssignment.objects.get(pk=assignment.pk).closes == NOW + 60 * MINUTE
    assert Allowance.objects.count() == 2


def test_an_open_attempt_gets_the_time_at_once(school: School, quiz: Quiz, assignment: QuizAssignment) -> None:
    told(quiz, time_limit_minutes=30)
    with time_machine.travel(NOW, tick=False) as clock:
        attempt = begin(assignment)
        clock.move_to(NOW + 31 * MINUTE)
        response = response_to(attempt, "creep")
        with pytest.raises(services.NotNowError, match="time was over"):
            services.save_answer(response=response, answer=keys(response, "Creep"))
        allowed(school, assignment, extra_minutes=15)
        assert Attempt.objects.get().due_at == NOW + 45 * MINUTE
        response = response_to(attempt, "creep")
        assert services.save_answer(response=response, answer=keys(response, "Creep")).state == "saved"
        with pytest.raises(ValidationError, match="may only grow"):
            allowed(school, assignment, extra_minutes=5)
        with pytest.raises(ValidationError, match="may only grow"):
            allowed(school, assignment, closes_at=NOW + 40 * MINUTE, extra_minutes=0)
        services.submit_attempt(attempt=attempt)
        allowed(school, assignment, extra_minutes=5)
    assert Attempt.objects.get().due_at == NOW + 45 * MINUTE


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"extra_minutes": 5, "reason": "  "}, "reason", "Say why"),
        ({"extra_minutes": 5, "reason": "x" * 501}, "reason", "Say why"),
        ({}, "", "holds for her already"),
        ({"extra_minutes": 0}, "", "holds for her already"),
        ({"extra_minutes": -1}, "extra_minutes", "from 0 to"),
        ({"extra_minutes": 1441}, "extra_minutes", "from 0 to"),
        ({"attempts_allowed": 0}, "attempts_allowed", "Allow from 1 to"),
        ({"attempts_allowed": 101}, "attempts_allowed", "Allow from 1 to"),
        ({"closes_at": NOW}, "closes_at", "This moment is over"),
        ({"opens_at": NOW + 9 * MINUTE, "closes_at": NOW + 8 * MINUTE}, "closes_at", "closes after it opens"),
        ({"opens_at": NOW + 61 * MINUTE}, "opens_at", "closes after it opens"),
    ],
)
def test_nonsense_is_not_allowed(
    school: School, quiz: Quiz, assignment: QuizAssignment, said: dict[str, Any], field: str, sentence: str
) -> None:
    told(quiz, closes_at=NOW + 60 * MINUTE)
    with time_machine.travel(NOW, tick=False):
        with pytest.raises(ValidationError, match=sentence) as error:
            allowed(school, assignment, **said)
        if field:
            assert field in error.value.message_dict
        assert not Allowance.objects.exists()
        assert allowed(school, assignment, extra_minutes=7)


def test_fewer_attempts_than_were_begun_and_passed_quizzes_are_refused(
    school: School, assignment: QuizAssignment, answer_all: Callable[[Attempt], None]
) -> None:
    services.submit_attempt(attempt=begin(assignment))
    second = begin(assignment)
    with pytest.raises(ValidationError, match="She has begun 2"):
        allowed(school, assignment, attempts_allowed=1)
    answer_all(second)
    services.submit_attempt(attempt=second)
    with pytest.raises(ValidationError, match="is passed"):
        allowed(school, assignment, attempts_allowed=3)


def test_who_may_allow(school: School, assignment: QuizAssignment, record: TrainingRecord) -> None:
    for who in (school.coordinator, school.learner_user, school.foreign_registrar):
        with pytest.raises(ValidationError, match="decide this, for others"):
            allowed(school, assignment, by=who, extra_minutes=5)
    for minutes, who in enumerate((school.instructor, school.registrar, school.admin), 1):
        assert allowed(school, assignment, by=who, extra_minutes=minutes)
    TrainingRecord.objects.filter(pk=record.pk).update(sealed_at=timezone.now())
    with pytest.raises(ValidationError, match="has ended"):
        allowed(school, assignment, extra_minutes=9)


def test_nobody_allows_herself_anything(school: School, assignment: QuizAssignment) -> None:
    grant_role(user=school.learner_user, organisation=school.school, role="registrar")
    hers = school.client(school.learner_user)
    addresses = f"/quizzes/records/{assignment.record.uuid}/", f"/quizzes/{assignment.uuid}/allow/"
    assert [hers.get(address).status_code for address in addresses] == [404, 404]
    assert [school.client(school.registrar).get(address).status_code for address in addresses] == [200, 200]
    with pytest.raises(ValidationError, match="for others"):
        allowed(school, assignment, by=school.learner_user, extra_minutes=5)


def test_the_screen_for_staff(school: School, assignment: QuizAssignment, attempt: Attempt) -> None:
    services.submit_attempt(attempt=attempt)
    staff = school.client(school.instructor)
    listed = staff.get(f"/quizzes/records/{assignment.record.uuid}/").content.decode()
    assert "Quizzes of Daniela Reyes" in listed
    assert "1 of 2 attempts begun" in listed
    address = f"/quizzes/{assignment.uuid}/allow/"
    form = {
        "opens_at": "",
        "closes_at": "2027-05-04T10:30",
        "extra_minutes": "15",
        "attempts_allowed": "",
        "reason": "",
    }
    missing = staff.post(address, form).content.decode()
    assert "Say why." in missing
    assert "2027-05-04T10:30" in missing
    kept = staff.post(address, {**form, "reason": "REASON-OF-HERS"}, follow=True)
    assert "She sees what holds for her" in kept.content.decode()
    found = QuizAssignment.objects.get(pk=assignment.pk)
    # New York's clock: four hours behind in May.
    assert (found.closes_at, found.extra_minutes) == (datetime(2027, 5, 4, 14, 30, tzinfo=UTC), 15)
    again = staff.get(address).content.decode()
    for said in ("REASON-OF-HERS", "Ines Instructor", "2027-05-04T10:30"):
        assert said in again
    refused_again = staff.post(address, {**form, "reason": "Once more"}).content.decode()
    assert "holds for her already" in refused_again
    assert (
        "REASON-OF-HERS" not in school.client(school.learner_user).get(f"/quizzes/{assignment.uuid}/").content.decode()
    )


# ---- what a start costs ----


def test_starting_costs_the_same_however_much_is_drawn(
    drawing: QuizAssignment, bank: QuestionBank, school: School
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as ran:
            attempt = services.start_attempt(assignment=drawing).attempt
        services.submit_attempt(attempt=attempt)
        return len(ran)

    before = cost()
    for place in range(20):
        services.ensure_question(bank=bank, **{**SINGLE, "code": f"more{place}"})  # type: ignore[arg-type]
    services.ensure_quiz(
        school=school.school,
        code="F",
        title="Final",
        attempts_allowed=50,
        questions=[AskLine(bank.questions.get(code="p0").uuid), DrawLine(bank.uuid, count=20)],
    )
    assert cost() == before
    assert Response.objects.count() == 5 + 21


# ---- nothing of the key ----

SECRETS = (*FEEDBACK, "EXPLAINED", "OBJECTIVE-", "correct", "numerator", "awarded", "REASON-OF-HERS", "heron", "seed")


def test_no_response_before_handing_in_holds_anything_of_the_key(
    school: School, quiz: Quiz, assignment: QuizAssignment
) -> None:
    allowed(school, assignment, extra_minutes=5)
    told(quiz, layout="one", honour=HONOUR, access_code="heron", time_limit_minutes=30, key_shown="never")
    learner, address = school.client(school.learner_user), f"/quizzes/{assignment.uuid}/"
    api = f"/api/v1/quizzes/{assignment.uuid}/attempts"
    answers = [
        learner.get(address),
        learner.post(f"{address}start/", {"access_code": "wrong"}),
        learner.post(api, json.dumps({"access_code": "wrong"}), "application/json"),
        learner.post(f"{address}start/", {"honour": "yes", "access_code": "heron"}, follow=True),
    ]
    attempt = Attempt.objects.get()
    page = f"/quizzes/attempts/{attempt.uuid}/"
    question = response_to(attempt, "creep").question_version.question.uuid
    spasm = keys(response_to(attempt, "creep"), "Spasm")
    answers += [
        learner.post(api, content_type="application/json"),
        learner.put(
            f"/api/v1/attempts/{attempt.uuid}/answers/{question}", {"answer": spasm, "sequence": 1}, "application/json"
        ),
        learner.post(f"{page}flag/", {"question": question, "flagged": "1"}),
        learner.post(page, {"action": f"flag:{question}:0", "place": "1"}, follow=True),
        learner.post(page, {"action": "go:2", "place": "1"}, follow=True),
        learner.post(page, {"action": "submit", f"a-{question}": "forged"}, follow=True),
        *[learner.get(f"{page}{part}", follow=True) for part in ("", "?q=1", "?q=2", "submit/", "result/")],
        learner.get("/api/v1/me/enrollments"),
    ]
    for told_now in answers:
        text = told_now.content.decode()
        assert not [word for word in SECRETS if word in text], text[:300]
    services.submit_attempt(attempt=attempt)
    for told_now in (learner.get(f"{page}result/"), learner.post(f"/api/v1/attempts/{attempt.uuid}/submit")):
        text = told_now.content.decode()
        assert not [word for word in ("EXPLAINED", "OBJECTIVE-", "YES-CREEP", "FLAG-HEADACHE", "seed") if word in text]


def test_the_key_waits_for_the_closing(
    school: School, quiz: Quiz, assignment: QuizAssignment, answer_all: Callable[[Attempt], None]
) -> None:
    told(quiz, key_shown="after_closing", closes_at=NOW + 60 * MINUTE)
    learner = school.client(school.learner_user)
    with time_machine.travel(NOW, tick=False) as clock:
        assert "once the quiz has closed" in learner.get(f"/quizzes/{assignment.uuid}/").content.decode()
        attempt = begin(assignment)
        answer_all(attempt)
        services.submit_attempt(attempt=attempt)
        page = f"/quizzes/attempts/{attempt.uuid}/result/"
        assert "WHY-CREEP-EXPLAINED" not in learner.get(page).content.decode()
        QuizAssignment.objects.filter(pk=assignment.pk).update(extra_minutes=10)
        clock.move_to(NOW + 69 * MINUTE)
        assert "WHY-CREEP-EXPLAINED" not in learner.get(page).content.decode()
        clock.move_to(NOW + 70 * MINUTE)
        assert "WHY-CREEP-EXPLAINED" in learner.get(page).content.decode()


def test_autosave_of_a_timed_attempt_takes_four_queries(school: School, quiz: Quiz, assignment: QuizAssignment) -> None:
    told(quiz, time_limit_minutes=30, closes_at=timezone.now() + 60 * MINUTE, layout="one")
    attempt = begin(assignment)
    learner = school.client(school.learner_user)
    response = response_to(attempt, "creep")
    address = f"/api/v1/attempts/{attempt.uuid}/answers/{response.question_version.question.uuid}"
    with CaptureQueriesContext(connection) as ran:  # session, person, question, UPDATE
        learner.put(address, {"answer": keys(response, "Creep"), "sequence": 1}, "application/json")
    assert len(ran) == 4
    with CaptureQueriesContext(connection) as ran:
        learner.post(
            f"/quizzes/attempts/{attempt.uuid}/flag/",
            {"question": response.question_version.question.uuid, "flagged": "1"},
        )
    assert len(ran) == 4


def test_a_quiz_outside_of_modules_is_given_by_screen_once(
    school: School, record: TrainingRecord, quiz: Quiz, assignment: QuizAssignment, questions: Any
) -> None:
    exam = services.ensure_quiz(school=school.school, code="EXAM", title="The exam", questions=questions[:1])
    empty = services.create_quiz(bank=questions[0].bank, title="Asks nothing")
    address = f"/quizzes/records/{record.uuid}/"
    staff, learner = school.client(school.instructor), school.client(school.learner_user)
    offered = staff.get(address).content.decode()
    assert f'value="{exam.uuid}"' in offered
    assert str(quiz.uuid) not in offered and str(empty.uuid) not in offered, "given already; asks nothing"
    assert "The exam" not in learner.get("/learn/").content.decode()
    for refused in ("", str(empty.uuid), str(quiz.uuid), "nonsense"):
        answer = staff.post(address, {"quiz": refused})
        assert answer.status_code == 200 and "Nothing was given yet" in answer.content.decode(), refused
    assert learner.post(address, {"quiz": exam.uuid}).status_code == 404
    assert staff.post(address, {"quiz": exam.uuid}).status_code == 302
    given = QuizAssignment.objects.get(record=record, quiz=exam)
    assert (given.course, given.counts_as_grade) == ("EXAM@1", False)
    assert services.give_quiz(record=record, quiz=exam) == given
    with pytest.raises(ValidationError, match="asks nothing yet"):
        services.give_quiz(record=record, quiz=empty)
    TrainingRecord.objects.filter(pk=record.pk).update(sealed_at=timezone.now())
    record.refresh_from_db()
    with pytest.raises(ValidationError, match="has ended"):
        services.give_quiz(record=record, quiz=exam)
