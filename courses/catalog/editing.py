"""Owns Wagtail's editor as ours: the same views, except that mails about comments go through the outbox, and that lists of
modules and lessons show what is planned in them.
"""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.listing import ExplorableIndexView
from wagtail.admin.views.pages.revisions import RevisionsRevertView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page

from .models import LessonPage, ModulePage, ProgramPage
from .services import announce_comments


class CommentsByOutbox:
    """An editor that tells of comments after the transaction, once."""

    def send_commenting_notifications(self, changes: dict[str, Any]) -> None:
        """Replace Wagtail's mail inside the request."""
        view: Any = self
        announce_comments(page=view.page, changes=changes, by=view.request.user)


class OurEditView(CommentsByOutbox, EditView):
    """The editor of a page."""


class OurRevertView(CommentsByOutbox, RevisionsRevertView):
    """The editor of a page with an older revision in it."""


class OurPageViewSet(PageViewSet):
    """The views of every kind of page that has no set of its own."""

    model = Page
    edit_view_class = OurEditView
    revisions_revert_view_class = OurRevertView


def columns_with(*planned: Column) -> list[Column]:
    """Wagtail's columns, with what is planned in place of the kind of page: below one page all are of one kind."""
    columns = [column for column in ExplorableIndexView.base_columns if column.name != "type"]
    return [*columns[:2], *planned, *columns[2:]]


class PlannedIndexView(ExplorableIndexView):
    """What stands below a page, with its plan; a search looks through all kinds of pages, as everywhere."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Decide before anything is read: the kind of page decides what is found."""
        if request.GET.get("q"):
            self.model, self.columns = Page, ExplorableIndexView.base_columns
        super().setup(request, *args, **kwargs)


class ModuleViewSet(OurPageViewSet):
    """The views of modules, which a program's page lists."""

    model = ModulePage
    parent_models = (ProgramPage,)
    index_view_class = PlannedIndexView
    columns = columns_with(
        Column("minutes", label=_("Minutes"), accessor="minutes", sort_key="minutes", width="10%"),
        Column("state", label=_("State"), accessor="get_state_display", width="14%"),
    )


class LessonViewSet(OurPageViewSet):
    """The views of lessons, which a module's page lists."""

    model = LessonPage
    parent_models = (ModulePage,)
    index_view_class = PlannedIndexView
    columns = columns_with(
        Column("minutes", label=_("Minutes"), accessor="minutes", sort_key="minutes", width="10%"),
        Column("least", label=_("Least to finish"), accessor="min_seat_minutes", width="10%"),
        Column("delivery", label=_("Delivery"), accessor="get_delivery_display", width="14%"),
    )
