"""What a learner leaves in a lesson: judged and kept by the server, shown to herself alone, hers to take and to lose."""

import io
import json
import zipfile
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from certification.records.models import TrainingRecord
from certification.records.services import export_record
from cms.desk.services import erase_person, erase_what_is_due, plan_erasure
from courses.catalog.models import LessonPage
from courses.catalog.services import stream_from_file
from courses.enrollments.models import Enrollment
from courses.enrollments.services import enroll
from courses.study.models import Reflection, SelfCheckAnswer
from courses.study.services import NoSuchQuestionError, answer_self_check, save_reflection
from tests.study.conftest import Classroom

BLOCKS = [
    {"type": "prose", "value": "<h2>On</h2><p>Words.</p>"},
    {
        "type": "self_check",
        "value": {
            "question": "It pushes back?",
            "choices": [
                {"text": "Ease off", "correct": True, "feedback": "Yes."},
                {"text": "Push", "feedback": "No."},
            ],
        },
    },
    {
        "type": "self_check",
        "value": {
            "question": "Which two?",
            "choices": [
                {"text": "A", "correct": True},
                {"text": "B", "correct": True},
                {"text": "C"},
            ],
        },
    },
    {"type": "reflection", "value": {"question": "Whose back?", "hint": "Two sentences."}},
]


def publish(classroom: Classroom, blocks: list[dict], code: str = "MFR-1") -> LessonPage:
    """Give a lesson these blocks, as an editor would."""
    page = LessonPage.objects.get(lesson=classroom.lesson(code))
    draft = page.get_latest_revision_as_object()
    draft.body = stream_from_file(draft.body.stream_block, blocks, classroom.school.school)
    draft.save_revision().publish()
    return LessonPage.objects.get(pk=page.pk)


class Room(Classroom):
    """The classroom, its first lesson holding two self-checks and a question to think over."""

    page: LessonPage

    def block(self, place: int) -> str:
        return self.page.body[place].id

    def ids(self, place: int) -> list[str]:
        return [item.id for item in self.page.body[place].value["choices"].bound_blocks]

    def url(self, kind: str = "", place: int = 0) -> str:
        return f"/learn/lessons/{self.lesson().uuid}/" + (f"{kind}/{self.block(place)}/" if kind else "")

    def choose(self, *places: int, of: int = 1, client: Client | None = None, **headers: str):
        """Post an answer as the page's form does."""
        ids = self.ids(of)
        data = {f"chosen-{self.block(of)}": [ids[place] for place in places]}
        return (client or self.client).post(self.url("checks", of), data, headers=headers)

    def write(self, text: str, client: Client | None = None, **headers: str):
        return (client or self.client).post(self.url("reflections", 3), {"text": text}, headers=headers)

    def soup(self, client: Client | None = None) -> BeautifulSoup:
        answer = (client or self.client).get(self.url())
        assert answer.status_code == 200
        return BeautifulSoup(answer.content, "html.parser")


@pytest.fixture
def room(classroom: Classroom) -> Room:
    """The lesson with its questions."""
    room = Room(**vars(classroom))
    room.page = publish(classroom, BLOCKS)
    return room


JSON = {"accept": "application/json"}


# ---------------------------------------------------------------- self-checks


def test_the_server_judges_and_counts_tries(room: Room) -> None:
    assert room.choose(1, **JSON).json() == {"right": False, "tries": 1}
    room.wait(60)
    assert room.choose(0, **JSON).json() == {"right": True, "tries": 2}
    kept = SelfCheckAnswer.objects.get()
    assert (kept.right_at_first, kept.right, kept.tries) == (False, True, 2)
    assert kept.answered_at > kept.first_at
    assert kept.content_revision == f"en-{room.page.live_revision_id}"
    assert room.choose(0, **JSON).json() == {"right": True, "tries": 2}, "the same answer is the same try"


@pytest.mark.parametrize(("places", "right"), [((0, 1), True), ((0,), False), ((0, 1, 2), False), ((2,), False)])
def test_of_several_right_answers_all_and_no_other(room: Room, places: tuple[int, ...], right: bool) -> None:
    assert room.choose(*places, of=2, **JSON).json()["right"] is right


def test_nothing_and_what_is_not_offered_are_refused(room: Room) -> None:
    for data in ({}, {f"chosen-{room.block(1)}": ["x"]}, {f"chosen-{room.block(1)}": [room.ids(1)[0], room.ids(2)[0]]}):
        answer = room.client.post(room.url("checks", 1), data, headers=JSON)
        assert (answer.status_code, answer.json()["title"]) == (422, "Choose one of the answers first.")
    page = room.client.post(room.url("checks", 1), {"right": "true"}, follow=True)
    assert "Choose one of the answers first." in page.content.decode(), "a form without script is told in the page"
    assert not SelfCheckAnswer.objects.exists()


