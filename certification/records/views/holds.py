"""The registrar's pages to place a hold on a record and to release it; the record's own page lists them."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User

from ..access import hold_of, record_at_school
from ..forms import HoldForm, ReleaseForm
from ..models import Hold, TrainingRecord
from ..services import HOLDING_ROLES, place_hold, release_hold


def record_page(record: TrainingRecord) -> str:
    """Where a registrar reads what a record's certificate waits for; the room above shows it."""
    return f"/desk/certificates/{record.uuid}/#h-holds"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Place a hold on a record."""
    user = cast(User, request.user)
    record = record_at_school(user, uuid, *HOLDING_ROLES)
    form = HoldForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            place_hold(
                uuid=form.cleaned_data["key"],
                record=record,
                reason=form.cleaned_data["reason"],
                words=form.cleaned_data["words"],
                by=user,
            )
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The certificate is kept back. The learner gets a mail with what to do."))
            return redirect(record_page(record))
    return render(
        request,
        "records/desk_hold.html",
        {"record": record, "form": form, "back": record_page(record)},
        status=422 if form.is_bound else 200,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Release a hold; one that was released says so."""
    user = cast(User, request.user)
    hold: Hold = hold_of(user, uuid)
    form = ReleaseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            release_hold(hold=hold, words=form.cleaned_data["words"], by=user)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Released. The learner gets a mail."))
            return redirect(record_page(hold.record))
    return render(
        request,
        "records/desk_hold_release.html",
        {"record": hold.record, "hold": hold, "form": form, "back": record_page(hold.record)},
        status=422 if form.is_bound else 200,
    )
