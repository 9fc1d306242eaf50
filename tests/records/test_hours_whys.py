"""Why a minute was not counted: every reason with its minutes, its rule and its lines, and nothing left over."""

import re
from collections import Counter
from datetime import date
from typing import Any
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup, Tag
from django.urls import reverse

from certification.records.models import TrainingRecord
from certification.records.presenters import REASONS, hours_page, why_not_counted, why_not_creditable
from certification.records.selectors import transcript_for
from certification.records.services import ensure_learner, open_record, post_hours, record_course_result
from certification.requirements import rules
from certification.requirements.services import import_rules
from tests.records.making import part
from tests.worlds import School

pytestmark = pytest.mark.django_db

STRICT = """\
schema: hour-rules/1
id: strict
version: 1
title: Every rule at once
status: sample
sources: [{citation: "made for tests", read_on: 2026-11-21}]
applies_by: session
valid_to: 2026-08-01
total_hours: 100
categories:
  - {code: a, title: Anatomy, max_hours: 6, children: [{code: a1, title: Bones, max_hours: 1}]}
  - {code: b, title: Hands, delivery: [in_person]}
  - {code: c, title: Clinic, unpaid: true}
  - {code: d, title: Deep work}
  - {code: e, title: Ethics, max_transfer_hours: 1}
  - {code: f, title: Free}
overlays: [{tag: clinic, max_hours: 2}]
gates: [{before: d, requires: {a: 2}}]
pace: {max_hours_per_day: 5, max_hours_per_week: 12, min_weeks: 2}
distance: {max_hours: 3}
transfer: {max_hours: 4, max_age_years: 5}
grades: {min_percent: 70}
attendance: {min_percent: 70}
"""


def line(category: str, day: str, minutes: int = 60, **more: Any) -> Any:
    """Minutes of class from two in the afternoon, UTC."""
    end = f"{day} {14 + minutes // 60}:{minutes % 60:02d}"
    return part(minutes, f"{day} 14:00", end, category=category, title=f"{category} on {day}", **more)


def moved(category: str, day: str, minutes: int) -> Any:
    """Transferred minutes."""
    return part(
        minutes,
        spans=(),
        date=date.fromisoformat(day),
        category=category,
        source="transfer",
        evidence="transferred",
        sending_school="Elsewhere",
        title=f"{category} moved on {day}",
    )


LINES = [
    line("f", "2026-08-05"),  # version
    line("f", "2025-12-01"),  # before_enrolment
    line("f", "2026-07-01"),  # school_closed
    line("f", "2026-02-03", supervisor_licence_valid_to=date(2026, 1, 31)),
    line("c", "2026-02-04", paid=True),
    line("b", "2026-02-05", delivery="synchronous"),
    line("d", "2026-02-06", 90),  # gate: Anatomy has nothing yet
    line("f", "2026-02-09", course="G"),  # grade
    line("f", "2026-02-10", course="H"),  # attendance
    moved("f", "2019-01-01", 60),  # transfer_age
    line("f", "2026-03-09", 360),  # day_cap: 60 too many
    line("f", "2026-03-16", 300),
    line("f", "2026-03-17", 300),
    line("f", "2026-03-18", 300),  # week_cap: 180 too many
    moved("e", "2026-02-01", 120),  # category_transfer_cap: 60 too many
    moved("f", "2026-02-02", 240),  # transfer_cap: 60 too many
    line("f", "2026-03-23", 240, delivery="asynchronous"),  # distance_cap: 60 too many
    line("a", "2026-03-02", 300),
    line("a", "2026-03-03", 100),
    line("a1", "2026-03-04", 90),  # Bones counts 60, Anatomy 360 of 460
    line("f", "2026-03-25", 200, tags=("clinic",)),  # 120 may enter the total
]
NOT_CREDITABLE = {
    "version": 60,
    "before_enrolment": 60,
    "school_closed": 60,
    "supervisor_licence": 60,
    "paid": 60,
    "delivery": 60,
    "gate": 90,
    "grade": 60,
    "attendance": 60,
    "transfer_age": 60,
    "day_cap": 60,
    "week_cap": 180,
    "category_transfer_cap": 60,
    "transfer_cap": 60,
    "distance_cap": 60,
}


