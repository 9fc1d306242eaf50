"""Captions at every way of publishing; who may fetch which file; where something is shown, and that it stays there."""

import json
from datetime import timedelta
from html import unescape
from xml.etree import ElementTree

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, TaskState
from wagtail.rich_text import RichText
from wagtail.test.utils.form_data import rich_text

from cms.jobs import run_due
from courses.catalog.models import (
    EditorialOffice,
    Figure,
    GlossaryTerm,
    LessonMedia,
    LessonPage,
    SchoolDocument,
    SchoolImage,
)
from courses.catalog.services import (
    ensure_document,
    ensure_figure,
    ensure_image,
    ensure_media,
    ensure_term,
    retire_lesson,
    retire_module,
)
from courses.catalog.uses import live_pages_with
from notices.models import Message
from tests.files import PDF, VTT, mp4, picture
from tests.worlds import School

from .conftest import SVG, staff
from .test_review import edit_url, form, live_body

# ---- captions at every way of publishing ----


@pytest.fixture
def silent(published: LessonPage, whole: School, editor: Client) -> LessonMedia:
    """A clip in a saved draft of the lesson; its captions were taken out afterwards, which nothing forbids."""
    clip = ensure_media(
        school=whole.school, code="later", title="Later on", file=ContentFile(mp4(2), name="later.mp4"),
        captions=ContentFile(VTT, name="later.vtt"),
    )  # fmt: skip
    body = [("prose", rich_text("<p>Newly written</p>")), ("media", {"media": str(clip.pk), "caption": ""})]
    assert editor.post(edit_url(published), form(published, body)).status_code == 302
    data = {"title": clip.title, "code": "later", "language": "en", "transcript": "", "duration": "2", "tags": ""}
    address = reverse("wagtailmedia:edit", args=[clip.pk])
    assert editor.post(address, {**data, "captions-clear": "on"}).status_code == 302
    clip.refresh_from_db()
    assert not clip.captions
    return clip


SAYS = "“Later on” has no captions"


def stays_as_it_was(page: LessonPage) -> None:
    assert "Newly written" not in live_body(page)
    assert not LessonPage.objects.filter(pk=page.pk, body__icontains="Newly").exists()


def test_not_from_the_editor(published, silent, reviewer):
    body = [("media", {"media": str(silent.pk), "caption": ""})]
    for action in ({"action-publish": "Publish"}, {}, {"action-submit": "Submit"}):
        answer = reviewer.post(edit_url(published), form(published, body, **action), follow=True)
        # A draft may be unfinished; it is not published or submitted so, and each says why.
        assert not action or "has no captions yet" in answer.content.decode()
    stays_as_it_was(published)


@pytest.mark.parametrize("script", [True, False])
def test_not_by_approval(published, silent, reviewer, whole, script):
    page = LessonPage.objects.get(pk=published.pk)
    EditorialOffice.objects.get(school=whole.school).review.start(page, whole.instructor)
    state = TaskState.objects.get(status=TaskState.STATUS_IN_PROGRESS)
    action = reverse("wagtailadmin_pages:workflow_action", args=[published.pk, "approve", state.pk])
    headers = {"x-requested-with": "XMLHttpRequest"} if script else {}
    answer = reviewer.post(action, {"comment": ""}, headers=headers)
    there = answer.json()["redirect"] if script else answer["Location"]
    assert SAYS in unescape(reviewer.get(there, follow=True).content.decode())
    state.refresh_from_db()
    assert state.status == TaskState.STATUS_IN_PROGRESS
    stays_as_it_was(published)


def test_not_on_its_day(published, silent, whole, django_capture_on_commit_callbacks):
    revision = LessonPage.objects.get(pk=published.pk).get_latest_revision()
    revision.approved_go_live_at = timezone.now() - timedelta(minutes=1)
    revision.user = whole.instructor
    revision.save()
    with django_capture_on_commit_callbacks(execute=True):
        run_due(force=True)
    stays_as_it_was(published)
    revision.refresh_from_db()
    assert revision.approved_go_live_at is None
    told = Message.objects.get(key__startswith="publication-held:")
    assert told.to == whole.instructor.email
    assert SAYS in told.body


