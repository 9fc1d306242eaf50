"""The receipt of a sitting, for whoever has its code and without an account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from certification import limits

from ..selectors import receipt_of


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "same-origin"
    return response


@require_safe
def ask_receipt(request: HttpRequest) -> HttpResponse:
    """Where the code of a receipt is typed; it leads to its answer."""
    typed = request.GET.get("code", "").strip()[:60]
    if not typed:
        return _private(render(request, "externships/receipt_ask.html", {"typed": "", "unknown": False}))
    found = None if limits.seconds_to_wait(request) else receipt_of(typed)
    return _private(redirect("externships:receipt", found.code if found else typed.replace("/", "-")))


@require_safe
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """What was decided in a sitting. Unknown codes and what is no code get the same answer; guessing is slowed down."""
    wait = limits.seconds_to_wait(request)
    if wait:
        response = render(request, "externships/receipt_slow.html", {"minutes": -(-wait // 60)}, status=429)
        response["Retry-After"] = str(wait)
        return _private(response)
    found = receipt_of(code)
    if found is None:
        limits.count_miss(request)
        context = {"typed": code[:60], "unknown": True}
        return _private(render(request, "externships/receipt_ask.html", context, status=404))
    return _private(render(request, "externships/receipt.html", {"receipt": found}))
