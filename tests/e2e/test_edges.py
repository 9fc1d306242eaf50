"""Screens that few people ever meet: each says what happened and what to do next, and has a way on."""

import re

import pytest
from playwright.sync_api import expect

from certification.codes import code_from_bits
from tests.e2e.conftest import Person, Site

pytestmark = pytest.mark.e2e

# Three links of supervisors of their own: one that has run out, one that was used, one whose license is looked at anew.
MAKE_LINKS = """
from datetime import timedelta
from django.utils import timezone
from accounts.models import User
from certification.externships.models import Placement
from certification.externships.selectors import rows_of
from certification.externships.services import (
    Decision, assign_supervisor, decide, edit_supervisor, register_supervisor, save_shift, send_shifts,
    verify_supervisor,
)
now = timezone.now()
staff = User.objects.get(email="registrar@riverbend.example")
placement = Placement.objects.get(record__learner__user__email="student@riverbend.example", state__in=Placement.LIVE)
def sent(name, days):
    who = register_supervisor(school=placement.record.school, name="Ida Brandt", email=name + "@harborview.example",
        licence_number="LMT-" + name, licence_state="SC", profession="Massage therapist",
        valid_from=now.date() - timedelta(days=900), valid_to=now.date() + timedelta(days=900))
    who = verify_supervisor(supervisor=who, by=staff)
    assign_supervisor(supervisor=who, site=placement.site, from_on=placement.site.approved_on)
    begin = (now - timedelta(days=days)).replace(hour=18, minute=0, second=0, microsecond=0)
    save_shift(placement=placement, supervisor=who, kind="client_session", screen="clear", starts_at=begin,
        ends_at=begin + timedelta(minutes=150), techniques=["mfr"], statement="Neck and shoulder sessions.",
        now=begin + timedelta(hours=5))
    (link,) = send_shifts(placement=placement, supervisor=who, now=begin + timedelta(hours=6))
    return link
sent("expired", 40)
used = sent("used", 3)
decide(link=used, decisions=[Decision(row.shift.uuid, "sign", digest=row.digest) for row in rows_of(used)],
    typed_name="Ida Brandt", confirms_statement=True)
sent("other", 4)
who = sent("held", 5).supervisor
same = {name: getattr(who, name) for name in ("name", "email", "licence_state", "profession", "valid_from", "valid_to")}
edit_supervisor(supervisor=who, by=staff, licence_number="LMT-78", **same)
"""
FORGET_TRIES = "from django.core.cache import cache; cache.clear()"


def look(reader: Person) -> None:
    """Hold the page to what every page keeps: at a desk and on a phone, by day and at night."""
    # The browser itself complains of a page that came with 4xx.
    reader.complaints[:] = [said for said in reader.complaints if "the server responded with a status of 4" not in said]
    page = reader.page
    for width, height in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            reader.wear(scheme)
            reader.check_page()


@pytest.fixture(scope="module")
def links(site: Site) -> dict[str, str]:
    """Addresses by what became of them."""
    site.manage("shell", "-c", MAKE_LINKS)
    return {
        name: site.mailbox.wait_for(f"{name}@harborview.example", r"(http://\S+/sign/\S+)")
        for name in ("expired", "used", "other", "held")
    }


@pytest.mark.parametrize(
    ("name", "title", "says"),
    [
        ("expired", "This link has run out", "it goes by e-mail to the address that the school has on file"),
        ("used", "Signed: one shift", "There is nothing more to do here."),
        ("held", "One shift of", "these shifts can be signed here, by this same link"),
    ],
)
def test_a_link_that_signs_nothing_now(someone, links: dict[str, str], name: str, title: str, says: str) -> None:
    reader: Person = someone(phone=True)
    reader.page.goto(links[name])
    expect(reader.page.get_by_role("heading", level=1)).to_contain_text(title)
    expect(reader.page.locator("main")).to_contain_text(says)
    expect(reader.page.get_by_role("button", name=re.compile("Send my answer"))).to_have_count(0)
    look(reader)