def test_not_many_at_once(published, silent, reviewer):
    address = f"/cms/bulk/wagtailcore/page/publish/?id={published.pk}"
    assert SAYS in unescape(reviewer.post(address, follow=True).content.decode())
    stays_as_it_was(published)
    # Nor with the module above it, which publishes the drafts below, be the module live or a draft itself.
    LessonPage.objects.get(pk=published.pk).unpublish()
    for module_is_live in (True, False):
        module = published.get_parent().specific
        if not module_is_live:
            module.unpublish()
        address = f"/cms/bulk/wagtailcore/page/publish/?id={module.pk}"
        answer = reviewer.post(address, {"include_descendants": "on"}, follow=True)
        assert SAYS in unescape(answer.content.decode())
        assert Page.objects.get(pk=module.pk).live is module_is_live
        assert not LessonPage.objects.get(pk=published.pk).live


def test_a_newer_draft_does_not_hold_what_is_planned(published, silent, whole):
    """The planned revision is judged, and no other."""
    page = LessonPage.objects.get(pk=published.pk)
    page.title = "Planned"
    page.body = [("prose", RichText("<p>Planned words</p>"))]
    planned = page.save_revision(user=whole.instructor)
    page.body = page.body.stream_block.to_python([{"type": "media", "value": {"media": silent.pk, "caption": ""}}])
    page.save_revision(user=whole.instructor)
    planned.approved_go_live_at = timezone.now() - timedelta(minutes=1)
    planned.save()
    run_due(force=True)
    assert "Planned words" in live_body(published)


def test_not_by_the_api(published, silent, reviewer):
    address = f"/cms/api/main/pages/{published.pk}/action/publish/"
    answer = reviewer.post(address, content_type="application/json")
    assert answer.status_code == 400 and "no captions" in answer.content.decode()
    stays_as_it_was(published)


def test_not_by_anything_else(published, silent):
    page = LessonPage.objects.get(pk=published.pk)
    with pytest.raises(ValidationError, match="no captions"):
        page.get_latest_revision().publish()
    stays_as_it_was(published)
    LessonMedia.objects.filter(pk=silent.pk).update(captions="lesson-media/back.vtt")
    page.get_latest_revision().publish()
    assert "Newly written" in live_body(published)


# ---- who can fetch what ----

OPEN, ASKED, NONE = 200, 302, 404
"""It is sent; she is asked to log in; it is not there for her."""


@pytest.fixture
def people(published: LessonPage, whole: School, foreign_editor: Client) -> dict[str, Client]:
    """A browser for each who may knock."""
    from accounts.services import ensure_user, grant_role
    from courses.catalog.services import load_program
    from courses.enrollments.services import enroll, suspend

    from .conftest import PROGRAM

    program = published.lesson.module.program
    other = load_program({**PROGRAM, "code": "OTHER"}, whole.school, program.rule_set, {})

    def learner(name: str, place=program):
        user = ensure_user(email=f"{name.lower()}@example.org", legal_name=f"{name} Learner", password="x" * 12)
        return user, enroll(user=user, program=place, source_key=f"test:{name}")

    enrolled, _place = learner("Enrolled")
    elsewhere, _place = learner("Elsewhere", other)
    paused, place = learner("Paused")
    suspend(enrollment=place)
    lone = ensure_user(email="lone@example.org", legal_name="Lone Instructor", password="x" * 12)
    grant_role(user=lone, organisation=whole.school, role="instructor")
    return {
        "visitor": Client(),
        "enrolled": whole.client(enrolled),
        "elsewhere": whole.client(elsewhere),
        "paused": whole.client(paused),
        "coordinator": whole.client(whole.coordinator),
        "registrar": staff(whole.registrar),
        "instructor in the team": staff(whole.instructor),
        "instructor out of the team": staff(lone),
        "foreign instructor": foreign_editor,
        "foreign registrar": staff(whole.foreign_registrar),
    }


