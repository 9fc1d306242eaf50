"""Says what the public pages hold in schema.org's words, for machines that read them. Nothing here that the page itself
does not say: hours as durations, the certificate as a certificate and no license, a price only where a place is sold.
"""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from commerce.models import Price
from courses.catalog.models import ProgramPage
from courses.catalog.selectors import Outline, ShownInstructor
from courses.enrollments.models import Cohort

from .models import ArticlePage
from .selectors import Frame

CONTEXT = "https://schema.org"
WHOLE_UNITS = {"jpy", "krw", "clp", "vnd"}
"""Currencies without hundredths, as commerce's `money` has them."""
# In a script element nothing may look like its end, or like a comment.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def as_json(data: Mapping[str, Any]) -> SafeString:
    """JSON that may stand inside a script element, whatever its texts hold."""
    text = json.dumps({"@context": CONTEXT, **data}, ensure_ascii=False).translate(ESCAPES)
    return mark_safe(text)  # noqa: S308 - nothing in it can end the element


def duration(minutes: int) -> str:
    """Minutes as ISO 8601 writes them: PT300H, PT1H30M."""
    hours, rest = divmod(minutes, 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{rest}M" if rest or not hours else "")


def school(frame: Frame, base: str) -> dict[str, Any]:
    """The school whose site it is."""
    about: dict[str, Any] = {
        "@type": "EducationalOrganization",
        "@id": f"{base}/#school",
        "name": frame.name,
        "url": f"{base}/",
    }
    if frame.address:
        about["address"] = " ".join(frame.address.split())
    if frame.email:
        about["email"] = frame.email
    if frame.phone:
        about["telephone"] = frame.phone
    if frame.logo:
        about["logo"] = f"{base}{frame.logo.url}"
    return about


def breadcrumbs(steps: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The way from the first page to this one: titles and addresses."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": title, "item": url}
            for place, (title, url) in enumerate(steps, start=1)
        ],
    }


def article(page: ArticlePage, url: str, frame: Frame, base: str, picture: str = "") -> dict[str, Any]:
    """An article, by whom and when."""
    about = {
        "@type": "Article",
        "headline": page.title,
        "description": page.intro,
        "author": {"@type": "Person", "name": page.author},
        "datePublished": page.written_on.isoformat(),
        "dateModified": page.changed_on.isoformat(),
        "publisher": {"@type": "EducationalOrganization", "@id": f"{base}/#school", "name": frame.name},
        "mainEntityOfPage": url,
        "inLanguage": page.locale.language_code,
    }
    return {**about, "image": picture} if picture else about


def course(
    page: ProgramPage,
    url: str,
    base: str,
    outline: Outline,
    instructors: Sequence[ShownInstructor],
    groups: Sequence[Cohort],
    price: Price | None,
) -> dict[str, Any]:
    """A program as a course: its real minutes, what it teaches, who teaches it, what a place costs, when it begins: an
    instance for each group that is open to the public, one without days where there is none.
    """
    program = outline.program
    name = program.school.name
    instance: dict[str, Any] = {
        "@type": "CourseInstance",
        "courseMode": "Blended" if outline.planned > outline.online else "Online",
        "courseWorkload": duration(outline.required),
    }
    if instructors:
        instance["instructor"] = [{"@type": "Person", "name": one.profile.name} for one in instructors]
    about: dict[str, Any] = {
        "@type": "Course",
        "name": page.title,
        "description": page.search_description or page.lede or program.summary,
        "url": url,
        "inLanguage": page.locale.language_code,
        "courseCode": program.code,
        "timeRequired": duration(outline.required),
        "provider": {"@type": "EducationalOrganization", "name": name, "url": f"{base}/"},
        "educationalCredentialAwarded": {
            "@type": "EducationalOccupationalCredential",
            "name": page.title,
            "credentialCategory": "certificate",
            "description": _("A private certificate of %(school)s. It is not a license and does not replace one.")
            % {"school": name},
        },
        "hasCourseInstance": [{**instance, **_days(group)} for group in groups] or instance,
        "syllabusSections": [
            {"@type": "Syllabus", "name": line.module.title, "description": line.module.summary,
             "timeRequired": duration(line.module.minutes)}
            for line in outline.modules
        ],
    }  # fmt: skip
    conditions = " ".join(strip_tags(str(page.entry_conditions).replace("</li>", " ").replace("</p>", " ")).split())
    if conditions:
        about["coursePrerequisites"] = conditions
    if price is not None and program.is_open:
        about["offers"] = {
            "@type": "Offer",
            "category": "Paid",
            "price": str(_amount(price)),
            "priceCurrency": price.currency.upper(),
            "url": url,
        }
    return about


def _days(group: Cohort) -> dict[str, str]:
    about = {"name": group.name, "startDate": group.starts_on.isoformat()}
    return {**about, "endDate": group.ends_on.isoformat()} if group.ends_on else about


def _amount(price: Price) -> Decimal:
    whole = Decimal(price.amount_minor)
    return whole if price.currency in WHOLE_UNITS else (whole / 100).quantize(Decimal("0.01"))
