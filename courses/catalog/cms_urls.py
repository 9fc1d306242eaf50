"""Addresses at which our views stand before Wagtail's own; reversed by Wagtail's names."""

from typing import Any

from django.urls import path
from django.views.decorators.cache import never_cache
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.reports import aging_pages, audit_logging, page_types_usage
from wagtail.utils.urlpatterns import decorate_urlpatterns

from . import narrow_views as views

REPORTS: dict[str, Any] = {
    "locked": views.OwnLocked,
    "workflow": views.OwnReviews,
    "workflow_tasks": views.OwnSteps,
}
REPORTS_OF_OPERATORS: dict[str, Any] = {
    "site-history": audit_logging.LogEntriesView,
    "aging-pages": aging_pages.AgingPagesView,
    "page-types-usage": page_types_usage.PageTypesUsageReportView,
}
LISTS: dict[str, Any] = {"images": views.OwnImages, "documents": views.OwnDocuments}

patterns = [
    path("pages/<int:page_to_move_id>/move/<int:destination_id>/confirm/", views.confirm_move),
    path("pages/workflow/confirm_cancellation/<int:page_id>/", views.confirm_cancellation),
    path("choose-page/", views.OwnPages.as_view()),
    path("choose-page/<int:parent_page_id>/", views.OwnPages.as_view()),
    path("choose-page/chosen-multiple/", views.OwnPagesChosen.as_view()),
    path("tag-autocomplete/", views.tags),
    path("tag-autocomplete/<slug:app_name>/<slug:model_name>/", views.tags),
    path("images/chooser/", views.choose_image),
]
for place, list_view in LISTS.items():
    patterns += [
        path(f"{place}/", list_view.as_view()),
        path(f"{place}/results/", list_view.as_view(results_only=True)),
    ]
for place, view in REPORTS.items():
    patterns += [
        path(f"reports/{place}/{end}", view.as_view(**more))
        for end, more in (("", {}), ("results/", {"results_only": True}))
    ]
for place, view in REPORTS_OF_OPERATORS.items():
    patterns += [
        path(f"reports/{place}/{end}", views.for_operators(view.as_view(**more)))
        for end, more in (("", {}), ("results/", {"results_only": True}))
    ]
patterns += [path(f"workflows/task_chooser/{end}", view) for end, view in views.task_choosers.items()]
urlpatterns = decorate_urlpatterns(decorate_urlpatterns(patterns, require_admin_access), never_cache)
