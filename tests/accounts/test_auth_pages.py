"""Every page of the one login door stands in our frame, works without a script and keeps what was typed."""

import re

import pytest
from allauth.account.models import EmailAddress
from bs4 import BeautifulSoup
from django.conf import LazySettings
from django.test import Client

from accounts.models import User
from accounts.services import ensure_user
from notices.models import Message
from tests.cms.test_patterns import refused_by_policy
from tests.layers import layer

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-password"


@layer
def learner() -> User:
    """A learner with a confirmed address."""
    user = ensure_user(email="daniela@learner.example", legal_name="Daniela Reyes", password=PASSWORD)
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    return user


@pytest.fixture
def signed_in(learner: User) -> Client:
    """Her browser, signed in by the form."""
    client = Client()
    answer = client.post("/accounts/login/", {"login": learner.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return client


def read(client: Client, address: str, status: int = 200) -> BeautifulSoup:
    """One page, checked for what every page must have."""
    answer = client.get(address, follow=True)
    assert answer.status_code == status, address
    return checked(answer.content)


def checked(content: bytes) -> BeautifulSoup:
    """Our frame is there, and nothing that the policy refuses."""
    soup = BeautifulSoup(content, "html.parser")
    assert soup.select_one("header.masthead"), "our frame"
    assert soup.select_one("main#main h1"), "one title"
    assert len(soup.find_all("h1")) == 1
    assert soup.title.get_text(strip=True).endswith("· Palmar")
    assert not soup.title.get_text(strip=True).startswith("·")
    assert refused_by_policy(soup) == []
    for field in soup.select("main input:not([type=hidden]), main textarea, main select"):
        if not field.find_parent(attrs={"aria-hidden": "true"}):
            assert field.find_parent("label") or soup.find("label", attrs={"for": field.get("id")}), field
    return soup


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/login/code/",
        "/accounts/password/reset/",
        "/accounts/inactive/",
    ],
)
def test_the_pages_before_sign_in(client: Client, address: str) -> None:
    read(client, address)


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/2fa/webauthn/",
        "/accounts/sessions/",
        "/accounts/logout/",
    ],
)
def test_the_pages_of_the_account(signed_in: Client, address: str) -> None:
    soup = read(signed_in, address)
    assert soup.select_one("nav[aria-label='Your account']")


def test_second_step_pages_after_the_password_was_given_again(signed_in: Client) -> None:
    soup = read(signed_in, "/accounts/2fa/totp/activate/")
    assert soup.find("input", attrs={"type": "password"}), "a fresh sign-in does not count as confirmation"
    answer = signed_in.post(
        "/accounts/reauthenticate/", {"password": PASSWORD, "next": "/accounts/2fa/totp/activate/"}, follow=True
    )
    soup = checked(answer.content)
    assert soup.select_one("img.qr")["src"].startswith("data:image/svg+xml")
    read(signed_in, "/accounts/2fa/webauthn/add/")


def test_passkey_scripts_stand_after_main(client: Client) -> None:
    html = client.get("/accounts/login/").content.decode()
    assert html.index("</main>") < html.index("mfa/js/webauthn.js")
    assert 'form="mfa_login"' in html
    assert 'id="mfa_login"' in html


def test_signing_up_by_a_code(client: Client) -> None:
    form = {"legal_name": "Amara Nwosu-Hall", "email": "amara@learner.example", "password1": "three-quiet-rivers-9"}
    answer = client.post("/accounts/signup/", form, follow=True)
    soup = checked(answer.content)
    assert "amara@learner.example" in soup.main.get_text()
    mail = Message.objects.get(to="amara@learner.example")
    assert "hours you can prove" in mail.body
    assert "example.com" not in mail.body
    code = re.search(r"^    (\S+)$", mail.body, re.MULTILINE)
    assert code, mail.body
    assert code[1] not in mail.subject, "the subject is kept, the code must not be"
    wrong = client.post("/accounts/confirm-email/", {"code": "AAAA-AAAA"}, follow=True)
    assert checked(wrong.content).select_one("[aria-invalid=true]")
    client.post("/accounts/confirm-email/", {"code": code[1]})
    assert EmailAddress.objects.get(email="amara@learner.example").verified


def test_a_refused_sign_up_keeps_what_was_typed_and_says_where(client: Client) -> None:
    answer = client.post(
        "/accounts/signup/", {"legal_name": "Amara Nwosu-Hall", "email": "amara@", "password1": "short"}
    )
    soup = checked(answer.content)
    assert soup.find(id="id_legal_name")["value"] == "Amara Nwosu-Hall"
    email = soup.find(id="id_email")
    assert email["value"] == "amara@"
    assert email["aria-invalid"] == "true"
    assert all(soup.find(id=name) for name in email["aria-describedby"].split())
    assert not soup.find(id="id_password1").get("value")
    assert not User.objects.filter(legal_name="Amara Nwosu-Hall").exists()


def test_a_robot_that_fills_the_trap_gets_no_account(client: Client) -> None:
    soup = read(client, "/accounts/signup/")
    trap = soup.select_one(".trap input")
    assert trap["tabindex"] == "-1"
    form = {
        "legal_name": "R. Obot", "email": "r@obot.example", "password1": "three-quiet-rivers-9", trap["name"]: "x",
    }  # fmt: skip
    client.post("/accounts/signup/", form)
    assert not User.objects.filter(email="r@obot.example").exists()


def test_a_wrong_password_keeps_the_address(client: Client, learner: User) -> None:
    answer = client.post("/accounts/login/", {"login": learner.email, "password": "not-this-one"})
    soup = checked(answer.content)
    assert soup.find(id="id_login")["value"] == learner.email
    assert soup.select_one("[role=alert][data-errors]")


def test_signing_in_by_a_code(client: Client, learner: User) -> None:
    client.post("/accounts/login/code/", {"email": learner.email})
    mail = Message.objects.get(to=learner.email)
    assert mail.secret
    code = re.search(r"^    (\S+)$", mail.body, re.MULTILINE)
    assert code
    soup = read(client, "/accounts/login/code/confirm/")
    assert soup.find(id="id_code")["autocomplete"] == "one-time-code"
    answer = client.post("/accounts/login/code/confirm/", {"code": code[1]})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(learner.pk)


def test_signing_out_is_a_form_and_not_a_link(signed_in: Client) -> None:
    soup = read(signed_in, "/accounts/email/")
    form = soup.select_one("header form[action='/accounts/logout/']")
    assert form["method"] == "post"
    assert form.find("input", attrs={"name": "csrfmiddlewaretoken"})
    signed_in.get("/accounts/logout/")
    assert "_auth_user_id" in signed_in.session, "looking at the page signs nobody out"
    signed_in.post("/accounts/logout/")
    assert "_auth_user_id" not in signed_in.session


def test_demo_accounts_are_named_only_where_the_demo_is_loaded(client: Client, settings: LazySettings) -> None:
    settings.DEMO = False
    assert b"riverbend-demo" not in client.get("/accounts/login/").content
    settings.DEMO = True
    assert b"riverbend-demo" in client.get("/accounts/login/").content
