"""Stand before Wagtail's own views: the approval of a draft from lists, and the file of a document."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe
from wagtail.admin.auth import require_admin_access
from wagtail.admin.modal_workflow import render_modal_workflow
from wagtail.admin.viewsets.pages import page_viewset_registry
from wagtail.documents.views.serve import serve
from wagtail.permissions import policy_registry

from .models import LessonPage, SchoolDocument
from .services import silent_clips
from .serving import ranged_response

WORKS_WITH = ["add", "change", "delete", "choose"]


@require_admin_access
def approve(request: HttpRequest, page_id: int, action_name: str, task_state_id: int) -> HttpResponse:
    """Wagtail's view by which a draft is approved from lists; a clip without captions is named instead."""
    page = LessonPage.objects.filter(pk=page_id).first() if action_name == "approve" else None
    if request.method == "POST" and page is not None and silent_clips(page.get_latest_revision_as_object()):
        there = reverse("catalog_obstacle", args=[page.pk])
        if request.headers.get("x-requested-with") != "XMLHttpRequest":
            return redirect(there)
        said: HttpResponse = render_modal_workflow(
            request, None, None, None, json_data={"step": "success", "redirect": there}
        )
        return said
    view = page_viewset_registry.as_view("workflow_action", page_id_kwarg="page_id")
    answer: HttpResponse = view(request, page_id=page_id, action_name=action_name, task_state_id=task_state_id)
    return answer


@require_safe
def document(request: HttpRequest, document_id: int, name: str) -> HttpResponseBase:
    """A file of the library, to keep, for those who work with it; Wagtail's own view asks about all others."""
    found = SchoolDocument.objects.filter(pk=document_id).first()
    policy = policy_registry.get_by_type(SchoolDocument)
    if (
        found is None
        or found.filename != name
        or not policy.user_has_any_permission_for_instance(request.user, WORKS_WITH, found)
    ):
        answer: HttpResponseBase = serve(request, document_id, name)
        return answer
    return ranged_response(request, found.file, found.content_type, to_keep=found.filename)
