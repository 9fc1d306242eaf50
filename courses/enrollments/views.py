"""Pages of enrolling: the invitation's link, how to enroll in a program, and the staff's invitations."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import role_required
from courses.catalog.selectors import program_page

from .access import invitation_of_staff, offered_invitation, open_program
from .forms import InvitationForm
from .models import Invitation
from .selectors import INVITING_ROLES, invitations_for_staff, owns_address, running_enrollment_in
from .services import accept_invitation, invite, withdraw_invitation

ROWS_A_PAGE = 50


def _doors(request: HttpRequest, email: str = "") -> dict[str, str]:
    """Where to sign up and sign in so that the way leads back here."""
    back = {"next": request.path}
    return {
        "signup_url": f"{reverse('account_signup')}?{urlencode({**back, **({'email': email} if email else {})})}",
        "login_url": f"{reverse('account_login')}?{urlencode(back)}",
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is offered; a POST of a signed-in person accepts. Opening the link changes nothing."""
    offered = offered_invitation(token)
    refusal = ""
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect(_doors(request)["login_url"])
        try:
            accept_invitation(token=token, user=request.user)
        except ValidationError as error:
            refusal = " ".join(error.messages)
        else:
            messages.success(request, _("You have your place in “%(program)s”.") % {"program": offered.program.title})
            return redirect("study:home")
    state = offered.state_at(timezone.now())
    signed_in = request.user.is_authenticated
    context: dict[str, Any] = {
        "invitation": offered,
        "program": offered.program,
        "state": state,
        "is_mine": signed_in and state == Invitation.State.ACCEPTED and offered.accepted_by_id == request.user.pk,
        "address_fits": signed_in and owns_address(request.user, offered.email),  # type: ignore[arg-type]
        "refusal": refusal,
        **_doors(request, offered.email),
    }
    response = render(request, "enrollments/invitation.html", context, status=409 if refusal else 200)
    # The address of this page is a secret: it may stand in no index.
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_safe
def enroll(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How to enroll in a program: by invitation, or by paying where the school sells places."""
    program = open_program(uuid)
    running = running_enrollment_in(request.user, program) if request.user.is_authenticated else None
    page = program_page(program, get_language() or "en")
    back_url = page.get_url(request) if page else None
    return render(
        request,
        "enrollments/enroll.html",
        {
            "program": program,
            "running": running,
            "back_url": back_url,
            "crumbs": [{"label": program.title, "url": back_url}],
            **_doors(request),
        },
    )


@role_required(*INVITING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def invitations(request: HttpRequest) -> HttpResponse:
    """Invite, and see what became of earlier invitations."""
    form = InvitationForm(request.POST or None, user=request.user)  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid():
        try:
            made, _token = invite(by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The invitation is on its way to %(address)s.") % {"address": made.email})
            return redirect("enrollments:invitations")
    page = Paginator(invitations_for_staff(request.user), ROWS_A_PAGE).get_page(  # type: ignore[arg-type]
        request.GET.get("page")
    )
    now = timezone.now()
    rows = [{"invitation": row, "state": row.state_at(now)} for row in page]
    return render(
        request,
        "enrollments/invitations.html",
        {"form": form, "page_obj": page, "rows": rows},
        status=422 if form.errors else 200,
    )


@login_required
@require_POST
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Close the link of an open invitation."""
    row = invitation_of_staff(request.user, uuid)  # type: ignore[arg-type]
    try:
        withdraw_invitation(invitation=row, by=request.user)  # type: ignore[arg-type]
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The invitation of %(address)s is withdrawn.") % {"address": row.email})
    return redirect("enrollments:invitations")
