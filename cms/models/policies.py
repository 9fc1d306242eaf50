"""Owns what people agree to: policies, each version of which stays readable as it was."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import StreamField
from wagtail.models import Page, Revision
from wagtail.search import index

from courses.catalog.blocks import PublicBody
from courses.catalog.models import FramedPreview

from .pages import SEARCH_AND_MENU

WORDS = ("title", "intro", "body", "in_force_from")
"""What makes a version: who changes none of these publishes the same version again."""


class PolicyPage(FramedPreview, RoutablePageMixin, Page):
    """One row is what a policy says now; what it said before stands in its versions, each at an address of its own.

    Publishing other words makes the next version. A policy that was ever in force is neither deleted nor unpublished.
    """

    intro = models.TextField(_("in one or two sentences"), max_length=500, blank=True)
    in_force_from = models.DateField(
        _("in force from"), default=timezone.localdate, help_text=_("Until that day the version before it holds.")
    )
    body = StreamField(PublicBody(), blank=True, verbose_name=_("policy"))

    content_panels: ClassVar = [
        HelpPanel(
            content=_(
                "Publishing other words makes a new version. Those before it stay where they are, and anyone can read them."
            )
        ),
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("in_force_from"),
        FieldPanel("body"),
    ]
    promote_panels: ClassVar = SEARCH_AND_MENU
    search_fields: ClassVar = [*Page.search_fields, index.SearchField("intro"), index.SearchField("body")]
    parent_page_types: ClassVar = ["cms.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    # Who agreed to it must be able to read it.
    private_page_options: ClassVar[list[str]] = []
    page_description = _("What people agree to: privacy, refunds, terms. Each version stays readable.")
    template = "cms/policy_page.html"

    class Meta:
        verbose_name = _("policy")

    def clean(self) -> None:
        """Refuse a version that would hold before the one it follows."""
        super().clean()
        last = self.last_version()
        if last is not None and self.in_force_from is not None and self.in_force_from < last.in_force_from:
            raise ValidationError(
                {"in_force_from": _("Version %(number)d holds from %(day)s; the next cannot begin before it.")
                % {"number": last.number, "day": last.in_force_from}}
            )  # fmt: skip

    def last_version(self) -> "PolicyVersion | None":
        """The newest version that was published."""
        return self.versions.order_by("-number").first() if self.pk else None

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the versions, the newest first, and which of them holds today. 1 query."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        versions = list(self.versions.order_by("-number")) if self.pk else []
        today = timezone.localdate()
        context["versions"] = versions
        context["version"] = versions[0] if versions else None
        context["in_force"] = next((one for one in versions if one.in_force_from <= today), None)
        return context

    @path("versions/<int:number>/", name="version")
    def earlier(self, request: HttpRequest, number: int) -> HttpResponse:
        """One version as it was published. Search engines are told the page's own address."""
        context = self.get_context(request)
        version = next((one for one in context["versions"] if one.number == number), None)
        if version is None:
            raise Http404
        newer = [one for one in context["versions"] if one.number > number]
        then = version.revision.as_object()
        response = self.render(
            request,
            context_overrides={
                "page": then, "self": then, "version": version, "is_earlier": bool(newer),
                "until": newer[-1].in_force_from if newer else None, "present": self,
            },
        )  # fmt: skip
        response["X-Robots-Tag"] = "noindex"
        return response


class PolicyVersion(models.Model):
    """One row is one version of a policy: which revision of its page, and from which day it holds.

    Written by `services.keep_policy_version` when a policy is published. Never changed or deleted, and while it stands
    its revision cannot be purged.
    """

    page = models.ForeignKey(PolicyPage, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="+")
    in_force_from = models.DateField()
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["page", "number"], name="one_version_per_number")]

    def __str__(self) -> str:
        return str(self.number)
