"""The school's supervisors: the list, a new one, one with her license and sites."""

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
from notices.texting import texting_is_on

from ..access import school_supervisor
from ..forms import SupervisorForm
from ..selectors import (
    PLACING_ROLES,
    assignments_of_supervisor,
    papers_of,
    papers_over,
    second_factor_steps,
    signed_outside_the_licence,
    supervisors_of,
)
from ..services import Edited
from .replies import asked, page_of, status_of, today_at


@role_required(*PLACING_ROLES)
@require_safe
def supervisors(request: HttpRequest) -> HttpResponse:
    """The supervisors of the schools where this person places learners, and how their licenses stand today."""
    schools = list(schools_of(request.user, *PLACING_ROLES))  # type: ignore[arg-type]
    query, state = asked(request)
    today = today_at(schools[0])
    page = page_of(request, supervisors_of(schools, today, query=query, state=state))
    return render(
        request,
        "externships/desk_supervisors.html",
        {"page_obj": page, "query": query, "state": state, "today": today, "several": len(schools) > 1},
    )


@role_required(*PLACING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Put a supervisor on the school's list."""
    schools = list(schools_of(request.user, *PLACING_ROLES))  # type: ignore[arg-type]
    form = SupervisorForm(request.POST or None, by=request.user, schools=schools)
    if request.method == "POST" and form.is_valid():
        made = form.save()
        if made is not None:
            messages.success(request, _("The supervisor is on your list. Check the license, then add her at a site."))
            return redirect("externships:desk_supervisor", uuid=made.supervisor.uuid)
    return render(
        request, "externships/desk_supervisor_form.html", {"form": form, "supervisor": None}, status=status_of(form)
    )


@login_required
@require_safe
def supervisor(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One supervisor: her license, who checked it, and where she works."""
    found = school_supervisor(request.user, uuid)  # type: ignore[arg-type]
    papers, today = papers_of(found), today_at(found.school)
    return render(
        request,
        "externships/desk_supervisor.html",
        {
            "supervisor": found,
            "today": today,
            "assignments": assignments_of_supervisor(found),
            "papers": papers,
            "erasable": papers_over(found, papers, today),
            "outside": signed_outside_the_licence(found),
            "can_text": texting_is_on(),
            "steps": second_factor_steps(found),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change a supervisor's data; another license has to be checked anew."""
    found = school_supervisor(request.user, uuid)  # type: ignore[arg-type]
    form = SupervisorForm(request.POST or None, by=request.user, supervisor=found)
    if request.method == "POST" and form.is_valid():
        edited = form.save()
        if edited is not None:
            _tell(request, edited)
            return redirect("externships:desk_supervisor", uuid=uuid)
    return render(
        request, "externships/desk_supervisor_form.html", {"form": form, "supervisor": found}, status=status_of(form)
    )


def _tell(request: HttpRequest, edited: Edited) -> None:
    """Say what an edit did besides."""
    if edited.cleared:
        messages.warning(
            request, _("Saved. The check of the license is cleared, since it was for what stood here before.")
        )
    else:
        messages.success(request, _("Saved. What is signed keeps the license of that day."))
    count = len(edited.sent_again)
    if count:
        sentence = ngettext(
            "%(count)s open link went to the old address. It is void, and a new one was made for the new address.",
            "%(count)s open links went to the old address. They are void, and new ones were made for the new address.",
            count,
        )
        messages.info(request, sentence % {"count": count})
