"""Every condition is listed as met or missing, and each opens the lines behind it, for the desk and for the learner."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from certification.certificates.selectors import conditions_of, judge
from certification.records.models import TrainingRecord
from certification.records.services import (
    open_record,
    place_hold,
    post_hours,
    record_course_result,
    record_milestone,
)
from certification.requirements.services import import_rules
from tests.certificates.making import complete
from tests.certificates.test_pages import desk, text_of
from tests.layers import layer
from tests.records.making import at, part
from tests.worlds import School

pytestmark = pytest.mark.django_db
STRICT = """\
schema: hour-rules/1
id: strict-sample
version: 1
title: A strict program, two hours
status: sample
sources: [{citation: "made for tests", read_on: 2026-11-21}]
applies_by: enrolment
total_hours: 2
grades: {min_percent: 70, min_average: 75}
attendance: {min_percent: 80}
requirements: [cpr_in_person]
categories:
  - {code: mfr, title: Myofascial release, min_hours: 1, min_in_person_hours: 1}
overlays:
  - {tag: clinic, min_hours: 1}
"""


@layer
def strict(school: School, record: TrainingRecord) -> TrainingRecord:
    """A record whose rules look at course results, a tag, in-person hours and a fact."""
    return open_record(
        learner=record.learner,
        school=school.school,
        rule_set=import_rules(text=STRICT, filename="strict-sample@1.yaml"),
        program_code="STRICT",
        program_title="A strict program",
        enrolled_on=date(2026, 1, 5),
        source_key="enrollment:strict",
    )


def grade(record: TrainingRecord, course: str, percent: int, key: str, **more: int) -> None:
    record_course_result(
        record=record, course=course, source_key=key, grade_hundredths=percent * 100, evidence=f"sheet {key}", **more
    )


def fill(record: TrainingRecord) -> None:
    for number, (course, tags) in enumerate((("MFR@1", ("clinic",)), ("NMT@1", ()))):
        day = f"2026-03-0{number + 2}"
        post_hours(
            record=record,
            source_key=f"c:{number}",
            parts=[part(60, f"{day} 14:00", f"{day} 15:00", course=course, tags=tags)],
        )


def test_each_kind_is_a_row_met_or_missing(strict: TrainingRecord) -> None:
    kinds = {row.kind: row.met for row in judge(strict)[1].rows}
    assert kinds == {
        "total": False, "category": False, "overlay": False, "in_person": False, "requirement": False,
        "average": True, "name": True, "hold": True,
    }  # fmt: skip
    fill(strict)
    grade(strict, "MFR@1", 90, "g1")
    grade(strict, "NMT@1", 71, "g2")
    record_milestone(
        record=strict, code="cpr_in_person", title="CPR card", occurred_at=at("2026-03-05 10:00"), source_key="cpr"
    )
    eligibility = judge(strict)[1]
    assert eligibility.met
    assert {row.kind for row in eligibility.rows} == set(kinds), "what is met stays listed"
    assert len({(row.kind, row.code) for row in eligibility.rows}) == len(eligibility.rows), "nothing twice"


def test_course_results_stand_with_what_they_come_from(strict: TrainingRecord) -> None:
    fill(strict)
    grade(strict, "MFR@1", 90, "g1", attendance_hundredths=9500)
    grade(strict, "NMT@1", 60, "g2")
    grade(strict, "NMT@1", 65, "g3")
    transcript, eligibility = judge(strict)
    good, failed = conditions_of(transcript, eligibility).courses
    assert (good.course.course, good.course.counts, good.course.attendance, good.address) == ("MFR@1", True, 95, "")
    assert (failed.course.grade, failed.course.least_grade, failed.course.counts) == (65, 70, False)
    assert [result.evidence for result in failed.results] == ["sheet g2", "sheet g3"]
    assert failed.address.endswith("?reason=grade")
    assert not eligibility.met, "the hours of a course below do not count"


def test_the_desk_and_the_learner_see_the_lines_behind(school: School, strict: TrainingRecord) -> None:
    fill(strict)
    grade(strict, "NMT@1", 60, "g2")
    record_milestone(
        record=strict, code="cpr_in_person", title="CPR card", occurred_at=at("2026-03-05 10:00"), source_key="cpr",
        detail="Red Cross",
    )  # fmt: skip
    place_hold(uuid=uuid4(), record=strict, reason="other", words="See the dean.", by=school.registrar)
    rows = reverse("records:rows", args=[strict.uuid])
    for client, address in (
        (school.client(school.registrar), desk("record", strict)),
        (school.client(school.learner_user), reverse("certificates:conditions", args=[strict.uuid])),
    ):
        page = client.get(address)
        html, said = page.content.decode(), text_of(page)
        for link in (f'"{rows}?category=mfr"', f'"{rows}?tag=clinic"', f'"{rows}?reason=grade"', f'href="{rows}"'):
            assert link in html, link
        for link in (f"{rows}?category=mfr", f"{rows}?tag=clinic", f"{rows}?reason=grade", rows):
            assert client.get(link).status_code == 200
        for words in ("CPR card, Red Cross", "See the dean.", "sheet g2", "Do not count", "Stands"):
            assert words in said, words


def test_a_learner_sees_her_own_alone(school: School, record: TrainingRecord) -> None:
    address = reverse("certificates:conditions", args=[record.uuid])
    page = school.client(school.learner_user).get(address)
    assert "4 things are missing" in text_of(page) or "things are missing" in text_of(page)
    complete(record)
    assert "All of it is there" in text_of(school.client(school.learner_user).get(address))
    for other in (school.other_learner_user, school.foreign_registrar, school.registrar):
        assert school.client(other).get(address).status_code == 404


def test_however_much_there_is_the_queries_stay(
    school: School, strict: TrainingRecord, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    fill(strict)
    for number in range(5):
        grade(strict, "MFR@1", 80 + number, f"more:{number}")
    found = TrainingRecord.objects.select_related("school", "rule_set", "learner__user").get(pk=strict.pk)
    with django_assert_num_queries(5):
        transcript, eligibility = judge(found)
    with django_assert_num_queries(2):
        conditions_of(transcript, eligibility)
    for client, address, most in (
        (school.client(school.registrar), desk("record", strict), 18),
        (school.client(school.learner_user), reverse("certificates:conditions", args=[strict.uuid]), 12),
    ):
        client.get(address)
        with django_assert_max_num_queries(most):
            client.get(address)
