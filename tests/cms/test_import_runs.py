"""Long work on a file in the background: it says how far it is, and whoever is killed half-way leaves nothing."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django_tasks import task_backends
from django_tasks_db.models import DBTaskResult

from certification.records.models import HourEntry, ImportBatch, ImportRun
from certification.records.services import ask_post, imports, post_batch, progress_of, refuse_import, run_import
from certification.requirements.services import import_rules
from cms.desk.places import SchoolPlaces
from cms.desk.services import let_pass, resume_imports
from cms.jobs import run_due
from courses.catalog.models import Program
from tests.externships.conftest import text_of
from tests.worlds import SMALL_PACK, School

from .test_imports import NOW, ROWS, bring, everything, program, row, table, upload

__all__ = ["program"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_march() -> Iterator[None]:
    caches["progress"].clear()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def worker(settings: Any) -> Any:
    """Background work waits for a worker, as with TASKS_BACKEND=db; calling it does what waits, as one would."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
    task_backends.__dict__.pop("settings", None)

    def work() -> None:
        # Not the command: it closes the connection that holds this test's transaction.
        for waiting in DBTaskResult.objects.ready():
            waiting.task.call(*waiting.args_kwargs["args"])
            waiting.delete()

    return work


def files() -> set[Path]:
    return set((Path(settings.PRIVATE_ROOT) / "imports").glob("*"))


def test_a_file_is_checked_and_posted_outside_the_requests(school: School, program: Program, worker: Any) -> None:
    first, second = school.client(school.registrar), school.client(school.second_registrar)
    answer = first.post(reverse("desk:imports"), upload(table(*ROWS)))
    run = ImportRun.objects.get()
    assert (run.state, run.step) == ("waiting", "check")
    page = reverse("desk:import_run", args=[run.uuid])
    assert answer["Location"] == page
    said = text_of(first.get(page))
    assert "The rows are being checked" in said and "Waiting for its turn" in said and "Look again" in said
    assert "is being checked" in text_of(first.get(reverse("desk:imports")))
    worker()
    batch = ImportBatch.objects.get()
    assert first.get(page)["Location"] == reverse("desk:import", args=[batch.uuid])
    assert batch.tally["post"] == 3 and batch.file_name == "old_hours.csv"

    answer = second.post(reverse("desk:import", args=[batch.uuid]), {"decision": "approve", "words": "I saw them."})
    posting = ImportRun.objects.get(step="post")
    assert answer["Location"] == reverse("desk:import_run", args=[posting.uuid])
    assert not HourEntry.objects.exists()
    seen = text_of(second.get(reverse("desk:import", args=[batch.uuid])))
    assert "See how far it is" in seen and "Let it pass" not in seen
    worker()
    assert HourEntry.objects.count() == 3
    batch.refresh_from_db()
    assert (batch.outcome, batch.decided_by, batch.decision_words) == ("posted", school.second_registrar, "I saw them.")
    for run in ImportRun.objects.all():
        assert (run.state, run.file.name, run.file_name, run.words) == ("done", "", "", "")


def test_the_page_says_how_far_it_is(school: School, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "A_BATCH", 2)
    batch, seen = bring(school, *ROWS), []
    run = ask_post(batch=batch, by=school.second_registrar)
    client = school.client(school.registrar)

    def looked_at(**fields: Any) -> Any:
        seen.append(text_of(client.get(reverse("desk:import_run", args=[run.uuid]))))
        return post_batch(**fields)

    monkeypatch.setattr(imports, "post_batch", looked_at)
    run_import(run=run, places=SchoolPlaces(school.school))
    assert ["Posting hours" in page for page in seen] == [True, True]
    assert "0 of 3 rows" in seen[0] and "2 of 3 rows" in seen[1]
    assert progress_of(run) == ("posting", 2, 3)


def killed(*_args: Any, **_fields: Any) -> Any:
    raise KeyboardInterrupt


