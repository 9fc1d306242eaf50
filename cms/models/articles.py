"""Owns what the school writes for everybody: articles, and the list that they stand in."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.permissions import policy_registry
from wagtail.query import PageQuerySet
from wagtail.search import index

from courses.catalog.blocks import PublicBody
from courses.catalog.models import FramedPreview, SchoolImage

from .pages import SEARCH_AND_MENU

ARTICLES_A_PAGE = 10


class ArticleIndexPage(FramedPreview, Page):
    """One row is the list of a site's articles, the newest first, with its feed."""

    intro = models.TextField(_("in one or two sentences"), max_length=500, blank=True)

    content_panels: ClassVar = [*Page.content_panels, FieldPanel("intro")]
    promote_panels: ClassVar = SEARCH_AND_MENU
    search_fields: ClassVar = [*Page.search_fields, index.SearchField("intro")]
    parent_page_types: ClassVar = ["cms.HomePage"]
    subpage_types: ClassVar = ["cms.ArticlePage"]
    max_count_per_parent = 1
    page_description = _("The list of articles.")

    class Meta:
        verbose_name = _("list of articles")

    def articles(self) -> PageQuerySet:
        """Those that anyone may read, the newest first."""
        found = ArticlePage.objects.child_of(self).live().public().select_related("picture")
        return found.defer_streamfields().order_by("-written_on", "-pk")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add one page of the list."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["page_obj"] = Paginator(self.articles(), ARTICLES_A_PAGE).get_page(request.GET.get("page"))
        return context


class ArticleForm(WagtailAdminPageForm):
    """Takes only pictures that the editor may use."""

    def clean(self) -> dict[str, Any]:
        """Refuse a picture of another school's library."""
        cleaned: dict[str, Any] = super().clean()
        picture = cleaned.get("picture")
        if picture is not None and self.for_user is not None and picture.pk != self.initial.get("picture"):
            policy = policy_registry.get_by_type(SchoolImage)
            if not policy.user_has_any_permission_for_instance(self.for_user, ["add", "change", "choose"], picture):
                self.add_error("picture", _("This picture belongs to another library. Choose one of your own."))
        return cleaned


class ArticlePage(FramedPreview, Page):
    """One row is one article in one language, signed and dated."""

    intro = models.TextField(
        _("in one or two sentences"), max_length=400, help_text=_("Stands in the list and under the title.")
    )
    author = models.CharField(_("author"), max_length=120, help_text=_("As it is printed under the title."))
    written_on = models.DateField(_("date"), default=timezone.localdate)
    updated_on = models.DateField(
        _("updated on"),
        null=True,
        blank=True,
        help_text=_("Only where what it says has changed since; not for a comma."),
    )
    picture = models.ForeignKey(
        SchoolImage, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("picture")
    )
    body = StreamField(PublicBody(), blank=True, verbose_name=_("article"))

    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("intro"),
        MultiFieldPanel(
            [FieldPanel("author"), FieldRowPanel([FieldPanel("written_on"), FieldPanel("updated_on")])],
            heading=_("By whom and when"),
        ),
        FieldPanel(
            "picture", help_text=_("From the library; there it has its words for who cannot see it, and its credit.")
        ),
        FieldPanel("body"),
    ]
    promote_panels: ClassVar = SEARCH_AND_MENU[:1]
    search_fields: ClassVar = [
        *Page.search_fields,
        index.SearchField("intro"),
        index.SearchField("author"),
        index.SearchField("body"),
    ]
    base_form_class = ArticleForm
    parent_page_types: ClassVar = ["cms.ArticleIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    page_description = _("One article, signed and dated.")

    class Meta:
        verbose_name = _("article")

    def clean(self) -> None:
        """Refuse a picture without words, and an update before the article."""
        super().clean()
        problems: dict[str, Any] = {}
        if self.picture is not None and not self.picture.alt.strip():
            problems["picture"] = _("Say in the library what this picture shows; then it can stand here.")
        if self.updated_on is not None and self.written_on is not None and self.updated_on < self.written_on:
            problems["updated_on"] = _("This is before the article’s own date.")
        if problems:
            raise ValidationError(problems)

    @property
    def changed_on(self) -> Any:
        """When what it says changed last."""
        return self.updated_on or self.written_on
