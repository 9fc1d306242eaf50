"""The staff's home: what waits, search over people, the whole story of one record, how a school looks."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import role_required
from accounts.models import User
from accounts.selectors import STAFF_ROLES, roles_of, schools_of
from certification.certificates.selectors import certificates_on
from certification.records.access import record_at_school
from certification.records.models import Source
from certification.records.presenters import hours_page
from certification.records.selectors import story_of, transcript_for
from certification.records.services import seal_record
from courses.enrollments.services import renew

from ..models import Accent
from ..selectors import brand_of
from ..services import save_brand
from .forms import BrandForm, SealForm
from .selectors import PEOPLE_A_PAGE, SEALING_ROLES, ending_of, people, troubled_orders, waiting_for

LINES_A_PAGE = 100


@role_required(*STAFF_ROLES)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for this person."""
    return render(request, "desk/home.html", {"piles": waiting_for(request.user)})  # type: ignore[arg-type]


@role_required(*STAFF_ROLES)
@require_safe
def find_people(request: HttpRequest) -> HttpResponse:
    """Learners of this person's schools, by any part of name or address."""
    query = request.GET.get("q", "")[:200]
    found = people(request.user, query)  # type: ignore[arg-type]
    page = Paginator(found, PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    user = cast(User, request.user)
    sealing = {place for place, role in roles_of(user) if role in SEALING_ROLES}
    return render(request, "desk/people.html", {"query": query, "page_obj": page, "sealing": sealing})


@login_required
@require_safe
def record(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The whole story of one record: every line of the log with what it hangs together with, and all beside them."""
    found = record_at_school(cast(User, request.user), uuid, *SEALING_ROLES)
    story = story_of(found)
    wishes = {name: request.GET.get(name, "") for name in ("month", "source", "state")}
    lines = story.narrowed(**wishes)
    asked = request.GET.get("line", "")
    places = [place for place, line in enumerate(lines) if str(line.entry.uuid) == asked]
    at = places[0] // LINES_A_PAGE + 1 if places else request.GET.get("page")
    page_data = hours_page(transcript_for(found))
    return render(
        request,
        "desk/record.html",
        {
            "record": found,
            "story": story,
            "page_data": page_data,
            "page_obj": Paginator(lines, LINES_A_PAGE).get_page(at),
            "sources": [(code, Source(code).label) for code in story.sources],
            "certificates": certificates_on(found),
            **wishes,
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def seal(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End a record, or begin the next one: first what will happen, then the button."""
    user = cast(User, request.user)
    found = record_at_school(user, uuid, *SEALING_ROLES)
    form = SealForm(request.POST if request.method == "POST" else None, record=found)
    if request.method == "POST" and form.is_valid():
        reason, begins = form.cleaned_data["reason"], form.cleaned_data["starts_on"]
        try:
            if form.opens_next:
                fresh = renew(record=found, by=user, reason=reason, starts_on=begins)
                messages.success(request, _("Sealed, and the next record is open. The learner gets a mail."))
                return redirect("desk:record", fresh.uuid)
            seal_record(record=found, by=user, reason=reason)
        except ValidationError as refused:
            form.add_error(None, ValidationError(refused.messages))
        else:
            messages.success(request, _("Sealed. The learner gets a mail."))
            return redirect("desk:record", found.uuid)
    context = {"record": found, "form": form, "ending": ending_of(found)}
    return render(request, "desk/seal.html", context, status=422 if form.is_bound else 200)


@role_required("registrar", "admin")
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """Payments that gave no place, for the school to settle by hand."""
    return render(request, "desk/orders.html", {"orders": troubled_orders(request.user)})  # type: ignore[arg-type]


@role_required("admin")
@require_safe
def looks(request: HttpRequest) -> HttpResponse:
    """The schools that this person administers; straight on to the only one."""
    schools = list(schools_of(cast(User, request.user), "admin").order_by("name"))
    if len(schools) == 1:
        return redirect("desk:look", schools[0].slug)
    return render(request, "desk/looks.html", {"schools": schools})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest, slug: str) -> HttpResponse:
    """How one school looks, for its administrators."""
    school = get_object_or_404(schools_of(cast(User, request.user), "admin"), slug=slug)
    form = BrandForm(request.POST if request.method == "POST" else None, instance=brand_of(school))
    if request.method == "POST" and form.is_valid():
        save_brand(brand=form.instance)
        messages.success(request, _("Kept. It stands on the pages of the site now."))
        return redirect("desk:look", school.slug)
    return render(request, "desk/look.html", {"school": school, "form": form, "accents": Accent.choices})
