"""The pages of a quiz, as a browser without script walks them; who sees what, and when."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from certification.quizzes import services
from certification.quizzes.models import Attempt, QuizAssignment
from certification.records.models import Milestone
from tests.worlds import School

from .conftest import FEEDBACK, KEY_WORDS, MULTIPLE, keys, response_to


@pytest.fixture
def learner(school: School) -> Client:
    return school.client(school.learner_user)


def page(attempt: Attempt, name: str = "") -> str:
    return f"/quizzes/attempts/{attempt.uuid}/{name}"


def form(attempt: Attempt, *, action: str = "save", **texts: list[str]) -> dict[str, Any]:
    """What the page's form sends when it was loaded now and the choices with these texts were chosen in it."""
    data: dict[str, Any] = {"action": action}
    for code in ("creep", "redflags"):
        response = response_to(attempt, code)
        question = response.question_version.question.uuid
        data[f"was-{question}"] = json.dumps(response.answer)
        data[f"a-{question}"] = keys(response, *texts[code]) if code in texts else response.answer
    return data


def words(response: HttpResponse) -> str:
    return response.content.decode()


def test_the_whole_way_without_script(learner: Client, assignment: QuizAssignment) -> None:
    address = f"/quizzes/{assignment.uuid}/"
    start = words(learner.get(address))
    for said in ("Quiz: myofascial release", "2 questions", "2.25 of 3 points", "2 of 2 left", "never goes below zero"):
        assert said in start
    began = learner.post(f"{address}start/")
    attempt = Attempt.objects.get()
    assert began.headers["Location"] == page(attempt)
    asked = words(learner.get(page(attempt)))
    assert "0 of 2 answered" in asked
    assert "Sudden severe headache" in asked

    saved = learner.post(page(attempt), form(attempt, creep=["Creep"]), follow=True)
    assert saved.redirect_chain == [(page(attempt), 302)]
    assert "1 of 2 answered" in words(saved)
    assert "Saved " in words(saved)

    asks = learner.post(page(attempt), form(attempt, action="submit"), follow=True)
    assert asks.redirect_chain == [(page(attempt, "submit/"), 302)]
    assert "One question is empty" in words(asks)
    assert MULTIPLE["stem"] in words(asks)
    assert Attempt.objects.get().is_open

    told = learner.post(
        page(attempt),
        form(attempt, action="submit", redflags=["Sudden severe headache", "Loss of bladder control"]),
        follow=True,
    )
    assert told.redirect_chain == [(page(attempt, "result/"), 302)]
    assert "Passed" in words(told)
    assert "3 of 3 points" in words(told)
    assert Milestone.objects.filter(code="quiz:MFR").count() == 1
    assert "You have passed this quiz" in words(learner.get(address))


def test_handing_in_with_empty_questions_is_asked_once_and_then_done(learner: Client, attempt: Attempt) -> None:
    assert "2 questions are empty" in words(learner.get(page(attempt, "submit/")))
    told = learner.post(page(attempt, "submit/"), follow=True)
    assert told.redirect_chain == [(page(attempt, "result/"), 302)]
    assert "Not passed" in words(told)


def test_back_reload_and_double_click_lose_and_double_nothing(
    learner: Client, assignment: QuizAssignment, answer_all: Callable[[Attempt], None]
) -> None:
    for _click in range(2):
        learner.post(f"/quizzes/{assignment.uuid}/start/")
    attempt = Attempt.objects.get()
    answer_all(attempt)
    for _click in range(2):
        assert learner.post(page(attempt, "submit/")).headers["Location"] == page(attempt, "result/")
    # The Back button: the old pages lead to the result, and what they send is not taken.
    assert learner.get(page(attempt)).headers["Location"] == page(attempt, "result/")
    assert learner.get(page(attempt, "submit/")).headers["Location"] == page(attempt, "result/")
    late = learner.post(page(attempt), form(attempt, action="submit", creep=["Spasm"]))
    assert late.headers["Location"] == page(attempt, "result/")
    assert response_to(attempt, "creep").answer == keys(response_to(attempt, "creep"), "Creep")
    assert Milestone.objects.count() == 1
    # Reloading the address of the start button begins nothing.
    assert learner.get(f"/quizzes/{assignment.uuid}/start/").status_code == 302
    assert Attempt.objects.count() == 1
    assert "no-store" in learner.get(page(attempt, "result/")).headers["Cache-Control"]


