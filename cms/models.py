"""Owns the pages of the school's site that present no program: home, articles and policies."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from courses.catalog.blocks import PublicBody
from courses.catalog.models import FramedPreview
from courses.catalog.selectors import program_cards


class HomePage(FramedPreview, Page):
    """One row is the first page of a site in one language."""

    lede = models.TextField(_("in one or two sentences"), max_length=400, blank=True)
    body = StreamField(PublicBody(), blank=True, verbose_name=_("page"))

    content_panels: ClassVar = [*Page.content_panels, FieldPanel("lede"), FieldPanel("body")]
    promote_panels: ClassVar = [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")]
    search_fields: ClassVar = [*Page.search_fields, index.SearchField("lede"), index.SearchField("body")]
    parent_page_types: ClassVar = ["wagtailcore.Page"]
    subpage_types: ClassVar = ["catalog.ProgramIndexPage", "cms.StandardPage"]
    page_description = _("The first page of the site.")

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the programs that the site lists."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["programs"] = program_cards(language=self.locale.language_code, request=request)
        return context


class StandardPage(FramedPreview, Page):
    """One row is an article or a policy of the site."""

    intro = models.TextField(_("in one or two sentences"), max_length=500, blank=True)
    body = StreamField(PublicBody(), blank=True, verbose_name=_("page"))

    content_panels: ClassVar = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body")]
    promote_panels: ClassVar = [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")]
    search_fields: ClassVar = [*Page.search_fields, index.SearchField("intro"), index.SearchField("body")]
    parent_page_types: ClassVar = ["cms.HomePage", "cms.StandardPage"]
    subpage_types: ClassVar = ["cms.StandardPage"]
    page_description = _("An article or a policy.")

    class Meta:
        verbose_name = _("page")
