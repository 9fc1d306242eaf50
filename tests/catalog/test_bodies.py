"""The body of a lesson: rendered once a published revision, drafts never kept, every block with its words."""

import pytest
from django.core.cache import cache
from django.template import loader
from django.urls import reverse
from wagtail.blocks import StructBlockValidationError

from courses.catalog import selectors
from courses.catalog.blocks import LessonBody, PublicBody
from courses.catalog.models import Figure, LessonPage
from courses.catalog.selectors import fresh_body, lesson_page, lesson_revision, rendered_body
from courses.catalog.services import load_lesson_page, publish_lesson_page


@pytest.fixture(autouse=True)
def _clean_cache():
    cache.clear()


@pytest.fixture
def renders(monkeypatch):
    """How often a body was rendered; counts at the border of our own function, and calls it."""
    seen = []
    plain = selectors.fresh_body
    monkeypatch.setattr(selectors, "fresh_body", lambda page: seen.append(page.pk) or plain(page))
    return seen


def test_every_block_has_its_words(published):
    html = rendered_body(lesson_page(published.lesson, "en"))
    for words in (
        "Find the first barrier.", "<h2>Zebrafascia</h2>", "<em>nowhere</em>", "Plate 1.", "<li>Fascia</li>",
        'role="img"', "<desc", "Client prone.", "<dt>time</dt><dd>60 s</dd>", "<dt>load</dt><dd>2 kg</dd>", "Sliding.",
        "Numb saddle", "Write it down", 'kind="captions"', "Read it instead", "It pushes back?", "Show the answer",
        "It guards.", "Willard FH, 2012.",
    ):  # fmt: skip
        assert words in html, words
    assert "<script" not in html
    assert " style=" not in html


def test_rendered_once_a_revision(published, renders, django_assert_num_queries):
    for _time in range(3):
        page = lesson_page(published.lesson, "en")
        html = rendered_body(page)
    assert len(renders) == 1
    with django_assert_num_queries(1):
        page = lesson_page(published.lesson, "en")
        assert rendered_body(page) == html
        assert lesson_revision(page) == f"en-{page.live_revision_id}"


def test_a_draft_is_shown_and_never_kept(published, renders):
    kept = rendered_body(lesson_page(published.lesson, "en"))
    draft = published.get_latest_revision_as_object()
    draft.body = [("prose", "<p>Only a draft.</p>")]
    revision = draft.save_revision()
    as_object = revision.as_object()
    assert "Only a draft." in rendered_body(as_object)
    assert "Only a draft." in rendered_body(as_object)
    assert rendered_body(lesson_page(published.lesson, "en")) == kept
    assert len(renders) == 3
    publish_lesson_page(page=published)
    assert "Only a draft." in rendered_body(lesson_page(published.lesson, "en"))


def test_a_changed_figure_is_seen_at_once(published, django_capture_on_commit_callbacks):
    assert "The hold" in rendered_body(lesson_page(published.lesson, "en"))
    with django_capture_on_commit_callbacks(execute=True):
        figure = Figure.objects.get()
        figure.title = "The other hold"
        figure.save()
    assert "The other hold" in rendered_body(lesson_page(published.lesson, "en"))


def test_a_lost_cache_costs_only_time(published, renders):
    first = rendered_body(lesson_page(published.lesson, "en"))
    cache.clear()
    assert rendered_body(lesson_page(published.lesson, "en")) == first
    assert len(renders) == 2


def test_the_page_of_a_lesson(published, program, django_assert_num_queries):
    lesson = published.lesson
    with django_assert_num_queries(1):
        assert lesson_page(lesson, "es") == published, "another language is better than none"
    LessonPage.objects.get(pk=published.pk).unpublish()
    assert lesson_page(lesson, "en") is None


def test_publishing_needs_a_lesson(published, program_page):
    copy = LessonPage.objects.get(pk=published.pk).copy(update_attrs={"slug": "copy"}, keep_live=False)
    with pytest.raises(Exception, match="lesson") as refused:
        publish_lesson_page(page=copy)
    assert "lesson" in refused.value.message_dict
    assert publish_lesson_page(page=published) == published


def test_the_same_figure_twice_has_ids_of_its_own(program, program_page, figure):
    lesson = program.modules.get(code="MFR").lessons.get(code="MFR-2")
    twice = {"title": "Twice", "blocks": [{"type": "figure", "value": {"figure": "hold"}}] * 2}
    html = fresh_body(load_lesson_page(lesson, twice, program_page))
    ids = [part.split('"')[0] for part in html.split(' id="')[1:]]
    assert len(ids) == len(set(ids))
    assert "Plate 2." in html


def test_evil_text_in_the_row_is_clean_on_the_page(published):
    """Past the forms and the services: as if an import had written the row."""
    raw = (
        '[{"type": "prose", "value": "<p>ok<script>alert(1)</script>'
        '<a href=\\"javascript:alert(1)\\" onclick=\\"x\\">a</a></p>"}]'
    )
    LessonPage.objects.filter(pk=published.pk).update(body=raw)
    html = rendered_body(lesson_page(published.lesson, "en"))
    assert "ok" in html
    for trace in ("<script", "javascript", "onclick"):
        assert trace not in html


def test_plain_text_fields_are_escaped(program, program_page, figure):
    lesson = program.modules.get(code="MFR").lessons.get(code="MFR-2")
    evil = '"><script>alert(1)</script>'
    blocks = [
        {"type": "objectives", "value": [evil]},
        {"type": "steps", "value": {"title": evil, "intro": evil, "steps": [
            {"title": evil, "body": evil, "dose": evil, "pressure": evil}], "faults": [evil]}},
        {"type": "callout", "value": {"kind": "note", "title": evil, "body": evil}},
        {"type": "callout", "value": {"kind": "red_flag", "title": evil, "body": evil}},
        {"type": "self_check", "value": {"question": evil, "explanation": evil, "choices": [
            {"text": evil, "correct": True, "feedback": evil}, {"text": evil, "feedback": evil}]}},
        {"type": "figure", "value": {"figure": "hold", "note": evil}},
        {"type": "references", "value": [evil]},
    ]  # fmt: skip
    Figure.objects.update(title=evil, description=evil, legend=evil, caption=evil)
    html = fresh_body(load_lesson_page(lesson, {"title": evil, "slug": "evil", "blocks": blocks}, program_page))
    assert "<script" not in html
    assert "alert(1)" in html


def test_every_block_can_be_previewed(published, editor):
    for name, block in LessonBody().child_blocks.items():
        assert block.meta.icon
        assert block.meta.group
        assert block.get_description(), name
        assert block.is_previewable, name
        loader.get_template(block.meta.template)
        answer = editor.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})
        assert answer.status_code == 200, name
        assert b"components.css" in answer.content
    assert set(PublicBody().child_blocks) < set(LessonBody().child_blocks)
    assert "media" not in PublicBody().child_blocks, "clips are for learners only"


def test_a_clip_needs_captions(clip):
    clip.captions = ""
    clip.save()
    with pytest.raises(StructBlockValidationError) as refused:
        block = LessonBody().child_blocks["media"]
        block.clean(block.to_python({"media": clip.pk, "caption": ""}))
    assert "no captions" in str(refused.value.block_errors["media"])
