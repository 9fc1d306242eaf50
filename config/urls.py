"""Every address of the product. A room's addresses stand in its own `urls`; Wagtail's pages come last."""

from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from accounts import views as accounts_views
from courses.catalog import file_views

from . import health
from .api import api, no_such_call


def to_allauth_reset(request: HttpRequest) -> HttpResponse:
    """Wagtail's own reset would be a second door."""
    return redirect("account_reset_password")


def nothing_here(request: HttpRequest) -> HttpResponse:
    """An address of a package that we do not offer."""
    raise Http404


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/", include("allauth.urls")),
    path("home/", accounts_views.home, name="home"),
    path("cms/login/", accounts_views.staff_door),
    path("cms/password_reset/", to_allauth_reset),
    path("cms/failwhale/", nothing_here),  # Wagtail's page that fails on purpose
    path("admin/login/", accounts_views.staff_door),
    path("_util/login/", accounts_views.page_door),
    path("admin/", admin.site.urls),
    # Before Wagtail's own views at these addresses.
    path("cms/", include("courses.catalog.cms_urls")),
    path("documents/<int:document_id>/<str:name>", file_views.document),
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("api/v1/", api.urls),
    path("api/<path:rest>", no_such_call),
    path("i18n/", include("django.conf.urls.i18n")),
    path("desk/", include("cms.desk.urls")),
    # First of the rooms: each address before costs a check of a certificate a little, and strangers ask in thousands.
    path("", include("certification.verification.urls")),
    path("", include("courses.study.urls")),
    path("", include("courses.catalog.urls")),
    path("", include("courses.enrollments.urls")),
    path("", include("commerce.urls")),
    path("", include("certification.keys.urls")),
    path("", include("certification.records.urls")),
    path("rules/", include("certification.requirements.urls")),
    path("quizzes/", include("certification.quizzes.urls")),
    path("", include("certification.externships.urls")),
    path("", include("certification.certificates.urls")),
    path("", include("cms.urls")),
    path("", include(wagtail_urls)),
]
if settings.SERVE_MEDIA:
    from .media import public_media

    urlpatterns.insert(2, path("media/<path:path>", public_media, name="public_media"))
