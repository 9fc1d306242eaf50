"""What every page's shell needs: the school, the navigation of this person, and whether this is a demo."""

from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from .navigation import navigation_for
from .selectors import frame_for


def shell(request: HttpRequest) -> dict[str, Any]:
    """Lazy, so that answers without a page (API, files) pay no query."""
    frame = SimpleLazyObject(lambda: frame_for(request))
    return {
        "frame": frame,
        # A page about another school's matter says that school in its place.
        "site_school": frame,
        "navigation": SimpleLazyObject(lambda: navigation_for(request)),
        "demo": settings.DEMO,
        "interface_language": interface_language(get_language() or settings.LANGUAGE_CODE),
    }


@cache
def interface_language(asked_for: str) -> str:
    """The language in which our own words come out, where this one is asked for: one that has a catalog, or the first.

    Lessons and pages may be in another, and say so where they stand.
    """
    language = asked_for.split("-")[0]
    has_catalog = any((Path(folder) / language / "LC_MESSAGES/django.mo").exists() for folder in settings.LOCALE_PATHS)
    return language if has_catalog else settings.LANGUAGE_CODE
