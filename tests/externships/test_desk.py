"""The school's list of what waits: sending again, voiding, verifying what was held; and who may."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from certification.externships.models import Shift, SignOff, SignOffLink, Supervisor
from certification.externships.selectors import waiting_links
from certification.externships.services import (
    SENDINGS_A_DAY,
    assign_supervisor,
    register_supervisor,
    resend_link,
    revoke_link,
    send_shifts,
    take_back_shift,
    verify_supervisor,
)
from notices.models import Message

from .conftest import Clinic, answers, text_of
from .test_signing import url_of

pytestmark = pytest.mark.django_db
DESK = "externships:desk_placements"


@pytest.fixture
def unverified(clinic: Clinic) -> Supervisor:
    """A supervisor at Harborview whose license nobody has checked."""
    supervisor = register_supervisor(
        school=clinic.school.school, name="Omar Haddad", email="ohaddad@harborview.example", licence_number="LMT-22",
        licence_state="KY", profession="Massage therapist", valid_from=date(2025, 1, 1), valid_to=date(2027, 1, 1),
    )  # fmt: skip
    assign_supervisor(supervisor=supervisor, site=clinic.site, from_on=date(2026, 9, 1))
    return supervisor


def test_the_empty_list_teaches_and_a_full_one_says_since_when(clinic: Clinic) -> None:
    desk = clinic.school.client(clinic.school.coordinator)
    assert "No signature is missing" in text_of(desk.get(reverse(DESK)))
    clinic.draft()
    clinic.draft("2026-11-10 09:00", "2026-11-10 10:30")
    assert "No signature is missing" in text_of(desk.get(reverse(DESK))), "drafts wait for nobody"
    clinic.send()
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        said = text_of(desk.get(reverse(DESK)))
    assert "2 shifts, 5 h, count nowhere until they are signed" in said
    assert "Daniela Reyes" in said
    assert "since 20 Nov (3 days)" in said
    assert "Mail not yet delivered" in said
    Message.objects.filter(key__startswith="signoff-link").update(sent_at=timezone.now())
    assert "Worksuntil 18 Dec" in text_of(desk.get(reverse(DESK)))


def test_sending_again_voids_the_old_link_once(clinic: Clinic) -> None:
    first, second = clinic.draft(), clinic.draft("2026-11-10 09:00", "2026-11-10 10:30")
    link = clinic.send()
    old = url_of(link)
    take_back_shift(shift=second)
    desk = clinic.school.client(clinic.school.registrar)
    for _click in range(2):
        page = desk.post(reverse("externships:desk_send_again", args=[link.uuid]), follow=True)
        assert "A new link is on its way to Dr. Priya Raman" in text_of(page)
    fresh = SignOffLink.objects.get(replaces=link)
    assert Client().get(old).status_code == 404
    assert Client().post(old, answers(link)).status_code == 404
    assert list(fresh.rows.values_list("shift_id", flat=True)) == [first.pk], "only what still waits"
    assert Client().post(url_of(fresh), answers(fresh)).status_code == 302
    first.refresh_from_db()
    assert first.state == "signed"
    page = desk.post(reverse("externships:desk_send_again", args=[fresh.uuid]), follow=True)
    assert "Nothing waits in this link any more" in text_of(page)
    assert Message.objects.filter(key__startswith="signoff-link").count() == 2


def test_an_expired_link_is_sent_again(clinic: Clinic) -> None:
    clinic.draft()
    link = clinic.send()
    with time_machine.travel(link.expires_at + timedelta(days=1), tick=False):
        desk = clinic.school.client(clinic.school.coordinator)
        assert "Ran out" in text_of(desk.get(reverse(DESK)))
        assert "ran out on 18 December" in text_of(clinic.learner().get(reverse("externships:shifts")))
        desk.post(reverse("externships:desk_send_again", args=[link.uuid]))
        fresh = SignOffLink.objects.get(replaces=link)
        assert Client().post(url_of(fresh), answers(fresh)).status_code == 302


def test_a_void_link_waits_until_it_is_sent_again(clinic: Clinic) -> None:
    shift = clinic.draft()
    link = clinic.send()
    desk = clinic.school.client(clinic.school.coordinator)
    for _click in range(2):
        page = desk.post(reverse("externships:desk_revoke", args=[link.uuid]), {"sure": "yes"}, follow=True)
        assert "The link is void" in text_of(page)
    assert "revoked by the school" in text_of(desk.get(reverse(DESK)))
    assert "made the link void" in text_of(clinic.learner().get(reverse("externships:shifts")))
    assert Client().get(url_of(link)).status_code == 404
    desk.post(reverse("externships:desk_send_again", args=[link.uuid]))
    fresh = SignOffLink.objects.get(replaces=link)
    Client().post(url_of(fresh), answers(fresh))
    shift.refresh_from_db()
    assert shift.state == "signed"


def test_what_goes_to_an_unverified_supervisor_is_held_and_the_school_is_asked(
    clinic: Clinic, unverified: Supervisor
) -> None:
    shift = clinic.draft(supervisor=unverified)
    sending = {"placement": str(clinic.placement.uuid), "supervisor": str(unverified.uuid)}
    page = clinic.learner().post(reverse("externships:send"), sending, follow=True)
    assert "not yet checked the license of Omar Haddad. It was asked" in text_of(page)
    assert "still checking the license of Omar Haddad" in text_of(page)
    link = SignOffLink.objects.get(supervisor=unverified)
    assert not Message.objects.filter(to=unverified.email).exists()
    asked = Message.objects.get(key__startswith="signoff-held")
    assert asked.to == clinic.school.coordinator.email
    assert "Massage therapist, KY LMT-22" in asked.body
    desk = clinic.school.client(clinic.school.coordinator)
    page = desk.get(reverse(DESK))
    assert "Check the license: Omar Haddad" in text_of(page)
    assert reverse("externships:desk_supervisor", args=[unverified.uuid]) in page.content.decode()
    for _click in range(2):
        page = desk.post(reverse("externships:desk_verify", args=[unverified.uuid]), follow=True)
        assert "you checked this license" in text_of(page)
    fresh = SignOffLink.objects.get(replaces=link)
    assert (fresh.held_at, Message.objects.filter(to=unverified.email).count()) == (None, 1)
    assert Client().post(url_of(fresh), answers(fresh, name="Omar Haddad")).status_code == 302
    shift.refresh_from_db()
    assert shift.state == "signed"


def test_nobody_verifies_herself(clinic: Clinic, unverified: Supervisor) -> None:
    Supervisor.objects.filter(pk=unverified.pk).update(user=clinic.school.coordinator)
    desk = clinic.school.client(clinic.school.coordinator)
    page = desk.post(reverse("externships:desk_verify", args=[unverified.uuid]), follow=True)
    assert "Nobody verifies her own license" in text_of(page)
    Supervisor.objects.filter(pk=unverified.pk).update(user=None, email="C.ora+x@example.org")
    with pytest.raises(ValidationError, match="Nobody verifies"):
        verify_supervisor(supervisor=unverified, by=clinic.school.coordinator)
    assert verify_supervisor(supervisor=unverified, by=clinic.school.registrar).verified_by == clinic.school.registrar


def test_a_supervisor_is_not_flooded(clinic: Clinic) -> None:
    shift = clinic.draft()
    for _time in range(SENDINGS_A_DAY):
        clinic.send()
        take_back_shift(shift=shift)
    with pytest.raises(ValidationError, match="send it tomorrow"):
        clinic.send()
    shift.refresh_from_db()
    assert shift.state == "draft"
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1), tick=False):
        assert clinic.send()


def test_a_draft_that_no_longer_fits_is_not_sent_and_nothing_else_is(clinic: Clinic) -> None:
    clinic.draft()
    clinic.draft("2026-11-10 09:00", "2026-11-10 10:30")
    clinic.site.agreement_ends_on = date(2026, 11, 9)
    clinic.site.save()
    with pytest.raises(
        ValidationError, match="The agreement with Harborview Rehabilitation does not cover 10 November"
    ):
        send_shifts(placement=clinic.placement)
    assert set(Shift.objects.values_list("state", flat=True)) == {"draft"}
    assert not SignOffLink.objects.exists()


# ---- rights ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who,page,deed",
    [
        ("coordinator", 200, 302),
        ("registrar", 200, 302),
        ("admin", 200, 302),
        ("instructor", 403, 404),
        ("learner_user", 403, 404),
        ("other_learner_user", 403, 404),
        ("foreign_registrar", 200, 404),
    ],
)
def test_only_who_places_learners_of_the_school(clinic: Clinic, who: str, page: int, deed: int) -> None:
    clinic.draft()
    link = clinic.send()
    user = getattr(clinic.school, who)
    client = clinic.school.client(user)
    listed = client.get(reverse(DESK))
    assert listed.status_code == page
    if page == 200:
        assert ("Daniela Reyes" in text_of(listed)) is (deed == 302)
    for name, uuid in (
        ("desk_send_again", link.uuid), ("desk_revoke", link.uuid), ("desk_verify", clinic.supervisor.uuid),
    ):  # fmt: skip
        opened = client.get(reverse(f"externships:{name}", args=[uuid]), follow=True)
        assert (opened.status_code, len(opened.redirect_chain)) == (
            404 if name == "desk_verify" and deed == 404 else page,
            1,
        )
        assert client.post(reverse(f"externships:{name}", args=[uuid]), {"sure": "yes"}).status_code == deed
        assert client.post(reverse(f"externships:{name}", args=[clinic.placement.uuid])).status_code == 404
    for service in (resend_link, revoke_link):
        if deed == 404:
            with pytest.raises(ValidationError, match="coordinators and registrars"):
                service(link=link, by=user)


def test_without_an_account_only_the_sign_page_opens(clinic: Clinic) -> None:
    shift = clinic.draft()
    link = clinic.send()
    guest = Client()
    assert guest.get(url_of(link)).status_code == 200
    pages = [
        reverse("externships:shifts"), reverse("externships:new_shift"), reverse(DESK),
        reverse("externships:shift", args=[shift.uuid]),
    ]  # fmt: skip
    deeds = [
        reverse("externships:send"), reverse("externships:take_back", args=[shift.uuid]),
        reverse("externships:withdraw", args=[shift.uuid]), reverse("externships:desk_send_again", args=[link.uuid]),
        reverse("externships:desk_revoke", args=[link.uuid]),
        reverse("externships:desk_verify", args=[clinic.supervisor.uuid]),
    ]  # fmt: skip
    for response in [*map(guest.get, pages), *map(guest.post, deeds)]:
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")
    assert not SignOff.objects.exists()


def test_the_list_costs_the_same_whatever_its_length(clinic: Clinic, django_assert_num_queries: Any) -> None:
    for day in range(1, 5):
        clinic.draft(f"2026-11-{day:02d} 09:00", f"2026-11-{day:02d} 12:00")
        clinic.send()
        with django_assert_num_queries(3):
            found = waiting_links([clinic.school.school], timezone.now())
        assert len(found) == day
