"""Lists of graduates for boards, for who signs for a school."""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import role_required
from accounts.models import User
from certification.certificates.selectors import SIGNER_ROLES

from .. import services
from ..access import graduate_list_of_school, reporting_school
from ..forms import GraduateListForm, ListSentForm
from ..selectors import boards_known, graduate_file, graduate_lists_of, graduates_between, listed_in, today_of_school
from .answers import private

USUAL_DAYS = 30


@role_required(*SIGNER_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """A new list, who of these days cannot stand in one, and the lists that were made."""
    user = cast(User, request.user)
    school, schools = reporting_school(user, request.GET.get("school"))
    today = today_of_school(school)
    sent: Any = request.POST if request.method == "POST" else None
    days = {"from_on": today - timedelta(days=USUAL_DAYS), "to_on": today}
    form = GraduateListForm(sent, initial={**days, "key": uuid4()})
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            made = services.make_graduate_list(uuid=given.pop("key"), school=school, by=user, **given)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The list is ready. Send it, then note here that it went."))
            return redirect("verification:graduate_list", uuid=made.uuid)
    context = {
        "school": school,
        "schools": schools,
        "form": form,
        "boards": boards_known(),
        "lists": graduate_lists_of(school)[:50],
        "hidden": graduates_between(school, days["from_on"], days["to_on"]).hidden,
        **days,
    }
    return private(render(request, "verification/graduates.html", context, status=422 if form.is_bound else 200))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One list: who stands in it; that it was sent, or dropped."""
    user = cast(User, request.user)
    found = graduate_list_of_school(user, uuid)
    step = request.POST.get("step", "") if request.method == "POST" else ""
    sent = ListSentForm(request.POST if step == "sent" else None)
    if step == "drop":
        try:
            services.drop_list(graduates=found, by=user)
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
        else:
            messages.success(request, _("Dropped. In the graduates’ logs it stands as put away."))
        return redirect("verification:graduate_list", uuid=uuid)
    if sent.is_bound and sent.is_valid():
        try:
            services.mark_list_sent(graduates=found, by=user, **sent.cleaned_data)
        except ValidationError as refused:
            sent.add_error(None, refused)
        else:
            messages.success(request, _("Noted."))
            return redirect("verification:graduate_list", uuid=uuid)
    context = {"found": found, "certificates": listed_in(found), "sent": sent}
    return private(render(request, "verification/graduate_list.html", context, status=422 if request.POST else 200))


@login_required
@require_safe
def file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The list as a table, the same bytes each time."""
    found = graduate_list_of_school(cast(User, request.user), uuid)
    if found.dropped_at:
        raise Http404
    response = HttpResponse(graduate_file(listed_in(found)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="graduates-{found.school.slug}-{found.number}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return private(response)
