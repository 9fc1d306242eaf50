"""The quiz calls of the API: start, autosave, hand in; cookie and CSRF, problem documents, nothing of the key."""

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

from .conftest import FEEDBACK, KEY_WORDS, keys, response_to

BACKEND = "accounts.backends.EmailBackend"


@pytest.fixture
def learner(school: School) -> Client:
    return school.client(school.learner_user)


def put(client: Client, address: str, body: object, **extra: Any) -> HttpResponse:
    return client.put(
        address, body if isinstance(body, (str, bytes)) else json.dumps(body), "application/json", **extra
    )


def place(attempt: Attempt, code: str = "creep") -> str:
    return f"/api/v1/attempts/{attempt.uuid}/answers/{response_to(attempt, code).question_version.question.uuid}"


def is_problem(answer: HttpResponse, status: int) -> str:
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert body["status"] == status
    return body["title"]


def test_the_whole_way(learner: Client, assignment: QuizAssignment) -> None:
    begun = learner.post(f"/api/v1/quizzes/{assignment.uuid}/attempts", content_type="application/json")
    assert begun.status_code == 201
    body = begun.json()
    assert (body["number"], body["state"], len(body["questions"])) == (1, "open", 2)
    again = learner.post(f"/api/v1/quizzes/{assignment.uuid}/attempts", content_type="application/json")
    assert (again.status_code, again.json()["id"]) == (200, body["id"])
    assert again.json()["questions"] == body["questions"]

    right = {"Creep", "Sudden severe headache", "Loss of bladder control"}
    for question in body["questions"]:
        chosen = [choice["key"] for choice in question["choices"] if choice["text"] in right]
        saved = put(
            learner, f"/api/v1/attempts/{body['id']}/answers/{question['id']}", {"answer": chosen, "sequence": 1}
        )
        assert saved.status_code == 200
        assert saved.json()["state"] == "saved"
        assert sorted(saved.json()["answer"]) == sorted(chosen)

    told = learner.post(f"/api/v1/attempts/{body['id']}/submit")
    assert told.status_code == 200
    result = told.json()
    assert (result["passed"], result["score"], result["percent_hundredths"]) == (
        True,
        {"numerator": 1, "denominator": 1},
        10_000,
    )
    assert result["unanswered"] == []
    assert learner.post(f"/api/v1/attempts/{body['id']}/submit").json() == result
    assert Milestone.objects.count() == 1
    assert learner.get(result["url"]).status_code == 200


def test_a_single_answer_may_be_one_key_or_none(learner: Client, attempt: Attempt) -> None:
    (key,) = keys(response_to(attempt, "creep"), "Creep")
    assert put(learner, place(attempt), {"answer": key, "sequence": 1}).json()["answer"] == [key]
    assert put(learner, place(attempt), {"answer": None, "sequence": 2}).json()["answer"] == []


def test_old_and_repeated_sequences_change_nothing(learner: Client, attempt: Attempt) -> None:
    creep, spasm = (keys(response_to(attempt, "creep"), text) for text in ("Creep", "Spasm"))
    first = put(learner, place(attempt), {"answer": creep, "sequence": 8}).json()
    for stale in (7, 8, 1):
        told = put(learner, place(attempt), {"answer": spasm, "sequence": stale}).json()
        assert (told["state"], told["answer"], told["sequence"]) == ("older", creep, 8)
        assert told["saved_at"] == first["saved_at"]
    again = put(learner, place(attempt), {"answer": creep, "sequence": 8}).json()
    assert (again["state"], again["saved_at"]) == ("saved", first["saved_at"])


def test_without_a_sequence_the_servers_clock_stands_in(learner: Client, attempt: Attempt) -> None:
    creep, spasm = (keys(response_to(attempt, "creep"), text) for text in ("Creep", "Spasm"))
    one = put(learner, place(attempt), {"answer": spasm}).json()
    two = put(learner, place(attempt), {"answer": creep}).json()
    assert two["sequence"] > one["sequence"]
    assert two["answer"] == creep


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"answer": "nope", "sequence": 1}, 422),
        ({"answer": {"a": 1}, "sequence": 1}, 422),
        ({"answer": 5, "sequence": 1}, 422),
        ({"answer": [None], "sequence": 1}, 422),
        ({"answer": "\0", "sequence": 1}, 422),
        ({"answer": [], "sequence": 0}, 422),
        ({"answer": [], "sequence": -1}, 422),
        ({"answer": [], "sequence": 2**53}, 422),
        ({"answer": [], "sequence": 1.5}, 422),
        ({"answer": [], "sequence": "soon"}, 422),
        ('{"answer": [], "sequence": 1e999}', 422),
        ('{"answer": [], "sequence": ' + "9" * 5000 + "}", 400),
        ("[]", 422),
        ("{}", 422),
        ("", 422),
        ("{", 400),
        ("[" * 100_000, 400),
        (b"\xff\xfe", 400),
    ],
)
def test_bad_input_gets_a_problem_document(learner: Client, attempt: Attempt, body: Any, status: int) -> None:
    assert is_problem(put(learner, place(attempt), body), status)
    assert response_to(attempt, "creep").sequence == 0


