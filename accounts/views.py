"""The one door: where a log-in leads, and the guard before the CMS and Django's admin."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from .models import User
from .selectors import checks_anywhere, is_staff_anywhere, keeps_anywhere, roles_of


def staff_door(request: HttpRequest) -> HttpResponse:
    """Where the admins send who may not enter: to the log-in, or, if already logged in, to a plain 403.

    Without it Wagtail and allauth send a signed-in learner to each other without end.
    """
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(_wanted(request, "/cms/"))


def page_door(request: HttpRequest) -> HttpResponse:
    """In the place of Wagtail's log-in for pages that not everybody reads, which knows no limit and no second factor."""
    return redirect_to_login(_wanted(request, "/"))


def _wanted(request: HttpRequest, default: str) -> str:
    """Where the person wanted to go, if that is here."""
    target = request.GET.get("next", default)
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}) else default


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Lead each person to where her work is."""
    user = cast(User, request.user)
    if is_staff_anywhere(user):
        return redirect("/desk/")
    if keeps_anywhere(user):
        return redirect("/desk/custody/")
    if checks_anywhere(user):
        return redirect("/checks/")
    return redirect("/sign/queue/" if any(role == "supervisor" for _place, role in roles_of(user)) else "/learn/")
