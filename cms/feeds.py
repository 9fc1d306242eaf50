"""The feed of public articles, for readers of feeds; nothing in it that the site does not show to everybody."""

import re
from datetime import UTC, datetime, time
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest
from django.utils.feedgenerator import Atom1Feed
from wagtail.models import Site

from .models import ArticleIndexPage, ArticlePage
from .selectors import frame_for

NEWEST = 30
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What XML cannot hold."""


class ArticleFeed(Feed):
    """The newest articles of the site at this address: title, author, dates and introduction."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest) -> tuple[ArticleIndexPage, HttpRequest]:
        """The site's list of articles; 404 where it has none that anyone may read."""
        site = Site.find_for_request(request)
        index = site and ArticleIndexPage.objects.child_of(site.root_page).live().public().first()
        if not index:
            raise Http404
        return index, request

    def title(self, obj: tuple[ArticleIndexPage, HttpRequest]) -> str:
        """The list's title and the school."""
        return _printable(f"{obj[0].title} | {frame_for(obj[1]).calls_itself}")

    def subtitle(self, obj: tuple[ArticleIndexPage, HttpRequest]) -> str:
        """What the list says of itself."""
        return _printable(obj[0].intro)

    def link(self, obj: tuple[ArticleIndexPage, HttpRequest]) -> str:
        """The list."""
        return f"{settings.BASE_URL}{obj[0].get_url(obj[1])}"

    def feed_url(self, obj: tuple[ArticleIndexPage, HttpRequest]) -> str:
        """This address."""
        return f"{settings.BASE_URL}{obj[1].path}"

    def items(self, obj: tuple[ArticleIndexPage, HttpRequest]) -> list[Any]:
        """The newest."""
        index, request = obj
        return [(article, f"{settings.BASE_URL}{article.get_url(request)}") for article in index.articles()[:NEWEST]]

    def item_title(self, item: tuple[ArticlePage, str]) -> str:
        """Its title."""
        return _printable(item[0].title)

    def item_description(self, item: tuple[ArticlePage, str]) -> str:
        """Its introduction."""
        return _printable(item[0].intro)

    def item_link(self, item: tuple[ArticlePage, str]) -> str:
        """Its page."""
        return item[1]

    def item_author_name(self, item: tuple[ArticlePage, str]) -> str:
        """Who wrote it."""
        return _printable(item[0].author)

    def item_pubdate(self, item: tuple[ArticlePage, str]) -> datetime:
        """Its day."""
        return datetime.combine(item[0].written_on, time(), tzinfo=UTC)

    def item_updateddate(self, item: tuple[ArticlePage, str]) -> datetime:
        """The day on which what it says changed last."""
        return datetime.combine(item[0].changed_on, time(), tzinfo=UTC)


def _printable(text: str) -> str:
    return UNPRINTABLE.sub("", text)
