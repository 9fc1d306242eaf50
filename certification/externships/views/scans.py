"""Printed forms: the page to print, handing in a scan, and approving what a colleague read."""

from typing import cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.buttons import by_button
from accounts.models import User
from certification.records.views.papers import paper_response

from ..access import link_to_print, printed_form, school_form, school_scan
from ..forms import ApproveForm, ScanForm
from ..forms.refusals import put_beside
from ..presenters import in_groups, qr_of, shown_row, sign_page
from ..selectors import link_state, on_clock, proposal_kept, rows_of
from ..services import approve_scan, print_form, refuse_scan, statement_text
from .replies import say


def _list_of_links(request: HttpRequest, uuid: UUID) -> str:
    user = cast(User, request.user)
    own = link_to_print(user, uuid).placement.record.learner.user_id == user.pk
    return reverse("externships:shifts" if own else "externships:desk_placements")


@login_required
@by_button(_list_of_links)
def print_paper(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Make a form over what waits in a link, and show it."""
    user = cast(User, request.user)
    link = link_to_print(user, uuid)
    try:
        form = print_form(link=link, by=user)
    except ValidationError as error:
        say(request, error)
        own = link.placement.record.learner.user_id == user.pk
        return redirect("externships:shifts" if own else "externships:desk_placements")
    return redirect("externships:paper_form", uuid=form.uuid)


@login_required
@require_safe
def paper_form(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The form as it is printed: the rows exactly as they will be signed, and the address where it is handed in."""
    user = cast(User, request.user)
    form = printed_form(user, uuid)
    rows = [row for row in rows_of(form) if not row.erased_at]
    response = render(
        request,
        "externships/paper_form.html",
        {
            "form": form,
            "state": link_state(form, timezone.now()),
            "placement": form.placement,
            "supervisor": form.supervisor,
            "rows": [(shown_row(row), in_groups(row.digest)) for row in rows],
            "minutes": sum(row.shift.minutes for row in rows),
            "statement": statement_text(),
            "qr": qr_of(settings.BASE_URL + reverse("externships:desk_form", args=[form.uuid])),
            "own": form.placement.record.learner.user_id == user.pk,
        },
    )
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_form(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One form at the desk: hand in its scan, and what became of earlier ones."""
    user = cast(User, request.user)
    link = school_form(user, uuid)
    rows = rows_of(link)
    page = sign_page(rows, zone=link.placement.site.zone)
    shown = [row.shown for row in page.open]
    form = ScanForm(request.POST or None, request.FILES or None, link=link, shown=shown)
    if request.method == "POST" and form.is_valid() and form.save(user) is not None:
        messages.success(request, _("Kept. Somebody else of the school now looks at the scan and approves it."))
        return redirect("externships:desk_form", uuid=uuid)
    scans = list(link.scans.select_related("uploaded_by", "decided_by"))
    return render(
        request,
        "externships/desk_form.html",
        {
            "link": link,
            "state": link_state(link, timezone.now()),
            "page": page,
            "form": form,
            "scans": scans,
            "waiting": next((scan for scan in scans if not scan.outcome), None),
        },
        status=422 if request.method == "POST" else 200,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_scan(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One scan and what was read on it; the second person approves it or says what does not agree."""
    user = cast(User, request.user)
    scan = school_scan(user, uuid)
    form = ApproveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("verdict") == "refuse":
                refuse_scan(scan=scan, words=form.cleaned_data["words"], by=user)
                messages.success(request, _("Noted. Nothing was signed."))
                return redirect("externships:desk_form", uuid=scan.link.uuid)
            if not form.cleaned_data["looked"]:
                raise ValidationError({"looked": _("Open the scan first, then tick the sentence.")})
            outcome = approve_scan(scan=scan, by=user)
        except ValidationError as error:
            put_beside(form, error)
        else:
            messages.success(
                request, _("Approved: what stands on the form is decided, and the mails are on their way.")
            )
            for row in outcome.rows:
                if row.result != "done":
                    messages.warning(request, row.sentence or _("One shift was decided by mail meanwhile."))
            return redirect("externships:desk_form", uuid=scan.link.uuid)
    rows = {str(row.shift.uuid): row for row in rows_of(scan.link)}
    zone = scan.link.placement.site.zone
    proposed = {shift: proposal_kept(answer) for shift, answer in scan.answers.items()}
    said = [
        (shown_row(rows[shift]), answer[0], answer[1], on_clock(other, zone) if (other := proposed[shift]) else None)
        for shift, answer in scan.answers.items()
        if shift in rows
    ]
    return render(
        request,
        "externships/desk_scan.html",
        {"scan": scan, "link": scan.link, "said": said, "form": form, "own": scan.uploaded_by_id == user.pk},
        status=422 if request.method == "POST" else 200,
    )


@login_required
@require_safe
def scan_file(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """The scan itself, as a download."""
    return paper_response(school_scan(cast(User, request.user), uuid))
