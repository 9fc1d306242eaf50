"""The learner's home beside what to do next: pace, deadlines, minutes left."""

from datetime import UTC, date, datetime

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.templatetags.palmar import hm_text
from certification.quizzes.models import QuizAssignment
from courses.catalog.models import Lesson
from courses.enrollments.models import Enrollment
from courses.enrollments.services import ensure_cohort
from courses.study.models import LessonProgress
from courses.study.services import set_bookmark
from tests.study.conftest import Classroom

pytestmark = pytest.mark.django_db


def home(classroom: Classroom):
    return classroom.client.get("/learn/")


def soup(classroom: Classroom) -> BeautifulSoup:
    return BeautifulSoup(home(classroom).content, "html.parser")


def ends(classroom: Classroom, day: date | None) -> None:
    cohort = ensure_cohort(program=classroom.program, name="Spring", starts_on=date(2026, 2, 2))
    type(cohort).objects.filter(pk=cohort.pk).update(ends_on=day)
    Enrollment.objects.update(cohort=cohort)


def began(day: date) -> None:
    from certification.records.models import TrainingRecord

    TrainingRecord.objects.update(program_start_on=day)


def pace_words(classroom: Classroom) -> str:
    return " ".join(soup(classroom).select_one("section[aria-labelledby=pace-1]").text.split())


def test_pace_without_an_end_asks_nothing(classroom: Classroom) -> None:
    visit = classroom.open()
    classroom.study(visit, 300)
    visit.close()
    assert "5 min in the last seven days." in pace_words(classroom)
    assert "No last day is set for you" in pace_words(classroom)
    classroom.wait(6 * 86_400)
    assert "5 min in the last seven days." in pace_words(classroom)
    classroom.wait(86_400)
    assert "0 min in the last seven days." in pace_words(classroom)


def test_pace_against_the_end_of_her_group(classroom: Classroom) -> None:
    ends(classroom, date(2026, 3, 15))
    began(date(2026, 2, 2))
    pace = home(classroom).context["homes"][0].pace
    assert (pace.verdict, pace.days_left, pace.needed) == ("short", 14, -(-pace.left // 2))
    assert "a week are needed to be done by 15 March 2026" in pace_words(classroom) and "Behind" in pace_words(
        classroom
    )
    began(date(2026, 3, 1))
    assert "too early to say" in pace_words(classroom) and "Behind" not in pace_words(classroom)
    ends(classroom, date(2026, 3, 1))
    assert "Your group ended on 1 March 2026" in pace_words(classroom)
    assert home(classroom).context["homes"][0].deadlines == (), "what is over is no day to keep in mind"


def test_a_place_that_does_not_run_is_asked_for_no_pace(classroom: Classroom) -> None:
    Enrollment.objects.update(state="completed")
    page = soup(classroom)
    assert not page.select_one("section[aria-labelledby=pace-1]") and not page.select_one(".days")


def test_days_stand_in_one_list_by_date(classroom: Classroom) -> None:
    assert "Nothing closes or opens on a set day." in soup(classroom).text
    ends(classroom, date(2026, 3, 20))
    Lesson.objects.filter(code="MFR-2").update(release_on=date(2026, 3, 12))
    # Three in the night of the 11th in UTC is still the 10th in New York.
    QuizAssignment.objects.update(closes_at=datetime(2026, 3, 11, 3, 0, tzinfo=UTC))
    assert [(day.kind, day.on, day.days) for day in home(classroom).context["homes"][0].deadlines] == [
        ("quiz", date(2026, 3, 10), 8),
        ("lesson", date(2026, 3, 12), 10),
        ("end", date(2026, 3, 20), 18),
    ]
    page = soup(classroom)
    assert [" ".join(one.get_text(" ").split()) for one in page.select(".days > li")] == [
        "Tue 10 Mar Quiz: myofascial release quiz, closes at 11:00 PM, in 8 days",
        "Thu 12 Mar The second barrier lesson, opens, in 10 days",
        "Fri 20 Mar End of the program in 18 days",
    ]
    classroom.wait(9 * 86_400)
    assert [day.kind for day in home(classroom).context["homes"][0].deadlines] == ["lesson", "end"]
    assert "tomorrow" in soup(classroom).select_one(".days").text


def test_minutes_left_of_lessons_and_part(classroom: Classroom) -> None:
    visit = classroom.open("MFR-2")
    classroom.study(visit, 120)
    visit.close()
    url = f"/learn/lessons/{classroom.lesson('MFR-1').uuid}/"

    def side() -> list[str]:
        page = BeautifulSoup(classroom.client.get(url).content, "html.parser").select_one(".lesson__side")
        return [" ".join(one.text.split()) for one in (*page.select(".min"), page.select_one("p.hint"))]

    minutes = {line.code: line.minutes for line in Lesson.objects.filter(module__code="MFR")}
    assert side()[1:] == [f"{minutes['MFR-2'] - 2} min left", hm_text(sum(minutes.values()) - 2) + " left in this part"]
    LessonProgress.objects.update(state="finished", completed_at=datetime(2026, 3, 2, 16, tzinfo=UTC))
    assert side()[1:] == ["finished", hm_text(minutes["MFR-1"]) + " left in this part"]


def test_home_asks_so_much_and_no_more(classroom: Classroom) -> None:
    ends(classroom, date(2026, 3, 20))
    for code in ("MFR-1", "MFR-2"):
        set_bookmark(enrollment=classroom.enrollment, lesson=classroom.lesson(code), is_set=True)
    with CaptureQueriesContext(connection) as queries:
        home(classroom)
    assert len(queries) <= 18, "\n".join(query["sql"] for query in queries)
    assert sum('FROM "study_bookmark"' in query["sql"] and "catalog_lesson" in query["sql"] for query in queries) <= 2
