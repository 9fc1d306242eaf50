"""A program's examinations: named by a registrar, found by a learner with what must come before; each page checked."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Person, Site

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(("phone", "dark"), [(False, False), (True, True)])
def test_a_registrar_names_an_examination(site: Site, someone, phone: bool, dark: bool) -> None:
    registrar: Person = someone(phone=phone, dark=dark)
    registrar.log_in("registrar")
    desk = registrar.page
    desk.goto(f"{site.base}/cms/programs/")
    desk.get_by_role("link", name="Medical Massage Practitioner, 300 hours").click()
    desk.get_by_role("link", name="Edit the examinations").click()
    expect(desk.get_by_role("link", name="Final examination")).to_be_visible()
    registrar.check_page()
    desk.get_by_role("link", name="Final examination").click()
    expect(desk.get_by_label("Title")).to_have_value("Final examination")
    registrar.check_page()
    title = "The written final" if phone else "Final examination"
    desk.get_by_label("Title").fill("")
    desk.get_by_role("button", name="Keep the examination").click()
    expect(desk.get_by_text("Give it a title.")).to_be_visible()
    registrar.check_page()
    desk.get_by_label("Title").fill(title)
    desk.get_by_role("button", name="Keep the examination").click()
    expect(desk.get_by_text(f"“{title}” is kept.")).to_be_visible()


def test_a_learner_reads_what_must_come_before(site: Site, someone) -> None:
    for phone, dark in ((True, True), (False, False)):
        her: Person = someone(phone=phone, dark=dark)
        her.log_in("student")
        page = her.page
        page.goto(f"{site.base}/learn/")
        section = page.get_by_role("region", name="Examinations")
        expect(section.get_by_role("link", name=re.compile("^(Final examination|The written final)"))).to_be_visible()
        expect(section.get_by_text("Myofascial release")).to_be_visible()
        her.check_page()
        page.goto(f"{site.base}/programs/medical-massage-practitioner/")
        expect(page.get_by_role("heading", name="Examinations")).to_be_visible()
        her.check_page()