def test_a_page_left_open_in_another_tab_takes_nothing_back(
    learner: Client, attempt: Attempt, answer: Callable[..., Any]
) -> None:
    old_tab = form(attempt)
    answer(attempt, "creep", "Creep")
    learner.post(page(attempt), old_tab)
    assert response_to(attempt, "creep").answer == keys(response_to(attempt, "creep"), "Creep")
    # A change made in the old tab now is the newest, and stands.
    changed = {**old_tab, **{k: v for k, v in form(attempt, creep=["Spasm"]).items() if k.startswith("a-")}}
    learner.post(page(attempt), changed)
    assert response_to(attempt, "creep").answer == keys(response_to(attempt, "creep"), "Spasm")


def test_a_form_that_does_not_fit_is_refused_with_a_sentence(learner: Client, attempt: Attempt) -> None:
    data = form(attempt, redflags=["A tender old scar"])
    data[f"a-{response_to(attempt, 'creep').question_version.question.uuid}"] = ["\0forged"]
    refused = learner.post(page(attempt), data, follow=True)
    assert refused.status_code == 200
    assert "does not fit the question" in words(refused)
    assert response_to(attempt, "redflags").answer == []  # all or none


def test_after_closing_what_was_saved_can_be_handed_in(
    learner: Client, assignment: QuizAssignment, attempt: Attempt, answer_all: Callable[[Attempt], None]
) -> None:
    answer_all(attempt)
    assignment.closes_at = timezone.now() - timedelta(minutes=1)
    assignment.save()
    before = words(learner.get(f"/quizzes/{assignment.uuid}/"))
    assert "no more answers are taken. Hand it in." in before and "Your answers are as you left them" not in before
    closed = words(learner.get(page(attempt)))
    assert "Your time is over" in closed
    assert "disabled" in closed
    told = learner.post(page(attempt), form(attempt, action="submit", creep=["Spasm"]), follow=True)
    assert "answers after that are not taken" in words(told)
    assert "3 of 3 points" in words(told)


def test_when_the_time_is_over_nobody_is_sent_back_to_empty_questions(
    learner: Client, assignment: QuizAssignment, attempt: Attempt, answer: Callable[..., Any]
) -> None:
    answer(attempt, "creep", "Creep")
    assert learner.get(page(attempt, "submit/")).status_code == 200
    assert "Look again later" in words(learner.get(page(attempt)))
    assignment.closes_at = timezone.now() - timedelta(seconds=5)
    assignment.save()
    assert learner.get(page(attempt, "submit/")).headers["Location"] == page(attempt)
    shown = words(learner.get(page(attempt)))
    assert "Your time is over" in shown
    assert "Empty questions are named first" not in shown
    assert "Look again later" not in shown
    handed_in = learner.post(page(attempt), form(attempt, action="submit"))
    assert handed_in.headers["Location"] == page(attempt, "result/")
    assert not Attempt.objects.get().is_open


def test_a_refused_start_says_why(learner: Client, assignment: QuizAssignment) -> None:
    assignment.opens_at = timezone.now() + timedelta(days=1)
    assignment.save()
    refused = learner.post(f"/quizzes/{assignment.uuid}/start/", follow=True)
    assert "This quiz opens on" in words(refused)
    assert "Begin the quiz" not in words(refused)
    assert not Attempt.objects.exists()


# ---- what may be seen, and when ----


def test_nothing_of_the_key_is_on_any_page_before_handing_in(
    learner: Client, assignment: QuizAssignment, attempt: Attempt, answer: Callable[..., Any]
) -> None:
    answer(attempt, "creep", "Spasm")
    pages = [f"/quizzes/{assignment.uuid}/", page(attempt), page(attempt, "submit/"), page(attempt, "result/")]
    for address in pages:
        shown = words(learner.get(address, follow=True))
        assert not [word for word in (*FEEDBACK, *KEY_WORDS) if word in shown], address


def test_a_failed_attempt_shows_feedback_on_what_was_chosen_and_no_key(
    learner: Client, assignment: QuizAssignment, attempt: Attempt, answer: Callable[..., Any]
) -> None:
    answer(attempt, "creep", "Spasm")
    services.submit_attempt(attempt=attempt)

    def hidden() -> None:
        shown = words(learner.get(page(attempt, "result/")))
        assert "NO-SPASM-COMES-FROM-SPEED" in shown
        assert not [word for word in FEEDBACK if word in shown and word != "NO-SPASM-COMES-FROM-SPEED"]
        assert not [word for word in KEY_WORDS if word in shown]
        assert "choice--right" not in shown
        assert "choice--wrong" not in shown

    hidden()
    # The last attempt is begun: none is left, but while it is open nothing is shown either.
    last = services.start_attempt(assignment=assignment).attempt
    hidden()
    services.submit_attempt(attempt=last)
    shown = words(learner.get(page(attempt, "result/")))
    assert "WHY-CREEP-EXPLAINED" in shown
    assert "OBJECTIVE-NAME-CREEP" in shown
    assert "YES-CREEP-IT-IS" in shown
    assert "choice--right" in shown
    assert "All 2 attempts are used" in shown


