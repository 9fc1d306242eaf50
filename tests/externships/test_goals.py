"""What a learner wants to learn in a placement: written by her or for her, ticked by others, gone with her words."""

import uuid
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from certification.externships.models import LearningGoal, PlacementStep
from certification.externships.selectors import goals_of
from certification.externships.services import (
    add_goal,
    decline_placement,
    drop_goal,
    end_placement,
    erase_placement_words,
    placements_with_words,
    register_site,
    register_supervisor,
    request_placement,
    tick_goal,
)
from certification.records.models import Erasure, TrainingRecord
from certification.records.services import erase_words

from .conftest import Clinic
from .test_placements import at
from .test_registers import words_of
from .test_requests import WHY

pytestmark = pytest.mark.django_db
DRAPING = "Drape without being reminded"


@pytest.fixture
def desk(clinic: Clinic) -> Client:
    """The coordinator's browser."""
    return clinic.school.client(clinic.school.coordinator)


def goal(clinic: Clinic, words: str = DRAPING) -> LearningGoal:
    return add_goal(placement=clinic.placement, words=words, by=clinic.school.learner_user)


def test_she_writes_a_goal_and_staff_tick_it(clinic: Clinic, desk: Client) -> None:
    learner, address = clinic.learner(), at("placement", clinic.placement)
    form = {"key": str(uuid.uuid4()), "words": f" {DRAPING}  "}
    for _click in range(2):
        assert learner.post(address, form).status_code == 302
    made = LearningGoal.objects.get()
    assert (made.words, made.added_by) == (DRAPING, clinic.school.learner_user)
    assert DRAPING in words_of(learner.get(address))
    page = at("desk_placement", clinic.placement)
    assert "She has reached it" in words_of(desk.get(page))
    for _click in range(2):
        desk.post(at("desk_tick_goal", made), {"reached": "yes"})
    made.refresh_from_db()
    assert (made.reached_by, made.reached_by_supervisor) == (clinic.school.coordinator, None)
    said = words_of(learner.get(address))
    assert "Reached Cora Coordinator, 20 November 2026" in said
    assert "Drop it" not in said
    learner.post(at("drop_goal", made), {"sure": "yes"})
    assert LearningGoal.objects.filter(pk=made.pk).exists(), "what somebody ticked stays"
    desk.post(at("desk_tick_goal", made), {"reached": "no"})
    learner.post(at("drop_goal", made), {"sure": "yes"})
    assert not LearningGoal.objects.exists()


def test_staff_write_and_drop_one_for_her(clinic: Clinic, desk: Client) -> None:
    assert desk.post(at("desk_add_goal", clinic.placement), {"words": DRAPING}).status_code == 302
    wrong = desk.post(at("desk_add_goal", clinic.placement), {"words": "x"})
    assert (wrong.status_code, "Say it in one sentence" in words_of(wrong)) == (422, True)
    desk.post(at("desk_drop_goal", LearningGoal.objects.get()), {"sure": "yes"})
    assert not LearningGoal.objects.exists()


@pytest.mark.parametrize(
    "words,sentence",
    [
        (" ", "Say it in one sentence"),
        ("x" * 301, "at most 300 characters"),
        ("Help Mrs. Miller with her shoulder", "looks like a person’s name"),
        ("Finish the notes of 3/4/2026", "looks like a date"),
    ],
)
def test_a_goal_that_cannot_be(clinic: Clinic, words: str, sentence: str) -> None:
    page = clinic.learner().post(at("placement", clinic.placement), {"words": words})
    assert page.status_code == 422
    assert sentence in str(page.context["form"].errors["words"])
    assert not LearningGoal.objects.exists()


def test_the_supervisor_may_be_named_in_a_goal(clinic: Clinic) -> None:
    assert goal(clinic, "Watch how Dr. Priya Raman tests the shoulder").pk


def test_there_are_not_too_many_and_none_after_the_end(clinic: Clinic) -> None:
    for n in range(12):
        goal(clinic, f"Goal of kind {'x' * (n + 1)}")
    assert goal(clinic, "Goal of kind x").pk, "the same words make no second row"
    with pytest.raises(ValidationError, match="many goals"):
        goal(clinic)
    end_placement(
        placement=clinic.placement, state="terminated", ended_on=date(2026, 11, 20), by=clinic.school.coordinator
    )
    with pytest.raises(ValidationError, match="is over"):
        goal(clinic)
    assert len(goals_of(clinic.placement)) == 12
    assert "Add the goal" not in words_of(clinic.learner().get(at("placement", clinic.placement)))


