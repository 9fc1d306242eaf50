"""Articles: where they stand, what they must have, the list by pages, and the feed with nothing private in it."""

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db.models import ProtectedError
from PIL import Image
from wagtail.models import Page, PageViewRestriction

from cms.models import ArticleIndexPage, ArticlePage, HomePage
from cms.services import ensure_articles
from courses.catalog.models import SchoolImage
from courses.catalog.services import ensure_cms_roles, ensure_image

from .test_site import words

ATOM = "{http://www.w3.org/2005/Atom}"


def picture_of(school, title="Hands", alt="Two hands on a back.", **fields) -> SchoolImage:
    import io

    file = io.BytesIO()
    Image.new("RGB", (1300, 700), "#88aaaa").save(file, "PNG")
    return ensure_image(
        school=school, title=title, alt=alt, file=ImageFile(ContentFile(file.getvalue()), name="hands.png"), **fields
    )


@pytest.fixture
def index(whole, site) -> ArticleIndexPage:
    picture_of(whole.school, credit="Photo: R. Vale")
    about = {"author": "Ines Instructor", "blocks": [{"type": "prose", "value": "<p>Slowly.</p>"}]}
    return ensure_articles(
        parent=HomePage.objects.get(),
        school=whole.school,
        content={
            "title": "Articles",
            "intro": "For everybody.",
            "articles": [
                {**about, "title": "First <b>", "slug": "first", "intro": "One & two.", "date": date(2026, 3, 1)},
                {
                    **about, "title": "Second", "slug": "second", "intro": "Two.", "date": date(2026, 4, 1),
                    "updated": date(2026, 5, 2), "picture": "Hands",
                },
            ],
        },
    )  # fmt: skip


def test_the_list_is_made_once_and_the_newest_come_first(index, whole, client):
    assert ensure_articles(parent=index.get_parent(), school=whole.school, content={"title": "Other"}) == index
    text = words(client.get("/articles/"))
    assert text.index("Second") < text.index("First &lt;b&gt;")
    assert 'updated <time datetime="2026-05-02">2 May 2026</time>' in text
    assert "By Ines Instructor" in text


def test_an_article_shows_its_picture_with_words_and_credit(index, client):
    text = words(client.get("/articles/second/"))
    assert 'alt="Two hands on a back."' in text
    assert "<figcaption>Photo: R. Vale</figcaption>" in text
    assert 'srcset="/media/images/' in text
    assert "Slowly." in text
    assert "<figure" not in words(client.get("/articles/first/"))


def test_an_empty_list_teaches(index, client):
    ArticlePage.objects.all().delete()
    assert "No article yet" in words(client.get("/articles/"))
    assert words(client.get("/articles.atom")).count("<entry>") == 0


def test_the_list_has_pages(index, client, django_assert_max_num_queries):
    one = ArticlePage.objects.get(slug="first")
    for number in range(12):
        one.copy(update_attrs={"slug": f"copy-{number}", "title": f"Copy {number}"})
    client.get("/articles/")
    with django_assert_max_num_queries(16):
        text = words(client.get("/articles/"))
    assert "Page 1 of 2" in text
    assert text.count('<h2><a href="/articles/') == 10
    second = words(client.get("/articles/?page=2"))
    assert "<title>Articles, page 2 |" in second
    assert '<link rel="canonical" href="http://127.0.0.1:8000/articles/?page=2">' in second
    for wrong in ("x", "99", "-1", ""):
        assert client.get("/articles/", {"page": wrong}).status_code == 200


def test_the_feed_holds_what_anyone_may_read(index, client):
    private = ArticlePage.objects.get(slug="first").copy(update_attrs={"slug": "p", "title": "Privately"})
    PageViewRestriction.objects.create(page=private, restriction_type="login")
    ArticlePage.objects.get(slug="first").copy(keep_live=False, update_attrs={"slug": "d", "title": "Drafted"})
    answer = client.get("/articles.atom")
    assert answer["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.content)
    assert [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")] == ["Second", "First <b>"]
    first = next(feed.iter(f"{ATOM}entry"))
    assert first.find(f"{ATOM}link").attrib["href"] == "http://127.0.0.1:8000/articles/second/"
    assert first.findtext(f"{ATOM}updated").startswith("2026-05-02")
    assert first.findtext(f"{ATOM}author/{ATOM}name") == "Ines Instructor"
    assert "@" not in answer.content.decode()
    text = words(client.get("/articles/"))
    assert "Privately" not in text and "Drafted" not in text


def test_a_title_that_xml_cannot_hold(index, client):
    ArticlePage.objects.filter(slug="first").update(intro="a\x0bb\x1fc")
    assert "abc" in client.get("/articles.atom").content.decode()


def test_a_site_without_articles_has_no_feed(site, client):
    assert client.get("/articles.atom").status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"updated_on": date(2026, 2, 1)}, "updated_on"),
        ({"author": ""}, "author"),
        ({"intro": ""}, "intro"),
    ],
)
def test_what_an_article_must_have(index, change, field):
    page = ArticlePage.objects.get(slug="first")
    for name, value in change.items():
        setattr(page, name, value)
    with pytest.raises(ValidationError) as refused:
        page.full_clean()
    assert field in refused.value.message_dict


def test_a_picture_without_words_is_refused(index, whole):
    page = ArticlePage.objects.get(slug="first")
    page.picture = picture_of(whole.school, title="Silent", alt=" ")
    with pytest.raises(ValidationError) as refused:
        page.full_clean()
    assert "what this picture shows" in str(refused.value.message_dict["picture"])


def test_a_picture_that_stands_in_an_article_stays(index):
    with pytest.raises(ProtectedError):
        SchoolImage.objects.get(title="Hands").delete()


def test_an_administrator_writes_one_and_may_not_take_a_foreign_picture(index, whole):
    from tests.catalog.conftest import staff

    browser = staff(whole.admin)
    address = f"/cms/pages/add/cms/articlepage/{index.pk}/"
    assert browser.get(address).status_code == 200
    foreign = picture_of(whole.other_school, title="Foreign")
    assert foreign.collection_id != ensure_cms_roles(whole.school).collection_id
    form = {
        "title": "Third", "slug": "third", "intro": "Three.", "author": "Ada", "written_on": "2026-06-01",
        "body-count": "0", "picture": foreign.pk, "action-publish": "1",
    }  # fmt: skip
    answer = browser.post(address, form)
    assert answer.status_code == 200
    assert "belongs to another library" in answer.content.decode()
    assert browser.post(address, {**form, "picture": SchoolImage.objects.get(title="Hands").pk}).status_code == 302
    assert ArticlePage.objects.get(slug="third").live
    assert staff(whole.instructor).get(address).status_code != 200


def test_the_first_page_shows_the_newest(index, client):
    text = words(client.get("/"))
    assert "From the school" in text and "/articles/second/" in text
    Page.objects.get(pk=index.pk).specific.unpublish()
    ArticlePage.objects.all().delete()
    assert "From the school" not in words(client.get("/"))


def test_dates_of_articles_default_to_today(db):
    assert abs(ArticlePage().written_on - date.today()) <= timedelta(days=1)