def test_only_questions_of_the_published_lesson(room: Room) -> None:
    assert room.client.post(room.url("checks", 0), {}).status_code == 404, "a text is no question"
    assert room.client.post(room.url("checks", 3), {}).status_code == 404
    other = publish(room, BLOCKS, "MFR-2").body[1].id
    assert room.client.post(f"/learn/lessons/{room.lesson().uuid}/checks/{other}/", {}).status_code == 404
    with pytest.raises(NoSuchQuestionError):
        answer_self_check(enrollment=room.enrollment, lesson=room.lesson("NMT-1"), block=room.block(1), chosen=["x"])
    assert room.client.get(room.url("checks", 1)).status_code == 405


def test_without_script_the_form_leads_back_to_its_place_and_shows_what_was_chosen(room: Room) -> None:
    form = room.soup().find(id=f"own-{room.block(1)}")
    assert form["action"] == room.url("checks", 1) and form.select_one("button[type=submit]")
    inputs = room.soup().select(f"#block-{room.block(1)} input[data-choice]")
    assert {field["form"] for field in inputs} == {f"own-{room.block(1)}"}, "the answers belong to the form"
    answer = room.choose(1)
    assert (answer.status_code, answer["Location"]) == (302, f"{room.url()}#block-{room.block(1)}")
    section = room.soup().find(id=f"block-{room.block(1)}")
    assert [field.has_attr("checked") for field in section.select("input[data-choice]")] == [False, True]
    assert "not right yet" in section.get_text()
    room.choose(0)
    section = room.soup().find(id=f"block-{room.block(1)}")
    assert [field.has_attr("checked") for field in section.select("input[data-choice]")] == [True, False]
    assert "You were right at try 2." in section.get_text()
    room.choose(0, 1, of=2)
    assert "You were right at the first try." in room.soup().find(id=f"block-{room.block(2)}").get_text()


def test_it_says_truthfully_what_is_kept(room: Room) -> None:
    text = room.soup().find(id=f"block-{room.block(1)}").get_text(" ", strip=True)
    assert "only you see it" in text and "how many learners were right" in text and "not kept" not in text
    staff = room.soup(room.school.client(room.school.instructor))
    assert "In this view nothing is kept." in staff.get_text()
    assert not staff.select("form[data-check-own], form[data-reflection]")
    assert staff.select("[data-right]"), "right answers work in a preview"


def test_nobody_else_may_answer_for_her(room: Room) -> None:
    people = room.school
    for user in (people.instructor, people.registrar, people.other_learner_user, people.foreign_registrar):
        assert room.choose(0, client=people.client(user)).status_code == 404
        assert room.write("x", client=people.client(user)).status_code == 404
    assert Client().post(room.url("checks", 1)).status_code == 302
    Enrollment.objects.update(state="suspended")
    assert room.choose(0).status_code == 404
    assert not SelfCheckAnswer.objects.exists() and not Reflection.objects.exists()


def test_forms_carry_their_token(room: Room) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(room.school.learner_user, backend="accounts.backends.EmailBackend")
    assert room.choose(0, client=client).status_code == 403
    form = room.soup(client).select_one("form[data-check-own]")
    data = {
        f"chosen-{room.block(1)}": room.ids(1)[0],
        "csrfmiddlewaretoken": form.select_one("input[type=hidden]")["value"],
    }
    assert client.post(form["action"], data, headers=JSON).json() == {"right": True, "tries": 1}


def test_answers_stay_when_the_words_change(room: Room) -> None:
    room.choose(0)
    draft = room.page.get_latest_revision_as_object()
    draft.body[1].value["question"] = "It pushes back at you?"
    draft.save_revision().publish()
    section = room.soup().find(id=f"block-{room.block(1)}")
    assert "back at you?" in section.get_text() and section.select_one("input[checked]")


# ---------------------------------------------------------------- reflections


def test_when_it_was_saved_reads_the_same_in_every_zone(room: Room, clock) -> None:
    room.write("Too deep.", **JSON)
    clock.shift(timedelta(hours=3))
    said = room.soup().select_one("[data-reflection-state]").get_text().replace("\xa0", " ")
    assert said == "Saved 3 hours ago"


def test_her_words_are_kept_for_her_alone(room: Room) -> None:
    assert room.write("  A gardener’s.\r\nToo deep. ", **JSON).json()["saved_at"]
    kept = Reflection.objects.get()
    assert (kept.text, kept.question) == ("A gardener’s.\nToo deep.", "Whose back?")
    form = room.soup().select_one("form[data-reflection]")
    assert form.textarea.get_text().strip() == kept.text and "Saved" in form.get_text(" ")
    assert room.soup().select_one(".printonly[data-reflection-printed]").get_text() == kept.text
    enroll(user=room.school.other_learner_user, program=room.program, source_key="desk:jun")
    for user in (room.school.other_learner_user, room.school.instructor, room.school.registrar):
        assert "gardener" not in room.soup(room.school.client(user)).get_text()


