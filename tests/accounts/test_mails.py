"""Each mail about an account, read as it left, after the deed at its address; and after the refused deed, silence."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import allauth
import pytest
from allauth.account import app_settings as account_settings
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from bs4 import BeautifulSoup
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.mail import EmailMessage
from django.test import Client
from fido2.cose import ES256
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorAttestationResponse,
    AuthenticatorData,
    CollectedClientData,
    RegistrationResponse,
)

from accounts.models import User
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "three-quiet-rivers-9"
SECOND = "second@learner.example"
Post = Callable[..., list[EmailMessage]]


@pytest.fixture
def mails_of(mailoutbox: list[EmailMessage], django_capture_on_commit_callbacks) -> Post:
    """Post a form and give the mails that it sent, each held to what every mail of ours keeps."""

    def post(client: Client, address: str, form: dict[str, str]) -> list[EmailMessage]:
        mailoutbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            client.post(address, form)
        for mail in mailoutbox:
            assert mail.body.startswith("Good day,\n\n"), mail.body
            assert mail.body.rstrip().endswith("-- \nPalmar\nPalmar: hours you can prove"), mail.body
            assert not re.search(r"&(#|amp|quot)|example\.com|None|\n\n\n", mail.body), mail.body
            assert "\n" not in mail.subject
            assert mail.subject
        return list(mailoutbox)

    return post


@pytest.fixture
def trusted(signed_in: Client) -> Client:
    """Her browser, in which she has just typed her password again."""
    signed_in.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return signed_in


def only(mails: list[EmailMessage], to: str) -> EmailMessage:
    """The one mail."""
    assert [mail.to for mail in mails] == [[to]], [(mail.to, mail.subject) for mail in mails]
    return mails[0]


def link_in(mail: EmailMessage) -> str:
    """The path of the link that stands alone in a line."""
    found = re.search(r"^    https?://[^/]+(/\S*)$", mail.body, re.MULTILINE)
    assert found, mail.body
    return found[1]


def code_in(mail: EmailMessage) -> str:
    """The code that stands alone in a line."""
    found = re.search(r"^    (\S+)$", mail.body, re.MULTILINE)
    assert found, mail.body
    return found[1]


def told_of_change(mail: EmailMessage) -> str:
    """A mail about a change says when and from where, and leads who did not make it to a new password."""
    said = re.search(r"^It was done on \d+ \w+ \d{4}, \d+:\d\d [AP]M UTC from .*: (.+); (\S+)\.$", mail.body, re.M)
    assert said, mail.body
    assert said.groups() == ("A browser", "127.0.0.1")
    assert "If it was you, there is nothing to do. If it was not you, " in mail.body
    assert Client().get(link_in(mail)).status_code == 200
    return mail.body


def test_every_mail_that_can_leave_speaks_our_words() -> None:
    theirs = Path(allauth.__file__).parent / "templates"
    ours = Path(__file__).resolve().parents[2] / "templates"
    passes_ours_on = {f"account/email/email_confirmation_signup_{part}.txt" for part in ("subject", "message")}
    never_sent = {
        *(f"account/email/email_confirm_{part}.txt" for part in ("subject", "message")),  # nothing in allauth sends it
        *(f"account/email/password_reset_code_{part}.txt" for part in ("subject", "message")),  # ours is a link
    }
    assert not account_settings.PASSWORD_RESET_BY_CODE_ENABLED
    mails = {
        str(path.relative_to(theirs)) for room in ("account", "mfa") for path in (theirs / room / "email").glob("*.txt")
    }
    assert {name for name in mails if not (ours / name).exists()} == passes_ours_on | never_sent


def test_a_code_for_a_new_account_and_a_word_to_who_has_one(client: Client, learner: User, mails_of: Post) -> None:
    names = {"legal_name": "Amara Nwosu-Hall", "password1": NEW}
    mail = only(
        mails_of(client, "/accounts/signup/", {**names, "email": "amara@learner.example"}), "amara@learner.example"
    )
    assert mail.subject == "Your code for Palmar"
    assert "This code shows that the address is yours" in mail.body
    assert mails_of(Client(), "/accounts/confirm-email/", {"code": "AAAA-AAAA"}) == []
    mail = only(mails_of(Client(), "/accounts/signup/", {**names, "email": learner.email}), learner.email)
    assert mail.subject == "You have an account already"
    assert f"the address {learner.email} for a new account. It has one already, so nothing was created." in mail.body
    assert link_in(mail) == "/accounts/login/"
    assert "/accounts/password/reset/\n" in mail.body
    assert User.objects.filter(email=learner.email).count() == 1


def test_a_sign_in_code_and_a_word_to_who_has_no_account(client: Client, learner: User, mails_of: Post) -> None:
    mail = only(mails_of(client, "/accounts/login/code/", {"email": learner.email}), learner.email)
    assert mail.subject == "Your sign-in code"
    assert code_in(mail) not in mail.subject
    mail = only(
        mails_of(Client(), "/accounts/login/code/", {"email": "o'hara@learner.example"}), "o'hara@learner.example"
    )
    assert mail.subject == "There is no account with this address"
    assert "an account with the address o'hara@learner.example. There is none" in mail.body
    assert link_in(mail) == "/accounts/signup/"


def test_a_new_password_by_a_link(client: Client, learner: User, mails_of: Post) -> None:
    mail = only(
        mails_of(client, "/accounts/password/reset/", {"email": "nobody@learner.example"}), "nobody@learner.example"
    )
    assert mail.subject == "There is no account with this address"
    mail = only(mails_of(client, "/accounts/password/reset/", {"email": learner.email}), learner.email)
    assert mail.subject == "A new password for your account"
    assert "Opening it changes nothing yet." in mail.body
    form = client.get(link_in(mail), follow=True).redirect_chain[-1][0]
    assert mails_of(client, form, {"password1": "short", "password2": "short"}) == []
    mail = only(mails_of(client, form, {"password1": NEW, "password2": NEW}), learner.email)
    assert mail.subject == "Your new password holds"
    assert "by the link that we had mailed" in told_of_change(mail)


def test_a_changed_password(signed_in: Client, learner: User, mails_of: Post) -> None:
    form = {"oldpassword": "not-this-one", "password1": NEW, "password2": NEW}
    assert mails_of(signed_in, "/accounts/password/change/", form) == []
    mail = only(mails_of(signed_in, "/accounts/password/change/", {**form, "oldpassword": PASSWORD}), learner.email)
    assert mail.subject == "Your password was changed"
    assert "Every device has to sign in anew." in told_of_change(mail)


def test_a_first_password(client: Client, learner: User, mails_of: Post) -> None:
    learner.set_unusable_password()
    learner.save()
    mail = only(mails_of(client, "/accounts/login/code/", {"email": learner.email}), learner.email)
    client.post("/accounts/login/code/confirm/", {"code": code_in(mail)})
    assert mails_of(client, "/accounts/password/set/", {"password1": "short", "password2": "short"}) == []
    mail = only(mails_of(client, "/accounts/password/set/", {"password1": NEW, "password2": NEW}), learner.email)
    assert mail.subject == "Your account has a password now"
    told_of_change(mail)


def test_addresses_that_come_change_and_go(trusted: Client, learner: User, mails_of: Post) -> None:
    assert mails_of(trusted, "/accounts/email/", {"action_add": "", "email": learner.email}) == []
    mail = only(mails_of(trusted, "/accounts/email/", {"action_add": "", "email": SECOND}), SECOND)
    assert mail.subject == "Your code for Palmar"
    trusted.post("/accounts/confirm-email/", {"code": code_in(mail)})
    assert EmailAddress.objects.get(email=SECOND).verified
    mail = only(mails_of(trusted, "/accounts/email/", {"action_primary": "", "email": SECOND}), learner.email)
    assert mail.subject == "Your account has another main address"
    assert f"was {learner.email} and is now {SECOND}." in told_of_change(mail)
    assert mails_of(trusted, "/accounts/email/", {"action_remove": "", "email": SECOND}) == []
    mail = only(mails_of(trusted, "/accounts/email/", {"action_remove": "", "email": learner.email}), SECOND)
    assert mail.subject == "An address was removed from your account"
    assert f"The address {learner.email} was removed" in told_of_change(mail)


@pytest.mark.django_db(transaction=True)  # allauth writes these mails after the commit, within the request
def test_an_app_recovery_codes_and_the_end_of_both(trusted: Client, learner: User, mails_of: Post) -> None:
    page = BeautifulSoup(trusted.get("/accounts/2fa/totp/activate/").content, "html.parser")
    secret = page.find(id="authenticator_secret").get_text()
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    assert mails_of(trusted, "/accounts/2fa/totp/activate/", {"code": "000000"}) == []
    mail = only(mails_of(trusted, "/accounts/2fa/totp/activate/", {"code": code}), learner.email)
    assert mail.subject == "The second step is on: a code from your app"
    assert "An authenticator app was set up" in told_of_change(mail)
    mail = only(mails_of(trusted, "/accounts/2fa/recovery-codes/generate/", {}), learner.email)
    assert mail.subject == "New recovery codes"
    codes = Authenticator.objects.get(user=learner, type="recovery_codes").wrap().get_unused_codes()
    assert not any(code in told_of_change(mail) for code in codes), "the mail must not carry them"
    mail = only(mails_of(trusted, "/accounts/2fa/totp/deactivate/", {}), learner.email)
    assert mail.subject == "The code from your app is off"
    told_of_change(mail)
    assert mails_of(trusted, "/accounts/2fa/recovery-codes/generate/", {}) == [], "without a second step there are none"


def as_a_device(options: dict) -> str:
    """What a device answers that makes a passkey: a key pair of its own and the challenge."""
    asked = options["publicKey"]
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    credential = AttestedCredentialData.create(b"\0" * 16, b"palmar-test-key-", key)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    rp = hashlib.sha256(asked["rp"]["id"].encode()).digest()
    answer = RegistrationResponse(
        raw_id=credential.credential_id,
        response=AuthenticatorAttestationResponse(
            client_data=CollectedClientData.create("webauthn.create", asked["challenge"], "http://testserver"),
            attestation_object=AttestationObject.create("none", AuthenticatorData.create(rp, flags, 0, credential), {}),
        ),
    )
    return json.dumps(dict(answer))


def test_a_passkey_that_comes_and_goes(trusted: Client, learner: User, mails_of: Post) -> None:
    address = "/accounts/2fa/webauthn/add/"
    assert mails_of(trusted, address, {"name": "my phone", "credential": "{}"}) == []
    page = BeautifulSoup(trusted.get(address).content, "html.parser")
    answer = as_a_device(json.loads(page.find(id="js_data").string)["creation_options"])
    mail = only(mails_of(trusted, address, {"name": "my phone", "credential": answer}), learner.email)
    assert mail.subject == "A passkey was added to your account"
    told_of_change(mail)
    key = Authenticator.objects.get(user=learner, type="webauthn")
    assert mails_of(Client(), f"/accounts/2fa/webauthn/keys/{key.pk}/remove/", {}) == []
    mail = only(mails_of(trusted, f"/accounts/2fa/webauthn/keys/{key.pk}/remove/", {}), learner.email)
    assert mail.subject == "A passkey was removed from your account"
    told_of_change(mail)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "This is too short. Take 10 characters or more"),
        ("dreyes4711", ""),
        ("daniel reyes", "too much like your name or your address"),
        ("qwertyuiop", "Many people use this one"),
    ],
)
def test_a_password_is_refused_with_what_to_do(signed_in: Client, password: str, said: str) -> None:
    form = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    answer = signed_in.post("/accounts/password/change/", form, follow=True)
    errors = BeautifulSoup(answer.content, "html.parser").select("main .error")
    assert bool(errors) is bool(said)
    assert said in " ".join(error.get_text(" ", strip=True) for error in errors)


def test_signing_up_holds_the_password_against_the_name(client: Client) -> None:
    form = {"legal_name": "Amara Nwosu-Hall", "email": "a.n@learner.example", "password1": "amara nwosu hall"}
    answer = client.post("/accounts/signup/", form)
    assert (
        "too much like your name" in BeautifulSoup(answer.content, "html.parser").select_one("main .error").get_text()
    )
    assert not User.objects.filter(email="a.n@learner.example").exists()
    client.post("/accounts/signup/", {**form, "password1": NEW})
    assert User.objects.filter(email="a.n@learner.example").exists()


def test_the_hints_below_a_new_password(client: Client) -> None:
    page = BeautifulSoup(client.get("/accounts/signup/").content, "html.parser")
    assert [line.get_text() for line in page.select("#id_password1_helptext li")] == [
        "10 characters or more; a few words in a row do well.",
        "Nothing like your name or your address.",
        "None that many people use.",
    ]
