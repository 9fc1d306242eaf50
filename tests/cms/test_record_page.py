"""The record page: the whole story of one record, for its registrars, in a fixed number of queries."""

import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from certification.certificates.services import issue_certificate, propose_certificate
from certification.records.models import HourEntry, TrainingRecord
from certification.records.selectors import story_of
from certification.records.services import (
    activate_version,
    approve_correction,
    make_claim,
    post_hours,
    propose_correction,
    record_course_result,
    record_milestone,
    reverse_entry,
)
from certification.requirements.services import import_rules
from tests.certificates.making import complete
from tests.records.making import at, part
from tests.worlds import SMALL_PACK, School

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_march() -> Iterator[None]:
    with time_machine.travel(at("2026-03-20 12:00"), tick=False):
        yield


def hour(record: TrainingRecord, day: int, **fields: Any) -> HourEntry:
    when = f"2026-{fields.pop('month', 3):02d}-{day:02d}"
    asked = part(60, f"{when} 14:00", f"{when} 15:00", **fields)
    return post_hours(record=record, source_key=f"class:{when}", parts=[asked]).entries[0]


def correct(entry: HourEntry, school: School, minutes: int = 30) -> None:
    day = entry.date.isoformat()
    correction = propose_correction(
        uuid=uuid4(),
        record=entry.record,
        entry=entry,
        parts=[part(minutes, f"{day} 14:00", f"{day} 14:{minutes:02d}")],
        reason="minutes",
        words="She left early.",
        by=school.registrar,
    )
    approve_correction(correction=correction, by=school.admin)


def page(record: TrainingRecord, school: School, **query: str) -> Any:
    return school.client(school.registrar).get(reverse("desk:record", args=[record.uuid]), query)


def text_of(response: Any) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\u2009", " ")))


def test_the_whole_story(record: TrainingRecord, school: School) -> None:
    first = hour(record, 2)
    correct(first, school)
    post_hours(
        record=record,
        source_key="lab:1",
        parts=[part(60, "2026-03-02 14:15", "2026-03-02 15:15", title="Lab")],
        recorded_by=school.instructor,
    )
    post_hours(
        record=record, source_key="lab:2", parts=[part(10, "2026-03-02 14:20", "2026-03-02 14:30", title="Lost")]
    )
    record_milestone(
        record=record, code="quiz:MFR", title="Quiz passed", occurred_at=at("2026-03-02 10:00"), source_key="q"
    )
    record_course_result(record=record, course="MFR@1", source_key="r", grade_hundredths=8750, evidence="attempt 1")
    make_claim(
        uuid=uuid4(),
        record=record,
        entry=None,
        day=date(2026, 3, 3),
        minutes=45,
        words="The lab is not there.",
        by=school.learner_user,
    )
    two = import_rules(text=SMALL_PACK.replace("version: 1", "version: 2"), filename="small-sample@2.yaml")
    activate_version(
        school=school.school, rule_set=two, by=school.registrar, as_of=date(2026, 3, 20), expected=1, note="New year."
    )
    answer = page(record, school)
    said = text_of(answer)
    for words in (
        "Daniela Reyes",
        "America/New_York",
        "Enrolled 5 January 2026",
        "Myofascial release 1 h 15 min 1 h 15 min 1 h 15 min 2 h 45 min",
        "Together 1 h 15 min",
        "Taken back by line 1",
        "Takes back line 0 Correction: The minutes were wrong",
        "In the place of line 0 Correction: The minutes were wrong",
        "15 min left out, from 9:15 AM to 9:30 AM, 2 Mar 2026:",
        "Co-signed signed by Ines Instructor class:2026-03-02/1",
        "by the system",
        "Ines Instructor 45 min",
        "Postings that found no free minute lab:2",
        "She left early. Helen Marsh; Ada Admin Approved",
        "Missing hours 45 min The lab is not there. Answer by 4 Apr 2026",
        "2 Mar 2026 Quiz passed quiz:MFR",
        "MFR@1: grade 87.5 % attempt 1",
        "small-sample@1 → small-sample@2 Helen Marsh. New year.",
        "None was issued.",
    ):
        assert words in said, words
    assert f'href="?line={first.uuid}#line-{first.uuid}"' in answer.content.decode()


