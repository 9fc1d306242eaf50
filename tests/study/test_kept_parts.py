"""What a process keeps of a lesson's page: alike for all for whom it is kept, never of one person, never of yesterday."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.middleware.csrf import _does_token_match
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client
from django.utils.translation import override

from accounts.models import Organisation
from accounts.templatetags import leaves
from courses.catalog.models import Lesson, LessonPage, Module, Program
from courses.enrollments.models import Enrollment
from courses.enrollments.services import enroll
from courses.study.models import Bookmark, LessonProgress
from tests.worlds import School

ONCE = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")\w+|(?<=name="note" value=")[0-9a-f-]{36}')


@pytest.fixture
def lesson(place: int) -> Lesson:
    """A published lesson of the learner's program."""
    return Lesson.objects.select_related("module__program").get(code="MFR-1")


@pytest.fixture
def others(school: School, place: int) -> list[Client]:
    """Four more learners of the same program, who stand otherwise: begun, finished, marked."""
    program = Enrollment.objects.get(pk=place).program
    lesson = Lesson.objects.get(code="MFR-1", module__program=program)
    clients = []
    for number, (state, minutes) in enumerate([("begun", 3), ("finished", 60), ("begun", 4), ("begun", 3)]):
        user = type(school.learner_user).objects.create_user(email=f"n{number}@x.test", legal_name=f"Nadja N{number}")
        enrollment = enroll(user=user, program=program, source_key=f"desk:{number}")
        LessonProgress.objects.create(
            enrollment=enrollment,
            lesson=lesson,
            state=state,
            seat_minutes=min(minutes, lesson.minutes),
            opened_at=enrollment.enrolled_at,
            completed_at=enrollment.enrolled_at if state == "finished" else None,
        )
        if number == 3:
            Bookmark.objects.create(enrollment=enrollment, lesson=lesson, place="", title=lesson.title)
        clients.append(school.client(user))
    return clients


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    yield
    leaves.forget()


def _page(client: Client, lesson: Lesson) -> str:
    answer = client.get(f"/learn/lessons/{lesson.uuid}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_page_of_kept_parts_is_the_page_made_anew(school: School, lesson: Lesson, others: list[Client]) -> None:
    """Whoever came before, and however she stands."""
    clients = [school.client(school.learner_user), *others]
    anew = []
    for client in clients:
        leaves.forget()
        anew.append(ONCE.sub("-", _page(client, lesson)))
    leaves.forget()
    for _round in range(2):
        for client, expected in zip(clients, anew, strict=True):
            assert ONCE.sub("-", _page(client, lesson)) == expected
    assert len(set(anew)) == len(clients), "they stand otherwise, so their pages differ"


def test_nothing_that_is_kept_is_of_one_person(school: School, lesson: Lesson, others: list[Client]) -> None:
    for client in others:
        page = _page(client, lesson)
        secret = client.cookies["csrftoken"].value
        tokens = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert len(tokens) > 3
        assert all(_does_token_match(token, secret) for token in tokens), (
            "a form would be refused, or another's secret told"
        )
    assert leaves._made
    for key, made in leaves._made.items():
        assert "csrfmiddlewaretoken" not in made, key
        assert "Nadja" not in made, key
        assert "@x.test" not in made, key


def test_a_changed_title_a_changed_rule_and_new_words_are_seen_at_once(school: School, lesson: Lesson) -> None:
    client = school.client(school.learner_user)
    assert "Count here" in _page(client, lesson)
    page = LessonPage.objects.get(lesson=lesson)
    page.title = "Another name"
    page.lede = "Said anew."
    page.body = [("prose", "<p>Words of today.</p>")]
    page.save_revision().publish()
    _shows(client, lesson, "Another name", "Said anew.", "Words of today.")
    # Past all services: what is kept is kept by what the rows say, not by who wrote them.
    Program.objects.filter(pk=lesson.module.program_id).update(idle_seconds=197, day_cap_minutes=61)
    _shows(client, lesson, "3 min 17 s", "1 h 1 min")
    Lesson.objects.filter(pk=lesson.pk).update(minutes=lesson.minutes + 7)
    _shows(client, lesson, f"of {lesson.minutes + 7} min")
    Module.objects.filter(pk=lesson.module_id).update(title="A part of another name")
    _shows(client, lesson, '<h2 class="runhead">A part of another name</h2>', "· A part of another name</p>")
    Organisation.objects.filter(pk=school.school.pk).update(name="Riverbend Institute")
    _shows(client, lesson, "<small>Riverbend Institute</small>", "Riverbend Institute ·")
    before = Lesson.objects.get(code="MFR-2", module=lesson.module_id)
    Lesson.objects.filter(pk=before.pk).update(title="A neighbor of another name")
    _shows(client, lesson, "A neighbor of another name")


def _shows(client: Client, lesson: Lesson, *words: str) -> None:
    shown = _page(client, lesson)
    for each in words:
        assert each in shown, each


def test_a_part_depends_on_its_language_and_its_keys(settings: Any) -> None:
    part = Template('{% kept "part" key %}{{ said }}{% endkept %}')
    assert part.render(Context({"key": "a", "said": "one"})) == "one"
    assert part.render(Context({"key": "a", "said": "two"})) == "one"
    assert part.render(Context({"key": "b", "said": "two"})) == "two"
    with override("es"):
        assert part.render(Context({"key": "a", "said": "uno"})) == "uno"
    settings.DEBUG = True
    assert part.render(Context({"key": "a", "said": "three"})) == "three", "templates change while one works at them"


def test_without_a_key_nothing_is_kept() -> None:
    part = Template('{% kept "draft" key %}{{ said }}{% endkept %}')
    for said in ("one", "two"):
        assert part.render(Context({"said": said})) == said


def test_a_part_without_keys_is_a_mistake() -> None:
    with pytest.raises(TemplateSyntaxError, match="what the part depends on"):
        Template('{% kept "part" %}x{% endkept %}')
    with pytest.raises(TemplateSyntaxError, match="capture as name"):
        Template("{% capture x %}x{% endcapture %}")


def test_what_is_captured_stands_twice() -> None:
    twice = Template("{% capture as part %}<b>{{ said }}</b>{% endcapture %}{{ part }}{{ part }}")
    assert twice.render(Context({"said": "<"})) == "<b>&lt;</b><b>&lt;</b>"


def test_a_leaf_is_made_once_for_its_inputs_and_keeps_to_them() -> None:
    icons = Template('{% for name in names %}{% cotton icon name="{{ name }}" %}{% endcotton %}{% endfor %}')
    found = icons.render(Context({"names": ["pen", "seal", "pen", "<"]}))
    assert [part.split('"')[0] for part in found.split("icons.svg#")[1:]] == ["pen", "seal", "pen", "&lt;"]
    dials = Template('{% cotton dial :value="value" :of="of" %}{% endcotton %}')
    assert dials.render(Context({"value": 1, "of": 4})) != dials.render(Context({"value": 2, "of": 4}))
    assert dials.render(Context({"value": [1], "of": 4})), "what cannot be a key is made anew"


def test_there_is_an_end_to_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaves, "MOST", 10)
    part = Template('{% kept "part" key %}{{ key }}{% endkept %}')
    for key in range(1, 40):
        assert part.render(Context({"key": key})) == str(key)
        assert len(leaves._made) <= 10
