"""What the public pages tell machines: titles, addresses, translations, and schema.org's words, safe and true."""

import json
import re
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import Locale

from cms.models import ArticlePage, HomePage, StandardPage
from cms.structured import as_json, duration
from commerce.services import set_price
from courses.catalog.models import Module, ModulePage, Program, ProgramPage
from courses.enrollments.services import ensure_cohort

from .test_articles import index  # noqa: F401
from .test_site import words

ATTACK = "</script><script>alert(1)</script><!-- & \u2028 \" ' ]]>"
BASE = "http://127.0.0.1:8000"


def told(client, address: str) -> dict[str, dict[str, Any]]:
    """The schema.org objects of a page by their type."""
    soup = BeautifulSoup(client.get(address).content, "html.parser")
    found = [json.loads(script.string) for script in soup.select('script[type="application/ld+json"]')]
    return {one["@type"]: one for one in found}


def test_a_program_is_told_as_it_is(published, program_page, client):
    set_price(program=Program.objects.get(), amount_minor=285000, currency="usd")
    about = told(client, "/programs/small/")
    assert set(about) == {"Course", "BreadcrumbList"}
    course = about["Course"]
    assert course["name"] == "A small program"
    assert course["url"] == f"{BASE}/programs/small/"
    assert course["timeRequired"] == course["hasCourseInstance"]["courseWorkload"] == "PT10H"
    assert course["hasCourseInstance"]["courseMode"] == "Blended"
    assert course["provider"]["name"] == "Riverbend School"
    assert course["offers"]["price"] == "2850.00" and course["offers"]["priceCurrency"] == "USD"
    credential = course["educationalCredentialAwarded"]
    assert credential["credentialCategory"] == "certificate"
    assert "not a license" in credential["description"]
    assert course["coursePrerequisites"] == "An active licence"
    assert [part["name"] for part in course["syllabusSections"]] == ["Myofascial release", "Neuromuscular technique"]
    assert [step["name"] for step in about["BreadcrumbList"]["itemListElement"]] == [
        "Riverbend", "Programs", "A small program",
    ]  # fmt: skip


def test_each_open_group_is_an_instance_with_its_days(published, program_page, client):
    program = Program.objects.get()
    page = client.get("/programs/small/").content.decode()
    assert "No group has a date yet. Ask the school" in page
    starts = timezone.localdate() + timedelta(days=30)
    ensure_cohort(program=program, name="Spring", starts_on=starts, ends_on=starts + timedelta(days=90), is_public=True)
    ensure_cohort(program=program, name="Summer", starts_on=starts + timedelta(days=100), is_public=True)
    ensure_cohort(program=program, name="Quiet", starts_on=starts)
    page = client.get("/programs/small/").content.decode()
    assert f"Starts {date_format(starts, 'j F Y')}" in page
    assert "Quiet" not in page
    assert "No group has a date yet" not in page
    spring, summer = told(client, "/programs/small/")["Course"]["hasCourseInstance"]
    assert (spring["name"], spring["startDate"]) == ("Spring", starts.isoformat())
    assert spring["endDate"] == (starts + timedelta(days=90)).isoformat()
    assert (spring["@type"], spring["courseWorkload"]) == ("CourseInstance", "PT10H")
    assert "endDate" not in summer
    Program.objects.update(is_open=False)
    page = client.get("/programs/small/").content.decode()
    assert "Spring" not in page
    assert "No group has a date yet" not in page, "nobody is told to ask for one"
    assert "startDate" not in told(client, "/programs/small/")["Course"]["hasCourseInstance"]


def test_what_is_not_sold_has_no_offer(published, program_page, client):
    assert "offers" not in told(client, "/programs/small/")["Course"], "no price"
    set_price(program=Program.objects.get(), amount_minor=5000, currency="jpy")
    assert told(client, "/programs/small/")["Course"]["offers"]["price"] == "5000"
    Program.objects.update(is_open=False)
    assert "offers" not in told(client, "/programs/small/")["Course"], "it takes nobody"


def test_the_school_and_an_article(index, client):  # noqa: F811
    school = told(client, "/")["EducationalOrganization"]
    assert (school["name"], school["url"]) == ("Riverbend School", f"{BASE}/")
    article = told(client, "/articles/second/")["Article"]
    assert article["headline"] == "Second"
    assert (article["datePublished"], article["dateModified"]) == ("2026-04-01", "2026-05-02")
    assert article["author"] == {"@type": "Person", "name": "Ines Instructor"}
    assert article["image"].startswith(f"{BASE}/media/images/")
    text = words(client.get("/articles/second/"))
    assert f'<meta property="og:image" content="{article["image"]}">' in text
    assert '<meta property="og:type" content="article">' in text


