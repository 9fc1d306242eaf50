"""Transcripts that a school hands over itself: asked by the graduate, sent and noted by who sends for the school."""

from typing import Any, cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import role_required
from accounts.models import User
from accounts.selectors import schools_of
from certification.certificates.access import own_certificate
from certification.certificates.models import Kind

from .. import handovers, rules, services
from ..access import hand_over_to_make
from ..forms import HandOverForm, NotHandedForm, WentForm
from ..models import HandOver
from ..selectors import as_asked_for, deliveries_of, hand_overs_done, hand_overs_to_make, is_hidden, state_of_consent
from ..wording import RECORDS
from .answers import private
from .consents import signed_in

A_PAGE = 25


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """The graduate asks her school to send the sealed transcript itself, and signs for it."""
    user = cast(User, request.user)
    certificate = own_certificate(user, code)
    if certificate.kind != Kind.COMPLETION:
        raise Http404
    form = HandOverForm(request.POST) if request.method == "POST" else HandOverForm.fresh(certificate)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            made = services.ask_hand_over(
                certificate=certificate,
                by=user,
                signed_in=signed_in(request),
                source_key=f"school:{given['key']}",
                **{name: given[name] for name in ("recipient", "way", "address", "purpose", "until_on", "signed_name")},
            )
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Your school knows. You get a mail when it went, and it stands in your log."))
            return redirect(reverse("verification:sharing", args=[code]) + f"#link-{made.consent.uuid}")
    context = {"certificate": certificate, "form": form, "records": RECORDS["transcript"], "days": handovers.DAYS}
    context["hidden"] = is_hidden(certificate)
    return private(render(request, "verification/hand_over_asked.html", context, status=422 if form.is_bound else 200))


@role_required(*rules.SENDING_ROLES)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What graduates asked these schools to send, the most pressing first; and the log of what went."""
    schools = schools_of(cast(User, request.user), *rules.SENDING_ROLES)
    page = Paginator(hand_overs_done(schools), A_PAGE).get_page(request.GET.get("page"))
    context = {"waiting": hand_overs_to_make(schools), "page_obj": page}
    return private(render(request, "verification/hand_overs.html", context))


@role_required(*rules.SENDING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One hand-over: the sealed transcript to take, that it went, or why not."""
    user = cast(User, request.user)
    held = hand_over_to_make(user, uuid)
    step = request.POST.get("step", "") if request.method == "POST" else ""
    went = WentForm(request.POST if step == "went" else None, initial={"way": held.way, "key": uuid4()})
    declined = NotHandedForm(request.POST if step == "declined" else None)
    form: Form | None = {"went": went, "declined": declined}.get(step)
    if form is not None and form.is_valid():
        try:
            _do(step, held, form.cleaned_data, user)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Noted. The graduate gets a mail, and it stands in her log."))
            return redirect("verification:hand_over", uuid=uuid)
    asked = as_asked_for(held)
    consents = state_of_consent(held.consent) == rules.OPEN
    context = {
        "asked": asked,
        "may_send": asked.state != handovers.DECLINED,
        "only_noted": not consents or asked.state == handovers.OVER,
        "hidden": is_hidden(held.consent.certificate),
        "may_decline": asked.state in handovers.OPEN,
        "deliveries": deliveries_of(held),
        "went": went,
        "declined": declined,
    }
    return private(render(request, "verification/hand_over.html", context, status=422 if request.POST else 200))


def _do(step: str, held: HandOver, given: dict[str, Any], user: User) -> None:
    if step == "went":
        services.hand_over(hand_over=held, by=user, **given)
    else:
        services.decline_hand_over(hand_over=held, by=user, **given)