def test_answers_after_handing_in_or_closing_are_refused(
    learner: Client, assignment: QuizAssignment, attempt: Attempt
) -> None:
    key = keys(response_to(attempt, "creep"), "Creep")
    assignment.closes_at = timezone.now() - timedelta(minutes=1)
    assignment.save()
    assert "closed on" in is_problem(put(learner, place(attempt), {"answer": key, "sequence": 1}), 409)
    learner.post(f"/api/v1/attempts/{attempt.uuid}/submit")
    assert "handed in on" in is_problem(put(learner, place(attempt), {"answer": key, "sequence": 2}), 409)
    assert "closed on" in is_problem(
        learner.post(f"/api/v1/quizzes/{assignment.uuid}/attempts", content_type="application/json"), 409
    )


def test_others_find_nothing(school: School, assignment: QuizAssignment, attempt: Attempt) -> None:
    for other in (school.other_learner_user, school.instructor, school.registrar, school.foreign_registrar):
        client = school.client(other)
        is_problem(client.post(f"/api/v1/quizzes/{assignment.uuid}/attempts", content_type="application/json"), 404)
        is_problem(put(client, place(attempt), {"answer": [], "sequence": 1}), 404)
        is_problem(client.post(f"/api/v1/attempts/{attempt.uuid}/submit"), 404)
    assert Attempt.objects.get().is_open


def test_a_question_of_another_attempt_is_not_there(learner: Client, attempt: Attempt) -> None:
    is_problem(put(learner, f"/api/v1/attempts/{attempt.uuid}/answers/{uuid4()}", {"answer": [], "sequence": 1}), 404)
    is_problem(put(learner, f"/api/v1/attempts/{uuid4()}/answers/{uuid4()}", {"answer": [], "sequence": 1}), 404)


def test_a_visitor_is_asked_to_log_in(assignment: QuizAssignment, attempt: Attempt) -> None:
    is_problem(Client().post(f"/api/v1/quizzes/{assignment.uuid}/attempts", content_type="application/json"), 401)
    is_problem(put(Client(), place(attempt), {"answer": [], "sequence": 1}), 401)
    is_problem(Client().post(f"/api/v1/attempts/{attempt.uuid}/submit"), 401)


def test_a_cookie_without_its_token_is_refused(school: School, assignment: QuizAssignment, attempt: Attempt) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(school.learner_user, backend=BACKEND)
    is_problem(put(strict, place(attempt), {"answer": [], "sequence": 1}), 403)
    is_problem(strict.post(f"/api/v1/quizzes/{assignment.uuid}/attempts", content_type="application/json"), 403)
    is_problem(strict.post(f"/api/v1/attempts/{attempt.uuid}/submit"), 403)
    strict.get(f"/quizzes/attempts/{attempt.uuid}/")
    token = strict.cookies["csrftoken"].value
    saved = put(strict, place(attempt), {"answer": [], "sequence": 1}, headers={"X-CSRFToken": token})
    assert saved.status_code == 200


def test_nothing_of_the_key_is_in_any_answer_before_handing_in(
    learner: Client, assignment: QuizAssignment, answer: Callable[..., Any]
) -> None:
    begun = learner.post(f"/api/v1/quizzes/{assignment.uuid}/attempts", content_type="application/json")
    attempt = Attempt.objects.get()
    key = keys(response_to(attempt, "creep"), "Spasm")
    answers = [
        begun,
        put(learner, place(attempt), {"answer": key, "sequence": 1}),
        put(learner, place(attempt), {"answer": key, "sequence": 1}),
        put(learner, place(attempt), {"answer": "nope", "sequence": 2}),
        learner.post(f"/api/v1/quizzes/{assignment.uuid}/attempts", content_type="application/json"),
    ]
    for told in answers:
        text = told.content.decode()
        assert not [word for word in (*FEEDBACK, *KEY_WORDS, '"points', "score", "passed") if word in text]
    # Handing in tells the score; words and key stay where they are.
    text = learner.post(f"/api/v1/attempts/{attempt.uuid}/submit").content.decode()
    assert not [word for word in (*FEEDBACK, "EXPLAINED", "OBJECTIVE-", "correct", "feedback") if word in text]


def test_choices_come_in_no_order_that_tells(learner: Client, assignment: QuizAssignment) -> None:
    body = learner.post(f"/api/v1/quizzes/{assignment.uuid}/attempts", content_type="application/json").json()
    for question in body["questions"]:
        assert set(question["choices"][0]) == {"key", "text"}


def test_autosave_takes_four_queries(
    learner: Client, attempt: Attempt, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    address = place(attempt)
    key = keys(response_to(attempt, "creep"), "Creep")
    with django_assert_num_queries(4):  # session, person, question, UPDATE
        put(learner, address, {"answer": key, "sequence": 1})
    with django_assert_num_queries(3):
        put(learner, address, {"answer": key, "sequence": 1})


def test_handing_in_does_not_grow_with_the_questions(
    learner: Client, attempt: Attempt, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(14):
        learner.post(f"/api/v1/attempts/{attempt.uuid}/submit")


def test_the_description_lists_the_calls(learner: Client) -> None:
    paths = services and json.loads(learner.get("/api/v1/openapi.json").content)["paths"]
    assert {"/api/v1/quizzes/{uuid}/attempts", "/api/v1/attempts/{uuid}/submit"} <= set(paths)
