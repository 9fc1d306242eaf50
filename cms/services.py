"""Writes the school's site: its home page, articles and policies, from files; what is there stays as it is."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.text import Truncator
from wagtail.models import Page, Site

from accounts.models import Organisation
from courses.catalog.models import ProgramIndexPage
from courses.catalog.services import (
    add_page,
    ensure_cms_roles,
    ensure_program_index,
    open_to_office,
    stream_from_file,
)

from .models import HomePage, StandardPage


@transaction.atomic
def ensure_site(
    *,
    school: Organisation,
    home: Mapping[str, Any],
    pages: Sequence[Mapping[str, Any]] = (),
    programs: Mapping[str, Any] | None = None,
) -> tuple[HomePage, ProgramIndexPage]:
    """Return the site's home page and its list of programs, made with the given articles if they were not there.

    `home` has title, lede and blocks; each of `pages` slug, title, intro and blocks; `programs` title and intro. Takes
    the place of Wagtail's welcome page. The school's administrators may edit and publish the site. Idempotent.
    """
    root = Page.get_first_root_node()
    first = HomePage.objects.child_of(root).first()
    if first is None:
        welcome = root.get_children().filter(slug="home").first()
        if welcome is not None:
            welcome.slug = "wagtail-welcome"
            welcome.save(clean=False)
        page = HomePage(title=home["title"], slug="home", lede=_text(home.get("lede")))
        page.search_description = Truncator(_text(home.get("search_description") or home.get("lede"))).chars(200)
        page.body = stream_from_file(page.body.stream_block, home.get("blocks", []), school)
        first = add_page(parent=root, page=page)
        _serve(first, school)
        if welcome is not None and type(welcome.specific) is Page and welcome.is_leaf():
            welcome.delete()
    index = ensure_program_index(
        parent=first, title=(programs or {}).get("title", "Programs"), intro=_text((programs or {}).get("intro"))
    )
    for article in pages:
        ensure_standard_page(parent=first, school=school, content=article)
    open_to_office(page=first, office=ensure_cms_roles(school), roles=["administrators"])
    return first, index


@transaction.atomic
def ensure_standard_page(*, parent: Page, school: Organisation, content: Mapping[str, Any]) -> StandardPage:
    """Return the page of this slug below `parent`, published from its file if it was not there."""
    found = StandardPage.objects.child_of(parent).filter(slug=content["slug"]).first()
    if found:
        return found
    page = StandardPage(title=content["title"], slug=content["slug"], intro=_text(content.get("intro")))
    page.search_description = Truncator(_text(content.get("search_description") or content.get("intro"))).chars(200)
    page.body = stream_from_file(page.body.stream_block, content.get("blocks", []), school)
    return add_page(parent=parent, page=page)


def _serve(home: HomePage, school: Organisation) -> None:
    """Let the installation's address show this page."""
    address = urlsplit(settings.BASE_URL)
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    site.hostname = address.hostname or "localhost"
    site.port = address.port or (443 if address.scheme == "https" else 80)
    site.root_page = home
    site.site_name = school.name
    site.save()


def _text(given: Any) -> str:
    return str(given or "").strip()
