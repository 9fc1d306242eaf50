"""Owns the pages of the school's site that present no program: home and pages of its own words."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from courses.catalog.blocks import PublicBody
from courses.catalog.models import FramedPreview
from courses.catalog.selectors import program_cards

SEARCH_AND_MENU: list[Any] = [
    MultiFieldPanel(
        [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")],
        heading=_("What search engines show"),
        help_text=_(
            "The title and one or two sentences as they stand in a list of results; left empty, the page’s own."
        ),
    ),
    MultiFieldPanel(
        [FieldPanel("show_in_menus")],
        heading=_("Navigation"),
        help_text=_(
            "Pages right under the home page that are ticked here stand at the head of each page, in their order."
        ),
    ),
]
"""The second tab of each page of the site."""


class HomePage(FramedPreview, Page):
    """One row is the first page of a site in one language."""

    lede = models.TextField(_("in one or two sentences"), max_length=400, blank=True)
    body = StreamField(PublicBody(), blank=True, verbose_name=_("page"))

    content_panels: ClassVar = [*Page.content_panels, FieldPanel("lede"), FieldPanel("body")]
    promote_panels: ClassVar = SEARCH_AND_MENU[:1]
    search_fields: ClassVar = [*Page.search_fields, index.SearchField("lede"), index.SearchField("body")]
    parent_page_types: ClassVar = ["wagtailcore.Page"]
    subpage_types: ClassVar = [
        "catalog.ProgramIndexPage", "cms.StandardPage", "cms.ArticleIndexPage", "cms.PolicyPage"
    ]  # fmt: skip
    page_description = _("The first page of the site.")

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the programs that the site lists, and its newest articles."""
        from ..selectors import newest_articles

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["programs"] = program_cards(language=self.locale.language_code, request=request)
        context["articles"] = newest_articles(self)
        return context


class StandardPage(FramedPreview, Page):
    """One row is a page of the school's own words that is no article and that nobody agrees to."""

    intro = models.TextField(_("in one or two sentences"), max_length=500, blank=True)
    body = StreamField(PublicBody(), blank=True, verbose_name=_("page"))

    content_panels: ClassVar = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body")]
    promote_panels: ClassVar = SEARCH_AND_MENU
    search_fields: ClassVar = [*Page.search_fields, index.SearchField("intro"), index.SearchField("body")]
    parent_page_types: ClassVar = ["cms.HomePage", "cms.StandardPage"]
    subpage_types: ClassVar = ["cms.StandardPage"]
    page_description = _("A page of the school’s own words: about us, how hours are proved.")

    class Meta:
        verbose_name = _("page")
