"""A draft in the CMS: saved by itself while it is unfinished, locked, compared, restored, planned for a day, copied."""

import json
from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.models import EditingSession
from wagtail.models import Page, Revision
from wagtail.test.utils.form_data import rich_text

from accounts.services import ensure_user, grant_role
from cms.jobs import run_due
from courses.catalog.models import EditorialOffice, Lesson, LessonChange, LessonMedia, LessonPage, Module, ModulePage
from courses.catalog.services import (
    ensure_cms_roles,
    join_team,
    load_lesson_page,
    load_program,
    load_program_page,
    mark_studied,
    publish_lesson_page,
)

from .bodies_as_forms import stream_fields
from .conftest import LESSON, PROGRAM, by_her_clock, staff
from .test_publishing import change_url, module_form, module_page, new_page
from .test_review import edit_url, form

PUBLISH = {"action-publish": "Publish"}
AJAX = {"accept": "application/json", "x-requested-with": "XMLHttpRequest"}


def autosave(browser, page: Page, data: dict[str, str], **headers: str):
    """Post the form as the editor's script does every half second."""
    return browser.post(edit_url(page), data, headers={**AJAX, **headers})


# ---- saved by itself ----


@pytest.mark.parametrize("kind", ["lesson", "module"])
def test_the_editor_saves_by_itself(published, editor, kind) -> None:
    page = published if kind == "lesson" else module_page()
    shown = editor.get(edit_url(page)).content.decode()
    assert "w-autosave" in shown
    data = form(published) if kind == "lesson" else module_form(page, summary="Said anew.")
    answer = autosave(editor, page, data)
    assert answer.json()["success"], answer.content
    first = answer.json()["revision_id"]
    again = autosave(editor, page, {**data, "overwrite_revision_id": str(first)})
    assert again.json()["revision_id"] == first, "one revision, not one a second"
    assert type(page).objects.get(pk=page.pk).has_unpublished_changes is not False


UNFINISHED = [
    ("prose", rich_text("")),
    ("self_check", {"question": "", "choices-count": "0", "explanation": ""}),
    ("media", {"media": "", "caption": ""}),
    ("figure", {"figure": "", "note": ""}),
    ("photo", {"image": "", "caption": "", "credit": "", "description": "", "long_description": ""}),
    ("embed", {"url": "https://example.org/x", "title": "", "note": ""}),
    ("reflection", {"question": "", "hint": ""}),
    ("callout", {"kind": "note", "title": "", "body": rich_text("")}),
    ("hotspots", {"figure": "", "intro": "", "points-count": "0"}),
    ("steps", {"title": "", "intro": "", "steps-count": "0", "faults-count": "0"}),
    ("comparison", {"title": "", "columns-count": "0"}),
    ("case_study", {"title": "", "vignette": rich_text(""), "questions-count": "0"}),
    ("table", {"table-caption": "", "table-column-count": "0", "table-row-count": "0"}),
    ("download", {"document": "", "note": ""}),
    ("term", {"term": ""}),
]


@pytest.mark.parametrize("block", UNFINISHED, ids=[name for name, _value in UNFINISHED])
def test_a_half_filled_block_is_kept_and_not_published(published, editor, reviewer, block) -> None:
    data = form(published, [block])
    answer = autosave(editor, published, data)
    assert answer.json().get("success"), answer.content
    page = LessonPage.objects.get(pk=published.pk)
    draft = page.get_latest_revision_as_object()
    assert [child.block_type for child in draft.body] == [block[0]]
    assert editor.get(edit_url(page)).status_code == 200
    assert json.loads(editor.post(reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk]), data).content)[
        "is_valid"
    ]
    # Neither way of publishing takes it.
    for extra, browser in ((PUBLISH, reviewer), ({"action-submit": "Submit"}, editor)):
        assert browser.post(edit_url(page), {**data, **extra}).status_code == 200
    with pytest.raises(ValidationError, match="is not finished"):
        publish_lesson_page(page=page)
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    reviewer.post(f"{bulk}?id={page.pk}", {"include_descendants": "on"})
    assert len(LessonPage.objects.get(pk=page.pk).body) == len(LESSON["blocks"])


