"""What every page's shell needs: the school, the navigation of this person, and whether this is a demo."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.selectors import home_school

from .navigation import navigation_for


def shell(request: HttpRequest) -> dict[str, Any]:
    """Lazy, so that answers without a page (API, files) pay no query."""
    return {
        "site_school": SimpleLazyObject(home_school),
        "navigation": SimpleLazyObject(lambda: navigation_for(request)),
        "demo": settings.DEMO,
    }
