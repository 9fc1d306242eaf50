"""Step 8 of the walk: an instructor edits a draft, previews it, submits it; a registrar approves, and it is live."""

import json
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, TaskState
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield
from wagtail.users.models import UserProfile

from accounts.models import User
from accounts.services import end_role, ensure_user, grant_role
from courses.catalog.models import EditorialOffice, Figure, Lesson, LessonMedia, LessonPage
from courses.catalog.selectors import lesson_page, rendered_body
from courses.catalog.services import ensure_cms_roles, ensure_figure, sync_cms_groups
from notices.models import Message

from .conftest import SVG, staff


def form(page: LessonPage, body: list | None = None, **more: str) -> dict[str, str]:
    """What the editor's form sends."""
    blocks = body if body is not None else [("prose", rich_text("<h2>Newly</h2><p>written words</p>"))]
    return nested_form_data(
        {
            "title": page.title,
            "slug": page.slug,
            "lesson": str(page.lesson_id or ""),
            "lede": page.lede,
            "review_note": page.review_note,
            "body": streamfield(blocks),
            "minutes": str(page.minutes),
            "min_seat_minutes": str(page.min_seat_minutes),
            "delivery": page.delivery,
            "comments": inline_formset([]),
            **more,
        }
    )


def edit_url(page: Page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def live_body(page: LessonPage) -> str:
    return str(rendered_body(lesson_page(page.lesson, "en")))


def test_draft_preview_submit_approve(published, editor, reviewer, whole, django_capture_on_commit_callbacks):
    # She writes: the live page stays as it was.
    assert editor.post(edit_url(published), form(published)).status_code == 302
    assert "Newly" not in live_body(published)
    # She looks at it as a learner, in both modes.
    preview = reverse("wagtailadmin_pages:preview_on_edit", args=[published.pk])
    assert json.loads(editor.post(preview, form(published)).content) == {"is_valid": True, "is_available": True}
    shown = editor.get(preview)
    assert "Newly" in shown.content.decode()
    assert "0 of" in " ".join(shown.content.decode().split()) or "data-seat-minutes" in shown.content.decode()
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    assert "'unsafe-inline'" not in shown["Content-Security-Policy"]
    assert b"<iframe" in editor.get(preview + "?mode=phone-learner").content
    # She submits.
    with django_capture_on_commit_callbacks(execute=True):
        editor.post(edit_url(published), form(published, **{"action-submit": "Submit"}))
    state = TaskState.objects.get(status=TaskState.STATUS_IN_PROGRESS)
    assert state.status == TaskState.STATUS_IN_PROGRESS
    asked = {message.to for message in Message.objects.filter(key__startswith="review-asked:")}
    assert asked == {whole.registrar.email} | ({whole.second_registrar.email} & asked)
    assert "Newly" not in live_body(published)
    # The registrar reads the draft, approves, and it is live.
    assert "Newly" in reviewer.get(reverse("wagtailadmin_pages:view_draft", args=[published.pk])).content.decode()
    action = reverse("wagtailadmin_pages:workflow_action", args=[published.pk, "approve", state.pk])
    with django_capture_on_commit_callbacks(execute=True):
        reviewer.post(action, {"comment": ""})
    state.refresh_from_db()
    assert state.status == TaskState.STATUS_APPROVED
    assert "Newly" in live_body(published)
    told = Message.objects.get(key__startswith="review-approved:")
    assert told.to == whole.instructor.email
    assert Message.objects.count() == len(asked) + 1, "nothing else was mailed"


def test_returned_with_a_reason(published, editor, reviewer, whole, mailoutbox, django_capture_on_commit_callbacks):
    editor.post(edit_url(published), form(published, **{"action-submit": "Submit"}))
    state = TaskState.objects.get(status=TaskState.STATUS_IN_PROGRESS)
    action = reverse("wagtailadmin_pages:workflow_action", args=[published.pk, "reject", state.pk])
    with django_capture_on_commit_callbacks(execute=True):
        reviewer.post(action, {"comment": "The dose is missing."})
    message = Message.objects.get(key__startswith="review-returned:")
    assert message.to == whole.instructor.email
    assert "The dose is missing." in message.body
    assert f"/cms/pages/{published.pk}/edit/" in message.body
    assert "Newly" not in live_body(published)


def test_an_instructor_cannot_publish(published, editor):
    for data in (
        form(published, **{"action-publish": "Publish"}),
        form(published, **{"go_live_at": "2020-01-01 00:00"}),
    ):
        editor.post(edit_url(published), data)
        assert "Newly" not in live_body(published)
    editor.post(reverse("wagtailadmin_pages:unpublish", args=[published.pk]))
    editor.post(reverse("wagtailadmin_pages:delete", args=[published.pk]))
    editor.post(f"/cms/api/main/pages/{published.pk}/action/publish/")
    assert LessonPage.objects.get(pk=published.pk).live


def test_an_instructor_cannot_approve_her_own(published, editor):
    editor.post(edit_url(published), form(published, **{"action-submit": "Submit"}))
    state = TaskState.objects.get(status=TaskState.STATUS_IN_PROGRESS)
    editor.post(reverse("wagtailadmin_pages:workflow_action", args=[published.pk, "approve", state.pk]), {})
    state.refresh_from_db()
    assert state.status == TaskState.STATUS_IN_PROGRESS


def test_a_registrar_of_another_school_cannot_approve(published, editor, whole):
    ensure_cms_roles(whole.other_school)
    foreign = staff(whole.foreign_registrar)
    editor.post(edit_url(published), form(published, **{"action-submit": "Submit"}))
    state = TaskState.objects.get(status=TaskState.STATUS_IN_PROGRESS)
    foreign.post(reverse("wagtailadmin_pages:workflow_action", args=[published.pk, "approve", state.pk]), {})
    state.refresh_from_db()
    assert state.status == TaskState.STATUS_IN_PROGRESS


def test_an_instructor_adds_a_lesson_page(published, editor, program):
    parent = published.get_parent()
    address = reverse("wagtailadmin_pages:add", args=["catalog", "lessonpage", parent.pk])
    offered = editor.get(address).content.decode()
    assert "The second barrier (30 min)" in offered
    lesson = Lesson.objects.get(code="MFR-2")
    new = LessonPage(title="Second", slug="second", lesson=lesson)
    assert editor.post(address, form(new)).status_code == 302
    page = LessonPage.objects.get(slug="second")
    assert (page.lesson, page.live) == (lesson, False)
    # Once more for the lesson that has its page: a sentence beside the field, and nothing is made.
    again = editor.post(address, form(LessonPage(title="Third", slug="third", lesson=published.lesson)))
    assert again.status_code == 200
    assert "has its page in this language already" in again.content.decode()
    assert not LessonPage.objects.filter(slug="third").exists()


def test_a_draft_without_its_module_is_not_published(published, editor, reviewer, program_page):
    module = published.get_parent().specific.copy(update_attrs={"slug": "copy"}, keep_live=False)
    copy = published.copy(to=module, update_attrs={"slug": "copy"}, keep_live=False)
    assert editor.post(edit_url(copy), form(copy)).status_code == 302
    refused = reviewer.post(edit_url(copy), form(copy, **{"action-publish": "Publish"}), follow=True)
    assert "Publish the page of the module first" in refused.content.decode()
    assert not LessonPage.objects.get(pk=copy.pk).live


def test_more_least_minutes_than_minutes_are_refused(published, reviewer):
    published.min_seat_minutes = 41
    refused = reviewer.post(edit_url(published), form(published, **{"action-publish": "Publish"}))
    assert "The least minutes are more than the lesson has" in refused.content.decode()
    assert Lesson.objects.get(code="MFR-1").min_seat_minutes == 20


def test_a_lesson_of_another_program_cannot_be_chosen(published, editor, whole, rule_set, program):
    from courses.catalog.services import load_program

    from .conftest import PROGRAM

    other = load_program({**PROGRAM, "code": "OTHER"}, whole.school, rule_set, {})
    foreign = Lesson.objects.get(module__program=other, code="MFR-2")
    answer = editor.post(edit_url(published), {**form(published), "lesson": str(foreign.pk)})
    assert answer.status_code == 200
    assert LessonPage.objects.get(pk=published.pk).get_latest_revision_as_object().lesson_id == published.lesson_id


def test_another_schools_figures_and_clips_cannot_be_named(published, editor, whole, clip):
    theirs = ensure_figure(school=whole.other_school, code="hold", title="Theirs", description="x", drawing=SVG)
    LessonMedia.objects.filter(pk=clip.pk).update(
        collection=EditorialOffice.objects.get(school=whole.other_school).collection
    )
    for body in (
        [("figure", {"figure": str(theirs.pk), "note": ""})],
        [("media", {"media": str(clip.pk), "caption": ""})],
    ):
        data = form(published, body)
        answer = editor.post(edit_url(published), data)
        assert answer.status_code == 200
        preview = reverse("wagtailadmin_pages:preview_on_edit", args=[published.pk])
        assert json.loads(editor.post(preview, data).content)["is_valid"] is False
    ours = Figure.objects.get(title="The hold")
    assert (
        editor.post(
            edit_url(published), form(published, [("figure", {"figure": str(ours.pk), "note": ""})])
        ).status_code
        == 302
    )


EVIL_STATE = {
    "blocks": [
        {
            "key": "a", "text": "click me", "type": "unstyled", "depth": 0, "inlineStyleRanges": [],
            "entityRanges": [{"offset": 0, "length": 5, "key": 0}],
        }
    ],
    "entityMap": {"0": {"type": "LINK", "mutability": "MUTABLE", "data": {"url": "javascript:alert(1)"}}},
}  # fmt: skip


@pytest.mark.parametrize("url", ["javascript:alert(1)", "JaVa\tScript:alert(1)", "data:text/html,x", "vbscript:x"])
def test_links_that_run_are_not_links(published, editor, url):
    state = json.loads(json.dumps(EVIL_STATE))
    state["entityMap"]["0"]["data"]["url"] = url
    for value in (json.dumps(state), f'<p><a href="{url}">click</a><script>x</script></p>'):
        editor.post(edit_url(published), form(published, [("prose", value)]))
        draft = LessonPage.objects.get(pk=published.pk).get_latest_revision_as_object()
        shown = str(rendered_body(draft)).lower()
        assert "script:" not in shown
        assert "<script" not in shown
        assert "data:" not in shown


def test_an_evil_figure_comes_out_clean_in_the_form(editor, whole):
    office = EditorialOffice.objects.get(school=whole.school)
    drawing = SVG.replace("<text", "<script>alert(1)</script><text onload='x'")
    data = {
        "title": "Evil", "code": "evil", "collection": office.collection_id, "description": "x", "legend": "",
        "caption": "", "credit": "", "drawing": drawing,
    }  # fmt: skip
    assert editor.post("/cms/snippets/catalog/figure/add/", data).status_code == 302
    kept = Figure.objects.get(code="evil").drawing
    assert "<script" not in kept
    assert "onload" not in kept
    refused = editor.post("/cms/snippets/catalog/figure/add/", {**data, "code": "worse", "drawing": "<p>no</p>"})
    assert refused.status_code == 200
    assert "must begin with &lt;svg&gt;" in refused.content.decode()
    # Into another school's collection: not offered, not taken.
    theirs = ensure_cms_roles(whole.other_school).collection
    refused = editor.post("/cms/snippets/catalog/figure/add/", {**data, "code": "x", "collection": theirs.pk})
    assert refused.status_code == 200
    assert not Figure.objects.filter(collection=theirs).exists()


BACK_ROOMS = [
    "/cms/users/", "/cms/users/new/", "/cms/groups/", "/cms/groups/new/", "/cms/sites/", "/cms/locales/",
    "/cms/collections/", "/cms/workflows/list/", "/cms/workflows/tasks/index/", "/cms/redirects/", "/admin/",
]  # fmt: skip


@pytest.mark.parametrize("address", BACK_ROOMS)
def test_no_power_over_people_and_settings(address, editor, reviewer):
    for client in (editor, reviewer):
        assert client.get(address).status_code in {302, 403}
        assert client.post(address, {}).status_code in {302, 403}


def test_the_cms_shows_each_her_own_doors(published, editor, reviewer, foreign_editor):
    menu = editor.get("/cms/").content.decode()
    for hidden in ("/cms/users/", "/cms/settings", "/cms/workflows/list/", "wagtail.org", "/cms/reports/site-history/"):
        assert hidden not in menu, hidden
    assert "/cms/snippets/catalog/figure/" in menu
    assert "/cms/reports/workflow/" in reviewer.get("/cms/").content.decode()
    assert "The barrier" not in foreign_editor.get("/cms/").content.decode()


def groups(user: User) -> set[str]:
    return set(user.groups.values_list("name", flat=True))


def test_groups_follow_memberships(whole):
    office = ensure_cms_roles(whole.school)
    assert ensure_cms_roles(whole.school) == office
    ensure_cms_roles(whole.other_school)
    user = ensure_user(email="two@example.org", legal_name="Two Schools", password="x" * 12)
    sync_cms_groups(user)
    assert groups(user) == set()
    grant_role(user=user, organisation=whole.school, role="instructor")
    grant_role(user=user, organisation=whole.other_school, role="registrar")
    grant_role(user=user, organisation=whole.school, role="coordinator")
    for _twice in range(2):
        sync_cms_groups(user)
        assert groups(user) == {"riverbend: instructors", "hillside: registrars"}
    end_role(user=user, organisation=whole.school, role="instructor")
    client = Client()
    client.force_login(user, backend="accounts.backends.EmailBackend")
    assert groups(user) == {"hillside: registrars"}, "the log-in puts right what nobody else did"
    end_role(user=user, organisation=whole.other_school, role="registrar")
    sync_cms_groups(user)
    assert groups(user) == set()
    assert client.get("/cms/").status_code in {302, 403}


def test_the_cms_tells_the_time_of_her_school_until_she_says_otherwise(published, whole):
    """Nine o’clock, when a lesson is to be published, is nine o’clock at the school."""
    school = whole.school
    assert school.zone == "America/New_York"
    sync_cms_groups(whole.registrar)
    profile = UserProfile.get_for_user(whole.registrar)
    assert profile.current_time_zone == "America/New_York"
    LessonPage.objects.filter(pk=published.pk).update(go_live_at=datetime(2030, 1, 7, 14, 0, tzinfo=UTC))
    edit = whole.client(whole.registrar).get(f"/cms/pages/{published.pk}/edit/").content.decode()
    assert "2030-01-07 09:00" in edit
    assert "In New York time, as your account says." in edit
    profile.current_time_zone = "America/Denver"
    profile.save()
    sync_cms_groups(whole.registrar)
    assert UserProfile.objects.get(user=whole.registrar).current_time_zone == "America/Denver"
    assert "2030-01-07 07:00" in whole.client(whole.registrar).get(f"/cms/pages/{published.pk}/edit/").content.decode()
    sync_cms_groups(whole.learner_user)
    assert not UserProfile.objects.filter(user=whole.learner_user).exists()


def test_other_groups_are_left_alone(whole, django_user_model):
    from django.contrib.auth.models import Group

    mine = Group.objects.create(name="Choir")
    whole.learner_user.groups.add(mine)
    sync_cms_groups(whole.learner_user)
    assert groups(whole.learner_user) == {"Choir"}


def test_learners_have_no_door(published, whole):
    client = whole.client(whole.learner_user)
    assert client.get("/cms/", follow=True).status_code == 403
    assert client.get(edit_url(published), follow=True).status_code == 403
