"""Health says the truth, every page carries its headers, the API's errors are problem documents."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from certification.codes import code_from_bits
from cms.jobs import JOBS, run_due
from tests.worlds import School

pytestmark = pytest.mark.django_db


def test_health() -> None:
    assert Client().get("/healthz").json() == {"status": "ok"}
    ready = Client().get("/readyz")
    assert (ready.status_code, set(ready.json().values())) == (200, {"ok"})


def test_readyz_says_which_part_is_missing() -> None:
    drop = "DROP TRIGGER guard_records_hourentry_delete"
    with connection.cursor() as cursor:
        cursor.execute(drop if connection.vendor == "sqlite" else f"{drop} ON records_hourentry")
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["guards"] == "1 guards of the ledger are missing"


def test_the_policy_forbids_inline_script_and_style() -> None:
    answer = Client().get("/accounts/login/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    for name, value in {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }.items():
        assert answer[name] == value
    assert answer["X-Request-Id"]


def test_the_back_office_gets_the_tightest_that_works(school: School) -> None:
    policy = school.client(school.instructor).get("/cms/", follow=True)["Content-Security-Policy"]
    assert "object-src 'none'" in policy
    assert "unsafe-eval" not in policy


@pytest.mark.parametrize("path", ["/api/v1/me/enrollments", "/api/v1/nothing", "/api/v1/me/enrollments/x/hours"])
def test_api_errors_are_problem_documents(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code in (401, 404, 422)
    if path != "/api/v1/nothing":
        assert answer["Content-Type"].startswith("application/problem+json")
        assert answer.json()["status"] == answer.status_code


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/api/", 404),
        ("get", "/api/v1", 404),
        ("get", "/api/v1/", 404),
        ("get", "/api/v1/nothing", 404),
        ("put", "/api/v1/nothing", 404),
        ("post", "/api/v1/openapi.json", 403),
        ("get", "/api/v1/verifications", 405),
        ("options", "/api/v1/verifications", 405),
        ("delete", "/api/v1/me/enrollments", 405),
    ],
)
def test_what_refuses_a_call_before_it_begins_is_a_problem_document_too(method: str, path: str, status: int) -> None:
    answer = getattr(Client(enforce_csrf_checks=True), method)(path)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json" and answer.json()["status"] == status
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["X-Request-Id"]
    if status == 405:
        assert answer["Allow"] in ("POST", "GET") and answer["Allow"] in answer.json()["title"]


def test_a_fault_and_a_foreign_host_are_told_to_programs_as_problems() -> None:
    def broken(*_query: object) -> object:
        raise RuntimeError("the disk is full")

    client, call = Client(raise_request_exception=False), f"/api/v1/verify/{code_from_bits(5)}"
    with connection.execute_wrapper(broken):
        fault = client.get(call)
        page = client.get("/rules/")
    foreign = client.get(call, headers={"host": "evil.example"})
    for answer, status in ((fault, 500), (foreign, 400)):
        assert answer.status_code == answer.json()["status"] == status
        assert answer["Content-Type"] == "application/problem+json" and "disk" not in answer.content.decode()
    assert page.status_code == 500 and page["Content-Type"].startswith("text/html"), "people read pages"


def test_the_api_describes_itself() -> None:
    paths = Client().get("/api/v1/openapi.json").json()["paths"]
    for path in (
        "/api/v1/me/enrollments",
        "/api/v1/lessons/{id}/sessions",
        "/api/v1/sessions/{uuid}/beats",
        "/api/v1/quizzes/{id}/attempts",
        "/api/v1/verify/{code}",
    ):
        assert any(path.split("{")[0] == known.split("{")[0] for known in paths), path
    assert Client().get("/api/v1/docs").status_code == 200


def test_due_jobs_run_twice_without_harm(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("tick")
    call_command("tick")
    said = capsys.readouterr().out
    assert "failed" not in said
    assert said.count("mails") == 2


def test_one_failing_job_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> object:
        raise OSError

    monkeypatch.setattr("cms.jobs.JOBS", (("broken", broken, JOBS[0][2]), JOBS[0]))
    outcome = run_due(force=True)
    assert outcome["broken"] == "failed: OSError"
    assert outcome["mails"].endswith("done")
