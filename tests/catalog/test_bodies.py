"""The body of a lesson: rendered once a published revision, drafts never kept, every block with its words."""

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.template import loader
from django.urls import reverse
from wagtail.blocks import StructBlockValidationError

from courses.catalog import selectors
from courses.catalog.blocks import LessonBody, PublicBody
from courses.catalog.models import Figure, Lesson, LessonMedia, LessonPage, LibraryEdition, MediaUse
from courses.catalog.selectors import forget_bodies, fresh_body, lesson_page, lesson_revision, rendered_body
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
        "Find the first barrier.", '<h2 id="at-zebrafascia">Zebrafascia</h2>', "<em>nowhere</em>", "Plate 1.", "<li>Fascia</li>",
        'role="img"', "<desc", "Client prone.", "<dt>dose</dt><dd>60 s</dd>", "<dt>pressure</dt><dd>2 kg</dd>", "Sliding.",
        "Numb saddle", "Write it down", 'kind="captions"', "Read it instead", "It pushes back?", "Show the answer",
        "It guards.", "Look at both.", "Carries the load.", "Wait or push", "You tire.", "Seconds by layer", "90 to 120",
        "A gardener", "See what we would answer", "The glide.", "Whose back?", "Record sheet", "PDF, ", "A film",
        "Opens at youtube.com", "Willard FH, 2012.",
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


def test_a_new_release_renders_bodies_anew(published, renders, monkeypatch):
    """A body names the files of its release; those of the next have other names."""
    page = lesson_page(published.lesson, "en")
    rendered_body(page)
    forget_bodies()  # which is what a new process knows
    rendered_body(page)
    assert len(renders) == 1, "another process has it from the cache"
    forget_bodies()
    monkeypatch.setattr(selectors, "static", lambda path: f"/static/{path}?next")
    rendered_body(page)
    rendered_body(page)
    assert len(renders) == 2


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


def test_a_changed_figure_is_seen_at_once(published):
    assert "The hold" in rendered_body(lesson_page(published.lesson, "en"))
    figure = Figure.objects.get()
    figure.title = "The other hold"
    figure.save()
    assert "The other hold" in rendered_body(lesson_page(published.lesson, "en"))


def test_a_lost_cache_costs_only_time(published, renders):
    first = rendered_body(lesson_page(published.lesson, "en"))
    cache.clear()
    forget_bodies()
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


def made(program, program_page, *blocks, code="MFR-2"):
    """The body of a lesson page that was made from these blocks of a file."""
    lesson = Lesson.objects.get(code=code, module__program=program)
    return fresh_body(load_lesson_page(lesson, {"title": "Made", "slug": "made", "blocks": list(blocks)}, program_page))


def test_a_plate_has_its_words_its_credit_and_grows_without_script(program, program_page, figure):
    Figure.objects.update(credit="Drawn by Ada")
    soup = BeautifulSoup(made(program, program_page, {"type": "figure", "value": {"figure": "hold"}}), "html.parser")
    button = soup.select_one("button[popovertarget]")
    large = soup.find(id=button["popovertarget"])
    assert large.has_attr("popover") and large["aria-label"] == "The hold"
    assert soup.select_one(f"{large.select_one('.fig use')['href']} path"), "the enlarged drawing is the one above"
    assert soup.select_one("details.plate__words p").get_text() == "Two hands."
    assert soup.select_one(".plate__credit").get_text() == "Drawn by Ada"


def steps(*steps_):
    return {
        "type": "steps",
        "value": {"title": "Hold", "steps": [{"title": "Sink", "body": "Slowly.", **one} for one in steps_]},
    }


def test_a_step_shows_a_figure_or_a_clip(program, program_page, figure, clip):
    html = made(program, program_page, steps({"figure": "hold"}, {"media": "barrier"}, {}, {"figure": "hold"}))
    soup = BeautifulSoup(html, "html.parser")
    first, second, third, fourth = soup.select(".moves > li")
    assert first.select_one("svg[role=img] path") and fourth.select_one("svg[role=img] path")
    assert second.select_one(f"[data-clip='{clip.uuid}'] track[kind=captions]")
    assert third.select_one("figure") is None
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert MediaUse.objects.filter(media=clip, page__slug="made").exists(), "who may study the lesson may play the clip"


@pytest.mark.parametrize(
    ("captions", "figure_too", "says"), [("", False, "no captions"), ("a.vtt", True, "one of them")]
)
def test_a_step_refuses(program, program_page, figure, clip, captions, figure_too, says):
    LessonMedia.objects.update(captions=captions)
    with pytest.raises(ValidationError, match=says):
        made(program, program_page, steps({"media": "barrier"} | ({"figure": "hold"} if figure_too else {})))


def test_chapters_are_listed_and_lead_into_the_clip(program, program_page, clip):
    clip.chapters = ContentFile(b"WEBVTT\n\n01:05.000 --> 01:09.000\nSink & wait\n", name="c.vtt")
    clip.save()
    soup = BeautifulSoup(made(program, program_page, {"type": "media", "value": "barrier"}), "html.parser")
    link = soup.select_one("nav.chapters a")
    assert link["href"] == f"/learn/media/{clip.uuid}/file#t=65" and link["data-seek"] == "65"
    assert link.get_text(" ", strip=True) == "1:05 Sink & wait"
    assert soup.select_one("track[kind=chapters]")["src"] == f"/learn/media/{clip.uuid}/chapters"


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
        shown = BeautifulSoup(answer.content, "html.parser").select_one(".lesson__body")
        assert len(shown.get_text(strip=True)) > 20, f"{name}: the example is empty"
        assert "The hold" not in shown.get_text() and "Taking up slack" not in shown.get_text(), (
            "a school's own library"
        )
    assert set(PublicBody().child_blocks) < set(LessonBody().child_blocks)
    assert "media" not in PublicBody().child_blocks, "clips are for learners only"


def test_a_clip_needs_captions(clip):
    clip.captions = ""
    clip.save()
    with pytest.raises(StructBlockValidationError) as refused:
        block = LessonBody().child_blocks["media"]
        block.clean(block.to_python({"media": clip.pk, "caption": ""}))
    assert "no captions" in str(refused.value.block_errors["media"])


@pytest.mark.parametrize(("name", "label"), [("objectives", "Objective"), ("references", "Source")])
def test_a_line_of_a_list_has_a_name_for_readers(name: str, label: str) -> None:
    line = LessonBody().child_blocks[name].child_block
    assert f'aria-label="{label}"' in line.field.widget.render("line", "")


def test_the_name_of_the_library_changes_with_the_change_not_before_it_is_kept(published):
    """Rolled back with it: nobody throws away bodies for a change that never was."""
    before = lesson_page(published.lesson, "en").edition
    try:
        with transaction.atomic():
            Figure.objects.get().save()
            assert lesson_page(published.lesson, "en").edition != before
            raise ValueError
    except ValueError:
        pass
    assert lesson_page(published.lesson, "en").edition == before
    with pytest.raises(IntegrityError), transaction.atomic():
        LibraryEdition.objects.create(pk=2, name="a second one")
