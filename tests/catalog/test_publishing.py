"""What publishing a page means: its plan counts from then on, and a change to what people studied is decided about."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from accounts.services import ensure_user, grant_role
from cms.jobs import run_due
from courses.catalog.models import Lesson, LessonChange, LessonPage, Module, ModulePage, Program
from courses.catalog.selectors import program_outline
from courses.catalog.services import (
    decide_change,
    mark_studied,
    publish_lesson_page,
    record_approval,
    retire_lesson,
    retire_module,
    withdraw_approval,
)
from notices.models import Message
from tests.worlds import School

from .conftest import by_her_clock, staff
from .test_review import edit_url, form

PUBLISH = {"action-publish": "Publish"}


def module_form(page: ModulePage, **more: str) -> dict[str, str]:
    """What the editor's form of a module page sends."""
    return nested_form_data(
        {
            "title": page.title,
            "slug": page.slug,
            "summary": page.summary,
            "objectives": page.objectives,
            "category": page.category,
            "minutes": str(page.minutes),
            "state": page.state,
            "comments": inline_formset([]),
            **more,
        }
    )


def module_page(code: str = "MFR") -> ModulePage:
    return ModulePage.objects.get(module__code=code)


def new_page(parent: Page, reviewer: Client, **more: str) -> LessonPage:
    """A lesson page that is written and published in one go."""
    address = reverse("wagtailadmin_pages:add", args=["catalog", "lessonpage", parent.pk])
    answer = reviewer.post(address, {**form(LessonPage(title="Newly", slug="newly")), **more, **PUBLISH})
    assert answer.status_code == 302, answer.content.decode()
    return LessonPage.objects.get(slug="newly")


# ---- the plan ----


def test_a_published_new_page_makes_its_lesson_with_its_plan(published, reviewer, program) -> None:
    first = Lesson.objects.get(code="MFR-1")
    page = new_page(
        published.get_parent(), reviewer, minutes="25", min_seat_minutes="10", needs_self_checks="on",
        release_after_days="7", after_lessons=str(first.pk), after_minutes="90", after_category="mfr",
        after_milestone="check-off:palpation",
    )  # fmt: skip
    lesson = page.lesson
    assert (lesson.code, lesson.title, lesson.module.code, lesson.category) == ("MFR-3", "Newly", "MFR", "mfr")
    assert (lesson.minutes, lesson.min_seat_minutes, lesson.needs_self_checks) == (25, 10, True)
    assert lesson.release_after_days == 7
    assert lesson.gates == [
        {"kind": "lesson", "code": "MFR-1"},
        {"kind": "minutes", "code": "mfr", "minutes": 90},
        {"kind": "milestone", "code": "check-off:palpation"},
    ]
    assert page.get_latest_revision_as_object().lesson == lesson, "the next draft knows its lesson"
    assert "Newly" in [line.lesson.title for line in program_outline(program).modules[0].lessons]


def test_a_second_page_of_the_same_title_gets_an_address(published, editor) -> None:
    address = reverse("wagtailadmin_pages:add", args=["catalog", "lessonpage", published.get_parent().pk])
    for _again in range(2):
        assert editor.post(address, form(LessonPage(title="The barrier", slug="the-barrier"))).status_code == 302
    slugs = LessonPage.objects.order_by("path").values_list("slug", flat=True)
    assert list(slugs) == ["the-barrier", "the-barrier-2", "the-barrier-3"]
    # Autosave goes on sending what the author's form still says.
    second = LessonPage.objects.get(slug="the-barrier-2")
    assert editor.post(edit_url(second), form(second, slug="the-barrier")).status_code == 302
    assert LessonPage.objects.get(pk=second.pk).slug == "the-barrier-2"


def test_a_draft_plans_and_only_publishing_counts(published, editor, reviewer) -> None:
    data = form(published, minutes="55", min_seat_minutes="30")
    assert editor.post(edit_url(published), data).status_code == 302
    assert Lesson.objects.get(code="MFR-1").minutes == 40
    reviewer.post(edit_url(published), {**data, **PUBLISH})
    lesson = Lesson.objects.get(code="MFR-1")
    assert (lesson.minutes, lesson.min_seat_minutes, lesson.code) == (55, 30, "MFR-1")