def test_a_clip_may_wait_for_its_captions_in_a_draft(published, editor, reviewer, clip) -> None:
    LessonMedia.objects.filter(pk=clip.pk).update(captions="")
    data = form(published, [("media", {"media": str(clip.pk), "caption": ""})])
    assert autosave(editor, published, data).json()["success"]
    refused = reviewer.post(edit_url(published), {**data, **PUBLISH})
    assert "has no captions yet" in refused.content.decode()


def test_a_half_written_plan_is_kept_and_refused_when_it_counts(published, editor, reviewer) -> None:
    half = {"minutes": "20", "min_seat_minutes": "200", "needs_quiz_percent": "80"}
    data = form(published, **half)
    assert autosave(editor, published, data).json()["success"]
    draft = LessonPage.objects.get(pk=published.pk).get_latest_revision_as_object()
    assert (draft.minutes, draft.min_seat_minutes, draft.needs_quiz_percent) == (20, 200, 80)
    for extra, browser in ((PUBLISH, reviewer), ({"action-submit": "Submit"}, editor)):
        refused = browser.post(edit_url(published), {**data, **extra}).content.decode()
        assert "The least minutes are more than the lesson has" in refused
        assert "The module has no quiz" in refused
    assert Lesson.objects.get(code="MFR-1").minutes == 40


def test_a_number_that_is_being_typed_keeps_the_last_one(published, editor, reviewer) -> None:
    assert autosave(editor, published, form(published, minutes="")).json()["success"]
    assert LessonPage.objects.get(pk=published.pk).get_latest_revision_as_object().minutes == 40
    refused = reviewer.post(edit_url(published), {**form(published, minutes=""), **PUBLISH})
    assert "This field is required" in refused.content.decode()


def test_a_new_draft_of_a_module_may_lack_its_category(program_page, editor, reviewer) -> None:
    address = reverse("wagtailadmin_pages:add", args=["catalog", "modulepage", program_page.pk])
    data = module_form(ModulePage(title="More", slug="more", category=""), minutes="")
    answer = editor.post(address, data, headers=AJAX)
    assert answer.json()["success"], answer.content
    page = ModulePage.objects.get(slug="more")
    assert (page.live, page.category, page.minutes) == (False, "", 600)
    refused = reviewer.post(edit_url(page), {**data, "minutes": "60", **PUBLISH})
    assert "Choose a category" in refused.content.decode()
    assert not Module.objects.filter(title="More").exists()


def test_a_draft_names_no_other_schools_clip_for_a_moment_either(published, editor, whole, clip) -> None:
    LessonMedia.objects.filter(pk=clip.pk).update(collection=ensure_cms_roles(whole.other_school).collection)
    assert EditorialOffice.objects.count() == 2
    before = LessonPage.objects.get(pk=published.pk).latest_revision_id
    answer = autosave(editor, published, form(published, [("media", {"media": str(clip.pk), "caption": ""})]))
    assert answer.json()["success"] is False
    assert LessonPage.objects.get(pk=published.pk).latest_revision_id == before


def test_an_unfinished_draft_in_review_is_not_approved(published, editor, reviewer) -> None:
    editor.post(edit_url(published), form(published, **{"action-submit": "Submit"}))
    page = LessonPage.objects.get(pk=published.pk)
    state = page.current_workflow_task_state
    assert autosave(reviewer, page, form(page, [("prose", rich_text(""))])).json()["success"]
    action = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])
    shown = reviewer.post(action, {"comment": ""}, follow=True).content.decode()
    assert "is not finished" in shown
    assert len(LessonPage.objects.get(pk=page.pk).body) == len(LESSON["blocks"])


# ---- two at once, and one alone ----


def test_two_who_edit_are_told_of_each_other(published, editor, reviewer, whole, foreign_editor) -> None:
    editor.get(edit_url(published))
    reviewer.get(edit_url(published))
    session = EditingSession.objects.get(user=whole.registrar)
    ping = reverse("wagtailadmin_editing_sessions:ping", args=["wagtailcore", "page", published.pk, session.pk])
    heard = reviewer.post(ping).json()
    assert [other["user"] for other in heard["other_sessions"]] == [whole.instructor.get_full_name()]
    assert foreign_editor.post(ping).status_code in {302, 403, 404}


