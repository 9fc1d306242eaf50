"""A therapist marries: her name is written down, two people replace her certificate, and the old one says so."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Person, Site

pytestmark = pytest.mark.e2e
NAME = "Rosa Đặng-Finch"


def words(person: Person) -> str:
    return person.page.locator("main").inner_text()


def both_themes(person: Person) -> None:
    for scheme in ("dark", "light"):
        person.wear(scheme)
        person.check_page()


def codes(person: Person) -> list[str]:
    return re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}-[0-9A-Z]", words(person))


def test_a_new_name_replaces_the_certificate_and_the_old_one_says_so(site: Site, someone) -> None:
    rosa: Person = someone(phone=True)
    rosa.log_in("therapist")
    rosa.page.goto(f"{site.base}/certificates/")
    (old,) = codes(rosa)
    rosa.page.get_by_role("link", name="Files, and what to do with them").click()
    expect(rosa.page.get_by_role("heading", name="Use it for a renewal")).to_be_visible()
    both_themes(rosa)

    helen: Person = someone()
    helen.log_in("registrar")
    page = helen.page
    page.goto(f"{site.base}/desk/rosters/")
    expect(page.locator("main")).to_contain_text("1 completion can be reported")
    page.goto(f"{site.base}/desk/certificates/")
    page.locator("main").get_by_role("row").filter(has_text="Delgado").get_by_role("link").first.click()
    record = page.url
    page.get_by_text("Another legal name").click()
    page.get_by_label("Legal name", exact=True).fill("")
    page.get_by_role("button", name="Keep the new name").click()
    expect(page.locator("main")).to_contain_text("Write the name as it stands on the license or passport")
    helen.complaints.clear()  # the browser calls an answer of 422 an error
    both_themes(helen)
    page.get_by_label("Legal name", exact=True).fill(NAME)
    page.get_by_role("button", name="Keep the new name").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    assert site.mailbox.wait_for("therapist@riverbend.example", f"to “({NAME})”")
    page.get_by_role("link", name="Replace it").click()
    page.get_by_label("Reason").select_option(label="The name or the title changed")
    both_themes(helen)
    page.get_by_role("button", name="Prepare the new one").click()
    expect(page.locator("main")).to_contain_text("Imani Caldwell must sign")

    victor: Person = someone()
    victor.log_in("second-registrar")
    victor.page.goto(record)
    expect(victor.page.locator("main")).to_contain_text("must be an administrator of the school")
    expect(victor.page.get_by_role("button", name="Sign and issue")).to_have_count(0)

    imani: Person = someone(phone=True)
    imani.log_in("admin")
    imani.page.goto(record)
    both_themes(imani)
    imani.page.locator("input[name=read]").check()
    imani.page.get_by_role("button", name="Sign and issue").click()
    expect(imani.page.locator("main")).to_contain_text("Took the place of")

    rosa.page.goto(f"{site.base}/certificates/")
    fresh = codes(rosa)[0]
    assert fresh != old and NAME in words(rosa)
    both_themes(rosa)
    for code, format_, head in ((fresh, "pdf", b"%PDF-"), (old, "pdf", b"%PDF-"), (fresh, "png", b"\x89PNG")):
        answer = rosa.context.request.get(f"{site.base}/certificates/{code}.{format_}")
        assert answer.body().startswith(head)
    stranger: Person = someone(phone=True)
    stranger.page.goto(f"{site.base}/verify/{old}")
    expect(stranger.page.get_by_role("heading", level=1)).to_have_text("This certificate was replaced")
    assert fresh not in words(stranger), "the new code is hers to give"
    stranger.page.goto(f"{site.base}/verify/{fresh}")
    expect(stranger.page.get_by_role("heading", level=1)).to_have_text("This certificate is valid")
