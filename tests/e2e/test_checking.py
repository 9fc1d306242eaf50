"""Checking in a browser: a list at the verifier's desk, and a transcript that a school sends itself."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import Person, Site

pytestmark = pytest.mark.e2e


def test_a_list_shows_that_it_is_worked_on_and_then_its_answers(site: Site, someone, tmp_path: Path) -> None:
    verifier: Person = someone(phone=True)
    verifier.log_in("verifier")
    page = verifier.page
    page.goto(f"{site.base}/checks/file/")
    verifier.check_page()
    sheet = tmp_path / "list.csv"
    sheet.write_text(f"code,name,total\n{site.code},Thomas Adewale Lindqvist,18000\n0000-0000-0000-0000-0,,\n")
    page.locator("input[type=file]").set_input_files(sheet)
    expect(page.locator("#working")).to_be_hidden()
    # Nothing can be read of a page that waits for its answer: so it is asked first without sending anything.
    form = page.locator("form[data-working]")
    form.evaluate("form => form.addEventListener('submit', event => event.preventDefault(), {once: true})")
    page.get_by_role("button", name="Check the list").click()
    expect(page.locator("#working progress")).to_be_visible()
    expect(page.locator("[data-working-said]")).to_have_text("Your list is being read")
    page.get_by_role("button", name="Check the list").click()
    page.wait_for_url(re.compile(r"/checks/[0-9a-f-]{36}/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("2 codes")
    expect(page.locator("main table")).to_contain_text("not consented")
    expect(page.locator("main table")).to_contain_text("Unknown")
    verifier.check_page()


def test_a_transcript_goes_from_the_school_to_a_board(site: Site, someone) -> None:
    her: Person = someone(phone=True, dark=True)
    her.log_in("graduate")
    page = her.page
    page.goto(f"{site.base}/certificates/{site.code}/share/")
    page.get_by_role("link", name="Your school sends it").click()
    page.wait_for_url("**/by-school/")
    her.check_page()
    page.get_by_role("button", name="Sign and ask for it").click()
    expect(page.get_by_text("Name who gets the transcript: your consent is for them.").first).to_be_visible()
    her.complaints.clear()  # the browser's own, of the form that was refused
    page.get_by_label("Who gets it").fill("Board of the North, file 7")
    page.get_by_label("By hand").check()
    page.get_by_role("textbox", name="Where").fill("Room 12, 5 Court Street")
    page.get_by_label("What for").fill("license")
    page.get_by_label("Your signature").fill("Thomas Adewale Lindqvist")
    page.get_by_label("I consent to what I chose here").check()
    her.check_page()
    page.get_by_role("button", name="Sign and ask for it").click()
    page.wait_for_url("**/share/#link-*")
    expect(page.locator("main")).to_contain_text("Waits for the school")
    her.check_page()

    clerk: Person = someone()
    clerk.log_in("registrar")
    desk = clerk.page
    desk.goto(f"{site.base}/desk/hand-overs/")
    clerk.check_page()
    desk.locator("li", has_text="Board of the North, file 7").get_by_role("link").click()
    expect(desk.locator("main")).to_contain_text("Room 12, 5 Court Street")
    clerk.check_page()
    desk.get_by_label("By what number, or who took it").fill("Ms. Ito, front office")
    desk.get_by_role("button", name="It went").click()
    expect(desk.locator("main")).to_contain_text("Ms. Ito, front office")
    clerk.check_page()
    told = site.mailbox.wait_for(
        "graduate@riverbend.example", r"to Board of the North, file 7 on .* Noted with it: (.*)\. It"
    )
    assert told == "Ms. Ito, front office"
    page.goto(f"{site.base}/certificates/{site.code}/share/looks/")
    expect(page.locator("main table").first).to_contain_text("Handed over by the school")
    her.check_page()
    desk.goto(f"{site.base}/desk/graduates/")
    clerk.check_page()
    desk.locator("main .rows a").first.click()
    clerk.check_page()