def test_the_second_does_not_overwrite_the_first_by_autosave(published, editor, reviewer) -> None:
    loaded = {"loaded_revision_id": str(published.latest_revision_id), "loaded_revision_created_at": "x"}
    assert autosave(editor, published, form(published)).json()["success"]
    late = autosave(reviewer, published, {**form(published, title="Mine"), **loaded})
    assert late.json()["error_code"] == "invalid_revision"
    assert LessonPage.objects.get(pk=published.pk).get_latest_revision_as_object().title == "The barrier"


def test_a_registrar_locks_a_draft(published, editor, reviewer) -> None:
    lock, unlock = (reverse(f"wagtailadmin_pages:{name}", args=[published.pk]) for name in ("lock", "unlock"))
    editor.post(lock)
    assert not LessonPage.objects.get(pk=published.pk).locked, "an instructor keeps nobody out"
    reviewer.post(lock)
    before = LessonPage.objects.get(pk=published.pk)
    assert before.locked
    assert autosave(editor, published, form(published)).json()["error_code"] == "locked"
    editor.post(unlock)
    assert LessonPage.objects.get(pk=published.pk).locked
    assert LessonPage.objects.get(pk=published.pk).latest_revision_id == before.latest_revision_id
    reviewer.post(unlock)
    assert autosave(editor, published, form(published)).json()["success"]


def test_a_lead_locks_what_she_reads(published, editor, reviewer, whole) -> None:
    lead = ensure_user(email="lead@example.org", legal_name="Lea Lead", password="x" * 12)
    grant_role(user=lead, organisation=whole.school, role="instructor")
    reader = staff(lead)
    lock = reverse("wagtailadmin_pages:lock", args=[published.pk])
    reader.post(lock)
    assert not LessonPage.objects.get(pk=published.pk).locked
    page = module_page()
    reviewer.post(edit_url(page), {**module_form(page, lead=str(lead.pk)), **PUBLISH})
    editor.post(edit_url(published), form(published, **{"action-submit": "Submit"}))
    assert autosave(editor, published, form(published)).json()["error_code"] == "locked", "it is being read"
    reader.post(lock)
    assert LessonPage.objects.get(pk=published.pk).locked_by == lead


# ---- compared and restored ----


def test_two_revisions_of_a_plan_are_compared(published, editor, foreign_editor) -> None:
    before = published.latest_revision_id
    editor.post(edit_url(published), form(published, minutes="55"))
    after = LessonPage.objects.get(pk=published.pk).latest_revision_id
    address = reverse("wagtailadmin_pages:revisions_compare", args=[published.pk, before, after])
    shown = editor.get(address).content.decode()
    assert '<span class="deletion">40</span>' in shown
    assert '<span class="addition">55</span>' in shown
    assert "Newly" in shown
    assert foreign_editor.get(address).status_code in {302, 403, 404}


def test_an_old_revision_is_restored_by_the_question(published, reviewer, editor) -> None:
    old = Revision.objects.get(pk=published.latest_revision_id)
    reviewer.post(edit_url(published), form(published, minutes="55", **PUBLISH))
    mark_studied(lesson=published.lesson)
    revert = reverse("wagtailadmin_pages:revisions_revert", args=[published.pk, old.pk])
    assert 'value="40"' in reviewer.get(revert).content.decode()
    page = LessonPage.objects.get(pk=published.pk)
    data = {**form(page, [], minutes="40"), **stream_fields(old.as_object().body, "body"), "revision": str(old.pk)}
    answer = reviewer.post(revert, {**data, **PUBLISH})
    assert answer.url == change_url(published)
    assert Lesson.objects.get(code="MFR-1").minutes == 55, "asked, not published"
    reviewer.post(change_url(published), {"kind": "redo", "note": "As it was."})
    page = LessonPage.objects.get(pk=published.pk)
    assert (Lesson.objects.get(code="MFR-1").minutes, page.minutes) == (40, 40)
    assert "Zebrafascia" in str(page.body)
    assert LessonChange.objects.get().revision == page.live_revision_id != old.pk
    assert editor.get(revert).status_code == 200, "an instructor may look"
    editor.post(revert, {**data, "minutes": "33", **PUBLISH})
    assert LessonPage.objects.get(pk=published.pk).minutes == 40, "and publishes nothing"


# ---- on a day ----