def test_what_a_posting_left_out_is_told_once(record: TrainingRecord, school: School) -> None:
    hour(record, 2)
    parts = [
        part(60, "2026-03-02 14:30", "2026-03-02 15:30", title="Lab"),
        part(60, "2026-03-03 14:30", "2026-03-03 15:30", title="Lab"),
    ]
    assert len(post_hours(record=record, source_key="lab:1", parts=parts).entries) == 2
    assert text_of(page(record, school)).count("30 min left out, from 9:30 AM to 10:00 AM") == 1


def test_a_reversal_of_no_correction_says_its_reason(record: TrainingRecord, school: School) -> None:
    reverse_entry(entry=hour(record, 2), source_key="fix:1", reason="clerical", recorded_by=school.admin)
    said = text_of(page(record, school))
    assert "Takes back line 0 Reason: clerical" in said
    assert "Ada Admin −1 h" in said


def test_certificates_stand_on_it(record: TrainingRecord, school: School) -> None:
    complete(record)
    certificate = issue_certificate(
        proposal=propose_certificate(record=record, by=school.registrar), by=school.second_registrar
    )
    said = text_of(page(record, school))
    assert certificate.code in said
    assert "20 Mar 2026, Helen Marsh, Victor Osei. Log of 3 lines." in said


def test_an_empty_record_teaches(record: TrainingRecord, school: School) -> None:
    said = text_of(page(record, school))
    assert "each line stands here with its place in the log" in said
    assert "small-sample@1 since admission." in said


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, ["2026-02-03", "2026-03-02", "2026-03-02", "2026-03-02", "2026-03-04"]),
        ({"month": "2026-02"}, ["2026-02-03"]),
        ({"source": "lesson"}, ["2026-03-04"]),
        ({"state": "stands"}, ["2026-02-03", "2026-03-04"]),
        ({"state": "gone"}, ["2026-03-02"]),
        ({"state": "back", "month": "2026-03"}, ["2026-03-02"]),
        ({"state": "corrected"}, ["2026-03-02"]),
        ({"state": "gone", "source": "lesson"}, []),
        ({"month": "x' OR 1=1"}, []),
    ],
)
def test_lines_are_narrowed(record: TrainingRecord, school: School, query: dict[str, str], shown: list[str]) -> None:
    hour(record, 3, month=2)
    correct(hour(record, 2), school)
    hour(record, 4, source="lesson", delivery="asynchronous")
    answer = page(record, school, **query)
    assert [line.entry.date.isoformat() for line in answer.context["page_obj"]] == shown
    assert ("No line fits" in text_of(answer)) is (not shown)


def test_a_long_record_is_paged_and_a_link_finds_its_line(record: TrainingRecord, school: School) -> None:
    lines = [
        post_hours(
            record=record,
            source_key=f"c:{number}",
            parts=[
                part(
                    5,
                    f"2026-03-0{1 + number // 60} {5 + number % 60 // 6:02d}:{number % 6}0",
                    f"2026-03-0{1 + number // 60} {5 + number % 60 // 6:02d}:{number % 6}5",
                )
            ],
        ).entries[0]
        for number in range(120)
    ]
    assert len(page(record, school).context["page_obj"]) == 100
    for query in ({"page": "2"}, {"line": str(lines[110].uuid)}):
        answer = page(record, school, **query)
        assert [line.entry.pk for line in answer.context["page_obj"]] == [line.pk for line in lines[100:]]
    rows = school.client(school.learner_user).get(
        reverse("records:rows", args=[record.uuid]), {"line": str(lines[110].uuid)}
    )
    assert f'id="line-{lines[110].uuid}"' in rows.content.decode()


def test_the_number_of_queries_is_fixed(
    record: TrainingRecord, school: School, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    correct(hour(record, 2), school)
    lost = part(10, "2026-03-02 14:20", "2026-03-02 14:30", title="Lost")
    post_hours(record=record, source_key="lost", parts=[lost])
    with django_assert_num_queries(8):
        story_of(record)
    client = school.client(school.registrar)
    address = reverse("desk:record", args=[record.uuid])
    client.get(address)
    with django_assert_max_num_queries(24) as asked:
        client.get(address)
    few = len(asked)
    for day in range(3, 15):
        correct(hour(record, day), school)
    with django_assert_num_queries(few):
        client.get(address)


def test_people_lead_to_it_only_for_registrars(record: TrainingRecord, school: School) -> None:
    address = reverse("desk:record", args=[record.uuid])
    assert f'href="{address}"' in school.client(school.registrar).get("/desk/people/").content.decode()
    assert address not in school.client(school.instructor).get("/desk/people/").content.decode()
