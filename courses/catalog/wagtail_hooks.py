"""Shows the catalog's library in the CMS: figures, whose choosers offer a school its own."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin.utils import unquote
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.ui.components import Component
from wagtail.models import Collection, Page
from wagtail.permissions import policy_registry
from wagtail.query import PageQuerySet
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.chooser import (
    ChooseResultsView,
    ChooseView,
    SnippetChooserViewSet,
    SnippetChosenMultipleView,
    SnippetChosenView,
)
from wagtail.snippets.views.snippets import SnippetViewSet
from wagtailmedia.views import media as media_views

from .models import EditorialOffice, Figure, LessonMedia, LessonPage, ProgramPage, SchoolDocument

WORKS_WITH = ["add", "change", "delete"]


def own_figures(request: HttpRequest) -> QuerySet[Figure]:
    """The figures that this editor may work with."""
    policy = policy_registry.get_by_type(Figure)
    found: QuerySet[Figure] = policy.instances_user_has_any_permission_for(request.user, WORKS_WITH)
    return found


def only_own(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Guard a view of one figure: another school's is not there. Wagtail asks only whether any may be changed."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "pk" in kwargs and not own_figures(request).filter(pk=unquote(str(kwargs["pk"]))).exists():
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


class OwnFigures:
    """A chooser that knows the figures of the editor's own school alone."""

    request: HttpRequest

    def get_object_list(self) -> QuerySet[Figure]:
        """What is offered."""
        return own_figures(self.request)

    def get_object(self, pk: Any) -> Figure:
        """What was chosen."""
        return own_figures(self.request).get(pk=pk)

    def get_objects(self, pks: list[Any]) -> QuerySet[Figure]:
        """What was chosen, several at once."""
        return own_figures(self.request).filter(pk__in=pks)


class ChooseFigure(OwnFigures, ChooseView):
    """The chooser's window."""


class ChooseFigureResults(OwnFigures, ChooseResultsView):
    """The chooser's list, after a search."""


class FigureChosen(OwnFigures, SnippetChosenView):
    """The answer to a choice."""


class FiguresChosen(OwnFigures, SnippetChosenMultipleView):
    """The answer to several choices."""


class FigureChooser(SnippetChooserViewSet):
    """Chooses a figure for a lesson."""

    choose_view_class = ChooseFigure
    choose_results_view_class = ChooseFigureResults
    chosen_view_class = FigureChosen
    chosen_multiple_view_class = FiguresChosen


class FigureViewSet(SnippetViewSet):
    """The figures of the library."""

    model = Figure
    icon = "image"
    menu_label = _("Figures")
    menu_name = "figures"
    menu_order = 210
    add_to_admin_menu = True
    list_display = ["title", "code", "collection"]
    list_filter = ["collection"]
    search_fields = ["title", "code"]
    chooser_viewset_class = FigureChooser
    panels = [
        MultiFieldPanel(
            [FieldPanel("title"), FieldPanel("code"), FieldPanel("collection")], heading=_("Name and place")
        ),
        MultiFieldPanel(
            [FieldPanel("drawing"), FieldPanel("legend"), FieldPanel("caption"), FieldPanel("credit")],
            heading=_("The plate"),
        ),
        FieldPanel("description"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Figure]:
        """List what the editor may work with; Wagtail would list all."""
        return own_figures(request)

    def get_urlpatterns(self) -> list[URLPattern]:
        """Guard every view that takes one figure, those of later versions of Wagtail included."""
        patterns: list[URLPattern] = super().get_urlpatterns()
        for pattern in patterns:
            pattern.callback = only_own(pattern.callback)
        return patterns

    def get_form_class(self, for_update: bool = False) -> type:
        """Offer only collections in which the editor may put figures."""
        form_class: type = super().get_form_class(for_update)

        class OwnCollections(form_class):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                field = self.fields.get("collection")
                if field is not None and self.for_user is not None:
                    policy = policy_registry.get_by_type(Figure)
                    field.queryset = policy.collections_user_has_any_permission_for(self.for_user, ["add", "change"])
                    field.empty_label = None
                    if not self.instance.pk:
                        field.initial = field.queryset.first()

        return OwnCollections


register_snippet(FigureViewSet)


@hooks.register("describe_collection_contents")
def figures_of_collection(collection: Collection) -> dict[str, Any] | None:
    """A collection that holds figures is not empty, so it cannot be deleted with them."""
    count = Figure.objects.filter(collection=collection).count()
    if not count:
        return None
    return {"count": count, "count_text": ngettext("%(count)s figure", "%(count)s figures", count) % {"count": count}}


@hooks.register("before_serve_document")
def files_of_schools_are_private(document: SchoolDocument, request: HttpRequest) -> None:
    """Wagtail's address of a school's file opens for who works with it; learners get it by their lesson."""
    policy = policy_registry.get_by_type(SchoolDocument)
    if policy.user_has_any_permission_for_instance(request.user, [*WORKS_WITH, "choose"], document):
        return
    theirs = document.collection.get_ancestors(inclusive=True)
    if EditorialOffice.objects.filter(collection__in=theirs).exists():
        raise Http404


@hooks.register("construct_page_chooser_queryset")
def own_or_public_pages(pages: PageQuerySet, request: HttpRequest) -> PageQuerySet:
    """Link to what anyone may read, and to what the editor works on; other schools' lessons are not listed."""
    user = request.user
    if user.is_superuser:
        return pages
    own = policy_registry.get_by_type(Page).explorable_instances(user)
    public = Page.objects.live().public().not_type(LessonPage)
    return pages.filter(Q(pk__in=own.values("pk")) | Q(pk__in=public.values("pk")))


@hooks.register("register_admin_urls", order=-10)
def door_that_names_other_schools() -> list[URLPattern]:
    """Stand before wagtailmedia's list of uses, which names any school's clips to every editor."""

    def usage(request: HttpRequest, media_id: int) -> HttpResponse:
        policy = policy_registry.get_by_type(LessonMedia)
        own = policy.instances_user_has_any_permission_for(request.user, WORKS_WITH)
        get_object_or_404(own, pk=media_id)
        answer: HttpResponse = media_views.usage(request, media_id)
        return answer

    return [path("media/usage/<int:media_id>/", usage)]


class ProgramsPanel(Component):
    """The programs on whose pages the editor works, at the top of the first page."""

    name = "programs"
    template_name = "catalog/admin/programs_panel.html"
    order = 50

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Lessons published and waiting, by program. 2 queries, 2 more a program."""
        request = parent_context["request"]
        policy = policy_registry.get_by_type(Page)
        pages = policy.instances_user_has_permission_for(request.user, "change").type(ProgramPage)
        rows = []
        for page in pages.order_by("path"):
            lessons = Page.objects.child_of(page)
            rows.append(
                {
                    "page": page,
                    "live": lessons.live().count(),
                    "drafts": lessons.filter(has_unpublished_changes=True).count(),
                    "can_add": page.permissions_for_user(request.user).can_add_subpage(),
                }
            )
        return {"programs": rows, "heading": _("Your programs")}

    def render_html(self, parent_context: dict[str, Any] | None = None) -> SafeString:
        """Nothing where there is nothing to show."""
        context = self.get_context_data(parent_context or {})
        return render_to_string(self.template_name, context) if context["programs"] else SafeString("")


@hooks.register("construct_homepage_panels")
def programs_first(request: HttpRequest, panels: list[Any]) -> None:
    """What an instructor comes for."""
    panels.insert(0, ProgramsPanel())