def of(visitor: int, enrolled: int, own_staff: int, own_editors: int, others: int = NONE) -> dict[str, int]:
    """What each gets; learners of other programs, paused ones and other schools are the `others`."""
    return {
        "visitor": visitor,
        "enrolled": enrolled,
        "elsewhere": others,
        "paused": others,
        "coordinator": own_staff,
        "registrar": own_editors,
        "instructor in the team": own_editors,
        "instructor out of the team": own_editors,
        "foreign instructor": others,
        "foreign registrar": others,
    }


CLIP = of(ASKED, OPEN, OPEN, OPEN)
TABLE = [
    ("a clip", CLIP),
    ("its captions", CLIP),
    ("its chapters", CLIP),
    ("its poster", CLIP),
    ("a clip of no lesson", of(ASKED, NONE, NONE, OPEN)),
    ("a document by its lesson", of(ASKED, OPEN, OPEN, OPEN)),
    ("a document by Wagtail", of(NONE, NONE, NONE, OPEN)),
    ("a document of no lesson", of(NONE, NONE, NONE, OPEN)),
    ("a scaled picture of a public page", of(OPEN, OPEN, OPEN, OPEN, OPEN)),
    ("a photograph by its lesson", of(ASKED, OPEN, OPEN, OPEN)),
    ("a photograph of a step by its lesson", of(ASKED, OPEN, OPEN, OPEN)),
    (
        "a private copy by the CMS",
        of(ASKED, ASKED, ASKED, OPEN, ASKED) | {"foreign instructor": NONE, "foreign registrar": NONE},
    ),
    ("a private copy's file", of(NONE, NONE, NONE, NONE)),
    ("an original picture", of(NONE, NONE, NONE, NONE)),
    ("a document's file", of(NONE, NONE, NONE, NONE)),
    ("a clip's file", of(NONE, NONE, NONE, NONE)),
]


@pytest.fixture
def addresses(published: LessonPage, whole: School, clip: LessonMedia, document: SchoolDocument) -> dict[str, str]:
    """What they knock at."""
    chapters = ContentFile(b"WEBVTT\n\n00:00.000 --> 00:01.000\nHands down\n", name="c.vtt")
    clip.chapters.save("c.vtt", chapters, save=False)
    clip.thumbnail.save("p.jpg", ContentFile(picture()), save=False)
    clip.save()
    loose = ensure_media(school=whole.school, code="loose", title="Loose", file=ContentFile(mp4(1), name="loose.mp4"))
    file = ensure_document(school=whole.school, title="Loose", file=ContentFile(PDF, name="loose.pdf"))
    image = SchoolImage(
        title="Hands of Ines", file=ContentFile(picture(), name="hands.jpg"), collection=document.collection
    )
    image.full_clean()
    image.save()
    page = published.get_latest_revision_as_object()
    page.body.append(("photo", {"image": image, "caption": "", "description": "Hands.", "long_description": ""}))
    step = {"title": "Sink", "body": RichText("<p>Slowly.</p>"), "photo": image, "photo_description": "Hands."}
    page.body.append(("steps", {"title": "Hold", "steps": [step]}))
    page.save_revision().publish()
    published.refresh_from_db()
    block = next(child.id for child in published.body if child.block_type == "download")
    photo = next(child.id for child in published.body if child.block_type == "photo")
    *_others, steps = (child for child in published.body if child.block_type == "steps")
    small = image.lesson_copy(800)
    return {
        "a clip": clip.address("file"),
        "its captions": clip.address("captions"),
        "its chapters": clip.address("chapters"),
        "its poster": clip.address("poster"),
        "a clip of no lesson": loose.address("file"),
        "a document by its lesson": f"/learn/lessons/{published.lesson.uuid}/files/{block}/",
        "a document by Wagtail": document.url,
        "a document of no lesson": file.url,
        "a scaled picture of a public page": image.get_rendition("width-640|format-webp").url,
        "a photograph by its lesson": f"/learn/lessons/{published.lesson.uuid}/photos/{photo}/800/",
        "a photograph of a step by its lesson": (
            f"/learn/lessons/{published.lesson.uuid}/photos/{steps.value['steps'].bound_blocks[0].id}/1600/"
        ),
        "a private copy by the CMS": small.url,
        "a private copy's file": f"/media/{small.file.name}",
        "an original picture": f"/media/{image.file.name}",
        "a document's file": f"/media/{document.file.name}",
        "a clip's file": f"/media/{clip.file.name}",
    }


