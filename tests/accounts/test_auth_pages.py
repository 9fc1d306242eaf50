"""Every page of the one login door stands in our frame, works without a script and keeps what was typed."""

import re
from pathlib import Path

import allauth
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from bs4 import BeautifulSoup
from django.conf import LazySettings
from django.conf import settings as django_settings
from django.test import Client
from wagtail.models import Page, PageViewRestriction

from accounts.adapter import AccountAdapter
from accounts.models import User
from accounts.templatetags.account_words import browser_words
from cms.demo import Demo
from notices.models import Message
from tests.accounts.conftest import PASSWORD
from tests.cms.test_patterns import refused_by_policy

pytestmark = pytest.mark.django_db


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
    assert re.search(r". \| (Palmar|Riverbend)", soup.title.get_text(strip=True))
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
    soup = read(signed_in, "/accounts/2fa/webauthn/add/")
    assert soup.find("label", attrs={"for": "id_name"}).get_text().startswith("Name of the passkey")
    assert "a fingerprint, a face or a PIN each time" in soup.find(id="id_passwordless_helptext").get_text()


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
    said = soup.select_one("[role=alert][data-errors]").get_text(strip=True)
    assert said == "Address and password do not go together. Look at both, letter by letter."


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


def test_every_page_that_can_be_reached_speaks_our_words() -> None:
    """A page of allauth's that we have not written shows in English of its own, with its own look."""
    theirs = Path(allauth.__file__).parent / "templates"
    ours = Path(__file__).resolve().parents[2] / "templates"
    # Empty frames that only pass ours on, and pages of what this house does not offer.
    frames = re.compile(r"/base(_manage\w*|_entrance)?\.html$|/snippets/(scripts|login_script)\.html$")
    closed = {
        "account/email_confirm.html",  # addresses are confirmed by a code
        "account/signup_by_passkey.html",
        "account/confirm_phone_verification_code.html",
        "mfa/trust.html",
        "mfa/webauthn/signup_form.html",
    }
    pages = {
        str(path.relative_to(theirs))
        for room in ("account", "mfa", "usersessions")
        for path in (theirs / room).rglob("*.html")
        if not frames.search(f"/{path.relative_to(theirs)}")
    }
    assert pages - closed - {name for name in pages if (ours / name).exists()} == set()
    for setting, closed_by in (("ACCOUNT_SIGNUP_BY_PASSKEY", False), ("MFA_TRUST_ENABLED", False)):
        assert getattr(django_settings, setting, False) is closed_by
    assert django_settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED


def test_fields_bear_our_names(client: Client, signed_in: Client) -> None:
    def labels(browser: Client, address: str) -> list[str]:
        return [label.get_text(strip=True) for label in read(browser, address).select("main .field > label")]

    assert labels(Client(), "/accounts/login/") == ["E-mail address", "Password"]
    assert labels(Client(), "/accounts/password/reset/") == ["E-mail address"]
    assert labels(signed_in, "/accounts/password/change/") == [
        "Present password",
        "New password",
        "The new password again",
    ]


def test_the_second_step_from_setting_up_to_signing_in(signed_in: Client, learner: User) -> None:
    again = {"password": PASSWORD, "next": "/accounts/2fa/totp/activate/"}
    soup = checked(signed_in.post("/accounts/reauthenticate/", again, follow=True).content)
    secret = soup.find(id="authenticator_secret").get_text()
    soup = checked(signed_in.post("/accounts/2fa/totp/activate/", {"code": "000000"}).content)
    assert "type the newest" in soup.select_one("main .error").get_text()
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    soup = checked(signed_in.post("/accounts/2fa/totp/activate/", {"code": code}, follow=True).content)
    assert soup.h1.get_text() == "Recovery codes", "they come with it"
    soup = read(signed_in, "/accounts/2fa/")
    assert "10 of 10 are unused." in soup.main.get_text()
    soup = read(signed_in, "/accounts/2fa/recovery-codes/")
    codes = [line.get_text(strip=True) for line in soup.select("ul.codes li")]
    assert len(codes) == 10
    read(signed_in, "/accounts/2fa/recovery-codes/generate/")
    assert "asks for the password alone" in read(signed_in, "/accounts/2fa/totp/deactivate/").main.get_text()
    other = Client()
    answer = other.post("/accounts/login/", {"login": learner.email, "password": PASSWORD}, follow=True)
    soup = checked(answer.content)
    assert soup.h1.get_text() == "Second step"
    other.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert other.session["_auth_user_id"] == str(learner.pk)
    assert "9 of 10 are unused." in read(other, "/accounts/2fa/").main.get_text()


def test_passkeys_are_listed_by_name_and_removed_by_a_question(signed_in: Client, learner: User) -> None:
    assert "No passkey yet" in read(signed_in, "/accounts/2fa/webauthn/").main.get_text()
    again = {"password": PASSWORD, "next": "/accounts/2fa/webauthn/"}
    signed_in.post("/accounts/reauthenticate/", again)
    key = Authenticator.objects.create(user=learner, type="webauthn", data={"name": "my phone", "credential": {}})
    text = read(signed_in, "/accounts/2fa/webauthn/").main.get_text()
    assert "my phone" in text
    assert "Not used yet." in text
    soup = read(signed_in, f"/accounts/2fa/webauthn/keys/{key.pk}/remove/")
    assert "“my phone” then no longer opens your account" in soup.main.get_text()
    signed_in.post(f"/accounts/2fa/webauthn/keys/{key.pk}/edit/", {"name": "my new phone"})
    key.refresh_from_db()
    assert key.wrap().name == "my new phone"
    signed_in.post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/")
    assert not Authenticator.objects.filter(pk=key.pk).exists()


