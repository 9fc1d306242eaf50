"""Photographs in lessons: what is refused, who gets them and how, that nothing public knows where they are."""

import json
import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from PIL import Image
from wagtail.models import Locale

from accounts.services import ensure_user
from courses.catalog.blocks import LessonBody
from courses.catalog.models import PUBLIC_COPIES, LessonPage, SchoolImage, SchoolRendition, private_storage
from courses.catalog.selectors import fresh_body, lesson_page, rendered_body
from courses.catalog.services import begin_translation, ensure_image, publish_lesson_page
from courses.catalog.translating import raw_stream
from courses.enrollments.services import enroll, suspend
from tests.files import picture
from tests.worlds import School

from .conftest import keys, staff
from .test_bodies import made
from .test_drafts import autosave
from .test_review import edit_url, form

PUBLISH = {"action-publish": "Publish"}
ALT = "Two hands lie crossed on a back."
LONG = "The left hand lies under the right one.\n\nBoth elbows are straight."


def photograph_of(school, title: str = "Crossed hands", size: tuple[int, int] = (2000, 1200), **more) -> SchoolImage:
    file = ContentFile(picture(size=size), name="hands.jpg")
    return ensure_image(school=school, title=title, file=file, alt="Hands.", credit="Photo: Ada", **more)


def photo_block(**more) -> dict:
    value = {"image": "Crossed hands", "caption": "Before the load", "description": ALT, "long_description": LONG}
    return {"type": "photo", "value": {**value, **more}}


def steps_block(*steps: dict) -> dict:
    return {
        "type": "steps",
        "value": {"title": "Hold", "steps": [{"title": "Sink", "body": "Slowly.", **step} for step in steps]},
    }


STEP = {"photo": "Crossed hands", "photo_description": "One hand."}


@pytest.fixture(autouse=True)
def no_copies_of_other_tests() -> None:
    """Wagtail keeps copies in the cache under the number of their picture, which is the same in each test."""
    cache.clear()


@pytest.fixture
def image(whole: School) -> SchoolImage:
    """A photograph in the school's library."""
    return photograph_of(whole.school)


@pytest.fixture
def shown(program, program_page, image) -> LessonPage:
    """A published lesson with a photograph, a drawing, another photograph and one in a step."""
    made(program, program_page, photo_block(), {"type": "figure", "value": {"figure": "hold"}}, photo_block(caption=""),
         steps_block({}, STEP))  # fmt: skip
    return LessonPage.objects.get(lesson__code="MFR-2")


@pytest.fixture
def learner(whole: School, program) -> Client:
    """The browser of somebody who is enrolled."""
    enroll(user=whole.learner_user, program=program, source_key="test:photos")
    return whole.client(whole.learner_user)


def pictures(page: LessonPage) -> list:
    """The pictures that the published lesson shows, those behind "Enlarge" left out."""
    soup = BeautifulSoup(rendered_body(lesson_page(page.lesson, "en")), "html.parser")
    return [img for img in soup.select("img.photo") if not img.find_parent(class_="zoom")]


def bytes_of(answer) -> bytes:
    return b"".join(answer.streaming_content)


# ---- the block ----


def test_a_lesson_shows_it_in_two_widths_and_says_its_size_before_it_is_there(shown) -> None:
    first, second, third = pictures(shown)
    blocks = [child for child in shown.body if child.block_type == "photo"]
    step = next(child for child in shown.body if child.block_type == "steps").value["steps"].bound_blocks[1]
    for img, part in ((first, blocks[0].id), (second, blocks[1].id), (third, step.id)):
        at = f"/learn/lessons/{shown.lesson.uuid}/photos/{part}"
        assert img["src"] == f"{at}/800/"
        assert img["srcset"] == f"{at}/800/ 800w, {at}/1600/ 1600w"
        assert (img["width"], img["height"]) == ("1600", "960") and img["sizes"]
    assert [img.get("loading") for img in (first, second, third)] == [None, "lazy", "lazy"]
    assert [img["alt"] for img in (first, second, third)] == [ALT, ALT, "One hand."]


