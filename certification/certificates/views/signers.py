"""The register of signers at the desk, for the school's administrators."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import role_required
from accounts.models import Organisation, User

from ..access import kept_school, signer_entry
from ..forms import EndSignerForm, SignerForm
from ..selectors import KEEPING_ROLES, register_of, today_at
from ..services import end_signer, enter_signer


def _address(school: Organisation) -> str:
    return f"{reverse('certificates:signers')}?school={school.slug}"


@role_required(*KEEPING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Who signs now, who will and who did; a new entry."""
    user = cast(User, request.user)
    school, schools = kept_school(user, request.GET.get("school"))
    found = register_of(school)
    sent: Any = request.POST if request.method == "POST" else None
    form = SignerForm(sent, people=found.by_role, initial={"from_on": found.today})
    if form.is_bound and form.is_valid():
        try:
            entry = enter_signer(school=school, by=user, **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("%(name)s is on the register.") % {"name": entry.name})
            return redirect(_address(school))
    return render(
        request,
        "certificates/signers.html",
        {"school": school, "schools": schools, "register": found, "form": form},
        status=422 if form.is_bound else 200,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say on which day a person signs last."""
    user = cast(User, request.user)
    entry = signer_entry(user, uuid)
    sent: Any = request.POST if request.method == "POST" else None
    form = EndSignerForm(sent, initial={"until_on": max(today_at(entry.school), entry.from_on)})
    if form.is_bound and form.is_valid():
        try:
            ended = end_signer(signer=entry, until_on=form.cleaned_data["until_on"], by=user)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The entry of %(name)s ends.") % {"name": ended.name})
            return redirect(_address(entry.school))
    return render(
        request,
        "certificates/signers_end.html",
        {"entry": entry, "form": form, "back": _address(entry.school)},
        status=422 if form.is_bound else 200,
    )
