"""Each kind of block keeps its word: what it shows, what it refuses, what it works without."""

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.http import Http404
from django.test import Client
from wagtail import blocks
from wagtail.admin.widgets import AdminAutoHeightTextInput

from courses.catalog.blocks import LessonBody
from courses.catalog.cleaning import allowed_host
from courses.catalog.models import Figure, LessonPage
from courses.catalog.selectors import fresh_body, lesson_page, rendered_body
from courses.enrollments.services import enroll
from tests.catalog.test_bodies import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def soup(published) -> BeautifulSoup:
    """The published lesson with one block of every kind."""
    return BeautifulSoup(rendered_body(lesson_page(published.lesson, "en")), "html.parser")


def block_in(page: LessonPage, kind: str) -> str:
    return next(child.id for child in page.body if child.block_type == kind)


def test_points_stand_on_the_drawing_and_in_a_list_in_one_order(soup):
    marks, items = soup.select("svg.spots__at"), soup.select("ol.spots__list > li")
    assert [(mark["x"], mark["y"]) for mark in marks] == [("25%", "40%"), ("75%", "5%")]
    assert [item.b.get_text() for item in items] == ["Heel", "Fingers"]
    for number, (mark, item) in enumerate(zip(marks, items, strict=True), start=1):
        assert mark.a["href"] == f"#{item['id']}"
        assert mark.a["aria-label"] == f"{number}: {item.b.get_text()}"
    assert soup.select_one(".spots svg.fig[role=img] title").get_text() == "The hold"
    assert not soup.select("[style]")


@pytest.mark.parametrize("place", [{"x": -1, "y": 5}, {"x": 5, "y": 101}, {"x": "a", "y": 5}])
def test_a_point_stands_on_the_figure(program, program_page, figure, place):
    points = [{"name": "Heel", "says": "Rests.", **place}]
    with pytest.raises(ValidationError):
        made(program, program_page, {"type": "hotspots", "value": {"figure": "hold", "points": points}})


def table(**more):
    return {"type": "table", "value": {"caption": "Seconds", "columns": ["Layer"], "rows": [["Deep"]], **more}}


def test_a_table_names_its_rows_and_columns(soup):
    found = soup.select_one("table.table--facts")
    assert found.caption.get_text() == "Seconds by layer"
    assert [head.get_text() for head in found.select("thead th[scope=col]")] == ["Layer", "Seconds"]
    assert [head.get_text() for head in found.select("tbody th[scope=row]")] == ["Superficial", "Deep"]
    assert found.select_one("tbody td.num").get_text() == "60"


def test_a_table_may_have_rows_without_names(program, program_page):
    found = BeautifulSoup(made(program, program_page, table(row_names=False)), "html.parser")
    assert not found.select("th[scope=row]") and found.select_one("tbody td").get_text() == "Deep"


@pytest.mark.parametrize(
    ("more", "says"),
    [({"caption": " "}, "caption"), ({"columns": [""]}, "Name each column"), ({"rows": []}, "at least one column")],
)
def test_a_table_refuses(program, program_page, more, says):
    with pytest.raises(ValidationError, match=says):
        made(program, program_page, table(**more))


@pytest.mark.parametrize("columns", [1, 4])
def test_a_comparison_has_two_or_three_columns(program, program_page, columns):
    value = {"title": "A", "columns": [{"kind": "do", "title": "B", "body": "C"}] * columns}
    with pytest.raises(ValidationError):
        made(program, program_page, {"type": "comparison", "value": value})


def test_sides_of_a_comparison_are_told_by_words_too(soup):
    signs = [sign.get_text() for sign in soup.select(".compare__sign")]
    assert signs == ["This", "Not this"]


def test_a_case_hides_its_answers_without_script(soup):
    answer = soup.select_one(".case details")
    assert not answer.has_attr("open") and answer.select_one(".prose").get_text() == "The glide."
    assert "What first?" in answer.summary.get_text(), "each summary says which answer it opens"


HOSTS = ["youtube.com", "doi.org"]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://youtube.com/x", "youtube.com"),
        ("https://www.YouTube.com/x?y=1#z", "www.youtube.com"),
        ("https://doi.org/10.1/2", "doi.org"),
        ("http://youtube.com/x", ""),
        ("https://notyoutube.com/x", ""),
        ("https://youtube.com.evil.example/x", ""),
        ("https://evil.example/youtube.com", ""),
        ("https://youtube.com@evil.example/", ""),
        ("https://evil.example\\@youtube.com/", ""),
        ("https://evil.example#@youtube.com/", ""),
        ("https://youtube.com:8443/x", ""),
        ("https://user@youtube.com/x", ""),
        ("https://youtube.com/\n", ""),
        ("https://yоutube.com/", ""),  # a Cyrillic o
        ("https://[youtube.com/", ""),
        ("https://youtube.com:x/", ""),
        ("//youtube.com/x", ""),
        ("javascript://youtube.com/%0aalert(1)", ""),
        ("data:text/html,https://youtube.com", ""),
        ("", ""),
    ],
)
def test_only_listed_hosts(url, host):
    assert allowed_host(url, HOSTS) == host


