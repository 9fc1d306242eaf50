"""A verifier without an account reads the rules that judged a certificate, at a desk and on a phone, by day and at night."""

import pytest
from playwright.sync_api import expect

from certification.requirements import library
from tests.e2e.conftest import Person, Site

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_the_rules_are_read_without_an_account(site: Site, someone, phone: bool, dark: bool) -> None:
    reader: Person = someone(phone=phone, dark=dark)
    page = reader.page
    page.goto(f"{site.base}/rules/")
    reader.check_page()
    page.get_by_label("Find a state").fill("new york")
    page.get_by_role("button", name="Find", exact=True).click()
    reader.check_page()
    page.get_by_role("link", name="New York").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("New York")
    expect(page.get_by_role("row", name="of which Oriental massage therapy")).to_contain_text("50")
    page.get_by_text("Read the text").click()
    expect(page.get_by_text("schema: hour-rules/1")).to_be_visible()
    reader.check_page()
    with page.expect_download() as caught:
        page.get_by_role("link", name="us-ny-massage@1.yaml").click()
    assert caught.value.path().read_text() == (library.PACKS / "us-ny-massage@1.yaml").read_text()
    for label in ("us-mm-300-sample@1", "us-mm-500-sample@1", "us-fl-massage-b@1", "us-tx-massage@1"):
        page.goto(f"{site.base}/rules/{label}/")
        reader.check_page()
    page.goto(f"{site.base}/rules/us-tx-massage@1/#category-swedish")
    expect(page.locator("#category-swedish")).to_be_in_viewport()


def test_the_link_of_a_certificate_leads_to_the_rules_that_judged_it(site: Site, someone) -> None:
    reader: Person = someone()
    reader.page.goto(site.share)
    reader.page.get_by_role("link", name="us-mm-300-sample@1").click()
    expect(reader.page.get_by_role("heading", level=2).first).to_have_text("Sample")