def test_a_page_that_takes_up_a_lesson_takes_its_plan(published, editor) -> None:
    lesson = Lesson.objects.get(code="MFR-2")
    address = reverse("wagtailadmin_pages:add", args=["catalog", "lessonpage", published.get_parent().pk])
    blank = LessonPage(title="Second", slug="second")
    editor.post(address, form(blank, lesson=str(lesson.pk)))
    page = LessonPage.objects.get(slug="second")
    assert page.minutes == lesson.minutes == 30
    # What she typed herself is kept.
    page.delete()
    editor.post(address, form(LessonPage(title="Second", slug="typed", min_seat_minutes=7), lesson=str(lesson.pk)))
    typed = LessonPage.objects.get(slug="typed")
    assert (typed.minutes, typed.min_seat_minutes) == (30, 7)
    assert typed.get_latest_revision_as_object().min_seat_minutes == 7


def test_a_translation_plans_nothing(published, reviewer) -> None:
    from wagtail.models import Locale

    spanish = Locale.objects.create(language_code="es")
    copy = LessonPage.objects.get(pk=published.pk).copy_for_translation(spanish, copy_parents=True)
    assert copy.lesson == published.lesson
    assert not copy.governs
    copy.minutes = 600
    copy.save_revision().publish()
    assert Lesson.objects.get(code="MFR-1").minutes == 40


def test_lessons_cannot_wait_for_each_other(published, reviewer) -> None:
    first = Lesson.objects.get(code="MFR-1")
    page = new_page(published.get_parent(), reviewer, after_lessons=str(first.pk))
    answer = reviewer.post(edit_url(published), {**form(published, after_lessons=str(page.lesson.pk)), **PUBLISH})
    assert "It waits for lessons that wait for it" in answer.content.decode()
    assert Lesson.objects.get(code="MFR-1").gates == []


def test_modules_cannot_wait_for_each_other(published, reviewer, whole, program) -> None:
    nmt = Module.objects.get(code="NMT")
    Module.objects.filter(pk=nmt.pk).update(gates=[{"kind": "module", "code": "MFR"}])
    Lesson.objects.create(module=nmt, code="NMT-1", title="Points", category="nmt_trp")
    page = module_page()
    answer = reviewer.post(edit_url(page), {**module_form(page, after_modules=str(nmt.pk)), **PUBLISH})
    assert "These modules wait for this one already" in answer.content.decode()
    assert Module.objects.get(code="MFR").gates == []


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("needs_quiz_percent", "80", "The module has no quiz"),
        ("needs_quiz_percent", "101", "less than or equal to 100"),
        ("minutes", "0", "greater than or equal to 1"),
        ("minutes", "1441", "less than or equal to 1440"),
        ("category", "moon", "Select a valid choice"),
    ],
)
def test_plans_that_cannot_be_carried_out(published, reviewer, field, value, words) -> None:
    answer = reviewer.post(edit_url(published), {**form(published, **{field: value}), **PUBLISH})
    assert words in answer.content.decode()
    assert Lesson.objects.get(code="MFR-1").minutes == 40


def test_a_new_module_page_makes_its_module(program_page, editor, reviewer, program, whole) -> None:
    address = reverse("wagtailadmin_pages:add", args=["catalog", "modulepage", program_page.pk])
    data = module_form(
        ModulePage(title="Trigger points", slug="trigger", objectives="Find one.\n\n Press it. ", category="nmt_trp"),
        minutes="120", lead=str(whole.instructor.pk), after_modules=str(Module.objects.get(code="MFR").pk),
    )  # fmt: skip
    assert editor.post(address, data).status_code == 302
    page = ModulePage.objects.get(slug="trigger")
    assert page.module is None, "a draft plans only"
    reviewer.post(edit_url(page), {**data, **PUBLISH})
    module = Module.objects.get(title="Trigger points")
    assert (module.program, module.code, module.category, module.minutes) == (program, "TP", "nmt_trp", 120)
    assert module.objectives == ["Find one.", "Press it."]
    assert (module.lead, module.gates) == (whole.instructor, [{"kind": "module", "code": "MFR"}])
    assert ModulePage.objects.get(pk=page.pk).module == module
    assert Client().get("/programs/small/trigger/").status_code == 200


