"""Two people of the school work on one register at the same moment: one row, nothing lost silently, nobody listed twice."""

import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection, connections

from certification.externships.models import LapseNotice, Placement, Site, SiteAssignment, Supervisor
from certification.externships.services import (
    approve_placement,
    assign_supervisor,
    cancel_placement,
    decline_placement,
    edit_placement,
    edit_site,
    edit_supervisor,
    end_placement,
    open_placement,
    register_site,
    register_supervisor,
    request_placement,
    send_shifts,
    tell_of_lapses,
    verify_supervisor,
)
from notices.models import Message
from tests.externships.conftest import NOW, Clinic, details_of, make_clinic, second_record

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run calls at the same moment, each on a connection of its own; their results or errors in order."""
    gate = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            gate.wait(timeout=20)
            results[place] = call()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.fixture(autouse=True)
def _in_november() -> Iterator[None]:
    """The clock runs, from a day on which the placement is under way."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def clinic(school: Any, record: Any) -> Clinic:
    """Harborview."""
    return make_clinic(school, record)


def test_a_double_click_registers_one_site_and_one_supervisor(clinic: Clinic) -> None:
    school, key = clinic.school.school, uuid.uuid4()
    made = together(*[lambda: register_site(school=school, name="Hilltop", approved_on=date(2026, 1, 1), uuid=key)] * 3)
    assert {site.pk for site in made} == {Site.objects.get(uuid=key).pk}
    fields = {"licence_number": "1", "licence_state": "KY", "profession": "x"}
    made = together(
        *[lambda: register_supervisor(school=school, name="Omar", email="o@example.com", uuid=key, **fields)] * 3
    )
    assert {person.pk for person in made} == {Supervisor.objects.get(uuid=key).pk}


def test_two_sites_of_one_name_are_not_made_at_once(clinic: Clinic) -> None:
    made = together(
        *[
            lambda: register_site(
                school=clinic.school.school, name="Hilltop", approved_on=date(2026, 1, 1), uuid=uuid.uuid4()
            )
        ]
        * 3
    )
    assert sorted(type(one).__name__ for one in made) == ["Site", "ValidationError", "ValidationError"]


def test_of_two_edits_of_one_version_one_is_told(clinic: Clinic) -> None:
    def edit(address: str) -> Site:
        return edit_site(
            site=clinic.site, name="Harborview Rehabilitation", address=address, approved_on=clinic.site.approved_on,
            approval_ends_on=None, agreement_starts_on=None, agreement_ends_on=None, by=clinic.school.coordinator,
            seen_version=1,
        )  # fmt: skip

    made = together(lambda: edit("1 Quay"), lambda: edit("2 Quay"))
    (told,) = [one for one in made if isinstance(one, ValidationError)]
    assert told.code == "changed_meanwhile"
    site = Site.objects.select_related("organisation").get(pk=clinic.site.pk)
    assert site.version == 2
    assert site.organisation.address == next(one for one in made if isinstance(one, Site)).organisation.address


def test_a_supervisor_is_not_listed_twice_at_once(clinic: Clinic) -> None:
    site = register_site(school=clinic.school.school, name="Hilltop", approved_on=date(2026, 1, 1))
    made = together(
        *[
            lambda day=day: assign_supervisor(supervisor=clinic.supervisor, site=site, from_on=date(2026, 10, day))
            for day in (1, 2, 3)
        ]
    )
    assert sum(isinstance(one, SiteAssignment) for one in made) == SiteAssignment.objects.filter(site=site).count() == 1


def test_ending_and_changing_a_placement_leave_one_truth(clinic: Clinic) -> None:
    placement, by = clinic.placement, clinic.school.registrar
    ended, changed = together(
        lambda: end_placement(placement=placement, state="terminated", ended_on=date(2026, 11, 20), by=by),
        lambda: edit_placement(
            placement=placement, starts_on=date(2026, 9, 1), ends_on=date(2027, 1, 1), required_minutes=60, by=by,
            seen_version=1,
        ),
    )  # fmt: skip
    assert isinstance(ended, Placement)
    placement.refresh_from_db()
    assert (placement.state, placement.required_minutes) == (
        "terminated",
        60 if isinstance(changed, Placement) else 600,
    )


