"""Writes the school's site: its pages from files, the versions of its policies, how it looks."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.text import Truncator
from wagtail.models import Page, Revision, Site

from accounts.models import Organisation
from courses.catalog.models import ProgramIndexPage, SchoolImage
from courses.catalog.services import (
    add_page,
    ensure_cms_roles,
    ensure_program_index,
    open_to_office,
    stream_from_file,
)

from .models import (
    ArticleIndexPage,
    ArticlePage,
    HomePage,
    PolicyPage,
    PolicyVersion,
    SchoolBrand,
    StandardPage,
)
from .models.policies import WORDS


@transaction.atomic
def ensure_site(
    *,
    school: Organisation,
    home: Mapping[str, Any],
    pages: Sequence[Mapping[str, Any]] = (),
    programs: Mapping[str, Any] | None = None,
    articles: Mapping[str, Any] | None = None,
    policies: Sequence[Mapping[str, Any]] = (),
) -> tuple[HomePage, ProgramIndexPage]:
    """Return the site's home page and its list of programs, made with the given pages if they were not there.

    `home` has title, lede and blocks; each of `pages` slug, title, intro and blocks, and `in_menu`; `programs` title and
    intro; `articles` these and a list `articles`; each of `policies` what a page has and `in_force_from`. Takes the
    place of Wagtail's welcome page. The school's administrators may edit and publish the site. Idempotent.
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
    is_new = not ProgramIndexPage.objects.child_of(first).exists()
    index = ensure_program_index(
        parent=first, title=(programs or {}).get("title", "Programs"), intro=_text((programs or {}).get("intro"))
    )
    if is_new:
        index.show_in_menus = True
        index.save_revision().publish()
    for content in pages:
        ensure_standard_page(parent=first, school=school, content=content)
    if articles:
        ensure_articles(parent=first, school=school, content=articles)
    for content in policies:
        ensure_policy(parent=first, school=school, content=content)
    open_to_office(page=first, office=ensure_cms_roles(school), roles=["administrators"])
    return first, index


@transaction.atomic
def ensure_standard_page(*, parent: Page, school: Organisation, content: Mapping[str, Any]) -> StandardPage:
    """Return the page of this slug below `parent`, published from its file if it was not there."""
    found = StandardPage.objects.child_of(parent).filter(slug=content["slug"]).first()
    if found:
        return found
    return add_page(parent=parent, page=_worded(StandardPage(), content, school))


@transaction.atomic
def ensure_articles(*, parent: Page, school: Organisation, content: Mapping[str, Any]) -> ArticleIndexPage:
    """Return the list of articles below `parent` with the given ones, published from their files if not there.

    Pictures are named by their title in the school's library; refuses one that is not there.
    """
    index = ArticleIndexPage.objects.child_of(parent).first()
    if index is None:
        index = ArticleIndexPage(
            title=content["title"],
            slug=content.get("slug", "articles"),
            intro=_text(content.get("intro")),
            search_description=Truncator(_text(content.get("intro"))).chars(200),
            show_in_menus=content.get("in_menu", True),
        )
        index = add_page(parent=parent, page=index)
    office = ensure_cms_roles(school)
    for about in content.get("articles", ()):
        if ArticlePage.objects.child_of(index).filter(slug=about["slug"]).exists():
            continue
        page = _worded(ArticlePage(), about, school)
        page.author, page.written_on, page.updated_on = about["author"], about["date"], about.get("updated")
        if about.get("picture"):
            page.picture = SchoolImage.objects.get(collection=office.collection, title=about["picture"])
        add_page(parent=index, page=page)
    return index


@transaction.atomic
def ensure_policy(*, parent: Page, school: Organisation, content: Mapping[str, Any]) -> PolicyPage:
    """Return the policy of this slug below `parent`, published as its first version if it was not there."""
    found = PolicyPage.objects.child_of(parent).filter(slug=content["slug"]).first()
    if found:
        return found
    # Before policies had versions they were pages like others; what somebody wrote there stays where it is.
    if StandardPage.objects.child_of(parent).filter(slug=content["slug"]).exists():
        content = {**content, "slug": f"{content['slug']}-policy"}
        if (found := PolicyPage.objects.child_of(parent).filter(slug=content["slug"]).first()) is not None:
            return found
    page = _worded(PolicyPage(), content, school)
    page.in_force_from = content["in_force_from"]
    return add_page(parent=parent, page=page)


def _worded(page: Any, content: Mapping[str, Any], school: Organisation) -> Any:
    page.title, page.slug, page.intro = content["title"], content["slug"], _text(content.get("intro"))
    page.search_description = Truncator(_text(content.get("search_description") or content.get("intro"))).chars(200)
    page.body = stream_from_file(page.body.stream_block, content.get("blocks", []), school)
    page.show_in_menus = content.get("in_menu", False)
    return page


@transaction.atomic
def keep_policy_version(*, page: PolicyPage, revision: Revision) -> PolicyVersion | None:
    """Write down that a revision of a policy was published; None for an alias. Idempotent by the revision's words.

    The page's row is locked, so that two publications at once get two numbers.
    """
    if page.alias_of_id is not None:
        return None
    PolicyPage.objects.select_for_update(of=("self",)).get(pk=page.pk)
    last = page.last_version()
    if last is not None and _words_of(last.revision) == _words_of(revision):
        return last
    return PolicyVersion.objects.create(
        page=page,
        number=last.number + 1 if last else 1,
        revision=revision,
        in_force_from=date.fromisoformat(str(revision.content["in_force_from"])),
    )


def _words_of(revision: Revision) -> list[Any]:
    """What a revision of a policy says, without the names that its blocks have in the editor."""

    def said(value: Any) -> Any:
        if isinstance(value, list):
            return [said(one) for one in value]
        if isinstance(value, dict):
            return {name: said(one) for name, one in value.items() if name != "id"}
        return value

    # A revision that was just made holds its day as a date, one that was read as text.
    content = revision.content
    return [said(json.loads(content[name])) if name == "body" else str(content[name]) for name in WORDS]


@transaction.atomic
def save_brand(*, brand: SchoolBrand) -> SchoolBrand:
    """Keep how a school looks. Refuses links that cannot be read and a logo of another library. Idempotent."""
    brand.full_clean()
    brand.save()
    return brand


@transaction.atomic
def ensure_brand(*, school: Organisation, **fields: Any) -> SchoolBrand:
    """Return how the school looks, made from `fields` if nobody had said it yet."""
    return SchoolBrand.objects.filter(school=school).first() or save_brand(brand=SchoolBrand(school=school, **fields))


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