def test_an_address_elsewhere_is_a_link_and_loads_nothing(soup):
    link = soup.find("a", string=lambda text: text and "A film" in text) or soup.select_one("a[rel~=external]")
    assert link["href"] == "https://www.youtube.com/watch?v=1"
    assert {"noopener", "noreferrer"} <= set(link["rel"])
    for tag in soup.find_all(src=True):
        assert tag["src"].startswith("/"), tag
    assert not soup.select("iframe, object, embed, link, img")


def test_other_sites_are_refused_with_the_list(program, program_page, settings):
    block = {"type": "embed", "value": {"url": "https://example.org/x", "title": "A film"}}
    with pytest.raises(ValidationError, match=r"these sites only: youtube\.com") as refused:
        made(program, program_page, block)
    assert "https" in str(refused.value)
    settings.EMBED_HOSTS = ["example.org"]
    assert "example.org" in made(program, program_page, block)


def test_what_left_the_list_is_not_shown(published, settings):
    settings.EMBED_HOSTS = []
    assert "youtube" not in fresh_body(published)


def test_a_file_is_handed_out_by_its_lesson_alone(published, whole, document):
    block = block_in(published, "download")
    address = f"/learn/lessons/{published.lesson.uuid}/files/{block}/"
    assert address in rendered_body(lesson_page(published.lesson, "en"))
    learner = whole.client(whole.learner_user)
    assert learner.get(address).status_code == 404, "not enrolled"
    enroll(user=whole.learner_user, program=published.lesson.module.program, source_key="desk:1")
    answer = learner.get(address)
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, b"%PDF-1.7 sheet")
    assert answer["Content-Disposition"] == f'attachment; filename="{document.filename}"'
    assert answer["Cache-Control"] == "private, no-store"
    assert whole.client(whole.instructor).get(address).status_code == 200
    assert whole.client(whole.foreign_registrar).get(address).status_code == 404
    assert Client().get(address).status_code == 302
    other = block_in(published, "figure")
    assert learner.get(f"/learn/lessons/{published.lesson.uuid}/files/{other}/").status_code == 404
    LessonPage.objects.get(pk=published.pk).unpublish()
    assert learner.get(address).status_code == 404, "withdrawn with its lesson"


def test_wagtails_own_address_of_a_file_opens_for_its_editors(document, whole, editor, foreign_editor):
    assert editor.get(document.url).status_code == 200
    for client in (Client(), whole.client(whole.learner_user), foreign_editor):
        assert client.get(document.url).status_code == 404
    assert Client().get(f"/media/{document.file.name}").status_code == 404


def test_a_draft_leads_to_the_library(published, document):
    assert f'href="{document.url}"' in fresh_body(published)


def test_a_deleted_file_or_figure_leaves_no_hole(published, document, figure):
    document.delete()
    Figure.objects.all().delete()
    html = fresh_body(LessonPage.objects.get(pk=published.pk))
    assert "Record sheet" not in html and "spots" not in html and "Willard" in html


def test_a_file_of_another_school_is_not_found(program, program_page, whole):
    with pytest.raises(ValidationError, match="no file"):
        made(program, program_page, {"type": "download", "value": "Elsewhere"})


def test_every_field_says_what_it_is():
    """An editor sees a name on each field, of each block, however deep."""
    for block in LessonBody().child_blocks.values():
        assert block.label and str(block.get_description()).endswith(".")


def lacking(block, state, path):
    """The fields of a block that its state in the editor's form does not hold: the script writes "undefined" there."""
    if isinstance(block, blocks.StructBlock):
        for name, child in block.child_blocks.items():
            yield from [f"{path}.{name}"] if name not in state else lacking(child, state[name], f"{path}.{name}")
    elif isinstance(block, blocks.ListBlock):
        for item in state:
            yield from lacking(block.child_block, item["value"], path)


@pytest.mark.parametrize("name", LessonBody().child_blocks)
def test_a_block_begins_whole_and_without_a_complaint(name):
    block = LessonBody().child_blocks[name]
    value = block.get_default()
    assert not list(lacking(block, block.get_form_state(value), name))
    lists = block.child_blocks.items() if isinstance(block, blocks.StructBlock) else [(name, block)]
    for part, child in lists:
        if isinstance(child, blocks.ListBlock):
            begun = value[part] if isinstance(block, blocks.StructBlock) else value
            assert len(begun) >= (child.meta.min_num or 0), f"{part} opens with a complaint about its number"


def test_a_comparison_begins_as_this_and_not_this():
    columns = LessonBody().child_blocks["comparison"].get_default()["columns"]
    assert [column["kind"] for column in columns] == ["do", "dont"]


@pytest.mark.parametrize("name", ["objectives", "references"])
def test_a_sentence_has_a_field_that_grows(name):
    line = LessonBody().child_blocks[name].child_block
    assert isinstance(line.field.widget, AdminAutoHeightTextInput)
    assert line.field.widget.attrs["aria-label"] == line.label


def test_reading_needs_a_right(whole, published):
    from courses.study.access import lesson_to_read

    with pytest.raises(Http404):
        lesson_to_read(whole.other_learner_user, published.lesson.uuid)
    assert lesson_to_read(whole.instructor, published.lesson.uuid) == published.lesson
