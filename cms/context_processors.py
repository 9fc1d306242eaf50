"""What every page's shell needs: the school, the navigation of this person, and whether this is a demo."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

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
    }
