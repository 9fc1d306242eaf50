"""Notes, marked passages and bookmarks: what is kept, for whom, how it is found, taken away and erased."""

import json
import zipfile
from datetime import UTC, date, datetime
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from certification.records.models import TrainingRecord
from certification.records.services import export_record
from cms.desk.services import erase_person, plan_erasure
from courses.catalog.models import Lesson, LessonPage
from courses.enrollments.models import Enrollment
from courses.enrollments.services import enroll
from courses.study.models import MOST_BOOKMARKS, MOST_EXACT, MOST_NOTE, MOST_NOTES, Bookmark, LessonNote
from courses.study.rules.notes import Anchor
from courses.study.services import NoSuchNoteError, NoSuchPlaceError, keep_note, set_bookmark
from tests.study.conftest import Classroom
from tests.study.test_answers import BLOCKS, publish

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}
MARKED = {"exact": "Words.", "prefix": "On ", "suffix": " It", "color": "green"}


def url(classroom: Classroom, end: str = "", code: str = "MFR-1") -> str:
    return f"/learn/lessons/{classroom.lesson(code).uuid}/{end}"


def notes_url(classroom: Classroom) -> str:
    return f"/learn/notes/{classroom.program.uuid}/"


def post(classroom: Classroom, *, client: Client | None = None, note: UUID | None = None, code: str = "MFR-1", **told):
    """Send a note as its page's script does."""
    return (client or classroom.client).post(
        url(classroom, "notes/", code), {"note": note or uuid4(), **told}, headers=JSON
    )


def keep(classroom: Classroom, text: str = "Mine", *, code: str = "MFR-1", **more) -> LessonNote:
    given = {"uuid": uuid4(), "enrollment": classroom.enrollment, "lesson": classroom.lesson(code)}
    return keep_note(**(given | {"text": text} | more))


# ---------------------------------------------------------------- keeping


def test_a_note_without_script(classroom: Classroom) -> None:
    page = BeautifulSoup(classroom.client.get(url(classroom)).content, "html.parser")
    form = page.select_one("form[data-note-new]")
    given = form.select_one("input[name=note]")["value"]
    answer = classroom.client.post(form["action"], {"note": given, "text": "Ask\r\nher"}, follow=True)
    assert answer.redirect_chain == [(f"{url(classroom)}#note-{given}", 302)]
    note = LessonNote.objects.get()
    assert (str(note.uuid), note.text, note.exact, note.color) == (given, "Ask\nher", "", "")
    item = BeautifulSoup(answer.content, "html.parser").select_one(f"#note-{given}")
    assert "Ask" in item.select_one(".own__text").text
    change = item.select_one("form[data-note-keep]")
    assert change.select_one("textarea").text == "\nAsk\nher"[1:]
    classroom.client.post(change["action"], {"note": given, "text": "Asked"})
    assert LessonNote.objects.get().text == "Asked"
    classroom.client.post(item.select_one("form[data-note-delete]")["action"])
    assert not LessonNote.objects.exists()


def test_the_same_once_more_is_one_note(classroom: Classroom) -> None:
    note = uuid4()
    for _ in range(2):
        answer = post(classroom, note=note, text="", **MARKED)
        assert answer.status_code == 200 and answer.json()["note"] == str(note)
        assert "own__passage--green" in answer.json()["html"]
        classroom.wait(60)
    kept = LessonNote.objects.get()
    assert (kept.exact, kept.prefix, kept.suffix, kept.color) == ("Words.", "On ", " It", "green")
    assert kept.content_revision == f"en-{LessonPage.objects.get(lesson=kept.lesson).live_revision_id}"
    assert kept.updated_at == kept.created_at


def test_a_passage_stays_what_was_marked(classroom: Classroom) -> None:
    kept = keep(classroom, anchor=Anchor("Words."), color="green")
    classroom.wait(60)
    post(classroom, note=kept.uuid, exact="Other words", text="Why?", color="blue")
    again = LessonNote.objects.get()
    assert (again.exact, again.text, again.color) == ("Words.", "Why?", "blue")
    assert again.updated_at > again.created_at == kept.created_at
    assert again.content_revision == kept.content_revision


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({"text": "  "}, "Write your note first."),
        ({"text": "x" * (MOST_NOTE + 1)}, "This is longer than 10000 characters."),
        ({"exact": "Words.", "color": "red"}, "Choose one of the three colors."),
        ({"exact": "Words.", "color": ""}, "Choose one of the three colors."),
        ({"exact": "x" * (MOST_EXACT + 1), "color": "blue"}, "That is more than 1000 characters."),
    ],
)
def test_what_is_refused_is_said_and_nothing_typed_is_lost(
    classroom: Classroom, told: dict[str, str], problem: str
) -> None:
    answer = post(classroom, **told)
    assert answer.status_code == 422 and answer.json()["title"].startswith(problem)
    page = classroom.client.post(url(classroom, "notes/"), {"note": uuid4(), **told})
    form = BeautifulSoup(page.content, "html.parser").select_one("form.own__form")
    assert page.status_code == 422 and form.select_one(".error").text.startswith(problem)
    assert form.select_one("textarea").text.strip() == told.get("text", "").strip()
    assert form.select_one("input[name=exact]")["value"] == told.get("exact", "")
    assert not LessonNote.objects.exists()