def test_who_is_killed_half_way_leaves_nothing_and_the_next_round_does_it(
    school: School, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = bring(school, *ROWS)
    before = everything()
    monkeypatch.setattr(imports, "post_batch", killed)
    run = ask_post(batch=batch, by=school.second_registrar)
    with pytest.raises(KeyboardInterrupt):
        run_import(run=run, places=SchoolPlaces(school.school))
    monkeypatch.undo()
    run.refresh_from_db()
    assert (run.state, everything()) == ("running", before)
    assert ImportBatch.objects.get().is_open
    assert resume_imports(now=timezone.now()) == 0, "it may be at it still"
    with time_machine.travel(NOW + timedelta(minutes=3), tick=False):
        assert run_due(force=True)["imports left lying"] == "1 done"
    run.refresh_from_db()
    assert (run.state, HourEntry.objects.count(), ImportBatch.objects.get().outcome) == ("done", 3, "posted")
    with time_machine.travel(NOW + timedelta(minutes=9), tick=False):
        assert resume_imports(now=timezone.now()) == 0


def test_who_still_tells_how_far_it_is_is_left_alone(school: School, program: Program) -> None:
    run = ask_post(batch=bring(school, *ROWS), by=school.second_registrar)
    ImportRun.objects.update(state="running", claimed_until=NOW)
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        caches["progress"].set(f"import-{run.uuid}-alive", 1, 60)
        assert resume_imports(now=timezone.now()) == 0
        caches["progress"].clear()
        assert resume_imports(now=timezone.now()) == 1


def test_a_run_that_somebody_is_at_is_nobody_elses(school: School, program: Program) -> None:
    run = ask_post(batch=bring(school, *ROWS), by=school.second_registrar)
    ImportRun.objects.update(state="running", claimed_until=NOW + timedelta(minutes=2), attempts=1)
    assert run_import(run=run, places=SchoolPlaces(school.school)).attempts == 1
    assert not HourEntry.objects.exists()


def test_what_is_killed_again_and_again_ends(school: School, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ask_post(batch=bring(school, *ROWS), by=school.second_registrar)
    monkeypatch.setattr(imports, "post_batch", killed)
    for attempt in range(3):
        with pytest.raises(KeyboardInterrupt):
            run_import(run=run, places=SchoolPlaces(school.school), now=NOW + timedelta(minutes=3 * attempt))
    run_import(run=run, places=SchoolPlaces(school.school), now=NOW + timedelta(minutes=9))
    run.refresh_from_db()
    assert (run.state, HourEntry.objects.count()) == ("failed", 0)
    assert "stopped three times" in run.sentence


def test_a_fault_of_ours_ends_in_a_sentence_and_may_be_tried_again(
    school: School, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_fields: Any) -> Any:
        raise RuntimeError("Daniela's disk is full")

    monkeypatch.setattr(imports, "post_batch", broken)
    batch, before = bring(school, *ROWS), everything()
    client, page = school.client(school.second_registrar), reverse("desk:import", args=[batch.uuid])
    answer = client.post(page, {"decision": "approve"})
    assert answer.status_code == 422
    assert "Something went wrong on our side. Nothing was posted." in text_of(answer)
    assert (everything(), ImportRun.objects.get().state) == (before, "failed")
    assert "It was tried and nothing was posted" in text_of(client.get(page))
    run_page = text_of(client.get(reverse("desk:import_run", args=[ImportRun.objects.get().uuid])))
    assert "Nothing was posted" in run_page and "Back to the file" in run_page and "disk" not in run_page
    monkeypatch.undo()
    assert client.post(page, {"decision": "approve"}).status_code == 302
    assert HourEntry.objects.count() == 3


def test_a_file_that_is_none_says_so_on_the_page_and_goes(school: School, program: Program, worker: Any) -> None:
    client, before = school.client(school.registrar), files()
    answer = client.post(reverse("desk:imports"), upload(b"email\n"))
    assert len(files() - before) == 1
    worker()
    page = text_of(client.get(answer["Location"]))
    assert "The rows could not be checked" in page and "The column “legal_name” is missing" in page
    assert "Bring it again" in page
    assert not ImportBatch.objects.exists()
    assert ImportRun.objects.get().file.name == ""


def test_asking_twice_is_one_run(school: School, program: Program) -> None:
    batch = bring(school, *ROWS)
    one = ask_post(batch=batch, by=school.second_registrar)
    assert ask_post(batch=batch, by=school.admin).pk == one.pk
    with pytest.raises(ValidationError, match="You brought it"):
        ask_post(batch=batch, by=school.registrar)
    run_import(run=one, places=SchoolPlaces(school.school))
    assert let_pass(batch=batch, by=school.admin).pk == one.pk, "and afterwards it is the one that was done"
    refused = bring(school, row(minutes=9))
    refuse_import(batch=refused, by=school.admin, words="No.")
    with pytest.raises(ValidationError, match="decided before: Refused"):
        let_pass(batch=refused, by=school.second_registrar)
    assert HourEntry.objects.count() == 3


def test_a_row_that_is_refused_meanwhile_ends_it(school: School, program: Program, worker: Any) -> None:
    batch = bring(school, row(email="jun@example.org", legal_name="Jun Park"))
    client = school.client(school.second_registrar)
    answer = client.post(reverse("desk:import", args=[batch.uuid]), {"decision": "approve"})
    other = SMALL_PACK.replace("id: small-sample", "id: other-subjects").replace("code: mfr", "code: mfr_other")
    Program.objects.filter(pk=program.pk).update(rule_set=import_rules(text=other, filename="pack.yaml"))
    worker()
    assert "Row 1 is refused as things stand now. Nothing was posted." in text_of(client.get(answer["Location"]))
    assert ImportBatch.objects.get().is_open
