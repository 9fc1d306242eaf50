"""What the head of a public page tells machines: its own address, its translations, what it is in schema.org's words."""

from typing import Any

from django import template
from django.conf import settings
from django.template import RequestContext
from django.utils.safestring import SafeString
from wagtail.models import Page

from commerce.selectors import present_price
from courses.catalog.models import ProgramPage
from courses.catalog.selectors import Outline, ShownInstructor
from courses.enrollments.models import Cohort

from .. import structured
from ..models import ArticlePage, HomePage
from ..selectors import Frame, frame_for

register = template.Library()
SHARED = "width-1200|format-jpeg"


def _frame(context: RequestContext) -> Frame:
    request = context.get("request")
    return frame_for(request) if request is not None else Frame()


def address_of(page: Page, request: Any = None) -> str:
    """The full address of a page; empty while it has none."""
    url = page.get_url(request)
    return f"{settings.BASE_URL}{url}" if url else ""


def translations_of(page: Page, request: Any = None) -> list[tuple[str, str]]:
    """Language and address of each public translation, itself among them; none where there is but one address. 2 queries."""
    found = page.get_translations(inclusive=True).live().public().filter(alias_of=None).select_related("locale")
    told = [(one.locale.language_code, address_of(one, request)) for one in found]
    return told if len({url for _language, url in told}) == len(told) > 1 else []


@register.inclusion_tag("cms/_head.html", takes_context=True)
def site_head(context: RequestContext, page: Page) -> dict[str, Any]:
    """Canonical address, translations, Open Graph and schema.org of a public page. Nothing in a preview. At most 4 queries."""
    request = context.get("request")
    if page.pk is None or getattr(request, "is_preview", False) or not page.live:
        return {}
    frame = _frame(context)
    specific = page.specific_deferred if type(page) is Page else page
    url = address_of(page, request)
    number = getattr(context.get("page_obj"), "number", 1)
    picture = None
    data: list[SafeString] = []
    if isinstance(specific, ArticlePage):
        if specific.picture is not None:
            picture = specific.picture.get_rendition(SHARED)
        image = f"{settings.BASE_URL}{picture.url}" if picture else ""
        data.append(structured.as_json(structured.article(specific, url, frame, settings.BASE_URL, image)))
    if isinstance(specific, HomePage):
        data.append(structured.as_json(structured.school(frame, settings.BASE_URL)))
    else:
        above = page.get_ancestors(inclusive=True).filter(depth__gt=1)
        steps = [(step.title, address_of(step, request)) for step in above]
        data.append(structured.as_json(structured.breadcrumbs(steps)))
    about = next(filter(None, (getattr(specific, name, "") for name in ("lede", "intro", "summary"))), "")
    return {
        "title": page.seo_title or page.title,
        "about": page.search_description or about,
        "kind": "article" if isinstance(specific, ArticlePage) else "website",
        "article": specific if isinstance(specific, ArticlePage) else None,
        "url": f"{url}?page={number}" if number > 1 else url,
        "language": page.locale.language_code,
        "translations": [] if number > 1 else translations_of(page, request),
        "picture": picture,
        "picture_url": f"{settings.BASE_URL}{picture.url}" if picture else "",
        "frame": frame,
        "data": data,
    }


@register.inclusion_tag("cms/_data.html", takes_context=True)
def course_data(
    context: RequestContext,
    page: ProgramPage,
    outline: Outline,
    instructors: list[ShownInstructor],
    groups: list[Cohort],
) -> dict[str, Any]:
    """A program in schema.org's words. 1 query for the price. Nothing in a preview."""
    request = context.get("request")
    if getattr(request, "is_preview", False) or page.program is None:
        return {}
    url = address_of(page, request)
    about = structured.course(page, url, settings.BASE_URL, outline, instructors, groups, present_price(page.program))
    return {"data": [structured.as_json(about)]}


@register.simple_tag(takes_context=True)
def trail(context: RequestContext, page: Page) -> list[dict[str, str]]:
    """The pages above a page, without the first page. 1 query; none in a preview of a new page."""
    if page.pk is None:
        return []
    request = context.get("request")
    return [
        {"label": step.title, "url": step.get_url(request) or "/"} for step in page.get_ancestors().filter(depth__gt=2)
    ]