def test_it_is_a_plate_with_its_words_and_grows_without_script(shown) -> None:
    soup = BeautifulSoup(rendered_body(lesson_page(shown.lesson, "en")), "html.parser")
    assert [no.get_text() for no in soup.select(".plate__no")] == ["Plate 1.", "Plate 2.", "Plate 3."]
    plates = soup.select("figure.plate:has(img.photo)")
    assert plates[0].select_one(".plate__title").get_text() == "Before the load"
    assert plates[0].select_one(".plate__credit").get_text() == "Photo: Ada", "that of the library, since none is given"
    assert plates[0].select_one("details.plate__words summary").get_text() == "Described at length"
    assert plates[0].select_one("details.plate__words p").get_text() == LONG
    for plate, name in zip(plates, ("Before the load", ALT, "One hand."), strict=True):
        button = plate.select_one("button[popovertarget]")
        large = soup.find(id=button["popovertarget"])
        assert large.has_attr("popover") and large["aria-label"] == name and name in button.get_text()
        big = large.select_one("img.photo")
        assert big["srcset"] == plate.select_one("img.photo")["srcset"] and big["loading"] == "lazy"
    targets = [button["popovertarget"] for button in soup.select("button.plate__zoom")]
    assert len(set(targets)) == len(targets)
    assert not soup.select("[style]")


@pytest.mark.parametrize(
    ("size", "widths", "box"),
    [
        ((800, 600), [800], ("800", "600")),
        ((300, 600), [300], ("300", "600")),
        ((801, 400), [800, 801], ("801", "400")),
    ],
)
def test_it_is_never_drawn_wider_than_it_is(program, program_page, whole, size, widths, box) -> None:
    photograph_of(whole.school, size=size)
    made(program, program_page, photo_block())
    (img,) = pictures(LessonPage.objects.get(lesson__code="MFR-2"))
    assert [int(each) for each in re.findall(r" (\d+)w", img["srcset"])] == widths
    assert (img["width"], img["height"]) == box
    assert ("photo--tall" in img["class"]) == (size[1] > size[0])


@pytest.mark.parametrize(
    ("block", "says"),
    [
        (photo_block(description=""), "description: This field is required"),
        (photo_block(description="  "), "description: This field is required"),
        (photo_block(description="x" * 301), "description: "),
        (photo_block(image="Nobody's"), "no picture “Nobody's”"),
        (steps_block({"photo": "Crossed hands"}), "Say what the photograph shows"),
        (steps_block({**STEP, "figure": "hold"}), "one of them"),
        (steps_block({**STEP, "media": "barrier"}), "one of them"),
        (steps_block({"figure": "hold", "media": "barrier"}), "one of them"),
    ],
)
def test_what_is_refused(program, program_page, image, block, says) -> None:
    with pytest.raises(ValidationError, match=re.escape(says)):
        made(program, program_page, block)


def as_form(**more: str) -> tuple[str, dict[str, str]]:
    return "photo", {"image": "", "caption": "", "credit": "", "description": "", "long_description": "", **more}


def test_not_without_its_words_by_the_editor(published, reviewer, image) -> None:
    said = reviewer.post(edit_url(published), {**form(published, [as_form(image=str(image.pk))]), **PUBLISH})
    assert said.status_code == 200 and "This field is required" in said.content.decode()
    done = reviewer.post(
        edit_url(published), {**form(published, [as_form(image=str(image.pk), description=ALT)]), **PUBLISH}
    )
    assert done.status_code == 302 and LessonPage.objects.get(pk=published.pk).body[0].value["image"] == image