def test_dragging_pages_orders_lessons(published, reviewer) -> None:
    page = new_page(published.get_parent(), reviewer)
    reviewer.post(reverse("wagtailadmin_pages:set_page_position", args=[page.pk]) + "?position=0")
    order = list(Lesson.objects.filter(module__code="MFR").order_by("sort_order").values_list("code", flat=True))
    assert order.index("MFR-3") < order.index("MFR-1")


def test_a_lesson_is_not_moved_to_another_module(published, reviewer, program_page) -> None:
    other = module_page().copy(update_attrs={"slug": "other"}, keep_live=False)
    assert not LessonPage.objects.get(pk=published.pk).can_move_to(other.specific)
    assert LessonPage.objects.get(pk=published.pk).can_move_to(module_page())


# ---- a change to what was studied ----


@pytest.fixture
def studied(published: LessonPage) -> LessonPage:
    """The published page of a lesson that somebody has opened."""
    mark_studied(lesson=Lesson.objects.get(code="MFR-1"))
    return LessonPage.objects.get(pk=published.pk)


def change_url(page: Page) -> str:
    return reverse("catalog_change", args=[page.pk])


def test_nobody_is_asked_about_what_nobody_studied(published, reviewer) -> None:
    reviewer.post(edit_url(published), form(published, **PUBLISH))
    assert "Newly" in str(LessonPage.objects.get(pk=published.pk).body)
    assert not LessonChange.objects.exists()


def test_publishing_a_change_asks_first(studied, reviewer, whole) -> None:
    answer = reviewer.post(edit_url(studied), form(studied, **PUBLISH))
    assert answer.url == change_url(studied)
    assert "Newly" not in str(LessonPage.objects.get(pk=studied.pk).body), "asked, not published"
    asked = reviewer.get(change_url(studied)).content.decode()
    assert "What does this change mean?" in asked
    # Without an answer, and without the words that learners read, nothing is published.
    assert "Choose what the change means" in reviewer.post(change_url(studied), {}).content.decode()
    refused = reviewer.post(change_url(studied), {"kind": "redo", "note": " "}).content.decode()
    assert "Write in one sentence what has changed" in refused
    assert not LessonChange.objects.exists()
    assert reviewer.post(change_url(studied), {"kind": "redo", "note": "The dose was wrong."}).status_code == 302
    change = LessonChange.objects.get()
    page = LessonPage.objects.get(pk=studied.pk)
    assert "Newly" in str(page.body)
    assert (change.revision, change.kind, change.decided_by) == (page.live_revision_id, "redo", whole.registrar)
    assert page.lesson.redo_since == change.published_at is not None


@pytest.mark.parametrize("kind", ["cosmetic", "added"])
def test_only_what_must_be_redone_is_asked_for_again(studied, reviewer, kind) -> None:
    reviewer.post(edit_url(studied), form(studied, **PUBLISH))
    reviewer.post(change_url(studied), {"kind": kind, "note": "A comma."})
    assert LessonChange.objects.get().published_at
    assert Lesson.objects.get(code="MFR-1").redo_since is None


def test_no_way_round_the_question(studied, reviewer, editor) -> None:
    """Approval, many at once, and a program's own call stop at it too."""
    editor.post(edit_url(studied), form(studied, **{"action-submit": "Submit"}))
    page = LessonPage.objects.get(pk=studied.pk)
    state = page.current_workflow_task_state
    action = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])
    assert reviewer.post(action, {"comment": ""}).url == change_url(page)
    state.refresh_from_db()
    assert state.status == state.STATUS_IN_PROGRESS
    with pytest.raises(ValidationError, match="Say first"), transaction.atomic():
        publish_lesson_page(page=page)
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    reviewer.post(f"{bulk}?id={page.pk}", {"include_descendants": "on"})
    reviewer.post(f"/cms/api/main/pages/{page.pk}/action/publish/")
    assert "Newly" not in str(LessonPage.objects.get(pk=page.pk).body)
    # The answer approves: the review is over, and the author hears of it.
    assert reviewer.post(change_url(page), {"kind": "added", "note": "A new test."}).status_code == 302
    state.refresh_from_db()
    assert state.status == state.STATUS_APPROVED
    assert "Newly" in str(LessonPage.objects.get(pk=page.pk).body)


