"""A learner reads a lesson in the language that she chooses; what she left in it is there in every language."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale
from wagtail.rich_text import RichText

from accounts.models import User
from courses.catalog.models import LessonPage, MediaUse
from courses.catalog.services import (
    begin_translation,
    decide_change,
    ensure_cms_roles,
    mark_studied,
    publish_lesson_page,
    sync_cms_groups,
)
from courses.study.models import Reflection, SelfCheckAnswer, StudySession
from tests.study.test_answers import JSON, Room, room  # noqa: F401 - the fixture


@pytest.fixture
def bilingual(room: Room) -> Room:  # noqa: F811
    """The lesson with its questions, in Spanish too."""
    ensure_cms_roles(room.school.school)
    sync_cms_groups(room.school.registrar)
    registrar = User.objects.get(pk=room.school.registrar.pk)
    page = begin_translation(page=room.page, locale=Locale.objects.create(language_code="es"), by=registrar)
    draft = page.get_latest_revision_as_object()
    draft.title = "La barrera"
    draft.body[0].value = RichText("<h2>Sigue</h2><p>Palabras.</p>")
    draft.body[1].value["question"] = "¿Empuja?"
    draft.save_revision()
    publish_lesson_page(page=LessonPage.objects.get(pk=page.pk))
    return room


def speak(client: Client, language: str, address: str = "/learn/") -> str:
    """Choose a language as the form does; where it leads."""
    return client.post("/i18n/setlang/", {"language": language, "next": address}).headers["Location"]


def spanish(room: Room) -> LessonPage:  # noqa: F811
    return LessonPage.objects.get(lesson=room.lesson(), locale__language_code="es")


def anew(room: Room, kind: str) -> None:  # noqa: F811
    """The original, published anew after a decision."""
    mark_studied(lesson=room.lesson())
    page = LessonPage.objects.get(pk=room.page.pk)
    page.body[0].value = RichText("<p>Said anew.</p>")
    revision = page.save_revision()
    registrar = User.objects.get(pk=room.school.registrar.pk)
    decide_change(page=LessonPage.objects.get(pk=page.pk), kind=kind, note="The dose.", by=registrar)
    revision.publish()


def test_she_chooses_the_language_on_the_page_without_script(bilingual: Room) -> None:
    soup = bilingual.soup()
    form = soup.select_one('form[action="/i18n/setlang/"]')
    assert form["aria-label"] == "Language of this lesson"
    assert form.select_one('[aria-current="true"]').get_text() == "English"
    button = form.select_one("button")
    assert (button["value"], button["lang"], button.get_text()) == ("es", "es", "español")
    assert form.select_one("[name=next]")["value"] == bilingual.url()
    assert speak(bilingual.client, "es", bilingual.url()) == bilingual.url()
    soup = bilingual.soup()
    assert soup.h1.get_text() == "La barrera"
    assert soup.h1.find_parent(lang=True)["lang"] == "es"
    assert soup.select_one(".lesson__words")["lang"] == "es"
    assert soup.html["lang"] == "en", "our own words have no Spanish yet"
    assert soup.find(string="Finish this lesson").find_parent(lang=True).name == "html"
    assert "La barrera" in soup.select_one("ol.outline").get_text()
    assert soup.title.get_text().startswith("La barrera")
    speak(bilingual.client, "en")
    assert bilingual.soup().h1.get_text() == "The barrier"


def test_one_language_needs_no_choice(room: Room) -> None:  # noqa: F811
    assert room.soup().select_one('form[action="/i18n/setlang/"]') is None
    speak(room.client, "es")
    assert room.soup().h1.get_text() == "The barrier", "another language is better than none"


def test_a_draft_in_her_language_is_not_shown(bilingual: Room) -> None:
    spanish(bilingual).unpublish()
    speak(bilingual.client, "es")
    assert bilingual.soup().h1.get_text() == "The barrier"
    assert bilingual.soup().select_one('form[action="/i18n/setlang/"]') is None


def test_what_she_left_is_there_in_every_language(bilingual: Room) -> None:
    bilingual.choose(0)
    bilingual.write("Her back.")
    speak(bilingual.client, "es")
    soup = bilingual.soup()
    assert "¿Empuja?" in soup.get_text()
    assert soup.select_one(f'input[value="{bilingual.ids(1)[0]}"]').has_attr("checked")
    assert "Her back." in soup.get_text()
    # Answered on in Spanish, it is the same answer, and says in which words she gave it.
    assert bilingual.choose(1, **JSON).json() == {"right": False, "tries": 2}
    assert bilingual.write("Su espalda.", **JSON).status_code == 200
    kept = SelfCheckAnswer.objects.get()
    assert kept.content_revision == f"es-{spanish(bilingual).live_revision_id}"
    assert Reflection.objects.get().text == "Su espalda."
    speak(bilingual.client, "en")
    assert "Su espalda." in bilingual.soup().get_text()


def test_hours_name_the_words_that_she_read(bilingual: Room) -> None:
    speak(bilingual.client, "es")
    bilingual.open()
    assert StudySession.objects.get().content_revision == f"es-{spanish(bilingual).live_revision_id}"


@pytest.mark.parametrize(
    ("kind", "says", "not_says"),
    [
        ("redo", "This translation is older than the lesson", "The original is newer"),
        ("added", "The original is newer", "This translation is older than the lesson"),
        ("cosmetic", "The original is newer", "This translation is older than the lesson"),
    ],
)
def test_a_translation_that_is_behind_says_so(bilingual: Room, kind: str, says: str, not_says: str) -> None:
    speak(bilingual.client, "es")
    assert says not in bilingual.soup().get_text()
    anew(bilingual, kind)
    text = bilingual.soup().get_text()
    assert says in text
    assert not_says not in text
    speak(bilingual.client, "en")
    assert says not in bilingual.soup().get_text()


def test_a_translation_costs_no_query(bilingual: Room, settings) -> None:
    settings.CACHES = {
        **settings.CACHES,
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"},
    }
    call_command("createcachetable")
    bilingual.write("Hers.")
    anew(bilingual, "redo")
    speak(bilingual.client, "es")
    url = bilingual.url()
    bilingual.client.get(url)  # the body is rendered once per revision
    with CaptureQueriesContext(connection) as queries:
        answer = bilingual.client.get(url)
    assert "This translation is older" in answer.content.decode()
    assert len(queries) <= 8, "\n".join(query["sql"] for query in queries)


def test_titles_on_her_home_are_in_her_language(bilingual: Room) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            bilingual.client.get("/learn/")
        return len(queries)

    before = asked()
    speak(bilingual.client, "es")
    assert "La barrera" in bilingual.client.get("/learn/").content.decode()
    assert asked() <= before + 1, "at most the language itself"


def test_nobody_else_reads_it(bilingual: Room) -> None:
    for who in (Client(), bilingual.school.client(bilingual.school.foreign_registrar)):
        speak(who, "es")
        answer = who.get(bilingual.url())
        assert answer.status_code in {302, 404}
        assert "La barrera" not in answer.content.decode()
    assert not MediaUse.objects.exists()


def test_the_form_leads_nowhere_else(bilingual: Room) -> None:
    assert speak(bilingual.client, "es", "https://evil.example/") == "/"