def test_another_schools_picture_is_refused(published, editor, whole) -> None:
    theirs = photograph_of(whole.other_school, "Their hands")
    step = {"title": "A", "body": json.dumps({"blocks": [], "entityMap": {}}), "dose": "", "pressure": "", "figure": "",
            "photo": str(theirs.pk), "photo_description": ALT, "media": ""}  # fmt: skip
    in_steps = {"title": "T", "intro": "", "faults-count": "0", "steps-count": "1", "steps-0-deleted": "",
                "steps-0-order": "0", "steps-0-type": "item", "steps-0-id": ""}  # fmt: skip
    in_steps |= {f"steps-0-value-{name}": value for name, value in step.items()}
    for block in (as_form(image=str(theirs.pk), description=ALT), ("steps", in_steps)):
        said = editor.post(edit_url(published), form(published, [block]))
        assert "belongs to another school" in said.content.decode(), block[0]


def test_a_program_of_files_finds_no_picture_of_another_school(program, program_page, whole) -> None:
    photograph_of(whole.other_school, "Crossed hands")
    with pytest.raises(ValidationError, match="no picture"):
        made(program, program_page, photo_block())


def test_its_words_are_found_by_those_who_may_read_them(shown, learner) -> None:
    assert f"/learn/lessons/{shown.lesson.uuid}/" in learner.get("/search/?q=elbows").content.decode()
    assert "/learn/lessons/" not in Client().get("/search/?q=elbows").content.decode()


# ---- who gets it ----


def address(page: LessonPage, place: int = 0, width: int = 800) -> str:
    return f"{pictures(page)[place]['src'].removesuffix('800/')}{width}/"


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(("width", "height"), [(800, 480), (1600, 960)])
def test_a_learner_gets_it(shown, learner, place, width, height) -> None:
    answer = learner.get(address(shown, place, width))
    assert answer.status_code == 200 and answer["Content-Type"] == "image/webp"
    data = bytes_of(answer)
    with Image.open(BytesIO(data)) as found:
        assert (found.format, found.size) == ("WEBP", (width, height))
    assert answer["Cache-Control"] == "private, no-cache" and "noindex" in answer["X-Robots-Tag"]
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]


def test_what_she_has_is_not_sent_again_but_asked_for(shown, learner, program, whole) -> None:
    at = address(shown)
    tag = learner.get(at)["ETag"]
    again = learner.get(at, headers={"if-none-match": tag})
    assert again.status_code == 304 and again["ETag"] == tag and again["Cache-Control"] == "private, no-cache"
    assert learner.get(at, headers={"if-none-match": '"other"'}).status_code == 200
    shown.unpublish()
    assert learner.get(at, headers={"if-none-match": tag}).status_code == 404


def test_it_costs_a_few_questions(shown, learner, django_assert_max_num_queries) -> None:
    at = address(shown)
    assert learner.get(at).status_code == 200
    with django_assert_max_num_queries(8):  # two for the session, two for the right, page, body, picture, copy
        assert learner.get(at).status_code == 200


NOT_HERS = ["other width", "other block", "no photograph"]


@pytest.mark.parametrize("what", NOT_HERS)
def test_nothing_else_is_handed_out(shown, learner, what) -> None:
    at = address(shown)
    part = at.split("/")[-3]
    figure = next(child.id for child in shown.body if child.block_type == "figure")
    wrong = {"other width": at.replace("/800/", "/801/"), "other block": at.replace(part, str(shown.lesson.uuid)),
             "no photograph": at.replace(part, figure)}[what]  # fmt: skip
    assert wrong != at and learner.get(wrong).status_code == 404


def test_not_for_strangers(shown, learner, whole, program, foreign_editor) -> None:
    at = address(shown)
    asked = Client().get(at)
    assert asked.status_code == 302 and asked["Location"].startswith("/accounts/login/")
    stranger = ensure_user(email="sam@example.org", legal_name="Sam Stranger", password="x" * 12)
    assert whole.client(stranger).get(at).status_code == 404
    assert foreign_editor.get(at).status_code == 404
    assert staff(whole.instructor).get(at).status_code == 200
    suspend(enrollment=program.enrollments.get())
    assert learner.get(at).status_code == 404


