"""The points of a labelled figure are placed on its picture; the numbers follow, and lead."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e


def test_points_are_set_by_click_moved_by_keys_and_follow_the_numbers(someone, site) -> None:
    author = someone()
    author.log_in("instructor")
    page = author.page
    page.goto(f"{site.base}/cms/")
    page.get_by_role("link", name="Write a lesson in Trigger points").click()
    page.locator("[name=title]").fill("Points on a plate")
    page.get_by_role("button", name="Insert a block").nth(2).click()
    page.get_by_role("option", name="Labelled figure", exact=True).first.click()
    block = page.locator("[data-controller~=hotspots]")
    stage = block.locator(".spot-stage")
    expect(stage).to_be_hidden()
    block.get_by_role("button", name=re.compile("Choose figure", re.I)).first.click()
    row = page.locator(".modal-body table tbody tr").first
    expect(row.locator("img")).to_be_visible()
    assert row.locator("img").evaluate("async image => { await image.decode(); return image.naturalWidth }") > 0
    row.locator("a").first.click()
    picture = stage.locator("img")
    expect(picture).to_be_visible()
    picture.evaluate("image => image.decode()")
    box = picture.bounding_box()

    def click(x: float, y: float) -> None:
        picture.click(position={"x": box["width"] * x / 100, "y": box["height"] * y / 100})

    def numbers() -> list[tuple[str, str]]:
        fields = [block.locator(f"input[name$='-value-{axis}']") for axis in "xy"]
        return list(zip(*([one.input_value() for one in field.all()] for field in fields), strict=True))

    expect(page.locator(".modal-body")).to_be_hidden()
    # The list begins with one empty point: the first click places it, the next makes another.
    click(25, 40)
    assert numbers() == [("25", "40")]
    first = stage.get_by_role("button", name="Point 1: no name yet, 25 % from the left, 40 % from above")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    assert numbers() == [("26", "39")]
    # It is chosen, so a click moves it; unchosen, a click sets the next point.
    click(30, 50)
    assert numbers() == [("30", "50")]
    stage.get_by_role("button", name=re.compile("^Point 1")).click()
    click(70, 20)
    assert numbers() == [("30", "50"), ("70", "20")]
    # The numbers lead too, and the name is said.
    block.locator("input[name$='-0-value-x']").fill("5")
    block.locator("input[name$='-0-value-name']").fill("Heel")
    spot = stage.get_by_role("button", name="Point 1: Heel, 5 % from the left, 50 % from above")
    expect(spot).to_be_visible()
    box = picture.bounding_box()
    assert abs(spot.bounding_box()["x"] + spot.bounding_box()["width"] / 2 - box["x"] - box["width"] * 0.05) < 3
    # What is deleted leaves the picture.
    block.locator("[data-contentpath=points]").get_by_role("button", name=re.compile("^Delete")).last.click()
    expect(stage.get_by_role("button")).to_have_count(1)
    assert not author.complaints