def test_only_who_publishes_decides(studied, editor, reviewer, whole) -> None:
    editor.post(edit_url(studied), form(studied))
    assert editor.post(change_url(studied), {"kind": "cosmetic"}).status_code in {302, 403}
    assert not LessonChange.objects.exists()
    with pytest.raises(ValidationError, match="Only those who publish"):
        decide_change(page=studied, kind="cosmetic", note="", by=whole.instructor)
    page = LessonPage.objects.get(pk=studied.pk)
    one = decide_change(page=page, kind="added", note="More.", by=whole.registrar)
    assert decide_change(page=page, kind="added", note="More.", by=whole.registrar) == one
    with pytest.raises(ValidationError, match="decided already"):
        decide_change(page=page, kind="cosmetic", note="", by=whole.registrar)


def test_a_day_in_the_future_keeps_its_answer(studied, reviewer) -> None:
    day = timezone.now() + timedelta(days=3)
    reviewer.post(edit_url(studied), form(studied, go_live_at=by_her_clock(day), **PUBLISH))
    reviewer.post(change_url(studied), {"kind": "redo", "note": "The dose was wrong."})
    change = LessonChange.objects.get()
    assert (change.published_at, Lesson.objects.get(code="MFR-1").redo_since) == (None, None)
    with time_machine.travel(day + timedelta(minutes=5), tick=False):
        call_command("publish_scheduled", verbosity=0)
    change.refresh_from_db()
    assert change.published_at is not None
    assert Lesson.objects.get(code="MFR-1").redo_since == change.published_at


def test_what_was_overtaken_is_held_back_and_said(
    published, reviewer, whole, django_capture_on_commit_callbacks
) -> None:
    day = timezone.now() + timedelta(days=3)
    reviewer.post(edit_url(published), form(published, go_live_at=by_her_clock(day), **PUBLISH))
    mark_studied(lesson=Lesson.objects.get(code="MFR-1"))
    with time_machine.travel(day + timedelta(minutes=5), tick=False), django_capture_on_commit_callbacks(execute=True):
        run_due()
    assert "Newly" not in str(LessonPage.objects.get(pk=published.pk).body)
    told = Message.objects.get(key__startswith="publication-held:")
    assert told.to == whole.registrar.email
    assert "Somebody has studied the lesson since" in told.body


def test_the_words_behind_hours_are_not_deleted(studied, reviewer, program_page) -> None:
    for page in (studied, program_page):
        # Nobody is asked "are you sure?" about what is refused.
        for ask in (reviewer.get, reviewer.post):
            answer = ask(reverse("wagtailadmin_pages:delete", args=[page.pk]), follow=True)
            assert "its words stay, since hours refer to them" in answer.content.decode()
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    reviewer.post(f"{bulk}?id={studied.pk}")
    assert LessonPage.objects.filter(pk=studied.pk).exists()
    reviewer.post(reverse("wagtailadmin_pages:unpublish", args=[studied.pk]))
    page = LessonPage.objects.get(pk=studied.pk)
    assert (page.live, page.lesson.retired_at) == (False, None)


# ---- retiring ----


