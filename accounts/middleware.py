"""Sends staff without a second factor to set one up, where the installation demands it."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from .selectors import checks_anywhere, is_staff_anywhere, keeps_anywhere

# A learner's beat is authenticated by its token alone: asking who she is would cost two queries for one statement.
OPEN_PREFIXES = ("/accounts/", "/static/", "/healthz", "/readyz", "/api/v1/sessions/")


class StaffMFAMiddleware:
    """With STAFF_MFA_REQUIRED, whoever holds a staff role or opens an admin reaches nothing before a second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass who has a second factor, or needs none here."""
        if settings.STAFF_MFA_REQUIRED and not request.path.startswith(OPEN_PREFIXES):
            user = request.user
            if (
                user.is_authenticated
                and (
                    user.is_staff
                    or user.is_superuser
                    or is_staff_anywhere(user)
                    or keeps_anywhere(user)
                    or checks_anywhere(user)
                )
                and not is_mfa_enabled(user)
            ):
                messages.warning(request, _("Set up a second factor first: your role opens other people's records."))
                return redirect("mfa_index")
        return self.get_response(request)