def test_a_draft_is_published_on_its_day_and_expires(published, reviewer, editor) -> None:
    day, end = timezone.now() + timedelta(days=3), timezone.now() + timedelta(days=5)
    dates = {"go_live_at": by_her_clock(day), "expire_at": by_her_clock(end)}
    reviewer.post(edit_url(published), form(published, minutes="55", **dates, **PUBLISH))
    assert Lesson.objects.get(code="MFR-1").minutes == 40
    with time_machine.travel(day + timedelta(minutes=5), tick=False):
        run_due(force=True)
    page = LessonPage.objects.get(pk=published.pk)
    assert ("Newly" in str(page.body), page.live, Lesson.objects.get(code="MFR-1").minutes) == (True, True, 55)
    with time_machine.travel(end + timedelta(minutes=5), tick=False):
        run_due(force=True)
    page = LessonPage.objects.get(pk=published.pk)
    assert (page.live, page.expired) == (False, True)
    assert Lesson.objects.get(code="MFR-1").retired_at is None, "the lesson stays, without words"


def test_an_instructor_plans_no_day(published, editor) -> None:
    day = timezone.now() + timedelta(days=3)
    editor.post(edit_url(published), form(published, go_live_at=by_her_clock(day), **PUBLISH))
    with time_machine.travel(day + timedelta(minutes=5), tick=False):
        run_due(force=True)
    assert "Newly" not in str(LessonPage.objects.get(pk=published.pk).body)


# ---- copied ----


@pytest.fixture
def second(whole, rule_set, site):
    """Another program of the school, with a module and its page; the instructor is in its team."""
    program = load_program({**PROGRAM, "code": "OTHER", "title": "Another program"}, whole.school, rule_set, {})
    page = load_program_page(program, {**PROGRAM, "page": {"slug": "other"}}, site)
    load_lesson_page(Lesson.objects.get(module__program=program, code="MFR-1"), {"title": "Theirs"}, page)
    return program


def copied(browser, page: Page, to: Page, slug: str = "copied", **more: str):
    """Copy a page by its form."""
    data = {"new_title": "Copied", "new_slug": slug, "new_parent_page": str(to.pk), **more}
    return browser.post(reverse("wagtailadmin_pages:copy", args=[page.pk]), data, follow=True)


def test_a_copied_lesson_is_a_draft_with_its_plan_and_becomes_a_lesson(published, editor, reviewer) -> None:
    reviewer.post(edit_url(published), form(published, minutes="55", after_minutes="90", **PUBLISH))
    copied(editor, published, published.get_parent())
    page = LessonPage.objects.get(slug="copied")
    assert (page.lesson, page.live, page.minutes, page.after_minutes) == (None, False, 55, 90)
    reviewer.post(edit_url(page), {**form(page, [], minutes="55"), **stream_fields(page.body, "body"), **PUBLISH})
    lesson = LessonPage.objects.get(pk=page.pk).lesson
    assert (lesson.code, lesson.minutes, lesson.title) == ("MFR-3", 55, "Copied")
    assert Lesson.objects.get(code="MFR-1").title == "The barrier"


def test_a_copied_module_brings_its_lessons(published, program_page, editor, reviewer, program) -> None:
    copied(editor, module_page(), program_page, copy_subpages="on")
    module = ModulePage.objects.get(slug="copied")
    page = LessonPage.objects.child_of(module).get()
    assert (module.module, page.lesson, module.live, page.live) == (None, None, False, False)
    assert (module.minutes, module.category) == (240, "mfr")
    reviewer.post(edit_url(module), {**module_form(module), **PUBLISH})
    assert Module.objects.get(title="Copied").code == "C"
    reviewer.post(edit_url(page), {**form(page), **PUBLISH})
    lesson = LessonPage.objects.get(pk=page.pk).lesson
    assert (lesson.module.title, lesson.code, lesson.module.program) == ("Copied", "C-1", program)


