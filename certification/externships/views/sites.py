"""The school's sites: the list, a new one, one with its supervisors, and its dates."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import role_required
from accounts.selectors import schools_of

from ..access import school_assignment, school_site
from ..forms import AssignForm, EndAssignmentForm, SiteForm
from ..models import Placement
from ..selectors import (
    PLACING_ROLES,
    active_at,
    assignments_of_site,
    papers_of,
    papers_over,
    sites_of,
    supervisors_of,
    waiting_after,
)
from .replies import asked, page_of, status_of, today_at


@role_required(*PLACING_ROLES)
@require_safe
def sites(request: HttpRequest) -> HttpResponse:
    """The sites of the schools where this person places learners, and how their dates stand today."""
    schools = list(schools_of(request.user, *PLACING_ROLES))  # type: ignore[arg-type]
    query, state = asked(request)
    today = today_at(schools[0])
    page = page_of(request, sites_of(schools, today, query=query, state=state))
    return render(
        request,
        "externships/desk_sites.html",
        {"page_obj": page, "query": query, "state": state, "today": today, "several": len(schools) > 1},
    )


@role_required(*PLACING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Put a site on the school's list."""
    schools = list(schools_of(request.user, *PLACING_ROLES))  # type: ignore[arg-type]
    form = SiteForm(request.POST or None, by=request.user, schools=schools)
    if request.method == "POST" and form.is_valid():
        site = form.save()
        if site is not None:
            messages.success(request, _("The site is on your list. Now say who supervises there."))
            return redirect("externships:desk_site", uuid=site.uuid)
    return render(request, "externships/desk_site_form.html", {"form": form, "site": None}, status=status_of(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def site(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One site with its dates, its supervisors and who is placed there; a POST assigns a supervisor."""
    found = school_site(request.user, uuid)  # type: ignore[arg-type]
    today = today_at(found.school)
    assignments = assignments_of_site(found)
    there = {row.supervisor_id for row in assignments if row.until_on is None}
    supervisors = list(supervisors_of([found.school], today))
    form = AssignForm(
        request.POST or None,
        site=found,
        supervisors=supervisors,
        there=there,
        by=request.user,  # type: ignore[arg-type]
        initial={"from_on": today},
    )
    if request.method == "POST" and form.is_valid():
        assignment = form.save()
        if assignment is not None:
            messages.success(request, _("%(name)s is listed here now.") % {"name": assignment.supervisor.name})
            return redirect("externships:desk_site", uuid=uuid)
    placements, papers, lacking = active_at(found.pk), papers_of(found), found.lacks(today)
    waits = [one for one in placements if one.state == Placement.State.APPROVED and one.starts_on <= today]
    return render(
        request,
        "externships/desk_site.html",
        {
            "site": found,
            "today": today,
            "lacking": lacking,
            "waiting_to_begin": len(waits) if lacking else 0,
            "assignments": assignments,
            "placements": placements,
            "papers": papers,
            "erasable": papers_over(found, papers, today),
            "form": form,
            "some_to_assign": any(person.pk not in there for person in supervisors),
        },
        status=status_of(form),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change a site's name, address and dates."""
    found = school_site(request.user, uuid)  # type: ignore[arg-type]
    form = SiteForm(request.POST or None, by=request.user, site=found)
    if request.method == "POST" and form.is_valid() and form.save() is not None:
        messages.success(request, _("Saved. What is signed stays as it was signed."))
        return redirect("externships:desk_site", uuid=uuid)
    return render(request, "externships/desk_site_form.html", {"form": form, "site": found}, status=status_of(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def assignment(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The last day of a supervisor at a site."""
    found = school_assignment(request.user, uuid)  # type: ignore[arg-type]
    form = EndAssignmentForm(request.POST or None, assignment=found, by=request.user)  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid():
        ended = form.save()
        if ended is not None:
            messages.success(request, _("Saved. What %(name)s signed stays signed.") % {"name": ended.supervisor.name})
            left = waiting_after(ended)
            if left:
                messages.warning(
                    request,
                    ngettext(
                        "%(count)s shift after that day waits and can no longer be signed. Ask the learner to take it back.",
                        "%(count)s shifts after that day wait and can no longer be signed. Ask the learners to take them "
                        "back.",
                        left,
                    )
                    % {"count": left},
                )
            return redirect("externships:desk_site", uuid=ended.site.uuid)
    return render(
        request, "externships/desk_assignment.html", {"form": form, "assignment": found}, status=status_of(form)
    )
