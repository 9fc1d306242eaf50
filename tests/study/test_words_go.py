"""What a learner wrote, and what was written to her, is erased with her and taken away in her export."""

import json
import zipfile
from datetime import date
from io import BytesIO, StringIO
from uuid import uuid4

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from certification.records.models import HourLog, TrainingRecord
from certification.records.rules.export_check import check_export
from certification.records.services import make_checkpoint
from cms.desk.services import erase_person, plan_erasure
from courses.enrollments.models import Enrollment
from courses.enrollments.services import ensure_cohort
from courses.study.models import Announcement, PublishedAnswer, QuestionMessage, QuestionThread
from courses.study.selectors import published_for
from courses.study.services import announce, answer, ask, hide_message, publish_answer
from tests.study.conftest import Classroom

pytestmark = pytest.mark.django_db
HER = ("daniela", "reyes")
WITHIN, OVER = date(2026, 6, 1), date(2034, 1, 1)


@pytest.fixture
def talked(classroom: Classroom) -> Classroom:
    """She asked, was answered, one message of each side was hidden, one answer is published, one announcement names her."""
    people, lesson = classroom.school, classroom.lesson()
    cohort = ensure_cohort(program=classroom.program, name="Spring", starts_on=date(2026, 3, 2))
    Enrollment.objects.filter(pk=classroom.enrollment.pk).update(cohort=cohort)
    visit = classroom.open()
    classroom.study(visit, 300)
    visit.close()
    make_checkpoint(log=HourLog.objects.get(), reason="asked")
    given = {"enrollment": classroom.enrollment, "lesson": lesson, "by": people.learner_user}
    first = ask(uuid=uuid4(), text="I, Daniela, wonder", **given)
    answer(uuid=uuid4(), thread=first.thread, text="Dear Ms. Reyes: here.", by=people.instructor)
    rude = ask(uuid=uuid4(), text="Daniela again", **given)
    hide_message(message=rude, reason="Reyes was rude.", by=people.registrar)
    wrong = answer(uuid=uuid4(), thread=first.thread, text="For Reyes only", by=people.instructor)
    hide_message(message=wrong, reason="Wrong thread.", by=people.registrar)
    publish_answer(uuid=uuid4(), thread=first.thread, question="One wonders", answer="Here.", by=people.instructor)
    named = ask(uuid=uuid4(), text="More", **{**given, "lesson": classroom.lesson("MFR-2")})
    shown = publish_answer(uuid=uuid4(), thread=named.thread, question="Who?", answer="Nobody.", by=people.instructor)
    # Words that got by before her name was known to be one.
    PublishedAnswer.objects.filter(pk=shown.pk).update(answer="daniela reyes")
    announce(uuid=uuid4(), cohort=cohort, subject="Thanks", text="Daniela Reyes has the keys.", by=people.instructor)
    announce(uuid=uuid4(), cohort=cohort, subject="Saturday", text="At nine.", by=people.instructor)
    return classroom


def found(*needles: str) -> set[str]:
    """The columns of study and of the outbox in which one of the texts stands."""
    places = set()
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        for name in (name for name in names if name.startswith(("study_", "notices_"))):
            cursor.execute(f'SELECT * FROM "{name}"')
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    if any(needle in str(value).lower() for needle in needles):
                        places.add(f"{name}.{column}")
    return places


def ended(classroom: Classroom) -> None:
    TrainingRecord.objects.filter(pk=classroom.enrollment.record_id).update(sealed_at=timezone.now())


def test_nothing_of_her_words_is_left(talked: Classroom) -> None:
    assert {
        *("study_questionmessage.text", "study_questionmessage.hidden_reason", "study_announcement.text"),
        *("study_publishedanswer.answer", "notices_message.body"),
    } <= found(*HER)
    ended(talked)
    with time_machine.travel(OVER, tick=False):
        erase_person(user=talked.school.learner_user, today=OVER)
    assert found(*HER) == set()
    assert QuestionMessage.objects.count() == 5 and not QuestionMessage.objects.exclude(text="").exists()
    assert set(QuestionThread.objects.values_list("state", flat=True)) == {"closed"}
    assert [one.subject for one in Announcement.objects.order_by("pk")] == ["", "Saturday"], "only what names her"
    (kept,) = published_for(talked.lesson())
    assert (kept.question, kept.thread) == ("One wonders", None), "the school's own words; whose question is forgotten"
    assert published_for(talked.lesson("MFR-2")) == []
    with time_machine.travel(OVER, tick=False):
        erase_person(user=talked.school.learner_user, today=OVER)


