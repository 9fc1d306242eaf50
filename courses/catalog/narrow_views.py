"""Stand before Wagtail's own views that name to one school what another keeps: reports, choosers, tags, questions.

Wagtail asks there only whether she may do such a thing at all, or for nothing.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from taggit.models import Tag, TaggedItem
from wagtail import hooks
from wagtail.admin.views import chooser, workflows
from wagtail.admin.views.reports import locked_pages
from wagtail.admin.views.reports import workflows as workflow_reports
from wagtail.admin.viewsets.pages import page_viewset_registry
from wagtail.documents.views import documents
from wagtail.images.views import chooser as image_chooser
from wagtail.images.views import images
from wagtail.models import Page, Task, Workflow
from wagtail.permissions import policy_registry

from accounts.models import User

from .file_views import WORKS_WITH
from .models import SchoolDocument, SchoolImage

View = Callable[..., HttpResponse]
MOST_TAGS = 10


def for_operators(view: View) -> View:
    """Guard a view of the whole installation: only who runs it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_superuser:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


# ---- reports ----


def _named(queryset: QuerySet[Any], name: str) -> set[Any]:
    return set(queryset.order_by().values_list(name, flat=True))


class OwnReviewsFilters(workflow_reports.WorkflowReportFilterSet):
    """Offers the reviews and the people of the drafts that she sees."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["requested_by"].queryset = User.objects.filter(pk__in=_named(self.queryset, "requested_by"))
        self.filters["workflow"].queryset = Workflow.objects.filter(pk__in=_named(self.queryset, "workflow"))


class OwnReviews(workflow_reports.WorkflowView):
    """What is in review, of what she edits."""

    filterset_class = OwnReviewsFilters

    def get_filterset_kwargs(self) -> dict[str, Any]:
        """Wagtail would let the filters look at everything."""
        return {**super().get_filterset_kwargs(), "queryset": self.get_queryset()}


class OwnStepsFilters(workflow_reports.WorkflowTasksReportFilterSet):
    """Offers the reviews and steps of the drafts that she sees."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = _named(self.queryset, "workflow_state__workflow")
        self.filters["workflow"].queryset = Workflow.objects.filter(pk__in=own)
        self.filters["task"].queryset = Task.objects.filter(pk__in=_named(self.queryset, "task"))


class OwnSteps(workflow_reports.WorkflowTasksView):
    """The steps of reviews, of what she edits."""

    filterset_class = OwnStepsFilters

    def get_filterset_kwargs(self) -> dict[str, Any]:
        """Wagtail would let the filters look at everything."""
        return {**super().get_filterset_kwargs(), "queryset": self.get_queryset()}


class OwnLockedFilters(locked_pages.LockedPagesReportFilterSet):
    """Offers those who locked what she sees."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["locked_by"].queryset = User.objects.filter(pk__in=_named(self.queryset, "locked_by"))


class OwnLocked(locked_pages.LockedPagesView):
    """What is locked, of what she edits."""

    filterset_class = OwnLockedFilters

    def get_filterset_kwargs(self) -> dict[str, Any]:
        """Wagtail would let the filters look at everything."""
        edited = self.permission_policy.instances_user_has_permission_for(self.request.user, "change")
        return {**super().get_filterset_kwargs(), "queryset": edited.filter(locked=True)}


# ---- choosers of pages ----


def choosable(request: HttpRequest) -> QuerySet[Page]:
    """The pages that a chooser may name to this editor."""
    found = Page.objects.all()
    for hook in hooks.get_hooks("construct_page_chooser_queryset"):
        found = hook(found, request)
    return found


class OwnPages(chooser.BrowseView):
    """The window in which a page is chosen; it opens on no page of others."""

    parent_page: Any

    def get_object_list(self) -> Any:
        """The pages below; below the root where it would open by itself on a page of others."""
        if not self.parent_page.is_root() and not choosable(self.request).filter(pk=self.parent_page.pk).exists():
            if self.kwargs.get("parent_page_id"):
                raise Http404
            self.parent_page = Page.get_first_root_node()
        return super().get_object_list()


class OwnPagesChosen(chooser.ChosenMultipleView):
    """The answer to the choice of several pages; those of others are left out."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer with what she may choose."""
        wanted = [pk for pk in request.GET.getlist("id") if pk.isdecimal()]
        own = choosable(request).filter(pk__in=wanted).values_list("pk", flat=True)
        asked = request.GET.copy()
        asked.setlist("id", [str(pk) for pk in own])
        request.GET = asked  # type: ignore[assignment]
        answer: HttpResponse = super().get(request)
        return answer


