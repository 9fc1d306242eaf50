"""An instructor who never saw the editor writes, illustrates, previews and submits a lesson; it is published and studied."""

import re

import pytest
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.e2e
MOST_CLICKS = 12
TITLE = "Finding a trigger point by hand"


def test_a_lesson_is_written_illustrated_previewed_submitted_and_published(someone, site) -> None:
    author = someone()
    author.log_in("instructor")
    page = author.page
    clicks = 0

    def click(target: Locator) -> None:
        nonlocal clicks
        clicks += 1
        target.click()

    def insert(place: int, block: str) -> None:
        click(page.get_by_role("button", name="Insert a block").nth(place))
        click(page.get_by_role("option", name=block, exact=True).first)

    page.goto(f"{site.base}/cms/")
    click(page.get_by_role("link", name="Write a lesson in Trigger points"))
    # The shape of a lesson is there: objectives, text, references.
    page.locator("[name=title]").fill(TITLE)
    page.locator("[name=lede]").fill("A band, a nodule, a twitch: what the hand can find and what it cannot.")
    page.locator("[name='body-0-value-0-value']").fill("Find a taut band by flat palpation.")
    click(page.locator("[contenteditable=true]").first)
    page.keyboard.type("A taut band lies across the fibers. Move slowly, and ask.")
    page.locator("[name='body-2-value-0-value']").fill("Simons DG and others. Myofascial Pain and Dysfunction, 1999.")
    insert(2, "Figure")
    click(page.get_by_role("button", name=re.compile("Choose figure", re.I)).first)
    click(page.locator(".modal-body table a").first)
    insert(3, "Self-check")
    page.locator("[name='body-4-value-question']").fill("You feel a pulse under your finger. What do you do?")
    for number, (answer, says) in enumerate((("Move away", "Yes: it is an artery."), ("Press on", "No."))):
        page.locator(f"[name='body-4-value-choices-{number}-value-text']").fill(answer)
        page.locator(f"[name='body-4-value-choices-{number}-value-feedback']").fill(says)
    click(page.locator("[name='body-4-value-choices-0-value-correct']"))
    # Nobody pressed "save": the draft is kept by itself, and stands beside the words as a learner will read it.
    expect(page.get_by_text("Saved", exact=True).first).to_be_visible(timeout=30_000)
    click(page.get_by_role("button", name="Toggle preview"))
    learner = page.frame_locator("#w-preview-iframe, iframe[title='Preview']").first
    expect(learner.get_by_role("heading", name=TITLE)).to_be_visible(timeout=30_000)
    expect(learner.get_by_text("You feel a pulse under your finger")).to_be_visible()
    menu = page.locator("footer .w-dropdown button").first
    menu.click()
    page.get_by_role("button", name=re.compile("^Submit")).first.click()
    page.wait_for_url("**/cms/pages/*/")
    assert clicks <= MOST_CLICKS, clicks
    expect(page.get_by_text(TITLE).first).to_be_visible()

    # The registrar is asked by mail, approves, and the lesson is there with its hours.
    edit = site.mailbox.wait_for("registrar@riverbend.example", r"(http\S+/cms/pages/\d+/edit/)")
    registrar = someone()
    registrar.log_in("registrar")
    registrar.page.goto(edit)
    registrar.page.get_by_role("tab", name="Plan").click()
    expect(registrar.page.get_by_text("A new lesson: it is made when a registrar publishes this page.")).to_be_visible()
    registrar.page.locator("footer .w-dropdown button").first.click()
    registrar.page.get_by_role("button", name=re.compile("^Approve and Publish|^Approve$", re.I)).first.click()
    registrar.page.wait_for_load_state()
    student = someone(phone=True)
    student.log_in("student")
    student.page.goto(f"{site.base}/learn/")
    student.page.get_by_role("link", name=TITLE).first.click()
    expect(student.page.get_by_text("A taut band lies across the fibers")).to_be_visible()
    student.check_page()
    student.page.get_by_label("Press on").check()
    expect(student.page.get_by_text("No.", exact=False).first).to_be_visible()


def test_a_change_to_what_was_studied_is_asked_about(someone, site) -> None:
    """The demo's learners have opened the first lesson."""
    registrar = someone()
    registrar.log_in("registrar")
    page = registrar.page
    page.goto(f"{site.base}/cms/")
    page.get_by_role("link", name="Neuromuscular therapy", exact=True).first.click()
    page.get_by_role("link", name=re.compile("^Four lanes at the neck")).first.click()
    page.locator("[name=lede]").fill("Deep tissue answers to time before it answers to force, and to warmth.")
    page.wait_for_timeout(3000)  # autosave
    page.locator("footer .w-dropdown button").first.click()
    page.get_by_role("button", name=re.compile("^Publish")).first.click()
    page.wait_for_url("**/change/")
    expect(page.get_by_role("heading", name="What does this change mean?")).to_be_visible()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Choose what the change means.")).to_be_visible()
    page.get_by_role("radio", name="Added: those who finished it are told").check()
    page.locator("[name=note]").fill("A sentence on warmth.")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("is published.")).to_be_visible()
