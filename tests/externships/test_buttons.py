"""The address of a button, opened as after logging in again in between: nothing is done, and its page stands there."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from certification.externships import rules
from certification.externships.models import LearningGoal, Shift, SignOffLink
from certification.externships.selectors import rows_of
from certification.externships.services import Decision, add_goal, decide

from .conftest import Clinic, local

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(clinic: Clinic) -> dict[str, Any]:
    """A shift that waits, one with other times proposed, a goal."""
    clinic.draft("2026-11-12 09:00", "2026-11-12 12:00")
    proposed = clinic.send()
    (row,) = rows_of(proposed)
    decide(
        link=proposed, typed_name="Priya Raman", confirms_statement=False,
        decisions=[
            Decision(
                row.shift.uuid, "propose", "", row.digest,
                rules.Proposal(local("2026-11-12 09:00"), local("2026-11-12 11:00"), 30),
            )
        ],
    )  # fmt: skip
    shift = clinic.draft()
    link = clinic.send()
    goal = add_goal(placement=clinic.placement, words="Palpate with a purpose", by=clinic.school.coordinator)
    return {
        "placement": clinic.placement.uuid, "shift": shift.uuid, "link": link.uuid, "goal": goal.uuid,
        "supervisor": clinic.supervisor.uuid, "proposal": row.shift.decisions.get().uuid, "proposed": row.shift.uuid,
        "school": clinic.school.school.slug,
    }  # fmt: skip


DESK = [
    ("desk_send_again", "link", "desk_placements", ""), ("desk_revoke", "link", "desk_placements", ""),
    ("desk_rhythm", "school", "desk_placements", ""), ("desk_verify", "supervisor", "desk_supervisor", "supervisor"),
    ("print_form", "link", "desk_placements", ""), ("desk_reopen_placement", "placement", "desk_placement", "placement"),
    ("desk_add_goal", "placement", "desk_placement", "placement"), ("desk_tick_goal", "goal", "desk_placement", "placement"),
    ("desk_drop_goal", "goal", "desk_placement", "placement"), ("desk_several", "", "desk_board", ""),
    ("desk_take_over_library", "school", "desk_competencies", ""),
]  # fmt: skip
OWN = [
    ("send", "", "shifts", ""), ("take_back", "shift", "shift", "shift"), ("withdraw", "shift", "shift", "shift"),
    ("clock_in", "", "clock", ""), ("cancel_placement", "placement", "placement", "placement"),
    ("drop_goal", "goal", "placement", "placement"), ("take_over", "proposal", "shift", "proposed"),
    ("print_form", "link", "shifts", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("who", "name", "of", "page", "of_page"),
    [*(("coordinator", *row) for row in DESK), *(("learner_user", *row) for row in OWN)],
)
def test_a_button_whose_address_is_opened_leads_to_its_page(
    clinic: Clinic, world: dict[str, Any], who: str, name: str, of: str, page: str, of_page: str
) -> None:
    address = reverse(f"externships:{name}", args=[world[of]] if of else [])
    before = (
        SignOffLink.objects.count(),
        list(Shift.objects.values_list("state", flat=True)),
        LearningGoal.objects.count(),
    )
    assert Client().get(address)["Location"].startswith("/accounts/login/?next=")
    browser = clinic.school.client(getattr(clinic.school, who))
    opened = browser.get(address)
    assert opened.status_code == 302
    assert opened["Location"] == reverse(f"externships:{page}", args=[world[of_page]] if of_page else [])
    assert browser.get(opened["Location"]).status_code == 200
    assert browser.put(address).status_code == 405
    after = (
        SignOffLink.objects.count(),
        list(Shift.objects.values_list("state", flat=True)),
        LearningGoal.objects.count(),
    )
    assert before == after


@pytest.mark.parametrize("name", ["desk_tick_goal", "desk_drop_goal", "drop_goal"])
def test_who_may_not_press_it_is_not_led_to_a_row(clinic: Clinic, world: dict[str, Any], name: str) -> None:
    stranger = clinic.school.client(clinic.school.other_learner_user)
    assert stranger.get(reverse(f"externships:{name}", args=[world["goal"]])).status_code == 404