def test_a_passed_attempt_shows_everything(
    learner: Client, attempt: Attempt, answer_all: Callable[[Attempt], None]
) -> None:
    answer_all(attempt)
    services.submit_attempt(attempt=attempt)
    shown = words(learner.get(page(attempt, "result/")))
    for word in ("WHY-CREEP-EXPLAINED", "WHY-FLAGS-EXPLAINED", *FEEDBACK):
        assert word in shown


def test_questions_written_with_markup_are_shown_as_text(school: School, learner: Client, record: Any) -> None:
    bank = services.ensure_bank(school=school.school, code="X", title="X")
    question = services.ensure_question(
        bank=bank,
        code="x",
        kind="single",
        stem="<script>alert(1)</script>",
        choices=[{"text": "<b>a</b>", "correct": True, "feedback": "<img src=x>"}, {"text": "b"}],
        explanation="<script>2</script>",
    )
    quiz = services.ensure_quiz(school=school.school, code="X", title="<i>X</i>", questions=[question])
    given = services.assign_quiz(record=record, quiz=quiz, module="X", module_version=1)
    attempt = services.start_attempt(assignment=given).attempt
    response = response_to(attempt, "x")
    services.save_answer(response=response, answer=keys(response, "<b>a</b>"))
    before = words(learner.get(page(attempt))) + words(learner.get(f"/quizzes/{given.uuid}/"))
    services.submit_attempt(attempt=attempt)
    for shown in (before, words(learner.get(page(attempt, "result/")))):
        assert "&lt;script&gt;" in shown
        assert not [raw for raw in ("<script>alert", "<script>2", "<b>a", "<img src=x", "<i>X") if raw in shown]


# ---- who ----


def test_strangers_staff_and_visitors_find_nothing(
    school: School, assignment: QuizAssignment, attempt: Attempt
) -> None:
    others = [
        school.other_learner_user,
        school.instructor,
        school.coordinator,
        school.registrar,
        school.admin,
        school.foreign_registrar,
    ]
    addresses = [
        ("get", f"/quizzes/{assignment.uuid}/"),
        ("post", f"/quizzes/{assignment.uuid}/start/"),
        ("get", page(attempt)),
        ("post", page(attempt)),
        ("get", page(attempt, "submit/")),
        ("post", page(attempt, "submit/")),
        ("get", page(attempt, "result/")),
        ("get", f"/quizzes/{uuid4()}/"),
        ("get", f"/quizzes/attempts/{uuid4()}/"),
        ("get", f"/quizzes/attempts/{uuid4()}/result/"),
    ]
    for other in others:
        client = school.client(other)
        assert {getattr(client, verb)(address).status_code for verb, address in addresses} == {404}, other
    for verb, address in addresses:
        answer = getattr(Client(), verb)(address)
        assert answer.headers["Location"].startswith("/accounts/login/?next="), address
    assert Attempt.objects.get().is_open


def test_results_are_read_by_the_schools_own_staff(
    school: School, attempt: Attempt, answer: Callable[..., Any]
) -> None:
    services.submit_attempt(attempt=attempt)
    seen = {
        who.email: school.client(who).get(page(attempt, "result/")).status_code
        for who in (
            school.instructor,
            school.registrar,
            school.admin,
            school.coordinator,
            school.foreign_registrar,
            school.other_learner_user,
        )
    }
    assert list(seen.values()) == [200, 200, 200, 404, 404, 404]
    shown = words(school.client(school.registrar).get(page(attempt, "result/")))
    assert "WHY-CREEP-EXPLAINED" in shown
    assert "To the next attempt" not in shown
    # An instructor of another program reads how it went, as the learner does, and no key (decision 0024).
    assert "EXPLAINED" not in words(school.client(school.instructor).get(page(attempt, "result/")))


# ---- queries ----


def test_pages_stay_within_their_queries(
    learner: Client, assignment: QuizAssignment, attempt: Attempt, django_assert_max_num_queries: Any
) -> None:
    # Of each: session, person, and for the frame roles. The school and what stands at the foot are kept.
    learner.get("/learn/")
    with django_assert_max_num_queries(3 + 4):
        learner.get(f"/quizzes/{assignment.uuid}/")
    with django_assert_max_num_queries(3 + 2):
        learner.get(page(attempt))
    with django_assert_max_num_queries(3 + 2):
        learner.get(page(attempt, "submit/"))
    services.submit_attempt(attempt=attempt)
    with django_assert_max_num_queries(3 + 9):
        learner.get(page(attempt, "result/"))