def test_a_registrar_retires_a_lesson_and_brings_it_back(published, reviewer, editor, program, whole) -> None:
    address = reverse("catalog_retire", args=["lesson", published.pk])
    assert editor.post(address).status_code in {302, 403}
    assert Lesson.objects.get(code="MFR-1").retired_at is None
    assert "It leaves the outline" in reviewer.get(address).content.decode()
    reviewer.post(address)
    assert Lesson.objects.get(code="MFR-1").retired_at is not None
    assert [line.lesson.code for line in program_outline(program).modules[0].lessons] == ["MFR-2"]
    assert "Bring back" in reviewer.get(address).content.decode()
    reviewer.post(address)
    assert Lesson.objects.get(code="MFR-1").retired_at is None
    with pytest.raises(ValidationError, match="Only registrars"):
        retire_lesson(lesson=published.lesson, by=whole.instructor)


def test_a_module_is_retired_with_its_lessons(published, reviewer, program, whole) -> None:
    reviewer.post(reverse("catalog_retire", args=["module", module_page().pk]))
    assert [line.module.code for line in program_outline(program).modules] == ["NMT"]
    with pytest.raises(ValidationError, match="Only registrars"):
        retire_module(module=Module.objects.get(code="MFR"), by=whole.instructor, retired=False)


# ---- approvals ----


def approve(whole: School, program: Program, module: Module | None):
    return record_approval(
        program=program,
        module=module,
        by=whole.registrar,
        body="NCBTMB",
        number="451-9",
        approved_on=datetime(2026, 1, 5).date(),
    )


def test_an_approved_title_and_its_hours_do_not_drift(published, reviewer, whole, program) -> None:
    module = Module.objects.get(code="MFR")
    approval = approve(whole, program, module)
    page = module_page()
    answer = reviewer.post(edit_url(page), {**module_form(page, title="Fascia"), **PUBLISH}).content.decode()
    assert "It is approved as “Myofascial release” (NCBTMB 451-9)" in answer
    answer = reviewer.post(edit_url(page), {**module_form(page, minutes="300"), **PUBLISH}).content.decode()
    assert "It is approved with 240 min" in answer
    with pytest.raises(ValidationError, match="Withdraw it first"):
        retire_module(module=module, by=whole.registrar)
    # Other words may change, and after the approval the rest.
    assert reviewer.post(edit_url(page), {**module_form(page, summary="Said anew."), **PUBLISH}).status_code == 302
    withdraw_approval(approval=approval, by=whole.registrar)
    assert reviewer.post(edit_url(page), {**module_form(page, minutes="300"), **PUBLISH}).status_code == 302
    assert Module.objects.get(code="MFR").minutes == 300


@pytest.mark.parametrize(
    ("of_module", "attack"),
    [
        (True, "UPDATE catalog_module SET title = 'Fascia' WHERE code = 'MFR'"),
        (True, "UPDATE catalog_module SET minutes = 241 WHERE code = 'MFR'"),
        (False, "UPDATE catalog_module SET minutes = 241 WHERE code = 'MFR'"),
        (False, "UPDATE catalog_module SET state = 'retired' WHERE code = 'MFR'"),
        (False, "UPDATE catalog_program SET title = 'Other'"),
        (False, "UPDATE catalog_program SET externship_minutes = 60, externship_category = 'externship'"),
        (False, "UPDATE catalog_courseapproval SET minutes = 1"),
        (False, "DELETE FROM catalog_courseapproval"),
        (False, "UPDATE catalog_lesson SET code = 'X' WHERE code = 'MFR-1'"),
        (False, "UPDATE catalog_lesson SET module_id = (SELECT id FROM catalog_module WHERE code = 'NMT')"),
        (False, "DELETE FROM catalog_lesson"),
    ],
)
def test_the_database_holds_what_was_approved(whole, program, of_module, attack) -> None:
    approve(whole, program, Module.objects.get(code="MFR") if of_module else None)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_module SET summary = 'Said anew.'")


def test_a_new_module_in_an_approved_program_is_refused(published, reviewer, whole, program, program_page) -> None:
    approve(whole, program, None)
    address = reverse("wagtailadmin_pages:add", args=["catalog", "modulepage", program_page.pk])
    answer = reviewer.post(address, {**module_form(ModulePage(title="More", slug="more", category="mfr")), **PUBLISH})
    assert "The program is approved with 330 min" in answer.content.decode()
    assert not Module.objects.filter(title="More").exists()


