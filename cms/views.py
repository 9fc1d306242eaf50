"""Answers the site's search, its map for search engines, and what they may read."""

from collections import defaultdict
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from certification.requirements.selectors import all_versions
from courses.catalog.models import Module, ModulePage, ProgramIndexPage, ProgramPage

from .models import ArticleIndexPage, ArticlePage, HomePage, PolicyPage, StandardPage
from .search import MOST_LETTERS, answer, words_in
from .search import Answer as Found
from .selectors import public_pages

PRIVATE_PREFIXES = (
    "/accounts/", "/admin/", "/api/", "/certificates/", "/cms/", "/desk/", "/documents/", "/enroll/", "/home/",
    "/hours/", "/i18n/", "/learn/", "/orders/", "/patterns/", "/quizzes/", "/search/", "/shifts/", "/sign/", "/transcripts/",
    "/webhooks/",
)  # fmt: skip
MAPPED = (HomePage, StandardPage, ArticleIndexPage, ArticlePage, PolicyPage, ProgramIndexPage, ProgramPage, ModulePage)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Search what this person may see. Any input gets an answer: only its words go to the database."""
    asked = request.GET.get("q", "").replace("\x00", "")[:MOST_LETTERS].strip()
    found = Found([])
    failed = False
    if words_in(asked):
        try:
            with transaction.atomic():
                found = answer(request, asked, group=request.GET.get("in", ""), page=request.GET.get("page"))
        except (DatabaseError, ValueError, NotImplementedError):
            failed = True
    context = {"query": asked, "found": found, "asked": bool(asked), "failed": failed}
    response = render(request, "cms/search.html", context)
    response["X-Robots-Tag"] = "noindex"
    if request.user.is_authenticated:
        response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page with its translations and the day it was last published, and every version of a rule set.

    4 queries.
    """
    empty = Q(programpage__isnull=False, programpage__program=None) | Q(
        modulepage__isnull=False, modulepage__module=None
    )
    pages = (
        public_pages(request)
        .type(*MAPPED)
        .filter(alias_of=None)
        .exclude(empty | Q(modulepage__module__state=Module.State.RETIRED))
    )
    same: dict[str, list[tuple[str, str]]] = defaultdict(list)
    rows: list[dict[str, Any]] = []
    for page in pages.select_related("locale").order_by("path"):
        url = f"{settings.BASE_URL}{page.get_url(request)}"
        alike = same[str(page.translation_key)]
        alike.append((page.locale.language_code, url))
        rows.append({"url": url, "changed_at": page.last_published_at, "alternates": alike})
    for row in rows:
        alike = row["alternates"]
        row["alternates"] = alike if len({url for _language, url in alike}) == len(alike) > 1 else []
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
