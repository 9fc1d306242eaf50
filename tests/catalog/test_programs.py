"""A registrar keeps her school's programs in the CMS: new ones, settings, team, approvals, versions."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from wagtail.models import Page

from certification.requirements.models import RuleSet
from courses.catalog.models import CourseApproval, Lesson, LessonPage, Module, ModulePage, Program, ProgramPage
from courses.catalog.services import new_version
from courses.catalog.services.programs import SETTINGS
from tests.worlds import School

from .conftest import staff


def settings_of(program: Program, **more: object) -> dict[str, object]:
    fields = {name: getattr(program, name) for name in SETTINGS if name != "is_open"}
    # A box that is not ticked is not sent.
    return {"is_open": "on", **{name: value for name, value in fields.items() if value is not False}, **more}


def test_a_new_program_has_a_draft_page_and_takes_nobody(reviewer, whole: School, rule_set: RuleSet, site) -> None:
    wanted = {"school": whole.school.pk, "code": "LYM-100", "title": "Lymph, 100 hours", "rule_set": rule_set.pk}
    address = reverse("catalog_add_program")
    assert "capital letters" in reviewer.post(address, {**wanted, "code": "lym 100"}).content.decode()
    assert "A program has this code" in reviewer.post(address, {**wanted, "code": "SMALL"}).content.decode()
    assert Program.objects.count() == 1
    answer = reviewer.post(address, wanted)
    made = Program.objects.get(code="LYM-100")
    assert answer["Location"] == reverse("catalog_program", args=[made.uuid])
    assert not made.is_open
    page = ProgramPage.objects.get(program=made)
    assert (page.live, page.get_parent().specific) == (False, site)
    assert page.permissions_for_user(whole.registrar).can_publish()


def test_settings_are_kept_or_refused_whole(reviewer, program) -> None:
    address = reverse("catalog_program", args=[program.uuid])
    refused = reviewer.post(address, settings_of(program, gap_seconds=20, day_cap_minutes=240)).content.decode()
    assert "at least two beats" in refused
    assert Program.objects.get().day_cap_minutes == 480, "nothing by half"
    assert reviewer.post(address, settings_of(program, day_cap_minutes=240, title="Small, renamed")).status_code == 302
    assert (Program.objects.get().day_cap_minutes, Program.objects.get().title) == (240, "Small, renamed")
    shifts = {"externship_minutes": 60, "externship_category": ""}
    assert "Choose a category" in reviewer.post(address, settings_of(program, **shifts)).content.decode()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"beat_seconds": 4}, "give 5 or more"),
        ({"beat_seconds": 301, "gap_seconds": 700, "idle_seconds": 900}, "give 300 or less"),
        ({"gap_seconds": 901, "idle_seconds": 1000}, "give 900 seconds or less"),
        ({"gap_seconds": 301}, "Shorten the gap, or lengthen the idle limit"),
        ({"idle_seconds": 0}, "give 30 seconds or more"),
        ({"idle_seconds": 3601}, "give 3600 seconds or less"),
    ],
)
def test_settings_of_the_clock_stay_within_limits(reviewer, program, settings: dict[str, int], says: str) -> None:
    address = reverse("catalog_program", args=[program.uuid])
    assert says in reviewer.post(address, settings_of(program, **settings)).content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        Program.objects.filter(pk=program.pk).update(**settings)


def test_the_team_is_put_together_by_screen(reviewer, program, whole, published) -> None:
    address = reverse("catalog_team", args=[program.uuid])
    reviewer.post(address, {"do": "leave", "user": whole.instructor.uuid})
    edit = reverse("wagtailadmin_pages:edit", args=[published.pk])
    assert staff(whole.instructor).get(edit).status_code in {302, 403}
    for nobody in ("", "x", whole.learner_user.uuid, whole.foreign_registrar.uuid):
        answer = reviewer.post(address, {"do": "join", "user": nobody}, follow=True)
        assert "Choose an instructor of the school" in answer.content.decode()
    reviewer.post(address, {"do": "join", "user": whole.instructor.uuid})
    assert staff(whole.instructor).get(edit).status_code == 200


def test_an_approval_is_written_down_and_withdrawn(reviewer, program) -> None:
    address = reverse("catalog_approve", args=[program.uuid])
    module = Module.objects.get(code="MFR")
    wanted = {"module": module.pk, "body": "NCBTMB", "number": "451-9", "approved_on": "2026-01-05"}
    assert "Write a day like" in reviewer.post(address, {**wanted, "approved_on": "soon"}).content.decode()
    reviewer.post(address, wanted)
    approval = CourseApproval.objects.get()
    assert (approval.title, approval.minutes, approval.module) == ("Myofascial release", 240, module)
    assert "NCBTMB 451-9" in reviewer.get(reverse("catalog_program", args=[program.uuid])).content.decode()
    reviewer.post(reverse("catalog_withdraw", args=[program.uuid, approval.uuid]))
    approval.refresh_from_db()
    assert approval.withdrawn_on


def test_a_new_version_copies_the_whole_curriculum_as_drafts(reviewer, program, published, whole) -> None:
    first = Lesson.objects.get(code="MFR-1")
    second = LessonPage(title="Second", slug="second", lesson=Lesson.objects.get(code="MFR-2"))
    published.get_parent().add_child(instance=second)
    second.after_lessons = [first]
    second.save_revision().publish()
    answer = reviewer.post(reverse("catalog_version", args=[program.uuid]))
    fresh = Program.objects.get(version=2)
    assert answer["Location"] == reverse("catalog_program", args=[fresh.uuid])
    assert (fresh.code, fresh.title, fresh.is_open) == (program.code, program.title, False)
    assert [module.course for module in fresh.modules.all()] == ["MFR@2", "NMT@2"]
    page = ProgramPage.objects.get(program=fresh)
    lessons = LessonPage.objects.descendant_of(page)
    assert {each.lesson.module.program for each in lessons} == {fresh}
    assert not Page.objects.descendant_of(page, inclusive=True).live().exists()
    copy = lessons.get(slug="second")
    assert [each.module.program for each in copy.after_lessons.all()] == [fresh]
    assert copy.get_latest_revision_as_object().lesson.module.program == fresh
    # Published, the copy plans for the new version alone.
    for each in (page, *ModulePage.objects.descendant_of(page), copy):
        each.get_latest_revision().publish(user=whole.registrar)
    assert Lesson.objects.get(module__program=fresh, code="MFR-2").gates == [{"kind": "lesson", "code": "MFR-1"}]
    assert LessonPage.objects.get(pk=second.pk).lesson.module.program == program
    assert new_version(program=program, by=whole.registrar).version == 3


@pytest.mark.parametrize("name", ["catalog_programs", "catalog_add_program"])
def test_only_who_keeps_programs_sees_them(editor, reviewer, foreign_editor, client, name) -> None:
    address = reverse(name)
    assert reviewer.get(address).status_code == 200
    for browser in (editor, foreign_editor, client):
        assert browser.get(address).status_code in {302, 403}
    assert "/cms/programs/" in reviewer.get("/cms/").content.decode()
    assert "/cms/programs/" not in editor.get("/cms/").content.decode()


def test_another_schools_program_is_not_there(program, whole, editor) -> None:
    foreign = staff(whole.foreign_registrar)
    for name in ("catalog_program", "catalog_team", "catalog_approve", "catalog_version"):
        address = reverse(name, args=[program.uuid])
        assert foreign.post(address, {}).status_code in {302, 403, 404}
        assert editor.post(address, {}).status_code in {302, 403, 404}
    assert Program.objects.count() == 1


def test_queries_of_the_list_do_not_grow(reviewer, program, whole, rule_set, django_assert_max_num_queries) -> None:
    reviewer.get(reverse("catalog_programs"))
    with django_assert_max_num_queries(30) as first:
        reviewer.get(reverse("catalog_programs"))
    for number in range(5):
        Program.objects.create(school=whole.school, code=f"P{number}", title="More", rule_set=rule_set)
    with django_assert_max_num_queries(len(first)):
        reviewer.get(reverse("catalog_programs"))