def test_no_title_ends_the_script(index, program_page, client):  # noqa: F811
    for model in (HomePage, StandardPage, ArticlePage, ProgramPage):
        model.objects.update(title=ATTACK, seo_title=ATTACK, search_description=ATTACK)
    ArticlePage.objects.update(author=ATTACK, intro=ATTACK)
    Module.objects.update(title=ATTACK)
    for address in ("/", "/privacy/", "/articles/", "/articles/first/", "/programs/small/"):
        html = client.get(address).content.decode()
        assert "<script>alert" not in html, address
        soup = BeautifulSoup(html, "html.parser")
        for script in soup.select("script:not([src])"):
            assert script["type"] == "application/ld+json"
            json.loads(script.string)
    assert told(client, "/articles/first/")["Article"]["headline"] == ATTACK


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(VALUES)
def test_what_stands_in_the_script_is_json_and_no_markup(value):
    text = as_json({"value": value})
    assert not re.search("[<>&\u2028\u2029]", text)
    assert json.loads(text)["value"] == json.loads(json.dumps(value))


@pytest.mark.parametrize(
    ("minutes", "iso"), [(0, "PT0M"), (45, "PT45M"), (60, "PT1H"), (90, "PT1H30M"), (18000, "PT300H")]
)
def test_durations(minutes, iso):
    assert duration(minutes) == iso


def test_every_public_page_has_its_own_title_address_and_description(index, published, program_page, client):  # noqa: F811
    HomePage.objects.update(search_description="Of the school.")
    titles = []
    for address in ("/", "/programs/", "/programs/small/", "/programs/small/myofascial-release/", "/privacy/",
                    "/articles/", "/articles/first/"):  # fmt: skip
        soup = BeautifulSoup(client.get(address).content, "html.parser")
        titles.append(soup.title.get_text())
        assert titles[-1].endswith("Riverbend School"), address
        assert soup.select_one("link[rel=canonical]")["href"] == BASE + address
        assert soup.select_one('meta[property="og:url"]')["content"] == BASE + address
        assert not soup.select("[hreflang]"), "there is one language"
        assert soup.select_one('meta[property="og:title"]')["content"]
    assert len(set(titles)) == len(titles)


@pytest.fixture
def spanish(published, program_page) -> ProgramPage:
    locale = Locale.objects.create(language_code="es")
    copy = ProgramPage.objects.get(pk=program_page.pk).copy_for_translation(locale, copy_parents=True)
    draft = copy.get_latest_revision_as_object()
    draft.slug, draft.title = "pequeno", "Un programa"
    draft.save_revision().publish()
    return ProgramPage.objects.get(pk=copy.pk)


def test_languages_under_one_address_are_not_told_apart(spanish, program_page, client):
    """A translation has its original's address: machines are not sent from a page to itself."""
    page = ProgramPage.objects.get(pk=program_page.pk)
    from cms.templatetags.site_tags import translations_of

    assert translations_of(page) == []
    soup = BeautifulSoup(client.get("/programs/small/").content, "html.parser")
    assert soup.select("link[rel=alternate][hreflang]") == []
    assert [link["href"] for link in soup.select("link[rel=canonical]")] != []


def test_the_map_names_translations_and_only_what_is_there(
    index,  # noqa: F811
    published,
    program_page,
    client,
    django_assert_max_num_queries,
):
    ArticlePage.objects.get(slug="first").copy(keep_live=False, update_attrs={"slug": "draft", "title": "Draft"})
    ArticlePage.objects.get(slug="first").create_alias(update_slug="alias")
    client.get("/sitemap.xml")
    with django_assert_max_num_queries(6):
        text = client.get("/sitemap.xml").content.decode()
    for there in ("/articles/", "/articles/first/", "/programs/small/myofascial-release/"):
        assert f"<loc>{BASE}{there}</loc><lastmod>" in text
    for gone in ("draft", "alias", "the-barrier"):
        assert gone not in text
    Module.objects.filter(code="MFR").update(state=Module.State.RETIRED)
    assert "myofascial-release" not in client.get("/sitemap.xml").content.decode()
    assert ModulePage.objects.filter(live=True).exists()


def test_the_map_writes_alternates():
    alternates = [("en", "https://a.example/"), ("es", "https://a.example/es/?a=1&b=2")]
    rows = [{"url": "https://a.example/", "changed_at": None, "alternates": alternates}]
    root = ElementTree.fromstring(render_to_string("cms/sitemap.xml", {"rows": rows}).encode())
    links = root.iter("{http://www.w3.org/1999/xhtml}link")
    assert [link.attrib["href"] for link in links] == ["https://a.example/", "https://a.example/es/?a=1&b=2"]


def test_a_preview_tells_machines_nothing(index, whole):  # noqa: F811
    from tests.catalog.conftest import staff

    page = ArticlePage.objects.get(slug="first")
    browser = staff(whole.admin)
    html = browser.get(f"/cms/pages/{page.pk}/view_draft/").content.decode()
    assert "First &lt;b&gt;" in html
    assert "ld+json" not in html and "canonical" not in html
