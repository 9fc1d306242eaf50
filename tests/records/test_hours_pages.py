"""The hours page as its people see it, and the transcript's query count whatever its length."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from certification.records.models import TrainingRecord
from certification.records.selectors import transcript_for
from certification.records.services import ensure_learner, open_record, post_hours, record_milestone, reverse_entry
from certification.requirements.services import import_rules
from tests.records.making import at, part
from tests.worlds import SMALL_PACK, School

pytestmark = pytest.mark.django_db


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()).replace("\u2009", " "))


def fill(record: TrainingRecord, days: int) -> None:
    for day in range(days):
        start = f"2026-{3 + day // 28:02d}-{day % 28 + 1:02d} 14:00"
        post_hours(record=record, source_key=f"class:{day}", parts=[part(60, start, start.replace("14:", "15:"))])


def test_a_learner_sees_what_counts_and_what_is_missing(school: School, record: TrainingRecord) -> None:
    fill(record, 2)
    shift = part(300, "2026-04-01 13:00", "2026-04-01 18:00", category="externship", source="externship", title="Shift")
    post_hours(record=record, source_key="shift:1", parts=[shift])
    client = school.client(school.learner_user)
    page = client.get(reverse("records:hours", args=[record.uuid]))
    said = text_of(page)
    assert page.status_code == 200
    assert "6 h are proved, of 10 h. You have 4 h to go." in said
    assert "You need 2 more hours of Myofascial release." in said
    assert "You need 1 more hour of Hands-on sessions; other hours of Externship cannot replace it." in said
    assert "Quiz: myofascial release" in said
    assert "less 1 h: above a category’s limit" in said, "five hours of externship, four can count"
    rows = client.get(reverse("records:rows", args=[record.uuid]), {"category": "externship"})
    assert "5 h attended, 5 h creditable. 4 h counted." in text_of(rows)
    assert "Shift" in text_of(rows)
    assert "Class: cross-hand release" not in text_of(rows)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("verified", "Judged by the rules small-{}@1."),
        (
            "unverified",
            "Judged by the rules small-{}@1, written from secondary sources: check them against the statute before you rely "
            "on the result.",
        ),
        ("sample", "Judged by the rules small-{}@1: a sample of our own that no board asks for."),
    ],
)
def test_the_rules_that_judge_are_named_with_how_far_they_were_checked(school: School, status: str, said: str) -> None:
    text = SMALL_PACK.replace("status: sample", f"status: {status}").replace("id: small-sample", f"id: small-{status}")
    record = open_record(
        learner=ensure_learner(user=school.learner_user),
        school=school.school,
        rule_set=import_rules(text=text, filename="pack.yaml"),
        program_code="SMALL",
        program_title="A small program",
        enrolled_on=date(2026, 1, 5),
        program_start_on=date(2026, 1, 5),
        requirements=[],
        source_key="enrollment:00000000-0000-4000-8000-000000000001",
    )
    page = school.client(school.learner_user).get(reverse("records:hours", args=[record.uuid]))
    assert said.format(status) in text_of(page)
    assert f'href="/rules/small-{status}@1/"' in page.content.decode()


def test_hours_are_of_as_many_minutes_as_the_rules_say(school: School) -> None:
    record = open_record(
        learner=ensure_learner(user=school.learner_user),
        school=school.school,
        rule_set=import_rules(text=SMALL_PACK + "unit_minutes: 50\n", filename="pack.yaml"),
        program_code="SMALL",
        program_title="A small program",
        enrolled_on=date(2026, 1, 5),
        program_start_on=date(2026, 1, 5),
        requirements=[],
        source_key="enrollment:00000000-0000-4000-8000-000000000001",
    )
    fill(record, 2)
    learner = school.client(school.learner_user)
    said = text_of(learner.get(reverse("records:hours", args=[record.uuid])))
    assert "2 h 20 min are proved, of 10 h. You have 7 h 30 min to go." in said
    assert "One hour is 50 minutes." in said
    assert "2:20of 4 h" in said, "a ring"
    assert "1 h 30 min to go" in said, "under it"
    assert "Myofascial release 2 h 20 min Myofascial release 2 h 20 min 2 h 20 min 4 h 1 h 30 min" in said, "the table"
    rows = text_of(learner.get(reverse("records:rows", args=[record.uuid])))
    assert "2 h 20 min attended, 2 h 20 min creditable." in rows
    assert rows.count("1 h 10 min") == 4, "each line, attended and creditable"
    desk = text_of(school.client(school.registrar).get(reverse("certificates:record", args=[record.uuid])))
    assert "2 h 20 min of 10 h" in desk
    assert "The hours together are 7 h 30 min short of 10 h." in desk
    assert "7 h 30 min short" in desk


def test_nothing_missing_is_said(school: School, record: TrainingRecord) -> None:
    fill(record, 6)
    for key, category, hour in (("a", "nmt_trp", "16"), ("b", "externship_hands_on", "18")):
        p = part(120, f"2026-04-01 {hour}:00", f"2026-04-01 {int(hour) + 2}:00", category=category)
        post_hours(record=record, source_key=key, parts=[p])
    record_milestone(record=record, code="quiz:MFR", title="Quiz", occurred_at=at("2026-04-02 10:00"), source_key="q")
    said = text_of(school.client(school.learner_user).get(reverse("records:hours", args=[record.uuid])))
    assert "Nothing is missing" in said


def test_the_empty_page_teaches(school: School, record: TrainingRecord) -> None:
    said = text_of(school.client(school.learner_user).get(reverse("records:hours", args=[record.uuid])))
    assert "No hours yet" in said
    said = text_of(school.client(school.other_learner_user).get(reverse("records:home")))
    assert "No record yet" in said


def test_home_leads_to_the_only_record(school: School, record: TrainingRecord) -> None:
    page = school.client(school.learner_user).get(reverse("records:home"))
    assert page["Location"] == reverse("records:hours", args=[record.uuid])


def test_what_is_not_counted_stands_with_its_reason(school: School, record: TrainingRecord) -> None:
    early = part(60, "2025-12-01 14:00", "2025-12-01 15:00", title="Class before enrollment")
    post_hours(record=record, source_key="class:early", parts=[early])
    said = text_of(school.client(school.learner_user).get(reverse("records:hours", args=[record.uuid])))
    assert "Class before enrollment−1 hIt lies before the day you were enrolled." in said


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("learner_user", 200),
        ("other_learner_user", 404),
        ("instructor", 200),
        ("registrar", 200),
        ("foreign_registrar", 404),
        (None, 302),
    ],
)
@pytest.mark.parametrize("name", ["records:hours", "records:rows"])
def test_who_may_see_a_record(school: School, record: TrainingRecord, who: str | None, status: int, name: str) -> None:
    client = school.client(getattr(school, who)) if who else Client()
    assert client.get(reverse(name, args=[record.uuid])).status_code == status


@pytest.mark.parametrize("query", ["?category=nothing", "?page=zero", "?page=99999", "?category=%00", "?category=<b>"])
def test_odd_addresses_show_something(school: School, record: TrainingRecord, query: str) -> None:
    page = school.client(school.learner_user).get(reverse("records:rows", args=[record.uuid]) + query)
    assert page.status_code == 200


def test_the_rows_of_several_categories(school: School, record: TrainingRecord) -> None:
    for number, category in enumerate(["mfr", "nmt_trp", "externship_hands_on"], start=2):
        one = part(
            60, f"2026-03-0{number} 14:00", f"2026-03-0{number} 15:00", category=category, title=f"Of {category}"
        )
        post_hours(record=record, source_key=category, parts=[one])
    address = reverse("records:rows", args=[record.uuid]) + "?category=mfr&category=externship&category=nothing"
    said = text_of(school.client(school.learner_user).get(address))
    assert "Lines of several categories" in said
    assert "Of mfr" in said
    assert "Of externship_hands_on" in said
    assert "Of nmt_trp" not in said


@pytest.mark.parametrize("days", [1, 150])
def test_a_transcript_takes_at_most_six_queries(
    record: TrainingRecord, days: int, django_assert_max_num_queries
) -> None:
    fill(record, days)
    fresh = TrainingRecord.objects.get(pk=record.pk)
    with django_assert_max_num_queries(6):
        transcript = transcript_for(fresh)
    assert transcript.evaluation.total.attended == 60 * days


def test_a_corrected_line_does_not_count(school: School, record: TrainingRecord) -> None:
    wrong = post_hours(record=record, source_key="class:1", parts=[part()]).entries[0]
    reverse_entry(entry=wrong, source_key="fix:1", reason="clerical", recorded_by=school.registrar)
    transcript = transcript_for(record)
    assert (transcript.entries, transcript.evaluation.total.attended) == ((), 0)


def test_no_note_when_no_shift_waits(school: School, record: TrainingRecord) -> None:
    said = text_of(school.client(school.learner_user).get(reverse("records:hours", args=[record.uuid])))
    assert "for a signature" not in said
