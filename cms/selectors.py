"""Reads the site: what stands around each page, its newest articles, the pages that anyone may read."""

import hashlib
import time
from dataclasses import dataclass, replace

from django.core.exceptions import DisallowedHost
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from wagtail.models import Page, Site
from wagtail.query import PageQuerySet

from accounts.models import Organisation
from accounts.selectors import home_school

from .models import Accent, ArticlePage, HomePage, PolicyPage, SchoolBrand

SECONDS = 20
"""How long a process keeps what stands around the pages: so much later the others see a new page, look or name."""
MOST_FRAMES = 20
ARTICLES_ON_HOME = 3
LOGO = "max-360x88|format-webp"


@dataclass(frozen=True, slots=True)
class Link:
    """Words and an address."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture for the head of each page; sizes in px of a screen of ordinary density."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around each page of the site: the school whose site it is, how it looks, navigation and foot."""

    name: str = ""
    zone: str = "UTC"
    address: str = ""
    short_name: str = ""
    accent: str = Accent.TEAL.value
    logo: Logo | None = None
    email: str = ""
    phone: str = ""
    links: tuple[Link, ...] = ()
    menu: tuple[Link, ...] = ()
    policies: tuple[Link, ...] = ()

    key: str = ""
    """Names all that is in it."""

    @property
    def calls_itself(self) -> str:
        """The short name, or else the name."""
        return self.short_name or self.name


def frame_for(request: HttpRequest) -> Frame:
    """What stands around the pages at this address. No query; where it is not kept, 4 or 5."""
    read: Frame | None = getattr(request, "_frame", None)
    if read is None:
        read = request._frame = _kept_frame(request)  # type: ignore[attr-defined]
    return read


def _kept_frame(request: HttpRequest) -> Frame:
    try:
        host = request.get_host()
    except DisallowedHost:
        host = ""
    until, frame = _frames.get(host, (0.0, None))
    if frame is None or until < time.monotonic():
        frame = _frame(request)
        frame = replace(frame, key=hashlib.sha256(repr(frame).encode()).hexdigest())
        if len(_frames) >= MOST_FRAMES:
            _frames.clear()
        _frames[host] = (time.monotonic() + SECONDS, frame)
    return frame


# Read at every request, so it may cost no question: each process has its own, for some seconds.
_frames: dict[str, tuple[float, Frame]] = {}


def forget_frames() -> None:
    """Let them be read anew: a page was published, moved or taken down, or a school's look changed."""
    _frames.clear()
    transaction.on_commit(_frames.clear)


def _frame(request: HttpRequest) -> Frame:
    school = home_school("brand__logo")
    if school is None:
        return Frame()
    brand: SchoolBrand | None = getattr(school, "brand", None)
    logo = None
    if brand is not None and brand.logo is not None:
        picture = brand.logo.get_rendition(LOGO)
        logo = Logo(picture.url, picture.width // 2, picture.height // 2)
    menu: list[Link] = []
    policies: list[Link] = []
    site = Site.find_for_request(request)
    if site is not None:
        listed = Q(show_in_menus=True) | Q(policypage__isnull=False)
        pages = Page.objects.child_of(site.root_page).live().public().filter(listed).order_by("path")
        for page in pages:
            link = Link(page.title, page.get_url(request) or "/")
            if page.show_in_menus:
                menu.append(link)
            if page.cached_content_type.model == PolicyPage._meta.model_name:
                policies.append(link)
    return Frame(
        name=school.name,
        zone=school.zone,
        address=(brand.footer_address if brand else "") or school.address,
        short_name=brand.short_name if brand else "",
        accent=brand.accent if brand else Accent.TEAL.value,
        logo=logo,
        email=brand.email if brand else "",
        phone=brand.phone if brand else "",
        links=tuple(Link(*link) for link in brand.links) if brand else (),
        menu=tuple(menu),
        policies=tuple(policies),
    )


def public_pages(request: HttpRequest) -> PageQuerySet:
    """The pages that anyone may read, of the site at this address; callers name their types, so that no lesson is one.

    2 queries before it is read.
    """
    site = Site.find_for_request(request)
    if site is None:
        return Page.objects.none()
    return Page.objects.descendant_of(site.root_page, inclusive=True).live().public()


def newest_articles(home: HomePage) -> list[ArticlePage]:
    """The newest articles below a home page. 2 queries."""
    pages = ArticlePage.objects.descendant_of(home).live().public().select_related("picture").defer_streamfields()
    return list(pages.order_by("-written_on", "-pk")[:ARTICLES_ON_HOME])


def brand_of(school: Organisation) -> SchoolBrand:
    """A school's look, or the one that a school without any has, not stored. 1 query."""
    return SchoolBrand.objects.filter(school=school).select_related("school", "logo").first() or SchoolBrand(
        school=school
    )
