"""What a visitor reads of a program, and the rules of the page tree that keep it honest."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale, Page

from cms.models import ArticleIndexPage, ArticlePage, HomePage, PolicyPage, StandardPage
from courses.catalog.models import Lesson, LessonPage, Module, ModulePage, Program, ProgramIndexPage, ProgramPage
from courses.catalog.selectors import program_cards, program_outline, program_page
from courses.catalog.services import (
    ensure_lesson,
    ensure_module,
    ensure_program,
    load_lesson_page,
    load_program,
    load_program_page,
)

from .conftest import LESSON, PROGRAM


def words(response) -> str:
    return " ".join(response.content.decode().split())


def test_a_visitor_reads_what_is_ready_and_what_is_not(published, program_page, client):
    text = words(client.get("/programs/small/"))
    assert "Ten hours, every one of them proved." in text
    assert "1 lesson online, 40 min: The barrier." in text
    assert "The second barrier" not in text, "a lesson without a published page is not announced as online"
    assert text.count(">In preparation</span>") == 1
    assert text.count(">Open</span>") == 1
    assert "It is not a licence." in text
    assert "An active licence" in text
    assert "small" in text.lower()
    # 10 h are required, 5 h 30 min planned: the page says what is missing and under which rules.
    assert "2 h still to be planned" in text
    assert '<a href="/rules/small-sample@1/">A small program, ten hours</a> (Sample)' in text
    assert "no-store" not in client.get("/programs/small/").headers.get("Cache-Control", "")


def test_the_list_shows_open_programs_only(program_page, program, client):
    assert "/programs/small/" in words(client.get("/programs/"))
    Program.objects.filter(pk=program.pk).update(is_open=False)
    text = words(client.get("/programs/"))
    assert "/programs/small/" not in text
    assert "No program takes learners at present" in text


def test_outline_counts(program, published, django_assert_num_queries):
    program = Program.objects.get(pk=program.pk)
    with django_assert_num_queries(3):
        outline = program_outline(program)
    with django_assert_num_queries(2):
        program_outline(program)
    assert (outline.required, outline.planned, outline.online) == (600, 330, 40)
    assert [line.ready for line in outline.modules] == [True, False]
    assert [line.number for line in outline.modules[0].lessons] == ["1.1", "1.2"]
    mfr, nmt, externship = outline.categories
    assert (mfr.required, mfr.planned, mfr.ready, mfr.short) == (240, 240, 40, 0)
    assert (nmt.planned, nmt.ready, nmt.short) == (90, 0, 30)
    assert externship.short == 120
    Lesson.objects.filter(code="MFR-2").update(retired_at="2026-01-01T00:00Z")
    assert len(program_outline(program).modules[0].lessons) == 1


def test_an_externship_counts_in_its_category(whole, rule_set):
    content = {
        **PROGRAM,
        "code": "EXT",
        "externship": {"category": "externship", "minutes": 120, "summary": "In a clinic."},
    }
    outline = program_outline(load_program(content, whole.school, rule_set, {}))
    assert outline.categories[2].planned == 120
    assert outline.planned == 450


def test_queries_of_the_program_page_do_not_grow(program_page, program, client, django_assert_max_num_queries):
    client.get("/programs/small/")
    with django_assert_max_num_queries(24) as first:
        client.get("/programs/small/")
    for number in range(8):
        module = ensure_module(program=program, code=f"M{number}", title="More", category="mfr", minutes=60)
        ensure_lesson(module=module, code=f"M{number}-1", title="More", minutes=10)
    with django_assert_max_num_queries(len(first)):
        client.get("/programs/small/")


def test_cards_and_page_by_program(program_page, program, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        cards = program_cards(language="en")
    assert [card.program for card in cards] == [program]
    assert cards[0].url == "/programs/small/"
    assert program_cards(language="es") == []


def test_program_page_selector(whole, rule_set, site):
    other = load_program({**PROGRAM, "code": "OTHER"}, whole.school, rule_set, {})
    assert program_page(other) is None
    made = load_program_page(other, {**PROGRAM, "page": {"slug": "other"}}, site)
    assert program_page(other, "es") == made, "another language is better than none"


def test_where_pages_may_stand(whole):
    assert ProgramPage.allowed_parent_page_models() == [ProgramIndexPage]
    assert ModulePage.allowed_parent_page_models() == [ProgramPage]
    assert LessonPage.allowed_parent_page_models() == [ModulePage]
    assert ProgramPage.allowed_subpage_models() == [ModulePage]
    assert ModulePage.allowed_subpage_models() == [LessonPage]
    assert LessonPage.allowed_subpage_models() == []
    assert set(HomePage.allowed_subpage_models()) == {ProgramIndexPage, StandardPage, ArticleIndexPage, PolicyPage}
    assert ArticlePage.allowed_parent_page_models() == [ArticleIndexPage]
    assert ArticleIndexPage.allowed_subpage_models() == [ArticlePage]
    assert ArticleIndexPage.allowed_parent_page_models() == [HomePage]
    assert PolicyPage.allowed_parent_page_models() == [HomePage]
    assert PolicyPage.allowed_subpage_models() == ArticlePage.allowed_subpage_models() == []
    assert not ProgramIndexPage.can_create_at(Page.get_first_root_node())


def test_one_page_a_lesson_and_language(published, program_page):
    twin = LessonPage(title="Twin", lesson=published.lesson, locale=published.locale)
    program_page.refresh_from_db()
    with pytest.raises(ValidationError) as refused:
        program_page.add_child(instance=twin)
    assert "lesson" in refused.value.message_dict


def test_a_lesson_of_another_program_is_refused(published, whole, rule_set):
    other = load_program({**PROGRAM, "code": "OTHER"}, whole.school, rule_set, {})
    published.lesson = Lesson.objects.get(module__program=other, code="MFR-2")
    with pytest.raises(ValidationError) as refused:
        published.full_clean()
    assert "another program" in str(refused.value.message_dict["lesson"])


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize("tree", [True, False])
def test_copying_pages_breaks_nothing(published, program_page, live, tree):
    source = ProgramPage.objects.get(pk=program_page.pk) if tree else LessonPage.objects.get(pk=published.pk)
    copy = source.copy(recursive=tree, keep_live=live, update_attrs={"slug": "copy", "title": "Copy"}).specific
    copies = LessonPage.objects.exclude(pk=published.pk)
    assert copies.count() == 1
    lesson_copy = copies.get()
    assert (lesson_copy.lesson, lesson_copy.live) == (None, False)
    assert lesson_copy.get_latest_revision_as_object().lesson is None
    assert len(lesson_copy.body) == len(LESSON["blocks"])
    if tree:
        assert (copy.program, copy.live) == (None, False)
    assert LessonPage.objects.get(pk=published.pk).live


def test_copying_in_the_cms(published, reviewer):
    parent = published.get_parent()
    response = reviewer.post(
        reverse("wagtailadmin_pages:copy", args=[published.pk]),
        {"new_title": "Copy", "new_slug": "copy", "new_parent_page": parent.pk, "publish_copies": "on"},
    )
    assert response.status_code == 302
    assert LessonPage.objects.get(slug="copy").lesson is None


def test_an_alias_may_show_the_same_lesson_and_is_not_its_page(published, program_page):
    alias = LessonPage.objects.get(pk=published.pk).create_alias(update_slug="alias")
    assert alias.specific.lesson == published.lesson
    assert Client().get("/programs/small/myofascial-release/alias/").status_code == 302


def test_a_translation_presents_the_same_lesson(published, program_page):
    spanish = Locale.objects.create(language_code="es")
    copy = LessonPage.objects.get(pk=published.pk).copy_for_translation(spanish, copy_parents=True)
    draft = copy.get_latest_revision_as_object()
    assert draft.lesson == published.lesson
    draft.full_clean()
    draft.save_revision().publish()
    assert LessonPage.objects.filter(lesson=published.lesson, live=True).count() == 2


def test_a_page_without_its_object_is_never_live(program_page, client):
    draft = LessonPage(title="New", slug="new")
    ProgramPage.objects.get(pk=program_page.pk).add_child(instance=draft)
    assert not LessonPage.objects.get(pk=draft.pk).live
    with pytest.raises(ValidationError):
        draft.save_revision().publish()
    assert client.get("/programs/small/new/").status_code == 404


def test_a_program_keeps_its_page_and_a_lesson_its_rows(published, program):
    for row in (published.lesson, program):
        with pytest.raises(IntegrityError), transaction.atomic():  # noqa: SIM117
            with connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {row._meta.db_table} WHERE id = %s", [row.pk])
                connection.check_constraints()


def test_loading_twice_changes_nothing(published, program, program_page, whole, rule_set, site):
    Module.objects.filter(code="MFR").update(title="Edited by somebody")
    again = load_program(PROGRAM, whole.school, rule_set, {})
    assert again == program
    assert Module.objects.get(code="MFR").title == "Edited by somebody"
    assert load_program_page(program, PROGRAM, site) == program_page
    assert load_lesson_page(published.lesson, {**LESSON, "title": "Other"}, program_page) == published
    assert LessonPage.objects.count() == 1
    assert Lesson.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"category": "nonsense"}, "category"),
        ({"quiz": "QZ-9"}, None),
        ({"hours": 0.01}, None),
        ({"state": "perhaps"}, "state"),
    ],
)
def test_a_program_file_with_a_mistake_is_refused_whole(whole, rule_set, change, field):
    content = {**PROGRAM, "code": "NEW", "modules": [{**PROGRAM["modules"][0], **change}]}
    with pytest.raises(ValidationError) as refused:
        load_program(content, whole.school, rule_set, {})
    if field:
        assert field in refused.value.message_dict
    assert not Program.objects.filter(code="NEW").exists()


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ({"type": "figure", "value": {"figure": "none"}}, "no figure “none”"),
        ({"type": "media", "value": {"media": "none"}}, "no clip “none”"),
        ({"type": "poem", "value": {}}, "no block “poem”"),
        ({"type": "table", "value": {}}, "“table” lacks 'columns'"),
        ({"type": "table", "value": {"caption": "x", "columns": ["a"], "rows": [["1", "2"]]}}, "more or fewer cells"),
        ({"type": "self_check", "value": {"question": "?", "choices": [{"text": "a"}, {"text": "b"}]}}, "at least one"),
        ({"type": "self_check", "value": {"question": "?", "choices": [{"text": "a", "correct": True}]}}, "choices"),
        ({"type": "callout", "value": {"kind": "shout", "title": "x", "body": "<p>x</p>"}}, "kind"),
        ({"type": "steps", "value": {"title": "x", "steps": []}}, "steps"),
    ],
)
def test_a_lesson_file_with_a_mistake_names_the_block(program, program_page, figure, clip, block, says):
    lesson = Lesson.objects.get(code="MFR-2")
    with pytest.raises(ValidationError) as refused:
        load_lesson_page(lesson, {"title": "x", "blocks": [LESSON["blocks"][0], block]}, program_page)
    assert says in " ".join(refused.value.messages)
    assert not LessonPage.objects.filter(lesson=lesson).exists()


def test_the_database_keeps_what_it_promises(program, whole, rule_set):
    with pytest.raises(ValidationError):
        ensure_program(school=whole.school, code="X", title="X", rule_set=rule_set, gap_seconds=10)
    for column, value in (("gap_seconds", 10), ("externship_minutes", 60)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Program.objects.filter(pk=program.pk).update(**{column: value})
    with pytest.raises(IntegrityError), transaction.atomic():
        Lesson.objects.filter(code="MFR-1").update(min_seat_minutes=41)