@pytest.fixture
def strict(school: School) -> TrainingRecord:
    """A record on which every reason took something; two lines of the ledger never overlap, so `overlap` cannot."""
    school.school.closed_on = date(2026, 6, 30)
    school.school.save()
    record = open_record(
        learner=ensure_learner(user=school.learner_user),
        school=school.school,
        rule_set=import_rules(text=STRICT, filename="strict@1.yaml"),
        program_code="STRICT",
        program_title="Every rule at once",
        enrolled_on=date(2026, 1, 5),
        program_start_on=date(2026, 1, 5),
        requirements=[],
        source_key="enrollment:00000000-0000-4000-8000-000000000009",
    )
    for number, one in enumerate(LINES):
        post_hours(record=record, source_key=f"class:{number}", parts=[one])
    record_course_result(record=record, course="G", source_key="g", grade_hundredths=5000, evidence="measured")
    record_course_result(record=record, course="H", source_key="h", attendance_hundredths=5000, evidence="measured")
    return record


def words(tag: Tag) -> str:
    return re.sub(r"\s+", " ", tag.get_text().replace("\u2009", " ")).strip()


def test_each_reason_has_its_words() -> None:
    assert tuple(REASONS) == rules.REASONS


def test_every_minute_has_its_reason(strict: TrainingRecord) -> None:
    page = hours_page(transcript_for(strict))
    refused = why_not_creditable(page)
    asked = [unquote(why.rows_url.partition("reason=")[2]).partition(":")[0] for why in refused]
    assert dict(zip(asked, (why.minutes for why in refused), strict=True)) == NOT_CREDITABLE
    assert asked == [reason for reason in rules.REASONS if reason != "overlap"], "in the order of the contract"
    assert sum(why.minutes for why in refused) == page.refused
    above = why_not_counted(page)
    assert [(why.title, why.minutes) for why in above] == [
        ("Above the limit of Anatomy", 100),
        ("Above the limit of Bones", 30),
        ("Above the limit of clinical practice", 80),
    ]
    assert sum(why.minutes for why in above) == page.above_limit


