"""A quiz on a phone with a bad connection: what is said to be saved is saved, two windows agree, nothing is doubled."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Person, Site

pytestmark = pytest.mark.e2e


def radios(page: Page, number: int):
    """The choices of the page's nth question that has one answer."""
    return page.locator("fieldset").filter(has=page.locator("input[type=radio]")).nth(number).locator("label.choice")


def status(page: Page):
    return page.locator("[data-status]")


def test_a_bad_connection_loses_no_answer_and_doubles_none(site: Site, someone) -> None:
    her: Person = someone(phone=True)
    her.log_in("student")
    page = her.page
    page.goto(f"{site.base}/learn/")
    page.locator("main a[href*='/quizzes/']").filter(has_text=re.compile("lymph", re.I)).first.click()
    page.get_by_role("button", name=re.compile("Begin|Go on")).click()
    address = page.url
    radios(page, 0).nth(1).click()
    expect(status(page)).to_contain_text(re.compile(r"Saved \d"))

    # Offline: kept here, said so, and not to be handed in.
    her.context.set_offline(True)
    radios(page, 1).nth(0).click()
    expect(status(page)).to_contain_text("kept on this device")
    page.get_by_role("button", name="Hand in").click()
    expect(status(page)).to_contain_text("You are offline")
    assert page.url.split("#")[0] == address

    # The browser dies; the answer comes back with the next visit and reaches the server.
    page.close()
    her.context.set_offline(False)
    page = her.page = her.context.new_page()
    page.goto(address)
    expect(radios(page, 1).nth(0).locator("input")).to_be_checked()
    expect(status(page)).to_contain_text(re.compile(r"Saved \d"))
    page.reload()
    expect(radios(page, 1).nth(0).locator("input")).to_be_checked()
    expect(page.locator("[data-tally]")).to_contain_text("2 of 14")

    # Signed out elsewhere: said so; signed in again elsewhere, the page finds out by itself and shows what was saved.
    session = next(kept for kept in her.context.cookies() if "session" in kept["name"])
    her.context.clear_cookies(name=session["name"])
    radios(page, 2).nth(0).click()
    expect(status(page)).to_contain_text("You are signed out")
    her.context.add_cookies([session])
    other = her.context.new_page()
    other.goto(address)
    radios(other, 3).nth(1).click()
    expect(status(other)).to_contain_text(re.compile(r"Saved \d"))
    expect(status(page)).to_contain_text(re.compile(r"Saved \d"))
    expect(radios(page, 3).nth(1).locator("input")).to_be_checked()
    expect(page.locator("[data-tally]")).to_contain_text("4 of 14")
    other.close()
    her.complaints.clear()

    # Two windows: the newest choice stands, and a window left behind takes nothing back.
    other = her.context.new_page()
    other.goto(address)
    radios(other, 0).nth(0).click()
    expect(status(other)).to_contain_text(re.compile(r"Saved \d"))
    page.get_by_role("button", name="Hand in").dblclick()
    page.wait_for_url("**/submit/")
    page.get_by_role("link", name="Back to the questions").click()
    expect(radios(page, 0).nth(0).locator("input")).to_be_checked()

    page.goto(f"{address}submit/")
    page.get_by_role("button", name="Hand in as it is").dblclick()
    page.wait_for_url("**/result/")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Passed|Not passed"))
    her.check_page()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('palmar-quiz:')).length") == 0

    # The other window is told, and its change is not taken.
    radios(other, 2).nth(1).click()
    expect(status(other)).to_contain_text("handed in on")
    page.go_back()
    page.wait_for_url("**/result/")
