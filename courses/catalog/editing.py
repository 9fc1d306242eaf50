"""Owns Wagtail's editor as ours: the same views, except that mails about comments go through the outbox."""

from typing import Any

from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.revisions import RevisionsRevertView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page

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