# ---- questions before something is done ----


def confirm_move(request: HttpRequest, page_to_move_id: int, destination_id: int) -> HttpResponse:
    """Ask before a page is moved; only who may move it, to where she works."""
    page = get_object_or_404(Page, pk=page_to_move_id)
    reached = policy_registry.get_by_type(Page).explorable_instances(request.user).filter(pk=destination_id)
    if not page.permissions_for_user(request.user).can_move() or not reached.exists():
        raise PermissionDenied
    view = page_viewset_registry.as_view("move_confirm", page_id_kwarg="page_to_move_id")
    answer: HttpResponse = view(request, page_to_move_id=page_to_move_id, destination_id=destination_id)
    return answer


def confirm_cancellation(request: HttpRequest, page_id: int) -> HttpResponse:
    """Ask before publishing ends a review; only who may publish the page."""
    page = get_object_or_404(Page, pk=page_id)
    if not page.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    view = page_viewset_registry.as_view("confirm_workflow_cancellation", page_id_kwarg="page_id")
    answer: HttpResponse = view(request, page_id=page_id)
    return answer


task_choosers: dict[str, View] = {
    "": for_operators(workflows.TaskChooserView.as_view()),
    "results/": for_operators(workflows.TaskChooserResultsView.as_view()),
    "create/": for_operators(workflows.TaskChooserCreateView.as_view()),
    "<int:task_id>/": for_operators(workflows.task_chosen),
}

# ---- tags ----


def tags_of(user: Any, *models: type[Model]) -> QuerySet[Tag]:
    """The tags of what she works with, by name."""
    found: set[int] = set()
    for model in models:
        rows = policy_registry.get_by_type(model).instances_user_has_any_permission_for(user, WORKS_WITH)
        worn = TaggedItem.objects.filter(content_type=ContentType.objects.get_for_model(model))
        found |= set(worn.filter(object_id__in=rows.values("pk")).values_list("tag", flat=True))
    return Tag.objects.filter(pk__in=found).order_by("name")


def tags(request: HttpRequest, **_kind: str) -> JsonResponse:
    """Complete the beginning of a tag by the tags of her own school."""
    begun = request.GET.get("term", "")
    own = tags_of(request.user, SchoolImage, SchoolDocument).filter(name__istartswith=begun) if begun else []
    return JsonResponse([tag.name for tag in own][:MOST_TAGS], safe=False)


class OwnTags:
    """Filters of a list that offer the tags of her own school."""

    filters: dict[str, Any]

    _meta: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "tag" in self.filters:
            own = tags_of(kwargs["request"].user, self._meta.model)[:MOST_TAGS]
            self.filters["tag"].extra["choices"] = [(tag.name, tag.name) for tag in own]


class ImageFilters(OwnTags, images.ImagesFilterSet):
    """Those of pictures."""


class DocumentFilters(OwnTags, documents.DocumentsFilterSet):
    """Those of documents."""


class OwnImages(images.IndexView):
    """The list of pictures."""

    filterset_class = ImageFilters


class OwnDocuments(documents.IndexView):
    """The list of documents."""

    filterset_class = DocumentFilters


class ChooseImage(image_chooser.ImageChooseView):
    """The window in which a picture is chosen."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Offer the tags of her own school."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "popular_tags": tags_of(self.request.user, SchoolImage)[:MOST_TAGS]}


class OwnImageChooser(image_chooser.ImageChooserViewSet):
    """Wagtail's chooser of pictures with that window."""

    choose_view_class = ChooseImage


choose_image: View = OwnImageChooser(
    "wagtailimages_chooser", model=SchoolImage, url_prefix="images/chooser"
).choose_view