def test_so_many_and_no_more(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (MOST_NOTES, MOST_BOOKMARKS) == (200, 20)
    monkeypatch.setattr("courses.study.services.notes.MOST_NOTES", 2)
    first = keep(classroom)
    keep(classroom)
    assert post(classroom, text="One more").status_code == 422
    assert post(classroom, text="One more", code="MFR-2").status_code == 200, "in another lesson there is room"
    assert post(classroom, note=first.uuid, text="Changed").status_code == 200, "what is there may be changed"
    assert LessonNote.objects.filter(lesson=classroom.lesson()).count() == 2


def test_an_id_is_one_notes(classroom: Classroom) -> None:
    kept = keep(classroom)
    assert post(classroom, note=kept.uuid, text="Here?", code="MFR-2").status_code == 404
    people = classroom.school
    enroll(user=people.other_learner_user, program=classroom.program, source_key="desk:other")
    other = people.client(people.other_learner_user)
    assert post(classroom, client=other, note=kept.uuid, text="Mine now").status_code == 404
    assert other.post(url(classroom, f"notes/{kept.uuid}/delete/")).status_code == 404
    assert post(classroom, note="no-id", text="x").status_code == 404
    assert LessonNote.objects.get().text == "Mine"
    with pytest.raises(NoSuchNoteError):
        keep(classroom, uuid=kept.uuid, code="MFR-2")


def test_the_database_knows_what_a_note_is(classroom: Classroom) -> None:
    kept = keep(classroom, anchor=Anchor("Words."), color="green")
    for wrong in ({"exact": ""}, {"color": ""}, {"color": "red"}, {"exact": "", "color": "", "text": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LessonNote.objects.filter(pk=kept.pk).update(**wrong)


def test_a_lesson_that_is_closed_takes_no_notes(classroom: Classroom) -> None:
    Enrollment.objects.update(state="suspended")
    assert post(classroom, text="x").status_code == 404
    assert classroom.client.post(url(classroom, "bookmark/"), {"mark": ""}).status_code == 404


# ---------------------------------------------------------------- bookmarks


def test_bookmarks_of_a_lesson_and_of_its_headings(classroom: Classroom) -> None:
    page = BeautifulSoup(classroom.client.get(url(classroom)).content, "html.parser")
    assert page.select_one(".lesson__words h2")["id"] == "at-on"
    (form, headings) = page.select("form[data-bookmark]")
    for one in (form, headings):
        (button,) = one.select("button")
        place = button["value"]
        for _ in range(2):
            answer = classroom.client.post(one["action"], {button["name"]: place})
        assert answer.url == f"{url(classroom)}#{place or 'main'}"
    assert list(Bookmark.objects.order_by("pk").values_list("place", "title")) == [("", ""), ("at-on", "On")]
    html = classroom.client.get(url(classroom)).content.decode()
    page = BeautifulSoup(html, "html.parser")
    assert [one["aria-pressed"] for one in page.select("form[data-bookmark] button")] == ["true", "true"]
    assert page.select_one(".outline [aria-current] .outline__bookmark")
    assert page.select_one(".outline__at")["href"] == "#at-on"
    home = BeautifulSoup(classroom.client.get("/learn/").content, "html.parser")
    assert [(one["href"], one.text) for one in home.select(".places a")] == [
        (url(classroom), "The barrier"),
        (f"{url(classroom)}#at-on", "The barrier: On"),
    ]
    answer = classroom.client.post(form["action"], {"unmark": "at-on"}, headers=JSON)
    assert answer.json() == {"set": False}
    assert Bookmark.objects.get().place == ""


def test_a_bookmark_outlives_its_heading(classroom: Classroom) -> None:
    set_bookmark(enrollment=classroom.enrollment, lesson=classroom.lesson(), place="at-on", is_set=True)
    publish(classroom, [{"type": "prose", "value": "<h2>Off</h2><p>Words.</p>"}])
    page = BeautifulSoup(classroom.client.get(url(classroom)).content, "html.parser")
    assert [one.text for one in page.select(".notes__places li > a")] == ["Off", "On"]
    with pytest.raises(NoSuchPlaceError):
        set_bookmark(enrollment=classroom.enrollment, lesson=classroom.lesson(), place="at-nowhere", is_set=True)
    classroom.client.post(url(classroom, "bookmark/"), {"unmark": "at-on"})
    assert not Bookmark.objects.exists()
    assert classroom.client.post(url(classroom, "bookmark/"), {"mark": "at-on"}).status_code == 404


def test_bookmarks_have_a_limit(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("courses.study.services.notes.MOST_BOOKMARKS", 1)
    given = {"enrollment": classroom.enrollment, "lesson": classroom.lesson(), "is_set": True}
    set_bookmark(**given)
    set_bookmark(**given)
    with pytest.raises(ValidationError):
        set_bookmark(**given, place="at-on")


# ---------------------------------------------------------------- the lesson's page


def test_blocks_say_their_ids_and_the_page_asks_at_most_eight(classroom: Classroom, settings) -> None:
    settings.CACHES = {
        **settings.CACHES,
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"},
    }
    call_command("createcachetable")
    page = publish(classroom, BLOCKS)
    for place in range(5):
        keep(classroom, f"Note {place}")
    keep(classroom, "", anchor=Anchor("Words.", block=UUID(page.body[0].id)), color="yellow")
    set_bookmark(enrollment=classroom.enrollment, lesson=classroom.lesson(), place="at-on", is_set=True)
    address = url(classroom)
    classroom.client.get(address)
    with CaptureQueriesContext(connection) as queries:
        answer = classroom.client.get(address)
    assert len(queries) <= 8, "\n".join(query["sql"] for query in queries)
    assert sum('FROM "study_lessonnote"' in query["sql"] for query in queries) == 1
    soup = BeautifulSoup(answer.content, "html.parser")
    assert [one["data-block"] for one in soup.select(".lesson__words > [data-block]")] == [one.id for one in page.body]
    assert len(soup.select("[data-notes-list] > [data-note]")) == 6
    marked = soup.select_one('[data-exact="Words."]')
    assert (marked["data-block"], marked["data-color"]) == (page.body[0].id, "yellow")


def test_a_kept_body_holds_nobodys_notes(classroom: Classroom) -> None:
    keep(classroom, "Only mine", anchor=Anchor("The barrier."), color="blue")
    classroom.client.get(url(classroom))
    people = classroom.school
    enroll(user=people.other_learner_user, program=classroom.program, source_key="desk:other")
    for who in (people.other_learner_user, people.instructor, people.registrar):
        html = people.client(who).get(url(classroom)).content.decode()
        assert "Only mine" not in html and "data-exact" not in html
        assert "<p>The barrier.</p>" in html


def test_staff_see_no_place_for_notes(classroom: Classroom) -> None:
    people = classroom.school
    html = people.client(people.instructor).get(url(classroom)).content.decode()
    assert "data-notes" not in html and "js/notes.js" not in html and "data-bookmark" not in html
    assert post(classroom, client=people.client(people.instructor), text="x").status_code == 404


# ---------------------------------------------------------------- all of them


@pytest.fixture
def noted(classroom: Classroom) -> Classroom:
    keep(classroom, "Écoute: ask *twice*", anchor=Anchor("take up the slack"), color="blue")
    keep(classroom, "Two lines\nof mine")
    keep(classroom, "", anchor=Anchor("ninety seconds"), color="green", code="MFR-2")
    return classroom


def test_an_evening_at_the_school_is_not_tomorrow(classroom: Classroom, clock) -> None:
    clock.move_to(datetime(2026, 3, 3, 1, 30, tzinfo=UTC))  # half past eight on Monday evening in New York
    told = post(classroom, text="Late").json()["html"]
    pages = [classroom.client.get(address).content.decode() for address in (url(classroom), notes_url(classroom))]
    for page in (told, *pages):
        days = [one.get_text() for one in BeautifulSoup(page, "html.parser").select("li.own time")]
        assert days == ["2 Mar 2026"]


def test_all_notes_of_a_program(noted: Classroom) -> None:
    address = notes_url(noted)
    with CaptureQueriesContext(connection) as queries:
        answer = noted.client.get(address)
    assert sum("study_lessonnote" in query["sql"] for query in queries) == 1 and len(queries) <= 11
    soup = BeautifulSoup(answer.content, "html.parser")
    assert [one.text.strip() for one in soup.select(".notes__lesson h3")] == ["The barrier", "The second barrier"]
    assert [len(one.select("li.own")) for one in soup.select(".notes__lesson")] == [2, 1]
    assert "no-store" in answer["Cache-Control"]


def test_notes_outlive_their_lesson(noted: Classroom) -> None:
    Lesson.objects.filter(code="MFR-2").update(retired_at=timezone.now())
    page = BeautifulSoup(noted.client.get(f"/learn/notes/{noted.program.uuid}/").content, "html.parser")
    first, second = page.select(".notes__lesson")
    assert first.select_one("h3 a") and "taken out" not in first.text
    assert not second.select("a") and "taken out of the program" in second.text and "ninety seconds" in second.text


@pytest.mark.parametrize(
    ("asked", "found"), [("ecoute", 1), ("SLACK ask", 1), ("second", 1), ("slack seconds", 0), ("barrier", 3)]
)
def test_searching_in_them(noted: Classroom, asked: str, found: int) -> None:
    soup = BeautifulSoup(noted.client.get(f"/learn/notes/{noted.program.uuid}/", {"q": asked}).content, "html.parser")
    assert len(soup.select("li.own")) == found
    assert soup.select_one("[role=status]").text.startswith(f"{found} note")


def test_the_files_of_them(noted: Classroom) -> None:
    address = f"/learn/notes/{noted.program.uuid}/notes."
    answer = noted.client.get(f"{address}md")
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    assert (
        answer["Content-Disposition"].startswith("attachment; filename=")
        and "-notes.md" in answer["Content-Disposition"]
    )
    words = answer.content.decode()
    assert "### The barrier\n\n> take up the slack\n\nÉcoute: ask \\*twice\\*\n" in words
    assert "*2026-03-02*" in words
    plain = noted.client.get(f"{address}txt").content.decode()
    assert "“ninety seconds”" in plain and "    Two lines\n    of mine" in plain
    assert noted.client.get(f"{address}pdf").status_code == 404


def test_nobody_else_reads_them(noted: Classroom) -> None:
    people = noted.school
    for address in (f"/learn/notes/{noted.program.uuid}/", f"/learn/notes/{noted.program.uuid}/notes.md"):
        for who in (people.other_learner_user, people.instructor, people.registrar, people.foreign_registrar):
            assert people.client(who).get(address).status_code == 404
        assert Client().get(address).status_code == 302
    enroll(user=people.other_learner_user, program=noted.program, source_key="desk:other")
    html = people.client(people.other_learner_user).get(f"/learn/notes/{noted.program.uuid}/").content.decode()
    assert "No notes yet" in html and "slack" not in html


# ---------------------------------------------------------------- away with her, and gone with her


def parts(record: TrainingRecord, *, whole: bool) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(export_record(record=record, whole=whole))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_her_copy_of_the_record_has_them_and_the_schools_has_not(noted: Classroom) -> None:
    visit = noted.open()
    noted.study(visit, 120)
    visit.close()
    set_bookmark(enrollment=noted.enrollment, lesson=noted.lesson(), place="at-on", is_set=True)
    told = json.loads(parts(noted.enrollment.record, whole=False)["notes.json"])
    assert [(one["lesson"], one["color"], one["text"]) for one in told["notes"]] == [
        ("The barrier", "blue", "Écoute: ask *twice*"),
        ("The barrier", None, "Two lines\nof mine"),
        ("The second barrier", "green", ""),
    ]
    assert told["notes"][0]["passage"]["exact"] == "take up the slack" and told["notes"][1]["passage"] is None
    assert [(one["lesson"], one["heading"]) for one in told["bookmarks"]] == [("The barrier", "On")]
    assert "notes.json" not in parts(noted.enrollment.record, whole=True)
    LessonNote.objects.all().delete()
    Bookmark.objects.all().delete()
    assert "notes.json" not in parts(noted.enrollment.record, whole=False)


def test_they_go_when_she_asks_though_a_duty_holds_the_rest(noted: Classroom) -> None:
    visit = noted.open()
    noted.study(visit, 120)
    visit.close()
    set_bookmark(enrollment=noted.enrollment, lesson=noted.lesson(), is_set=True)
    TrainingRecord.objects.update(sealed_at=timezone.now())
    user, today = noted.school.learner_user, date(2026, 6, 1)
    (line,) = [
        line for line in plan_erasure(user, today=today).lines if line.what == "her notes and bookmarks in lessons"
    ]
    assert (line.count, line.goes) == (4, True)
    erase_person(user=user, today=today)
    assert not LessonNote.objects.exists() and not Bookmark.objects.exists()
    erase_person(user=user, today=today)


def test_time_alone_takes_them_too(noted: Classroom, clock) -> None:
    visit = noted.open()
    noted.study(visit, 120)
    visit.close()
    TrainingRecord.objects.update(sealed_at=timezone.now())
    clock.move_to(timezone.now().replace(year=2040))
    call_command("apply_retention", "--confirm")
    assert not LessonNote.objects.exists()