def test_not_while_the_lesson_waits(shown, learner, whole) -> None:
    shown.lesson.release_on = timezone.localdate() + timedelta(days=3)
    shown.lesson.save()
    assert learner.get(address(shown)).status_code == 404
    assert staff(whole.registrar).get(address(shown)).status_code == 200


def test_not_once_it_is_taken_out(shown, learner) -> None:
    at = address(shown)
    assert learner.get(at).status_code == 200
    page = shown.get_latest_revision_as_object()
    page.body = page.body.stream_block.to_python([one for one in raw_stream(shown.body) if one["type"] == "figure"])
    page.save_revision().publish()
    assert learner.get(at).status_code == 404


def test_a_lost_file_is_not_there(shown, learner, image) -> None:
    for copy in image.renditions.all():
        copy.delete()
    private_storage().delete(image.file.name)
    assert learner.get(address(shown)).status_code == 404


# ---- where it lies ----


def test_no_copy_of_it_is_public(shown, learner, image, reviewer, editor) -> None:
    for place in range(3):
        for width in (800, 1600):
            assert learner.get(address(shown, place, width)).status_code == 200
    # The library, its chooser, the editor and a preview make copies of their own.
    for at in ("/cms/images/", "/cms/images/chooser/", f"/cms/images/{image.pk}/", edit_url(shown)):
        assert reviewer.get(at).status_code == 200
    preview = reverse("wagtailadmin_pages:preview_on_edit", args=[shown.pk])
    editor.post(preview, form(shown, [as_form(image=str(image.pk), description=ALT)]))
    assert "img" in editor.get(preview).content.decode()
    copies = list(SchoolRendition.objects.all())
    assert {copy.filter_spec for copy in copies} >= {"max-165x165", "max-800x600", "original"}
    for copy in copies:
        assert private_storage().exists(copy.file.name) and not default_storage.exists(copy.file.name), copy.filter_spec
        assert Client().get(f"/media/{copy.file.name}").status_code == 404
        assert Client().get(copy.url).status_code == 302
        assert learner.get(copy.url).status_code in {302, 403, 404}
        assert editor.get(copy.url).status_code == 200


def test_an_editor_sees_it_in_her_draft_and_no_other_school_does(published, editor, image, foreign_editor) -> None:
    preview = reverse("wagtailadmin_pages:preview_on_edit", args=[published.pk])
    editor.post(preview, form(published, [as_form(image=str(image.pk), description=ALT)]))
    soup = BeautifulSoup(editor.get(preview).content, "html.parser")
    img = soup.select_one("img.photo")
    small, wide = re.findall(r"(\S+) \d+w", img["srcset"])
    assert img["src"] == small and small.startswith("/cms/images/copies/")
    for at in (small, wide):
        answer = editor.get(at)
        assert answer.status_code == 200 and answer["Content-Type"] == "image/webp"
        assert "no-store" in answer["Cache-Control"]
        assert foreign_editor.get(at).status_code == 404


SPEC = re.compile(r"\b(?:width|fill|max|min|height|scale)-[\w{},]+|\boriginal\b")


def test_public_pages_ask_for_the_copies_that_are_public() -> None:
    """Every picture of a public template, and each that our own code asks for."""
    asked = set()
    for template in Path(settings.BASE_DIR, "templates").rglob("*.html"):
        for tag in re.findall(r"{%\s*(?:srcset_)?image\s+([^%]+)%}", template.read_text()):
            (spec,) = SPEC.findall(re.sub(r'"[^"]*"', "", tag))
            form_, _brace, more = spec.partition("{")
            also = "|format-webp" if "format-webp" in tag else ""
            asked |= {f"{form_}{end}{also}" for end in (more.rstrip("}").split(",") if more else [""])}
    from cms.selectors import LOGO
    from cms.templatetags.site_tags import SHARED

    assert asked | {LOGO, SHARED} == PUBLIC_COPIES