def test_the_page_tells_them_and_each_opens_its_lines_and_its_rule(school: School, strict: TrainingRecord) -> None:
    learner = school.client(school.learner_user)
    soup = BeautifulSoup(learner.get(reverse("records:hours", args=[strict.uuid])).content, "html.parser")
    section = soup.find("section", attrs={"aria-labelledby": "h-why"})
    assert isinstance(section, Tag)
    assert "53 h attended, less 17 h 30 min: 35 h 30 min creditable. Less 3 h 30 min: 32 h counted." in (words(section))
    rows = section.select("ol.rows > li")
    assert len(rows) == len(NOT_CREDITABLE) + 3
    rules_page = BeautifulSoup(learner.get("/rules/strict@1/").content, "html.parser")
    without_rule = []
    for row in rows:
        links = {link["href"] for link in row.select("a")}
        (lines,) = (link for link in links if "/rows/" in link)
        opened = words(BeautifulSoup(learner.get(lines).content, "html.parser"))
        if "reason=" in lines:
            amount = words(row.select_one(".amount")).removeprefix("−")  # type: ignore[arg-type]
            assert f"{amount} are left out for this reason." in opened
        named = [link.partition("#")[2] for link in links if link.startswith("/rules/strict@1/#")]
        for anchor in named:
            assert rules_page.find(id=anchor), anchor
        if not named:
            without_rule.append(words(row.select_one(".what")))  # type: ignore[arg-type]
    # These rest on no line of a pack: they hold for every record.
    assert without_rule == ["Before enrollment", "The school was not open", "Supervisor without a valid license"]
    said = words(section)
    for text in (
        "Hours count from the day of enrollment on, 5 January 2026.",
        "Clinic must be unpaid.",
        "Hands is taught in person only.",
        "Hours of Deep work are creditable only once there are 2 h of Anatomy.",
        "A course with a grade below 70% is attended, not creditable.",
        "A course attended to less than 70% is not creditable.",
        "At most 1 h of Ethics may be transferred.",
        "Transferred hours that were older than 5 years at enrollment are not creditable.",
        "At most 4 h transferred from elsewhere are creditable.",
        "At most 5 h a day are creditable.",
        "At most 12 h a week are creditable; a week begins on Sunday.",
        "At most 3 h taught online, live or in own time, are creditable.",
        "Anatomy counts up to 6 h.",
        "At most 2 h of clinical practice count toward the total.",
    ):
        assert said.count(text) == 1, text
    assert "The course lasts at least" not in said, (
        "of a rule with several sentences only the one that took the minutes"
    )


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?reason=grade", ["f on 2026-02-09"]),
        ("?reason=delivery:b", ["b on 2026-02-05"]),
        ("?reason=delivery:a", []),
        ("?category=a", ["a on 2026-03-02", "a on 2026-03-03", "a1 on 2026-03-04"]),
        ("?category=a&from=2026-03-03&to=2026-03-31", ["a on 2026-03-03", "a1 on 2026-03-04"]),
        ("?from=2026-03-25&to=2026-03-25", ["f on 2026-03-25"]),
        ("?from=2026-07-01", ["f on 2026-07-01", "f on 2026-08-05"]),
        ("?to=2019-12-31", ["f moved on 2019-01-01"]),
        ("?tag=clinic", ["f on 2026-03-25"]),
        ("?reason=grade&category=a", []),
        ("?reason=gate:elective", []),
    ],
)
def test_rows_can_be_asked_for(school: School, strict: TrainingRecord, query: str, shown: list[str]) -> None:
    page = school.client(school.learner_user).get(reverse("records:rows", args=[strict.uuid]) + query)
    soup = BeautifulSoup(page.content, "html.parser")
    heads = [row.find("th").find(string=True) for row in soup.select("tbody tr")]  # type: ignore[union-attr]
    assert heads == shown
    if not shown:
        assert "Nothing on this record fits. Look at all lines." in words(soup)


@pytest.mark.parametrize(
    "query", ["?reason=none", "?reason=:b", "?reason=", "?from=soon&to=", "?tag=x", "?from=2026-13-01"]
)
def test_what_is_not_understood_is_left_out(school: School, strict: TrainingRecord, query: str) -> None:
    page = school.client(school.learner_user).get(reverse("records:rows", args=[strict.uuid]) + query)
    soup = BeautifulSoup(page.content, "html.parser")
    assert soup.find("h1").get_text() == "All lines"  # type: ignore[union-attr]
    assert len(soup.select("tbody tr")) == len(LINES)


def test_a_gate_on_a_tag_names_that_gate(school: School) -> None:
    text = STRICT.replace("{before: d,", "{before: clinic,").replace("id: strict", "id: tagged")
    record = open_record(
        learner=ensure_learner(user=school.learner_user),
        school=school.school,
        rule_set=import_rules(text=text, filename="tagged@1.yaml"),
        program_code="TAGGED",
        program_title="A gate on a tag",
        enrolled_on=date(2026, 1, 5),
        program_start_on=date(2026, 1, 5),
        requirements=[],
        source_key="enrollment:00000000-0000-4000-8000-000000000010",
    )
    for number, category in enumerate(["f", "elective"]):
        one = line(category, f"2026-02-0{number + 1}", tags=("clinic",))
        post_hours(record=record, source_key=f"class:{number}", parts=[one])
    whys = why_not_creditable(hours_page(transcript_for(record)))
    assert [(why.title, why.minutes, why.rule_url.partition("#")[2]) for why in whys] == [
        ("Too early: Free", 60, "gate-clinic"),
        ("Too early: Elective", 60, "gate-clinic"),
    ]
    page = school.client(school.learner_user).get(whys[1].rows_url)
    assert "Elective" in words(BeautifulSoup(page.content, "html.parser"))
    assert Counter(why.said for why in whys) == {
        ("Hours of clinical practice are creditable only once there are 2 h of Anatomy.",): 2
    }
