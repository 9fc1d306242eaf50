"""Answers the public site's search, its map for search engines, and what they may read."""

import re

from django.conf import settings
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from wagtail.models import Page, Site
from wagtail.query import PageQuerySet

from certification.requirements.selectors import all_versions
from courses.catalog.models import ProgramIndexPage, ProgramPage

from .models import HomePage, StandardPage

MOST_LETTERS = 200
MOST_WORDS = 12
MOST_RESULTS = 30
PRIVATE_PREFIXES = (
    "/accounts/", "/admin/", "/api/", "/certificates/", "/cms/", "/desk/", "/documents/", "/enroll/", "/home/",
    "/hours/", "/i18n/", "/learn/", "/orders/", "/patterns/", "/quizzes/", "/search/", "/shifts/", "/sign/", "/transcripts/",
    "/webhooks/",
)  # fmt: skip


def _public(request: HttpRequest) -> PageQuerySet:
    """The pages that anyone may read, of the site at this address; lessons are none of them."""
    site = Site.find_for_request(request)
    if site is None:
        return Page.objects.none()
    return Page.objects.descendant_of(site.root_page, inclusive=True).live().public()


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Search the public pages. Any input gets an answer: only its words go to the database."""
    asked = request.GET.get("q", "").replace("\x00", "")[:MOST_LETTERS].strip()
    words = re.findall(r"\w+", asked)[:MOST_WORDS]
    results: list[Page] = []
    failed = False
    if words:
        pages = _public(request).type(HomePage, StandardPage, ProgramPage).defer_streamfields().specific()
        try:
            with transaction.atomic():
                results = list(pages.search(" ".join(words))[:MOST_RESULTS])
        except (DatabaseError, ValueError, NotImplementedError):
            failed = True
    context = {"query": asked, "results": results, "asked": bool(asked), "failed": failed}
    response = render(request, "cms/search.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page with the day it was last published, and every version of a rule set. 3 queries."""
    pages = _public(request).type(HomePage, StandardPage, ProgramIndexPage, ProgramPage).order_by("path")
    rows = [
        {"url": f"{settings.BASE_URL}{page.get_url(request)}", "changed_at": page.last_published_at} for page in pages
    ]
    versions = all_versions()
    if versions:
        newest = max(version.imported_at for version in versions)
        rows.append({"url": f"{settings.BASE_URL}{reverse('requirements:index')}", "changed_at": newest})
    rows += [
        {
            "url": f"{settings.BASE_URL}{reverse('requirements:rule_set', args=[version.label])}",
            "changed_at": version.imported_at,
        }
        for version in versions
    ]
    return render(request, "cms/sitemap.xml", {"rows": rows}, content_type="application/xml")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may read: the site and nothing behind a login."""
    lines = ["User-agent: *", *(f"Disallow: {prefix}" for prefix in PRIVATE_PREFIXES)]
    lines += ["", f"Sitemap: {settings.BASE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