def test_a_copy_comes_out_of_the_cache_as_private_as_it_went_in(image) -> None:
    copy = image.lesson_copy(800)
    assert copy.file.size > 0, "so that it goes in as a file, not as a name"
    cache.set("copy", copy)
    kept = cache.get("copy")
    assert kept.file.storage.exists(kept.file.name) and kept.is_private


def test_in_a_bucket_it_comes_from_our_own_origin(shown, learner, whole, in_bucket) -> None:
    image = SchoolImage.objects.get()
    for copy in image.renditions.all():
        copy.delete()
    image.file.save("hands.jpg", ContentFile(picture(size=(1000, 500))))
    answer = learner.get(address(shown))
    assert answer.status_code == 200 and Image.open(BytesIO(bytes_of(answer))).size == (800, 400)
    assert all(key.startswith("private/") for key in keys(in_bucket))


# ---- what hangs on it ----


def test_a_changed_picture_is_shown_at_once(shown, learner, image, reviewer) -> None:
    at, before = address(shown), learner.get(address(shown))["ETag"]
    assert pictures(shown)[0]["height"] == "960"
    new = ContentFile(picture(size=(1600, 1600)), name="square.jpg")
    data = {"title": image.title, "alt": "x", "credit": "Photo: Eva", "tags": "", "file": new}
    assert reviewer.post(f"/cms/images/{image.pk}/", data).status_code == 302
    assert pictures(shown)[0]["height"] == "1600"
    assert "Photo: Eva" in rendered_body(lesson_page(shown.lesson, "en"))
    assert learner.get(at)["ETag"] != before


def test_a_translation_carries_it(shown, whole) -> None:
    locale = Locale.objects.create(language_code="es")
    for person in (whole.instructor, whole.registrar):
        staff(person)
    page = begin_translation(page=shown, locale=locale, by=whole.instructor)
    draft = LessonPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    draft.body[0].value["description"] = "Dos manos cruzadas."
    draft.save_revision()
    publish_lesson_page(page=LessonPage.objects.get(pk=page.pk))
    translated = LessonPage.objects.get(pk=page.pk)
    with override("es"):
        soup = BeautifulSoup(fresh_body(lesson_page(shown.lesson, "es")), "html.parser")
    first = soup.select_one("img.photo")
    assert first["alt"] == "Dos manos cruzadas."
    assert first["src"] == pictures(shown)[0]["src"], "the same block of the same lesson"
    assert [child.id for child in translated.body] == [child.id for child in shown.body]


def test_nothing_public_holds_its_address(shown, learner, image) -> None:
    learner.get(address(shown))
    visitor = Client()
    for at in ("/sitemap.xml", "/search/?q=hands", "/search/?q=crossed", "/articles.atom", "/api/v2/pages/",
               "/api/v2/images/", shown.url, shown.get_parent().url, "/programs/small/"):  # fmt: skip
        text = visitor.get(at, follow=False).content.decode()
        for word in ("/photos/", "images/copies", "image_copies", image.filename, "Before the load", "Crossed hands"):
            assert word not in text, (at, word)
    schema = visitor.get("/api/v1/openapi.json").content.decode()
    assert "/photos/" not in schema


@pytest.mark.django_db
def test_the_examples_picture_is_nobodys() -> None:
    block = LessonBody().child_blocks["photo"]
    html = block.render(block.get_preview_value(), {"place": 1})
    img = BeautifulSoup(html, "html.parser").select_one("img")
    assert "sample-photo" in img["src"] and img["alt"] and "/cms/" not in html
    assert (Path(settings.BASE_DIR) / "static/img/sample-photo.svg").exists()
    assert not apps.get_model("catalog", "SchoolImage").objects.exists()


def test_a_draft_may_wait_for_its_picture(published, editor) -> None:
    answer = autosave(editor, published, form(published, [as_form(description=ALT)]))
    assert answer.json()["success"]
