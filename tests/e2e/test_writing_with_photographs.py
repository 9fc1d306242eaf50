"""An instructor puts a photograph into a lesson from within the editor; a learner sees it on her phone and enlarges it."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.files import picture

from .conftest import Person

pytestmark = pytest.mark.e2e
TITLE = "Hands before the load"
SAYS = "Two hands lie flat and crossed on a low back, the fingers pointing away from each other."
SHOTS = os.environ.get("SHOTS", "")


def shot(page: Page, name: str) -> None:
    """A picture of the screen for whoever asked for some."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def write(author: Person) -> None:
    """A lesson of one sentence and one photograph, which is sent for review."""
    page = author.page
    page.goto(f"{author.site.base}/cms/")
    page.get_by_role("link", name="Write a lesson in Trigger points").click()
    page.locator("[name=title]").fill(TITLE)
    page.locator("[name='body-0-value-0-value']").fill("Lay the hands down before you lean.")
    page.locator("[contenteditable=true]").first.click()
    page.keyboard.type("The hands come first, the weight later.")
    page.locator("[name='body-2-value-0-value']").fill("Simons DG and others. Myofascial Pain and Dysfunction, 1999.")
    page.get_by_role("button", name="Insert a block").nth(2).click()
    page.get_by_role("option", name="Photograph", exact=True).first.click()
    expect(page.get_by_text("What there is to see and what matters in it")).to_be_visible()
    page.get_by_role("button", name="Choose an image").click()
    page.get_by_role("tab", name="Upload").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input[type=file]").set_input_files(
        {"name": "hands.jpg", "mimeType": "image/jpeg", "buffer": picture(size=(2400, 1500))}
    )
    dialog.locator("[name$=title]").fill("Hands on a back")
    dialog.locator("[name$=credit]").fill("Photo: Ines")
    dialog.get_by_role("button", name="Upload", exact=True).click()
    small = page.locator("img[data-chooser-image]")
    expect(small).to_be_visible()
    assert small.evaluate("one => one.decode().then(() => one.naturalWidth)") > 0, "a private copy is shown to her"
    page.locator("[name='body-3-value-caption']").fill("Both hands on the low back")
    page.locator("[name='body-3-value-description']").fill(SAYS)
    shot(page, "editor")
    # That a draft saves itself is another journey's matter; here a person presses the button.
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url(re.compile(r"/cms/pages/\d+/edit/"), timeout=30_000)
    page.get_by_role("button", name="Toggle preview").click()
    learner = page.frame_locator("#w-preview-iframe, iframe[title='Preview']").first
    shown = learner.get_by_role("img", name=SAYS).first
    expect(shown).to_be_visible(timeout=30_000)
    assert shown.evaluate("one => one.decode().then(() => one.naturalWidth)") > 0
    page.locator("footer .w-dropdown button").first.click()
    page.get_by_role("button", name=re.compile("^Submit")).first.click()
    page.wait_for_url("**/cms/pages/*/")


def test_a_photograph_is_uploaded_within_the_lesson_and_seen_by_a_learner(someone, site) -> None:
    author = someone()
    author.log_in("instructor")
    write(author)
    edit = site.mailbox.wait_for("registrar@riverbend.example", r"(http\S+/cms/pages/\d+/edit/)")
    registrar = someone()
    registrar.log_in("registrar")
    registrar.page.goto(edit)
    expect(registrar.page.locator("[name=title]")).to_have_value(TITLE)
    registrar.page.locator("footer .w-dropdown button").first.click()
    registrar.page.get_by_role("button", name=re.compile("^Approve and Publish|^Approve$", re.I)).first.click()
    registrar.page.wait_for_load_state()
    student = someone(phone=True)
    student.log_in("student")
    page = student.page
    page.goto(f"{site.base}/learn/")
    page.get_by_role("link", name=TITLE).first.click()
    seen = page.get_by_role("img", name=SAYS).first
    expect(seen).to_be_visible()
    assert seen.evaluate("one => one.decode().then(() => one.naturalWidth)") > 0
    assert re.search(r"/learn/lessons/[0-9a-f-]{36}/photos/[0-9a-f-]{36}/800/$", seen.evaluate("one => one.currentSrc"))
    seen.scroll_into_view_if_needed()
    shot(page, "phone-light")
    student.check_page()
    page.get_by_role("button", name="Enlarge").first.click()
    large = page.locator(".zoom:popover-open img")
    expect(large).to_be_visible()
    assert large.evaluate("one => one.decode().then(() => one.naturalWidth)") > 0
    assert large.bounding_box()["width"] > 390, "larger than the window, to be moved about"
    student.check_page()
    shot(page, "phone-large")
    page.keyboard.press("Escape")
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.wait_for_timeout(400)  # colors that are still on their way are neither theme's
    student.check_page()
    expect(seen).to_have_css("filter", re.compile("brightness"))
    shot(page, "phone-dark")
    page.set_viewport_size({"width": 1440, "height": 900})
    student.check_page()
    shot(page, "desk-dark")
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    expect(seen).to_have_css("filter", "none")
    shot(page, "desk-light")
    page.emulate_media(media="print")
    assert page.locator(".plate__zoom").first.is_hidden() and seen.is_visible()
