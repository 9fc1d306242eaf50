"""The graduate's certificates."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from certification.records.access import own_records

from .. import services
from ..selectors import (
    certificates_of,
    records_without_certificate,
    wishes_of,
)


@login_required
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """A person's certificates with code, state and document; where none is, what it takes, and a letter to ask for."""
    certificates = certificates_of(request.user)  # type: ignore[arg-type]
    underway = records_without_certificate(request.user)  # type: ignore[arg-type]
    wishes = wishes_of(underway)
    return render(
        request,
        "certificates/own.html",
        {"certificates": certificates, "underway": [{"record": one, **wishes[one.pk]} for one in underway]},
    )


@login_required
@require_POST
def ask_for_letter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask the registrar for an interim letter of hours."""
    record = own_records(request.user).filter(uuid=uuid).first()  # type: ignore[arg-type]
    if record is None:
        raise Http404
    try:
        services.ask_for_letter(record=record, by=request.user)  # type: ignore[arg-type]
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(
            request, _("Asked. When two people have signed the letter, you get a mail and it stands here.")
        )
    return redirect("certificates:own")
