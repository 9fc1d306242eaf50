"""The graduate's certificates."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..selectors import (
    certificates_of,
    records_without_certificate,
)


@login_required
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """A person's certificates with code, state and document; where none is, what it takes."""
    certificates = certificates_of(request.user)  # type: ignore[arg-type]
    underway = records_without_certificate(request.user)  # type: ignore[arg-type]
    return render(request, "certificates/own.html", {"certificates": certificates, "underway": underway})
