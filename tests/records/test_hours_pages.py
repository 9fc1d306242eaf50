"""The hours page as its people see it, and the transcript's query count whatever its length."""

import re
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
import time_machine
from bs4 import BeautifulSoup, Tag
from django.test import Client
from django.urls import reverse

from certification.records.models import HourEntry, TrainingRecord
from certification.records.selectors import forecast_of, transcript_for
from certification.records.services import (
    ensure_learner,
    make_claim,
    open_record,
    post_hours,
    propose_correction,
    record_milestone,
    reverse_entry,
)
from certification.requirements.services import import_rules
from tests.records.making import at, part
from tests.worlds import SMALL_PACK, School

pytestmark = pytest.mark.django_db

HOURS_QUERIES, ROWS_QUERIES = 10, 11


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
    _staff_count_alike(school, record)


def _staff_count_alike(school: School, record: TrainingRecord) -> None:
    """A line of 60 minutes and sums of 120 and 180, wherever the school or the learner meets them again."""
    first = HourEntry.objects.filter(record=record).order_by("position").first()
    assert first
    claimed = make_claim(
        uuid=UUID(int=1), record=record, entry=first, day=first.date, minutes=120, words="It was longer.",
        by=school.learner_user,
    )  # fmt: skip
    changed = propose_correction(
        uuid=UUID(int=2), record=record, entry=first, reason="minutes", words="The list says until four.",
        parts=[part(120, "2026-03-01 14:00", "2026-03-01 16:00")], by=school.registrar, claim=claimed,
    )  # fmt: skip
    clerk, other = school.client(school.registrar), school.client(school.second_registrar)
    told = {
        reverse("desk:record", args=[record.uuid]): [
            "Together2 h 20 min2 h 20 min2 h 20 min7 h 30 min", "One hour is 50 minutes.", "1 h 10 min → 2 h 20 min",
        ],
        reverse("records:desk_corrections"): ["1 h 10 min → 2 h 20 min"],
        reverse("records:desk_correction", args=[changed.uuid]): [
            "Minutes1 h 10 min", "Minutes2 h 20 min", "Together 2 h 20 min → 3 h 30 min",
        ],
        reverse("records:desk_correct", args=[record.uuid, first.uuid]): ["Minutes1 h 10 min"],
        reverse("records:desk_claims"): ["1 h 10 min"],
        reverse("records:desk_claim", args=[claimed.uuid]): ["2 h 20 min", "1 h 10 min"],
        reverse("desk:seal", args=[record.uuid]): ["Its 2 h 20 min stay as they are"],
    }  # fmt: skip
    for address, words in told.items():
        said = text_of((other if "/corrections/" in address else clerk).get(address))
        for each in words:
            assert each.replace(" ", "") in said.replace(" ", ""), (address, each, said[-3000:])
    own = text_of(school.client(school.learner_user).get(reverse("records:claims", args=[record.uuid])))
    assert "1 h 10 min on" in own


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
    assert said.index("No hours yet") < said.index("By category"), "what to do comes before rings without an arc"
    assert "From attended to counted" not in said
    assert "Calendar of study" not in said
    assert "pace" not in said
    said = text_of(school.client(school.other_learner_user).get(reverse("records:home")))
    assert "No record yet" in said


def test_home_leads_to_the_only_record(school: School, record: TrainingRecord) -> None:
    page = school.client(school.learner_user).get(reverse("records:home"))
    assert page["Location"] == reverse("records:hours", args=[record.uuid])


def test_what_is_not_counted_stands_with_its_reason(school: School, record: TrainingRecord) -> None:
    early = part(60, "2025-12-01 14:00", "2025-12-01 15:00", title="Class before enrollment")
    post_hours(record=record, source_key="class:early", parts=[early])
    said = text_of(school.client(school.learner_user).get(reverse("records:hours", args=[record.uuid])))
    assert "Before enrollment−1 hIt lies before the day of enrollment.Hours count from the day of enrollment on" in said
    assert "1 h attended, less 1 h: 0 min creditable. Less 0 min: 0 min counted." in said


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


def test_staff_read_of_the_learner_not_of_themselves(school: School, record: TrainingRecord) -> None:
    fill(record, 1)
    for user in (school.instructor, school.registrar):
        for name in ("records:hours", "records:rows"):
            said = text_of(school.client(user).get(reverse(name, args=[record.uuid])))
            assert "Hours of Daniela Reyes" in said
            assert "Your hours" not in said
    said = text_of(school.client(school.registrar).get(reverse("records:hours", args=[record.uuid])))
    assert "9 h are missing." in said
    assert "You have" not in said
    assert "Still missing, as the learner reads it" in said


