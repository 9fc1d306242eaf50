"""A learner aims at a license; registrars say where hours stand, and see who is affected by a version."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Person, Site

pytestmark = pytest.mark.e2e


def test_a_learner_aims_at_a_license_and_sees_what_it_takes(site: Site, someone) -> None:
    her: Person = someone(phone=True)
    her.log_in("student")
    page = her.page
    page.goto(f"{site.base}/learn/")
    page.get_by_role("link", name="What is missing").click()
    expect(page.get_by_role("heading", name="What you still need")).to_be_visible()
    georgia = page.locator("#us-ga-massage")
    expect(georgia).to_contain_text(re.compile(r"You need \d+ more hours?( and \d+ minutes?)? of Pathology"))
    her.check_page()
    # Every line opens the rule's text and the rows.
    georgia.get_by_role("link", name=re.compile("^The rule")).nth(2).click()
    expect(page.locator(":target")).to_be_visible()
    page.go_back()
    georgia.get_by_role("link", name=re.compile("^The lines")).nth(1).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    her.check_page()
    page.go_back()
    # One more aim, for which the school has said nothing yet; then no longer.
    page.get_by_label("Which one").select_option(value="us-tx-massage")
    page.get_by_role("button", name="Show what it takes").click()
    texas = page.locator("#us-tx-massage")
    expect(texas).to_contain_text("Your school has not said yet where its hours stand here")
    her.check_page()
    texas.get_by_role("button", name="I no longer aim at this").click()
    expect(page.locator("#us-tx-massage")).to_have_count(0)


@pytest.mark.parametrize("phone", [True, False])
def test_registrars_see_who_is_affected_and_say_where_hours_stand(site: Site, someone, phone: bool) -> None:
    him: Person = someone(phone=phone, dark=not phone)
    him.log_in("registrar")
    page = him.page
    page.goto(f"{site.base}/desk/rules/")
    him.check_page()
    if not phone:
        # Between a phone and a desk the many doors of staff stand on a line of their own.
        for width in (900, 1024, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            him.check_page()
        page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("link", name=re.compile("Who is affected.*@2")).click()
    expect(page.locator("main")).to_contain_text("would be judged anew")
    him.check_page()
    # The box is not ticked: nothing happens, and what was typed stays.
    page.get_by_label("Why").fill("The board asks for more.")
    page.get_by_role("button", name="Activate version 2").click()
    expect(page.get_by_role("alert")).to_contain_text("tick this first")
    expect(page.get_by_label("Why")).to_have_value("The board asks for more.")
    him.complaints.clear()  # the browser reports the refusal's status as an error
    him.check_page()
    page.goto(f"{site.base}/desk/rules/crosswalks/")
    him.check_page()
    page.goto(f"{site.base}/desk/rules/crosswalks/us-mm-300-sample/us-ga-massage/")
    him.check_page()
    page.get_by_label("Pathology and red flags", exact=True).select_option(label="Pathology")
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator(".messages")).to_contain_text("Kept.")
    page.goto(f"{site.base}/desk/cohorts/")
    him.check_page()
    page.get_by_role("link", name="Autumn").click()
    expect(page.locator("main")).to_contain_text("still need something")
    him.check_page()