def test_no_duty_holds_a_question(talked: Classroom) -> None:
    ended(talked)
    user = talked.school.learner_user
    plan = plan_erasure(user, today=WITHIN)
    assert plan.keeps_name
    (line,) = [line for line in plan.lines if line.what == "questions about lessons and their answers"]
    assert (line.count, line.goes) == (5, True)
    (line,) = [line for line in plan.lines if line.what == "announcements and published answers that name her"]
    assert (line.count, line.goes) == (2, False)
    erase_person(user=user, today=WITHIN)
    assert not QuestionMessage.objects.exclude(text="").exists()
    assert "Daniela" in Announcement.objects.earliest("pk").text, "her name stands as long as it must"
    assert not any("questions" in line.what for line in plan_erasure(user, today=WITHIN).lines)


def test_time_alone_erases_the_same(talked: Classroom) -> None:
    ended(talked)
    with time_machine.travel(OVER, tick=False):
        said, out = StringIO(), StringIO()
        call_command("apply_retention", stdout=said)
        assert "5 questions about lessons and their answers" in said.getvalue()
        assert QuestionMessage.objects.exclude(text="").count() == 5, "a look changes nothing"
        call_command("apply_retention", "--confirm", stdout=out)
        assert not QuestionMessage.objects.exclude(text="").exists()
        again = StringIO()
        call_command("apply_retention", stdout=again)
        assert again.getvalue().startswith("Nothing was changed")


def test_pages_say_so_afterwards(talked: Classroom) -> None:
    ended(talked)
    erase_person(user=talked.school.learner_user, today=OVER)
    client = talked.school.client(talked.school.instructor)
    cohort = Announcement.objects.earliest("pk").cohort
    page = client.get(reverse("study:cohort_announcements", args=[cohort.uuid])).content.decode()
    assert "The words were erased" in page and "keys" not in page
    thread = QuestionThread.objects.earliest("pk")
    page = client.get(reverse("study:desk_question", args=[thread.uuid])).content.decode()
    assert "No word is left here" in page
    assert str(thread.uuid) not in client.get(reverse("study:desk_questions")).content.decode()


def questions_in(body: bytes) -> list[dict]:
    with zipfile.ZipFile(BytesIO(body)) as archive:
        assert not check_export(archive).misfits
        told = json.loads(archive.read("questions.json"))
    assert told["form"] == "palmar-questions/1"
    return told["threads"]


def test_she_takes_her_words_away(talked: Classroom) -> None:
    address = reverse("records:record_zip", args=[talked.enrollment.record.uuid])
    own = questions_in(talked.client.get(address).content)
    assert [thread["lesson"] for thread in own] == ["The barrier", "The second barrier"]
    first = own[0]["messages"]
    assert [(one["from"], one["text"]) for one in first] == [
        ("learner", "I, Daniela, wonder"),
        ("staff", "Dear Ms. Reyes: here."),
        ("learner", "Daniela again"),
    ], "her own hidden words too, no hidden ones of staff"
    assert first[2]["hidden_reason"] == "Reyes was rude." and "hidden_by" not in first[2]
    whole = questions_in(talked.school.client(talked.school.registrar).get(address).content)
    assert [one["text"] for one in whole[0]["messages"]][-1] == "For Reyes only"
    assert whole[0]["messages"][2]["hidden_by"] == "Helen Marsh"


def test_an_export_without_questions_has_no_such_part(classroom: Classroom) -> None:
    body = classroom.client.get(reverse("records:record_zip", args=[classroom.enrollment.record.uuid])).content
    with zipfile.ZipFile(BytesIO(body)) as archive:
        assert "questions.json" not in archive.namelist()
