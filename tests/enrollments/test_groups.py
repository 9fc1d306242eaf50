"""Groups are planned by who admits; those that are open to the public stand on the program's page until they begin."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.utils import timezone

from courses.catalog.models import Program
from courses.enrollments.models import Cohort, Enrollment
from courses.enrollments.selectors import groups_to_certify, next_groups
from courses.enrollments.services import change_cohort, enroll, ensure_cohort, plan_cohort
from tests.worlds import School

TODAY = timezone.localdate(timezone=ZoneInfo("America/New_York"))
LATER = TODAY + timedelta(days=40)


def fields(**more: object) -> dict[str, object]:
    """What a registrar types into the form."""
    return {"name": "Spring", "starts_on": LATER.isoformat(), "ends_on": "", **more}


def days(group: Cohort) -> str:
    return f"/desk/cohorts/{group.uuid}/days/"


def test_a_registrar_plans_a_group_and_announces_it(school: School, program: Program) -> None:
    desk = school.client(school.registrar)
    assert '<a href="/desk/cohorts/add/"' in desk.get("/desk/cohorts/").content.decode()
    assert "A small program, Riverbend School" in desk.get("/desk/cohorts/add/").content.decode()
    answer = desk.post("/desk/cohorts/add/", fields(program=program.pk))
    group = Cohort.objects.get()
    assert (answer.status_code, answer.url) == (302, days(group))
    assert (group.program, group.name, group.starts_on, group.is_public) == (program, "Spring", LATER, False)
    assert next_groups(program, on=TODAY) == []
    assert desk.post(days(group), fields(is_public="on")).url == days(group)
    assert next_groups(program, on=TODAY) == [group]
    assert "open to the public" in desk.get("/desk/cohorts/").content.decode()
    form = BeautifulSoup(desk.get(days(group)).content, "html.parser").select_one("main form")
    assert form.select_one("[name=is_public]").has_attr("checked")
    assert form.select_one("[name=starts_on]")["value"] == LATER.isoformat()
    desk.post(days(group), fields())
    assert next_groups(program, on=TODAY) == [], "taken back"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"name": " "}, "Give the group a name."),
        ({"name": "AUTUMN"}, "has a group of this name"),
        ({"starts_on": "soon"}, "Write a day like 2026-03-09."),
        ({"ends_on": TODAY.isoformat()}, "The last day is before the first."),
        ({"starts_on": (TODAY - timedelta(days=1)).isoformat(), "is_public": "on"}, "This group has begun."),
    ],
)
def test_what_no_group_may_be_is_said_beside_its_field(
    school: School, program: Program, more: dict[str, object], says: str
) -> None:
    ensure_cohort(program=program, name="Autumn", starts_on=TODAY)
    answer = school.client(school.registrar).post("/desk/cohorts/add/", fields(program=program.pk, **more))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert Cohort.objects.count() == 1


def test_a_program_that_takes_nobody_announces_nothing(school: School, program: Program) -> None:
    group = plan_cohort(program=program, name="Spring", starts_on=LATER, is_public=True, by=school.registrar)
    Program.objects.update(is_open=False)
    closed = Program.objects.get()
    assert next_groups(closed, on=TODAY) == []
    with pytest.raises(ValidationError, match="takes no new learners"):
        plan_cohort(program=closed, name="Summer", starts_on=LATER, is_public=True, by=school.registrar)
    # What was announced before may still be renamed or put off.
    group = Cohort.objects.get(pk=group.pk)
    later = LATER + timedelta(days=7)
    change_cohort(cohort=group, name="Spring", starts_on=later, is_public=True, by=school.registrar)
    assert Cohort.objects.get().starts_on == later


def test_the_first_day_stays_once_somebody_is_in_the_group(school: School, program: Program) -> None:
    group = ensure_cohort(program=program, name="Spring", starts_on=LATER)
    enroll(user=school.learner_user, program=program, source_key="desk:1", cohort=group)
    desk = school.client(school.registrar)
    answer = desk.post(days(group), fields(starts_on=TODAY.isoformat()))
    assert answer.status_code == 422
    assert "count from this day, so it stays" in answer.content.decode()
    assert desk.post(days(group), fields(name="Spring A", is_public="on")).status_code == 302
    group.refresh_from_db()
    assert (group.name, group.starts_on, group.is_public) == ("Spring A", LATER, True)


def test_who_teaches_does_not_plan(school: School, program: Program) -> None:
    group = ensure_cohort(program=program, name="Spring", starts_on=LATER)
    teacher = school.client(school.instructor)
    assert "/desk/cohorts/add/" not in teacher.get("/desk/cohorts/").content.decode()
    assert days(group) not in teacher.get(f"/desk/cohorts/{group.uuid}/").content.decode()
    assert days(group) in school.client(school.coordinator).get(f"/desk/cohorts/{group.uuid}/").content.decode()
    for address in ("/desk/cohorts/add/", days(group)):
        assert teacher.post(address, fields(program=program.pk, name="Mine", is_public="on")).status_code == 403
    with pytest.raises(ValidationError, match="registrars"):
        change_cohort(cohort=group, name="Mine", starts_on=LATER, by=school.instructor)
    with pytest.raises(ValidationError, match="registrars"):
        plan_cohort(program=program, name="Mine", starts_on=LATER, by=school.foreign_registrar)
    foreign = school.client(school.foreign_registrar)
    assert foreign.post(days(group), fields(name="Mine")).status_code == 404
    refused = foreign.post("/desk/cohorts/add/", fields(program=program.pk, name="Mine"))
    assert refused.status_code == 422, "a program of another school is not in the list"
    assert [one.name for one in Cohort.objects.all()] == ["Spring"]


def test_the_next_groups_stand_in_order_in_one_query(
    school: School, program: Program, django_assert_num_queries
) -> None:
    for number in range(8):
        starts = TODAY + timedelta(days=7 * number)
        ensure_cohort(program=program, name=f"G{number}", starts_on=starts, is_public=True)
    ensure_cohort(program=program, name="Quiet", starts_on=LATER)
    with django_assert_num_queries(1):
        found = next_groups(program, on=TODAY + timedelta(days=1))
    assert [group.name for group in found] == ["G1", "G2", "G3", "G4", "G5", "G6"]


def test_a_whole_group_is_looked_at_for_its_certificates(
    school: School, program: Program, django_assert_max_num_queries: Any
) -> None:
    """What the room of certificates is told of groups, and what a registrar sees there of one."""
    group = plan_cohort(program=program, by=school.registrar, **{"name": "Spring", "starts_on": LATER})
    empty = plan_cohort(program=program, by=school.registrar, **{"name": "Nobody", "starts_on": LATER})
    hers = enroll(user=school.learner_user, program=program, cohort=group, source_key="desk:1")
    enroll(user=school.other_learner_user, program=program, cohort=group, source_key="desk:2")
    with django_assert_max_num_queries(2):
        told = {one.uuid: one for one in groups_to_certify([school.school.pk])}
    assert told[group.uuid].name == "Spring, A small program"
    assert hers.record_id in told[group.uuid].record_ids
    assert len(told[group.uuid].record_ids) == 2
    assert told[empty.uuid].record_ids == ()
    assert groups_to_certify([school.other_school.pk]) == []
    desk = school.client(school.registrar)
    choose = desk.get("/desk/certificates/together/").content.decode()
    assert f"?group={group.uuid}" in choose
    assert f"?group={empty.uuid}" not in choose
    page = desk.get(f"/desk/certificates/together/?group={group.uuid}").content.decode()
    assert "Daniela Reyes" in page
    assert "Jun Park" in page
    assert "0 of 2 can be prepared." in " ".join(page.split())
    foreign = school.client(school.foreign_registrar)
    assert foreign.get(f"/desk/certificates/together/?group={group.uuid}").status_code == 404
    Enrollment.objects.filter(pk=hers.pk).update(state=Enrollment.State.WITHDRAWN)
    left = {one.uuid: one.record_ids for one in groups_to_certify([school.school.pk])}[group.uuid]
    assert (len(left), hers.record_id in left) == (1, False)
