"""The school's public site: its pages, a search that survives any input, the map, and what robots may read."""

from xml.etree import ElementTree

from django.db import DatabaseError
from wagtail.models import Page, Site
from wagtail.query import PageQuerySet

from cms.models import HomePage, StandardPage
from cms.services import ensure_site
from tests.catalog.conftest import (  # noqa: F401
    building,
    editor,
    program_page,
    published,
    site,
    staff,
    whole,
)


def words(response) -> str:
    return " ".join(response.content.decode().split())


def test_home_and_article(program_page, client):  # noqa: F811
    home = words(client.get("/"))
    assert "A small program" in home
    assert "Minutes, never pulses." in words(client.get("/privacy/"))
    assert client.get("/no-such-page/").status_code == 404
    assert HomePage.objects.get().get_context(client.get("/").wsgi_request)["programs"][0].url == "/programs/small/"


def test_the_first_page_names_the_school_once(site, whole, client):  # noqa: F811
    assert '<p class="runhead">Riverbend School</p>' in words(client.get("/")), "above a title of its own"
    HomePage.objects.update(title="Riverbend School")
    assert '<p class="runhead">Riverbend School</p>' not in words(client.get("/"))


def test_the_site_is_made_once(site, whole):  # noqa: F811
    before = Page.objects.count()
    home, index = ensure_site(school=whole.school, home={"title": "Other"}, pages=[{"slug": "privacy", "title": "x"}])
    assert (home.title, index) == ("Riverbend", site)
    assert Page.objects.count() == before
    assert Site.objects.get().root_page_id == home.pk
    assert not Page.objects.filter(slug="wagtail-welcome").exists()


INPUTS = [
    "", " ", '"', '""', "'", "\x00", "a\x00b", "😀", "😀 ledger", "(", ")", "*", "a*", "AND", "OR NOT", "NEAR(", "-", "--",
    "^", ":", "title:x", "{", "%", "_", "\\", ";", "<script>alert(1)</script>", "a" * 10_240, "a " * 5_000, '"' * 10_240,
    "‮abc", "\ud83d", "ÅÄÖ åäö", "שלום", "日本語", "\n\r\t", "' OR 1=1 --", "ledger AND", '"ledger', "𝟙𝟚𝟛", "\u200b",
]  # fmt: skip


def test_search_survives(site, client):  # noqa: F811
    for asked in INPUTS:
        answer = client.get("/search/", {"q": asked.encode("utf-8", "surrogatepass")})
        assert answer.status_code == 200, asked
        assert "<script>alert" not in answer.content.decode(), asked
        assert "did not answer" not in answer.content.decode(), asked
        assert answer["X-Robots-Tag"] == "noindex"


def test_search_survives_a_raw_query_string(site, client):  # noqa: F811
    for raw in ("q=%00", "q=%ff%fe", "q=%22", "q=a&q=b", "q", "q=%", "x=1"):
        assert client.get(f"/search/?{raw}").status_code == 200


def test_search_finds_public_pages_and_keeps_the_words(published, client):  # noqa: F811
    text = words(client.get("/search/", {"q": "never pulses"}))
    assert "/privacy/" in text.split('role="search"', 1)[1].split("</main>")[0]
    assert 'value="never pulses"' in text
    assert "/programs/small/" in words(client.get("/search/", {"q": "therapists"})).split('role="search"', 1)[1]
    assert "Nothing has all of these words" in words(client.get("/search/", {"q": "Zebrafascia"}))


def test_search_says_when_the_database_cannot(site, client, monkeypatch):  # noqa: F811
    def broken(*_args, **_more):
        raise DatabaseError("fts5: syntax error")

    monkeypatch.setattr(PageQuerySet, "search", broken)
    answer = client.get("/search/", {"q": "ledger"})
    assert answer.status_code == 200
    assert "did not answer" in answer.content.decode()


def test_drafts_and_private_pages_are_not_public(site, client):  # noqa: F811
    page = StandardPage.objects.get(slug="privacy")
    page.unpublish()
    assert client.get("/privacy/").status_code == 404
    assert "/privacy/</loc>" not in words(client.get("/sitemap.xml"))
    assert (
        "/privacy/"
        not in words(client.get("/search/", {"q": "pulses"})).split('role="search"', 1)[1].split("</main>")[0]
    )


def test_the_map_is_xml_of_public_pages(published, client):  # noqa: F811
    answer = client.get("/sitemap.xml")
    assert answer["Content-Type"].startswith("application/xml")
    root = ElementTree.fromstring(answer.content)
    addresses = [loc.text or "" for loc in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert [address.replace("http://127.0.0.1:8000", "") for address in addresses] == [
        "/", "/programs/", "/programs/small/", "/programs/small/myofascial-release/",
        "/privacy/", "/rules/", "/rules/small-sample@1/",
    ]  # fmt: skip


def test_robots(client, db):
    text = client.get("/robots.txt").content.decode()
    for private in ("/cms/", "/learn/", "/accounts/", "/hours/", "/desk/", "/api/", "/search/"):
        assert f"Disallow: {private}\n" in text
    assert "Disallow: /\n" not in text
    assert "Disallow: /programs/" not in text
    assert "/sitemap.xml" in text
    assert client.post("/robots.txt").status_code == 405


def test_an_administrator_edits_the_site_and_an_instructor_does_not(published, whole, editor):  # noqa: F811
    page = StandardPage.objects.get(slug="privacy")
    assert staff(whole.admin).get(f"/cms/pages/{page.pk}/edit/").status_code == 200
    assert editor.get(f"/cms/pages/{page.pk}/edit/").status_code in {302, 403}
