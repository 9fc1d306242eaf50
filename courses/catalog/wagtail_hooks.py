"""Shows the catalog's library in the CMS: figures, whose choosers offer a school its own."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Collection, Page
from wagtail.permissions import policy_registry
from wagtail.query import PageQuerySet
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.chooser import ChooseResultsView, ChooseView, SnippetChooserViewSet
from wagtail.snippets.views.snippets import SnippetViewSet

from .models import Figure, LessonPage

WORKS_WITH = ["add", "change", "delete"]


class OwnFigures:
    """A chooser that lists the figures of the editor's own school."""

    request: HttpRequest

    def get_object_list(self) -> QuerySet[Figure]:
        """What she may work with."""
        policy = policy_registry.get_by_type(Figure)
        found: QuerySet[Figure] = policy.instances_user_has_any_permission_for(self.request.user, WORKS_WITH)
        return found


class ChooseFigure(OwnFigures, ChooseView):
    """The chooser's window."""


class ChooseFigureResults(OwnFigures, ChooseResultsView):
    """The chooser's list, after a search."""


class FigureChooser(SnippetChooserViewSet):
    """Chooses a figure for a lesson."""

    choose_view_class = ChooseFigure
    choose_results_view_class = ChooseFigureResults


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

    def get_form_class(self, for_update: bool = False) -> type:
        """Offer only collections in which the editor may put figures."""
        form_class: type = super().get_form_class(for_update)

        class OwnCollections(form_class):  # type: ignore[misc, valid-type]
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


@hooks.register("construct_page_chooser_queryset")
def own_or_public_pages(pages: PageQuerySet, request: HttpRequest) -> PageQuerySet:
    """Link to what anyone may read, and to what the editor works on; other schools' lessons are not listed."""
    user = request.user
    if user.is_superuser:
        return pages
    own = policy_registry.get_by_type(Page).explorable_instances(user)
    public = Page.objects.live().public().not_type(LessonPage)
    return pages.filter(Q(pk__in=own.values("pk")) | Q(pk__in=public.values("pk")))