@pytest.mark.parametrize(("what", "gets"), TABLE)
def test_who_can_fetch_what(people, addresses, what, gets):
    found = {}
    for who, client in people.items():
        answer = client.get(addresses[what])
        found[who] = answer.status_code
        if answer.status_code == OPEN:
            assert answer["X-Content-Type-Options"] == "nosniff", who
            assert (
                "sandbox" in answer["Content-Security-Policy"]
                and "default-src 'none'" in answer["Content-Security-Policy"]
            )
            if what.startswith("a photograph"):
                assert answer["Cache-Control"] == "private, no-cache" and answer["ETag"]
            elif what != "a scaled picture of a public page":
                assert answer["Cache-Control"].startswith("private, no-")
                assert "no-store" in answer["Cache-Control"]
            if what != "a scaled picture of a public page":
                assert "noindex" in answer["X-Robots-Tag"]
            if "document" in what:
                assert answer["Content-Disposition"].startswith("attachment; ")
        elif answer.status_code == ASKED:
            assert answer["Location"].startswith(("/accounts/login/", "/cms/"))
    assert found == gets


def test_not_while_the_lesson_waits(people, addresses, published):
    published.lesson.release_on = timezone.localdate() + timedelta(days=3)
    published.lesson.save()
    for what in ("a clip", "its captions", "its chapters", "its poster", "a document by its lesson",
                 "a photograph by its lesson", "a photograph of a step by its lesson"):  # fmt: skip
        assert people["enrolled"].get(addresses[what]).status_code == NONE, what
        assert people["registrar"].get(addresses[what]).status_code == OPEN, what


def test_not_once_it_is_withdrawn(people, addresses, published):
    LessonPage.objects.get(pk=published.pk).unpublish()
    for what in ("a clip", "its captions", "a document by its lesson", "a photograph by its lesson"):
        assert people["enrolled"].get(addresses[what]).status_code == NONE, what


def test_not_once_the_lesson_or_its_module_is_retired(people, addresses, published, whole):
    lesson = published.lesson
    for retire, row in ((retire_lesson, {"lesson": lesson}), (retire_module, {"module": lesson.module})):
        for what in ("a document by its lesson", "a photograph by its lesson", "a photograph of a step by its lesson",
                     "a clip", "its captions"):  # fmt: skip
            assert people["enrolled"].get(addresses[what]).status_code == OPEN, what
            retire(**row, by=whole.registrar)
            assert people["enrolled"].get(addresses[what]).status_code == NONE, what
            assert people["registrar"].get(addresses[what]).status_code == OPEN, what
            retire(**row, by=whole.registrar, retired=False)


LISTS = [
    "/cms/images/", "/cms/images/chooser/", "/cms/documents/", "/cms/documents/chooser/", "/cms/media/",
    "/cms/media/chooser/", "/cms/api/main/images/", "/cms/api/main/documents/", "/cms/images/results/?q=hands",
    "/cms/documents/results/?q=Record",
]  # fmt: skip


@pytest.mark.parametrize("address", LISTS)
def test_lists_name_ones_own_things(people, addresses, address):
    named = ("Hands of Ines", "Record sheet", "Loose", "Taking up slack")

    def seen(who: str) -> str:
        return people[who].get(address).content.decode()

    assert any(word in seen("registrar") for word in named), "so that what follows fails for the right reason"
    for who in ("foreign instructor", "foreign registrar", "enrolled", "visitor"):
        assert not [word for word in named if word in seen(who)], who


