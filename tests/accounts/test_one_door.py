"""One door: e-mail and password or code, limited, with a second factor for staff where the installation demands it."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import FormerName, Membership, User
from accounts.selectors import has_role, schools_of
from accounts.services import change_legal_name, end_role, ensure_user, grant_role, record_licence
from tests.worlds import School

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/cms/", "/admin/", "/cms/login/", "/admin/login/", "/_util/login/"])
def test_every_log_in_leads_to_the_one_door(path: str) -> None:
    answer = Client().get(path, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/")


@pytest.mark.parametrize("path", ["/cms/", "/admin/"])
def test_a_learner_gets_a_plain_no_and_no_endless_walk(school: School, path: str) -> None:
    answer = school.client(school.learner_user).get(path, follow=True)
    assert answer.status_code == 403


def test_posting_to_wagtails_own_login_logs_nobody_in(school: School) -> None:
    client = Client()
    client.post("/cms/login/", {"username": school.admin.email, "password": "a-long-password"})
    client.post("/admin/login/", {"username": school.admin.email, "password": "a-long-password"})
    client.post("/_util/login/", {"username": school.admin.email, "password": "a-long-password"})
    assert "_auth_user_id" not in client.session


def test_password_log_in_takes_the_fields_of_the_contract(school: School) -> None:
    client = Client()
    answer = client.post(
        "/accounts/login/", {"login": school.learner_user.email.upper(), "password": "a-long-password"}
    )
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(school.learner_user.pk)


def test_guessing_passwords_is_stopped(school: School) -> None:
    client = Client()
    for _guess in range(12):
        answer = client.post("/accounts/login/", {"login": school.learner_user.email, "password": "wrong-password"})
    answer = client.post("/accounts/login/", {"login": school.learner_user.email, "password": "a-long-password"})
    assert "_auth_user_id" not in client.session, answer.status_code


def test_staff_need_a_second_factor_where_it_is_demanded(school: School, settings) -> None:
    settings.STAFF_MFA_REQUIRED = True
    staff = school.client(school.registrar)
    for path in ("/desk/", "/cms/", "/hours/", "/"):
        assert staff.get(path)["Location"] == "/accounts/2fa/", path
    assert staff.get("/accounts/2fa/").status_code in (200, 302)
    assert school.client(school.learner_user).get("/learn/").status_code == 200
    TOTP.activate(school.registrar, generate_totp_secret())
    assert staff.get("/desk/").status_code == 200


def test_without_the_demand_it_is_offered(school: School) -> None:
    assert school.client(school.registrar).get("/desk/").status_code == 200
    page = school.client(school.learner_user).get("/accounts/2fa/", follow=True)
    assert page.status_code == 200


def test_a_role_ends_and_its_rights_with_it(school: School) -> None:
    assert has_role(school.registrar, school.school, "registrar")
    assert not has_role(school.registrar, school.other_school, "registrar")
    end_role(user=school.registrar, organisation=school.school, role="registrar")
    fresh = User.objects.get(pk=school.registrar.pk)
    assert not has_role(fresh, school.school, "registrar")
    assert not schools_of(fresh, "registrar").exists()
    assert Membership.objects.filter(user=fresh).count() == 1, "the row stays as history"


def test_a_school_has_no_supervisors(school: School) -> None:
    with pytest.raises(ValidationError, match="does not have that role"):
        grant_role(user=school.learner_user, organisation=school.school, role="supervisor")


def test_two_addresses_that_differ_in_case_are_one_person(school: School) -> None:
    again = ensure_user(email=school.learner_user.email.title(), legal_name="Somebody Else")
    assert again.pk == school.learner_user.pk


def test_a_former_name_is_kept(school: School) -> None:
    from datetime import date

    change_legal_name(user=school.learner_user, legal_name=" Daniela  Reyes-Marsh ", until_on=date(2026, 3, 1))
    change_legal_name(user=school.learner_user, legal_name="Daniela Reyes-Marsh", until_on=date(2026, 3, 2))
    assert school.learner_user.legal_name == "Daniela Reyes-Marsh"
    assert list(FormerName.objects.values_list("legal_name", flat=True)) == ["Daniela Reyes"]
    with pytest.raises(ValidationError):
        change_legal_name(user=school.learner_user, legal_name="  ", until_on=date(2026, 3, 2))


def test_a_licence_is_written_down_once(school: School) -> None:
    words = {"number": "MT-1", "state": "GA", "profession": "Massage therapist"}
    assert record_licence(user=school.learner_user, **words) == record_licence(user=school.learner_user, **words)
    with pytest.raises(ValidationError):
        record_licence(user=school.learner_user, number="x", state="Georgia", profession="y")


@pytest.mark.parametrize("name", ["Zoë\x07", "A\x00B"])
def test_a_name_that_cannot_be_printed_is_refused_at_sign_up(name: str) -> None:
    answer = Client().post(
        "/accounts/signup/", {"legal_name": name, "email": "z@example.org", "password1": "quiet-river-stones"}
    )
    assert answer.status_code == 200
    assert not User.objects.filter(email="z@example.org").exists()


def test_the_honeypot_swallows_robots() -> None:
    Client().post(
        "/accounts/signup/",
        {"legal_name": "R", "email": "robot@example.org", "password1": "quiet-river-stones", "website": "http://x"},
    )
    assert not User.objects.filter(email="robot@example.org").exists()
