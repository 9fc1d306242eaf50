"""Planning groups: name, days, and whether the public is told."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import role_required
from accounts.models import User
from courses.enrollments.forms import GroupForm, NewGroupForm
from courses.enrollments.selectors import INVITING_ROLES
from courses.enrollments.services import change_cohort, plan_cohort

from ..access import cohort_to_plan


@role_required(*INVITING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def add_cohort(request: HttpRequest) -> HttpResponse:
    """Plan a group of a program."""
    user = cast(User, request.user)
    form = NewGroupForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            made = plan_cohort(by=user, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("“%(name)s” is planned. Invite its learners next.") % {"name": made.name})
            return redirect("study:cohort_days", made.uuid)
    return render(request, "study/desk_cohort_days.html", {"form": form}, status=422 if form.errors else 200)


@role_required(*INVITING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def cohort_days(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Name and days of a group, and whether it is open to the public."""
    user = cast(User, request.user)
    group = cohort_to_plan(user, uuid)
    now = {"name": group.name, "starts_on": group.starts_on, "ends_on": group.ends_on, "is_public": group.is_public}
    form = GroupForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        try:
            change_cohort(cohort=group, by=user, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The group’s days are saved."))
            return redirect("study:cohort_days", group.uuid)
    return render(
        request,
        "study/desk_cohort_days.html",
        {"form": form, "cohort": group},
        status=422 if form.errors else 200,
    )
