"""What goes when its time is over: how far from the site she was, papers of the registers, and files that no row names."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client

from certification.externships import rules
from certification.externships.models import Clock, RegisterPaper, Supervisor
from certification.externships.selectors import papers_of, papers_over
from certification.externships.services import (
    add_paper,
    assign_supervisor,
    clock_in,
    clock_out,
    end_assignment,
    erase_paper,
    erase_shift_words,
    register_supervisor,
    shifts_with_words,
    withdraw_paper,
)
from certification.records.models.corrections import private_storage
from certification.records.services import erase_words
from cms.jobs import run_due
from tests.files import PDF

from .conftest import NOW, Clinic, details_of
from .test_papers import paper
from .test_placements import at
from .test_registers import words_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


# ---- how far from the site -------------------------------------------------------------------------------------------


@pytest.fixture
def clocked(clinic: Clinic) -> Clock:
    """Clocked in two kilometers from the site, and out there."""
    details_of(clinic, latitude=38.25, longitude=-85.75)
    far, near = rules.Position(38.27, -85.75, 20), rules.Position(38.25, -85.75, 20)
    clinic.placement.site.refresh_from_db()
    clock = clock_in(
        placement=clinic.placement, supervisor=clinic.supervisor, activity="observation", key=uuid4(), position=far
    )
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        done = clock_out(clock=clock, position=near)
    assert (done.away, done.ended_metres) == (("in",), 0)
    return done


def test_distances_go_with_the_words_and_the_times_stay(clinic: Clinic, clocked: Clock) -> None:
    assert shifts_with_words(record=clinic.record) == 1
    with pytest.raises(DatabaseError, match="never"), transaction.atomic():
        erase_shift_words(record=clinic.record)
    erase_words(record=clinic.record, basis="asked")
    assert erase_shift_words(record=clinic.record) == 1
    assert erase_shift_words(record=clinic.record) == shifts_with_words(record=clinic.record) == 0
    gone = Clock.objects.get()
    assert (gone.started_metres, gone.started_accuracy, gone.ended_metres, gone.ended_accuracy) == (None,) * 4
    assert (gone.away, gone.started_at, gone.ended_at) == ((), clocked.started_at, clocked.ended_at)
    assert gone.erased_at


@pytest.mark.parametrize(
    "change",
    [
        "started_metres = NULL, started_accuracy = NULL, started_away = FALSE",
        "started_metres = 5, erased_at = '2026-11-21 10:00:00+00'",
        "started_metres = NULL, started_accuracy = NULL, started_away = FALSE, ended_metres = NULL, "
        "ended_accuracy = NULL, started_at = '2026-01-01 10:00:00+00', erased_at = '2026-11-21 10:00:00+00'",
    ],
)
def test_the_database_lets_nothing_else_go(clinic: Clinic, clocked: Clock, change: str) -> None:
    erase_words(record=clinic.record, basis="asked")
    with pytest.raises(DatabaseError, match=r"never|clock_"):
        run(f"UPDATE externships_clock SET {change}")


# ---- papers of the registers -----------------------------------------------------------------------------------------


def kept(clinic: Clinic, owner: Any = None, kind: str = "cv", **days: Any) -> RegisterPaper:
    return add_paper(
        owner=owner or clinic.supervisor, kind=kind, attachment=paper(f"{kind}.pdf", PDF + kind.encode()),
        by=clinic.school.coordinator, **days,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ends_on", "withdrawn", "needed", "over"),
    [
        (None, False, True, False), (None, False, False, True), (TODAY, False, False, False),
        (TODAY - timedelta(days=1), False, True, True), (TODAY, True, True, True), (None, True, True, True),
    ],
)  # fmt: skip
def test_when_a_papers_time_is_over(ends_on: date | None, withdrawn: bool, needed: bool, over: bool) -> None:
    assert rules.term_is_over(ends_on, TODAY, withdrawn=withdrawn, needed=needed) is over


def test_a_cv_is_erased_with_a_reason_once_she_works_nowhere(
    clinic: Clinic, django_capture_on_commit_callbacks: Any
) -> None:
    desk = clinic.school.client(clinic.school.coordinator)
    cv, page = kept(clinic), at("desk_supervisor", clinic.supervisor)
    assert "Erase the file" not in words_of(desk.get(page))
    assert "Its time is not over" in words_of(desk.post(at("desk_erase_paper", cv), {"why": "She left."}))
    assignment = clinic.supervisor.assignments.get()
    end_assignment(assignment=assignment, until_on=TODAY - timedelta(days=1), by=clinic.school.coordinator)
    assert "Erase the file" in words_of(desk.get(page))
    assert desk.get(at("desk_erase_paper", cv)).status_code == 200
    assert desk.post(at("desk_erase_paper", cv), {"why": " "}).status_code == 422
    name = cv.attachment.name
    with django_capture_on_commit_callbacks(execute=True):
        for _click in range(2):
            assert desk.post(at("desk_erase_paper", cv), {"why": "She left in the fall."}).status_code == 302
    gone = RegisterPaper.objects.get()
    assert (gone.attachment.name, gone.attachment_name, gone.erased_by) == ("", "", clinic.school.coordinator)
    assert gone.attachment_sha256 == cv.attachment_sha256 and not private_storage().exists(name)
    said = words_of(desk.get(page))
    assert "The file was erased by Cora Coordinator, 20 Nov 2026: “She left in the fall.”" in said
    assert "cv.pdf" not in said and "Erase the file" not in said and "Withdraw it" not in said
    assert desk.get(at("desk_paper", gone)).status_code == 404
    with pytest.raises(ValidationError, match="erased meanwhile"):
        withdraw_paper(paper=gone, why="Too late", by=clinic.school.coordinator)


def test_an_old_insurance_goes_while_the_site_runs_and_the_agreement_never(clinic: Clinic) -> None:
    by, past = clinic.school.coordinator, date(2026, 10, 31)
    old, new = kept(clinic, clinic.site, "insurance", ends_on=past), kept(clinic, clinic.site, "other")
    contract = kept(clinic, clinic.site, "agreement", ends_on=past)
    assert papers_over(clinic.site, papers_of(clinic.site), TODAY) == {old.pk}
    assert erase_paper(paper=old, why="Renewed", by=by).erased_at
    with pytest.raises(ValidationError, match="not over"):
        erase_paper(paper=new, why="Renewed", by=by)
    withdraw_paper(paper=contract, why="Another one", by=by)
    with pytest.raises(ValidationError, match="An agreement stays"):
        erase_paper(paper=contract, why="Renewed", by=by)
    for outsider in (clinic.school.instructor, clinic.school.foreign_registrar, clinic.school.learner_user):
        with pytest.raises(ValidationError, match="coordinators and registrars"):
            erase_paper(paper=new, why="Mine", by=outsider)
        assert clinic.school.client(outsider).get(at("desk_erase_paper", new)).status_code == 404
    assert Client().get(at("desk_erase_paper", new)).status_code == 302


KEPT_NOWHERE, LEFT = "attachment = ''", "attachment = 'left.pdf'"
ERASE = f"{KEPT_NOWHERE}, attachment_name = '', erased_at = '2026-11-20 10:00:00+00', erased_why = 'x', erased_by_id = "


def test_the_database_erases_no_paper_before_its_time_nor_an_agreement(clinic: Clinic) -> None:
    by = clinic.school.coordinator
    rows = [
        kept(clinic), kept(clinic, kind="insurance", ends_on=date(2026, 12, 1)), kept(clinic, clinic.site, "other"),
        kept(clinic, clinic.site, "agreement", ends_on=date(2026, 1, 1)),
    ]  # fmt: skip
    for row in rows:
        with pytest.raises(DatabaseError, match="never"):
            run(f"UPDATE externships_registerpaper SET {ERASE} {by.pk} WHERE id = {row.pk}")
    over = kept(clinic, kind="licence", ends_on=date(2026, 11, 1))
    for change in (
        "attachment = '', attachment_name = '', erased_at = '2026-11-20 10:00:00+00'",
        f"{ERASE} {by.pk}, kind = 'cv'", f"{ERASE} {by.pk}, attachment_sha256 = 'x'",
        f"{ERASE.replace(KEPT_NOWHERE, LEFT)} {by.pk}", f"erased_why = 'x', erased_by_id = {by.pk}",
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match=r"never|paper_"):
            run(f"UPDATE externships_registerpaper SET {change} WHERE id = {over.pk}")
    run(f"UPDATE externships_registerpaper SET {ERASE} {by.pk} WHERE id = {over.pk}")
    with pytest.raises(DatabaseError, match=r"never|paper_"):
        run(f"UPDATE externships_registerpaper SET attachment = 'back.pdf' WHERE id = {over.pk}")


def test_somebody_who_never_worked_anywhere_is_not_needed(clinic: Clinic) -> None:
    someone: Supervisor = register_supervisor(
        school=clinic.school.school, name="Omar Haddad", email="omar@example.com", licence_number="1",
        licence_state="KY", profession="x",
    )  # fmt: skip
    cv = kept(clinic, someone)
    assert papers_over(someone, [cv], TODAY) == {cv.pk}
    assign_supervisor(supervisor=someone, site=clinic.site, from_on=date(2026, 12, 1))
    assert papers_over(someone, [cv], TODAY) == frozenset(), "she is to come"


# ---- files that no row names -----------------------------------------------------------------------------------------


def test_the_tick_sweeps_papers_that_were_never_attached(clinic: Clinic) -> None:
    stays = kept(clinic)
    left = private_storage().save("register-papers/left.pdf", paper())
    run_due(force=True)
    assert private_storage().exists(left), "somebody may be at it"
    with time_machine.travel(NOW + timedelta(days=400), tick=False):
        run_due(force=True)
    assert not private_storage().exists(left) and private_storage().exists(stays.attachment.name)