def test_figures_are_listed_and_chosen_by_their_pictures(published, figure, editor, foreign_editor):
    picture_of = f"/cms/figures/{figure.pk}/picture.svg"
    for address in ("/cms/snippets/catalog/figure/", "/cms/snippets/choose/catalog/figure/"):
        said = editor.get(address).content.decode()
        assert picture_of in (said if said[0] != "{" else json.loads(said)["html"]), address
        assert picture_of not in foreign_editor.get(address).content.decode()
    answer = editor.get(picture_of)
    drawn = ElementTree.fromstring(answer.content)
    assert answer["Content-Type"] == "image/svg+xml"
    assert drawn.get("viewBox") == "0 0 100 60" and drawn.find(".//{*}path[@class='f-line']") is not None
    assert "no-store" in answer["Cache-Control"] and answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"] and "script" not in answer["Content-Security-Policy"]
    for browser in (foreign_editor, Client()):
        assert browser.get(picture_of).status_code in {302, 404}


@pytest.mark.parametrize(
    "address",
    ["/sitemap.xml", "/search/?q=Record", "/search/?q=slack", "/api/v2/images/", "/api/v2/documents/", "/feed/"],
)
def test_nothing_public_names_files(people, addresses, address):
    text = people["visitor"].get(address).content.decode()
    for word in ("Record sheet", "Taking up slack", "sheet.pdf", "lesson-media", "original_images"):
        assert word not in text


def test_another_schools_things_are_not_opened(people, addresses, clip, document):
    image = SchoolImage.objects.get()
    for who in ("foreign instructor", "foreign registrar", "enrolled"):
        for address in (
            f"/cms/images/{image.pk}/", f"/cms/images/{image.pk}/delete/", f"/cms/images/usage/{image.pk}/",
            f"/cms/images/{image.pk}/preview/max-30x30/", f"/cms/images/chooser/{image.pk}/",
            f"/cms/documents/edit/{document.pk}/", f"/cms/documents/usage/{document.pk}/",
            f"/cms/documents/delete/{document.pk}/", f"/cms/documents/chooser/{document.pk}/",
            f"/cms/media/edit/{clip.pk}/", f"/cms/media/delete/{clip.pk}/", f"/cms/media/usage/{clip.pk}/",
            f"/cms/api/main/images/{image.pk}/", f"/cms/api/main/documents/{document.pk}/",
        ):  # fmt: skip
            for method in ("get", "post"):
                answer = getattr(people[who], method)(address)
                assert answer.status_code in {302, 403, 404, 405}, (who, address, answer.status_code)
    assert SchoolImage.objects.exists() and SchoolDocument.objects.count() == 2 and LessonMedia.objects.count() == 2


# ---- where something is shown, and that it stays there ----

WORN = {
    "figure": [
        ("figure", lambda row: {"figure": row.pk, "note": ""}),
        ("hotspots", lambda row: {
            "figure": row.pk, "intro": "", "points": [{"name": "A", "says": "B", "x": 1, "y": 1}]
        }),
        ("steps", lambda row: {
            "title": "T", "intro": "", "faults": [],
            "steps": [{"title": "S", "body": "<p>x</p>", "dose": "", "pressure": "", "figure": row.pk, "media": None}],
        }),
    ],
    "clip": [
        ("media", lambda row: {"media": row.pk, "caption": ""}),
        ("steps", lambda row: {
            "title": "T", "intro": "", "faults": [],
            "steps": [{"title": "S", "body": "<p>x</p>", "dose": "", "pressure": "", "figure": None, "media": row.pk}],
        }),
    ],
    "picture": [
        ("photo", lambda row: {"image": row.pk, "caption": "", "description": "x", "long_description": ""}),
        ("steps", lambda row: {
            "title": "T", "intro": "", "faults": [],
            "steps": [{"title": "S", "body": "<p>x</p>", "figure": None, "media": None, "photo": row.pk,
                       "photo_description": "x"}],
        }),
    ],
    "document": [("download", lambda row: {"document": row.pk, "note": ""})],
    "term": [("term", lambda row: {"term": row.pk})],
}  # fmt: skip
KINDS = {Figure: "figure", LessonMedia: "clip", SchoolDocument: "document", SchoolImage: "picture"}
CASES = [(kind, block, value) for kind, blocks in WORN.items() for block, value in blocks]