def test_sending_while_the_license_is_edited_and_checked_waits_in_no_ring(clinic: Clinic) -> None:
    """The learner's lock and the supervisor's row are taken in different orders; neither waits for the other for ever."""
    clinic.draft()
    sup = clinic.supervisor

    def edit() -> Any:
        return edit_supervisor(
            supervisor=sup, name=sup.name, email="raman@harborview.example", licence_number="PT-9", licence_state="KY",
            profession=sup.profession, valid_from=sup.valid_from, valid_to=sup.valid_to, by=clinic.school.coordinator,
        )  # fmt: skip

    made = together(
        lambda: send_shifts(placement=clinic.placement),
        edit,
        lambda: verify_supervisor(supervisor=sup, by=clinic.school.registrar),
    )
    assert not [one for one in made if isinstance(one, Exception)], made


def test_the_last_place_is_taken_once(clinic: Clinic, rule_set: Any) -> None:
    """Of two learners who are sent there at the same moment one finds it full; so does a site that gets smaller."""
    site = register_site(school=clinic.school.school, name="Hilltop", approved_on=date(2026, 1, 1))
    Site.objects.filter(pk=site.pk).update(capacity=1)
    other = second_record(clinic, rule_set)

    def place(record: Any) -> Placement:
        return open_placement(
            record=record, site=site, starts_on=date(2027, 3, 1), ends_on=date(2027, 4, 1), required_minutes=60,
            approved_by=clinic.school.coordinator,
        )  # fmt: skip

    made = together(lambda: place(clinic.record), lambda: place(other))
    (full,) = [one for one in made if isinstance(one, ValidationError)]
    assert "no place is left" in str(full.message_dict["starts_on"])
    assert Placement.objects.filter(site=site).count() == 1


def test_a_site_gets_no_smaller_while_somebody_takes_a_place(clinic: Clinic, rule_set: Any) -> None:
    other = second_record(clinic, rule_set)
    made = together(
        lambda: details_of(clinic, capacity=1),
        lambda: open_placement(
            record=other, site=clinic.site, starts_on=date(2026, 11, 20), ends_on=date(2027, 1, 1), required_minutes=60,
            approved_by=clinic.school.coordinator,
        ),
    )  # fmt: skip
    assert sum(isinstance(one, ValidationError) for one in made) == 1, made
    clinic.site.refresh_from_db()
    assert Placement.objects.filter(site=clinic.site).count() == (1 if clinic.site.capacity else 2)


def test_a_request_has_one_answer(clinic: Clinic) -> None:
    site = register_site(school=clinic.school.school, name="Hilltop", approved_on=date(2026, 1, 1))
    asked = request_placement(
        record=clinic.record, site=site, starts_on=date(2027, 3, 1), ends_on=date(2027, 4, 1), words="Please.",
        by=clinic.school.learner_user,
    )  # fmt: skip
    made = together(
        lambda: approve_placement(
            placement=asked, starts_on=asked.starts_on, ends_on=asked.ends_on, required_minutes=60,
            by=clinic.school.coordinator,
        ),
        lambda: decline_placement(placement=asked, words="No places.", by=clinic.school.registrar),
        lambda: cancel_placement(placement=asked, by=clinic.school.learner_user),
    )  # fmt: skip
    (stands,) = [one for one in made if isinstance(one, Placement)]
    asked.refresh_from_db()
    assert asked.state == stands.state
    assert asked.steps.count() == 2, "the request and its answer"


def test_two_jobs_tell_it_once(clinic: Clinic) -> None:
    Site.objects.update(agreement_ends_on=date(2026, 11, 27))
    made = together(lambda: tell_of_lapses(now=NOW), lambda: tell_of_lapses(now=NOW))
    assert sorted(made) == [0, 1]
    assert LapseNotice.objects.count() == 1
    assert Message.objects.filter(key__startswith="lapses:").count() == 1