def test_a_supervisor_of_the_site_ticks_too_and_nobody_else(clinic: Clinic) -> None:
    made = goal(clinic)
    elsewhere = register_supervisor(
        school=clinic.school.school, name="Omar Haddad", email="omar@example.com", licence_number="1",
        licence_state="KY", profession="x",
    )  # fmt: skip
    with pytest.raises(ValidationError, match="does not list you"):
        tick_goal(goal=made, reached=True, supervisor=elsewhere)
    with pytest.raises(ValidationError, match="Nobody ticks her own"):
        tick_goal(goal=made, reached=True)
    with pytest.raises(ValidationError, match="coordinators and registrars"):
        tick_goal(goal=made, reached=True, by=clinic.school.learner_user)
    ticked = tick_goal(goal=made, reached=True, supervisor=clinic.supervisor)
    assert (ticked.reached_by, ticked.reached_by_supervisor) == (None, clinic.supervisor)
    assert "Dr. Priya Raman, 20 November 2026" in words_of(clinic.learner().get(at("placement", clinic.placement)))


@pytest.mark.parametrize("who", ["instructor", "other_learner_user", "foreign_registrar"])
def test_outsiders_find_no_goal(clinic: Clinic, who: str) -> None:
    made, user = goal(clinic), getattr(clinic.school, who)
    client = clinic.school.client(user)
    assert client.post(at("placement", clinic.placement), {"words": DRAPING}).status_code == 404
    assert client.post(at("desk_add_goal", clinic.placement), {"words": DRAPING}).status_code == 404
    for name in ("drop_goal", "desk_tick_goal", "desk_drop_goal"):
        assert client.post(at(name, made), {"reached": "yes"}).status_code == 404
    for write in (
        lambda: add_goal(placement=clinic.placement, words="Another one", by=user),
        lambda: drop_goal(goal=made, by=user),
        lambda: tick_goal(goal=made, reached=True, by=user),
    ):
        with pytest.raises(ValidationError, match="coordinators and registrars"):
            write()
    assert LearningGoal.objects.get().reached_at is None


# ---- the database, and erased words ----------------------------------------------------------------------------------


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE externships_learninggoal SET words = 'x'",
        "UPDATE externships_learninggoal SET words = '', erased_at = '2026-11-20 10:00:00+00'",
        "UPDATE externships_learninggoal SET added_by_id = added_by_id + 1",
        "DELETE FROM externships_learninggoal",
    ],
)
def test_the_database_refuses(clinic: Clinic, sql: str) -> None:
    tick_goal(goal=goal(clinic), reached=True, by=clinic.school.coordinator)
    with pytest.raises(DatabaseError, match="never"):
        run(sql)


@pytest.mark.parametrize(
    "change", ["reached_at = NULL", "reached_by_id = NULL", "reached_by_supervisor_id = {supervisor}"]
)
def test_a_tick_says_who(clinic: Clinic, change: str) -> None:
    tick_goal(goal=goal(clinic), reached=True, by=clinic.school.coordinator)
    with pytest.raises(DatabaseError, match=r"goal_reached|CHECK|check"):
        run(f"UPDATE externships_learninggoal SET {change.format(supervisor=clinic.supervisor.pk)}")


def test_words_go_below_an_erasure_and_the_rest_stands(clinic: Clinic, django_assert_num_queries: Any) -> None:
    tick_goal(goal=goal(clinic), reached=True, by=clinic.school.coordinator)
    site = register_site(school=clinic.school.school, name="St. Anne", approved_on=date(2026, 1, 1))
    asked = request_placement(
        record=clinic.record, site=site, starts_on=date(2027, 3, 1), ends_on=date(2027, 4, 1), words=WHY,
        by=clinic.school.learner_user,
    )  # fmt: skip
    decline_placement(placement=asked, words="No places for Reyes.", by=clinic.school.coordinator)
    with django_assert_num_queries(2):
        assert placements_with_words(record=clinic.record) == 3
    with pytest.raises(DatabaseError, match="never"), transaction.atomic():
        erase_placement_words(record=clinic.record)
    TrainingRecord.objects.filter(pk=clinic.record.pk).update(sealed_at=timezone.now())
    erase_words(record=clinic.record, basis=Erasure.Basis.ASKED)
    assert erase_placement_words(record=clinic.record) == 3
    assert erase_placement_words(record=clinic.record) == 0
    assert set(PlacementStep.objects.values_list("words", flat=True)) == {""}
    (made,) = LearningGoal.objects.all()
    assert (made.words, made.reached_by) == ("", clinic.school.coordinator)
    learner = clinic.learner()
    assert "The words were erased." in words_of(learner.get(at("placement", clinic.placement)))
    assert "The words were erased." in words_of(learner.get(at("placement", asked)))