@pytest.mark.parametrize("name", ["records:hours", "records:rows"])
def test_the_pages_take_as_many_queries_for_one_line_as_for_many(
    school: School, record: TrainingRecord, name: str, django_assert_num_queries
) -> None:
    address = reverse(name, args=[record.uuid])
    client = school.client(school.learner_user)
    fill(record, 1)
    client.get(address)
    count = {"records:hours": HOURS_QUERIES, "records:rows": ROWS_QUERIES}[name]
    with django_assert_num_queries(count):
        client.get(address)
    fill(record, 120)
    with django_assert_num_queries(count):
        client.get(address)
    with django_assert_num_queries(count):
        client.get(address, {"month": "2026-03", "from": "2026-03-01", "to": "2026-03-31"})


CALENDAR_NOW = datetime(2026, 5, 20, 16, tzinfo=UTC)


def calendar_of(response) -> Tag:
    found = BeautifulSoup(response.content, "html.parser").find("section", id="calendar")
    assert isinstance(found, Tag)
    return found


def words_of(tag: Tag) -> str:
    return re.sub(r"\s+", " ", tag.get_text().replace("\u2009", " ")).strip()


def test_the_calendar_shows_each_day_and_opens_its_lines(school: School, record: TrainingRecord) -> None:
    lesson = part(45, "2026-05-05 14:00", "2026-05-05 14:45", source="lesson", delivery="asynchronous", title="Lesson")
    shift = part(75, "2026-05-05 18:00", "2026-05-05 19:15", source="externship", category="externship", title="Shift")
    night = part(60, "2026-05-31 23:30", "2026-06-01 00:30", title="Late class")  # 19:30 in New York, still May
    for number, one in enumerate([lesson, shift, night]):
        post_hours(record=record, source_key=f"x:{number}", parts=[one])
    client = school.client(school.learner_user)
    address = reverse("records:hours", args=[record.uuid])
    with time_machine.travel(CALENDAR_NOW, tick=False):
        shown = calendar_of(client.get(address))
    (table,) = shown.select("table")
    assert words_of(table.caption).startswith("May 2026 3 h"), "the sum of the month"  # type: ignore[arg-type]
    assert [words_of(head) for head in table.select("thead th[scope=col]")] == [
        "Sun",
        "Mon",
        "Tue",
        "Wed",
        "Thu",
        "Fri",
        "Sat",
    ]
    days = {words_of(link.select_one(".sr")): link["href"] for link in table.select("tbody a")}  # type: ignore[arg-type]
    assert list(days) == [
        "Tuesday 5 May: 1 h 15 min clinic shift, 45 min online",
        "Sunday 31 May: 1 h class or lab",
    ]
    assert words_of(table.select_one("td.today")) == "Today, 20"  # type: ignore[arg-type]
    opened = text_of(client.get(days["Tuesday 5 May: 1 h 15 min clinic shift, 45 min online"]))
    assert "Tuesday 5 May 2026" in opened
    assert "2 h attended, 2 h creditable." in opened
    assert "Late class" not in opened
    assert [words_of(item) for item in shown.select(".key li")] == ["Online", "Class or lab", "Clinic shift"][1:]


def test_one_steps_through_the_months_by_links(school: School, record: TrainingRecord) -> None:
    fill(record, 60)  # March, April and four days of May
    client = school.client(school.learner_user)
    address = reverse("records:hours", args=[record.uuid])

    def heads(query: str) -> tuple[list[str], list[str]]:
        shown = calendar_of(client.get(address + query))
        return [words_of(b) for b in shown.select("caption b")], [str(a["href"]) for a in shown.select(".pager a")]

    with time_machine.travel(CALENDAR_NOW, tick=False):
        assert heads("") == (["March 2026", "April 2026", "May 2026"], ["?month=2026-04#calendar"])
        both = ["?month=2026-03#calendar", "?month=2026-05#calendar"]
        assert heads("?month=2026-04") == (["March 2026", "April 2026"], both)
        assert heads("?month=2026-03") == (["March 2026"], ["?month=2026-04#calendar"])
        for odd in ("?month=x", "?month=2026-13", "?month=", "?month=%00"):
            assert heads(odd) == heads("")
        assert heads("?month=0001-01") == heads("?month=2026-03")


def test_a_day_that_is_not_creditable_as_a_whole_says_so(school: School, record: TrainingRecord) -> None:
    early = part(60, "2025-12-01 14:00", "2025-12-01 15:00")
    post_hours(record=record, source_key="class:early", parts=[early])
    shown = calendar_of(school.client(school.learner_user).get(reverse("records:hours", args=[record.uuid])))
    assert "Monday 1 December: 1 h class or lab; 1 h of it not creditable" in words_of(shown)
    assert "Part of the day is not creditable" in words_of(shown)