@pytest.fixture
def thing(request, whole: School):
    """A new thing of a kind."""
    kind = request.param
    if kind == "figure":
        return ensure_figure(school=whole.school, code="fresh", title="Fresh", description="x", drawing=SVG)
    if kind == "clip":
        return ensure_media(
            school=whole.school, code="fresh", title="Fresh", file=ContentFile(mp4(1), name="f.mp4"),
            captions=ContentFile(VTT, name="f.vtt"),
        )  # fmt: skip
    if kind == "picture":
        return ensure_image(school=whole.school, title="Fresh", file=ContentFile(picture(), name="f.jpg"), alt="x")
    if kind == "document":
        return ensure_document(school=whole.school, title="Fresh", file=ContentFile(PDF, name="f.pdf"))
    return ensure_term(school=whole.school, term="Fresh", meaning="x")


def show(published: LessonPage, block: str, value) -> LessonPage:
    """Publish the lesson with this block alone."""
    page = published.get_latest_revision_as_object()
    raw = [{"type": block, "value": value}]
    page.body = page.body.stream_block.to_python(raw)
    page.save_revision().publish()
    return LessonPage.objects.get(pk=published.pk)


def addresses_of(row) -> dict[str, str]:
    """Its list of uses, and where it is deleted: alone and with others."""
    if isinstance(row, SchoolImage):
        return {
            "usage": f"/cms/images/usage/{row.pk}/", "delete": f"/cms/images/{row.pk}/delete/",
            "bulk": f"/cms/bulk/catalog/schoolimage/delete/?id={row.pk}",
        }  # fmt: skip
    if isinstance(row, SchoolDocument):
        return {
            "usage": f"/cms/documents/usage/{row.pk}/", "delete": f"/cms/documents/delete/{row.pk}/",
            "bulk": f"/cms/bulk/catalog/schooldocument/delete/?id={row.pk}",
        }  # fmt: skip
    if isinstance(row, LessonMedia):
        return {"usage": f"/cms/media/usage/{row.pk}/", "delete": f"/cms/media/delete/{row.pk}/"}
    name = row._meta.model_name
    return {
        "usage": f"/cms/snippets/catalog/{name}/usage/{row.pk}/",
        "delete": f"/cms/snippets/catalog/{name}/delete/{row.pk}/",
        "bulk": f"/cms/bulk/catalog/{name}/delete/?id={row.pk}",
    }


@pytest.mark.parametrize(("thing", "block", "value"), CASES, indirect=["thing"])
def test_what_a_page_shows_stays_and_its_list_of_uses_says_where(
    published, reviewer, thing, block, value, django_capture_on_commit_callbacks
):
    other = ensure_document(school=thing_school(thing), title="Beside it", file=ContentFile(PDF, name="b.pdf"))
    with django_capture_on_commit_callbacks(execute=True):
        show(published, block, value(thing))
    assert [page.title for page in live_pages_with(thing)] == ["The barrier"]
    places = addresses_of(thing)
    assert "The barrier" in reviewer.get(places["usage"]).content.decode()
    for door in ("delete", "bulk"):
        if door in places:
            for method in (reviewer.post, reviewer.get) if door == "delete" else (reviewer.post,):
                said = unescape(method(places[door], follow=True).content.decode())
                assert "“Fresh” stays: it is shown on “The barrier”. Take it out there" in said, door
            assert type(thing).objects.filter(pk=thing.pk).exists()
    if isinstance(thing, SchoolDocument):
        both = f"{places['bulk']}&id={other.pk}"
        assert "stays" in reviewer.post(both, follow=True).content.decode()
        assert SchoolDocument.objects.filter(pk=other.pk).exists(), "of many, none goes"
        quick = reviewer.post(f"/cms/documents/multiple/{thing.pk}/delete/").json()
        assert quick["success"] is False and "stays" in quick["error_message"]
        assert reviewer.post(f"/cms/documents/multiple/{other.pk}/delete/").json()["success"] is True
    # Taken out and published, it goes.
    with django_capture_on_commit_callbacks(execute=True):
        show(published, "prose", "<p>Nothing of it.</p>")
    assert live_pages_with(thing) == []
    reviewer.post(places.get("bulk") or places["delete"], follow=True)
    assert not type(thing).objects.filter(pk=thing.pk).exists()


