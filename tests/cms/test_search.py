"""Search: what each person may find and nothing else, whatever is typed, with plurals and slips of the pen forgiven."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.utils.html import escape
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from wagtail.rich_text import RichText

from accounts.services import grant_role
from cms.search import forms, marked, meant_by, snippet, words_in
from cms.services import ensure_standard_page
from courses.catalog.models import Lesson, LessonPage, Module, ProgramPage
from courses.catalog.services import (
    ensure_program_index,
    ensure_term,
    load_lesson_page,
    load_module_page,
    load_program,
    load_program_page,
)
from courses.enrollments.models import Enrollment
from courses.enrollments.services import enroll
from tests.catalog.conftest import PROGRAM
from tests.effort import examples
from tests.layers import layer

# Words that stand in one place alone.
BODY, DRAFT, FOREIGN, CLOSED, ANSWER = "Zebrafascia", "Quaggaligament", "Okapitendon", "Tapirjoint", "Dugongnerve"


def results(client, asked: str, **more) -> str:
    """What a search answered, without the form that repeats the question."""
    answer = client.get("/search/", {"q": asked, **more})
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "did not answer" not in html
    return " ".join(html.split('role="search"', 1)[1].split("</form>", 1)[1].split("</main>")[0].split())


@layer
def taught(building: None, school, rule_set) -> None:
    """Both schools teach; the learner studies at the first; its second lesson is published and closed."""
    program = ProgramPage.objects.get().program
    page = ProgramPage.objects.get()
    closed = Lesson.objects.get(code="MFR-2")
    prose = {"type": "prose", "value": f"<p>{CLOSED} stands here.</p>"}
    load_lesson_page(closed, {"title": f"The second barrier {CLOSED}title", "lede": CLOSED, "blocks": [prose]}, page)
    Lesson.objects.filter(pk=closed.pk).update(gates=[{"kind": "lesson", "code": "MFR-1"}])
    first = LessonPage.objects.get(lesson__code="MFR-1")
    body = list(first.body.raw_data)
    first.body = [
        *body,
        {
            "type": "self_check",
            "value": {
                "question": "Which?",
                "explanation": ANSWER,
                "choices": [
                    {"text": "One", "correct": True, "feedback": ""},
                    {"text": "Two", "correct": False, "feedback": ""},
                ],
            },
        },
    ]
    first.save_revision().publish()
    ensure_term(school=school.school, term="Fascia", meaning=f"A sheet, {BODY}term.", also=["fasciae"])
    ensure_term(school=school.other_school, term=f"{FOREIGN}term", meaning="Hidden.")
    other = load_program({**PROGRAM, "code": "OTHER", "title": "Another program"}, school.other_school, rule_set, {})
    index = ensure_program_index(parent=page.get_parent().get_parent(), title="Programs")
    other_page = load_program_page(other, {**PROGRAM, "page": {"slug": "other"}}, index)
    load_lesson_page(
        Lesson.objects.get(module__program=other, code="MFR-1"),
        {"title": f"{FOREIGN}title", "lede": FOREIGN, "blocks": [{"type": "prose", "value": f"<p>{FOREIGN}</p>"}]},
        other_page,
    )
    enroll(user=school.learner_user, program=program, source_key="desk:daniela")


@pytest.fixture
def learner(school, taught) -> Client:
    return school.client(school.learner_user)


# ---------------------------------------------------------------- who finds what


def test_a_learner_finds_her_lessons_terms_and_pages(learner):
    text = results(learner, BODY)
    assert f"<mark>{BODY}</mark>" in text and "/learn/lessons/" in text
    assert text.index(">Lessons</h2>") < text.index(">Glossary</h2>") if "Glossary" in text else True
    text = results(learner, "fascia")
    assert ">Glossary</h2>" in text and "<mark>Fascia</mark>" in text and "#term-" in text
    assert "Myofascial release, 1.1" in results(learner, "barrier")


@pytest.mark.parametrize("word", [CLOSED, f"{CLOSED}title", FOREIGN, f"{FOREIGN}title", f"{FOREIGN}term", DRAFT])
def test_a_learner_finds_nothing_closed_foreign_or_unpublished(learner, word):
    draft = LessonPage.objects.get(lesson__code="MFR-1", lesson__module__program__code="SMALL")
    later = draft.get_latest_revision_as_object()
    later.title = f"The barrier {DRAFT}"
    later.body = [("prose", RichText(f"<p>{DRAFT}</p>"))]
    later.save_revision()
    text = results(learner, word)
    assert "Nothing has all of these words" in text
    assert "/learn/" not in text and word not in text


def test_what_opens_is_found_and_what_is_retired_or_taken_down_is_not(learner):
    Lesson.objects.filter(code="MFR-2").update(gates=[])
    assert f"<mark>{CLOSED}</mark>" in results(learner, CLOSED)
    Lesson.objects.filter(code="MFR-2").update(retired_at="2026-01-01T00:00Z")
    assert CLOSED not in results(learner, CLOSED)
    Lesson.objects.filter(code="MFR-2").update(retired_at=None)
    LessonPage.objects.get(lesson__code="MFR-2").unpublish()
    assert CLOSED not in results(learner, CLOSED)
    Module.objects.filter(code="MFR").update(state=Module.State.RETIRED)
    assert BODY not in results(learner, BODY).replace(f"{BODY}term", "")


@pytest.mark.parametrize(("state", "finds"), [("suspended", False), ("withdrawn", False), ("completed", True)])
def test_only_a_place_that_may_read_finds(learner, state, finds):
    Enrollment.objects.update(state=state)
    assert ("/learn/" in results(learner, BODY)) is finds
    assert ("/learn/" in results(learner, "fasciae")) is finds


def test_each_role_finds_its_own_schools(school, taught, client):
    """Staff find all published lessons of their school; nobody finds those of another; visitors find none."""
    for user in (school.instructor, school.coordinator, school.registrar, school.admin):
        browser = school.client(user)
        assert f"<mark>{BODY}</mark>" in results(browser, BODY)
        assert f"<mark>{CLOSED}</mark>" in results(browser, CLOSED)
        assert FOREIGN not in results(browser, FOREIGN) and FOREIGN not in results(browser, f"{FOREIGN}term")
    foreign = school.client(school.foreign_registrar)
    assert f"<mark>{FOREIGN}</mark>" in results(foreign, FOREIGN)
    assert f"<mark>{FOREIGN}term</mark>" in results(foreign, f"{FOREIGN}term")
    strangers = [foreign, school.client(school.other_learner_user), client]
    for browser in strangers:
        for word in (BODY, CLOSED, f"{CLOSED}title", f"{BODY}term"):
            text = results(browser, word)
            assert word not in text and "/learn/" not in text, word
    for browser in strangers[1:]:
        assert FOREIGN not in results(browser, FOREIGN)


def test_links_open_what_they_promise(school, learner):
    for browser in (learner, school.client(school.instructor)):
        for asked in ("barrier", "fascia"):
            links = re.findall(r'<h3 dir="auto"><a href="([^"]+)"', results(browser, asked))
            assert links
            for link in links:
                assert browser.get(link).status_code == 200, link


def test_no_snippet_tells_the_answer_of_a_check(learner):
    text = results(learner, ANSWER)
    assert ANSWER not in text


def test_an_answer_to_a_person_is_kept_by_no_cache(learner, client):
    assert learner.get("/search/?q=barrier")["Cache-Control"] == "private, no-store"
    assert "no-store" not in client.get("/search/?q=barrier").get("Cache-Control", "")


# ---------------------------------------------------------------- words


def test_singular_and_plural_find_each_other(learner):
    assert "/learn/" in results(learner, "barriers")
    assert "<mark>Fascia</mark>" in results(learner, "fascias")
    assert "/programs/small/" in results(learner, "therapist")


@pytest.mark.parametrize(
    ("word", "also"),
    [("muscles", "muscle"), ("muscle", "muscles"), ("bodies", "body"), ("body", "bodies"), ("processes", "process"),
     ("process", "processes"), ("biopsy", "biopsies")],
)  # fmt: skip
def test_forms_of_a_word(word, also):
    assert also in forms(word)
    assert forms("is") == ("is",)


def test_all_words_must_stand_there(learner):
    assert "Nothing has all" in results(learner, f"{BODY} Tapirless")
    assert "/learn/" in results(learner, f"{BODY} barriers")
    assert "/learn/" in results(learner, f"barriers {BODY} nowhere")


def test_a_slip_of_the_pen_is_forgiven_and_said(learner, client):
    text = results(learner, "bariers")
    assert "Nothing has <strong>bariers</strong>. Here is what has <strong>barrier</strong>." in text
    assert "/learn/" in text
    assert "<strong>myofascial</strong>" in results(client, "myofacial")
    assert "Nothing has all" in results(client, "Zebrafasca"), "no word of a lesson is told to a visitor"


def test_a_word_that_only_a_text_has_is_meant_too(whole, site, client):
    ensure_standard_page(
        parent=site.get_parent(), school=whole.school,
        content={"title": "How we measure", "slug": "measure", "intro": "A goniometer for each of you."},
    )  # fmt: skip
    assert "Here is what has <strong>goniometer</strong>." in results(client, "goniometre")


def test_what_may_be_meant(db):
    known = ["barrier", "fascia", "muscle"]
    assert meant_by(["bariers", "of"], known)[1] == "of"
    assert meant_by(["barrier"], known) == ["barrier"]
    assert meant_by(["qqqqqqqq"], known) == ["qqqqqqqq"]
    assert meant_by(["x" * 200], known) == ["x" * 200]


def test_without_the_extension_the_library_guesses(db, monkeypatch):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP EXTENSION IF EXISTS pg_trgm")
    assert meant_by(["fasca"], ["barrier", "fascia"]) == ["fascia"]


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="pg_trgm is PostgreSQL's")
def test_with_the_extension_the_database_guesses(db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    assert meant_by(["fasca"], ["barrier", "fascia"]) == ["fascia"]
    assert meant_by(["qqqq"], ["barrier", "fascia"]) == ["qqqq"]


# ---------------------------------------------------------------- whatever is typed


OPERATORS = st.sampled_from(
    ['"', "*", "NEAR(", "AND", "OR", "NOT", "-", "^", ":", "(", ")", "{", "\x00", "%", "_", "\\", "'", ";", "😀", "‮", "שלום",
     "a" * 10_000, "title:", "+", "~", "|", "&", "!", "<->", "İ", "ß", "\u0301", "ﬁ", "𝟙"]
)  # fmt: skip


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asked=st.lists(OPERATORS | st.text(max_size=12), max_size=6).map(" ".join),
    kind=st.sampled_from(["", "lessons", "pages", "x"]),
)
def test_any_input_gets_an_answer(learner, asked, kind):
    answer = learner.get("/search/", {"q": asked.encode("utf-8", "surrogatepass"), "in": kind, "page": asked[:5]})
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "did not answer" not in html, asked
    for secret in (CLOSED, FOREIGN):
        assert secret not in html


@example(text="<i>one</i> & <b>", asked="one b")
@given(text=st.text(max_size=400), asked=st.text(min_size=1, max_size=30))
def test_marks_change_nothing_and_let_no_markup_through(text, asked):
    words = words_in(asked)
    if not words:
        return
    html = marked(text, words)
    assert html.replace("<mark>", "").replace("</mark>", "") == escape(text)
    short = snippet(text, words)
    assert len(short.replace("<mark>", "").replace("</mark>", "")) <= len(escape(text)) + 8
    assert "<" not in short.replace("<mark>", "").replace("</mark>", "")


def test_a_snippet_stands_around_what_was_found():
    text = "One two three. " * 40 + "The <b>barrier</b> answers. " + "Four five six. " * 40
    told = snippet(text, ["barriers"])
    assert told.startswith("… ") and told.endswith(" …")
    assert "&lt;b&gt;<mark>barrier</mark>&lt;/b&gt;" in told
    assert 100 < len(told) < 320
    assert snippet("Nothing of it.", ["barrier"], "Else.") == "Else."


# ---------------------------------------------------------------- pages and numbers


def test_many_results_come_by_pages(whole, site, client):
    for number in range(27):
        ensure_standard_page(
            parent=site.get_parent(), school=whole.school,
            content={"title": f"Gazelle {number}", "slug": f"gazelle-{number}", "intro": "A gazelle."},
        )  # fmt: skip
    text = results(client, "gazelle")
    assert text.count("<h3") == 5 and "Show all 27" in text
    first = results(client, "gazelle", **{"in": "pages"})
    assert first.count("<h3") == 20 and "Page 1 of 2" in first
    second = results(client, "gazelle", **{"in": "pages", "page": "2"})
    assert second.count("<h3") == 7
    assert set(re.findall(r"gazelle-\d+", first)).isdisjoint(re.findall(r"gazelle-\d+", second))


def test_queries(learner, client, school, django_assert_max_num_queries):
    """As the selectors state them, for a visitor, a learner with one place, and staff of a school with one program."""
    for browser, most in ((client, 9), (learner, 24), (school.client(school.instructor), 21)):
        browser.get("/search/?q=barrier")
        with django_assert_max_num_queries(most):
            browser.get("/search/?q=barrier")


def test_lessons_do_not_make_more_queries(learner, django_assert_max_num_queries):
    learner.get("/search/?q=barrier")
    with django_assert_max_num_queries(24) as first:
        learner.get("/search/?q=barrier")
    count = len(first)
    assert count > 5
    page = ProgramPage.objects.get(program__code="SMALL")
    module = Module.objects.get(code="MFR", program__code="SMALL")
    load_module_page(module, page)
    for number in range(6):
        lesson = Lesson.objects.create(
            module=module, code=f"X-{number}", title=f"Barrier {number}", minutes=10, category="mfr"
        )
        load_lesson_page(lesson, {"title": f"Barrier {number}", "blocks": []}, page)
    learner.get("/search/?q=barrier")
    with django_assert_max_num_queries(count):
        assert "Barrier" in learner.get("/search/?q=barrier").content.decode()


def test_a_page_that_stands_twice_is_found_once(published, client):
    page = published.get_ancestors().type(ProgramPage).get().specific
    page.create_alias(update_slug="again")
    assert results(client, "small program").count("/programs/small/") == 1
    assert "/programs/again/" not in results(client, "small program")


def test_what_can_be_found_is_said(learner, client):
    assert "The lessons that are open to you" in results(learner, "")
    assert "After you sign in" in results(client, "")


def test_an_instructor_who_also_studies_elsewhere_finds_both(school, taught):
    grant_role(user=school.learner_user, organisation=school.other_school, role="instructor")
    browser = school.client(school.learner_user)
    assert f"<mark>{BODY}</mark>" in results(browser, BODY)
    assert f"<mark>{FOREIGN}</mark>" in results(browser, FOREIGN)
    assert CLOSED not in results(browser, CLOSED)