def test_a_link_for_a_new_password(client: Client, learner: User) -> None:
    soup = checked(client.post("/accounts/password/reset/", {"email": learner.email}, follow=True).content)
    assert soup.h1.get_text() == "Look into your mail"
    link = re.search(r"http\S+/accounts/password/reset/key/\S+", Message.objects.get(to=learner.email).body)
    assert link
    address = "/" + link[0].split("/", 3)[3]
    soup = checked(client.get(address, follow=True).content)
    assert soup.h1.get_text() == "Choose a new password"
    form = {"password1": "three-quiet-rivers-9", "password2": "three-quiet-rivers-9"}
    soup = checked(client.post(soup.select_one("main form")["action"], form, follow=True).content)
    assert soup.h1.get_text() == "Your new password holds"
    assert learner.__class__.objects.get(pk=learner.pk).check_password("three-quiet-rivers-9")
    soup = checked(client.get(address, follow=True).content)
    assert soup.h1.get_text() == "This link opens nothing"


def test_addresses_offer_only_what_can_be_done(signed_in: Client, learner: User) -> None:
    def offered() -> list[str]:
        return [button.get_text(strip=True) for button in read(signed_in, "/accounts/email/").select("main button")]

    assert offered() == ["Add the address"]
    EmailAddress.objects.create(user=learner, email="second@learner.example", verified=True)
    assert offered() == ["Make it the main one", "Remove", "Add the address"]
    EmailAddress.objects.filter(email="second@learner.example").update(verified=False)
    assert offered() == ["Make it the main one", "Send the mail again", "Remove", "Add the address"]


def test_sessions_are_named_as_their_owner_knows_them(learner: User) -> None:
    def browser(words: str) -> Client:
        client = Client(headers={"user-agent": words})
        client.post("/accounts/login/", {"login": learner.email, "password": PASSWORD})
        return client

    browser("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1")
    here = browser("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0")
    soup = read(here, "/accounts/sessions/")
    said = [line.get_text(" ", strip=True) for line in soup.select(".rows .what")]
    assert sorted(said) == ["Edge, Windows This one", "Safari, iPhone"]
    here.post("/accounts/sessions/")
    soup = read(here, "/accounts/sessions/")
    assert len(soup.select(".rows > li")) == 1


@pytest.mark.parametrize(("told", "words"), [("", "A browser"), ("curl/8.0", "A browser"), ("X11; Linux", "Linux")])
def test_a_browser_that_says_little(told: str, words: str) -> None:
    assert browser_words(told) == words


def test_a_page_with_a_password_stands_in_our_frame(client: Client, demo: Demo) -> None:
    page = Page.objects.get(slug="privacy")
    PageViewRestriction.objects.create(page=page, restriction_type="password", password="quiet")
    soup = checked(client.get("/privacy/").content)
    assert soup.h1.get_text() == "This page has a password"
    form = soup.select_one("main form")
    fields = {field["name"]: field.get("value", "") for field in form.select("input[type=hidden]")}
    assert client.post(form["action"], {**fields, "password": "loud"}).status_code == 200
    answer = client.post(form["action"], {**fields, "password": "quiet"}, follow=True)
    assert checked(answer.content).h1.get_text() == "Privacy"


def ways_on(soup: BeautifulSoup) -> dict[str, str]:
    """The buttons that lead from a page, by their words; each leads somewhere."""
    ways = {link.get_text(strip=True): link["href"] for link in soup.select("main .actions a")}
    assert all(Client().get(address).status_code == 200 for address in ways.values())
    return ways


def test_too_many_tries_are_told_to_wait_and_lead_on(client: Client, demo: Demo) -> None:
    form = {"login": "nobody@learner.example", "password": "x"}
    answers = [client.post("/accounts/login/", form | {"login": f"x{n}@learner.example"}) for n in range(31)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    soup = checked(answers[-1].content)
    assert soup.h1.get_text() == "Too many tries"
    assert "Wait five minutes, then try again" in soup.main.get_text()
    assert ways_on(soup) == {"To the first page": "/", "Choose a new password": "/accounts/password/reset/"}


def test_a_house_that_takes_no_new_accounts_says_so(
    client: Client, demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AccountAdapter, "is_open_for_signup", lambda _self, _request: False)
    form = {"legal_name": "Amara Nwosu-Hall", "email": "amara@learner.example", "password1": "three-quiet-rivers-9"}
    for answer in (client.get("/accounts/signup/"), client.post("/accounts/signup/", form)):
        soup = checked(answer.content)
        assert soup.h1.get_text() == "No new accounts at the moment"
        assert ways_on(soup) == {"I have an account": "/accounts/login/", "To the first page": "/"}
    assert not User.objects.filter(email="amara@learner.example").exists()


def test_a_closed_account_is_told_so_and_led_on(client: Client, learner: User, demo: Demo) -> None:
    learner.is_active = False
    learner.save()
    answer = client.post("/accounts/login/", {"login": learner.email, "password": PASSWORD}, follow=True)
    soup = checked(answer.content)
    assert soup.h1.get_text() == "This account is closed"
    assert "write to the registrar" in soup.main.get_text()
    assert ways_on(soup) == {"To the first page": "/", "Check a certificate": "/verify/"}


def test_the_first_password_stands_in_the_list_of_the_account(client: Client, learner: User) -> None:
    learner.set_unusable_password()
    learner.save()
    client.force_login(learner, backend="accounts.backends.EmailBackend")
    soup = read(client, "/accounts/password/change/")
    assert "Your account has none yet" in soup.main.get_text()
    assert soup.select_one(".sidenav [aria-current=page]").get_text() == "Password"
    answer = client.post("/accounts/password/set/", {"password1": "three-quiet-rivers-9", "password2": "other"})
    assert checked(answer.content).select_one("[aria-invalid=true]")["id"] == "id_password2"
