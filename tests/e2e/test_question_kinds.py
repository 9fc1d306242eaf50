"""A quiz of every kind on a phone: by touch, by keyboard alone, offline, and what cannot be read."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Person, Site

pytestmark = pytest.mark.e2e

MADE = """
from certification.quizzes import services
from certification.records.models import TrainingRecord
from tests.quizzes.kinds import picture, specs
record = TrainingRecord.objects.get(learner__user__email='student@riverbend.example', sealed_at=None)
bank = services.ensure_bank(school=record.school, code='KINDS', title='Kinds')
asked = [services.ensure_question(bank=bank, **spec) for spec in specs(picture(record.school).digest).values()]
quiz = services.ensure_quiz(school=record.school, code='KINDS', title='Every kind', questions=asked)
print('made', services.assign_quiz(record=record, quiz=quiz, module='KINDS', module_version=1).uuid)
"""


def question(page: Page, of: str) -> Locator:
    return page.locator("fieldset").filter(has=page.get_by_role("heading", name=f"Asked of {of}?"))


def saved(page: Page, answered: int) -> None:
    expect(page.locator("[data-tally]")).to_have_text(f"{answered} of 8 answered")
    expect(page.locator("[data-status]")).to_contain_text(re.compile(r"Saved \d"))


def test_every_kind_is_taken_on_a_phone(site: Site, someone) -> None:
    uuid = re.search(r"^made (\S+)$", site.manage("shell", "-c", MADE), re.M).group(1)  # type: ignore[union-attr]
    her: Person = someone(phone=True)
    her.log_in("student")
    page = her.page
    page.goto(f"{site.base}/quizzes/{uuid}/")
    page.get_by_role("button", name=re.compile("Begin|Go on")).click()
    address = page.url
    her.check_page()

    page.get_by_label("True", exact=True).check()
    saved(page, 1)
    page.get_by_label("Biceps").select_option("bends")
    saved(page, 2)

    # An order is kept when it is whole; who is in the way moves.
    order = question(page, "ordering")
    order.get_by_label("Ask").select_option("1")
    expect(order).to_contain_text("2 to go")
    order.get_by_label("Look").select_option("1")
    expect(order.get_by_label("Ask")).to_have_value("")
    order.get_by_label("Ask").select_option("2")
    expect(page.locator("[data-tally]")).to_have_text("2 of 8 answered")
    order.get_by_label("Touch").select_option("3")
    expect(order.get_by_text("to go")).to_be_hidden()
    saved(page, 3)
    order.get_by_label("Ask").select_option("1")
    expect(order.get_by_label("Look")).to_have_value("2")

    # What cannot be read stays in its field beside a sentence; typing alone saves, without leaving the field.
    number = question(page, "numeric").get_by_role("textbox")
    number.press_sequentially("1,234.5")
    expect(question(page, "numeric").get_by_role("alert")).to_contain_text("without separators")
    expect(page.locator("[data-status]")).to_contain_text("is not saved")
    expect(number).to_have_value("1,234.5")
    expect(number).to_have_attribute("aria-invalid", "true")
    her.complaints.clear()  # the browser's own, of the answer that was refused
    her.check_page()
    number.fill("45,5")
    expect(question(page, "numeric").get_by_role("alert")).to_be_hidden()
    saved(page, 4)

    # Offline what is typed is kept here and comes back with the next visit.
    her.context.set_offline(True)
    question(page, "short").get_by_role("textbox").press_sequentially("secretform = x")
    page.get_by_label("Gap 1").select_option("turns")
    page.get_by_label("Gap 3").fill("a=b")
    page.get_by_label("Gap 3").press("Enter")
    expect(page.locator("[data-status]")).to_contain_text("kept on this device")
    page.close()
    her.context.set_offline(False)
    page = her.page = her.context.new_page()
    page.goto(address)
    expect(question(page, "short").get_by_role("textbox")).to_have_value("secretform = x")
    expect(page.get_by_label("Gap 1")).to_have_value("s2")
    expect(page.get_by_label("Gap 3")).to_have_value("a=b")
    saved(page, 6)
    page.reload()
    expect(page.get_by_label("Gap 3")).to_have_value("a=b")
    expect(question(page, "ordering").get_by_label("Touch")).to_have_value("3")
    expect(question(page, "numeric").get_by_role("textbox")).to_have_value("45.5")

    # A touch on the figure chooses the nearest mark; the keys do the same in the list.
    spot = question(page, "hotspot")
    figure = spot.locator("[data-figure] svg").first
    box = figure.bounding_box()
    figure.click(position={"x": box["width"] * 0.24, "y": box["height"] * 0.4})
    expect(spot.get_by_role("radio", name="PLACE-m1")).to_be_checked()
    expect(spot.locator(".spotted__mark--on text")).to_have_count(1)
    saved(page, 7)
    spot.get_by_role("radio", name="PLACE-m1").press("ArrowDown")
    expect(spot.get_by_role("radio", name="PLACE-m1")).not_to_be_checked()
    labels = question(page, "labelling")
    labels.locator("[data-figure] svg").first.click(position={"x": box["width"] * 0.1, "y": box["height"] * 0.1})
    expect(labels.get_by_label("upper")).to_be_focused()
    page.keyboard.press("L")
    saved(page, 8)
    her.check_page()

    page.get_by_role("button", name="Hand in").click()
    page.wait_for_url("**/result/")
    expect(page.get_by_text("45.5").first).to_be_visible()
    her.check_page()