def test_writing_again_replaces_and_emptying_takes_away(room: Room) -> None:
    room.write("One.")
    room.write("Two.")
    assert Reflection.objects.get().text == "Two."
    assert room.write(" \n ", **JSON).json() == {"saved_at": None}
    assert not Reflection.objects.exists()
    assert room.write("Three.")["Location"] == f"{room.url()}#block-{room.block(3)}"


def test_her_words_are_words(room: Room) -> None:
    room.write('</textarea><script>alert(1)</script><!--/own--> <!--own:check:x--> data-choice="x"')
    html = room.client.get(room.url()).content.decode()
    assert "<script>alert" not in html and "&lt;/textarea&gt;&lt;script&gt;" in html


def test_too_long_and_elsewhere_is_refused(room: Room) -> None:
    answer = room.write("x" * 10_001, **JSON)
    assert (answer.status_code, Reflection.objects.count()) == (422, 0)
    assert "10000 characters" in answer.json()["title"]
    assert room.write("x" * 10_000, **JSON).status_code == 200
    assert room.client.post(room.url("reflections", 1), {"text": "x"}).status_code == 404
    with pytest.raises(ValidationError):
        save_reflection(enrollment=room.enrollment, lesson=room.lesson(), block=room.block(3), text="x" * 10_001)


def test_a_question_that_was_taken_out_loses_nothing(room: Room) -> None:
    room.write("Kept.")
    address = room.url("reflections", 3)
    publish(room, BLOCKS[:1])
    assert room.client.post(address, {"text": "Kept on."}, headers=JSON).status_code == 200
    assert (Reflection.objects.get().text, Reflection.objects.get().question) == ("Kept on.", "Whose back?")


# ---------------------------------------------------------------- the page, the copy, the end


def test_all_of_it_takes_one_question_and_the_page_at_most_eight(room: Room, settings) -> None:
    settings.CACHES = {
        **settings.CACHES,
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"},
    }
    call_command("createcachetable")
    room.choose(0)
    room.choose(0, 1, of=2)
    room.write("Hers.")
    room.soup()
    url = room.url()
    with CaptureQueriesContext(connection) as queries:
        answer = room.client.get(url)
    soup = BeautifulSoup(answer.content, "html.parser")
    assert soup.select_one("input[checked]") and "Hers." in soup.get_text()
    assert len(queries) <= 8, "\n".join(query["sql"] for query in queries)
    assert soup.select_one(".brand small").get_text() == "Riverbend School"
    assert sum("study_reflection" in query["sql"] for query in queries) == 1
    assert sum("study_selfcheckanswer" in query["sql"] for query in queries) == 1


def test_ids_are_named_once(room: Room) -> None:
    ids = [tag["id"] for tag in room.soup().find_all(id=True)]
    assert len(ids) == len(set(ids))
    for tag in room.soup().select("[aria-describedby], [aria-labelledby]"):
        for name in (tag.get("aria-describedby") or tag["aria-labelledby"]).split():
            assert name in ids, name


def parts(record: TrainingRecord, *, whole: bool) -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(export_record(record=record, whole=whole)))
    return {name: archive.read(name) for name in archive.namelist()}


def test_her_copy_of_the_record_has_her_words_and_the_schools_has_not(room: Room) -> None:
    assert "reflections.json" not in parts(room.enrollment.record, whole=False), "nothing was written yet"
    room.write("A gardener’s.")
    own = parts(room.enrollment.record, whole=False)
    (told,) = json.loads(own["reflections.json"])["reflections"]
    assert told == {
        "lesson": "The barrier", "module": "Myofascial release", "question": "Whose back?", "text": "A gardener’s.",
        "saved_at": "2026-03-02T15:00:00.000000Z",
    }  # fmt: skip
    assert b"reflections.json" in own["README.txt"] and b"reflections.json" in own["SHA256SUMS"]
    whole = parts(room.enrollment.record, whole=True)
    assert "reflections.json" not in whole
    assert not any(b"gardener" in data for data in whole.values())


def test_her_words_go_when_she_asks_though_a_duty_holds_the_rest(room: Room) -> None:
    room.write("Of Mr. Oak’s back.")
    TrainingRecord.objects.update(sealed_at=timezone.now())
    plan = plan_erasure(room.school.learner_user, today=date(2026, 12, 1))
    assert plan.keeps_name
    assert [line.goes for line in plan.lines if "for herself" in line.what] == [True]
    erase_person(user=room.school.learner_user, today=date(2026, 12, 1))
    assert not Reflection.objects.exists()


def test_time_alone_takes_them_too(room: Room) -> None:
    room.write("Of Mr. Oak’s back.")
    TrainingRecord.objects.update(sealed_at=timezone.now())
    told = list(erase_what_is_due(today=date(2034, 1, 1), confirm=False))
    assert any("1 what she wrote for herself" in line for line in told) and Reflection.objects.exists()
    list(erase_what_is_due(today=date(2034, 1, 1), confirm=True))
    assert not Reflection.objects.exists()
    assert not any("for herself" in line for line in erase_what_is_due(today=date(2034, 1, 1), confirm=False))
