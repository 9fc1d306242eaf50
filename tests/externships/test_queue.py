"""A supervisor with an account sees all that waits for her; her proved address is her authority, never a learner's."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services import ensure_user
from certification.externships.models import SignOff, SignOffLink
from certification.externships.selectors import evaluations_of, queue_of
from certification.externships.services import revoke_evaluation, revoke_link
from certification.records.services import ensure_learner, open_record

from .conftest import NOW, Clinic, answers, text_of
from .test_competencies import library
from .test_evaluations import ask

__all__ = ["library"]

pytestmark = pytest.mark.django_db
QUEUE = reverse("externships:queue")


@pytest.fixture
def priya(clinic: Clinic) -> User:
    """An account with the supervisor's address, spelled otherwise and proved."""
    user = ensure_user(email="own@example.org", legal_name="Priya Raman")
    EmailAddress.objects.create(user=user, email="PRaman@Harborview.example", verified=True)
    return user


def opened(link: SignOffLink) -> str:
    return reverse("externships:queued", args=[link.uuid])


def test_she_sees_all_that_waits_the_oldest_first_and_signs_without_the_token(clinic: Clinic, priya: User) -> None:
    clinic.draft()
    first = clinic.send()
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        clinic.draft("2026-11-12 09:00", "2026-11-12 12:00")
        second = clinic.send()
        browser = clinic.school.client(priya)
        page = browser.get(QUEUE)
        said, raw = text_of(page), page.content.decode()
        assert "2 shifts, 6 h 30 min. They count nowhere until you answer" in said and "Daniela Reyes" in said
        assert raw.index(opened(first)) < raw.index(opened(second))
        one = browser.get(opened(first))
        assert "One shift of Daniela Reyes" in text_of(one) and "You opened it with your account" in text_of(one)
        assert one["Cache-Control"] == "no-store, private" and "no account" not in text_of(one)
        assert not SignOff.objects.exists(), "opening signs nothing"
        assert browser.post(opened(first), answers(first)).status_code == 302
    done = SignOff.objects.get()
    assert (done.via, done.typed_name) == ("account", "Priya Raman")
    assert "One shift, 2 h 30 min" in text_of(browser.get(QUEUE))


def test_without_her_cookie_token_nothing_is_signed(clinic: Clinic, priya: User) -> None:
    clinic.draft()
    link = clinic.send()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(priya, backend="accounts.backends.EmailBackend")
    assert browser.post(opened(link), answers(link)).status_code == 403
    assert not SignOff.objects.exists()


@pytest.mark.parametrize("proof", [{"verified": False}, {"email": "praman@elsewhere.example"}])
def test_an_address_that_is_not_proved_or_not_hers_opens_nothing(
    clinic: Clinic, priya: User, proof: dict[str, Any]
) -> None:
    EmailAddress.objects.filter(user=priya, email__istartswith="praman").update(**proof)
    clinic.draft()
    link = clinic.send()
    browser = clinic.school.client(priya)
    assert "No school lists you as a supervisor" in text_of(browser.get(QUEUE))
    assert browser.get(opened(link)).status_code == 404
    assert browser.post(opened(link), answers(link)).status_code == 404
    assert not SignOff.objects.exists()


def test_others_and_dead_links_open_nothing(clinic: Clinic, priya: User) -> None:
    clinic.draft()
    link = clinic.send()
    for person in (clinic.school.learner_user, clinic.school.coordinator, clinic.school.foreign_registrar):
        assert clinic.school.client(person).get(opened(link)).status_code == 404
    assert Client().get(QUEUE)["Location"].startswith("/accounts/login/")
    assert Client().get(opened(link))["Location"].startswith("/accounts/login/")
    browser = clinic.school.client(priya)
    revoke_link(link=link, by=clinic.school.coordinator)
    assert browser.get(opened(link)).status_code == 404
    assert "Nothing waits for you" in text_of(browser.get(QUEUE))


def test_never_as_a_learner_of_that_school(clinic: Clinic, priya: User) -> None:
    clinic.draft()
    link = clinic.send()
    open_record(
        learner=ensure_learner(user=priya), school=clinic.school.school, rule_set=clinic.record.rule_set,
        program_code="SMALL", program_title="A small program", enrolled_on=NOW.date(), source_key="enrollment:priya",
    )  # fmt: skip
    browser = clinic.school.client(priya)
    assert "Daniela" not in text_of(browser.get(QUEUE))
    assert browser.post(opened(link), answers(link)).status_code == 404
    assert not SignOff.objects.exists()


def test_the_queue_costs_the_same_whatever_its_length(
    clinic: Clinic, priya: User, django_assert_num_queries: Any
) -> None:
    for day in (9, 10, 11):
        clinic.draft(f"2026-11-{day:02d} 09:00", f"2026-11-{day:02d} 12:00")
        clinic.send()
        with django_assert_num_queries(2):
            queue_of(priya, timezone.now())


def test_evaluations_stand_beside_with_where_their_links_are(
    clinic: Clinic, priya: User, library: None, django_assert_num_queries: Any
) -> None:
    link = ask(clinic, "midterm")
    browser = clinic.school.client(priya)
    page = text_of(browser.get(QUEUE))
    assert (
        "Evaluations asked of you" in page and "Daniela Reyes, midterm evaluation" in page and "No shift waits" in page
    )
    assert "Each opens here, and by the link in its mail" in page and "Nothing waits for you" not in page
    ask(clinic)
    with django_assert_num_queries(1):
        assert len(evaluations_of(priya, NOW)) == 2
    for person in (clinic.school.learner_user, clinic.school.coordinator):
        assert "Evaluations asked of you" not in text_of(clinic.school.client(person).get(QUEUE))
    clinic.supervisor.refresh_from_db()
    revoke_evaluation(link=link, by=clinic.school.coordinator)
    assert "midterm evaluation" not in text_of(browser.get(QUEUE))


def test_her_home_leads_to_it(clinic: Clinic, priya: User) -> None:
    from accounts.services import grant_role

    grant_role(user=priya, organisation=clinic.site.organisation, role="supervisor")
    browser = clinic.school.client(priya)
    assert browser.get(reverse("home"))["Location"] == QUEUE
    assert f'href="{QUEUE}"' in browser.get(QUEUE).content.decode()