@pytest.mark.parametrize("thing", ["figure", "document", "clip", "picture"], indirect=True)
def test_it_stays_before_the_worker_has_indexed_the_page(published, reviewer, thing, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
    block, value = WORN[
        {Figure: "figure", LessonMedia: "clip", SchoolDocument: "document", SchoolImage: "picture"}[type(thing)]
    ][0]
    show(published, block, value(thing))
    assert [page.title for page in live_pages_with(thing)] == ["The barrier"]
    said = unescape(reviewer.post(addresses_of(thing)["delete"], follow=True).content.decode())
    assert "“Fresh” stays: it is shown on “The barrier”" in said
    assert type(thing).objects.filter(pk=thing.pk).exists()
    show(published, "prose", "<p>Nothing of it.</p>")
    assert live_pages_with(thing) == [], "nor does it stay a moment longer"


def thing_school(thing):
    return EditorialOffice.objects.get(collection=thing.collection).school


@pytest.mark.parametrize("thing", ["figure", "clip", "document"], indirect=True)
def test_pages_of_others_are_counted_not_named(published, whole, thing, foreign_editor):
    """Should a page of another school ever show it, by whatever way, it is not named."""
    block, value = WORN[
        {Figure: "figure", LessonMedia: "clip", SchoolDocument: "document", SchoolImage: "picture"}[type(thing)]
    ][0]
    show(published, block, value(thing))
    thing.collection = EditorialOffice.objects.get(school=whole.other_school).collection
    thing.save()
    theirs = staff(whole.foreign_registrar)
    places = addresses_of(thing)
    assert "The barrier" not in theirs.get(places["usage"]).content.decode()
    said = unescape(theirs.post(places["delete"], follow=True).content.decode())
    assert "“Fresh” stays: it is shown on 1 page of others" in said
    assert "The barrier" not in said
    assert type(thing).objects.filter(pk=thing.pk).exists()


def test_a_term_that_is_only_a_draft_goes(published, whole, reviewer):
    term = ensure_term(school=whole.school, term="Fresh", meaning="x")
    page = published.get_latest_revision_as_object()
    page.body = page.body.stream_block.to_python([{"type": "term", "value": {"term": term.pk}}])
    page.save_revision()
    reviewer.post(addresses_of(term)["delete"])
    assert not GlossaryTerm.objects.filter(pk=term.pk).exists()
    assert Page.objects.filter(pk=published.pk, live=True).exists()


def test_what_only_a_withdrawn_page_shows_goes(published, whole, reviewer):
    row = ensure_figure(school=whole.school, code="fresh", title="Fresh", description="x", drawing=SVG)
    page = show(published, "figure", {"figure": row.pk, "note": ""})
    assert live_pages_with(row)
    page.unpublish()
    reviewer.post(addresses_of(row)["delete"])
    assert not Figure.objects.filter(pk=row.pk).exists()


def test_who_writes_lessons_finds_their_files_in_the_menu(editor):
    """Where a file is shown and how it is replaced stands behind that door."""
    menu = editor.get(reverse("wagtailadmin_home")).content.decode()
    assert f'"{reverse("wagtaildocs:index")}"' in menu
    assert f'"{reverse("wagtailusers_users:index")}"' not in menu
