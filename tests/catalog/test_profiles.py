"""Instructors in public: only who agreed and teaches there now, only licenses that were checked and hold, no address."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from wagtail.models import ModelLogEntry

from accounts.models import User
from accounts.services import end_role, record_licence
from cms.desk.services import erase_person
from courses.catalog.models import InstructorProfile, SchoolImage
from courses.catalog.selectors import instructors_of
from courses.catalog.services import ensure_cms_roles, ensure_profile, forget_profiles, leave_team
from tests.files import picture

from .conftest import staff

TODAY = "2026-06-15T15:00:00Z"
CHECKED = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def profile(whole) -> InstructorProfile:
    return ensure_profile(
        school=whole.school,
        user=whole.instructor,
        name="Ines I. <b>",
        credentials="LMT, CLT",
        bio="Teaches touch.",
        agreed_on=date(2026, 6, 1),
        is_public=True,
    )


def licence(user, number, **fields):
    return record_licence(
        user=user, number=number, state="GA", profession="Massage therapist",
        **{"verified_at": CHECKED, "valid_from": date(2026, 1, 1), "valid_to": date(2026, 12, 31), **fields},
    )  # fmt: skip


def page(client) -> str:
    return " ".join(client.get("/programs/small/").content.decode().split())


def test_who_agreed_stands_on_the_page_with_what_was_checked(profile, whole, published, client):
    licence(whole.instructor, "MT-1")
    for number, fields in {
        "MT-unchecked": {"verified_at": None},
        "MT-over": {"valid_to": date(2026, 6, 14)},
        "MT-later": {"valid_from": date(2026, 6, 16)},
    }.items():
        licence(whole.instructor, number, **fields)
    text = page(client)
    assert "Ines I. &lt;b&gt;" in text and "LMT, CLT" in text and "Teaches touch." in text
    assert 'Massage therapist, <span class="nowrap">GA MT-1</span>' in text
    assert "checked on 1 June 2026" in text
    for hidden in ("MT-unchecked", "MT-over", "MT-later", whole.instructor.email, "@example.org"):
        assert hidden not in text, hidden
    assert '"instructor": [{"@type": "Person", "name": "Ines I. \\u003Cb\\u003E"}]' in text


def test_a_license_holds_on_its_first_and_last_day(profile, whole, program):
    licence(whole.instructor, "A", valid_from=date(2026, 6, 15), valid_to=date(2026, 6, 15))
    licence(whole.instructor, "B", valid_from=None, valid_to=None)
    assert [one.number for one in instructors_of(program)[0].licences] == ["A", "B"]


@pytest.mark.parametrize("change", ["hidden", "left", "ended", "closed"])
def test_nobody_else_is_shown(profile, whole, program, change):
    assert len(instructors_of(program)) == 1
    if change == "hidden":
        InstructorProfile.objects.update(is_public=False)
    elif change == "left":
        leave_team(program=program, user=whole.instructor)
    elif change == "ended":
        end_role(user=whole.instructor, organisation=whole.school, role="instructor")
    else:
        User.objects.filter(pk=whole.instructor.pk).update(is_active=False)
    assert instructors_of(program) == []


def test_an_instructor_of_two_schools_shows_each_its_own(profile, whole, program):
    from accounts.services import grant_role

    grant_role(user=whole.instructor, organisation=whole.other_school, role="instructor")
    ensure_profile(
        school=whole.other_school, user=whole.instructor, name="Other", agreed_on=date(2026, 6, 1), is_public=True
    )
    assert [one.profile.name for one in instructors_of(program)] == ["Ines I. <b>"]


def test_queries_do_not_grow(profile, whole, program, django_assert_num_queries):
    program.school.zone  # noqa: B018
    with django_assert_num_queries(2):
        instructors_of(program)
    InstructorProfile.objects.update(is_public=False)
    with django_assert_num_queries(1):
        instructors_of(program)


def test_nobody_is_public_without_a_day_of_consent(profile):
    profile.agreed_on = None
    with pytest.raises(ValidationError) as refused:
        profile.full_clean()
    assert "agreed" in str(refused.value)
    with pytest.raises(IntegrityError), transaction.atomic():
        InstructorProfile.objects.update(agreed_on=None)


def address(name: str, *args) -> str:
    return reverse(f"wagtailsnippets_catalog_instructorprofile:{name}", args=args)


def form(profile, **more) -> dict:
    return {
        "user": profile.user_id, "name": "Ines", "credentials": "LMT", "bio": "", "agreed_on": "2026-06-01",
        "is_public": "on", "collection": profile.collection_id, **more,
    }  # fmt: skip


def test_registrars_publish_and_nobody_of_another_school(profile, whole, reviewer, editor, foreign_editor):
    edit = address("edit", profile.pk)
    for stranger in (editor, foreign_editor, staff(whole.foreign_registrar)):
        assert stranger.get(edit).status_code in {302, 403, 404}
        assert stranger.post(edit, form(profile)).status_code in {302, 403, 404}
        assert "Ines I." not in stranger.get(address("list"), follow=True).content.decode()
    profile.refresh_from_db()
    assert profile.name == "Ines I. <b>"
    assert reviewer.get(edit).status_code == 200
    assert reviewer.post(edit, form(profile)).status_code == 302
    profile.refresh_from_db()
    assert profile.name == "Ines"


def test_the_form_offers_the_schools_own_instructors(profile, whole, reviewer):
    page = reviewer.get(address("edit", profile.pk)).content.decode()
    assert "Ines Instructor" in page and "Fritz Foreign" not in page and "Daniela Reyes" not in page
    fritz = User.objects.get(email="fritz@example.org")
    answer = reviewer.post(address("add"), form(profile, user=fritz.pk))
    assert answer.status_code == 200
    assert InstructorProfile.objects.count() == 1


def test_a_photo_of_another_library_is_refused(profile, whole):
    from tests.cms.test_articles import picture_of

    profile.photo = picture_of(whole.other_school)
    with pytest.raises(ValidationError) as refused:
        profile.full_clean()
    assert "photo" in refused.value.message_dict
    profile.photo = picture_of(whole.school)
    profile.full_clean()


def test_she_goes_with_her_name_when_she_is_erased(profile, whole, reviewer):
    reviewer.post(address("edit", profile.pk), form(profile, name="Ines Remembered"))
    assert ModelLogEntry.objects.filter(label="Ines Remembered").exists()
    end_role(user=whole.instructor, organisation=whole.school, role="instructor")
    erase_person(user=whole.instructor, today=date(2026, 6, 15))
    assert not InstructorProfile.objects.exists()
    assert not ModelLogEntry.objects.filter(label="Ines Remembered").exists()
    forget_profiles(user=whole.instructor)


def test_a_collection_with_profiles_is_not_empty(profile, whole, client):
    from courses.catalog.wagtail_hooks import profiles_of_collection

    collection = ensure_cms_roles(whole.school).collection
    assert profiles_of_collection(collection)["count"] == 1
    assert profiles_of_collection(ensure_cms_roles(whole.other_school).collection) is None


@pytest.mark.parametrize("how", ["no longer public", "another photo", "deleted", "erased"])
def test_a_photo_that_is_shown_no_longer_ends_where_it_was_shown(
    profile, whole, published, client, reviewer, how, django_capture_on_commit_callbacks
):
    photo = SchoolImage(title="Ines", file=ContentFile(picture(), name="ines.jpg"), collection=profile.collection)
    photo.full_clean()
    photo.save()
    profile.photo = photo
    profile.save()
    shown = re.search(r'class="people__photo" src="([^"]+)"', page(client))[1]
    assert client.get(shown).status_code == 200
    profile.bio = "Teaches touch, still."
    profile.save()
    assert client.get(shown).status_code == 200, "another word about her changes no address"
    before = photo.file.name
    with django_capture_on_commit_callbacks(execute=True):
        if how == "no longer public":
            profile.is_public = False
            profile.save()
        elif how == "another photo":
            profile.photo = None
            profile.save()
        elif how == "deleted":
            profile.delete()
        else:
            forget_profiles(user=whole.instructor)
    assert client.get(shown).status_code == 404
    photo.refresh_from_db()
    assert photo.file.name != before and not photo.file.storage.exists(before)
    # The library keeps the picture, at addresses that nobody was told.
    again = photo.get_rendition("fill-240x240|format-webp").url
    assert again != shown and reviewer.get(again).status_code == 200
