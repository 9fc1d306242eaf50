"""Makes the CMS ours: lightly our colors, and only what each person may use."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page
from wagtail.permissions import policy_registry

from accounts.selectors import schools_of
from certification.certificates.selectors import SIGNER_ROLES

from .desk import look_views
from .models import PolicyPage

# Of Wagtail's menus, what nobody at a school needs every day; those who run the installation keep all of it.
ONLY_FOR_OPERATORS = {
    "settings", "users", "groups", "sites", "locales", "redirects", "collections", "workflows", "workflow-tasks",
    "help",
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


class LookItem(MenuItem):
    """The door to how the school looks, for its administrators."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether she administers a school."""
        return schools_of(request.user, "admin").exists()  # type: ignore[arg-type]


@hooks.register("register_admin_menu_item")
def look_of_the_school() -> MenuItem:
    """Logo, accent, address: beside the pages on which they stand."""
    return LookItem(_("Look and contact"), reverse("desk:looks"), name="look", icon_name="view", order=300)


class DocumentsItem(MenuItem):
    """The door to how documents look, for who signs them."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether she signs for a school."""
        return schools_of(request.user, *SIGNER_ROLES).exists()  # type: ignore[arg-type]


@hooks.register("register_admin_menu_item")
def look_of_documents() -> MenuItem:
    """Colors, logo, seal and handwriting of certificates."""
    return DocumentsItem(
        _("Look of documents"), reverse("cms_document_looks"), name="look-of-papers", icon_name="doc-full", order=301
    )


@hooks.register("register_admin_urls")
def addresses_of_looks() -> list[URLPattern]:
    """Where documents are given their look."""
    return [
        path("look/", look_views.document_looks, name="cms_document_looks"),
        path("look/<slug:slug>/", look_views.document_look, name="cms_document_look"),
        path("look/<slug:slug>/hand/", look_views.own_hand, name="cms_document_hand"),
        path("look/<slug:slug>/<int:number>/use/", look_views.adopt_document_look, name="cms_document_adopt"),
        path("look/<slug:slug>/<int:number>/<str:name>", look_views.sample_of_look, name="cms_document_sample"),
    ]


def _was_in_force(pages: Any) -> PolicyPage | None:
    """A policy among these pages and below them that was ever published."""
    for page in pages:
        found = PolicyPage.objects.descendant_of(page, inclusive=True).filter(versions__isnull=False).first()
        if found is not None:
            return found
    return None


def _stays(request: HttpRequest, policy: PolicyPage) -> None:
    messages.error(
        request,
        _("“%(title)s” stays: people may have agreed to it. Publish a new version that says what holds now.")
        % {"title": policy.title},
    )


@hooks.register("before_delete_page")
@hooks.register("before_unpublish_page")
def keep_policies(request: HttpRequest, page: Page) -> HttpResponse | None:
    """What people agreed to stays readable."""
    policy = _was_in_force([page])
    if policy is None or request.method != "POST":
        return None
    _stays(request, policy)
    return redirect("wagtailadmin_explore", page.get_parent().pk)


@hooks.register("before_bulk_action")
def keep_policies_in_bulk(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """Also among many."""
    if request.method != "POST" or action.models != [Page] or action_type not in {"delete", "unpublish"}:
        return None
    policy = _was_in_force(objects)
    if policy is None:
        return None
    _stays(request, policy)
    return redirect(action.next_url or "wagtailadmin_home")