def test_gates_of_the_old_program_stay_there(published, reviewer, editor, second, whole) -> None:
    join_team(program=second, user=whole.instructor)
    browser = staff(type(whole.instructor).objects.get(pk=whole.instructor.pk))
    gated = new_page(published.get_parent(), reviewer, after_lessons=str(published.lesson.pk), after_minutes="90")
    target = ModulePage.objects.get(module__program=second, module__code="MFR")
    shown = copied(browser, gated, target).content.decode()
    assert "no longer waits for: The barrier" in shown
    page = LessonPage.objects.get(slug="copied")
    draft = page.get_latest_revision_as_object()
    assert list(page.after_lessons.all()) == list(draft.after_lessons.all()) == []
    assert draft.after_minutes == 90, "what is no row of the old program stays"
    assert list(LessonPage.objects.get(pk=gated.pk).after_lessons.all()) == [published.lesson]
    # Within its own program it waits as before, and nothing is said.
    assert "no longer waits" not in copied(editor, gated, published.get_parent(), "again").content.decode()
    assert list(LessonPage.objects.get(slug="again").after_lessons.all()) == [published.lesson]


def test_a_gate_of_another_program_is_refused(published, reviewer, second) -> None:
    foreign = Lesson.objects.get(module__program=second, code="MFR-1")
    draft = LessonPage.objects.get(pk=published.pk)
    draft.after_lessons = [foreign]
    with pytest.raises(ValidationError, match="lessons of another program"):
        draft.full_clean()
    draft.after_lessons, draft.after_quizzes = [], [foreign.module]
    with pytest.raises(ValidationError, match="quizzes of another program"):
        draft.full_clean()
    module = ModulePage.objects.get(pk=published.get_parent().pk)
    module.after_modules = [foreign.module]
    with pytest.raises(ValidationError, match="modules of another program"):
        module.full_clean()
    # Nor does the form take it.
    answer = reviewer.post(edit_url(published), {**form(published, after_lessons=str(foreign.pk)), **PUBLISH})
    assert "Select a valid choice" in answer.content.decode()


def test_nobody_copies_into_a_program_that_is_not_hers(published, editor, second, foreign_editor, reviewer) -> None:
    target = ModulePage.objects.get(module__program=second, module__code="MFR")
    before = Page.objects.count()
    assert "You do not have permission to copy to page" in copied(editor, published, target).content.decode()
    api = f"/cms/api/main/pages/{published.pk}/action/copy/"
    for browser in (editor, foreign_editor):
        answer = browser.post(api, {"destination_page_id": target.pk}, content_type="application/json")
        assert answer.status_code in {302, 403, 404}
    copied(foreign_editor, published, published.get_parent())
    assert Page.objects.count() == before
    copied(reviewer, published, target)
    assert Page.objects.count() == before + 1, "the registrar works in both"


def test_a_new_lesson_names_its_writer_as_instructor(editor, reviewer, whole, program_page):
    """A registrar who does not teach leaves the field empty; whoever teaches need not choose herself."""
    url = reverse("wagtailadmin_pages:add", args=["catalog", "lessonpage", module_page().pk])
    assert editor.get(url).context["form"]["instructor"].value() == whole.instructor.pk
    assert reviewer.get(url).context["form"]["instructor"].value() is None


def test_the_status_panel_says_who_reads_a_page(reviewer, published, program_page):
    """Wagtail would say of every page that all can see it, and offer a switch that ours do not have."""
    shown = reviewer.get(edit_url(published)).content.decode()
    assert "Enrolled learners" in shown and "Once live anyone can view" not in shown
    shown = reviewer.get(edit_url(module_page())).content.decode()
    assert "Once live anyone can view" in shown
    # The dialog that belongs to the switch is in every page; the button that opens it is not.
    assert 'data-a11y-dialog-show="set-privacy"' not in shown


def test_a_comparison_tells_of_what_was_changed_alone(reviewer, published):
    """Blanks between the paragraphs of a file are none of the words; the editor stores none."""
    written = "<h2>Where</h2>\n<p>Here.</p>\n<ul>\n<li>One</li>\n</ul>"
    revisions = []
    for prose, published.lede in ((written, "A lede."), (written.replace("\n", ""), "Another lede.")):
        stored = [{"type": "prose", "value": prose, "id": "4f0c1c52-0d36-4a53-8a3c-7c1f0b6c9f10"}]
        published.body = published.body.stream_block.to_python(stored)
        revisions.append(published.save_revision().pk)
    url = reverse("wagtailadmin_pages:revisions_compare", args=[published.pk, *revisions])
    shown = reviewer.get(url).content.decode()
    marked = BeautifulSoup(shown, "html.parser").select(".addition, .deletion")
    assert {words.get_text() for words in marked} == {"A lede.", "Another lede."}
