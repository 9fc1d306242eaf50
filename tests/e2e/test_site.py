"""The public site and the search in a real browser: both sizes, both themes, no request to anybody else, nothing that the
policy refuses, though pages carry data for machines in a script element.
"""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Person, Site
from tests.e2e.test_edges import look

pytestmark = pytest.mark.e2e

PROGRAM = "/programs/medical-massage-practitioner/"
PAGES = [
    "/", "/programs/", PROGRAM, f"{PROGRAM}myofascial-release/", f"{PROGRAM}trigger-points/", "/how-hours-are-proved/",
    "/articles/", "/articles/what-medical-massage-means/", "/articles/reading-a-record-of-hours/", "/privacy/",
    "/privacy/versions/1/", "/refunds/", "/accessibility/", "/search/", "/search/?q=massage", "/search/?q=massge",
    "/search/?q=zzzz", "/search/?q=massage&in=pages",
]  # fmt: skip


@pytest.fixture
def elsewhere(site: Site):
    """Makes a list of the requests of a person's browser that leave the house."""

    def listen(person: Person) -> list[str]:
        left: list[str] = []
        person.context.on(
            "request", lambda asked: left.append(asked.url) if not asked.url.startswith((site.base, "data:")) else None
        )
        return left

    return listen


@pytest.mark.parametrize("address", PAGES)
def test_a_public_page(site: Site, someone, elsewhere, address: str) -> None:
    reader: Person = someone()
    left = elsewhere(reader)
    answer = reader.page.goto(site.base + address)
    assert answer.status == 200
    look(reader)
    assert left == []
    for text in reader.page.locator('script[type="application/ld+json"]').all_text_contents():
        assert json.loads(text)["@context"] == "https://schema.org"


def test_who_teaches_stands_on_the_program(site: Site, someone) -> None:
    reader: Person = someone(phone=True)
    reader.page.goto(site.base + PROGRAM)
    teachers = reader.page.get_by_role("region", name="Who teaches")
    expect(teachers).to_contain_text("Marisol Etcheverry")
    expect(teachers).to_contain_text("GA MT-008812")
    expect(teachers).to_contain_text("checked on")
    expect(teachers).not_to_contain_text("@")


def test_a_learner_searches(site: Site, someone, elsewhere) -> None:
    reader: Person = someone(phone=True)
    left = elsewhere(reader)
    reader.log_in("student")
    page = reader.page
    page.goto(f"{site.base}/search/")
    look(reader)
    page.get_by_label("Words to look for").fill("fascias")
    page.get_by_role("search").get_by_role("button").click()
    for kind in ("Lessons", "Glossary", "Pages"):
        expect(page.get_by_role("heading", name=kind, exact=True)).to_be_visible()
    look(reader)
    page.get_by_role("region", name="Lessons").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("/learn/lessons/"))
    assert left == []


def test_an_administrator_gives_the_school_a_look(site: Site, someone) -> None:
    admin: Person = someone()
    admin.log_in("admin")
    page = admin.page
    page.goto(f"{site.base}/desk/look/")
    look(admin)
    page.get_by_label("Plum").check()
    page.get_by_label("Short name").fill("Bend")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("Kept.")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-accent", "plum")
    reader: Person = someone()
    for accent in ("Plum", "Pine", "Slate blue", "Teal"):
        page.get_by_label(accent).check()
        page.get_by_label("Short name").fill("Riverbend")
        page.get_by_role("button", name="Keep").click()
        expect(page.get_by_text("Kept.")).to_be_visible()
        reader.page.goto(site.base + PROGRAM)
        look(reader)
