"""The end of a school at the desk: what it means, the last day and the custodian, a second look, and what came of it."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Membership, Organisation, User
from accounts.selectors import closing_plans_of, custody_of, custody_schools_of, holders_of
from certification.records.selectors import closing_of

from ..access import ending_school, school_to_keep
from ..forms import ClosingForm, ConfirmClosingForm, CustodianForm
from ..selectors import still_open_at, today_at
from ..services import call_off_closing, check_closing, name_custodian, plan_closing, release_custodian


def _address(school: Organisation) -> str:
    return f"{reverse('certificates:closing')}?school={school.slug}"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def closing(request: HttpRequest) -> HttpResponse:
    """Close a school in two steps, or call off what is planned; afterwards what stands."""
    user = cast(User, request.user)
    school, schools = ending_school(user, request.GET.get("school"))
    step = request.POST.get("step", "") if request.method == "POST" else ""
    if step == "call off":
        return _call_off(request, school, user)
    closed = closing_of(school)
    planned = {
        "last_day": school.closed_on,
        "custodian": school.custodian,
        "contact": school.custodian_contact,
    }
    form = ClosingForm(request.POST if step else None, initial=planned)
    confirm: ConfirmClosingForm | None = None
    if form.is_bound and form.is_valid():
        try:
            check_closing(school=school, last_day=form.cleaned_data["last_day"], by=user)
            confirm = ConfirmClosingForm(request.POST if step == "confirm" else None, name=school.name)
            if confirm.is_bound and confirm.is_valid():
                done = plan_closing(school=school, by=user, now=timezone.now(), **form.cleaned_data)
                said = (
                    _("%(school)s has closed.")
                    if done
                    else _("%(school)s closes when %(day)s is over. Until then it can be called off.")
                )
                day = date_format(form.cleaned_data["last_day"], "j F Y")
                messages.success(request, said % {"school": school.name, "day": day})
                return redirect(_address(school))
        except ValidationError as refused:
            form.add_error(None, refused)
            confirm = None
    context: dict[str, Any] = {
        "school": school,
        "schools": schools,
        "closed": closed,
        "open": still_open_at(school),
        "keepers": list(holders_of(school, Membership.Role.CUSTODIAN)),
        "plans": closing_plans_of(school),
        "chooses": custody_schools_of(user).filter(pk=school.pk).exists(),
        "form": form,
        "confirm": confirm,
        "at_once": confirm is not None and form.cleaned_data["last_day"] < today_at(school),
    }
    is_refused = bool(form.is_bound and (form.errors or (confirm and confirm.errors)))
    name = "closing_confirm" if confirm else "closing"
    return render(request, f"certificates/{name}.html", context, status=422 if is_refused else 200)


def _call_off(request: HttpRequest, school: Organisation, user: User) -> HttpResponse:
    try:
        call_off_closing(school=school, by=user)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("Called off. %(school)s stays open.") % {"school": school.name})
    return redirect(_address(school))


def _still(user: User, school: Organisation, address: str) -> HttpResponse:
    """Back to the list, or where she still may go: naming a custodian, or ending her own role, may end her right to it."""
    user.__dict__.pop("_roles", None)
    if custody_schools_of(user).filter(pk=school.pk).exists():
        return redirect(address)
    return redirect("home")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def custodians(request: HttpRequest) -> HttpResponse:
    """Who keeps a school's records once it has closed: the role given by address and taken away, and every change of it."""
    user = cast(User, request.user)
    school, schools = school_to_keep(user, request.GET.get("school"))
    keepers = list(holders_of(school, Membership.Role.CUSTODIAN))
    address = f"{reverse('certificates:custodians')}?school={school.slug}"
    form = CustodianForm(request.POST if request.method == "POST" and "take" not in request.POST else None)
    taken = next((one for one in keepers if str(one.uuid) == request.POST.get("take")), None)
    refused: list[str] = []
    if "take" in request.POST:
        try:
            if taken is not None:  # else it was taken meanwhile
                release_custodian(school=school, user=taken, by=user)
        except ValidationError as problem:
            refused = problem.messages
        else:
            messages.success(request, _("The role has ended. The person gets a mail."))
            # Who gave her own role away reads no list any more.
            return _still(user, school, address)
    elif form.is_bound and form.is_valid() and form.person:
        try:
            name_custodian(school=school, user=form.person, by=user)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            words = _("%(name)s keeps the records of %(school)s. She gets a mail.")
            messages.success(request, words % {"name": form.person.get_full_name(), "school": school.name})
            return _still(user, school, address)
    context = {
        "school": school,
        "schools": schools,
        "closed": closing_of(school),
        "keepers": keepers,
        "changes": custody_of(school),
        "form": form,
        "refused": refused,
    }
    return render(request, "certificates/custodians.html", context, status=422 if refused or form.is_bound else 200)