def test_the_forecast_tells_a_day_and_opens_its_lines(school: School, record: TrainingRecord) -> None:
    for number, day in enumerate(["2026-03-02", "2026-05-01", "2026-05-08", "2026-05-15"]):
        one = part(60, f"{day} 14:00", f"{day} 15:00")
        post_hours(record=record, source_key=f"class:{number}", parts=[one])
    # Neither transferred hours nor those above a limit are a pace: five hours of externship, four can count.
    moved = part(*(60,), spans=(), date=date(2026, 5, 9), source="transfer", evidence="transferred", category="nmt_trp")
    post_hours(record=record, source_key="moved", parts=[moved])
    shift = part(300, "2026-05-12 13:00", "2026-05-12 18:00", category="externship", source="externship")
    post_hours(record=record, source_key="shift", parts=[shift])
    address = reverse("records:hours", args=[record.uuid])
    learner = school.client(school.learner_user)
    with time_machine.travel(CALENDAR_NOW, tick=False):
        said = learner.get(address)
        staff = text_of(school.client(school.registrar).get(address))
    # Counted: 4 of class, 1 moved, 4 of 5; 3 + 4 of them in the window, 105 minutes a week. One lacks to the ten hours,
    # one of hands-on and one of technique lack besides: the two close all.
    assert (
        "At your pace of the last four weeks (1 h 45 min a week) the 2 h that are still missing would be there about "
        "28 May 2026." in text_of(said)
    )
    assert "A guess from what counted of the lines from 23 April to 20 May" in text_of(said)
    assert "At the pace of the last four weeks (1 h 45 min a week) the 2 h that are still missing" in staff
    lines = text_of(learner.get(reverse("records:rows", args=[record.uuid]) + "?from=2026-04-23&to=2026-05-20"))
    assert "?from=2026-04-23&amp;to=2026-05-20" in said.content.decode()
    assert "23 April 2026 to 20 May 2026" in lines


def test_the_forecast_is_of_the_total_where_that_is_all_that_lacks(school: School, record: TrainingRecord) -> None:
    days = ["2026-03-02", "2026-05-01", "2026-05-08", "2026-05-15"]
    for number, (day, category) in enumerate(
        zip(days, ["nmt_trp", "nmt_trp", "externship_hands_on", "mfr"], strict=True)
    ):
        post_hours(
            record=record,
            source_key=f"class:{number}",
            parts=[part(60, f"{day} 14:00", f"{day} 15:00", category=category)],
        )
    with time_machine.travel(CALENDAR_NOW, tick=False):
        page = school.client(school.learner_user).get(reverse("records:hours", args=[record.uuid]))
    # Six of ten hours lack; three came in four weeks.
    assert "At your pace of the last four weeks (45 min a week) you reach 10 h about 15 July 2026." in text_of(page)


@pytest.mark.parametrize("days", [[], ["2026-05-01", "2026-05-08", "2026-05-15"], ["2026-03-02"]])
def test_no_forecast_from_too_little(school: School, record: TrainingRecord, days: list[str]) -> None:
    for number, day in enumerate(days):
        post_hours(record=record, source_key=f"class:{number}", parts=[part(60, f"{day} 14:00", f"{day} 15:00")])
    with time_machine.travel(CALENDAR_NOW, tick=False):
        said = text_of(school.client(school.learner_user).get(reverse("records:hours", args=[record.uuid])))
    assert "pace" not in said


def test_no_forecast_once_the_record_ended(school: School, record: TrainingRecord) -> None:
    for number, day in enumerate(["2026-03-02", "2026-05-01", "2026-05-08", "2026-05-15"]):
        post_hours(record=record, source_key=f"class:{number}", parts=[part(60, f"{day} 14:00", f"{day} 15:00")])
    assert forecast_of(transcript_for(record), date(2026, 5, 20)) is not None
    for end in ({"completed_on": date(2026, 5, 19)}, {"completed_on": None, "sealed_at": CALENDAR_NOW}):
        TrainingRecord.objects.filter(pk=record.pk).update(**end)
        ended = TrainingRecord.objects.get(pk=record.pk)
        assert forecast_of(transcript_for(ended), date(2026, 5, 20)) is None


def test_each_category_has_its_three_numbers_in_words_and_as_a_bar(school: School, record: TrainingRecord) -> None:
    shift = part(300, "2026-04-01 13:00", "2026-04-01 18:00", category="externship", source="externship")
    post_hours(record=record, source_key="shift:1", parts=[shift])
    page = school.client(school.learner_user).get(reverse("records:hours", args=[record.uuid]))
    soup = BeautifulSoup(page.content, "html.parser")
    row = soup.select("table.table--sums tbody tr")[2]
    assert [words_of(cell) for cell in row.select("td")] == ["5 h Externship", "5 h", "4 h", "2 h", "none"]
    widths = {bar["class"][0]: bar["width"] for bar in row.select("svg.layers rect")}
    assert widths == {"bg": "300", "att": "300", "crd": "300", "cnt": "240"}
    assert row.select_one("svg.layers .tick")["d"] == "M120 0V20", "two hours are needed"  # type: ignore[index]
    ring = soup.select(".rings > li")[2]
    assert "4 h of 2 h counted. Complete" in words_of(ring)
    assert "1 h not counted" in words_of(ring)
    assert len(soup.select(".key--layers li")) == 4
