"""The list of visits and each of them to the minute: what counted, what did not, and why."""

import io
import json
import zipfile

import pytest

from certification.records.services import export_record
from courses.study import rules
from courses.study.models import StudySession
from courses.study.selectors import WHYS, visit_lines, visit_story
from tests.study.conftest import Classroom


def test_a_visit_is_told_stretch_by_stretch_and_minute_by_minute(classroom: Classroom) -> None:
    visit = classroom.open()
    classroom.study(visit, 120)
    visit.beat(active=False, why="hidden")
    classroom.wait(90)
    visit.beat()
    classroom.study(visit, 60)
    classroom.wait(200)
    visit.beat()
    classroom.study(visit, 30)
    visit.close()
    row = StudySession.objects.select_related("lesson").get()
    story = visit_story(row, classroom.enrollment.record)
    assert [(seconds, why) for _start, _end, seconds, why in story.line.told] == [
        (120, ""),
        (90, "Hidden"),
        (60, ""),
        (200, "Silence"),
        (30, ""),
    ]
    assert (story.line.counted, story.line.lost_seconds) == (210, 290)
    assert [(counted, why) for _minute, counted, why in story.clock][:4] == [
        (60, ""),
        (60, ""),
        (0, "Hidden"),
        (30, "Hidden"),
    ]
    assert sum(counted for _minute, counted, _why in story.clock) == 210
    assert [lost.reason for lost in story.line.lost] == ["gap", "hidden"]
    page = classroom.client.get(f"/learn/visits/{classroom.enrollment.record.uuid}/{row.uuid}/").content.decode()
    assert "10:02:00" in page, "in the record's zone"
    assert str(WHYS["gap"][1]) in page
    assert "3 min 30 s" in page
    assert f'#line-{classroom.entries()[0].uuid}"' in page


def test_a_moment_on_the_way_accuses_nobody(classroom: Classroom) -> None:
    visit = classroom.open()
    classroom.study(visit, 90)
    classroom.wait(0.9)
    visit.close()
    row = StudySession.objects.get()
    story = visit_story(row, classroom.enrollment.record)
    assert story.line.stretches[-1].reason == "silent"
    assert {why for _minute, _counted, why in story.clock} == {""}
    visit = classroom.open()
    classroom.study(visit, 60)
    visit.beat(active=False, why="hidden")
    classroom.wait(30)
    visit.beat()
    classroom.wait(0.9)
    visit.close()
    row = StudySession.objects.latest("pk")
    page = classroom.client.get(f"/learn/visits/{classroom.enrollment.record.uuid}/{row.uuid}/").content.decode()
    assert "<dt>Hidden</dt>" in page
    assert "Nothing heard after this" not in page


@pytest.mark.parametrize(("seconds", "drawn"), [(0.6, False), (2, True)])
def test_no_bar_stands_beside_zero_seconds(classroom: Classroom, seconds: float, drawn: bool) -> None:
    visit = classroom.open()
    classroom.wait(seconds)
    visit.close()
    row = StudySession.objects.get()
    page = classroom.client.get(f"/learn/visits/{classroom.enrollment.record.uuid}/{row.uuid}/").content.decode()
    assert ('class="visitstrip ' in page) is drawn
    assert ("<h2>Why was this not counted?" in page) is drawn


def test_every_reason_has_its_words() -> None:
    assert set(rules.REASONS.values()) | {"lesson", "day", "week", "pauses", "silent"} == set(WHYS)


def test_what_another_line_holds_already_is_said(classroom: Classroom) -> None:
    visit = classroom.open()
    classroom.study(visit, 300)
    visit.close()
    row = StudySession.objects.get()
    StudySession.objects.filter(pk=row.pk).update(posted_minutes=3)
    row.refresh_from_db()
    assert visit_story(row, classroom.enrollment.record).left_out == 2
    page = classroom.client.get(f"/learn/visits/{classroom.enrollment.record.uuid}/{row.uuid}/").content.decode()
    assert "another line of the record holds that time already" in page


def test_the_list_names_counted_lost_and_why_newest_first(classroom: Classroom) -> None:
    address = f"/learn/visits/{classroom.enrollment.record.uuid}/"
    assert "No visit yet" in classroom.client.get(address).content.decode()
    first = classroom.open("MFR-1")
    classroom.study(first, 90)
    second = classroom.open("MFR-2")
    classroom.study(second, 60)
    classroom.wait(200)
    second.beat()
    page = classroom.client.get(address).content.decode()
    assert page.index(classroom.lesson("MFR-2").title + '<span class="sr">') < page.index(
        classroom.lesson("MFR-1").title + '<span class="sr">'
    )
    assert "open now" in page
    assert "You went on in another window or lesson" in page
    assert "Silence" in page
    one = classroom.client.get(f"{address}?lesson={classroom.lesson('MFR-1').uuid}").content.decode()
    assert "Silence" not in one
    assert classroom.client.get(f"{address}?lesson=nonsense&page=99").status_code == 200


def test_the_registrar_reads_it_and_a_strange_school_does_not(classroom: Classroom) -> None:
    visit = classroom.open()
    classroom.study(visit, 60)
    row = StudySession.objects.get()
    school = classroom.school
    for address in (
        f"/learn/visits/{classroom.enrollment.record.uuid}/",
        f"/learn/visits/{classroom.enrollment.record.uuid}/{row.uuid}/",
    ):
        assert school.client(school.registrar).get(address).status_code == 200
        assert school.client(school.foreign_registrar).get(address).status_code == 404
    other = "11111111-1111-4111-8111-111111111111"
    assert classroom.client.get(f"/learn/visits/{classroom.enrollment.record.uuid}/{other}/").status_code == 404


@pytest.mark.parametrize("visits", [1, 12])
def test_the_number_of_queries_does_not_grow(classroom: Classroom, django_assert_max_num_queries, visits: int) -> None:
    for _number in range(visits):
        classroom.study(classroom.open(), 30)
    address = f"/learn/visits/{classroom.enrollment.record.uuid}/"
    with django_assert_max_num_queries(11):
        page = classroom.client.get(address)
    assert page.content.decode().count("<tr role=") == visits + 1
    row = StudySession.objects.first()
    assert row is not None
    with django_assert_max_num_queries(11):
        classroom.client.get(f"{address}{row.uuid}/")


def test_lines_ask_nothing_more(classroom: Classroom, django_assert_num_queries) -> None:
    classroom.study(classroom.open(), 60)
    rows = list(StudySession.objects.select_related("lesson"))
    with django_assert_num_queries(0):
        (line,) = visit_lines(rows, classroom.enrollment.record)
        assert (line.counted, line.lost, line.starts.hour) == (60, (), 10)


def test_visits_are_in_the_export_that_both_can_take(classroom: Classroom) -> None:
    record = classroom.enrollment.record
    assert "visits.json" not in zipfile.ZipFile(io.BytesIO(export_record(record=record, whole=False))).namelist()
    visit = classroom.open()
    classroom.study(visit, 60)
    visit.beat(active=False, why="hidden")
    classroom.wait(30)
    visit.beat()
    visit.close()
    for whole in (False, True):
        archive = zipfile.ZipFile(io.BytesIO(export_record(record=record, whole=whole)))
        (told,) = json.loads(archive.read("visits.json"))["visits"]
        assert (told["counted_ms"], told["posted_minutes"], told["closed_by"]) == (60_000, 1, "closed")
        assert [part["reason"] for part in told["stretches"]] == [None, "hidden"]
        assert told["stretches"][0]["from"] == "2026-03-02T15:00:00.000000Z"
        assert "origin" not in archive.read("visits.json").decode()
