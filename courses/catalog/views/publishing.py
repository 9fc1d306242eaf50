"""The catalog's own pages in the CMS: what a change means, retiring, translating. Wagtail asks for the log-in."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.models import Page, TaskState

from ..forms import ChangeForm, TranslateForm
from ..models import LessonPage, ModulePage, ProgramPage, RegistrarTask
from ..services import (
    begin_translation,
    bring_in_original,
    decide_change,
    retire_lesson,
    retire_module,
)


def _publishable(request: HttpRequest, model: Any, page_id: int) -> Any:
    """The page, for who may publish it; others are refused whether or not it is there."""
    page = model.objects.filter(pk=page_id).first()
    if page is None or not page.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    return page


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, page_id: int) -> HttpResponse:
    """Ask what a draft means for those who studied the lesson; the answer publishes it."""
    page: LessonPage = _publishable(request, LessonPage, page_id)
    if words := page.publishing_obstacle():
        messages.error(request, words)
        return redirect("wagtailadmin_pages:edit", page.pk)
    if page.lesson is None or not page.has_unpublished_changes:
        messages.info(request, _("There is nothing to publish: the newest words are live."))
        return redirect("wagtailadmin_pages:edit", page.pk)
    form = ChangeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                decide_change(page=page, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
                _publish(request, page)
        except ValidationError as error:
            form.add_error("note" if "note" in getattr(error, "error_dict", {}) else None, error.messages)
        else:
            page.refresh_from_db()
            if page.has_unpublished_changes:
                messages.success(request, _("“%(title)s” is planned for publication.") % {"title": page.title})
            else:
                messages.success(request, _("“%(title)s” is published.") % {"title": page.title})
            return redirect("wagtailadmin_explore", page.get_parent().pk)
    return render(request, "catalog/admin/change.html", {"page": page, "lesson": page.lesson, "form": form})


def _publish(request: HttpRequest, page: LessonPage) -> None:
    """By the review where one is waiting for her, else at once. A day of publication in the future is kept."""
    state = page.current_workflow_task_state
    if state is not None and state.status == TaskState.STATUS_IN_PROGRESS:
        task = state.task.specific
        if not isinstance(task, RegistrarTask) or "approve" not in {
            name for name, _words, _modal in task.get_actions(page, request.user)
        }:
            raise ValidationError(_("The module’s lead reads this draft first. Publish it when she has passed it on."))
        task.on_action(state, request.user, "approve")  # type: ignore[arg-type]
        return
    revision = page.get_latest_revision()
    if revision is None:
        raise ValidationError(_("There is no draft to publish."))
    draft = revision.as_object()
    draft.full_clean()
    revision.publish(user=request.user)


@require_http_methods(["GET", "HEAD", "POST"])
def retire(request: HttpRequest, kind: str, page_id: int) -> HttpResponse:
    """Take a lesson or a module from the outline, or bring it back, after saying whom it concerns."""
    page = _publishable(request, LessonPage if kind == "lesson" else ModulePage, page_id)
    row = getattr(page, kind)
    if row is None:
        messages.info(request, _("It was never published: delete the draft instead."))
        return redirect("wagtailadmin_pages:edit", page.pk)
    is_retired = row.retired_at is not None if kind == "lesson" else row.state == row.State.RETIRED
    if request.method == "POST":
        try:
            if kind == "lesson":
                retire_lesson(lesson=row, by=request.user, retired=not is_retired)  # type: ignore[arg-type]
            else:
                retire_module(module=row, by=request.user, retired=not is_retired)  # type: ignore[arg-type]
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            words = _("“%(title)s” is back on the outline.") if is_retired else _("“%(title)s” is retired.")
            messages.success(request, words % {"title": page.title})
        return redirect("wagtailadmin_explore", page.get_parent().pk)
    context = {"page": page, "row": row, "kind": kind, "is_retired": is_retired}
    return render(request, "catalog/admin/retire.html", context)


def _editable(request: HttpRequest, page_id: int) -> Any:
    """A page that presents something, for who may edit it; others are refused whether or not it is there."""
    page = Page.objects.filter(pk=page_id).first()
    if page is None or not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    if not isinstance(page.specific, LessonPage | ModulePage | ProgramPage):
        raise Http404
    return page.specific


@require_http_methods(["GET", "HEAD", "POST"])
def translate(request: HttpRequest, page_id: int) -> HttpResponse:
    """Begin a translation: choose the language; the draft opens in the editor."""
    page = _editable(request, page_id)
    form = TranslateForm(page, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = begin_translation(page=page, locale=form.cleaned_data["locale"], by=request.user)  # type: ignore[arg-type]
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("Write over the words. Everything else comes from the original."))
            return redirect("wagtailadmin_pages:edit", made.pk)
    return render(request, "catalog/admin/translate.html", {"page": page, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, page_id: int) -> HttpResponse:
    """Bring the blocks of the original into a translation's draft, after saying what has changed."""
    page = _editable(request, page_id)
    draft = page.get_latest_revision_as_object()
    if draft.original is None:
        raise Http404
    if request.method == "POST":
        places = draft.changed_places()
        try:
            bring_in_original(page=page, by=request.user)  # type: ignore[arg-type]
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            words = _("The draft has the original’s blocks now. Read these again: %(places)s.")
            numbers = ", ".join(str(place) for place in places) or _("the title and the first sentences")
            messages.success(request, words % {"places": numbers})
        return redirect("wagtailadmin_pages:edit", page.pk)
    return render(request, "catalog/admin/follow.html", {"page": page, "draft": draft})


@require_safe
def obstacle(request: HttpRequest, page_id: int) -> HttpResponse:
    """Say why an approval did not publish, on the page of the draft."""
    page = Page.objects.filter(pk=page_id).first()
    if page is None or not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    specific = page.specific
    if isinstance(specific, LessonPage | ModulePage) and (words := specific.publishing_obstacle()):
        messages.error(request, words)
    return redirect("wagtailadmin_pages:edit", page.pk)


def before_publishing(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Instead of publishing: what stands in the way, or the question. The draft is kept already."""
    specific = page.specific
    if not isinstance(specific, LessonPage | ModulePage):
        return None
    stored = type(specific).objects.get(pk=specific.pk)
    if stored.publishing_obstacle():
        return redirect("catalog_obstacle", stored.pk)
    if isinstance(stored, LessonPage) and stored.asks_what_changes():
        return redirect("catalog_change", stored.pk)
    return None
