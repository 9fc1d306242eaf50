"""Pages on which an organisation comes to check: its application, its people, and an invitation for whom it is."""

from typing import cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.buttons import by_button
from accounts.models import Organisation, User

from .. import services
from ..access import invitation_to, managed_invitation, managed_member, managed_organisation, own_application
from ..forms import ApplicationForm, InviteForm
from ..selectors import applications_of, invitations_for, invitations_of, members_of
from .answers import private


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """Ask that an organisation may check, and see what became of what was asked."""
    user = cast(User, request.user)
    form = ApplicationForm(request.POST if request.method == "POST" else None, initial={"key": uuid4()})
    if form.is_bound and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            services.apply_to_check(uuid=given.pop("key"), by=user, **given)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Your application is on its way. We write to you when it is decided."))
            return redirect("verification:apply")
    context = {"form": form, "applications": applications_of(user), "invitations": invitations_for(user)}
    return private(render(request, "verification/apply.html", context, status=422 if form.is_bound else 200))


@login_required
@by_button("verification:apply")
def withdraw_application(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take an application back."""
    user = cast(User, request.user)
    try:
        services.withdraw_application(application=own_application(user, uuid), by=user)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("Taken back."))
    return redirect("verification:apply")


def _people(organisation: Organisation) -> str:
    return reverse("verification:people", args=[organisation.slug])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """Who checks for an organisation, whom it has invited; a new invitation."""
    user = cast(User, request.user)
    organisation = managed_organisation(user, slug)
    form = InviteForm(request.POST if request.method == "POST" else None, organisation=organisation)
    if form.is_bound and form.is_valid():
        try:
            invitation = services.invite_member(organisation=organisation, by=user, **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("We mailed an invitation to %(address)s.") % {"address": invitation.address})
            return redirect(_people(organisation))
    context = {
        "organisation": organisation,
        "form": form,
        "members": members_of(organisation),
        "invitations": invitations_of(organisation),
    }
    return private(render(request, "verification/people.html", context, status=422 if form.is_bound else 200))


@login_required
@require_POST
def take_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End an invitation that waits."""
    user = cast(User, request.user)
    invitation = managed_invitation(user, uuid)
    try:
        services.take_back_invitation(invitation=invitation, by=user)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("The invitation is taken back."))
    return redirect(_people(invitation.organisation))


@login_required
@by_button("verification:people", "slug")
def end_member(request: HttpRequest, slug: str, uuid: UUID, role: str) -> HttpResponse:
    """End somebody's role."""
    user = cast(User, request.user)
    membership = managed_member(user, slug, uuid, role)
    try:
        services.end_member(membership=membership, by=user)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("%(name)s has that role no more.") % {"name": membership.user.get_full_name()})
        if membership.user_id == user.pk:
            return redirect("home")
    return redirect(_people(membership.organisation))


@login_required
@require_safe
def invited(request: HttpRequest) -> HttpResponse:
    """The invitations to an address of hers."""
    waiting = invitations_for(cast(User, request.user))
    return private(render(request, "verification/invited.html", {"invitations": waiting}))


@login_required
@by_button("verification:invited")
def answer_invitation(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Accept or decline."""
    user = cast(User, request.user)
    invitation = invitation_to(user, uuid)
    accepts = request.POST.get("accept") == "1"
    try:
        services.answer_invitation(invitation=invitation, by=user, accepts=accepts)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        said = _("You check for %(name)s now.") if accepts else _("Declined. %(name)s is not told why.")
        messages.success(request, said % {"name": invitation.organisation.name})
        if accepts:
            return redirect(f"{reverse('verification:checks')}?organisation={invitation.organisation.slug}")
    return redirect("verification:invited")