def test_a_link_that_is_not_its_readers(someone, links: dict[str, str]) -> None:
    reader: Person = someone(phone=True)
    page = reader.page
    page.goto(links["other"])
    page.get_by_text("Not you, or not your student?").click()
    page.get_by_label("This link is not mine, or I do not know this student").check()
    page.get_by_role("button", name="Tell the school").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. Nothing was signed")
    look(reader)
    page.goto(links["other"])
    expect(page.get_by_role("heading", level=1)).to_have_text("This link opens nothing")
    look(reader)
    page.get_by_role("link", name="To the school’s first page").click()
    expect(page).to_have_url(re.compile(r"^http://[^/]+/$"))


def test_whoever_guesses_codes_is_told_how_long_to_wait(site: Site, someone) -> None:
    reader: Person = someone()
    page = reader.page
    for number in range(60):
        page.context.request.get(f"{site.base}/verify/{code_from_bits(number + 1)}")
    page.goto(f"{site.base}/verify/{code_from_bits(99)}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Too many wrong codes")
    expect(page.locator("main")).to_contain_text(re.compile(r"We answer again in \d+ minutes?\."))
    look(reader)
    page.get_by_role("link", name="Back to the form").click()
    expect(page.get_by_role("textbox", name="Code of the certificate")).to_be_visible()
    site.manage("shell", "-c", FORGET_TRIES)


def test_whoever_tries_passwords_is_told_to_wait(site: Site, someone) -> None:
    reader: Person = someone()
    page = reader.page
    page.goto(f"{site.base}/accounts/login/")
    form = {"csrfmiddlewaretoken": page.locator("input[name=csrfmiddlewaretoken]").first.input_value(), "password": "x"}
    for number in range(30):
        page.context.request.post(f"{site.base}/accounts/login/", form={**form, "login": f"x{number}@learner.example"})
    page.fill("input[name=login]", "amara@learner.example")
    page.fill("input[name=password]", "not-this-one")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Too many tries")
    look(reader)
    page.get_by_role("link", name="Choose a new password").click()
    expect(page.get_by_label("E-mail address")).to_be_visible()
    site.manage("shell", "-c", FORGET_TRIES)


def test_an_account_without_a_password_gets_its_first(site: Site, someone) -> None:
    reader: Person = someone()
    page = reader.page
    page.goto(f"{site.base}/accounts/signup/")
    look(reader)
    page.get_by_label("Full legal name").fill("Noor Haddad")
    page.get_by_label("E-mail address").fill("noor@learner.example")
    page.get_by_label("Password").fill("three-quiet-rivers-9")
    page.get_by_role("button", name="Create the account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Type the code")
    look(reader)
    page.get_by_label("Code").fill(site.mailbox.wait_for("noor@learner.example", r"^    ([A-Z]{4}-[A-Z]{4})"))
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url(lambda url: "confirm" not in url)
    page.context.clear_cookies()
    who = "User.objects.get(email='noor@learner.example')"
    site.manage("shell", "-c", f"from accounts.models import User; u = {who}; u.set_unusable_password(); u.save()")
    page.goto(f"{site.base}/accounts/login/code/")
    page.get_by_label("E-mail address").fill("noor@learner.example")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(re.compile("confirm"))
    look(reader)
    page.get_by_label("Code").fill(site.mailbox.wait_for("noor@learner.example", r"you sign in:\s+([A-Z]{4}-[A-Z]{4})"))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: "confirm" not in url)
    page.goto(f"{site.base}/accounts/password/set/")
    expect(page.locator("nav [aria-current=page]").filter(has_text="Password")).to_have_count(1)
    look(reader)
    page.get_by_label("New password", exact=True).fill("four-loud-rivers-11")
    page.get_by_label("The new password again").fill("four-loud-rivers-11")
    page.get_by_role("button", name="Save the password").click()
    expect(page.get_by_text("Your password is saved.")).to_be_visible()
    assert site.mailbox.wait_for("noor@learner.example", r"(It was done on .+)").startswith("It was done on")
