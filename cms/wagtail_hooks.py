"""Makes the CMS ours: lightly our colors, and only what each person may use."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.models import Page
from wagtail.permissions import policy_registry

# Of Wagtail's menus, what nobody at a school needs every day; those who run the installation keep all of it.
ONLY_FOR_OPERATORS = {
    "settings", "users", "groups", "sites", "locales", "redirects", "collections", "workflows", "workflow-tasks",
    "help", "documents",
}  # fmt: skip
REPORTS_FOR_REVIEWERS = {"workflows", "workflow-tasks", "locked-pages"}


@hooks.register("insert_global_admin_css")
def our_colors() -> SafeString:
    """Teal where Wagtail is purple, paper where it is white."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/cms-admin.css"))


@hooks.register("construct_main_menu")
def trim_menu(request: HttpRequest, items: list[Any]) -> None:
    """Leave out the doors that would only answer 403."""
    if request.user.is_superuser:
        return
    reviews = policy_registry.get_by_type(Page).user_has_permission(request.user, "publish")
    items[:] = [item for item in items if item.name not in ONLY_FOR_OPERATORS and (item.name != "reports" or reviews)]


@hooks.register("construct_reports_menu")
def trim_reports(request: HttpRequest, items: list[Any]) -> None:
    """Reviewers see what waits and what is locked; the history of the whole site is the operators'."""
    if not request.user.is_superuser:
        items[:] = [item for item in items if item.name in REPORTS_FOR_REVIEWERS]


@hooks.register("construct_homepage_summary_items", order=1000)
def trim_summary(request: HttpRequest, items: list[Any]) -> None:
    """Counts of pages and files tell nobody what to do."""
    items.clear()


@hooks.register("construct_help_menu")
def trim_help(request: HttpRequest, items: list[Any]) -> None:
    """No links out of the house."""
    items[:] = [item for item in items if item.name == "keyboard-shortcuts-trigger"]
