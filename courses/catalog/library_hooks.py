"""Guards the doors of the library in the CMS: who opens a document, what stays while a page shows it, what lists tell."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from wagtail import hooks
from wagtail.documents.api.admin.views import DocumentsAdminAPIViewSet
from wagtail.documents.views import documents as document_views
from wagtail.documents.views import multiple as new_documents
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet
from wagtail.images.views import images as image_views
from wagtail.images.views import multiple as new_images
from wagtail.permissions import policy_registry
from wagtailmedia.views import media as media_views

from .file_views import WORKS_WITH
from .models import EditorialOffice, LessonMedia, SchoolDocument, SchoolImage
from .uses import LIBRARY, why_it_stays

View = Callable[..., HttpResponse]


def _workable(request: HttpRequest, model: type[Model]) -> QuerySet[Any]:
    policy = policy_registry.get_by_type(model)
    found: QuerySet[Any] = policy.instances_user_has_any_permission_for(request.user, WORKS_WITH)
    return found


@hooks.register("before_serve_document", order=-10)
def files_of_schools_are_private(document: SchoolDocument, request: HttpRequest) -> None:
    """Wagtail's address of a school's file opens for who works with it; learners get it by their lesson."""
    policy = policy_registry.get_by_type(SchoolDocument)
    if policy.user_has_any_permission_for_instance(request.user, WORKS_WITH, document):
        return
    theirs = document.collection.get_ancestors(inclusive=True)
    if EditorialOffice.objects.filter(collection__in=theirs).exists():
        raise Http404


# ---- what is shown stays ----


def stays_while_shown(model: type[Model], key: str, back: str, view: View) -> View:
    """Guard a view that deletes one row: what a published page shows stays, and those who ask read where.

    They are led `back`; without a place to go, the answer is for the script of the page.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = get_object_or_404(_workable(request, model), pk=kwargs[key])
        words = why_it_stays([row], request.user)
        if words and not back:
            return JsonResponse({"success": False, "error_message": words})
        if words:
            messages.error(request, words)
            return redirect(back)
        return view(request, *args, **kwargs)

    return guarded


@hooks.register("register_admin_urls", order=-10)
def doors_that_delete() -> list[URLPattern]:
    """Stand before the views that delete, at their addresses."""
    image = image_views.DeleteView.as_view()
    document = document_views.DeleteView.as_view()
    new_image = new_images.DeleteView.as_view()
    new_document = new_documents.DeleteView.as_view()
    return [
        path("images/multiple/<int:image_id>/delete/", stays_while_shown(SchoolImage, "image_id", "", new_image)),
        path("documents/multiple/<int:doc_id>/delete/", stays_while_shown(SchoolDocument, "doc_id", "", new_document)),
        path("images/<int:image_id>/delete/", stays_while_shown(SchoolImage, "image_id", "wagtailimages:index", image)),
        path(
            "documents/delete/<int:document_id>/",
            stays_while_shown(SchoolDocument, "document_id", "wagtaildocs:index", document),
        ),
        path(
            "media/delete/<int:media_id>/",
            stays_while_shown(LessonMedia, "media_id", "wagtailmedia:index", media_views.delete),
        ),
    ]


@hooks.register("before_bulk_action")
def many_stay_while_shown(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """Of many at once, none goes while a published page shows one of them."""
    if action_type != "delete" or not set(action.models) & set(LIBRARY):
        return None
    return _refused(request, objects, _back(request, action))


@hooks.register("before_delete_snippet")
def figures_and_terms_stay_while_shown(request: HttpRequest, instances: list[Any]) -> HttpResponse | None:
    """One figure or term, or many."""
    if not instances or type(instances[0]) not in LIBRARY:
        return None
    return _refused(request, instances, instances[0].snippet_viewset.get_url_name("list"))


def _back(request: HttpRequest, action: Any) -> str:
    """Where they came from; Wagtail takes the action's own address where nobody says it, which needs rows."""
    there: str = action.next_url
    return "wagtailadmin_home" if there == request.path else there


def _refused(request: HttpRequest, rows: list[Any], back: str) -> HttpResponse | None:
    if words := why_it_stays(rows, request.user):
        messages.error(request, words)
        return redirect(back)
    return None


# ---- lists ----


class OwnImages(ImagesAdminAPIViewSet):
    """The pictures with which one works; their originals have no address."""

    meta_fields = [name for name in ImagesAdminAPIViewSet.meta_fields if name != "download_url"]
    listing_default_fields = [name for name in ImagesAdminAPIViewSet.listing_default_fields if name != "download_url"]
    nested_default_fields = [name for name in ImagesAdminAPIViewSet.nested_default_fields if name != "download_url"]

    def get_queryset(self) -> QuerySet[Any]:
        """Wagtail's own lists those of every school."""
        return super().get_queryset() & _workable(self.request, SchoolImage)


class OwnDocuments(DocumentsAdminAPIViewSet):
    """The files with which one works."""

    def get_queryset(self) -> QuerySet[Any]:
        """Wagtail's own lists those of every school."""
        return super().get_queryset() & _workable(self.request, SchoolDocument)


@hooks.register("construct_admin_api", order=10)
def own_rows_by_the_api(router: Any) -> None:
    """Stand in the place of Wagtail's."""
    router.register_endpoint("images", OwnImages)
    router.register_endpoint("documents", OwnDocuments)
