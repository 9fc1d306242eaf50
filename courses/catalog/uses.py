"""Reads where something of the library is shown, and what is said when it may not go."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page, ReferenceIndex
from wagtail.permissions import policy_registry

from .models import Figure, GlossaryTerm, LessonMedia, SchoolDocument, SchoolImage

LIBRARY: tuple[type[Model], ...] = (SchoolImage, SchoolDocument, LessonMedia, Figure, GlossaryTerm)


def live_pages_with(row: Model) -> list[Page]:
    """The published pages that show this, by their place in the tree. 2 queries, 1 more for a clip."""
    shown = [
        reference.object_id
        for reference in ReferenceIndex.get_references_to(row).select_related("base_content_type")
        if reference.base_content_type.model_class() is Page
    ]
    if isinstance(row, LessonMedia):
        shown += row.uses.values_list("page_id", flat=True)
    return list(Page.objects.filter(pk__in=shown, live=True).order_by("path"))


def why_it_stays(rows: Iterable[Model], user: Any) -> str:
    """Why not all of these may be deleted, naming the pages on which `user` works; empty where they may.

    Pages of others are counted, not named.
    """
    for row in rows:
        pages = live_pages_with(row)
        if not pages:
            continue
        own = policy_registry.get_by_type(Page).explorable_instances(user)
        named = [page.title for page in own.filter(pk__in=[page.pk for page in pages]).order_by("path")]
        places = ", ".join(f"“{title}”" for title in named)
        if others := len(pages) - len(named):
            more = ngettext("%(n)d page of others", "%(n)d pages of others", others) % {"n": others}
            places = f"{places}, {more}" if places else more
        return _("“%(title)s” stays: it is shown on %(places)s. Take it out there and publish, then delete it.") % {
            "title": getattr(row, "title", str(row)),
            "places": places,
        }
    return ""
