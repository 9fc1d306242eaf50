"""Guards: who may pass. Missing and forbidden look the same (404) wherever an id is in the address."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from .models import Organisation, User
from .selectors import has_role, roles_of


def require_role(user: User, organisation: Organisation | int, *roles: str) -> None:
    """Pass who holds one of `roles` in `organisation`; for others the object does not exist."""
    if not has_role(user, organisation, *roles):
        raise Http404


def role_required(*roles: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Guard a view without an object: log in first; 403 for who holds none of `roles` in any organisation."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not any(role in roles for _place, role in roles_of(request.user)):  # type: ignore[arg-type]
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def platform_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Guard a view of the platform's own people: log in first; 403 for all others, whatever they are in a school."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_superuser:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
