"""A learner contests a line on her phone; one registrar proposes, another approves at night; she reads the answer."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Person, Site

pytestmark = pytest.mark.e2e
SHEET = {"name": "sheet.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%%EOF\n"}


def test_a_claim_is_answered_by_a_correction_of_two_people(site: Site, someone) -> None:
    her: Person = someone(phone=True)
    her.log_in("student")
    page = her.page
    page.goto(f"{site.base}/hours/")
    page.get_by_role("link", name="Something wrong or missing?").click()
    expect(page.get_by_role("heading", name="You contested nothing")).to_be_visible()
    her.check_page()
    page.get_by_role("link", name="Open your lines").click()
    her.check_page()
    # The oldest line is the demo's: newer ones may be the minute of another journey.
    page.get_by_role("link", name=re.compile("Something wrong with this line")).first.click()
    her.check_page()
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("alert")).to_contain_text("Write a sentence or two")
    her.complaints.clear()  # the browser reports the refusal's status as an error
    her.check_page()
    page.get_by_label("What is wrong").fill("I was there ten minutes less than it says.")
    page.get_by_label("Attach a paper").set_input_files([SHEET])
    page.get_by_role("button", name="Send it").click()
    expect(page.locator("main")).to_contain_text("Answer by")
    her.check_page()

    him: Person = someone()
    him.log_in("registrar")
    desk = him.page
    desk.get_by_role("link", name=re.compile("claim about hours")).click()
    him.check_page()
    desk.get_by_role("link", name="Daniela Reyes").first.click()
    him.check_page()
    desk.get_by_role("link", name="Propose a correction").click()
    him.check_page()
    minutes = int(desk.get_by_label("Minutes", exact=True).input_value())
    desk.get_by_label("Minutes", exact=True).fill(str(minutes - 10))
    desk.get_by_label("Reason").select_option(label="The minutes were wrong")
    desk.get_by_label("What happened").fill("She says so herself, and the sheet agrees.")
    desk.get_by_role("button", name="Propose it").click()
    expect(desk.locator("main")).to_contain_text("It waits for a colleague")
    him.check_page()

    second: Person = someone(dark=True)
    second.log_in("second-registrar")
    other = second.page
    other.get_by_role("link", name=re.compile("correction to approve")).click()
    second.check_page()
    other.get_by_role("link", name="Daniela Reyes").first.click()
    expect(other.get_by_role("heading", name="What it does to the numbers")).to_be_visible()
    second.check_page()
    other.get_by_role("button", name="Approve it").click()
    expect(other.locator(".messages")).to_contain_text("Approved")
    second.check_page()

    page.reload()
    expect(page.locator("main")).to_contain_text("stand in its place")
    her.check_page()
    page.get_by_role("link", name="See your lines").click()
    expect(page.get_by_role("heading", name="Lines that were taken back")).to_be_visible()
    her.check_page()
    site.mailbox.wait_for("student@riverbend.example", "(It was corrected)")


@pytest.mark.parametrize("phone", [True, False])
def test_the_whole_story_of_a_record(site: Site, someone, phone: bool) -> None:
    him: Person = someone(phone=phone, dark=not phone)
    him.log_in("registrar")
    page = him.page
    page.goto(f"{site.base}/desk/people/?q=Reyes")
    him.check_page()
    page.get_by_role("link", name=re.compile("^Record")).first.click()
    expect(page.get_by_role("heading", name="Every line, in the order of the log")).to_be_visible()
    him.check_page()
    page.get_by_label("Where from").select_option(label="Class")
    page.get_by_role("button", name="Show").click()
    him.check_page()
    page.get_by_role("link", name="Add missing hours").click()
    him.check_page()
    page.goto(f"{site.base}/desk/corrections/")
    him.check_page()
