"""What is done by a button: its address, opened, leads to the page on which the button stands."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

View = Callable[..., HttpResponse]


def by_button(page: str | Callable[..., str], *kept: str) -> Callable[[View], View]:
    """Guard a view that only a POST runs; a GET, as after logging in again in between, does nothing and leads to `page`.

    `page` is the name of an address, `kept` which parts of this one it has too; or a function of request and parts that
    says its path. What else the address asks for is kept. The page itself says who may see it; a function that looks up
    a row asks that before.
    """

    def decorate(view: View) -> View:
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **parts: Any) -> HttpResponse:
            if request.method == "POST":
                return view(request, *args, **parts)
            where = (
                page(request, **parts) if callable(page) else reverse(page, kwargs={name: parts[name] for name in kept})
            )
            asked = request.GET.urlencode()
            return redirect(f"{where}{'&' if '?' in where else '?'}{asked}" if asked else where)

        return guarded

    return decorate
