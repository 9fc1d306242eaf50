"""Questions are written in the CMS: spots by clicks on a figure, rows and kinds without waiting, at a desk and on a phone."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e


def test_a_hotspot_question_on_a_figure_takes_eight_clicks(someone, site) -> None:
    author = someone()
    author.log_in("instructor")
    page = author.page
    page.goto(f"{site.base}/cms/questions/")
    # 1 to write, 2 the kind, 3 the figure, 4 to 6 the spots, 7 what is right, 8 to save; a click more moves a spot.
    page.get_by_role("link", name="Write a question").first.click()
    page.get_by_label("Spot on a picture").check()
    expect(page.get_by_text("Which of the marked spots on a picture is meant.")).to_be_visible()
    page.locator(".asked__pictures li").nth(1).locator("label").click()
    stage = page.locator("[data-stage]")
    expect(stage).to_be_visible()
    page.wait_for_load_state()
    box = stage.bounding_box()

    def click(x: float, y: float) -> None:
        stage.click(position={"x": box["width"] * x, "y": box["height"] * y})

    click(0.25, 0.3)
    click(0.6, 0.4)
    click(0.5, 0.7)
    expect(stage.locator("g")).to_have_count(3)
    assert page.locator("[name=m-1-x]").input_value().startswith(("59", "60"))
    # A click on a number takes it up, the next puts it down; the fields lead too.
    click(0.6, 0.4)
    click(0.8, 0.5)
    assert page.locator("[name=m-1-x]").input_value().startswith(("79", "80"))
    expect(stage.locator("g")).to_have_count(3)
    page.locator("[name=m-0-x]").fill("10")
    expect(stage.locator("g").first.locator("circle")).to_have_attribute("cx", re.compile(r"."))
    # A fourth place makes a row of its own.
    click(0.2, 0.9)
    expect(page.locator("[name=m-3-x]")).not_to_have_value("")
    for place, words in enumerate(("above left", "right", "in the middle", "below left")):
        page.locator(f"[name=m-{place}-place]").fill(words)
    page.locator("[name=m-1-correct]").check()
    page.locator("[name=stem]").fill("Which spot is meant?")
    preview = page.frame_locator("iframe[name=asked-preview]")
    expect(preview.get_by_text("in the middle")).to_be_visible()
    expect(preview.locator(".spotted__mark")).to_have_count(4)
    author.check_page()
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("The question is kept as a draft.")).to_be_visible()
    expect(page.locator("[data-stage] g")).to_have_count(4)


@pytest.mark.parametrize(("phone", "dark"), [(False, True), (True, False)])
def test_each_kind_and_list_holds_on_a_screen(someone, site, phone, dark) -> None:
    author = someone(phone=phone, dark=dark)
    author.log_in("instructor")
    page = author.page
    for kind in ("multiple", "true_false", "matching", "ordering", "numeric", "short", "cloze", "labelling"):
        page.goto(f"{site.base}/cms/questions/add/?kind={kind}")
        expect(page.locator(f"[name=kind][value={kind}]")).to_be_checked()
        author.check_page()
    page.goto(f"{site.base}/cms/questions/add/?kind=matching")
    page.get_by_role("button", name="More pairs").click()
    expect(page.locator("[name=p-4-text]")).to_be_focused()
    for name in ("", "cases/", "cases/add/", "doubles/", "import/", "banks/"):
        page.goto(f"{site.base}/cms/questions/{name}")
        author.check_page()


def test_without_scripts_nothing_lies_over_the_form_on_a_phone(someone, site, chromium) -> None:
    author = someone(phone=True)
    author.log_in("instructor")
    plain = chromium.new_context(
        java_script_enabled=False,
        storage_state=author.context.storage_state(),
        viewport={"width": 390, "height": 844},
        locale="en-US",
    )
    page = plain.new_page()
    page.goto(f"{site.base}/cms/questions/add/?kind=single")
    # The pointer reaches what it aims at, at the left edge too.
    page.locator("[name=kind][value=single]").check(timeout=5_000)
    stem = page.locator("[name=stem]")
    stem.click(position={"x": 5, "y": 5}, timeout=5_000)
    box = stem.bounding_box()
    assert box and 0 <= box["x"] < 40
    assert box["width"] > 300
    expect(page.locator("#wagtail-sidebar")).to_be_hidden()
    plain.close()


def test_a_kind_and_a_picture_are_chosen_by_keyboard_alone(someone, site) -> None:
    author = someone()
    author.log_in("instructor")
    page = author.page
    page.goto(f"{site.base}/cms/questions/add/")
    page.locator("[name=kind]:checked").focus()
    # Passing a kind changes nothing: the focus stays in the list, and the button says what is next.
    while page.evaluate("document.activeElement.value") != "hotspot":
        page.keyboard.press("ArrowDown")
        expect(page.locator("[name=kind]:focus")).to_be_checked()
    assert page.locator("[name=c-0-text]").count(), "the form of the first kind still stands"
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Use this kind")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[name=m-0-x]")).to_be_visible()
    # The keyboard goes on where it was, once the new page has scrolled there.
    page.wait_for_load_state()
    page.wait_for_timeout(500)
    page.keyboard.press("Tab")
    expect(page.locator("[name=kind][value=hotspot]")).to_be_focused()
    pictures = page.locator("[name=pic-chosen]")
    pictures.first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(pictures.nth(2)).to_be_focused()
    page.get_by_role("button", name="Show this picture").press("Enter")
    expect(page.locator("[data-stage]")).to_be_visible()
    expect(pictures.nth(2)).to_be_checked()
    author.check_page()