def test_approvals_are_the_registrars(whole, program) -> None:
    with pytest.raises(ValidationError, match="Only registrars"):
        record_approval(
            program=program,
            module=None,
            by=whole.instructor,
            body="x",
            number="1",
            approved_on=datetime(2026, 1, 5).date(),
        )


# ---- the two steps of a review, and teams ----


def test_the_lead_reads_first_then_the_registrar(
    published, editor, reviewer, whole, django_capture_on_commit_callbacks
) -> None:
    lead = ensure_user(email="lead@example.org", legal_name="Lea Lead", password="x" * 12)
    grant_role(user=lead, organisation=whole.school, role="instructor")
    page = module_page()
    reviewer.post(edit_url(page), {**module_form(page, lead=str(lead.pk)), **PUBLISH})
    with django_capture_on_commit_callbacks(execute=True):
        editor.post(edit_url(published), form(published, **{"action-submit": "Submit"}))
    assert {message.to for message in Message.objects.filter(key__startswith="review-asked:")} == {lead.email}
    lesson = LessonPage.objects.get(pk=published.pk)
    state = lesson.current_workflow_task_state
    action = reverse("wagtailadmin_pages:workflow_action", args=[lesson.pk, "approve", state.pk])
    reviewer.post(action, {"comment": ""})
    state.refresh_from_db()
    assert state.status == state.STATUS_IN_PROGRESS, "the registrar waits for the lead"
    reader = staff(lead)
    assert reader.get(edit_url(lesson)).status_code == 200, "the lead may open what she reads, team or not"
    reader.post(action, {"comment": ""})
    state.refresh_from_db()
    assert state.status == state.STATUS_APPROVED
    assert "Newly" not in str(LessonPage.objects.get(pk=lesson.pk).body), "the lead does not publish"
    second = LessonPage.objects.get(pk=lesson.pk).current_workflow_task_state
    reviewer.post(
        reverse("wagtailadmin_pages:workflow_action", args=[lesson.pk, "approve", second.pk]), {"comment": ""}
    )
    assert "Newly" in str(LessonPage.objects.get(pk=lesson.pk).body)


def test_an_instructor_of_the_school_sees_only_her_own_programs(published, program_page, whole) -> None:
    colleague = ensure_user(email="colleague@example.org", legal_name="Carla Colleague", password="x" * 12)
    grant_role(user=colleague, organisation=whole.school, role="instructor")
    browser = staff(colleague)
    revision = published.latest_revision_id
    addresses = [
        edit_url(published),
        reverse("wagtailadmin_pages:view_draft", args=[published.pk]),
        reverse("wagtailadmin_pages:preview_on_edit", args=[published.pk]),
        reverse("wagtailadmin_pages:history", args=[published.pk]),
        reverse("wagtailadmin_pages:revisions_compare", args=[published.pk, "live", revision]),
        reverse("wagtailadmin_pages:copy", args=[published.pk]),
        reverse("wagtailadmin_pages:usage", args=[published.pk]),
        reverse("wagtailadmin_pages:add", args=["catalog", "lessonpage", published.get_parent().pk]),
        change_url(published),
        reverse("catalog_retire", args=["lesson", published.pk]),
    ]
    for address in addresses:
        answer = browser.get(address)
        assert answer.status_code in {302, 403, 404}, address
        assert "Zebrafascia" not in answer.content.decode(), address
    browser.post(edit_url(published), form(published))
    assert not LessonPage.objects.get(pk=published.pk).has_unpublished_changes
    assert "The barrier" not in browser.get("/cms/api/main/pages/?type=catalog.LessonPage&fields=*").content.decode()
    assert "Zebrafascia" not in browser.get("/cms/pages/search/?q=barrier").content.decode()


def test_leaving_the_school_ends_the_team(whole, program, published) -> None:
    from accounts.services import end_role

    browser = staff(whole.instructor)
    assert browser.get(edit_url(published)).status_code == 200
    end_role(user=whole.instructor, organisation=whole.school, role="instructor")
    assert staff(whole.instructor).get(edit_url(published)).status_code in {302, 403, 404}
