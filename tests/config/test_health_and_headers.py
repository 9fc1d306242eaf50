"""Health says the truth, every page carries its headers, the API's errors are problem documents."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

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
